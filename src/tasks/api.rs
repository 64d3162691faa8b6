//! Tasks over the Management API.
use super::error::Error;
use super::model::{Outcome, State};
use super::one;
use super::ops::{self, Viewer};
use super::shown::{Asked, AskedRows, detail};
use super::task::{RowResult, Task};
use super::waits::Waits;
use crate::access::{Caller, Mount, Needs};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::{Failure, Page};
use crate::ids::TaskId;
use crate::storage::{self, Download};
use crate::views::{Lang, text};
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::Value;
use utoipa::{OpenApi, ToSchema};

/// Who may see which tasks is told by the tasks themselves: each names the permission of its kind.
pub(super) fn routes(mount: &mut Mount) {
    let known = Needs::SignedIn;
    mount.api(Method::GET, "/api/v1/tasks", known, list);
    mount.api(Method::GET, "/api/v1/tasks/{id}", known, show);
    mount.api(Method::GET, "/api/v1/tasks/{id}/rows", known, rows);
    mount.api(Method::GET, "/api/v1/tasks/{id}/file", known, file);
    mount.api(Method::DELETE, "/api/v1/tasks/{id}", known, cancel);
    mount.api(Method::POST, "/api/v1/tasks/{id}/continue", known, go_on);
}

/// This slice's part of the OpenAPI document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(list, show, rows, file, cancel, go_on))]
    struct Paths;
    Paths::openapi()
}

/// A task as the API answers it; also where other slices start one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Task)]
pub struct Dto {
    id: TaskId,
    /// Such as `import.terminals`.
    kind: String,
    state: State,
    file_name: Option<String>,
    /// What it was asked for with.
    params: Value,
    /// Rows in all, once known.
    total: Option<i64>,
    done: i64,
    /// Rows that were so already, or left out.
    skipped: i64,
    failed: i64,
    /// True when there is a file to fetch.
    has_file: bool,
    /// Why the task itself failed.
    error_code: Option<String>,
    /// Why it cannot go on for now, such as `db.disk-full`; it does by itself once that is over. Known
    /// to the node that does the tasks.
    waits_code: Option<String>,
    /// The same in English.
    waits_detail: Option<String>,
    by: String,
    created_at: Millis,
    started_at: Option<Millis>,
    ended_at: Option<Millis>,
}

impl From<Task> for Dto {
    fn from(task: Task) -> Self {
        Self {
            id: task.id,
            by: task.actor.who.name().to_owned(),
            kind: task.kind,
            state: task.state,
            file_name: task.file_name,
            params: task.params,
            total: task.total,
            done: task.done,
            skipped: task.skipped,
            failed: task.failed,
            has_file: task.output.is_some(),
            error_code: task.error_code,
            waits_code: None,
            waits_detail: None,
            created_at: task.created_at,
            started_at: task.started_at,
            ended_at: task.ended_at,
        }
    }
}

impl Dto {
    fn told(task: Task, waits: &Waits) -> Self {
        let wait = waits.find(task.id).filter(|_| task.state.is_open());
        Self {
            waits_code: wait.map(|wait| wait.code.to_owned()),
            waits_detail: wait.map(|wait| text(Lang::En, wait.key, &[])),
            ..Self::from(task)
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TaskRow)]
struct RowDto {
    /// Its number, as people count it: of a file, the header is row 1.
    row: i64,
    /// The TID or other code that it is about.
    subject: String,
    outcome: Outcome,
    code: String,
    /// The code in English.
    detail: String,
}

impl From<RowResult> for RowDto {
    fn from(row: RowResult) -> Self {
        Self {
            detail: detail(&row),
            row: row.row,
            subject: row.subject,
            outcome: row.outcome,
            code: row.code,
        }
    }
}

/// Your tasks, newest first.
#[utoipa::path(get, path = "/api/v1/tasks", tag = "Tasks", params(Asked),
    responses((status = 200, body = Page<Dto>)))]
async fn list(
    ctx: web::Data<Ctx>,
    waits: web::Data<Waits>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let (viewer, turn, which) = (Viewer::of(&caller)?, asked.turn()?, asked.which()?);
    let page = ctx
        .db
        .read(move |conn| ops::list(conn, &viewer, which, &turn))
        .await?;
    Ok(HttpResponse::Ok().json(page.map(|task| Dto::told(task, &waits))))
}

/// One task: how far it is, and how it ended. Tasks are forgotten a week after their end.
#[utoipa::path(get, path = "/api/v1/tasks/{id}", tag = "Tasks", params(("id" = i64, Path)),
    responses((status = 200, body = Dto), (status = 404)))]
async fn show(
    ctx: web::Data<Ctx>,
    waits: web::Data<Waits>,
    caller: Caller,
    id: web::Path<TaskId>,
) -> Result<HttpResponse, Failure> {
    let task = one::seen(&ctx, &caller, *id).await?;
    Ok(HttpResponse::Ok().json(Dto::told(task, &waits)))
}

/// What became of each row, in the order of the rows.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/rows", tag = "Tasks",
    params(("id" = i64, Path), AskedRows),
    responses((status = 200, body = Page<RowDto>), (status = 404)))]
async fn rows(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<TaskId>,
    asked: web::Query<AskedRows>,
) -> Result<HttpResponse, Failure> {
    let (viewer, id, turn, outcome) = (Viewer::of(&caller)?, *id, asked.turn()?, asked.which()?);
    let page = ctx
        .db
        .read(move |conn| {
            let task = ops::find(conn, &viewer, id)?;
            Ok::<_, Error>(ops::rows_of(conn, &task, outcome, &turn)?)
        })
        .await?;
    Ok(HttpResponse::Ok().json(page.map(RowDto::from)))
}

/// The file that a task made.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/file", tag = "Tasks", params(("id" = i64, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = [u8]),
              (status = 404, description = "`task.unknown`, or `task.no-file`: there is none (yet)")))]
pub(super) async fn file(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<TaskId>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let (viewer, id) = (Viewer::of(&caller)?, *id);
    let (file_name, blob) = ctx
        .db
        .read(move |conn| {
            let task = ops::find(conn, &viewer, id)?;
            let output = task.output.ok_or(Error::NoFile)?;
            let blob = storage::find(conn, output)?.ok_or(Error::NoFile)?;
            Ok::<_, Error>((task.output_name.unwrap_or_default(), blob))
        })
        .await?;
    let what = Download {
        blob,
        file_name,
        sent: None,
    };
    Ok(ctx.storage.answer(&req, what).await.map_err(Error::from)?)
}

/// Ends a task before its end. What it has done stays done.
#[utoipa::path(delete, path = "/api/v1/tasks/{id}", tag = "Tasks", params(("id" = i64, Path)),
    responses((status = 200, body = Dto), (status = 404), (status = 409, description = "`task.ended`")))]
async fn cancel(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<TaskId>,
) -> Result<HttpResponse, Failure> {
    let task = one::cancelled(&ctx, &caller, *id).await?;
    Ok(HttpResponse::Ok().json(Dto::from(task)))
}

/// Takes up a task that failed or was cancelled, where it ended.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/continue", tag = "Tasks", params(("id" = i64, Path)),
    responses((status = 202, body = Dto), (status = 404),
              (status = 409, description = "`task.nothing-to-continue`")))]
async fn go_on(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<TaskId>,
) -> Result<HttpResponse, Failure> {
    let task = one::continued(&ctx, &caller, *id).await?;
    Ok(HttpResponse::Accepted().json(Dto::from(task)))
}
