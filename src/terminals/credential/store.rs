//! All SQL of credentials and refusals.
use super::model::{Credential, CredentialKind, Refusal, Refused, Stranger, renew_at};
use super::ops::New;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::TerminalId;
use crate::on_backend;
use crate::sealing::TokenHash;
use crate::terminals::model::Life;
use crate::terminals::schema::{
    terminal_contact, terminal_credential, terminal_place, terminal_profile_report,
    terminal_refusal, terminal_stranger,
};
use diesel::prelude::*;

/// Refusals kept per terminal.
const REFUSALS_KEPT: i64 = 20;
/// Strangers kept in all.
const STRANGERS_KEPT: i64 = 200;

/// False when it is or was somebody's already.
pub(super) fn insert(
    conn: &mut Conn,
    terminal: TerminalId,
    new: New,
    serial: &str,
    now: Millis,
) -> Result<bool, Error> {
    let row = (
        terminal_credential::terminal_id.eq(terminal),
        terminal_credential::hash.eq(&new.hash[..]),
        terminal_credential::serial_number.eq(serial),
        terminal_credential::issued_at.eq(now),
        terminal_credential::not_after.eq(new.not_after),
        terminal_credential::renew_at.eq(renew_at(new.not_after)),
    );
    let n = on_backend!(conn, |c| diesel::insert_into(terminal_credential::table)
        .values(row)
        .on_conflict(terminal_credential::hash)
        .do_nothing()
        .execute(c))?;
    Ok(n == 1)
}

/// Marks every live credential of a terminal as revoked; says whether there was one.
pub(super) fn revoke_live(
    conn: &mut Conn,
    terminal: TerminalId,
    why: &str,
    now: Millis,
) -> Result<bool, Error> {
    let live = terminal_credential::table.filter(
        terminal_credential::terminal_id
            .eq(terminal)
            .and(terminal_credential::revoked_at.is_null()),
    );
    let n = diesel::update(live)
        .set((
            terminal_credential::revoked_at.eq(now),
            terminal_credential::revoked_why.eq(why),
        ))
        .execute(conn)?;
    Ok(n > 0)
}

/// Puts the hash into the hot row, or takes it out. A new device has to tell its status anew, and was
/// told no parameters yet.
pub(super) fn set_hash(
    conn: &mut Conn,
    terminal: TerminalId,
    hash: Option<&TokenHash>,
) -> Result<(), Error> {
    diesel::update(terminal_contact::table.find(terminal))
        .set((
            terminal_contact::credential_hash.eq(hash.map(|h| &h[..])),
            terminal_contact::status_digest.eq(None::<Vec<u8>>),
            terminal_contact::session_mark.eq(None::<i64>),
            terminal_contact::profile_version.eq(None::<i64>),
            terminal_contact::told_interval_s.eq(None::<i32>),
        ))
        .execute(conn)?;
    diesel::delete(terminal_profile_report::table.find(terminal)).execute(conn)?;
    Ok(())
}

/// Puts the hash of the device's next credential into the hot row.
pub(super) fn swap_hash(
    conn: &mut Conn,
    terminal: TerminalId,
    hash: &TokenHash,
) -> Result<(), Error> {
    diesel::update(terminal_contact::table.find(terminal))
        .set(terminal_contact::credential_hash.eq(&hash[..]))
        .execute(conn)?;
    Ok(())
}

/// Gives a live certificate another end.
pub(in crate::terminals) fn prolong(
    conn: &mut Conn,
    hash: &TokenHash,
    not_after: Millis,
) -> Result<(), Error> {
    let live = terminal_credential::hash
        .eq(&hash[..])
        .and(terminal_credential::revoked_at.is_null());
    diesel::update(terminal_credential::table.filter(live))
        .set((
            terminal_credential::not_after.eq(not_after),
            terminal_credential::renew_at.eq(renew_at(Some(not_after))),
        ))
        .execute(conn)?;
    Ok(())
}

