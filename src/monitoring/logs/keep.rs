//! For how long logs are kept: the page, and the same for programs.
use super::keep_ops::{self, FreedOn, FreedTotal, Posted, Rule, Said};
use super::model::{DAYS, Kind, USUAL_DAYS};
use crate::access::{Caller, Form, Mount, Needs, Permission, Scope};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::Conn;
use crate::http::{Failure, Json, address};
use crate::monitoring::Error;
use crate::network;
use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::{OpenApi, ToSchema};

const PAGE: &str = "/monitoring/logs/keeping";
const API: &str = "/api/v1/logs/keeping";
const TEMPLATE: &str = "monitoring/logs_keeping";

pub(super) fn routes(mount: &mut Mount) {
    let sees = Needs::Permission(Permission::MonitoringView);
    let governs = Needs::Permission(Permission::SettingsManage);
    mount.web(Method::GET, PAGE, sees, show);
    mount.web(Method::POST, PAGE, governs, post);
    mount.api(Method::GET, API, sees, log_keeping);
    mount.api(Method::PUT, API, governs, put_log_keeping);
}

#[derive(OpenApi)]
#[openapi(paths(log_keeping, put_log_keeping))]
struct Doc;

/// This part of the API's description.
pub(super) fn openapi() -> utoipa::openapi::OpenApi {
    Doc::openapi()
}

/// For how long logs are kept, and what deleting them freed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LogsKept)]
struct Kept {
    rules: Vec<Rule>,
    /// In the last 30 days, the latest first: up to 1,000 rows.
    freed: Vec<FreedOn>,
    /// So many earlier rows of these days are not told.
    freed_more: i64,
    /// Of all of these days.
    freed_total: FreedTotal,
}

/// For how many days logs are kept after something was added to them, and what deleting them freed in the last 30 days.
#[utoipa::path(get, path = "/api/v1/logs/keeping", tag = "Monitoring",
    responses((status = 200, body = Kept)))]
async fn log_keeping(ctx: web::Data<Ctx>, caller: Caller) -> Result<HttpResponse, Failure> {
    Ok(HttpResponse::Ok().json(kept(&ctx, &caller).await?))
}

/// Sets for how many days logs of a kind are kept, in an establishment or in all that have no rule of their own.
#[utoipa::path(put, path = "/api/v1/logs/keeping", tag = "Monitoring", request_body = Said,
    responses((status = 200, body = Kept), (status = 422)))]
async fn put_log_keeping(
    ctx: web::Data<Ctx>,
    caller: Caller,
    Json(said): Json<Said>,
) -> Result<HttpResponse, Failure> {
    set(&ctx, &caller, (said, true)).await?;
    Ok(HttpResponse::Ok().json(kept(&ctx, &caller).await?))
}

async fn show(ctx: web::Data<Ctx>, caller: Caller) -> Result<HttpResponse, Failure> {
    ctx.page(&caller, TEMPLATE, shown(&ctx, &caller).await?)
}

async fn post(
    ctx: web::Data<Ctx>,
    caller: Caller,
    Form(posted): Form<Posted>,
) -> Result<HttpResponse, Failure> {
    let (typed, is_confirmed) = (posted.typed(), posted.confirmed);
    let done = match Said::try_from(posted) {
        Ok(said) => set(&ctx, &caller, (said, is_confirmed)).await,
        Err(refused) => Err(refused.into()),
    };
    match done {
        Ok(()) => {
            let back = address(PAGE, &[("said", "logs-kept")]);
            Ok(HttpResponse::SeeOther()
                .insert_header((header::LOCATION, back))
                .finish())
        }
        Err(refused) => {
            let mut page = shown(&ctx, &caller).await?;
            let faults = refused.problem().fields();
            page["form"] = typed;
            page["is_asked"] = faults.iter().any(|it| it.field == "confirmed").into();
            ctx.page_refused(&caller, TEMPLATE, page, refused)
        }
    }
}

async fn set(
    ctx: &Ctx,
    caller: &Caller,
    (said, is_confirmed): (Said, bool),
) -> Result<(), Failure> {
    let (actor, now) = (caller.actor()?, ctx.now());
    let done = ctx
        .db
        .write(move |tx| keep_ops::set(tx, &actor, (&said, is_confirmed), now));
    Ok(done.await?)
}

fn read(conn: &mut Conn, scope: &Scope, now: Millis) -> Result<Kept, Error> {
    let freed = keep_ops::freed(conn, scope, now)?;
    Ok(Kept {
        rules: keep_ops::rules(conn, scope)?,
        freed: freed.rows,
        freed_more: freed.more,
        freed_total: freed.total,
    })
}

async fn kept(ctx: &Ctx, caller: &Caller) -> Result<Kept, Failure> {
    let (scope, now) = (caller.actor()?.scope, ctx.now());
    Ok(ctx.db.read(move |conn| read(conn, &scope, now)).await?)
}

/// The page's data: `rules`, what was freed, the establishments that can be chosen, and what may be said.
async fn shown(ctx: &Ctx, caller: &Caller) -> Result<Value, Failure> {
    let (scope, now) = (caller.actor()?.scope, ctx.now());
    let found = ctx.db.read(move |conn| {
        let choices = network::choices_of_establishments(conn, &scope)?;
        Ok::<_, Error>((read(conn, &scope, now)?, choices))
    });
    let (kept, choices) = found.await?;
    let kind = |it: Kind| json!({ "value": it.name(), "key": format!("logs-{}", it.name()) });
    let choice = |it: network::Choice| json!({ "value": it.value, "text": it.text });
    Ok(json!({
        "rules": kept.rules,
        "freed": kept.freed,
        "freed_more": kept.freed_more,
        "freed_total": kept.freed_total,
        "establishments": choices.map(|all| all.into_iter().map(choice).collect::<Vec<_>>()),
        "kinds": Kind::ALL.map(kind),
        "usual_days": USUAL_DAYS,
        "min_days": DAYS.start(),
        "max_days": DAYS.end(),
        "section": "nav-monitoring",
    }))
}
