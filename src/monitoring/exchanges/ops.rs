//! What POS logs tell, kept as exchanges.
use super::model::{Exchange, Place};
use super::pairing::Table;
use super::reversal::nearness;
use super::sought_store;
use super::store::{self, Row};
use crate::access::Scope;
use crate::db::{Conn, Error, Tx};
use crate::formats::Message;
use crate::ids::{LogId, TerminalId};
use crate::monitoring::logs::Log;

/// Exchanges forgotten in one transaction.
const AT_ONCE: i64 = 1_000;
/// Messages of one piece that become exchanges: a piece of real ones has far fewer. The others stand in the log.
const MOST: usize = 4_000;

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
    let (messages, left) = messages.split_at(messages.len().min(MOST));
    if !left.is_empty() {
        tracing::warn!(log.id = %log.id, log.piece_at = piece_at, log.left = left.len(), "a piece of a log holds too many messages");
    }
    let mut table = Table::default();
    table.come(exchanges(log, piece_at, messages));
    let sought = table.sought();
    table.know(sought_store::known(tx, log.terminal, &sought)?);
    if table.asks_back() {
        table.know_before(store::requests_before(tx, log.id, piece_at)?);
    }
    table.settle();
    let changes = table.changes();
    store::delete(tx, &changes.gone)?;
    store::change(tx, log, &changes.changed)?;
    store::insert(tx, log, &changes.new)
}

/// Every message by itself. What tells no time stands beside the message before it.
fn exchanges(log: &Log, piece_at: i64, messages: &[Message]) -> Vec<Exchange> {
    let mut about = log.begun_at.0;
    let one = |it: &Message| {
        about = it.at_ms.unwrap_or(about);
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
        return Ok(false);
    }
    store::hold(tx, terminal)?;
    if store::forget(tx, log, AT_ONCE)? == 0 {
        store::forget_answers(tx, log, AT_ONCE)?;
    }
    Ok(true)
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
