//! A part of a log is kept: its row, the log's, what the terminal sent today, and what it tells of exchanges, in
//! one transaction.
use super::keep_ops;
use super::limits::{self, Limits};
use super::model::{Kind, Log, WORK};
use super::piece_store::{self, AsLong, Gain, NewLog};
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::{Conn, Event, Tx};
use crate::formats::Message;
use crate::ids::{BlobId, EstablishmentId, LogId, Tid, WorkId};
use crate::monitoring::Error;
use crate::monitoring::days::Day;
use crate::monitoring::exchanges;
use crate::storage;
use crate::terminals::{self, Device};
use serde_json::json;

/// A file of a terminal: what it is about, and what the terminal calls it.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) device: Device,
    pub(super) kind: Kind,
    pub(super) name: String,
}

/// What is known when a terminal begins to send.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) log: Option<Log>,
    /// Whether its encoding is known.
    pub(super) is_told: bool,
    /// What comes does not belong to that log any more, though it goes on where that ends.
    pub(super) is_over: bool,
    /// What the device before this one had under that name.
    pub(super) former: Option<AsLong>,
    /// Serial number of the device that serves.
    pub(super) serial_number: String,
    pub(super) limits: Limits,
    pub(super) today: Day,
    /// What may still come today.
    pub(super) left_bytes: i64,
    pub(super) asked: Option<WorkId>,
}

/// Reads where a log stands.
pub(super) fn start(
    conn: &mut Conn,
    of: &Named,
    task: Option<i32>,
    now: Millis,
) -> Result<Start, Error> {
    let (terminal, today) = (of.device.id, Day::of(now));
    let serial_number = serving(conn, &of.device)?;
    let found = piece_store::named(conn, terminal, of.kind, &of.name)?;
    let former = found
        .as_ref()
        .filter(|(log, _)| !log.is_from(&serial_number));
    let former = former.map(|(log, _)| (log.id, log.size_bytes));
    let found = found.filter(|_| former.is_none());
    let is_over = match &found {
        Some((log, _)) if !log.whole => {
            let since = keep_ops::grows_since(conn, log.establishment, log.kind, now)?;
            log.establishment != of.device.establishment || log.begun_at < since
        }
        _ => false,
    };
    let limits = limits::limits(conn)?;
    let taken = piece_store::taken_on(conn, terminal, today)?;
    // A number that is no work's asks for nothing.
    let asked = match task {
        Some(number) => terminals::numbered_work(conn, terminal, number)?,
        None => None,
    };
    Ok(Start {
        is_told: found.as_ref().is_some_and(|(_, is_told)| *is_told),
        log: found.map(|(log, _)| log),
        is_over,
        former,
        serial_number,
        limits,
        today,
        left_bytes: limits.day_bytes.saturating_sub(taken),
        asked: asked.filter(|it| it.kind == WORK).map(|it| it.id),
    })
}

/// The serial number of the device that serves.
fn serving(conn: &mut Conn, device: &Device) -> Result<String, Error> {
    let found = terminals::find(conn, &Scope::All, &device.tid)?;
    Ok(found.map_or_else(String::new, |it| it.serial_number))
}

/// The log that the terminal's device calls this.
pub(super) fn own(conn: &mut Conn, of: &Named) -> Result<Log, Error> {
    let serial_number = serving(conn, &of.device)?;
    let found = piece_store::named(conn, of.device.id, of.kind, &of.name)?;
    let own = found.filter(|(log, _)| log.is_from(&serial_number));
    own.map(|(log, _)| log).ok_or(Error::NoLog)
}

/// Things stand otherwise than they did when the terminal began to send.
fn overtaken(conn: &mut Conn, of: &Named) -> Result<Error, Error> {
    let received = match own(conn, of) {
        Ok(log) => log.received(),
        Err(Error::NoLog) => 0,
        Err(cause) => return Err(cause),
    };
    Ok(Error::Overtaken { received })
}

/// Whether a terminal is there still: it may be moved while a long body comes in.
fn stands_at(conn: &mut Conn, device: &Device, there: EstablishmentId) -> Result<bool, Error> {
    let found = terminals::find(conn, &Scope::All, &device.tid)?;
    Ok(found.is_some_and(|it| it.establishment == there))
}

