//! Looking at terminals.
use super::dto::{Line, Whole, whole};
use super::tid;
use crate::access::Caller;
use crate::context::Ctx;
use crate::http::{Failure, Page};
use crate::terminals::registry::Error;
use crate::terminals::shown::{Asked, read};
use actix_web::{HttpResponse, web};

/// Terminals, narrowed and sorted as on the page of the same name.
#[utoipa::path(get, path = "/api/v1/terminals", tag = "Terminals", params(Asked),
    responses((status = 200, body = Page<Line>), (status = 422)))]
pub(super) async fn terminals(
    ctx: web::Data<Ctx>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let (scope, asked) = (caller.actor()?.scope, asked.into_inner());
    let turn = asked.turn()?;
    let (page, names) = ctx
        .db
        .read(move |conn| {
            let filter = asked.filter(conn, &scope)?;
            read(conn, &scope, &filter, &turn)
        })
        .await?;
    Ok(HttpResponse::Ok().json(page.map(|it| Line::of(&names, it))))
}

/// One terminal.
#[utoipa::path(get, path = "/api/v1/terminals/{tid}", tag = "Terminals",
    params(("tid" = String, Path)),
    responses((status = 200, body = Whole), (status = 404)))]
pub(super) async fn terminal(
    ctx: web::Data<Ctx>,
    caller: Caller,
    place: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let (tid, scope, now) = (tid(&place)?, caller.actor()?.scope, ctx.now());
    let found = ctx
        .db
        .read(move |conn| whole(conn, &scope, &tid, now))
        .await?;
    Ok(HttpResponse::Ok().json(found))
}

/// The answer to whoever changed a terminal: how it is now.
pub(super) fn changed(it: Result<Whole, Error>) -> Result<HttpResponse, Failure> {
    Ok(HttpResponse::Ok().json(it?))
}
