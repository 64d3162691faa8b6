//! What POS logs tell, kept as exchanges.
use super::model::{Exchange, Place};
use super::pairing::Table;
use super::store;
use crate::db::{Error, Tx};
use crate::formats::Message;
use crate::ids::LogId;
use crate::monitoring::logs::Log;

/// Rows deleted in one statement.
const AT_ONCE: i64 = 500;

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
    let all = exchanges(log, piece_at, messages);
    let ms = all.iter().map(Exchange::sort_ms);
    let span = (ms.clone().min().unwrap_or(0), ms.max().unwrap_or(0));
    let mut table = Table::default();
    table.come(all);
    table.know(store::known(tx, log.terminal, &table.keys(), span)?);
    if table.asks_back() {
        table.know(store::requests_before(tx, log.id, piece_at)?);
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

/// Forgets what a log told, before the log is deleted. A request in it goes with its answer, wherever that stands.
pub(in crate::monitoring) fn forget(tx: &mut Tx, log: LogId) -> Result<(), Error> {
    store::forget_answers(tx, log)?;
    while store::forget(tx, log, AT_ONCE)? > 0 {}
    Ok(())
}
