//! The audit log, for those who may read it.
use super::store::{self, Filter, Row};
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::model::{Needs, Permission};
use crate::access::mount::Mount;
use crate::http::{Failure, Turn};
use crate::views::text;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const HERE: &str = "/admin/audit";

pub(in crate::access) fn routes(mount: &mut Mount) {
    let needs = Needs::Permission(Permission::AuditView);
    mount.web(Method::GET, HERE, needs, list);
}

#[derive(Deserialize)]
struct Query {
    #[serde(default)]
    object: String,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    action: String,
    cursor: Option<String>,
}

async fn list(
    authority: web::Data<Authority>,
    caller: Caller,
    query: web::Query<Query>,
) -> Result<HttpResponse, Failure> {
    let query = query.into_inner();
    let turn = Turn::parse(query.cursor.as_deref(), None)?;
    let filter = Filter {
        object: query.object.trim().to_owned(),
        actor: query.actor.trim().to_owned(),
        action: query.action.trim().to_owned(),
    };
    let (scope, wanted, from) = (caller.actor()?.scope, filter.clone(), turn.clone());
    let (rows, counted) = authority
        .db
        .read(move |conn| store::list(conn, &scope, &wanted, &from))
        .await?;
    let page = turn.page(rows, counted, |row| (row.id.to_string(), row.id));
    let pager = json!({
        "total": page.total,
        "exact": page.total_is_exact,
        "prev": page.prev.map(|cursor| address(&filter, Some(cursor))),
        "next": page.next.map(|cursor| address(&filter, Some(cursor))),
    });
    let data = json!({
        "form": { "object": filter.object, "actor": filter.actor, "action": filter.action },
        "chips": chips(&caller, &filter),
        "clear": HERE,
        "items": page.items.iter().map(shown).collect::<Vec<_>>(),
        "pager": pager,
    });
    authority.page(&caller, "access/audit", data)
}

fn shown(row: &Row) -> Value {
    json!({
        "id": row.id,
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

fn address(filter: &Filter, cursor: Option<String>) -> String {
    let cursor = cursor.unwrap_or_default();
    let pairs = [
        ("object", &filter.object),
        ("actor", &filter.actor),
        ("action", &filter.action),
        ("cursor", &cursor),
    ];
    let said: Vec<_> = pairs.iter().filter(|(_, v)| !v.is_empty()).collect();
    match serde_urlencoded::to_string(said) {
        Ok(query) if !query.is_empty() => format!("{HERE}?{query}"),
        _ => HERE.to_owned(),
    }
}

fn chips(caller: &Caller, filter: &Filter) -> Vec<Value> {
    let lang = caller.look.lang;
    let without = |clear: fn(&mut Filter) -> &mut String| {
        let mut rest = filter.clone();
        clear(&mut rest).clear();
        address(&rest, None)
    };
    let all = [
        (
            "access-audit-object",
            &filter.object,
            without(|f| &mut f.object),
        ),
        (
            "access-audit-actor",
            &filter.actor,
            without(|f| &mut f.actor),
        ),
        (
            "access-audit-action",
            &filter.action,
            without(|f| &mut f.action),
        ),
    ];
    all.into_iter()
        .filter(|(_, value, _)| !value.is_empty())
        .map(|(key, value, remove)| {
            let args = vec![
                ("what", text(lang, key, &Vec::new())),
                ("value", value.clone()),
            ];
            json!({ "label": text(lang, "access-audit-chip", &args), "remove": remove })
        })
        .collect()
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
