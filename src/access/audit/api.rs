//! The audit log over the Management API.
use super::asked::Asked;
use super::list;
use super::page::{checkpoint, row};
use super::store::Row;
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::model::{Needs, Permission};
use crate::access::mount::Mount;
use crate::clock::Millis;
use crate::http::{Failure, Page};
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use serde_json::Value;
use utoipa::{OpenApi, ToSchema};

pub(super) fn routes(mount: &mut Mount) {
    let needs = Needs::Permission(Permission::AuditView);
    mount.api(Method::GET, "/api/v1/audit", needs, audit);
    mount.api(Method::GET, "/api/v1/audit/{number}", needs, audit_row);
    let checkpoint = "/api/v1/audit/checkpoint";
    mount.api(Method::GET, checkpoint, needs, audit_checkpoint);
}

pub(in crate::access) fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(audit, audit_row, audit_checkpoint))]
    struct Paths;
    Paths::openapi()
}

/// One change, as the log keeps it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditRow)]
struct Dto {
    /// Without gaps, in the order of the changes.
    number: i64,
    at: Millis,
    /// `operator`, `client`, `terminal`, `job` or `console`.
    actor_kind: String,
    actor: String,
    /// Address that it came from.
    from: Option<String>,
    #[schema(example = "terminal.retire")]
    action: String,
    object_kind: String,
    object: String,
    #[schema(value_type = Object)]
    before: Value,
    #[schema(value_type = Object)]
    after: Value,
}

impl From<Row> for Dto {
    fn from(it: Row) -> Self {
        let read = |text: Option<String>| {
            let text = text.unwrap_or_default();
            serde_json::from_str(&text).unwrap_or_default()
        };
        Self {
            number: it.id,
            at: it.at,
            actor_kind: it.actor_kind,
            actor: it.actor_name,
            from: it.from_ip,
            action: it.action,
            object_kind: it.object_kind,
            object: it.object,
            before: read(it.before_json),
            after: read(it.after_json),
        }
    }
}

/// The audit log, newest first: what belongs to establishments that the caller sees, and the rest too if
/// he sees every one.
#[utoipa::path(get, path = "/api/v1/audit", tag = "Access", params(Asked),
    responses((status = 200, body = Page<Dto>)))]
async fn audit(
    authority: web::Data<Authority>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let (scope, turn, filter) = (caller.actor()?.scope, asked.turn()?, asked.filter()?);
    let page = authority
        .db
        .read(move |conn| list::list(conn, &scope, &filter, &turn))
        .await?;
    Ok(HttpResponse::Ok().json(page.map(Dto::from)))
}

/// One change.
#[utoipa::path(get, path = "/api/v1/audit/{number}", tag = "Access",
    params(("number" = i64, Path)), responses((status = 200, body = Dto), (status = 404)))]
async fn audit_row(
    authority: web::Data<Authority>,
    caller: Caller,
    number: web::Path<i64>,
) -> Result<HttpResponse, Failure> {
    let row = row(&authority, &caller, *number).await?;
    Ok(HttpResponse::Ok().json(Dto::from(row)))
}

/// How the log stands now, as one signed line to keep elsewhere: `posfleet audit verify --checkpoint` and
/// `scripts/audit-verify` then tell whether it was cut or written anew since.
#[utoipa::path(get, path = "/api/v1/audit/checkpoint", tag = "Access",
    responses((status = 200, content_type = "text/plain", body = String,
               example = "posfleet-audit-1 42 <hash> 2027-01-15T08:00:00Z <key> <signature>"),
              (status = 403, description = "`access.scope-too-narrow`: it is for those who see every \
                                            establishment")))]
async fn audit_checkpoint(
    authority: web::Data<Authority>,
    caller: Caller,
) -> Result<HttpResponse, Failure> {
    checkpoint(authority, caller).await
}
