//! The numbers of the analysis, for programs.
use super::model::{By, percent};
use super::ops::{Asked, share};
use crate::access::Caller;
use crate::context::Ctx;
use crate::http::Failure;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

/// The fleet shared out by one property.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::monitoring) struct Analysis {
    by: By,
    /// Of which component the versions are.
    component: Option<String>,
    /// Every component that has versions.
    components: Vec<String>,
    /// The terminals in service that the filters leave; the parts add up to it.
    total: i64,
    /// The largest first.
    parts: Vec<Share>,
}

/// One part of the fleet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AnalysisShare)]
struct Share {
    /// A code, a version, or what a terminal told; `none` where there is nothing.
    value: String,
    /// The same in words.
    label: String,
    n: i64,
    /// Percent of the whole; all of them add up to 100.
    #[schema(example = "33.4")]
    percent: String,
}

/// The fleet by one property: `by` is `connectivity` (when absent), `model`, `platform`, `version` (of a
/// `component`), `update`, `licence`, `point`, `action`, `error` or `clock`. Narrowed by the filters of
/// the list of terminals.
#[utoipa::path(get, path = "/api/v1/analysis", tag = "Monitoring",
    params(("by" = Option<String>, Query), ("component" = Option<String>, Query)),
    responses((status = 200, body = Analysis), (status = 422)))]
pub(in crate::monitoring) async fn analysis(
    ctx: web::Data<Ctx>,
    caller: Caller,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let asked = Asked::parse(req.query_string())?;
    let (scope, lang, by) = (caller.actor()?.scope, caller.look.lang, asked.by);
    let found = ctx
        .db
        .read(move |conn| share(conn, &scope, &asked, lang))
        .await?;
    let parts = found.parts.into_iter().map(|part| Share {
        value: part.value,
        label: part.label,
        n: part.n,
        percent: percent(part.share),
    });
    Ok(HttpResponse::Ok().json(Analysis {
        by,
        component: (by == By::Version).then_some(found.component),
        components: found.components,
        total: found.total,
        parts: parts.collect(),
    }))
}
