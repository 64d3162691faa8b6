//! A part of a log is kept: its row, the log's, what the terminal sent today, and what it tells of exchanges, in
//! one transaction.
use super::limits::{self, Limits};
use super::model::{Kind, Log, WORK};
use super::piece_store::{self, Gain, NewLog};
use crate::clock::Millis;
use crate::db::{Conn, Event, Tx};
use crate::formats::Message;
use crate::ids::{BlobId, LogId, TerminalId, Tid, WorkId};
use crate::monitoring::Error;
use crate::monitoring::days::Day;
use crate::monitoring::exchanges;
use crate::storage;
use crate::terminals;
use serde_json::json;

/// What is known when a terminal begins to send.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) log: Option<Log>,
    /// Whether its encoding is known.
    pub(super) is_told: bool,
    pub(super) limits: Limits,
    /// What may still come today.
    pub(super) left_bytes: i64,
    pub(super) asked: Option<WorkId>,
}

/// Reads where a log stands.
pub(super) fn start(
    conn: &mut Conn,
    terminal: TerminalId,
    (kind, name): (Kind, &str),
    task: Option<i32>,
    now: Millis,
) -> Result<Start, Error> {
    let found = piece_store::named(conn, terminal, kind, name)?;
    let limits = limits::limits(conn)?;
    let taken = piece_store::taken_on(conn, terminal, Day::of(now))?;
    // A number that is no work's asks for nothing.
    let asked = match task {
        Some(number) => terminals::numbered_work(conn, terminal, number)?,
        None => None,
    };
    Ok(Start {
        is_told: found.as_ref().is_some_and(|(_, is_told)| *is_told),
        log: found.map(|(log, _)| log),
        limits,
        left_bytes: limits.day_bytes.saturating_sub(taken),
        asked: asked.filter(|it| it.kind == WORK).map(|it| it.id),
    })
}

/// The log that the terminal calls this.
pub(super) fn own(
    conn: &mut Conn,
    terminal: TerminalId,
    kind: Kind,
    name: &str,
) -> Result<Log, Error> {
    let found = piece_store::named(conn, terminal, kind, name)?;
    found.map(|(log, _)| log).ok_or(Error::NoLog)
}

/// Which log grows.
#[derive(Debug, Clone)]
pub(super) enum Which {
    There(LogId),
    New(NewLog),
}

/// What a row, a file and their upkeep count for at least: small parts are not free.
const LEAST: i64 = 4 << 10;

/// What a part of this length counts for in a terminal's day.
pub(super) const fn charge(length: i64, is_new: bool) -> i64 {
    let part = match length {
        0 => 0,
        1..LEAST => LEAST,
        more => more,
    };
    part.saturating_add(if is_new { LEAST } else { 0 })
}

/// Keeps a part of a log, or that nothing follows where there is none.
pub(super) fn keep(
    tx: &mut Tx,
    tid: &Tid,
    which: &Which,
    gain: &Gain,
    part: Option<(BlobId, &[Message])>,
    limits: Limits,
    now: Millis,
) -> Result<Log, Error> {
    let charged = charge(gain.length, matches!(which, Which::New(_)));
    let id = match which {
        Which::There(id) => *id,
        Which::New(new) => {
            let Some(id) = piece_store::begin(tx, new, now)? else {
                let there = own(tx, new.terminal, new.kind, &new.name)?;
                let received = there.size_bytes;
                return Err(Error::Overtaken { received });
            };
            id
        }
    };
    let Some(log) = piece_store::grow(tx, id, gain, now)? else {
        let received = piece_store::size(tx, id)?.ok_or(Error::NoLog)?;
        return Err(Error::Overtaken { received });
    };
    let today = Day::of(now);
    if piece_store::take(tx, log.terminal, today, charged)? > limits.day_bytes {
        return Err(quota(gain.at, limits, now));
    }
    if let Some((blob, messages)) = part {
        if !storage::hold(tx, blob)? {
            let late = "it waited too long to be used".to_owned();
            return Err(storage::Error::Interrupted(late).into());
        }
        piece_store::insert(tx, id, gain, log.records - gain.records, blob)?;
        if log.kind == Kind::Pos {
            exchanges::keep(tx, &log, gain.at, messages)?;
        }
    }
    let told = match (log.whole, which) {
        (true, _) => Some("log.received"),
        (false, Which::New(_)) => Some("log.begun"),
        (false, Which::There(_)) => None,
    };
    if let Some(kind) = told {
        tx.emit(event(tid, &log, kind, now));
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
