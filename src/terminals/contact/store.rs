//! What contact writes but for the hot statement: presence, counters, status, sessions.
use super::model::{Session, Status};
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::fold::natural;
use crate::ids::{EstablishmentId, TerminalId, Tid};
use crate::on_backend;
use crate::sealing::TokenHash;
use crate::terminals::model::Presence;
use crate::terminals::profile::Effective;
use crate::terminals::schema::{
    terminal_contact, terminal_count, terminal_report, terminal_session,
};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

/// What `quiet_since` holds of a terminal that was never heard.
const NEVER_HEARD: i64 = 0;
/// What it holds of one that is connected.
const CONNECTED: i64 = i64::MAX;

diesel::define_sql_function! {
    #[sql_name = "COALESCE"]
    fn or_else(x: Nullable<BigInt>, y: BigInt) -> BigInt;
}

/// Sessions kept per terminal.
const SESSIONS_KEPT: i64 = 50;

/// Makes the hot row of a terminal that was never heard.
pub(super) fn insert(
    conn: &mut Conn,
    (terminal, tid): (TerminalId, &Tid),
    establishment: EstablishmentId,
    effective: Effective,
) -> Result<(), Error> {
    let row = (
        terminal_contact::terminal_id.eq(terminal),
        terminal_contact::establishment_id.eq(establishment),
        terminal_contact::admitted.eq(true),
        terminal_contact::presence.eq(Presence::Never.number()),
        terminal_contact::has_work.eq(false),
        terminal_contact::interval_s.eq(effective.interval_s),
        terminal_contact::log_level.eq(effective.log_level.number()),
        terminal_contact::is_retired.eq(false),
        terminal_contact::sort_key.eq(natural(tid.as_str())),
        terminal_contact::quiet_since.eq(NEVER_HEARD),
    );
    on_backend!(conn, |c| diesel::insert_into(terminal_contact::table)
        .values(row)
        .execute(c))?;
    Ok(())
}

