//! The list of exchanges: its columns and cells.
use super::asked::Asked;
use super::error::Error;
use super::list::{self, Mark};
use super::moments::Moment;
use super::money;
use super::ops;
use super::store::Row;
use super::words::{message_key, pill, result_key};
use crate::access::{Permission, Scope};
use crate::clock::{Clock, Millis};
use crate::db::{self, Conn};
use crate::http::{self, Failure, Page, Turn};
use crate::ids::{TerminalId, Tid};
use crate::list_places;
use crate::lists::{Edge, Filter, Source};
use crate::sheets::{Cell, Column};
use crate::terminals::{self, Listed};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

pub(super) const LIST: &str = "exchanges";
pub(super) const HERE: &str = "/monitoring/exchanges";

const COLUMNS: &[Column] = &[
    Column::new("number", "exchange-number").always(),
    Column::new("at", "exchange-at").sorted("at", "-at"),
    Column::new("terminal", "terminals-tid"),
    Column::new("host", "exchange-host"),
    Column::new("message", "exchange-message"),
    Column::new("amount", "exchange-amount"),
    Column::new("stan", "exchange-stan"),
    Column::new("rrn", "exchange-rrn"),
    Column::new("result", "exchange-result"),
    Column::new("meaning", "exchange-meaning"),
    Column::new("round_trip_ms", "exchange-round-trip"),
    Column::new("state", "exchange-state"),
    Column::new("late", "exchange-late").on_wish(),
    Column::new("declined", "exchange-declined").on_wish(),
    Column::new("tries", "exchange-tries").on_wish(),
    Column::new("failure", "exchange-failure").on_wish(),
    Column::new("mti", "exchange-mti").on_wish(),
    Column::new("processing_code", "exchange-processing-code").on_wish(),
    Column::new("stated_terminal", "exchange-stated-terminal").on_wish(),
    Column::new("stated_time", "exchange-stated-time").on_wish(),
    Column::new("card", "exchange-card").on_wish(),
];

const FILTERS: &[Filter] = &[
    Filter::new("q", "exchange-find").without_cards(),
    Filter::new("terminal", "terminals-tid").without_cards(),
    Filter::new("state", "exchange-state").keyed("state-"),
    Filter::new("result", "exchange-result").without_cards(),
    Filter::new("host", "exchange-host").without_cards(),
    Filter::new("since", "exchange-since").by_days(Edge::First),
    Filter::new("until", "exchange-until").by_days(Edge::Last),
];

/// Exchanges with payment hosts, as a list.
#[must_use]
pub fn source(clock: &Clock) -> Source {
    let clock = clock.clone();
    Source {
        name: LIST,
        title_key: "monitoring-exchanges",
        places: list_places!("/monitoring/exchanges", "exchanges"),
        permission: Permission::MonitoringView,
        columns: COLUMNS,
        filters: FILTERS,
        order: "-at",
        read: Arc::new(move |conn, scope, query, turn| {
            read(conn, scope, (query, turn), clock.now())
        }),
    }
}

fn read(
    conn: &mut Conn,
    scope: &Scope,
    (query, turn): (&str, &Turn),
    now: Millis,
) -> Result<Page<Vec<Cell>>, Failure> {
    let asked: Asked = http::query(query)?;
    let filter = asked.filter(conn)?;
    let page = list::list(conn, scope, &filter, turn).map_err(Error::from)?;
    let told = told(conn, &page.items).map_err(Error::from)?;
    let awaited = ops::awaited(conn, &page.items, now).map_err(Error::from)?;
    Ok(page.map(|row| {
        let is_awaited = awaited.contains(&row.id);
        cells(&row, (told.get(&row.terminal_id), is_awaited), scope)
    }))
}

/// What the terminals of these rows are called.
pub(super) fn tids(conn: &mut Conn, rows: &[Row]) -> Result<HashMap<TerminalId, Tid>, db::Error> {
    let told = told(conn, rows)?;
    Ok(told.into_iter().map(|(id, it)| (id, it.tid)).collect())
}

/// The terminals of these rows.
pub(super) fn told(
    conn: &mut Conn,
    rows: &[Row],
) -> Result<HashMap<TerminalId, Listed>, db::Error> {
    let ids: Vec<TerminalId> = rows.iter().map(|row| row.terminal_id).collect();
    terminals::listed(conn, &ids)
}

/// One line, in the order of [`COLUMNS`].
fn cells(row: &Row, (terminal, is_awaited): (Option<&Listed>, bool), scope: &Scope) -> Vec<Cell> {
    let number = row.id.to_string();
    let id = |text: &Option<String>| Cell::of(text.as_ref(), Cell::id);
    let mti = row.mti.as_ref().or(row.answer_mti.as_ref());
    let narrowed = |name: &str, value: &str| http::address(HERE, &[(name, value)]);
    vec![
        Cell::id_at(&number, format!("{HERE}/{number}")),
        match Moment::of(row) {
            Moment::Utc(at) | Moment::Sent(at) => Cell::Time(at),
            Moment::Wall(shown) => Cell::Wall(shown),
            Moment::Stated(text) => Cell::text(text),
            Moment::Day(day) => Cell::Day(day.start()),
        },
        // One that moved is nothing that the reader may look at.
        Cell::of(terminal, |it| {
            if scope.holds(it.establishment) {
                Cell::id_at(it.tid.as_str(), format!("/terminals/{}", it.tid))
            } else {
                Cell::id(it.tid.as_str())
            }
        }),
        Cell::of(row.host.as_ref(), |host| Cell::Link {
            text: host.clone(),
            href: narrowed("host", host),
        }),
        match (mti, mti.and_then(|mti| message_key(mti))) {
            (_, Some(key)) => Cell::Word(key),
            (mti, None) => Cell::of(mti, Cell::id),
        },
        Cell::of(row.amount, |minor| {
            money::cell(minor, row.currency.as_deref())
        }),
        id(&row.stan),
        id(&row.rrn),
        id(&row.result),
        Cell::of(row.result.as_deref().and_then(result_key), Cell::Word),
        Cell::of(row.round_trip_ms, Cell::Number),
        Cell::Pill(pill(row, is_awaited).to_owned()),
        Cell::Yes(row.late),
        Cell::Yes(row.declined),
        Cell::Number(row.tries),
        id(&row.failure),
        Cell::of(mti, Cell::id),
        id(&row.processing_code),
        id(&row.stated_terminal),
        Cell::of(row.stated_time.as_ref(), Cell::text),
        id(&row.card),
    ]
}

/// The states that a list may be narrowed to.
pub(super) fn states() -> Vec<Value> {
    let option = |mark: Mark| {
        let code = mark.code();
        json!({ "value": code, "key": format!("state-{code}") })
    };
    Mark::ALL.into_iter().map(option).collect()
}
