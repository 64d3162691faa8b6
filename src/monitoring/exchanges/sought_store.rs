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
const KNOWN: usize = 2_000;
/// Then so many are read for each.
const OF_EACH: usize = 100;
/// Exchanges that are read for one piece of a log: all of its keys together.
const MOST: usize = 4_000;
/// Keys of one piece that are asked for one by one.
const ASKED: usize = 400;

/// Whose exchanges are read. What a terminal said before it moved is not told to who has it now, nor the other way round.
type Whose = (TerminalId, EstablishmentId);

/// By which of its keys an exchange is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Pair,
    Original,
}

/// A terminal's exchanges that are sought, and those that take them back; and how many messages ask for what is not among
/// them, for there are too many.
pub(super) fn known(
    conn: &mut Conn,
    whose: Whose,
    sought: &[Sought],
) -> Result<(Vec<Exchange>, usize), Error> {
    let (mut all, mut left) = (Vec::new(), 0);
    let mut room = Room {
        rows: MOST,
        asked: ASKED,
    };
    for it in sought {
        let mut is_all = true;
        for by in [By::Pair, By::Original] {
            let (mut rows, are_all) = of_keys(conn, (whose, by), it, &mut room)?;
            is_all &= are_all;
            // The last ones first.
            rows.sort_unstable_by_key(|row| Reverse((row.sort_ms, row.id)));
            all.extend(rows.into_iter().map(Row::exchange));
        }
        left += if is_all { 0 } else { it.messages };
    }
    Ok((all, left))
}

/// What may still be read for a piece of a log.
struct Room {
    rows: usize,
    /// Keys that may be asked for one by one.
    asked: usize,
}

/// Rows of some keys, as many as there is room for at most, and whether that is all of them.
fn of_keys(
    conn: &mut Conn,
    (whose, by): (Whose, By),
    it: &Sought,
    room: &mut Room,
) -> Result<(Vec<Row>, bool), Error> {
    let keys: Vec<String> = it.keys.iter().cloned().collect();
    // In no order: of many keys the last ones are found by looking at all.
    let most = KNOWN.min(room.rows);
    let mut some: Vec<Row> = near((whose, by), keys.clone(), it.span)
        .limit(limit(most + 1))
        .load(conn)?;
    let are_all = some.len() <= most;
    if are_all || room.asked < keys.len() {
        some.truncate(most);
        room.rows -= some.len();
        return Ok((some, are_all));
    }
    room.asked -= keys.len();
    let mut rows = Vec::new();
    for key in keys {
        let most = OF_EACH.min(room.rows);
        if most == 0 {
            break;
        }
        let last: Vec<Row> = near((whose, by), vec![key], it.span)
            .order(exchange::sort_ms.desc())
            .limit(limit(most))
            .load(conn)?;
        room.rows -= last.len().min(most);
        rows.extend(last);
    }
    Ok((rows, false))
}

fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

type Near = diesel::dsl::IntoBoxed<
    'static,
    diesel::dsl::Select<exchange::table, diesel::dsl::AsSelect<Row, <Conn as Connection>::Backend>>,
    <Conn as Connection>::Backend,
>;

/// A terminal's exchanges of some keys, near in time.
fn near(
    ((terminal, owner), by): (Whose, By),
    keys: Vec<String>,
    (first, last): (i64, i64),
) -> Near {
    let query = exchange::table
        .select(Row::as_select())
        .into_boxed()
        .filter(
            exchange::terminal_id
                .eq(terminal)
                .and(exchange::establishment_id.eq(owner)),
        )
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
    let whose = (row.terminal_id, row.establishment_id);
    Ok(near((whose, By::Pair), vec![key], span)
        .order(exchange::sort_ms.desc())
        .limit(limit(KNOWN))
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
