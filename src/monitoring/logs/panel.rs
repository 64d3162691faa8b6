//! The tab of a terminal's page that shows its logs, and asks for more.
use super::list::state;
use super::model::{Kind, Log, WORK};
use super::{asked_store, list_ops, list_store};
use crate::access::Scope;
use crate::db::{self, Conn};
use crate::http::address;
use crate::terminals::{self, Item, Terminal};
use serde_json::{Value, json};

/// Logs of each kind that are shown, and times that they were asked for.
const SHOWN: i64 = 5;
const ASKED: usize = 5;
/// Logs that are named as what a request brought.
const ANSWERS: usize = 5;
/// Work of a terminal among which that is looked for.
const LOOKED_AT: i64 = 100;

/// What the tab shows.
pub fn panel(conn: &mut Conn, it: &Terminal, scope: &Scope, _: &str) -> Result<Value, db::Error> {
    let mut kinds = Vec::new();
    for kind in Kind::ALL {
        let logs = list_ops::last_of(conn, scope, (it.id, kind), SHOWN)?;
        let list = format!("/monitoring/logs/{}", kind.name());
        kinds.push(json!({
            "kind": kind.name(), "key": format!("logs-{}", kind.name()),
            "list": address(&list, &[("terminal", it.tid.as_str())]),
            "logs": logs.iter().map(line).collect::<Vec<_>>(),
        }));
    }
    let work = terminals::list_work(conn, it.id, LOOKED_AT)?;
    let mut asked = Vec::new();
    for item in work.iter().filter(|item| item.kind == WORK).take(ASKED) {
        let mut told = asked_for(item);
        told["came"] = came(conn, (scope, it), item)?;
        asked.push(told);
    }
    Ok(json!({
        "kinds": kinds, "ask": format!("/terminals/{}/logs/ask", it.tid),
        "asked": asked,
    }))
}

fn line(log: &Log) -> Value {
    json!({
        "id": log.id, "own": format!("/monitoring/logs/{}", log.id), "name": log.name,
        "day": log.day.start(), "state": state(log), "size_bytes": log.size_bytes,
        "records": log.records, "unread": log.unread, "changed_at": log.changed_at,
    })
}

fn asked_for(item: &Item) -> Value {
    let said = |name: &str| item.payload[name].as_str().map(ToOwned::to_owned);
    let kind = said("kind").unwrap_or_default();
    let is_held = item.held_why.is_some() && !item.track.state.is_final();
    json!({
        "number": item.number, "key": format!("logs-{kind}"),
        "from": said("from"), "until": said("until"),
        "state": if is_held { "held" } else { item.track.state.code() },
        "created_at": item.created_at, "created_by": item.created_by,
        "finished_at": item.finished_at, "outcome_code": item.outcome_code,
    })
}

/// The logs that a request brought, as far as the reader may see them; else why there are none, where that is known.
fn came(
    conn: &mut Conn,
    (scope, it): (&Scope, &Terminal),
    item: &Item,
) -> Result<Value, db::Error> {
    let ids = asked_store::answers(conn, item.id, ANSWERS + 1)?;
    let mut logs = list_store::these(conn, &ids)?;
    let is_deleted = logs.len() < ids.len();
    logs.retain(|log| scope.holds(log.establishment));
    logs.sort_by_key(|log| (log.day, log.id));
    let why_none = match (logs.is_empty(), is_deleted) {
        (false, _) => None,
        (true, true) => Some("logs-asked-deleted"),
        // What a former owner's request brought may be out of sight.
        (true, false) => {
            let is_nothing = ids.is_empty() && item.track.state.is_final();
            is_nothing.then_some("logs-asked-nothing")
        }
    };
    let list = |log: &Log| {
        let path = format!("/monitoring/logs/{}", log.kind.name());
        address(&path, &[("terminal", it.tid.as_str())])
    };
    let is_more = logs.len() > ANSWERS;
    Ok(json!({
        "more": logs.first().filter(|_| is_more).map(list),
        "logs": logs.iter().rev().take(ANSWERS).map(line).collect::<Vec<_>>(),
        "why_none": why_none,
    }))
}
