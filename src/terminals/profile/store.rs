//! All SQL of profiles: levels, what is still to be brought to the terminals below, and the
//! effective values in the hot rows.
use super::model::{Effective, LogLevel, Own, Owner, Said, Touch};
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::{EstablishmentId, PointOfServiceId, TerminalId};
use crate::on_backend;
use crate::terminals::model::late_after_ms;
use crate::terminals::schema::{
    terminal_contact, terminal_place, terminal_profile, terminal_profile_pending,
    terminal_profile_report,
};
use diesel::prelude::*;
use std::collections::HashMap;

/// Keeps every level as it is until the commit. Taken before any row of a terminal is locked.
/// SQLite has one writer anyway.
pub(super) fn hold(conn: &mut Conn) -> Result<(), Error> {
    advisory(conn, "pg_advisory_xact_lock_shared")
}

/// Waits for everyone who [`hold`]s, and keeps them out until the commit.
pub(super) fn hold_alone(conn: &mut Conn) -> Result<(), Error> {
    advisory(conn, "pg_advisory_xact_lock")
}

fn advisory(conn: &mut Conn, lock: &str) -> Result<(), Error> {
    if let Conn::Postgres(pg) = conn {
        diesel::sql_query(format!(
            "SELECT {lock}(hashtext(current_schema() || '.profile'))"
        ))
        .execute(pg)?;
    }
    Ok(())
}

type Level = (Option<i32>, Option<String>);

fn own((interval_s, log_level): Level) -> Own {
    Own {
        interval_s,
        log_level: log_level.as_deref().and_then(LogLevel::parse),
    }
}

/// What a level sets, its version, and who changed it last.
pub(super) fn level(conn: &mut Conn, of: Owner) -> Result<Option<(Own, i64, Touch)>, Error> {
    type Row = (Level, i64, Millis, String);
    let row: Option<Row> = terminal_profile::table
        .find(of.key())
        .select((
            (terminal_profile::interval_s, terminal_profile::log_level),
            terminal_profile::version,
            terminal_profile::changed_at,
            terminal_profile::changed_by,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(|(level, version, at, by)| (own(level), version, Touch { at, by })))
}

/// What each of these levels sets; those that set nothing are absent.
pub(super) fn levels(conn: &mut Conn, of: &[Owner]) -> Result<HashMap<Owner, Own>, Error> {
    let mut all = HashMap::new();
    for kind in ["establishment", "point-of-service"] {
        let keys = of.iter().map(|owner| owner.key());
        let ids: Vec<i64> = keys.filter(|key| key.0 == kind).map(|key| key.1).collect();
        if ids.is_empty() {
            continue;
        }
        let rows: Vec<(i64, Level)> = terminal_profile::table
            .filter(terminal_profile::kind.eq(kind))
            .filter(terminal_profile::owner_id.eq_any(ids))
            .select((
                terminal_profile::owner_id,
                (terminal_profile::interval_s, terminal_profile::log_level),
            ))
            .load(conn)?;
        let found = rows
            .into_iter()
            .filter_map(|(id, level)| Some((Owner::of(kind, id)?, own(level))));
        all.extend(found);
    }
    Ok(all)
}

/// True when this call made the change: the version that was seen still stood, 0 being no row.
pub(super) fn put_level(
    conn: &mut Conn,
    of: Owner,
    own: Own,
    seen: i64,
    (now, by): (Millis, &str),
) -> Result<bool, Error> {
    let (kind, id) = of.key();
    let fields = (
        terminal_profile::interval_s.eq(own.interval_s),
        terminal_profile::log_level.eq(own.log_level.map(LogLevel::code)),
        terminal_profile::version.eq(seen + 1),
        terminal_profile::changed_at.eq(now),
        terminal_profile::changed_by.eq(by),
    );
    let n = if seen == 0 {
        let key = (
            terminal_profile::kind.eq(kind),
            terminal_profile::owner_id.eq(id),
        );
        on_backend!(conn, |c| diesel::insert_into(terminal_profile::table)
            .values((key, fields))
            .on_conflict((terminal_profile::kind, terminal_profile::owner_id))
            .do_nothing()
            .execute(c))?
    } else {
        let row = terminal_profile::table
            .find((kind, id))
            .filter(terminal_profile::version.eq(seen));
        diesel::update(row).set(fields).execute(conn)?
    };
    Ok(n == 1)
}

/// A level whose terminals do not all have its values yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pending {
    pub(super) of: Owner,
    pub(super) after: i64,
    version: i64,
}

