//! What is done to a terminal: let in or not, given another device, activated.
use super::dto::{Whole, whole};
use super::read::changed;
use super::tid;
use crate::access::{Actor, Caller};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::Tx;
use crate::http::{Failure, Json};
use crate::ids::Tid;
use crate::terminals::activation::{self, activation};
use crate::terminals::desk::Desk;
use crate::terminals::model::Terminal;
use crate::terminals::registry::{self, Error};
use crate::terminals::work::Handlers;
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

type Place = web::Path<String>;
type Op = fn(&mut Tx, &Handlers, &Actor, &Tid, Option<i64>, Millis) -> Result<Terminal, Error>;

/// How sure the caller is of what he changes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Seen {
    /// When present, it is done only if this is still the terminal's version.
    version: Option<i64>,
}

async fn act(
    (ctx, desk): (&Ctx, &Desk),
    caller: &Caller,
    place: &str,
    seen: Option<i64>,
    op: Op,
) -> Result<HttpResponse, Failure> {
    let (actor, now, tid) = (caller.actor()?, ctx.now(), tid(place)?);
    let handlers = desk.handlers();
    let done = ctx.db.write(move |tx| {
        op(tx, &handlers, &actor, &tid, seen, now)?;
        whole(tx, &actor.scope, &tid, now)
    });
    changed(done.await)
}

/// Shuts a terminal out for now; its credential is kept.
#[utoipa::path(post, path = "/api/v1/terminals/{tid}/suspend", tag = "Terminals",
    params(("tid" = String, Path), Seen),
    responses((status = 200, body = Whole), (status = 404), (status = 409)))]
pub(super) async fn suspend_terminal(
    ctx: web::Data<Ctx>,
    desk: web::Data<Desk>,
    caller: Caller,
    place: Place,
    seen: web::Query<Seen>,
) -> Result<HttpResponse, Failure> {
    act(
        (&ctx, &desk),
        &caller,
        &place,
        seen.version,
        |tx, _, actor, tid, seen, now| registry::suspend(tx, actor, tid, seen, now),
    )
    .await
}

/// Lets a suspended terminal in again, with the credential it had.
#[utoipa::path(post, path = "/api/v1/terminals/{tid}/resume", tag = "Terminals",
    params(("tid" = String, Path), Seen),
    responses((status = 200, body = Whole), (status = 404), (status = 409)))]
pub(super) async fn resume_terminal(
    ctx: web::Data<Ctx>,
    desk: web::Data<Desk>,
    caller: Caller,
    place: Place,
    seen: web::Query<Seen>,
) -> Result<HttpResponse, Failure> {
    act(
        (&ctx, &desk),
        &caller,
        &place,
        seen.version,
        |tx, _, actor, tid, seen, now| registry::resume(tx, actor, tid, seen, now),
    )
    .await
}

/// Takes a terminal out of service for good; its history stays.
#[utoipa::path(post, path = "/api/v1/terminals/{tid}/retire", tag = "Terminals",
    params(("tid" = String, Path), Seen),
    responses((status = 200, body = Whole), (status = 404), (status = 409)))]
pub(super) async fn retire_terminal(
    ctx: web::Data<Ctx>,
    desk: web::Data<Desk>,
    caller: Caller,
    place: Place,
    seen: web::Query<Seen>,
) -> Result<HttpResponse, Failure> {
    act(
        (&ctx, &desk),
        &caller,
        &place,
        seen.version,
        registry::retire,
    )
    .await
}

/// Takes back a terminal's credential; it has to activate again.
#[utoipa::path(post, path = "/api/v1/terminals/{tid}/revoke", tag = "Terminals",
    params(("tid" = String, Path)),
    responses((status = 200, body = Whole), (status = 404), (status = 409)))]
pub(super) async fn revoke_credential(
    ctx: web::Data<Ctx>,
    desk: web::Data<Desk>,
    caller: Caller,
    place: Place,
) -> Result<HttpResponse, Failure> {
    act(
        (&ctx, &desk),
        &caller,
        &place,
        None,
        |tx, _, actor, tid, _, now| registry::revoke(tx, actor, tid, now),
    )
    .await
}

/// The device that will serve from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = Replacement)]
pub(super) struct Replacement {
    serial_number: String,
    /// When present, it is done only if this is still the terminal's version.
    version: Option<i64>,
    /// What becomes of that which belongs to the old device, by name: `"licences"` is `"move"`
    /// (bound to the new device, and sent to it; so it is when nobody says) or `"leave"` (they stay
    /// bound to the old one and wait for it).
    #[serde(flatten)]
    #[schema(inline, example = json!({ "licences": "move" }))]
    chosen: BTreeMap<String, String>,
}

/// Puts another device at the place; the old one's credential is revoked, and the new one needs an
/// activation code.
#[utoipa::path(post, path = "/api/v1/terminals/{tid}/replace", tag = "Terminals",
    params(("tid" = String, Path)), request_body = Replacement,
    responses((status = 200, body = Whole), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn replace_device(
    ctx: web::Data<Ctx>,
    desk: web::Data<Desk>,
    caller: Caller,
    place: Place,
    body: Json<Replacement>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, tid) = (caller.actor()?, ctx.now(), tid(&place)?);
    let (body, handlers) = (body.into_inner(), desk.handlers());
    let done = ctx.db.write(move |tx| {
        registry::replace(
            tx,
            &handlers,
            &actor,
            &tid,
            (&body.serial_number, &body.chosen),
            body.version,
            now,
        )?;
        whole(tx, &actor.scope, &tid, now)
    });
    changed(done.await)
}

/// A one-time code, shown in this answer and never again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ActivationCode)]
struct NewCode {
    terminal_id: Tid,
    /// Of the device that it is for.
    serial_number: String,
    #[schema(example = "7K3QX-0MZ9T")]
    activation_code: String,
    expires_at: Millis,
}

/// Makes a one-time activation code for the device that serves as this terminal; the code of
/// before, if any, is void.
#[utoipa::path(post, path = "/api/v1/terminals/{tid}/activation-code", tag = "Terminals",
    params(("tid" = String, Path)),
    responses((status = 201, body = NewCode), (status = 404), (status = 409)))]
pub(super) async fn make_activation_code(
    ctx: web::Data<Ctx>,
    caller: Caller,
    place: Place,
) -> Result<HttpResponse, Failure> {
    let (actor, now, tid, secret) = (caller.actor()?, ctx.now(), tid(&place)?, ctx.secret.clone());
    let made = ctx
        .db
        .write(move |tx| {
            let unknown = || Error::NoTerminal(tid.to_string());
            let it = registry::find(tx, &actor.scope, &tid)?.ok_or_else(unknown)?;
            let code = activation::make_code(tx, &actor, &secret, it.id, now)?;
            let kept = activation(tx, it.id, now)?.ok_or_else(unknown)?;
            Ok::<_, Error>(NewCode {
                terminal_id: it.tid,
                serial_number: kept.serial_number,
                activation_code: code.to_string(),
                expires_at: kept.expires_at,
            })
        })
        .await?;
    Ok(HttpResponse::Created()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(made))
}
