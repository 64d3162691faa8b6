//! The audit log, for those who may read it.
use super::asked::Asked;
use super::checkpoint::Checkpoint;
use super::list;
use super::store::{self, Row};
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::error::Error;
use crate::access::model::{Needs, Permission, Scope};
use crate::access::mount::Mount;
use crate::db::Conn;
use crate::http::{self, Failure, Page, Turn};
use crate::sheets::{Cell, Column};
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde_json::{Map, Value, json};

const HERE: &str = "/admin/audit";
pub const AUDIT: &str = "audit";

pub const AUDIT_COLUMNS: &[Column] = &[
    Column::new("number", "access-audit-number")
        .always()
        .sorted("number", "-number"),
    Column::new("at", "access-audit-at"),
    Column::new("actor", "access-audit-actor"),
    Column::new("actor_kind", "access-audit-actor-kind").on_wish(),
    Column::new("action", "access-audit-action"),
    Column::new("object_kind", "access-audit-object-kind").on_wish(),
    Column::new("object", "access-audit-object"),
    Column::new("change", "access-audit-change"),
    Column::new("from", "access-audit-from"),
];

pub(super) fn routes(mount: &mut Mount) {
    let needs = Needs::Permission(Permission::AuditView);
    mount.web(Method::GET, HERE, needs, show);
    mount.web(Method::GET, "/admin/audit/checkpoint", needs, checkpoint);
    mount.web(Method::GET, "/admin/audit/{number}", needs, entry);
}

/// A page of the log.
pub fn read_audit(
    conn: &mut Conn,
    scope: &Scope,
    query: &str,
    turn: &Turn,
) -> Result<Page<Vec<Cell>>, Failure> {
    let asked: Asked = http::query(query)?;
    let filter = asked.filter()?;
    let page = list::list(conn, scope, &filter, turn)?;
    Ok(page.map(|row| cells(&row)))
}

fn cells(row: &Row) -> Vec<Cell> {
    let number = row.id.to_string();
    vec![
        Cell::id_at(&number, format!("{HERE}/{number}")),
        Cell::Time(row.at),
        Cell::text(&row.actor_name),
        Cell::text(&row.actor_kind),
        Cell::id(&row.action),
        Cell::text(&row.object_kind),
        Cell::id(&row.object),
        Cell::text(told(row)),
        Cell::of(row.from_ip.as_ref(), Cell::id),
    ]
}

/// What changed, on one line.
fn told(row: &Row) -> String {
    let changes = differences(row.before_json.as_deref(), row.after_json.as_deref());
    let part = |change: &Value| {
        let side = |name: &str| change[name].as_str();
        let name = side("name").unwrap_or_default();
        match (side("before"), side("after")) {
            (Some(before), Some(after)) => format!("{name}: {before} → {after}"),
            (Some(before), None) => format!("{name}: {before} →"),
            (None, after) => format!("{name}: {}", after.unwrap_or_default()),
        }
    };
    changes.iter().map(part).collect::<Vec<_>>().join("; ")
}

async fn show(authority: web::Data<Authority>, caller: Caller) -> Result<HttpResponse, Failure> {
    let own = json!({ "sees_all": caller.actor()?.scope == Scope::All });
    let data = authority.list(&caller, AUDIT, own).await?;
    authority.page(&caller, "access/audit", data)
}

/// How the whole chain stands now, as a file with one signed line to keep elsewhere.
pub(super) async fn checkpoint(
    authority: web::Data<Authority>,
    caller: Caller,
) -> Result<HttpResponse, Failure> {
    let (scope, now) = (caller.actor()?.scope, authority.now());
    let taken = authority
        .db
        .read(move |conn| Checkpoint::take_for(conn, &scope, now))
        .await?;
    let name = format!("audit-{}.txt", taken.rows);
    let line = taken.signed(&authority.secret) + "\n";
    Ok(http::attachment(&name, "text/plain; charset=utf-8").body(line))
}

/// One change, if the reader may see it.
pub(super) async fn row(
    authority: &Authority,
    caller: &Caller,
    number: i64,
) -> Result<Row, Failure> {
    let scope = caller.actor()?.scope;
    let found = authority
        .db
        .read(move |conn| store::find(conn, &scope, number))
        .await?;
    Ok(found.ok_or(Error::NoSuchRoute)?)
}

/// One change, name by name.
async fn entry(
    authority: web::Data<Authority>,
    caller: Caller,
    number: web::Path<i64>,
) -> Result<HttpResponse, Failure> {
    let row = row(&authority, &caller, *number).await?;
    let data = json!({
        "crumbs": [{ "key": "nav-audit", "href": HERE }, { "text": row.id.to_string() }],
        "it": shown(&row),
    });
    authority.page(&caller, "access/entry", data)
}

fn shown(row: &Row) -> Value {
    json!({
        "id": row.id,
        "title": row.id.to_string(),
        "at": row.at,
        "actor_kind": row.actor_kind,
        "actor": row.actor_name,
        "from": row.from_ip,
        "action": row.action,
        "object_kind": row.object_kind,
        "object": row.object,
        "changes": differences(row.before_json.as_deref(), row.after_json.as_deref()),
    })
}

/// What differs, name by name.
fn differences(before: Option<&str>, after: Option<&str>) -> Vec<Value> {
    let (before, after) = (members(before), members(after));
    let mut names: Vec<&String> = before.keys().collect();
    names.extend(after.keys().filter(|name| !before.contains_key(*name)));
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| {
            json!({
                "name": name,
                "before": before.get(name).map(plain),
                "after": after.get(name).map(plain),
            })
        })
        .collect()
}

fn members(stored: Option<&str>) -> Map<String, Value> {
    match stored.and_then(|text| serde_json::from_str(text).ok()) {
        Some(Value::Object(members)) => members,
        Some(Value::Null) | None => Map::new(),
        Some(other) => [("value".to_owned(), other)].into_iter().collect(),
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_shown() {
        let shown = differences(
            Some(r#"{"life":"active","model":"T3","gone":1}"#),
            Some(r#"{"life":"retired","model":"T3","new":[1]}"#),
        );
        let expected = json!([
            { "name": "life", "before": "active", "after": "retired" },
            { "name": "gone", "before": "1", "after": null },
            { "name": "new", "before": null, "after": "[1]" },
        ]);
        assert_eq!(Value::from(shown), expected);
        assert!(differences(None, None).is_empty());
    }
}
