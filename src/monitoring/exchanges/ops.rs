//! What POS logs tell, kept as exchanges.
use super::left_store::{self, Left};
use super::model::{Exchange, Place, State};
use super::moments::{self, Moment};
use super::pairing::Table;
use super::reversal::nearness;
use super::sought::bound;
use super::sought_store;
use super::store::{self, Row};
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::{Conn, Error, Tx};
use crate::formats::Message;
use crate::ids::{LogId, TerminalId};
use crate::monitoring::logs::{self, Log};
use crate::network;
use chrono_tz::Tz;
use std::collections::{BTreeSet, HashSet};

/// Exchanges forgotten in one transaction.
const AT_ONCE: i64 = 1_000;
/// Requests before a failure among which the one is looked for that it is about.
const LAST: i64 = 50;
/// How long after the last growth of a log an answer may still come in it.
const GROWS_MS: i64 = 86_400_000;
/// What is told in a log so much later tells that nobody waits for an answer any more.
const WAITED_MS: i64 = 60_000;
/// Messages of one piece that become exchanges: a piece of real ones has far fewer. The others stand in the log.
const MOST: usize = 4_000;
/// What a message takes as a half of a row, with its share of the indices.
const MESSAGE_BYTES: i64 = 1 << 10;

/// What the messages of a piece take in the database, more or less.
pub(in crate::monitoring) fn taken_by(messages: usize) -> i64 {
    let n = i64::try_from(messages.min(MOST)).unwrap_or(i64::MAX);
    n.saturating_mul(MESSAGE_BYTES)
}

/// Keeps what a piece of a log says that begins at `piece_at`, in the transaction that keeps the piece. The same piece
/// again changes nothing.
pub(in crate::monitoring) fn keep(
    tx: &mut Tx,
    log: &Log,
    piece_at: i64,
    messages: &[Message],
) -> Result<(), Error> {
    if messages.is_empty() {
        return Ok(());
    }
    store::hold(tx, log.terminal)?;
    if store::is_kept(tx, log.id, piece_at)? {
        return Ok(());
    }
    let (messages, rest) = messages.split_at(messages.len().min(MOST));
    let mut table = Table::default();
    let zone = zone(tx, log, messages)?;
    let about = before(tx, log, piece_at)?;
    table.come(exchanges(log, (zone, about), piece_at, messages));
    let (sought, left_out) = bound(table.sought());
    let (known, unread) = sought_store::known(tx, (log.terminal, log.establishment), &sought)?;
    table.know(known);
    if table.asks_back() {
        let before = store::requests_before(tx, log.id, piece_at, LAST)?;
        table.know_before(before.into_iter().map(Row::exchange).collect());
    }
    table.settle();
    let changes = table.changes();
    store::delete(tx, &changes.gone)?;
    store::change(tx, log, &changes.changed)?;
    store::insert(tx, log, &changes.new)?;
    // One may be counted twice, for its own number and for that which it names, but no more are there.
    let uncompared = (left_out + unread + changes.uncompared).min(messages.len());
    note(tx, log, piece_at, (rest.len(), uncompared))
}

/// Notes what is left of a piece: messages that become no exchange, and those that were not compared with all.
fn note(
    tx: &mut Tx,
    log: &Log,
    piece_at: i64,
    (unlisted, uncompared): (usize, usize),
) -> Result<(), Error> {
    if unlisted == 0 && uncompared == 0 {
        return Ok(());
    }
    tracing::warn!(log.id = %log.id, log.piece_at = piece_at, log.unlisted = unlisted, log.uncompared = uncompared, "a piece of a log holds too many messages");
    let n = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let more = Left {
        unlisted: n(unlisted),
        uncompared: n(uncompared),
    };
    left_store::add(tx, log.id, more)
}

/// The zone by which local times stand among the others: that of the establishment, if any of them is told.
fn zone(conn: &mut Conn, log: &Log, messages: &[Message]) -> Result<Tz, Error> {
    if !messages.iter().any(|it| it.wall_ms.is_some()) {
        return Ok(Tz::UTC);
    }
    let owner = network::establishment_by_id(conn, log.establishment)?;
    let stated = owner.and_then(|it| it.time_zone.parse().ok());
    Ok(stated.unwrap_or(Tz::UTC))
}

