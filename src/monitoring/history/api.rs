//! How a terminal's status changed, for programs.
use super::model::Difference;
use super::ops;
use crate::access::Caller;
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::{Failure, Page, Turned};
use crate::ids::Tid;
use crate::terminals;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

/// One change of a status.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatusChange)]
struct Change {
    id: i64,
    at: Millis,
    /// By path: what appeared has nothing old, what vanished nothing new.
    differences: Vec<Difference>,
    /// So many more that are not told.
    more: usize,
}

/// What changed of a terminal's status, the newest first; its gauges alone are no change.
#[utoipa::path(get, path = "/api/v1/terminals/{tid}/status/history", tag = "Monitoring",
    params(("tid" = String, Path), Turned),
    responses((status = 200, body = Page<Change>), (status = 404)))]
pub(in crate::monitoring) async fn history(
    ctx: web::Data<Ctx>,
    caller: Caller,
    place: web::Path<String>,
    paging: web::Query<Turned>,
) -> Result<HttpResponse, Failure> {
    let unknown = || terminals::Error::NoTerminal(place.to_string());
    let tid = Tid::parse(&place).map_err(|_| unknown())?;
    let (scope, turn) = (caller.actor()?.scope, paging.turn()?);
    let page = ctx.db.read(move |conn| {
        let unknown = || terminals::Error::NoTerminal(tid.to_string());
        let it = terminals::find(conn, &scope, &tid)?.ok_or_else(unknown)?;
        Ok::<_, terminals::Error>(ops::list(conn, &scope, it.id, &turn)?)
    });
    let page = page.await?.map(|it| Change {
        id: it.id,
        at: it.at,
        differences: it.differences.told,
        more: it.differences.more,
    });
    Ok(HttpResponse::Ok().json(page))
}
