//! Many terminals at once over the Management API.
use super::model::{Action, Selection, Wish};
use super::ops::{self, NAMED_MAX};
use super::{Error, chosen, task};
use crate::access::{Caller, Mount, Needs, Permission};
use crate::context::Ctx;
use crate::http::{Failure, Json};
use crate::ids::TaskId;
use crate::tasks;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

pub(super) fn routes(mount: &mut Mount) {
    let manage = Needs::Permission(Permission::TerminalsManage);
    mount.api(Method::POST, "/api/v1/terminals/bulk", manage, bulk);
}

/// This part of the OpenAPI document.
pub(in crate::terminals) fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(bulk))]
    struct Paths;
    Paths::openapi()
}

/// What is to be done to whom: name either `tids` or `filter`.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = BulkWish)]
struct Asking {
    action: Action,
    /// What the action needs: code of a point of service, seconds, or a tag.
    #[serde(default)]
    value: String,
    /// TIDs, at most 10,000.
    tids: Option<Vec<String>>,
    /// What narrows the list of terminals, as in its address; empty for every terminal in service.
    filter: Option<String>,
    /// How many terminals it is meant to be done to. When present and wrong, nothing is done;
    /// retiring needs it.
    expect: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkBegun)]
struct Begun {
    /// The task: `GET /api/v1/tasks/{id}` tells how far it is, `…/rows` what became of each.
    task: TaskId,
    /// Terminals that were chosen.
    chosen: i64,
    /// Those that it will be done to, as things stand.
    concerned: i64,
}

/// Does the same to many terminals, in the background.
#[utoipa::path(post, path = "/api/v1/terminals/bulk", tag = "Terminals", request_body = Asking,
    responses((status = 202, body = Begun), (status = 422)))]
async fn bulk(
    ctx: web::Data<Ctx>,
    caller: Caller,
    Json(asking): Json<Asking>,
) -> Result<HttpResponse, Failure> {
    let selection = match (asking.tids, asking.filter) {
        (Some(tids), None) if tids.len() <= NAMED_MAX => Selection::These(tids),
        (None, Some(filter)) => Selection::Matching(filter),
        _ => return Err(Error::field("tids", "terminal.bulk-selection").into()),
    };
    let wish = Wish {
        action: asking.action,
        value: asking.value,
        selection,
    };
    let (actor, now) = (caller.actor()?, ctx.now());
    // Looked at beside the queue of writes: there may be many.
    let (scope, checking) = (actor.scope.clone(), wish.clone());
    ctx.db
        .read(move |conn| ops::check(conn, &scope, &checking))
        .await?;
    let looked = chosen::look(&ctx, &actor, &wish).await?;
    let is_fine = match asking.expect {
        Some(expect) => expect == looked.0.concerned,
        None => !wish.action.is_grave(),
    };
    if !is_fine {
        return Err(Error::field("expect", "terminal.count-differs").into());
    }
    let chosen = chosen::keep(&ctx, &actor, &wish, looked).await?;
    let new = task::new(&wish, &chosen, wish.action.code().to_owned());
    let id = ctx
        .db
        .write(move |tx| tasks::start(tx, &actor, &new, now))
        .await?;
    let begun = Begun {
        task: id,
        chosen: chosen.review.chosen,
        concerned: chosen.review.concerned,
    };
    tasks::nudge(&ctx.jobs);
    Ok(HttpResponse::Accepted().json(begun))
}
