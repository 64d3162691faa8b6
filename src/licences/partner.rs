//! The distributor's API: it deposits licences and sees what became of its own deposits, and nothing
//! else of the fleet.
use super::api::{Put, answer, take_in};
use super::error::Error;
use super::facts_model::Said;
use super::form::{self, Typed};
use super::model::{Licence, Replace, Whose};
use super::ops::{self, NewLicence};
use super::shown::Told;
use super::{list_ops, look_ops};
use crate::access::{Caller, Mount, Needs, Permission, Who};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::{Failure, Page, Turned};
use crate::ids::LicenceId;
use actix_multipart::Multipart;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

pub(super) fn routes(mount: &mut Mount) {
    let may = Needs::Permission(Permission::LicencesDeposit);
    let all = "/partner/v1/licences";
    mount.api(Method::PUT, all, may, deposit);
    mount.api(Method::POST, all, may, deposit_form);
    mount.api(Method::GET, all, may, list);
    mount.api(Method::GET, "/partner/v1/licences/{id}", may, show);
}

/// A licence as the one who deposited it sees it: nothing of the terminal that it is for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Deposit)]
pub(super) struct Deposit {
    #[serde(flatten)]
    told: Told,
    deposited_at: Millis,
}

impl From<Licence> for Deposit {
    fn from(licence: Licence) -> Self {
        Self {
            told: Told::from(&licence),
            deposited_at: licence.uploaded_at,
        }
    }
}

/// Deposits a licence: the body is the file, byte for byte. Serial number, platform and software are
/// its key, so the same request again changes nothing and answers 200. Where no terminal has the
/// serial number yet, the file waits for it.
#[utoipa::path(put, path = "/partner/v1/licences", tag = "Partner API", params(Put, Said),
    request_body(content = [u8], content_type = "application/octet-stream"),
    responses((status = 200, body = Deposit), (status = 201, body = Deposit),
              (status = 409, description = "`licence.exists`: another licence has this key; \
                                            `replace=true` takes its place. \
                                            `licence.not-yours`: somebody else deposited the \
                                            licence that this key has"),
              (status = 413, description = "`licence.too-large`"),
              (status = 422, description = "`licence.empty`, `licence.file-name`, \
                                            `licence.no-serial` or `licence.invalid`")))]
pub(super) async fn deposit(
    ctx: web::Data<Ctx>,
    caller: Caller,
    (put, said): (web::Query<Put>, web::Query<Said>),
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    let new = take_in(&ctx, &caller, None, (&put, &said), body).await?;
    deposited(&ctx, &caller, new, Replace::when(put.replace)).await
}

/// The parts of a deposit as a form; the file goes last.
#[derive(Debug, ToSchema)]
#[expect(
    dead_code,
    reason = "it only describes the form, which is read part by part"
)]
pub(super) struct DepositForm {
    serial_number: String,
    platform: Option<String>,
    software: Option<String>,
    lic_id: Option<String>,
    valid_from: Option<String>,
    valid_until: Option<String>,
    replace: Option<bool>,
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// The same as a form (`multipart/form-data`), with the file as its last part.
#[utoipa::path(post, path = "/partner/v1/licences", tag = "Partner API",
    request_body(content = DepositForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Deposit), (status = 201, body = Deposit),
              (status = 400, description = "`licence.bad-form`"),
              (status = 409, description = "`licence.exists` or `licence.not-yours`"),
              (status = 413, description = "`licence.too-large`"),
              (status = 422, description = "`licence.no-file`, `licence.empty`, \
                                            `licence.file-name`, `licence.no-serial` or \
                                            `licence.invalid`")))]
pub(super) async fn deposit_form(
    ctx: web::Data<Ctx>,
    caller: Caller,
    body: Multipart,
) -> Result<HttpResponse, Failure> {
    let mut typed = Typed::default();
    let new = form::receive_plain(&ctx, &caller, body, &mut typed).await?;
    deposited(&ctx, &caller, new, typed.replace()).await
}

/// A distributor answers for its own licences. Who manages licences does for all of them, here as over
/// the Management API.
async fn deposited(
    ctx: &Ctx,
    caller: &Caller,
    new: NewLicence,
    replace: Replace,
) -> Result<HttpResponse, Failure> {
    let whose = if caller.may(Permission::LicencesManage) {
        Whose::Anybodys
    } else {
        Whose::Own
    };
    let (actor, now) = (caller.actor()?, ctx.now());
    let (licence, uploaded) = ctx
        .db
        .write(move |tx| ops::take_in(tx, &actor, new, (replace, whose), now))
        .await?;
    Ok(answer(&Deposit::from(licence), uploaded))
}

/// Your own deposits, newest first, and how far each is on its way.
#[utoipa::path(get, path = "/partner/v1/licences", tag = "Partner API", params(Turned),
    responses((status = 200, body = Page<Deposit>)))]
pub(super) async fn list(
    ctx: web::Data<Ctx>,
    caller: Caller,
    turned: web::Query<Turned>,
) -> Result<HttpResponse, Failure> {
    let client = client(&caller)?;
    let turn = turned.turn().map_err(Error::from)?;
    let page = ctx
        .db
        .read(move |conn| list_ops::of_client(conn, client, &turn))
        .await?;
    Ok(HttpResponse::Ok().json(page.map(Deposit::from)))
}

/// One of your own deposits.
#[utoipa::path(get, path = "/partner/v1/licences/{id}", tag = "Partner API",
    params(("id" = i64, Path)), responses((status = 200, body = Deposit), (status = 404)))]
pub(super) async fn show(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<LicenceId>,
) -> Result<HttpResponse, Failure> {
    let (client, id) = (client(&caller)?, *id);
    let licence = ctx
        .db
        .read(move |conn| look_ops::of_client(conn, client, id))
        .await?;
    Ok(HttpResponse::Ok().json(Deposit::from(licence)))
}

fn client(caller: &Caller) -> Result<i64, Failure> {
    match caller.actor()?.who {
        Who::Client(id, _) => Ok(id.0),
        _ => Err(Error::NoLicence.into()),
    }
}
