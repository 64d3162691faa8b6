//! The tab of a terminal's page that shows its logs, and asks for more.
use super::list::state;
use super::list_ops;
use super::model::{Kind, Log, WORK};
use crate::access::Scope;
use crate::db::{self, Conn};
use crate::http::address;
use crate::terminals::{self, Item, Terminal};
use serde_json::{Value, json};

/// Logs of each kind that are shown, and times that they were asked for.
const SHOWN: i64 = 5;
const ASKED: usize = 5;
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
    let asked = work.iter().filter(|item| item.kind == WORK).take(ASKED);
    Ok(json!({
        "kinds": kinds, "ask": format!("/terminals/{}/logs/ask", it.tid),
        "asked": asked.map(asked_for).collect::<Vec<_>>(),
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
