//! Lists of logs, by day: each read along one index, so a page costs what its rows cost.
use super::model::{Kind, Log};
use super::store::Row;
use crate::db::{self, Conn, Entry, Error};
use crate::entries;
use crate::formats::Format;
use crate::ids::{EstablishmentId, LogId, TerminalId};
use crate::monitoring::days::Day;
use crate::monitoring::schema::monitoring_log as log;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// Rows whose keys go into one statement: of a thousand, PostgreSQL would read the whole table.
const AT_ONCE: usize = 200;

/// The index that a stream is read along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    All,
    Establishment(EstablishmentId),
    Terminal(TerminalId),
    Till(String),
    Format(Format),
    /// Of which something could not be read.
    Unread,
}

/// Logs of one kind along one index, of these days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lead {
    pub(super) kind: Kind,
    pub(super) way: Way,
    pub(super) from: Option<Day>,
    pub(super) until: Option<Day>,
}

type Boxed = log::BoxedQuery<'static, <Conn as Connection>::Backend>;

fn along(lead: &Lead) -> Boxed {
    let query = log::table
        .filter(log::kind.eq(lead.kind.name()))
        .into_boxed();
    match &lead.way {
        Way::All => query,
        Way::Establishment(id) => query.filter(log::establishment_id.eq(*id)),
        Way::Terminal(id) => query.filter(log::terminal_id.eq(*id)),
        Way::Till(till) => query.filter(log::till.eq(till.clone())),
        Way::Format(format) => query.filter(log::format.eq(format.name())),
        // Spelt out, as the condition of its index is.
        Way::Unread => query.filter(sql::<Bool>("unread > 0")),
    }
}

/// The next entries of a stream, by day and key.
pub(super) fn entries(
    conn: &mut Conn,
    lead: &Lead,
    after: Option<&Entry>,
    is_down: bool,
    n: i64,
) -> Result<Vec<Entry>, Error> {
    let mut query = along(lead);
    // One bound on each side: a second one on the same side would keep SQLite from the better.
    if let Some(from) = lead.from.filter(|_| after.is_none() || is_down) {
        query = query.filter(log::day.ge(from.to_string()));
    }
    if let Some(until) = lead.until.filter(|_| after.is_none() || !is_down) {
        query = query.filter(log::day.le(until.to_string()));
    }
    let after = after.map(|(day, id)| (day.clone(), LogId(*id)));
    let rows: Vec<(String, LogId)> = entries!(conn, query, log::day, log::id, after, is_down, n);
    Ok(rows.into_iter().map(|(day, id)| (day, id.0)).collect())
}

/// How many a stream holds, `most` at most.
pub(super) fn count(conn: &mut Conn, lead: &Lead, most: i64) -> Result<i64, Error> {
    let mut query = along(lead);
    if let Some(from) = lead.from {
        query = query.filter(log::day.ge(from.to_string()));
    }
    if let Some(until) = lead.until {
        query = query.filter(log::day.le(until.to_string()));
    }
    // In the index's order: where one kind is half of all, PostgreSQL would else read the table, of which the
    // other half may come first.
    let ordered = query.order((log::day, log::id)).select(log::id);
    db::count(conn, ordered.limit(most))
}

/// These logs, in no order.
pub(super) fn these(conn: &mut Conn, ids: &[LogId]) -> Result<Vec<Log>, Error> {
    let mut all = Vec::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let rows: Vec<Row> = log::table
            .filter(log::id.eq_any(some.to_vec()))
            .select(Row::as_select())
            .load(conn)?;
        all.extend(rows.into_iter().map(Log::from));
    }
    Ok(all)
}
