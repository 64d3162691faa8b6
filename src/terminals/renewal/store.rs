//! All SQL of offered certificates and of when to ask for the next.
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::TerminalId;
use crate::on_backend;
use crate::sealing::TokenHash;
use crate::terminals::schema::{terminal_certificate_offer, terminal_credential};
use diesel::prelude::*;

/// Keeps an offer in place of the one before; false when another terminal is offered the same.
pub(super) fn put(
    conn: &mut Conn,
    terminal: TerminalId,
    hash: &TokenHash,
    not_after: Millis,
    now: Millis,
) -> Result<bool, Error> {
    withdraw(conn, terminal)?;
    let row = (
        terminal_certificate_offer::terminal_id.eq(terminal),
        terminal_certificate_offer::hash.eq(&hash[..]),
        terminal_certificate_offer::not_after.eq(not_after),
        terminal_certificate_offer::offered_at.eq(now),
    );
    let n = on_backend!(conn, |c| diesel::insert_into(
        terminal_certificate_offer::table
    )
    .values(row)
    .on_conflict(terminal_certificate_offer::hash)
    .do_nothing()
    .execute(c))?;
    Ok(n == 1)
}

/// Takes back what a terminal was offered and did not confirm.
pub(in crate::terminals) fn withdraw(conn: &mut Conn, terminal: TerminalId) -> Result<(), Error> {
    diesel::delete(terminal_certificate_offer::table.find(terminal)).execute(conn)?;
    Ok(())
}

/// Whom this was offered to.
pub(in crate::terminals) fn offered_to(
    conn: &mut Conn,
    hash: &TokenHash,
) -> Result<Option<TerminalId>, Error> {
    Ok(terminal_certificate_offer::table
        .filter(terminal_certificate_offer::hash.eq(&hash[..]))
        .select(terminal_certificate_offer::terminal_id)
        .first(conn)
        .optional()?)
}

/// Takes up this very offer; its end, for the one who comes first.
pub(super) fn take(
    conn: &mut Conn,
    terminal: TerminalId,
    hash: &TokenHash,
) -> Result<Option<Millis>, Error> {
    let this = terminal_certificate_offer::terminal_id
        .eq(terminal)
        .and(terminal_certificate_offer::hash.eq(&hash[..]));
    let end: Option<Millis> = terminal_certificate_offer::table
        .filter(this)
        .select(terminal_certificate_offer::not_after)
        .first(conn)
        .optional()?;
    let taken = diesel::delete(terminal_certificate_offer::table.filter(this)).execute(conn)?;
    Ok(end.filter(|_| taken == 1))
}

/// Live certificates to be renewed: the row, whose it is, and its end.
pub(super) fn due(
    conn: &mut Conn,
    now: Millis,
    limit: i64,
) -> Result<Vec<(i64, TerminalId, Option<Millis>)>, Error> {
    let due = terminal_credential::table.filter(
        terminal_credential::renew_at
            .le(now)
            .and(terminal_credential::renew_at.is_not_null())
            .and(terminal_credential::revoked_at.is_null()),
    );
    Ok(due
        .order((terminal_credential::renew_at, terminal_credential::id))
        .limit(limit)
        .select((
            terminal_credential::id,
            terminal_credential::terminal_id,
            terminal_credential::not_after,
        ))
        .load(conn)?)
}

/// When to ask again; never, for what has ended.
pub(super) fn ask_at(conn: &mut Conn, id: i64, at: Option<Millis>) -> Result<(), Error> {
    diesel::update(terminal_credential::table.find(id))
        .set(terminal_credential::renew_at.eq(at))
        .execute(conn)?;
    Ok(())
}