/// [`insert`] for many, in one statement.
pub(super) fn insert_many(
    conn: &mut Conn,
    all: &[(TerminalId, &Tid, EstablishmentId, i32)],
) -> Result<(), Error> {
    let row = |(terminal, tid, establishment, interval_s): &(TerminalId, &Tid, _, i32)| {
        let establishment: EstablishmentId = *establishment;
        (
            terminal_contact::terminal_id.eq(*terminal),
            terminal_contact::establishment_id.eq(establishment),
            terminal_contact::admitted.eq(true),
            terminal_contact::presence.eq(Presence::Never.number()),
            terminal_contact::has_work.eq(false),
            terminal_contact::interval_s.eq(*interval_s),
            terminal_contact::is_retired.eq(false),
            terminal_contact::sort_key.eq(natural(tid.as_str())),
            terminal_contact::quiet_since.eq(NEVER_HEARD),
        )
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    on_backend!(conn, |c| diesel::insert_into(terminal_contact::table)
        .values(rows)
        .execute(c))?;
    Ok(())
}

/// Locks the hot row, so that what is read next stays true until the commit. Whoever changes a
/// terminal's work or presence does this first.
pub(in crate::terminals) fn lock(
    conn: &mut Conn,
    terminal: TerminalId,
) -> Result<Option<(EstablishmentId, Presence)>, Error> {
    let touched = diesel::update(terminal_contact::table.find(terminal))
        .set(terminal_contact::has_work.eq(terminal_contact::has_work))
        .execute(conn)?;
    if touched == 0 {
        return Ok(None);
    }
    let (establishment, presence): (EstablishmentId, i32) = terminal_contact::table
        .find(terminal)
        .select((
            terminal_contact::establishment_id,
            terminal_contact::presence,
        ))
        .first(conn)?;
    Ok(Some((establishment, Presence::of(presence))))
}

/// The terminal that this credential lets in.
pub(in crate::terminals) fn admitted(
    conn: &mut Conn,
    hash: &TokenHash,
) -> Result<Option<TerminalId>, Error> {
    Ok(terminal_contact::table
        .filter(terminal_contact::credential_hash.eq(&hash[..]))
        .filter(terminal_contact::admitted.eq(true))
        .select(terminal_contact::terminal_id)
        .first(conn)
        .optional()?)
}

/// Adds to one counter.
pub(super) fn shift(
    conn: &mut Conn,
    establishment: EstablishmentId,
    presence: Presence,
    by: i64,
) -> Result<(), Error> {
    let row = (
        terminal_count::establishment_id.eq(establishment),
        terminal_count::presence.eq(presence.number()),
        terminal_count::n.eq(by),
    );
    on_backend!(conn, |c| diesel::insert_into(terminal_count::table)
        .values(row)
        .on_conflict((terminal_count::establishment_id, terminal_count::presence))
        .do_update()
        .set(terminal_count::n.eq(terminal_count::n + by))
        .execute(c))?;
    Ok(())
}

/// Moves a presence where it still is `from`; `heard` guards against a contact in between, and
/// `establishment` against a move of the terminal, whose counters would be the wrong ones.
pub(super) fn move_presence(
    conn: &mut Conn,
    (terminal, establishment): (TerminalId, EstablishmentId),
    (from, to): (Presence, Presence),
    sweep_at: Option<Millis>,
    heard: Option<Millis>,
) -> Result<bool, Error> {
    let connected = to.is_connected();
    let last_heard = or_else(terminal_contact::last_contact_at, NEVER_HEARD);
    let mut row = diesel::update(terminal_contact::table)
        .filter(terminal_contact::terminal_id.eq(terminal))
        .filter(terminal_contact::establishment_id.eq(establishment))
        .filter(terminal_contact::presence.eq(from.number()))
        .set((
            terminal_contact::presence.eq(to.number()),
            terminal_contact::sweep_at.eq(sweep_at),
            connected.then(|| terminal_contact::quiet_since.eq(CONNECTED)),
            (!connected).then(|| terminal_contact::quiet_since.eq(last_heard)),
        ))
        .into_boxed();
    if let Some(heard) = heard {
        row = row.filter(terminal_contact::last_contact_at.eq(heard));
    }
    Ok(row.execute(conn)? == 1)
}

/// Takes the row out of every list of what is in service.
pub(super) fn retire(conn: &mut Conn, terminal: TerminalId) -> Result<(), Error> {
    diesel::update(terminal_contact::table.find(terminal))
        .set(terminal_contact::is_retired.eq(true))
        .execute(conn)?;
    Ok(())
}

/// Looks at the row again at `sweep_at`.
pub(super) fn look_again(
    conn: &mut Conn,
    terminal: TerminalId,
    presence: Presence,
    sweep_at: Option<Millis>,
) -> Result<(), Error> {
    let row = terminal_contact::table.filter(
        terminal_contact::terminal_id
            .eq(terminal)
            .and(terminal_contact::presence.eq(presence.number())),
    );
    diesel::update(row)
        .set(terminal_contact::sweep_at.eq(sweep_at))
        .execute(conn)?;
    Ok(())
}

/// A row that the sweeper should look at.
#[derive(Debug, Queryable)]
pub(super) struct Due {
    pub(super) terminal: TerminalId,
    pub(super) establishment: EstablishmentId,
    pub(super) presence: i32,
    pub(super) heard: Option<Millis>,
    pub(super) interval_s: i32,
    pub(super) told_interval_s: Option<i32>,
    pub(super) listening_until: Option<Millis>,
}

/// Rows of one presence whose time has come, the longest due first.
pub(super) fn due(
    conn: &mut Conn,
    presence: Presence,
    now: Millis,
    limit: i64,
) -> Result<Vec<Due>, Error> {
    Ok(terminal_contact::table
        .filter(terminal_contact::presence.eq(presence.number()))
        .filter(terminal_contact::sweep_at.le(now))
        .order((
            terminal_contact::sweep_at.asc(),
            terminal_contact::terminal_id.asc(),
        ))
        .limit(limit)
        .select((
            terminal_contact::terminal_id,
            terminal_contact::establishment_id,
            terminal_contact::presence,
            terminal_contact::last_contact_at,
            terminal_contact::interval_s,
            terminal_contact::told_interval_s,
            terminal_contact::listening_until,
        ))
        .load(conn)?)
}

/// Opens or closes the door for the terminal's credential.
pub(super) fn set_admitted(
    conn: &mut Conn,
    terminal: TerminalId,
    admitted: bool,
) -> Result<bool, Error> {
    let row = terminal_contact::table.filter(
        terminal_contact::terminal_id
            .eq(terminal)
            .and(terminal_contact::admitted.ne(admitted)),
    );
    let n = diesel::update(row)
        .set(terminal_contact::admitted.eq(admitted))
        .execute(conn)?;
    Ok(n == 1)
}

pub(super) fn set_establishment(
    conn: &mut Conn,
    terminal: TerminalId,
    to: EstablishmentId,
) -> Result<(), Error> {
    diesel::update(terminal_contact::table.find(terminal))
        .set(terminal_contact::establishment_id.eq(to))
        .execute(conn)?;
    Ok(())
}

/// Notes that the terminal's clock is off, or right again.
pub(super) fn set_clock(conn: &mut Conn, terminal: TerminalId, is_off: bool) -> Result<(), Error> {
    diesel::update(terminal_contact::table.find(terminal))
        .set(terminal_contact::clock_is_off.eq(is_off))
        .execute(conn)?;
    Ok(())
}

/// Keeps a changed status, and its digest in the hot row.
pub(super) fn keep_status(
    conn: &mut Conn,
    terminal: TerminalId,
    status: &Status,
    now: Millis,
) -> Result<(), Error> {
    let digest = terminal_report::digest.eq(&status.digest[..]);
    let body = terminal_report::body.eq(&status.body);
    let at = terminal_report::reported_at.eq(now);
    on_backend!(conn, |c| diesel::insert_into(terminal_report::table)
        .values((terminal_report::terminal_id.eq(terminal), digest, body, at))
        .on_conflict(terminal_report::terminal_id)
        .do_update()
        .set((digest, body, at))
        .execute(c))?;
    diesel::update(terminal_contact::table.find(terminal))
        .set(terminal_contact::status_digest.eq(Some(&status.digest[..])))
        .execute(conn)?;
    Ok(())
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = terminal_session)]
struct SessionRow<'a> {
    reference: Option<&'a str>,
    title: Option<&'a str>,
    seen_from: Option<&'a str>,
    terminal_version: Option<&'a str>,
    action_result: Option<&'a str>,
    last_action: Option<&'a str>,
    country_code: Option<&'a str>,
    changed_at: Millis,
}

