//! Making a code, and activating with it.
use super::error::Error;
use super::many_store;
use super::model::{ATTEMPTS, Asked, Code, CodeState, TTL};
use super::store::{self, Kept};
use crate::access::{Actor, Scope, Who, change};
use crate::clock::Millis;
use crate::db::{self, Conn, Event, Tx};
use crate::ids::{TerminalId, Tid};
use crate::sealing::{self, Secret};
use crate::terminals::contact;
use crate::terminals::credential::{self, CredentialKind, Refused, certificate_until};
use crate::terminals::model::{DEFAULT_INTERVAL_S, Life, Terminal, next_check_in_s};
use crate::terminals::store::{terminal, terminal_of};
use anyhow::anyhow;
use serde_json::json;

/// Makes a one-time code for the device that serves as this terminal now. The code of before, if
/// any, is void. The caller shows the code once; only its hash is kept.
pub fn make_code(
    tx: &mut Tx,
    actor: &Actor,
    secret: &Secret,
    id: TerminalId,
    now: Millis,
) -> Result<Code, Error> {
    // A device that is replaced meanwhile must not leave a code for the old one behind.
    contact::lock(tx, id)?;
    let place = terminal(tx, id)?
        .filter(|place| actor.scope.holds(place.establishment))
        .ok_or(Error::NoTerminal)?;
    match place.life {
        Life::Registered | Life::Active => {}
        Life::Suspended => return Err(Error::Suspended),
        Life::Retired => return Err(Error::Retired),
    }
    let code = Code::from_random(sealing::random());
    let new = store::New {
        nonce: &sealing::random::<32>(),
        serial_number: &place.serial_number,
        code_hash: &hash_code(secret, place.tid.as_str(), &code),
        attempts_left: ATTEMPTS,
        expires_at: now + TTL,
        created_by: actor.who.name(),
    };
    store::replace(tx, id, new, now)?;
    let done = change(
        actor,
        now,
        "terminal.make-activation-code",
        "terminal",
        &place.tid,
    )
    .within(place.establishment)
    .after(json!({ "expires_at": new.expires_at }));
    tx.record(done);
    Ok(code)
}

/// Takes an unused code back: its device was replaced, or its serial number corrected.
pub fn void_code(conn: &mut Conn, id: TerminalId) -> Result<bool, db::Error> {
    store::kill(conn, id)
}

/// What the terminal proves itself by from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::terminals) enum Proof {
    Token(String),
    /// A certificate that is still to be signed, with its end.
    Certificate(Millis),
}

/// How a try ended. A failure is an outcome, not an error: it has to be counted and kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::terminals) enum Outcome {
    Activated {
        tid: Tid,
        proof: Proof,
        next_check_in_s: i32,
        /// Another device held this place until now.
        took_over: bool,
    },
    /// The right code, but another device holds this place; the code is not spent.
    AlreadyActivated,
    /// The right code, but the key is or was a terminal's; the code is not spent.
    KeyTaken,
    Refused,
}

/// One try. The guard of every step is in its `WHERE`, so that parallel tries cannot exceed three;
/// and a try for an unknown terminal does what a failed one for a known terminal does.
pub(in crate::terminals) fn activate(
    tx: &mut Tx,
    secret: &Secret,
    asked: &Asked,
    now: Millis,
) -> Result<Outcome, db::Error> {
    let place = terminal_of(tx, &asked.tid)?;
    let at = place.as_ref().map_or(TerminalId(0), |place| place.id);
    let kept = store::find(tx, at)?;
    let given = hash_code(secret, &asked.tid, &asked.code);
    let (Some(place), Some(kept)) = (&place, &kept) else {
        return refuse(tx, asked, place.as_ref(), None, Refused::NoCode, now);
    };
    let is_serial = same_serial(&kept.serial_number, &asked.serial_number);
    let is_code = sealing::same(&kept.code_hash, &given);
    if !is_serial || !is_code {
        let why = if is_serial {
            Refused::WrongCode
        } else {
            Refused::WrongSerial
        };
        return refuse(tx, asked, Some(place), Some(kept.id), why, now);
    }
    let key_hash = hash_key(secret, asked);
    if let Some(again) = replay(tx, secret, asked, (place, kept), key_hash)? {
        return Ok(again);
    }
    let why = match place.life {
        Life::Registered | Life::Active => None,
        Life::Suspended => Some(Refused::Suspended),
        Life::Retired => Some(Refused::Retired),
    };
    if let Some(why) = why {
        return refuse(tx, asked, Some(place), None, why, now);
    }
    // The hot row and the place come before the code, as in every verb; whoever makes a sheet of codes
    // holds the place first, too.
    contact::lock(tx, place.id)?;
    many_store::hold(tx, &[place.id], many_store::Busy::IsWaitedFor)?;
    // The same request may have been spent meanwhile, by its own repetition.
    let Some(since) = store::find(tx, place.id)? else {
        return refuse(tx, asked, Some(place), None, Refused::NoCode, now);
    };
    if let Some(again) = replay(tx, secret, asked, (place, &since), key_hash)? {
        return Ok(again);
    }
    settle(tx, secret, asked, (place, kept), key_hash, now)
}

/// Spends the code that was right, unless something stands against it.
fn settle(
    tx: &mut Tx,
    secret: &Secret,
    asked: &Asked,
    (place, kept): (&Terminal, &Kept),
    key_hash: Option<[u8; 32]>,
    now: Millis,
) -> Result<Outcome, db::Error> {
    let took_over = credential::has_live(tx, place.id)?;
    let state = CodeState::of(now, kept.attempts_left, kept.expires_at, kept.used_at);
    if let Some(key) = &asked.certified
        && state == CodeState::Pending
        && credential::is_known(tx, key)?
    {
        return Ok(Outcome::KeyTaken);
    }
    if took_over && !asked.confirm && state == CodeState::Pending {
        return Ok(Outcome::AlreadyActivated);
    }
    let hash = key_hash.as_ref().map(|h| &h[..]);
    if store::spend(tx, kept.id, &kept.nonce, hash, now)? {
        return take_place(tx, secret, asked, (place, kept), took_over, now);
    }
    refuse(tx, asked, Some(place), None, Refused::DeadCode, now)
}

