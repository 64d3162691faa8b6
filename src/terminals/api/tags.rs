//! Tags: words that terminals are found by.
use super::dto::{Whole, whole};
use super::read::changed;
use super::tid;
use crate::access::Caller;
use crate::context::Ctx;
use crate::http::{Failure, Page};
use crate::terminals::registry::{self, Error};
use actix_web::{HttpResponse, web};

/// The words that terminals are tagged with, in alphabetical order, 500 at most.
#[utoipa::path(get, path = "/api/v1/tags", tag = "Terminals",
    responses((status = 200, body = Page<String>)))]
pub(super) async fn tags(ctx: web::Data<Ctx>, caller: Caller) -> Result<HttpResponse, Failure> {
    let scope = caller.actor()?.scope;
    let all = ctx.db.read(move |conn| registry::tags(conn, &scope));
    let all = all.await.map_err(Error::from)?;
    Ok(HttpResponse::Ok().json(Page::whole(all)))
}

/// Tags a terminal with a word of up to 40 characters; the same again, however it is written,
/// changes nothing.
#[utoipa::path(put, path = "/api/v1/terminals/{tid}/tags/{tag}", tag = "Terminals",
    params(("tid" = String, Path), ("tag" = String, Path)),
    responses((status = 200, body = Whole), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn put_tag(
    ctx: web::Data<Ctx>,
    caller: Caller,
    at: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (place, name) = at.into_inner();
    let (actor, now, tid) = (caller.actor()?, ctx.now(), tid(&place)?);
    let done = ctx.db.write(move |tx| {
        registry::tag(tx, &actor, &tid, &name, now)?;
        whole(tx, &actor.scope, &tid, now)
    });
    changed(done.await)
}

/// Takes a tag off a terminal; one that it does not have changes nothing.
#[utoipa::path(delete, path = "/api/v1/terminals/{tid}/tags/{tag}", tag = "Terminals",
    params(("tid" = String, Path), ("tag" = String, Path)),
    responses((status = 200, body = Whole), (status = 404), (status = 409)))]
pub(super) async fn delete_tag(
    ctx: web::Data<Ctx>,
    caller: Caller,
    at: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (place, name) = at.into_inner();
    let (actor, now, tid) = (caller.actor()?, ctx.now(), tid(&place)?);
    let done = ctx.db.write(move |tx| {
        registry::untag(tx, &actor, &tid, &name, now)?;
        whole(tx, &actor.scope, &tid, now)
    });
    changed(done.await)
}
