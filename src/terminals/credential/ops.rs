//! Issuing and revoking credentials, and turning away who has none that works.
use super::model::{Refused, RevokedWhy};
use super::store;
use crate::access::{Actor, change};
use crate::clock::Millis;
use crate::db::{Conn, Error, Event, Tx};
use crate::ids::TerminalId;
use crate::sealing::{Secret, TokenHash};
use crate::terminals::model::{Life, Terminal};
use crate::terminals::renewal;
use crate::terminals::store::terminal;
use serde_json::json;

/// What a certificate counts as: its key, whatever else stands in it.
pub(in crate::terminals) fn hash_of_key(secret: &Secret, key: &[u8]) -> TokenHash {
    secret.derive("terminal-certificate", key)
}

/// What a terminal is to prove itself by.
#[derive(Debug, Clone, Copy)]
pub(in crate::terminals) struct New<'a> {
    pub(in crate::terminals) hash: &'a TokenHash,
    /// Of a certificate; a token does not expire.
    pub(in crate::terminals) not_after: Option<Millis>,
}

/// Takes back the terminal's live credential; false when it holds none. An active terminal is
/// merely registered again: a device has to activate before it is let in.
pub(in crate::terminals) fn revoke(
    tx: &mut Tx,
    actor: &Actor,
    id: TerminalId,
    why: RevokedWhy,
    now: Millis,
) -> Result<bool, Error> {
    let Some(place) = terminal(tx, id)? else {
        return Ok(false);
    };
    if !store::revoke_live(tx, id, why.code(), now)? {
        return Ok(false);
    }
    store::set_hash(tx, id, None)?;
    renewal::withdraw(tx, id)?;
    store::move_life(tx, id, Life::Active, Life::Registered, now)?;
    let done = change(
        actor,
        now,
        "terminal.revoke-credential",
        "terminal",
        &place.tid,
    )
    .within(place.establishment)
    .after(json!({ "why": why.code() }));
    tx.record(done);
    tx.emit(Event {
        at: now,
        kind: "terminal.credential-revoked",
        subject: place.tid.to_string(),
        establishment: Some(place.establishment),
        body: json!({ "tid": place.tid, "why": why.code() }),
    });
    Ok(true)
}

/// Makes `new` the terminal's one live credential. False when it is or was somebody's already: the
/// caller then has to see that nothing of this stays.
pub(in crate::terminals) fn issue(
    tx: &mut Tx,
    place: &Terminal,
    new: New,
    now: Millis,
) -> Result<bool, Error> {
    // The old one first: the new one is live from its row on.
    store::revoke_live(tx, place.id, RevokedWhy::Reactivated.code(), now)?;
    if !store::insert(tx, place.id, new, &place.serial_number, now)? {
        return Ok(false);
    }
    store::set_hash(tx, place.id, Some(new.hash))?;
    renewal::withdraw(tx, place.id)?;
    store::move_life(tx, place.id, Life::Registered, Life::Active, now)?;
    Ok(true)
}

/// The same for the next credential of the same device, of which everything else stays as it is.
pub(in crate::terminals) fn renew(
    tx: &mut Tx,
    place: &Terminal,
    new: New,
    now: Millis,
) -> Result<bool, Error> {
    store::revoke_live(tx, place.id, RevokedWhy::Renewed.code(), now)?;
    if !store::insert(tx, place.id, new, &place.serial_number, now)? {
        return Ok(false);
    }
    store::swap_hash(tx, place.id, new.hash)?;
    Ok(true)
}

/// Why the hot row did not let `hash` in; kept where the terminal is known.
pub(in crate::terminals) fn refusal(
    conn: &mut Conn,
    hash: &TokenHash,
    seen_from: Option<&str>,
    now: Millis,
) -> Result<Refused, Error> {
    let Some((id, life, revoked)) = store::owner(conn, hash)? else {
        return stranger(conn, hash).map(|why| why.unwrap_or(Refused::NotActivated));
    };
    let why = match (life, revoked) {
        (Life::Retired, _) => Refused::Retired,
        (_, true) => Refused::CredentialRevoked,
        // An active terminal's live credential is only missed while it is being let in again.
        (_, false) => Refused::Suspended,
    };
    store::keep_refusal(conn, id, why, seen_from, now)?;
    Ok(why)
}

/// True when this credential was ever issued, live or revoked.
pub(in crate::terminals) fn is_known(conn: &mut Conn, hash: &TokenHash) -> Result<bool, Error> {
    Ok(store::owner(conn, hash)?.is_some())
}

/// Why this is no credential at all; `None` when it is or was one.
pub(in crate::terminals) fn stranger(
    conn: &mut Conn,
    hash: &TokenHash,
) -> Result<Option<Refused>, Error> {
    // An offer becomes a credential, never the other way: asked in this order, one that is confirmed between
    // the two questions is found by either.
    let offered = renewal::offered_to(conn, hash)?;
    if is_known(conn, hash)? {
        return Ok(None);
    }
    Ok(Some(match offered {
        Some(_) => Refused::NotConfirmed,
        None => Refused::NotActivated,
    }))
}

/// Keeps a refusal whose reason the caller found.
pub(in crate::terminals) fn turn_away(
    conn: &mut Conn,
    id: TerminalId,
    why: Refused,
    seen_from: Option<&str>,
    now: Millis,
) -> Result<(), Error> {
    store::keep_refusal(conn, id, why, seen_from, now)
}
