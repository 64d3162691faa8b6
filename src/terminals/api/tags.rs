//! Tags: words that terminals are found by.
use super::dto::{Whole, whole};
use super::read::changed;
use super::tid;
use crate::access::{Actor, Caller};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::Tx;
use crate::http::{Failure, Page};
use crate::ids::Tid;
use crate::terminals::model::Terminal;
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
    turn(&ctx, &caller, at.into_inner(), registry::tag).await
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
    turn(&ctx, &caller, at.into_inner(), registry::untag).await
}

/// Puts a word on a terminal or takes it off.
type Verb = fn(&mut Tx, &Actor, &Tid, &str, Millis) -> Result<(Terminal, bool), Error>;

async fn turn(
    ctx: &Ctx,
    caller: &Caller,
    (place, name): (String, String),
    verb: Verb,
) -> Result<HttpResponse, Failure> {
    let (actor, now, tid) = (caller.actor()?, ctx.now(), tid(&place)?);
    let done = ctx.db.write(move |tx| {
        verb(tx, &actor, &tid, &name, now)?;
        whole(tx, &actor.scope, &tid, now)
    });
    changed(done.await)
}