/// Moves a terminal's life where it stands at `from`.
pub(super) fn move_life(
    conn: &mut Conn,
    terminal: TerminalId,
    from: Life,
    to: Life,
    now: Millis,
) -> Result<bool, Error> {
    let place = terminal_place::table.filter(
        terminal_place::id
            .eq(terminal)
            .and(terminal_place::life.eq(from.code())),
    );
    let n = diesel::update(place)
        .set((
            terminal_place::life.eq(to.code()),
            terminal_place::version.eq(terminal_place::version + 1),
            terminal_place::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// Does the terminal hold a credential that works, or would after resuming?
pub(in crate::terminals) fn has_live(conn: &mut Conn, terminal: TerminalId) -> Result<bool, Error> {
    let live = terminal_credential::table.filter(
        terminal_credential::terminal_id
            .eq(terminal)
            .and(terminal_credential::revoked_at.is_null()),
    );
    Ok(diesel::select(diesel::dsl::exists(live)).get_result(conn)?)
}

/// The end of this very credential, if it has one, while it is live.
pub(in crate::terminals) fn live(
    conn: &mut Conn,
    hash: &TokenHash,
) -> Result<Option<Option<Millis>>, Error> {
    let live = terminal_credential::table.filter(
        terminal_credential::hash
            .eq(&hash[..])
            .and(terminal_credential::revoked_at.is_null()),
    );
    let end = live.select(terminal_credential::not_after);
    Ok(end.first(conn).optional()?)
}

/// Has the terminal's certificate come to its end? The handshake refuses it then, of which the
/// server learns nothing.
pub(in crate::terminals) fn has_lapsed(
    conn: &mut Conn,
    terminal: TerminalId,
    now: Millis,
) -> Result<bool, Error> {
    let over = terminal_credential::table.filter(
        terminal_credential::terminal_id
            .eq(terminal)
            .and(terminal_credential::revoked_at.is_null())
            .and(terminal_credential::not_after.lt(now)),
    );
    Ok(diesel::select(diesel::dsl::exists(over)).get_result(conn)?)
}

/// Whose credential it is or was, that terminal's life, and whether it was revoked.
pub(super) fn owner(
    conn: &mut Conn,
    hash: &TokenHash,
) -> Result<Option<(TerminalId, Life, bool)>, Error> {
    let row: Option<(TerminalId, String, Option<Millis>)> = terminal_credential::table
        .inner_join(terminal_place::table)
        .filter(terminal_credential::hash.eq(&hash[..]))
        .select((
            terminal_place::id,
            terminal_place::life,
            terminal_credential::revoked_at,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(|(id, life, revoked)| {
        let life = Life::parse(&life).unwrap_or(Life::Retired);
        (id, life, revoked.is_some())
    }))
}

/// Keeps a refusal: equal ones in a row are counted, the oldest go.
pub(super) fn keep_refusal(
    conn: &mut Conn,
    terminal: TerminalId,
    why: Refused,
    seen_from: Option<&str>,
    now: Millis,
) -> Result<(), Error> {
    let of_terminal = terminal_refusal::terminal_id.eq(terminal);
    let newest: Option<(i64, String, Option<String>)> = terminal_refusal::table
        .filter(of_terminal)
        .order(terminal_refusal::id.desc())
        .select((
            terminal_refusal::id,
            terminal_refusal::code,
            terminal_refusal::seen_from,
        ))
        .first(conn)
        .optional()?;
    if let Some((id, code, from)) = newest
        && code == why.code()
        && from.as_deref() == seen_from
    {
        diesel::update(terminal_refusal::table.find(id))
            .set((
                terminal_refusal::at.eq(now),
                terminal_refusal::times.eq(terminal_refusal::times + 1),
            ))
            .execute(conn)?;
        return Ok(());
    }
    let row = (
        terminal_refusal::terminal_id.eq(terminal),
        terminal_refusal::at.eq(now),
        terminal_refusal::code.eq(why.code()),
        terminal_refusal::seen_from.eq(seen_from),
    );
    on_backend!(conn, |c| diesel::insert_into(terminal_refusal::table)
        .values(row)
        .execute(c))?;
    let oldest: Option<i64> = terminal_refusal::table
        .filter(of_terminal)
        .order(terminal_refusal::id.desc())
        .select(terminal_refusal::id)
        .offset(REFUSALS_KEPT)
        .first(conn)
        .optional()?;
    if let Some(oldest) = oldest {
        diesel::delete(
            terminal_refusal::table.filter(of_terminal.and(terminal_refusal::id.le(oldest))),
        )
        .execute(conn)?;
    }
    Ok(())
}

/// Keeps the try of a code that is not registered, and writes as much as a refusal does, so that
/// the time of the answer does not tell which of the two it was.
pub(in crate::terminals) fn turn_stranger_away(
    conn: &mut Conn,
    tid: &str,
    serial: &str,
    seen_from: Option<&str>,
    now: Millis,
) -> Result<(), Error> {
    let row = (
        terminal_stranger::tid.eq(tid),
        terminal_stranger::serial_number.eq(serial),
        terminal_stranger::at.eq(now),
        terminal_stranger::seen_from.eq(seen_from),
    );
    let again = (
        terminal_stranger::serial_number.eq(serial),
        terminal_stranger::at.eq(now),
        terminal_stranger::seen_from.eq(seen_from),
        terminal_stranger::times.eq(terminal_stranger::times + 1),
    );
    on_backend!(conn, |c| diesel::insert_into(terminal_stranger::table)
        .values(row)
        .on_conflict(terminal_stranger::tid)
        .do_update()
        .set(again)
        .execute(c))?;
    let oldest: Option<i64> = terminal_stranger::table
        .order(terminal_stranger::id.desc())
        .select(terminal_stranger::id)
        .offset(STRANGERS_KEPT)
        .first(conn)
        .optional()?;
    if let Some(oldest) = oldest {
        diesel::delete(terminal_stranger::table.filter(terminal_stranger::id.le(oldest)))
            .execute(conn)?;
    }
    Ok(())
}

/// A terminal's credentials, newest first.
pub fn list(conn: &mut Conn, terminal: TerminalId) -> Result<Vec<Credential>, Error> {
    type Row = (
        String,
        Millis,
        Option<Millis>,
        Option<Millis>,
        Option<String>,
    );
    let rows: Vec<Row> = terminal_credential::table
        .filter(terminal_credential::terminal_id.eq(terminal))
        .order(terminal_credential::id.desc())
        .limit(50)
        .select((
            terminal_credential::serial_number,
            terminal_credential::issued_at,
            terminal_credential::not_after,
            terminal_credential::revoked_at,
            terminal_credential::revoked_why,
        ))
        .load(conn)?;
    let credential = |(serial_number, issued_at, not_after, revoked_at, revoked_why)| Credential {
        kind: CredentialKind::of(not_after),
        serial_number,
        issued_at,
        not_after,
        revoked_at,
        revoked_why,
    };
    Ok(rows.into_iter().map(credential).collect())
}

/// A terminal's last refusals, newest first.
pub fn refusals(conn: &mut Conn, terminal: TerminalId) -> Result<Vec<Refusal>, Error> {
    let rows: Vec<(Millis, String, Option<String>, i64)> = terminal_refusal::table
        .filter(terminal_refusal::terminal_id.eq(terminal))
        .order(terminal_refusal::id.desc())
        .select((
            terminal_refusal::at,
            terminal_refusal::code,
            terminal_refusal::seen_from,
            terminal_refusal::times,
        ))
        .load(conn)?;
    let refusal = |(at, code, seen_from, times)| Refusal {
        at,
        code,
        seen_from,
        times,
    };
    Ok(rows.into_iter().map(refusal).collect())
}

/// Unregistered codes that asked for activation, the latest first.
pub fn strangers(conn: &mut Conn, limit: i64) -> Result<Vec<Stranger>, Error> {
    let rows: Vec<(String, String, Millis, Option<String>, i64)> = terminal_stranger::table
        .order((terminal_stranger::at.desc(), terminal_stranger::id.desc()))
        .limit(limit)
        .select((
            terminal_stranger::tid,
            terminal_stranger::serial_number,
            terminal_stranger::at,
            terminal_stranger::seen_from,
            terminal_stranger::times,
        ))
        .load(conn)?;
    let stranger = |(terminal_id, serial_number, at, seen_from, times)| Stranger {
        terminal_id,
        serial_number,
        at,
        seen_from,
        times,
    };
    Ok(rows.into_iter().map(stranger).collect())
}
