//! What comes in is written: guarded by how much of the log is here, so that of two uploads one wins.
use super::asked_store;
use super::model::{Counts, Kind, Log};
use super::store::Row;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::formats::{Encoding, Format};
use crate::ids::{BlobId, EstablishmentId, LogId, TerminalId, WorkId};
use crate::monitoring::days::Day;
use crate::monitoring::schema::{
    monitoring_log as log, monitoring_log_piece as piece, monitoring_log_taken as taken,
};
use crate::on_backend;
use diesel::dsl::{case_when, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use diesel::upsert::excluded;

/// A log as a terminal begins it.
#[derive(Debug, Clone)]
pub(super) struct NewLog {
    pub(super) terminal: TerminalId,
    pub(super) establishment: EstablishmentId,
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) format: Format,
    /// Where it is known: of a file that goes on.
    pub(super) encoding: Option<Encoding>,
    pub(super) till: String,
    pub(super) day: Day,
    /// What of the file stands in other logs.
    pub(super) before_bytes: i64,
    /// Serial number of the device that sends it.
    pub(super) device: String,
}

/// A log that has to be so long.
pub(super) type AsLong = (LogId, i64);

/// What a log gains.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gain {
    /// How much of the log has to be here for it to fit.
    pub(super) at: i64,
    pub(super) length: i64,
    pub(super) stored_bytes: i64,
    pub(super) records: i64,
    pub(super) unread: i64,
    pub(super) counts: Counts,
    /// Where it tells the encoding.
    pub(super) encoding: Option<Encoding>,
    /// Nothing follows.
    pub(super) whole: bool,
    pub(super) asked: Option<WorkId>,
}

/// The log that what a terminal calls this is added to, and whether its encoding is known.
pub(super) fn named(
    conn: &mut Conn,
    terminal: TerminalId,
    kind: Kind,
    name: &str,
) -> Result<Option<(Log, bool)>, Error> {
    let these = log::table
        .filter(log::terminal_id.eq(terminal))
        .filter(log::kind.eq(kind.name()))
        .filter(log::name.eq(name.to_owned()));
    let row: Option<(Row, String)> = these
        .select((Row::as_select(), log::encoding))
        .first(conn)
        .optional()?;
    Ok(row.map(|(row, encoding)| (Log::from(row), !encoding.is_empty())))
}

/// What the name of a log becomes when it ends.
pub(super) const ENDED_NAME: &str =
    "CASE WHEN name LIKE '%/%' THEN name ELSE name || '/' || id END";
const HAS_ENDED: &str = "%/%";

/// Ends a log that is as long as that, so that its name is free; false where it is not, or has ended.
pub(super) fn end(conn: &mut Conn, (id, size_bytes): AsLong) -> Result<bool, Error> {
    let as_long = log::table
        .filter(log::id.eq(id).and(log::size_bytes.eq(size_bytes)))
        .filter(log::name.not_like(HAS_ENDED));
    let ended = diesel::update(as_long).set(log::name.eq(sql::<Text>(ENDED_NAME)));
    Ok(ended.execute(conn)? == 1)
}

/// Begins a log; `None` where the terminal has one of that name.
pub(super) fn begin(conn: &mut Conn, new: &NewLog, now: Millis) -> Result<Option<LogId>, Error> {
    let row = (
        log::terminal_id.eq(new.terminal),
        log::establishment_id.eq(new.establishment),
        log::kind.eq(new.kind.name()),
        log::name.eq(new.name.clone()),
        log::format.eq(new.format.name()),
        log::encoding.eq(new.encoding.map_or("", Encoding::name)),
        log::till.eq(new.till.clone()),
        log::day.eq(new.day.to_string()),
        (log::begun_at.eq(now), log::changed_at.eq(now)),
        log::whole.eq(false),
        (log::size_bytes.eq(0), log::stored_bytes.eq(0)),
        (log::records.eq(0), log::unread.eq(0)),
        (log::pans.eq(0), log::tracks.eq(0)),
        (log::pins.eq(0), log::cvvs.eq(0)),
        log::before_bytes.eq(new.before_bytes),
        log::device.eq(new.device.clone()),
    );
    Ok(on_backend!(conn, |c| diesel::insert_into(log::table)
        .values(row)
        .on_conflict_do_nothing()
        .returning(log::id)
        .get_result(c)
        .optional())?)
}

