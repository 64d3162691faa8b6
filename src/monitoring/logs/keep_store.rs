//! For how long logs are kept, and what is over.
use super::model::{Freed, Keeping, Kind, USUAL_DAYS};
use super::piece_store::ENDED_NAME;
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::{BlobId, EstablishmentId, LogId, TerminalId};
use crate::monitoring::days::Day;
use crate::monitoring::schema::{
    monitoring_log as log, monitoring_log_freed as freed, monitoring_log_keeping as keeping,
    monitoring_log_piece as piece,
};
use crate::on_backend;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

/// As which the table holds what is for all that have no row of their own.
const ALL: EstablishmentId = EstablishmentId(0);

/// Every rule.
pub(super) fn rules(conn: &mut Conn) -> Result<Vec<Keeping>, Error> {
    let rows: Vec<(EstablishmentId, String, i32)> = keeping::table
        .order((keeping::establishment_id.asc(), keeping::kind.asc()))
        .select((keeping::establishment_id, keeping::kind, keeping::days))
        .load(conn)?;
    let rule = |(establishment, kind, days): (EstablishmentId, String, i32)| {
        Some(Keeping {
            establishment: Some(establishment).filter(|it| *it != ALL),
            kind: Kind::named(&kind)?,
            days,
        })
    };
    Ok(rows.into_iter().filter_map(rule).collect())
}

pub(super) fn rule(
    conn: &mut Conn,
    establishment: Option<EstablishmentId>,
    kind: Kind,
) -> Result<Option<i32>, Error> {
    let row = keeping::table.find((establishment.unwrap_or(ALL), kind.name()));
    Ok(row.select(keeping::days).first(conn).optional()?)
}

/// For how many days logs of a kind are kept in an establishment.
pub(super) fn days(conn: &mut Conn, of: EstablishmentId, kind: Kind) -> Result<i32, Error> {
    let own = rule(conn, Some(of), kind)?;
    let days = match own {
        None => rule(conn, None, kind)?,
        own => own,
    };
    Ok(days.unwrap_or(USUAL_DAYS))
}

pub(super) fn put(conn: &mut Conn, rule: Keeping) -> Result<(), Error> {
    let row = (
        keeping::establishment_id.eq(rule.establishment.unwrap_or(ALL)),
        keeping::kind.eq(rule.kind.name()),
        keeping::days.eq(rule.days),
    );
    on_backend!(conn, |c| diesel::insert_into(keeping::table)
        .values(row)
        .on_conflict((keeping::establishment_id, keeping::kind))
        .do_update()
        .set(keeping::days.eq(rule.days))
        .execute(c))?;
    Ok(())
}

pub(super) fn delete_rule(
    conn: &mut Conn,
    establishment: Option<EstablishmentId>,
    kind: Kind,
) -> Result<(), Error> {
    let row = keeping::table.find((establishment.unwrap_or(ALL), kind.name()));
    diesel::delete(row).execute(conn)?;
    Ok(())
}

/// The next establishment behind this one that has logs of a kind.
pub(super) fn next_with_logs(
    conn: &mut Conn,
    kind: Kind,
    after: EstablishmentId,
) -> Result<Option<EstablishmentId>, Error> {
    Ok(log::table
        .filter(
            log::kind
                .eq(kind.name())
                .and(log::establishment_id.gt(after)),
        )
        .order((log::establishment_id.asc(), log::changed_at.asc()))
        .select(log::establishment_id)
        .first(conn)
        .optional()?)
}

/// When something was added to a log last, and which log that is.
pub(super) type Age = (Millis, LogId);

/// The logs of an establishment that nothing was added to for long enough, so many at most: those behind `after`, which
/// is as long ago or less.
pub(super) fn oldest(
    conn: &mut Conn,
    (kind, establishment): (Kind, EstablishmentId),
    after: Option<Age>,
    before: Millis,
    most: i64,
) -> Result<Vec<Age>, Error> {
    let (at, id) = after.unwrap_or((Millis(i64::MIN), LogId(i64::MIN)));
    Ok(log::table
        .filter(log::kind.eq(kind.name()))
        .filter(log::establishment_id.eq(establishment))
        .filter(log::changed_at.ge(at).and(log::changed_at.lt(before)))
        .filter(log::changed_at.gt(at).or(log::id.gt(id)))
        .order((log::changed_at.asc(), log::id.asc()))
        .select((log::changed_at, log::id))
        .limit(most)
        .load(conn)?)
}

/// Takes pieces of a log away, so many at most; the blobs that held them.
pub(super) fn take_pieces(conn: &mut Conn, of: LogId, most: i64) -> Result<Vec<BlobId>, Error> {
    let rows: Vec<(i64, BlobId)> = piece::table
        .filter(piece::log_id.eq(of))
        .order(piece::at.asc())
        .select((piece::at, piece::blob_id))
        .limit(most)
        .load(conn)?;
    let (at, blobs): (Vec<i64>, Vec<BlobId>) = rows.into_iter().unzip();
    let these = piece::table.filter(piece::log_id.eq(of).and(piece::at.eq_any(at)));
    diesel::delete(these).execute(conn)?;
    Ok(blobs)
}