/// The same token for the same request, or a certificate for the same key, as long as it is good.
fn replay(
    conn: &mut Conn,
    secret: &Secret,
    asked: &Asked,
    (place, kept): (&Terminal, &Kept),
    key_hash: Option<[u8; 32]>,
) -> Result<Option<Outcome>, db::Error> {
    let is_same = match (&kept.idempotency_hash, key_hash) {
        (Some(then), Some(now)) => kept.used_at.is_some() && sealing::same(then, &now),
        _ => false,
    };
    if !is_same {
        return Ok(None);
    }
    let token = token(secret, kept);
    let hash = asked
        .certified
        .unwrap_or_else(|| sealing::hash_token(&token));
    let Some(end) = credential::live(conn, &hash)? else {
        return Ok(None);
    };
    Ok(Some(Outcome::Activated {
        tid: place.tid.clone(),
        proof: end.map_or(Proof::Token(token), Proof::Certificate),
        next_check_in_s: next_in(conn, place)?,
        took_over: false,
    }))
}

fn take_place(
    tx: &mut Tx,
    secret: &Secret,
    asked: &Asked,
    (place, kept): (&Terminal, &Kept),
    took_over: bool,
    now: Millis,
) -> Result<Outcome, db::Error> {
    let (proof, hash) = if let Some(hash) = asked.certified {
        (Proof::Certificate(certificate_until(now)), hash)
    } else {
        let token = token(secret, kept);
        let hash = sealing::hash_token(&token);
        (Proof::Token(token), hash)
    };
    let (kind, not_after) = match &proof {
        Proof::Token(_) => (CredentialKind::Token, None),
        Proof::Certificate(until) => (CredentialKind::Certificate, Some(*until)),
    };
    let new = credential::New {
        hash: &hash,
        not_after,
    };
    if !credential::issue(tx, place, new, now)? {
        // Taken since we looked. Nothing of this try must stay; the next one is told why.
        return Err(db::Error::Busy(anyhow!("the key has just been taken")));
    }
    let actor = Actor {
        who: Who::Terminal(place.id, place.tid.to_string()),
        scope: Scope::Only(vec![place.establishment]),
        from: asked.from,
    };
    let done = change(&actor, now, "terminal.activate", "terminal", &place.tid)
        .within(place.establishment)
        .after(
            json!({ "serial_number": kept.serial_number, "took_over": took_over,
                       "credential": kind.code() }),
        );
    tx.record(done);
    tx.emit(event("terminal.activated", place, now));
    Ok(Outcome::Activated {
        tid: place.tid.clone(),
        proof,
        next_check_in_s: next_in(tx, place)?,
        took_over,
    })
}

/// When a terminal that has just activated should check in.
fn next_in(conn: &mut Conn, place: &Terminal) -> Result<i32, db::Error> {
    let there = contact::contact(conn, place.id)?;
    let interval_s = there.map_or(DEFAULT_INTERVAL_S, |it| it.effective.interval_s);
    Ok(next_check_in_s(place.id, interval_s))
}

/// Counts and keeps a failure: the same number of statements whatever it was.
fn refuse(
    tx: &mut Tx,
    asked: &Asked,
    place: Option<&Terminal>,
    count: Option<i64>,
    why: Refused,
    now: Millis,
) -> Result<Outcome, db::Error> {
    let left = store::count_down(tx, count.unwrap_or(0), now)?;
    let why = match (count, left) {
        (Some(_), None) => Refused::DeadCode,
        _ => why,
    };
    let from = asked.from.map(|ip| ip.to_string());
    match place {
        Some(place) => credential::turn_away(tx, place.id, why, from.as_deref(), now)?,
        None => credential::turn_stranger_away(
            tx,
            &asked.tid,
            &asked.serial_number,
            from.as_deref(),
            now,
        )?,
    }
    if let (Some(place), Some(0)) = (place, left) {
        tx.emit(event("terminal.code-died", place, now));
    }
    Ok(Outcome::Refused)
}

fn event(kind: &'static str, place: &Terminal, now: Millis) -> Event {
    Event {
        at: now,
        kind,
        subject: place.tid.to_string(),
        establishment: Some(place.establishment),
        body: json!({ "tid": place.tid }),
    }
}

fn token(secret: &Secret, kept: &Kept) -> String {
    sealing::encode_token(&secret.derive("terminal-token", &kept.nonce))
}

pub(super) fn hash_code(secret: &Secret, tid: &str, code: &Code) -> [u8; 32] {
    secret.derive(
        "activation-code",
        format!("{tid}\0{}", code.bare()).as_bytes(),
    )
}

fn hash_key(secret: &Secret, asked: &Asked) -> Option<[u8; 32]> {
    let key = asked.idempotency_key.as_deref()?;
    let serial = asked.serial_number.trim().to_ascii_uppercase();
    let mut request = format!("{key}\0{}\0{serial}\0{}", asked.tid, asked.code.bare());
    if let Some(key) = &asked.certified {
        request.push('\0');
        request.push_str(&sealing::hex(key));
    }
    Some(secret.derive("activation-request", request.as_bytes()))
}

fn same_serial(one: &str, other: &str) -> bool {
    one.trim().eq_ignore_ascii_case(other.trim())
}