/// Has the terminals below looked at from the first one on.
pub(super) fn pend(conn: &mut Conn, of: Owner, now: Millis) -> Result<(), Error> {
    let (kind, id) = of.key();
    let row = (
        terminal_profile_pending::kind.eq(kind),
        terminal_profile_pending::owner_id.eq(id),
        terminal_profile_pending::after_id.eq(0_i64),
        terminal_profile_pending::version.eq(1_i64),
        terminal_profile_pending::since_at.eq(now),
    );
    on_backend!(conn, |c| diesel::insert_into(
        terminal_profile_pending::table
    )
    .values(row)
    .on_conflict((
        terminal_profile_pending::kind,
        terminal_profile_pending::owner_id
    ))
    .do_update()
    .set((
        terminal_profile_pending::after_id.eq(0_i64),
        terminal_profile_pending::version.eq(terminal_profile_pending::version + 1),
    ))
    .execute(c))?;
    Ok(())
}

/// The pending level that has waited longest.
pub(super) fn first_pending(conn: &mut Conn) -> Result<Option<Pending>, Error> {
    type Row = (String, i64, i64, i64);
    let row: Option<Row> = terminal_profile_pending::table
        .order((
            terminal_profile_pending::since_at.asc(),
            terminal_profile_pending::kind.asc(),
            terminal_profile_pending::owner_id.asc(),
        ))
        .select((
            terminal_profile_pending::kind,
            terminal_profile_pending::owner_id,
            terminal_profile_pending::after_id,
            terminal_profile_pending::version,
        ))
        .first(conn)
        .optional()?;
    Ok(row.and_then(|(kind, id, after, version)| {
        let of = Owner::of(&kind, id)?;
        Some(Pending { of, after, version })
    }))
}

