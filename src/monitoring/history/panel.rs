//! The tab of a terminal's page that tells how its status changed.
use super::ops;
use crate::access::Scope;
use crate::db::{self, Conn};
use crate::http::{Turn, query};
use crate::terminals::Terminal;
use serde_json::{Value, json};

/// What the tab shows: a page of changes, the newest first.
pub fn panel(
    conn: &mut Conn,
    it: &Terminal,
    scope: &Scope,
    asked: &str,
) -> Result<Value, db::Error> {
    let pairs: Vec<(String, String)> = query(asked).unwrap_or_default();
    let get = |name: &str| {
        pairs
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, v)| v.as_str())
    };
    // An address that nobody gave shows the first page.
    let turn = Turn::parse(get("cursor"), get("page_size")).unwrap_or_default();
    let page = ops::list(conn, scope, it.id, &turn)?;
    let path = format!("/terminals/{}/panels/history", it.tid);
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|it| {
            let lines = it.differences.told.iter().map(|line| {
                json!({ "path": line.path, "old": line.old, "new": line.new,
                        "is_new": line.old.is_none(), "is_gone": line.new.is_none() })
            });
            json!({ "at": it.at, "lines": lines.collect::<Vec<_>>(), "more": it.differences.more })
        })
        .collect();
    Ok(json!({ "items": items, "is_any": page.total > 0, "pager": page.pager(&path, &[], &turn) }))
}
