//! What a terminal did: its sessions and its work.
use super::tid;
use crate::access::{Caller, Scope};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::Conn;
use crate::http::{Failure, Page};
use crate::ids::Tid;
use crate::terminals::contact::{self, SessionSeen};
use crate::terminals::model::Terminal;
use crate::terminals::registry::{self, Error};
use crate::terminals::work::{self, Item, State};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Items of work that are told.
const WORK_TOLD: i64 = 200;

pub(super) fn find(conn: &mut Conn, scope: &Scope, tid: &Tid) -> Result<Terminal, Error> {
    registry::find(conn, scope, tid)?.ok_or_else(|| Error::NoTerminal(tid.to_string()))
}

/// A list that is told in one page.
fn one_page<T>(items: Vec<T>, total_is_exact: bool) -> Page<T> {
    Page {
        total_is_exact,
        ..Page::whole(items)
    }
}

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Sought {
    /// Text in any field, whatever its case and accents.
    #[serde(default)]
    q: String,
}

/// A terminal's sessions (the latest 50 are kept), the latest first, with the address that each was
/// seen from.
#[utoipa::path(get, path = "/api/v1/terminals/{tid}/sessions", tag = "Terminals",
    params(("tid" = String, Path), Sought),
    responses((status = 200, body = Page<SessionSeen>), (status = 404)))]
pub(super) async fn sessions(
    ctx: web::Data<Ctx>,
    caller: Caller,
    place: web::Path<String>,
    web::Query(sought): web::Query<Sought>,
) -> Result<HttpResponse, Failure> {
    let (tid, scope) = (tid(&place)?, caller.actor()?.scope);
    let seen = ctx
        .db
        .read(move |conn| {
            let it = find(conn, &scope, &tid)?;
            Ok::<_, Error>(contact::find_sessions(conn, it.id, &sought.q)?)
        })
        .await?;
    Ok(HttpResponse::Ok().json(one_page(seen, true)))
}

/// One thing that a terminal is or was to do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Work)]
struct WorkDto {
    /// What the terminal knows it by.
    number: i32,
    kind: String,
    state: State,
    /// Why it is kept back, when it is.
    held_why: Option<String>,
    /// 0 to 100.
    progress: Option<i32>,
    /// Offers that led to nothing yet, the current one included.
    attempts: i32,
    created_at: Millis,
    created_by: String,
    /// Not offered before then.
    not_before_at: Option<Millis>,
    offered_at: Option<Millis>,
    expires_at: Option<Millis>,
    finished_at: Option<Millis>,
    outcome_code: Option<String>,
    outcome_detail: Option<String>,
    #[schema(value_type = Object)]
    payload: serde_json::Value,
}

impl From<Item> for WorkDto {
    fn from(it: Item) -> Self {
        Self {
            number: it.number,
            kind: it.kind,
            state: it.track.state,
            held_why: it.held_why,
            progress: it.track.progress,
            attempts: it.track.attempts,
            created_at: it.created_at,
            created_by: it.created_by,
            not_before_at: it.track.not_before_at,
            offered_at: it.offered_at,
            expires_at: it.track.expires_at,
            finished_at: it.finished_at,
            outcome_code: it.outcome_code,
            outcome_detail: it.outcome_detail,
            payload: it.payload,
        }
    }
}

/// A terminal's work, the latest 200 items, newest first.
#[utoipa::path(get, path = "/api/v1/terminals/{tid}/work", tag = "Terminals",
    params(("tid" = String, Path)),
    responses((status = 200, body = Page<WorkDto>), (status = 404)))]
pub(super) async fn work(
    ctx: web::Data<Ctx>,
    caller: Caller,
    place: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let (tid, scope) = (tid(&place)?, caller.actor()?.scope);
    let mut items = ctx
        .db
        .read(move |conn| {
            let it = find(conn, &scope, &tid)?;
            Ok::<_, Error>(work::list(conn, it.id, WORK_TOLD + 1)?)
        })
        .await?;
    let told = usize::try_from(WORK_TOLD).unwrap_or(usize::MAX);
    let is_all = items.len() <= told;
    items.truncate(told);
    Ok(HttpResponse::Ok().json(one_page(items, is_all).map(WorkDto::from)))
}