/// Where that stands which tells no time and begins a piece: beside what stands before it, else on the day of its log.
fn before(conn: &mut Conn, log: &Log, piece_at: i64) -> Result<i64, Error> {
    let last = store::requests_before(conn, log.id, piece_at, 1)?.pop();
    Ok(last.map_or(log.day.start().0, |row| row.sort_ms))
}

/// Every message by itself. What tells no time of its own stands beside the message before it.
fn exchanges(
    log: &Log,
    (zone, mut about): (Tz, i64),
    piece_at: i64,
    messages: &[Message],
) -> Vec<Exchange> {
    let one = |it: &Message| {
        let told = it.at_ms.filter(|ms| *ms >= 0);
        let shown = || moments::by_zone(it.wall_ms?, zone);
        let sent = || moments::sent(it.transmitted.as_deref()?, log.day);
        about = told.or_else(shown).or_else(sent).unwrap_or(about);
        let at = i64::try_from(it.at)
            .ok()
            .and_then(|at| piece_at.checked_add(at))?;
        let place = Place { log: log.id, at };
        Some(Exchange::of((place, log.establishment), it, about))
    };
    messages.iter().filter_map(one).collect()
}

/// Forgets a part of what a log of a terminal told that does not grow any more; false when nothing is left of it, and the
/// log can be deleted. A request in it goes with its answer, wherever that stands.
pub(in crate::monitoring) fn forget(
    tx: &mut Tx,
    log: LogId,
    terminal: TerminalId,
) -> Result<bool, Error> {
    // Once there is nothing, nothing comes any more: what is written of a log comes from it, or stood there before.
    if !store::is_told(tx, log)? {
        left_store::forget(tx, log)?;
        return Ok(false);
    }
    store::hold(tx, terminal)?;
    if store::forget(tx, log, AT_ONCE)? == 0 {
        store::forget_answers(tx, log, AT_ONCE)?;
    }
    Ok(true)
}

/// Which of these are unanswered only as far as their logs came: the last ones of logs that still grow.
pub(super) fn awaited(conn: &mut Conn, rows: &[Row], now: Millis) -> Result<HashSet<i64>, Error> {
    let open = |row: &&Row| row.state() == State::Unanswered && row.request_at.is_some();
    let rows: Vec<&Row> = rows.iter().filter(open).collect();
    let their: BTreeSet<LogId> = rows.iter().map(|row| row.log_id).collect();
    let since = Millis(now.0.saturating_sub(GROWS_MS));
    let mut awaited = HashSet::new();
    for log in logs::growing(conn, their.into_iter().collect(), since)? {
        let Some(last) = store::requests_before(conn, log, i64::MAX, 1)?.pop() else {
            continue;
        };
        let is_timed = Moment::of(&last).is_timed();
        let is_last = |row: &&&Row| {
            let is_near = last.sort_ms.saturating_sub(row.sort_ms) <= WAITED_MS;
            let is_near = is_near && is_timed && Moment::of(row).is_timed();
            row.log_id == log && (is_near || row.id == last.id)
        };
        awaited.extend(rows.iter().filter(is_last).map(|row| row.id));
    }
    Ok(awaited)
}

/// The exchange by which this one was reversed first, and the one that it reverses itself, as the scope holds them.
pub(super) fn reversals(
    conn: &mut Conn,
    scope: &Scope,
    row: &Row,
) -> Result<(Option<i64>, Option<i64>), Error> {
    let sides = row.sides();
    let by = match sides.reversal {
        Some(reversal) => sought_store::at(conn, scope, reversal.place())?,
        None => None,
    };
    let Some(own) = sides.request.filter(|own| own.original.is_some()) else {
        return Ok((by, None));
    };
    let near = |other: Row| {
        let request = other.sides().request?;
        let near = nearness(&own, &request).filter(|_| other.id != row.id)?;
        Some((near, other.id, other.establishment_id))
    };
    let named = sought_store::named_by(conn, row)?;
    let named = named
        .into_iter()
        .filter_map(near)
        .min_by_key(|it| (it.0, it.1));
    let named = named.filter(|(.., owner)| scope.holds(*owner));
    Ok((by, named.map(|(_, id, _)| id)))
}