/// Keeps a new or changed session, and its mark in the hot row; the oldest sessions go.
pub(super) fn keep_session(
    conn: &mut Conn,
    terminal: TerminalId,
    session: &Session,
    (mark, seen_from): (i64, Option<&str>),
    now: Millis,
) -> Result<(), Error> {
    let fields = || SessionRow {
        reference: session.reference.as_deref(),
        title: session.title.as_deref(),
        seen_from,
        terminal_version: session.terminal_version.as_deref(),
        action_result: session.action_result.as_deref(),
        last_action: session.last_action.as_deref(),
        country_code: session.country_code.as_deref(),
        changed_at: now,
    };
    let of_terminal = terminal_session::terminal_id.eq(terminal);
    on_backend!(conn, |c| diesel::insert_into(terminal_session::table)
        .values((
            of_terminal,
            terminal_session::session_id.eq(&session.id),
            terminal_session::started_at.eq(now),
            fields(),
        ))
        .on_conflict((terminal_session::terminal_id, terminal_session::session_id))
        .do_update()
        .set(fields())
        .execute(c))?;
    diesel::update(terminal_contact::table.find(terminal))
        .set(terminal_contact::session_mark.eq(mark))
        .execute(conn)?;
    let oldest: Option<i64> = terminal_session::table
        .filter(of_terminal)
        .order(terminal_session::id.desc())
        .select(terminal_session::id)
        .offset(SESSIONS_KEPT)
        .first(conn)
        .optional()?;
    if let Some(oldest) = oldest {
        diesel::delete(
            terminal_session::table.filter(of_terminal.and(terminal_session::id.le(oldest))),
        )
        .execute(conn)?;
    }
    Ok(())
}
