//! Requests over the Management API. A program asks, looks, takes back and rejects; approving is left
//! to people, so the address that approves refuses every program and says so.
use super::approval::{Approvables, Approval};
use super::model::State;
use super::ops::{self, Viewer};
use super::shown::Asked;
use crate::access::{Caller, Mount, Needs, Permission};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::{Failure, Json, Page};
use crate::ids::{ApprovalId, TaskId};
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{OpenApi, ToSchema};

const HERE: &str = "/api/v1/approvals";

pub(super) fn routes(mount: &mut Mount) {
    let known = Needs::SignedIn;
    let decide = Needs::Permission(Permission::ApprovalsDecide);
    let (yes, no, back) = (
        "/api/v1/approvals/{id}/approve",
        "/api/v1/approvals/{id}/reject",
        "/api/v1/approvals/{id}/withdraw",
    );
    mount.api(Method::GET, HERE, known, list);
    mount.api(Method::GET, "/api/v1/approvals/{id}", known, show);
    mount.api(Method::POST, yes, decide, approve);
    mount.api(Method::POST, no, decide, reject);
    mount.api(Method::POST, back, known, withdraw);
}

/// This slice's part of the OpenAPI document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(list, show, approve, reject, withdraw))]
    struct Paths;
    Paths::openapi()
}

/// Where a request is found.
#[must_use]
pub fn place(id: ApprovalId) -> String {
    format!("{HERE}/{id}")
}

/// Something that a second person has to allow.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Approval)]
struct Dto {
    id: ApprovalId,
    /// Such as `terminals.bulk`.
    kind: String,
    state: State,
    /// What would be done.
    params: Value,
    /// How many things it concerns.
    size: Option<i64>,
    reason: String,
    /// Who asked.
    by: String,
    created_at: Millis,
    /// Undecided until then, it is not done.
    expires_at: Millis,
    ended_at: Option<Millis>,
    /// Who decided, or took it back.
    ended_by: Option<String>,
    remark: Option<String>,
    /// What it became: `GET /api/v1/tasks/{id}`.
    task: Option<TaskId>,
}

impl Dto {
    fn at(it: Approval, now: Millis) -> Self {
        Self {
            id: it.id,
            state: it.state.at(it.expires_at, now),
            by: it.actor.who.name().to_owned(),
            kind: it.kind,
            params: it.params,
            size: it.size,
            reason: it.reason,
            created_at: it.created_at,
            expires_at: it.expires_at,
            ended_at: it.ended_at,
            ended_by: it.ended_by,
            remark: it.remark,
            task: it.task,
        }
    }
}

/// Requests for approval that you may see, newest first: yours, and with `approvals.view` those of
/// others. None that concern an establishment out of your sight.
#[utoipa::path(get, path = "/api/v1/approvals", tag = "Approvals", params(Asked),
    responses((status = 200, body = Page<Dto>)))]
async fn list(
    ctx: web::Data<Ctx>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let (viewer, turn, which) = (Viewer::of(&caller)?, asked.turn()?, asked.which()?);
    let page = ctx
        .db
        .read(move |conn| ops::list(conn, &viewer, which, &turn))
        .await?;
    let now = ctx.now();
    Ok(HttpResponse::Ok().json(page.map(|it| Dto::at(it, now))))
}

/// One request. Requests are forgotten a year after their end.
#[utoipa::path(get, path = "/api/v1/approvals/{id}", tag = "Approvals", params(("id" = i64, Path)),
    responses((status = 200, body = Dto), (status = 404)))]
async fn show(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<ApprovalId>,
) -> Result<HttpResponse, Failure> {
    let (viewer, id) = (Viewer::of(&caller)?, *id);
    let it = ctx
        .db
        .read(move |conn| ops::find(conn, &viewer, id))
        .await?;
    Ok(HttpResponse::Ok().json(Dto::at(it, ctx.now())))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = ApprovalRemark)]
struct Remark {
    /// At most 500 characters.
    #[serde(default)]
    remark: String,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = ApprovalRejection)]
struct Rejection {
    /// Why not; at most 500 characters.
    #[serde(default)]
    reason: String,
}

/// Refused to every API client: only a person approves, on the request's page. It stands here so that
/// a program that tries is told why.
#[utoipa::path(post, path = "/api/v1/approvals/{id}/approve", tag = "Approvals",
    params(("id" = i64, Path)), request_body = Remark,
    responses((status = 403, description = "`approval.not-by-a-program`"), (status = 404)))]
async fn approve(
    ctx: web::Data<Ctx>,
    kinds: web::Data<Approvables>,
    caller: Caller,
    id: web::Path<ApprovalId>,
    Json(sent): Json<Remark>,
) -> Result<HttpResponse, Failure> {
    let (viewer, now, id) = (Viewer::of(&caller)?, ctx.now(), *id);
    let all = kinds.as_ref().clone();
    let it = ctx
        .db
        .write(move |tx| ops::approve(tx, &all, &viewer, (id, &sent.remark), now))
        .await?;
    Ok(HttpResponse::Ok().json(Dto::at(it, now)))
}

/// Says no to what somebody else asked for and you could do yourself.
#[utoipa::path(post, path = "/api/v1/approvals/{id}/reject", tag = "Approvals",
    params(("id" = i64, Path)), request_body = Rejection,
    responses((status = 200, body = Dto),
              (status = 403, description = "`approval.own`, `approval.lacks-permission`"),
              (status = 404),
              (status = 409, description = "`approval.ended`, `approval.expired`"),
              (status = 422, description = "There is no reason, or it is too long")))]
async fn reject(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<ApprovalId>,
    Json(sent): Json<Rejection>,
) -> Result<HttpResponse, Failure> {
    let (viewer, now, id) = (Viewer::of(&caller)?, ctx.now(), *id);
    let it = ctx
        .db
        .write(move |tx| ops::reject(tx, &viewer, (id, &sent.reason), now))
        .await?;
    Ok(HttpResponse::Ok().json(Dto::at(it, now)))
}

/// Takes back what you asked for yourself.
#[utoipa::path(post, path = "/api/v1/approvals/{id}/withdraw", tag = "Approvals",
    params(("id" = i64, Path)),
    responses((status = 200, body = Dto), (status = 403, description = "`approval.not-yours`"),
              (status = 404), (status = 409, description = "`approval.ended`, `approval.expired`")))]
async fn withdraw(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<ApprovalId>,
) -> Result<HttpResponse, Failure> {
    let (viewer, now, id) = (Viewer::of(&caller)?, ctx.now(), *id);
    let it = ctx
        .db
        .write(move |tx| ops::withdraw(tx, &viewer, id, now))
        .await?;
    Ok(HttpResponse::Ok().json(Dto::at(it, now)))
}
