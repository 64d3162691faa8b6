//! Sign-ins that failed, in the web UI.
use super::asked::Asked;
use super::list;
use super::model::Reason;
use super::store::Row;
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::model::{Needs, Permission, Scope};
use crate::access::mount::Mount;
use crate::db::Conn;
use crate::http::{self, Failure, Page, Turn};
use crate::sheets::{Cell, Column};
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

pub const FAILURES: &str = "failed-sign-ins";
const HERE: &str = "/admin/failed-sign-ins";

pub const FAILURE_COLUMNS: &[Column] = &[
    Column::new("number", "access-audit-number")
        .always()
        .sorted("number", "-number"),
    Column::new("at", "access-audit-at"),
    Column::new("login", "access-login"),
    Column::new("reason", "access-failed-reason"),
    Column::new("address", "access-audit-from"),
    Column::new("times", "access-failed-times"),
];

pub(super) fn routes(mount: &mut Mount) {
    let needs = Needs::Permission(Permission::AuditView);
    mount.web(Method::GET, HERE, needs, show);
}

/// A page of them.
pub fn read_failures(
    conn: &mut Conn,
    scope: &Scope,
    query: &str,
    turn: &Turn,
) -> Result<Page<Vec<Cell>>, Failure> {
    let asked: Asked = http::query(query)?;
    let page = list::list(conn, scope, &asked.filter(), turn)?;
    Ok(page.map(cells))
}

fn cells(row: Row) -> Vec<Cell> {
    let is_one = row.reason != Reason::Dropped.code();
    vec![
        Cell::id(row.id.to_string()),
        Cell::Time(row.at),
        match row.login {
            Some(login) => Cell::id(login),
            None if is_one => Cell::Word("access-failed-nobody".to_owned()),
            None => Cell::Empty,
        },
        Cell::Word(format!("access-failed-reason-{}", row.reason)),
        Cell::of(row.address, Cell::id),
        Cell::Number(row.times),
    ]
}

async fn show(authority: web::Data<Authority>, caller: Caller) -> Result<HttpResponse, Failure> {
    let reasons: Vec<Value> = Reason::ALL
        .iter()
        .map(|reason| {
            let code = reason.code();
            json!({ "value": code, "key": format!("access-failed-reason-{code}") })
        })
        .collect();
    let own = json!({
        "crumbs": [
            { "key": "access-audit", "href": "/admin/audit" },
            { "key": "access-failed" },
        ],
        "reasons": reasons,
    });
    let data = authority.list(&caller, FAILURES, own).await?;
    authority.page(&caller, "access/failed", data)
}
