//! Registering terminals, and changing them where they stand.
use super::dto::{Whole, whole};
use super::profile::told;
use super::read::changed;
use super::tid;
use crate::access::Caller;
use crate::context::Ctx;
use crate::http::{Failure, Json};
use crate::network::Put;
use crate::terminals::desk::Desk;
use crate::terminals::registry::{self, Edit, Error, Registration};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

/// A terminal to be registered.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = Registration)]
pub(super) struct Wish {
    /// Of the device that will serve there.
    serial_number: String,
    /// Code of a model.
    model: String,
    /// Code of a point of service.
    point_of_service: String,
    /// Seconds between check-ins, 10 to 86,400; inherited when absent.
    interval_s: Option<i32>,
}

/// Registers a terminal; the same again changes nothing. A TID that is taken by another device,
/// model or place is refused with `terminal.tid-taken`.
#[utoipa::path(put, path = "/api/v1/terminals/{tid}", tag = "Terminals",
    params(("tid" = String, Path)), request_body = Wish,
    responses((status = 200, body = Whole), (status = 201, body = Whole),
              (status = 409), (status = 422)))]
pub(super) async fn put_terminal(
    ctx: web::Data<Ctx>,
    desk: web::Data<Desk>,
    caller: Caller,
    place: web::Path<String>,
    body: Json<Wish>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, body) = (caller.actor()?, ctx.now(), body.into_inner());
    let wish = Registration {
        tid: place.into_inner(),
        serial_number: body.serial_number,
        model: body.model,
        point_of_service: body.point_of_service,
        interval_s: body.interval_s.map_or_else(String::new, |s| s.to_string()),
    };
    let handlers = desk.handlers();
    let (made, it) = ctx
        .db
        .write(move |tx| {
            let (it, made) = registry::register(tx, &handlers, &actor, &wish, now)?;
            Ok::<_, Error>((made, whole(tx, &actor.scope, &it.tid, now)?))
        })
        .await?;
    Ok(match made {
        Put::Created => HttpResponse::Created().json(it),
        Put::Changed | Put::Same => HttpResponse::Ok().json(it),
    })
}

/// What to change; what is absent stays. The serial number changes by replacing the device.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TerminalPatch)]
pub(super) struct Patch {
    /// Code of a model.
    model: Option<String>,
    /// Seconds between check-ins; the terminal hears of it at its next one. `null` is inherited.
    #[serde(default, deserialize_with = "told")]
    #[schema(value_type = Option<i32>)]
    interval_s: Option<Option<i32>>,
    /// Code of a point of service: the terminal moves there, and to that one's establishment.
    point_of_service: Option<String>,
    /// When present, the change is made only if this is still the version.
    version: Option<i64>,
}

/// Changes a terminal's model or interval, or moves it; all or nothing.
#[utoipa::path(patch, path = "/api/v1/terminals/{tid}", tag = "Terminals",
    params(("tid" = String, Path)), request_body = Patch,
    responses((status = 200, body = Whole), (status = 404), (status = 409), (status = 422)))]
pub(super) async fn patch_terminal(
    ctx: web::Data<Ctx>,
    desk: web::Data<Desk>,
    caller: Caller,
    place: web::Path<String>,
    body: Json<Patch>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, tid) = (caller.actor()?, ctx.now(), tid(&place)?);
    let body = body.into_inner();
    let edit = Edit {
        model: body.model,
        interval_s: body
            .interval_s
            .map(|s| s.map_or_else(String::new, |s| s.to_string())),
        log_level: None,
    };
    let handlers = desk.handlers();
    let done = ctx.db.write(move |tx| {
        let wish = (&edit, body.point_of_service.as_deref());
        registry::amend(tx, &handlers, &actor, &tid, wish, body.version, now)?;
        whole(tx, &actor.scope, &tid, now)
    });
    changed(done.await)
}
