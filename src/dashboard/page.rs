//! `/dashboard`: how the fleet is, what needs a hand, what just happened.
use super::error::Error;
use super::happened::{kind_of_work, told, words};
use crate::access::{Caller, Permission, Scope};
use crate::context::Ctx;
use crate::db::{self, Conn};
use crate::events::{self, Happened};
use crate::http::Failure;
use crate::network;
use crate::terminals::{self, FailedWork, Presence, PresenceCounts};
use crate::views::chart::{self, Slice};
use crate::views::key_of;
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

/// Lines of each list.
pub(super) const LINES: usize = 10;
const MOST: i64 = 5;

/// What the page shows, read in one go.
pub(super) struct Found {
    pub(super) counts: PresenceCounts,
    /// Code, name and number of terminals.
    pub(super) disconnected: Vec<(String, String, i64)>,
    pub(super) failures: Vec<FailedWork>,
    pub(super) events: Vec<Happened>,
}

pub(super) fn find(conn: &mut Conn, scope: &Scope, reader: &Caller) -> Result<Found, db::Error> {
    let only = match scope {
        Scope::All => None,
        Scope::Only(these) => Some(these.as_slice()),
    };
    // What is meant for machines has no words.
    let is_told =
        |event: &Happened| reader.may_hear(event) && words(reader.look.lang, event).is_some();
    let silent = terminals::most_in(conn, scope, Presence::Disconnected, MOST)?;
    let ids: Vec<_> = silent.iter().map(|(id, _)| *id).collect();
    let mut names = network::names_of_establishments(conn, &ids)?;
    Ok(Found {
        counts: terminals::presence_counts(conn, scope)?,
        disconnected: silent
            .into_iter()
            .filter_map(|(id, n)| names.remove(&id).map(|(code, name)| (code, name, n)))
            .collect(),
        failures: terminals::recent_failures(conn, scope, MOST)?,
        events: events::latest(conn, only, LINES, is_told)?,
    })
}

/// `/` leads to the first page that the reader may see.
pub(super) async fn front(ctx: web::Data<Ctx>, caller: Caller) -> Result<HttpResponse, Failure> {
    caller.actor()?;
    let first = ctx.nav.iter().find(|entry| caller.may(entry.permission));
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, first.map_or("/about", |entry| entry.href)))
        .finish())
}

pub(super) async fn dashboard(
    ctx: web::Data<Ctx>,
    caller: Caller,
) -> Result<HttpResponse, Failure> {
    let scope = caller.actor()?.scope;
    let found = {
        let reader = caller.clone();
        ctx.db
            .read(move |conn| find(conn, &scope, &reader).map_err(Error::from))
            .await?
    };
    let lang = caller.look.lang;
    let sees_terminals = caller.may(Permission::TerminalsView);
    let happened: Vec<Value> = found
        .events
        .iter()
        .filter_map(|event| told(lang, event))
        .collect();
    let failures: Vec<Value> = found.failures.iter().map(|f| failure(&caller, f)).collect();
    let silent: Vec<Value> = found
        .disconnected
        .iter()
        .map(|(code, name, n)| json!({ "code": code, "name": name, "n": n }))
        .collect();
    let late = if sees_terminals { found.counts.late } else { 0 };
    let data = json!({
        "fleet": fleet(&found.counts),
        "attention": sees_terminals && !(failures.is_empty() && silent.is_empty() && late == 0)
            || caller.waiting > 0,
        "late": late,
        "failures": failures,
        "silent": silent,
        "events": happened,
    });
    ctx.page(&caller, "dashboard/dashboard", data)
}

/// Totals, and the donut with its table. Listening terminals are online ones.
fn fleet(counts: &PresenceCounts) -> Value {
    let online = counts.online + counts.listening;
    let parts = [
        ("online", online),
        ("late", counts.late),
        ("disconnected", counts.disconnected),
        ("never", counts.never),
    ];
    let slices = chart::slices(parts);
    let rows: Vec<Value> = slices.iter().map(row).collect();
    json!({
        "total": counts.total(),
        "online": online,
        "listening": counts.listening,
        "late": counts.late,
        "disconnected": counts.disconnected,
        "never": counts.never,
        "donut": chart::donut(&slices),
        "rows": rows,
    })
}

fn row(slice: &Slice<&str>) -> Value {
    let state = slice.what.unwrap_or("other");
    let filter = if state == "online" {
        "connected"
    } else {
        state
    };
    json!({
        "state": key_of("state-", state),
        "filter": filter,
        "n": slice.size,
        "swatch": chart::swatch(slice.hue),
    })
}

fn failure(caller: &Caller, failed: &FailedWork) -> Value {
    json!({
        "tid": failed.tid,
        "number": failed.number,
        "kind": kind_of_work(caller.look.lang, &failed.kind),
        "code": failed.outcome_code,
        "at": failed.finished_at,
    })
}