/// Which log grows.
#[derive(Debug, Clone)]
pub(super) enum Which {
    There(LogId),
    /// One that takes the name of another, where that is there.
    New(NewLog, Option<AsLong>),
}

impl Which {
    pub(super) const fn is_new(&self) -> bool {
        matches!(self, Self::New(..))
    }
}

/// Ends a log under whose name another file comes; what to tell its terminal.
pub(super) fn begin_afresh(tx: &mut Tx, of: &Named, here: AsLong) -> Result<Error, Error> {
    if piece_store::end(tx, here)? {
        return Ok(Error::AnotherFile);
    }
    overtaken(tx, of)
}

/// What a row, a file and their upkeep count for at least: small parts are not free.
const LEAST: i64 = 4 << 10;

/// What a part of this length counts for in a terminal's day, with the messages in it that become exchanges: those are
/// kept once more, in rows with their indices, which may be many times as large as a short line.
pub(super) fn charge(length: i64, messages: usize, is_new: bool) -> i64 {
    let part = match length {
        0 => 0,
        1..LEAST => LEAST,
        more => more,
    };
    let rows = exchanges::taken_by(messages);
    part.saturating_add(rows)
        .saturating_add(if is_new { LEAST } else { 0 })
}

/// Keeps a part of a log, or that nothing follows where there is none.
pub(super) fn keep(
    tx: &mut Tx,
    of: &Named,
    which: &Which,
    gain: &Gain,
    part: Option<(BlobId, &[Message])>,
    limits: Limits,
    now: Millis,
) -> Result<Log, Error> {
    let messages = part.map_or(0, |(_, messages)| messages.len());
    let charged = charge(gain.length, messages, which.is_new());
    let id = match which {
        Which::There(id) => Some(*id),
        Which::New(_, Some(here)) if !piece_store::end(tx, *here)? => None,
        Which::New(new, _) => piece_store::begin(tx, new, now)?,
    };
    let grown = match id {
        Some(id) => piece_store::grow(tx, id, gain, now)?,
        None => None,
    };
    let Some(log) = grown else {
        return Err(overtaken(tx, of)?);
    };
    // What is kept in the end, if this is not.
    let received = log.received().saturating_sub(gain.length);
    if gain.length > 0 && !stands_at(tx, &of.device, log.establishment)? {
        return Err(Error::Overtaken { received });
    }
    let today = Day::of(now);
    if piece_store::take(tx, log.terminal, today, charged)? > limits.day_bytes {
        return Err(quota(received, limits, now));
    }
    if let Some((blob, messages)) = part {
        if !storage::hold(tx, blob)? {
            let late = "it waited too long to be used".to_owned();
            return Err(storage::Error::Interrupted(late).into());
        }
        piece_store::insert(tx, log.id, gain, log.records - gain.records, blob)?;
        if log.kind == Kind::Pos {
            exchanges::keep(tx, &log, gain.at, messages)?;
        }
    }
    let told = match (log.whole, which.is_new()) {
        (true, _) => Some("log.received"),
        (false, true) => Some("log.begun"),
        (false, false) => None,
    };
    if let Some(kind) = told {
        tx.emit(event(&of.device.tid, &log, kind, now));
    }
    Ok(log)
}

/// Too much for one day; there is room again when the next one begins.
pub(super) fn quota(received: i64, limits: Limits, now: Millis) -> Error {
    let next = Day(Day::of(now).0.saturating_add(1)).start();
    Error::Quota {
        received,
        limit_bytes: limits.day_bytes,
        retry_after_s: u32::try_from(next.since(now) / 1_000 + 1).unwrap_or(86_400),
    }
}

/// That a log grew, for those who look on: a terminal that sends all day would fill its timeline.
pub(super) fn growth(tid: &Tid, log: &Log, now: Millis) -> Event {
    event(tid, log, "log.grown", now)
}

fn event(tid: &Tid, log: &Log, kind: &'static str, now: Millis) -> Event {
    Event {
        at: now,
        kind,
        subject: tid.to_string(),
        establishment: Some(log.establishment),
        body: json!({ "tid": tid, "kind": log.kind.name(), "name": log.name, "log": log.id }),
    }
}
