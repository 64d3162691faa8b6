//! What is written already and may belong to what came: by what a request has in common with its answer, and by what
//! reversals name.
use super::fit::WINDOW_MS;
use super::model::{Exchange, Place};
use super::sought::Sought;
use super::store::Row;
use crate::access::Scope;
use crate::db::{Conn, Error};
use crate::ids::{EstablishmentId, TerminalId};
use crate::monitoring::schema::monitoring_exchange as exchange;
use diesel::prelude::*;
use std::cmp::Reverse;

/// Exchanges that are read for many keys at once. A terminal has fewer, unless one number comes again and again.
const KNOWN: i64 = 2_000;
/// Then so many are read for each.
const OF_EACH: i64 = 100;

/// By which of its keys an exchange is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Pair,
    Original,
}

/// A terminal's exchanges that are sought, and those that take them back.
pub(super) fn known(
    conn: &mut Conn,
    terminal: TerminalId,
    sought: &[Sought],
) -> Result<Vec<Exchange>, Error> {
    let mut all = Vec::new();
    for it in sought {
        for by in [By::Pair, By::Original] {
            let mut rows = of_keys(conn, (terminal, by), it)?;
            // The last ones first.
            rows.sort_unstable_by_key(|row| Reverse((row.sort_ms, row.id)));
            all.extend(rows.into_iter().map(Row::exchange));
        }
    }
    Ok(all)
}

fn of_keys(
    conn: &mut Conn,
    (terminal, by): (TerminalId, By),
    it: &Sought,
) -> Result<Vec<Row>, Error> {
    let keys: Vec<String> = it.keys.iter().cloned().collect();
    // In no order: of many keys the last ones are found by looking at all.
    let some: Vec<Row> = near((terminal, by), keys.clone(), it.span)
        .limit(KNOWN)
        .load(conn)?;
    if i64::try_from(some.len()).is_ok_and(|n| n < KNOWN) {
        return Ok(some);
    }
    let mut rows = Vec::new();
    for key in keys {
        let last: Vec<Row> = near((terminal, by), vec![key], it.span)
            .order(exchange::sort_ms.desc())
            .limit(OF_EACH)
            .load(conn)?;
        rows.extend(last);
    }
    Ok(rows)
}

type Near = diesel::dsl::IntoBoxed<
    'static,
    diesel::dsl::Select<exchange::table, diesel::dsl::AsSelect<Row, <Conn as Connection>::Backend>>,
    <Conn as Connection>::Backend,
>;

/// A terminal's exchanges of some keys, near in time.
fn near((terminal, by): (TerminalId, By), keys: Vec<String>, (first, last): (i64, i64)) -> Near {
    let query = exchange::table
        .select(Row::as_select())
        .into_boxed()
        .filter(exchange::terminal_id.eq(terminal))
        .filter(exchange::sort_ms.ge(first.saturating_sub(WINDOW_MS)))
        .filter(exchange::sort_ms.le(last.saturating_add(WINDOW_MS)));
    match (by, keys.as_slice()) {
        (By::Pair, [one]) => query.filter(exchange::pair_key.eq(one.clone())),
        (By::Pair, _) => query.filter(exchange::pair_key.eq_any(keys)),
        (By::Original, [one]) => query.filter(exchange::original_key.eq(one.clone())),
        (By::Original, _) => query.filter(exchange::original_key.eq_any(keys)),
    }
}

/// What a reversal may mean: exchanges of the terminal that have the number it names.
pub(super) fn named_by(conn: &mut Conn, row: &Row) -> Result<Vec<Row>, Error> {
    let Some(key) = row.original_key.clone() else {
        return Ok(Vec::new());
    };
    let span = (row.sort_ms, row.sort_ms);
    Ok(near((row.terminal_id, By::Pair), vec![key], span)
        .order(exchange::sort_ms.desc())
        .limit(KNOWN)
        .load(conn)?)
}

/// The exchange that begins at a place, if the scope holds it.
pub(super) fn at(conn: &mut Conn, scope: &Scope, place: Place) -> Result<Option<i64>, Error> {
    let begins = exchange::log_id
        .eq(place.log)
        .and(exchange::request_at.eq(place.at));
    let found: Option<(i64, EstablishmentId)> = exchange::table
        .filter(begins)
        .select((exchange::id, exchange::establishment_id))
        .first(conn)
        .optional()?;
    Ok(found.and_then(|(id, owner)| scope.holds(owner).then_some(id)))
}