/// Whether one of these levels is pending.
pub(super) fn is_pending(conn: &mut Conn, these: &[Owner]) -> Result<bool, Error> {
    for of in these {
        let n: i64 = terminal_profile_pending::table
            .find(of.key())
            .count()
            .get_result(conn)?;
        if n > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Moves the mark of how far it is done; false when somebody else did, or the level changed again.
pub(super) fn advance(conn: &mut Conn, it: &Pending, to: i64) -> Result<bool, Error> {
    let row = terminal_profile_pending::table
        .find(it.of.key())
        .filter(terminal_profile_pending::version.eq(it.version))
        .filter(terminal_profile_pending::after_id.eq(it.after));
    let n = diesel::update(row)
        .set(terminal_profile_pending::after_id.eq(to))
        .execute(conn)?;
    Ok(n == 1)
}

/// Nothing is left to be done below the level as it was seen.
pub(super) fn finish(conn: &mut Conn, it: &Pending) -> Result<bool, Error> {
    let row = terminal_profile_pending::table
        .find(it.of.key())
        .filter(terminal_profile_pending::version.eq(it.version));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// A terminal with all that its effective values depend on, and what they are now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Below {
    pub(super) id: TerminalId,
    pub(super) establishment: EstablishmentId,
    pub(super) point: PointOfServiceId,
    pub(super) own: Own,
    pub(super) now: Effective,
}

/// The same columns, whichever terminals are asked for.
macro_rules! below {
    ($query:expr, $conn:expr) => {{
        type Row = (
            (TerminalId, EstablishmentId, PointOfServiceId),
            Level,
            (i32, i32),
        );
        let rows: Vec<Row> = $query
            .order(terminal_place::id.asc())
            .select((
                (
                    terminal_place::id,
                    terminal_place::establishment_id,
                    terminal_place::point_of_service_id,
                ),
                (terminal_place::interval_s, terminal_place::log_level),
                (terminal_contact::interval_s, terminal_contact::log_level),
            ))
            .load($conn)?;
        let one = |((id, establishment, point), level, (interval_s, log_level))| Below {
            id,
            establishment,
            point,
            own: own(level),
            now: Effective {
                interval_s,
                log_level: LogLevel::of(log_level),
            },
        };
        Ok(rows.into_iter().map(one).collect())
    }};
}

/// The next terminals below a level, by their ids.
pub(super) fn below(
    conn: &mut Conn,
    of: Owner,
    after: i64,
    limit: i64,
) -> Result<Vec<Below>, Error> {
    let mut query = terminal_place::table
        .inner_join(terminal_contact::table)
        .filter(terminal_place::id.gt(after))
        .limit(limit)
        .into_boxed();
    query = match of {
        Owner::Installation => query,
        Owner::Establishment(id) => query.filter(terminal_place::establishment_id.eq(id)),
        Owner::PointOfService(id) => query.filter(terminal_place::point_of_service_id.eq(id)),
    };
    below!(query, conn)
}

/// These terminals.
pub(super) fn these(conn: &mut Conn, ids: &[TerminalId]) -> Result<Vec<Below>, Error> {
    let query = terminal_place::table
        .inner_join(terminal_contact::table)
        .filter(terminal_place::id.eq_any(ids.to_vec()));
    below!(query, conn)
}

/// Locks the hot rows of those that nobody else has locked: whoever waits while he holds the rows of
/// others could wait for ever.
pub(super) fn lock_free(conn: &mut Conn, ids: &[TerminalId]) -> Result<Vec<TerminalId>, Error> {
    let Conn::Postgres(pg) = conn else {
        return Ok(ids.to_vec());
    };
    Ok(terminal_contact::table
        .filter(terminal_contact::terminal_id.eq_any(ids.to_vec()))
        .order(terminal_contact::terminal_id.asc())
        .select(terminal_contact::terminal_id)
        .for_update()
        .skip_locked()
        .load(pg)?)
}

/// Sets the effective values of these terminals, and has the sweeper look at them no later than the
/// new interval asks for. Each is due by what it was told last until it hears the new interval.
pub(super) fn set_effective(
    conn: &mut Conn,
    ids: &[TerminalId],
    to: Effective,
    now: Millis,
) -> Result<(), Error> {
    let rows = terminal_contact::table.filter(terminal_contact::terminal_id.eq_any(ids.to_vec()));
    diesel::update(rows)
        .set((
            terminal_contact::interval_s.eq(to.interval_s),
            terminal_contact::log_level.eq(to.log_level.number()),
        ))
        .execute(conn)?;
    let look = Millis(now.0.saturating_add(late_after_ms(to.interval_s)));
    let rows = terminal_contact::table
        .filter(terminal_contact::terminal_id.eq_any(ids.to_vec()))
        .filter(terminal_contact::sweep_at.gt(look));
    diesel::update(rows)
        .set(terminal_contact::sweep_at.eq(look))
        .execute(conn)?;
    Ok(())
}

/// What a terminal said last of the parameters it uses.
pub(super) fn report(
    conn: &mut Conn,
    terminal: TerminalId,
) -> Result<Option<(String, String, Millis)>, Error> {
    Ok(terminal_profile_report::table
        .find(terminal)
        .select((
            terminal_profile_report::version,
            terminal_profile_report::body,
            terminal_profile_report::reported_at,
        ))
        .first(conn)
        .optional()?)
}

/// Keeps what a terminal says of the parameters it uses, and their version in the hot row.
pub(super) fn keep_report(
    conn: &mut Conn,
    terminal: TerminalId,
    said: &Said,
    body: &str,
    now: Millis,
) -> Result<(), Error> {
    let fields = (
        terminal_profile_report::version.eq(&said.version),
        terminal_profile_report::body.eq(body),
        terminal_profile_report::reported_at.eq(now),
    );
    on_backend!(conn, |c| diesel::insert_into(
        terminal_profile_report::table
    )
    .values((terminal_profile_report::terminal_id.eq(terminal), fields))
    .on_conflict(terminal_profile_report::terminal_id)
    .do_update()
    .set(fields)
    .execute(c))?;
    diesel::update(terminal_contact::table.find(terminal))
        .set(terminal_contact::profile_version.eq(said.number()))
        .execute(conn)?;
    Ok(())
}
