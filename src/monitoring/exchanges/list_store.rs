//! Exchanges along one index each: a page costs what its rows cost, wherever it lies.
use crate::db::{Conn, Entry, Error};
use crate::entries;
use crate::ids::{EstablishmentId, TerminalId};
use crate::monitoring::schema::monitoring_exchange as exchange;
use diesel::prelude::*;

/// Which index, and where in it. All are by time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lead {
    All,
    Terminal(TerminalId),
    Establishment(EstablishmentId),
    State(&'static str),
    Late,
    Declined,
    Result(String),
    Host(String),
    Stan(String),
    Rrn(String),
}

/// From when on, and before when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Span {
    pub(super) since: Option<i64>,
    pub(super) until: Option<i64>,
}

type Boxed = exchange::BoxedQuery<'static, <Conn as Connection>::Backend>;

fn along(lead: &Lead) -> Boxed {
    let all = exchange::table.into_boxed();
    match lead {
        Lead::All => all,
        Lead::Terminal(id) => all.filter(exchange::terminal_id.eq(*id)),
        Lead::Establishment(id) => all.filter(exchange::establishment_id.eq(*id)),
        Lead::State(code) => all.filter(exchange::state.eq(*code)),
        // Named alone, as the conditions of their indexes are.
        Lead::Late => all.filter(exchange::late),
        Lead::Declined => all.filter(exchange::declined),
        Lead::Result(code) => all.filter(exchange::result.eq(code.clone())),
        Lead::Host(name) => all.filter(exchange::host.eq(name.clone())),
        Lead::Stan(stan) => all.filter(exchange::stan.eq(stan.clone())),
        Lead::Rrn(rrn) => all.filter(exchange::rrn.eq(rrn.clone())),
    }
}

/// The next `n` entries of a lead after one of them.
pub(super) fn entries(
    conn: &mut Conn,
    (lead, span): (&Lead, Span),
    after: Option<&Entry>,
    is_down: bool,
    n: i64,
) -> Result<Vec<Entry>, Error> {
    let mut query = along(lead);
    // One bound on each side: a second one on the same side would keep SQLite from the better.
    // Few are marked, and SQLite searches their index only where it is given a bound.
    let is_marked = matches!(lead, Lead::Late | Lead::Declined);
    let since = span.since.or(is_marked.then_some(i64::MIN));
    if let Some(since) = since.filter(|_| after.is_none() || is_down) {
        query = query.filter(exchange::sort_ms.ge(since));
    }
    if let Some(until) = span.until.filter(|_| after.is_none() || !is_down) {
        query = query.filter(exchange::sort_ms.lt(until));
    }
    let after = after.map(|(key, id)| (key.parse::<i64>().unwrap_or_default(), *id));
    let found: Vec<(i64, i64)> = entries!(
        conn,
        query,
        exchange::sort_ms,
        exchange::id,
        after,
        is_down,
        n
    );
    Ok(found.into_iter().map(|(ms, id)| (key(ms), id)).collect())
}

/// A time as text that sorts alike.
pub(super) fn key(ms: i64) -> String {
    format!("{ms:019}")
}