/// Of which terminal and of whom a log is, what it says, and what it takes, packed.
pub(super) type Held = (TerminalId, EstablishmentId, i64, i64);

/// Ends a log that nothing was added to since then, so that nothing is any more: of whom it is and what it holds;
/// `None` where it is gone or grew meanwhile. To its terminal it is gone from now on, and what that sends is kept
/// elsewhere. It stays as old as it was, and so is found again until it is gone.
pub(super) fn end(
    conn: &mut Conn,
    id: LogId,
    before: Millis,
) -> Result<Option<(Kind, Held)>, Error> {
    let old = log::table.filter(log::id.eq(id).and(log::changed_at.lt(before)));
    let held = (
        log::terminal_id,
        log::establishment_id,
        log::size_bytes,
        log::stored_bytes,
    );
    let row: Option<(String, Held)> = on_backend!(conn, |c| diesel::update(old)
        .set(log::name.eq(sql::<Text>(ENDED_NAME)))
        .returning((log::kind, held))
        .get_result(c)
        .optional())?;
    Ok(row.and_then(|(kind, held)| Some((Kind::named(&kind)?, held))))
}

/// Deletes a log that has no pieces any more.
pub(super) fn delete(conn: &mut Conn, id: LogId) -> Result<(), Error> {
    diesel::delete(log::table.find(id)).execute(conn)?;
    Ok(())
}

/// Adds to what was freed on a day.
pub(super) fn note(conn: &mut Conn, it: Freed) -> Result<(), Error> {
    let row = (
        freed::establishment_id.eq(it.establishment),
        freed::kind.eq(it.kind.name()),
        freed::day.eq(it.day.0),
        freed::logs.eq(it.logs),
        freed::size_bytes.eq(it.size_bytes),
        freed::stored_bytes.eq(it.stored_bytes),
    );
    let there = freed::table.find((it.establishment, it.kind.name(), it.day.0));
    let added = on_backend!(conn, |c| diesel::insert_into(freed::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if added == 0 {
        diesel::update(there)
            .set((
                freed::logs.eq(freed::logs + it.logs),
                freed::size_bytes.eq(freed::size_bytes + it.size_bytes),
                freed::stored_bytes.eq(freed::stored_bytes + it.stored_bytes),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// What was freed since a day in what the scope holds: how many rows there are, and what they come to: logs, bytes that
/// these said, and bytes that they took.
pub(super) fn freed_sums(
    conn: &mut Conn,
    scope: &Scope,
    since: Day,
) -> Result<(i64, i64, i64, i64), Error> {
    let mut query = freed::table
        .filter(freed::day.ge(since.0))
        .select((
            sql::<BigInt>("count(*)"),
            sql::<BigInt>("coalesce(cast(sum(logs) as bigint), 0)"),
            sql::<BigInt>("coalesce(cast(sum(size_bytes) as bigint), 0)"),
            sql::<BigInt>("coalesce(cast(sum(stored_bytes) as bigint), 0)"),
        ))
        .into_boxed();
    if let Scope::Only(these) = scope {
        query = query.filter(freed::establishment_id.eq_any(these.clone()));
    }
    Ok(query.first(conn)?)
}

/// What was freed since a day in what the scope holds, the latest first, as the index has it.
pub(super) fn freed(
    conn: &mut Conn,
    scope: &Scope,
    since: Day,
    most: i64,
) -> Result<Vec<Freed>, Error> {
    type Row = (EstablishmentId, String, i32, i64, i64, i64);
    let mut query = freed::table
        .filter(freed::day.ge(since.0))
        .order((
            freed::day.desc(),
            freed::establishment_id.desc(),
            freed::kind.desc(),
        ))
        .select((
            freed::establishment_id,
            freed::kind,
            freed::day,
            freed::logs,
            freed::size_bytes,
            freed::stored_bytes,
        ))
        .limit(most)
        .into_boxed();
    if let Scope::Only(these) = scope {
        query = query.filter(freed::establishment_id.eq_any(these.clone()));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let one = |(establishment, kind, day, logs, size_bytes, stored_bytes): Row| {
        Some(Freed {
            establishment,
            kind: Kind::named(&kind)?,
            day: Day(day),
            logs,
            size_bytes,
            stored_bytes,
        })
    };
    Ok(rows.into_iter().filter_map(one).collect())
}

/// Drops what is told of the days before one.
pub(super) fn forget_freed(conn: &mut Conn, before: Day) -> Result<usize, Error> {
    Ok(diesel::delete(freed::table.filter(freed::day.lt(before.0))).execute(conn)?)
}
