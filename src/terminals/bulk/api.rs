//! Many terminals at once over the Management API.
use super::asked::{self, Begun};
use super::model::{Action, Selection, Wish};
use super::ops::{self, NAMED_MAX};
use super::{Error, chosen};
use crate::access::{Caller, Mount, Needs, Permission};
use crate::approvals;
use crate::context::Ctx;
use crate::http::{Failure, Json};
use crate::ids::{ApprovalId, TaskId};
use crate::lists::Lists;
use crate::tasks;
use crate::terminals::page::LIST;
use actix_web::http::{Method, header};
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
    /// Why; needed where a second person has to approve, which is where there are more terminals than
    /// the settings say.
    #[serde(default)]
    reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkBegun)]
struct Answer {
    /// The task: `GET /api/v1/tasks/{id}` tells how far it is, `…/rows` what became of each. None when
    /// a second person has to approve first.
    task: Option<TaskId>,
    /// The request that a second person has to approve: `GET /api/v1/approvals/{id}` tells what became
    /// of it, and then its task.
    approval: Option<ApprovalId>,
    /// Terminals that were chosen.
    chosen: i64,
    /// Those that it will be done to, as things stand.
    concerned: i64,
}

/// Does the same to many terminals, in the background; or asks a second person, where they are more
/// than the settings allow one to decide about.
#[utoipa::path(post, path = "/api/v1/terminals/bulk", tag = "Terminals", request_body = Asking,
    responses((status = 202, body = Answer, headers(("location" = String,
                   description = "Of the task or of the request for approval"))),
              (status = 422)))]
async fn bulk(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
    Json(asking): Json<Asking>,
) -> Result<HttpResponse, Failure> {
    let selection = match (asking.tids, asking.filter) {
        (Some(tids), None) if tids.len() <= NAMED_MAX => Selection::These(tids),
        (None, Some(filter)) => {
            lists.find(LIST)?.check_filters(&filter)?;
            Selection::Matching(filter)
        }
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
        .read(move |conn| ops::check(conn, &scope, (checking.action, &checking.value)))
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
    let told = (chosen.review.chosen, chosen.review.concerned);
    let words = (wish.action.code().to_owned(), asking.reason);
    let begun = ctx
        .db
        .write(move |tx| asked::begin(tx, &actor, (&wish, &chosen), words, now))
        .await?;
    let (task, approval, place) = match begun {
        Begun::Task(id) => (Some(id), None, format!("/api/v1/tasks/{id}")),
        Begun::Asked(id) => (None, Some(id), approvals::api_place(id)),
    };
    tasks::nudge(&ctx.jobs);
    Ok(HttpResponse::Accepted()
        .insert_header((header::LOCATION, place))
        .json(Answer {
            task,
            approval,
            chosen: told.0,
            concerned: told.1,
        }))
}