/// Lets a log grow, where it is as long as that, not whole and not ended; the log as it is then.
pub(super) fn grow(
    conn: &mut Conn,
    id: LogId,
    by: &Gain,
    now: Millis,
) -> Result<Option<Log>, Error> {
    let here = log::table
        .filter(log::id.eq(id).and(log::size_bytes.eq(by.at)))
        .filter(log::whole.eq(false).and(log::name.not_like(HAS_ENDED)));
    let encoding = by.encoding.map_or("", Encoding::name).into_sql::<Text>();
    let grown = (
        log::changed_at.eq(now),
        log::whole.eq(by.whole),
        log::size_bytes.eq(log::size_bytes + by.length),
        log::stored_bytes.eq(log::stored_bytes + by.stored_bytes),
        log::records.eq(log::records + by.records),
        log::unread.eq(log::unread + by.unread),
        log::pans.eq(log::pans + by.counts.pans),
        log::tracks.eq(log::tracks + by.counts.tracks),
        log::pins.eq(log::pins + by.counts.pins),
        log::cvvs.eq(log::cvvs + by.counts.cvvs),
        log::encoding.eq(case_when(log::encoding.eq(""), encoding).otherwise(log::encoding)),
    );
    let row: Option<Row> = on_backend!(conn, |c| diesel::update(here)
        .set(grown)
        .returning(Row::as_returning())
        .get_result(c)
        .optional())?;
    if let (Some(_), Some(work)) = (&row, by.asked) {
        asked_store::note(conn, work, id)?;
    }
    Ok(row.map(Log::from))
}

/// Notes where a part of a log is stored.
pub(super) fn insert(
    conn: &mut Conn,
    of: LogId,
    gain: &Gain,
    first_record: i64,
    blob: BlobId,
) -> Result<(), Error> {
    let row = (
        piece::log_id.eq(of),
        piece::at.eq(gain.at),
        piece::length.eq(gain.length),
        piece::stored_bytes.eq(gain.stored_bytes),
        piece::first_record.eq(first_record),
        piece::records.eq(gain.records),
        piece::blob_id.eq(blob),
    );
    on_backend!(conn, |c| diesel::insert_into(piece::table)
        .values(row)
        .execute(c))?;
    Ok(())
}

/// Counts what a terminal sends on a day; says what that comes to.
pub(super) fn take(
    conn: &mut Conn,
    terminal: TerminalId,
    today: Day,
    bytes: i64,
) -> Result<i64, Error> {
    let row = (
        taken::terminal_id.eq(terminal),
        taken::day.eq(today.0),
        taken::bytes.eq(bytes),
    );
    let before = sql::<BigInt>("monitoring_log_taken.bytes");
    let is_today = sql::<Integer>("monitoring_log_taken.day").eq(excluded(taken::day));
    let sum =
        case_when(is_today, before + excluded(taken::bytes)).otherwise(excluded(taken::bytes));
    Ok(on_backend!(conn, |c| diesel::insert_into(taken::table)
        .values(row)
        .on_conflict(taken::terminal_id)
        .do_update()
        .set((taken::bytes.eq(sum), taken::day.eq(excluded(taken::day))))
        .returning(taken::bytes)
        .get_result(c))?)
}

/// What a terminal has sent on that day so far.
pub(super) fn taken_on(conn: &mut Conn, terminal: TerminalId, today: Day) -> Result<i64, Error> {
    let row = taken::table
        .filter(taken::terminal_id.eq(terminal).and(taken::day.eq(today.0)))
        .select(taken::bytes);
    Ok(row.first(conn).optional()?.unwrap_or(0))
}
