//! Exchanges in the web UI: the list, and one with both of its messages side by side.
use super::error::Error;
use super::model::{Side, State};
use super::moments::Moment;
use super::store::{self, Row};
use super::table::{HERE, LIST, states, told};
use super::words::{failure_key, message_key, pill, result_key};
use super::{list, money, ops};
use crate::access::{Caller, Scope};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::Conn;
use crate::http::{Failure, address};
use crate::ids::{LogId, Tid};
use crate::lists::{ListPage, Lists};
use crate::monitoring::logs;
use crate::views::Lang;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

pub(in crate::monitoring) async fn show(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
) -> Result<HttpResponse, Failure> {
    let wish = ListPage::new(LIST, "monitoring/exchanges");
    let own = json!({ "states": states(), "may_add": false });
    lists.show(&ctx, &caller, wish, move |_, _| Ok(own)).await
}

/// The heading of a request.
const REQUEST: &str = "exchange-request";

/// What is read of one exchange.
struct Found {
    row: Row,
    tid: Option<Tid>,
    sees_terminal: bool,
    before: Option<i64>,
    after: Option<i64>,
    /// What took it back, and what it takes back.
    reversals: (Option<i64>, Option<i64>),
    /// The log may tell its answer yet.
    is_awaited: bool,
}

/// Reads one exchange that the scope holds.
fn find(conn: &mut Conn, scope: &Scope, id: i64, now: Millis) -> Result<Found, Error> {
    let row = store::find(conn, scope, id)?.ok_or(Error::Unknown)?;
    let terminal = told(conn, std::slice::from_ref(&row))?.remove(&row.terminal_id);
    let sees_terminal = terminal
        .as_ref()
        .is_some_and(|it| scope.holds(it.establishment));
    let (before, after) = list::beside(conn, scope, &row)?;
    let reversals = ops::reversals(conn, scope, &row)?;
    let is_awaited = !ops::awaited(conn, std::slice::from_ref(&row), now)?.is_empty();
    Ok(Found {
        row,
        tid: terminal.map(|it| it.tid),
        sees_terminal,
        before,
        after,
        reversals,
        is_awaited,
    })
}

pub(in crate::monitoring) async fn show_one(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Failure> {
    let (scope, id, lang) = (caller.actor()?.scope, *id, caller.look.lang);
    let (within, now) = (scope.clone(), ctx.now());
    let reading = ctx.db.read(move |conn| find(conn, &within, id, now));
    let found = reading.await?;
    let row = &found.row;
    let mut sides = Vec::new();
    for (key, place) in [
        (heading(row), row.request_at.map(|at| (row.log_id, at))),
        ("exchange-answer", answer_place(row)),
        ("exchange-trouble", trouble_place(row)),
    ] {
        let told = match place {
            Some(place) => logs::message(&ctx, place, (&scope, lang))
                .await
                .map_err(Error::from)?,
            None => None,
        };
        sides.push(json!({
            "key": key, "record": told, "is_there": place.is_some(), "none_key": none_key(&found),
        }));
    }
    // A failure is told only where there is one of its own, and an answer where there could be one.
    if trouble_place(row).is_none() {
        sides.pop();
    }
    if heading(row) != REQUEST {
        sides.truncate(1);
    }
    let page = json!({
        "crumbs": [
            { "key": "nav-monitoring", "href": "/monitoring" },
            { "key": "monitoring-exchanges", "href": HERE },
            { "text": row.id.to_string() },
        ],
        "it": facts(&found, lang),
        "sides": sides,
        "title": row.id.to_string(),
    });
    ctx.page(&caller, "monitoring/exchange", page)
}

/// What is told first: a request, or what stands for itself.
fn heading(row: &Row) -> &'static str {
    let is_bare = row.failure_at.is_some() && row.failure_at == row.request_at;
    match row.state() {
        State::Notice => "exchange-notice",
        State::Malformed => "exchange-unreadable",
        State::Failed if is_bare => "exchange-trouble",
        _ => REQUEST,
    }
}

/// Why a side is empty.
fn none_key(found: &Found) -> &'static str {
    match found.row.state() {
        State::Unanswered if found.is_awaited => "exchange-awaited",
        State::Answered => "exchange-not-kept",
        State::Alone => "exchange-no-request",
        _ => "exchange-no-answer",
    }
}

fn answer_place(row: &Row) -> Option<(LogId, i64)> {
    row.answer_log.zip(row.answer_at)
}

/// Where the log says that it failed, unless the row is nothing but that.
fn trouble_place(row: &Row) -> Option<(LogId, i64)> {
    let at = row.failure_at.filter(|at| Some(*at) != row.request_at)?;
    Some((row.log_id, at))
}

fn facts(found: &Found, lang: Lang) -> Value {
    let row = &found.row;
    let mti = row.mti.as_deref().or(row.answer_mti.as_deref());
    let one = |id: Option<i64>| id.map(|id| format!("{HERE}/{id}"));
    let tid = found.tid.as_ref().map(Tid::as_str);
    let (sides, moment) = (row.sides(), Moment::of(row));
    let wall = |side: Option<&Side>| side.and_then(|side| side.wall);
    json!({
        "id": row.id, "tid": tid, "sees_terminal": found.sees_terminal, "state": row.state, "pill": pill(row, found.is_awaited),
        "late": row.late, "declined": row.declined,
        "late_key": if sides.is_after_reversal() { "exchange-late-reversed" } else { "exchange-late-note" },
        "reversed": row.reversed, "reversal": one(found.reversals.0),
        "is_reversal": row.original_key.is_some(), "reverses": one(found.reversals.1),
        "requested_at": row.begun_ms, "answered_at": row.answered_ms,
        "requested_wall": wall(sides.request.as_ref()), "answered_wall": wall(sides.answer.as_ref()),
        "sent_at": if let Moment::Sent(at) = &moment { Some(*at) } else { None },
        "day": if let Moment::Day(day) = &moment { Some(day.start()) } else { None },
        "round_trip_ms": row.round_trip_ms, "stated_time": row.stated_time,
        "tries": row.tries, "is_repeated": row.tries > 1,
        "failure": row.failure,
        "failure_key": row.failure.as_deref().and_then(failure_key),
        "host": row.host,
        "of_host": row.host.as_ref().map(|host| address(HERE, &[("host", host)])),
        "mti": row.mti, "answer_mti": row.answer_mti,
        "message_key": mti.and_then(message_key),
        "processing_code": row.processing_code,
        "amount": row.amount.map(|minor| money::told(lang, minor, row.currency.as_deref())),
        "stan": row.stan, "rrn": row.rrn, "stated_terminal": row.stated_terminal,
        "result": row.result,
        "result_key": row.result.as_deref().and_then(result_key),
        "card": row.card,
        "of_terminal": tid.map(|tid| address(HERE, &[("terminal", tid)])),
        "before": one(found.before), "after": one(found.after),
    })
}
