//! Licences over the Management API: what distributors' and admins' scripts use.
use super::device;
use super::error::Error;
use super::facts_model::Said;
use super::form;
use super::import;
use super::list_ops;
use super::look_ops;
use super::model::{Licence, MAX_BYTES, Replace, Uploaded, file_name};
use super::naming_api;
use super::ops::{self, NewLicence};
use super::partner;
use super::shown::{Asked, Told};
use crate::access::{Caller, Mount, Needs, Permission};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::{Failure, Page};
use crate::ids::{LicenceId, TaskId, Tid};
use crate::storage::{Download, Limits};
use actix_multipart::Multipart;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

pub(super) fn routes(mount: &mut Mount) {
    let view = Needs::Permission(Permission::LicencesView);
    let manage = Needs::Permission(Permission::LicencesManage);
    mount.api(Method::GET, "/api/v1/licences", view, list);
    mount.api(Method::PUT, "/api/v1/licences", manage, deposit);
    mount.api(Method::POST, "/api/v1/licences/import", manage, import_many);
    mount.api(Method::GET, "/api/v1/licences/{id}", view, show);
    mount.api(Method::GET, "/api/v1/licences/{id}/file", view, download);
    mount.api(Method::DELETE, "/api/v1/licences/{id}", manage, delete);
    let again = "/api/v1/licences/{id}/send-again";
    mount.api(Method::POST, again, manage, send_again);
    mount.api(
        Method::PUT,
        "/api/v1/terminals/{tid}/licence",
        manage,
        upload,
    );
    naming_api::routes(mount);
}

/// This slice's part of the OpenAPI document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(
        list,
        show,
        download,
        delete,
        send_again,
        deposit,
        import_many,
        super::particulars::import,
        upload,
        device::fetch,
        device::fetch_one,
        device::list,
        partner::deposit,
        partner::deposit_form,
        partner::list,
        partner::show
    ))]
    struct Paths;
    let mut whole = Paths::openapi();
    whole.merge(naming_api::openapi());
    whole
}

/// What a licence may be when it comes in.
pub(super) const LIMITS: Limits = Limits {
    max_bytes: MAX_BYTES,
    content_type: "application/octet-stream",
};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Licence)]
struct LicenceDto {
    #[serde(flatten)]
    told: Told,
    /// TID of the terminal where its serial number serves; null while that is nowhere.
    terminal: Option<Tid>,
    uploaded_at: Millis,
    uploaded_by: String,
    ended_by: Option<String>,
}

impl From<Licence> for LicenceDto {
    fn from(licence: Licence) -> Self {
        Self {
            told: Told::from(&licence),
            terminal: licence.place.map(|place| place.tid),
            uploaded_at: licence.uploaded_at,
            uploaded_by: licence.uploaded_by,
            ended_by: licence.ended_by,
        }
    }
}

/// Licences. Where each of several filters leaves more than 1,000, `total_is_exact` is false; a page for
/// which 2,000 were looked through is `capped`, and `next` goes on from there.
#[utoipa::path(get, path = "/api/v1/licences", tag = "Licences", params(Asked),
    responses((status = 200, body = Page<LicenceDto>)))]
async fn list(
    ctx: web::Data<Ctx>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let scope = caller.actor()?.scope;
    let (turn, search) = (asked.turn()?, asked.search(ctx.now())?);
    let found = ctx
        .db
        .read(move |conn| list_ops::search(conn, &scope, &search, &turn))
        .await?;
    Ok(HttpResponse::Ok().json(found.map(LicenceDto::from)))
}

/// One licence. Those that were delivered stay readable after they were replaced or deleted.
#[utoipa::path(get, path = "/api/v1/licences/{id}", tag = "Licences",
    params(("id" = i64, Path)), responses((status = 200, body = LicenceDto), (status = 404)))]
async fn show(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<LicenceId>,
) -> Result<HttpResponse, Failure> {
    let (scope, id) = (caller.actor()?.scope, *id);
    let licence = ctx
        .db
        .read(move |conn| look_ops::find(conn, &scope, id))
        .await?;
    Ok(HttpResponse::Ok().json(LicenceDto::from(licence)))
}

/// A licence's file, byte for byte. Looking at it here is no delivery.
#[utoipa::path(get, path = "/api/v1/licences/{id}/file", tag = "Licences",
    params(("id" = i64, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = [u8]),
              (status = 404), (status = 410, description = "`licence.file-gone`")))]
pub(super) async fn download(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<LicenceId>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let (scope, id) = (caller.actor()?.scope, *id);
    let (licence, blob) = ctx
        .db
        .read(move |conn| look_ops::open(conn, &scope, id))
        .await?;
    let what = Download {
        blob,
        file_name: licence.file_name,
        sent: None,
    };
    Ok(ctx.storage.answer(&req, what).await.map_err(Error::from)?)
}

/// Deletes a licence and takes it back from its terminal's work.
#[utoipa::path(delete, path = "/api/v1/licences/{id}", tag = "Licences",
    params(("id" = i64, Path)),
    responses((status = 204), (status = 404), (status = 409, description = "`licence.not-current`")))]
async fn delete(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<LicenceId>,
) -> Result<HttpResponse, Failure> {
    let (actor, id, now) = (caller.actor()?, *id, ctx.now());
    ctx.db
        .write(move |tx| ops::delete(tx, &actor, id, now))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Sends a licence once more, where its delivery came to nothing.
#[utoipa::path(post, path = "/api/v1/licences/{id}/send-again", tag = "Licences",
    params(("id" = i64, Path)),
    responses((status = 200, body = LicenceDto), (status = 404),
              (status = 409, description = "`licence.not-current`, `licence.nothing-to-send`")))]
async fn send_again(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<LicenceId>,
) -> Result<HttpResponse, Failure> {
    let (actor, id, now) = (caller.actor()?, *id, ctx.now());
    let sent = ctx.db.write(move |tx| {
        let sent = ops::send_again(tx, &actor, id, now)?;
        look_ops::find(tx, &actor.scope, sent.id)
    });
    Ok(HttpResponse::Ok().json(LicenceDto::from(sent.await?)))
}

/// How a licence is put.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Put {
    /// The name that the file is kept under.
    pub(super) file_name: String,
    /// `true` lets it take the place of another licence.
    #[serde(default)]
    pub(super) replace: bool,
}

/// Gives the device of a terminal a licence: the body is the file, byte for byte. The same again
/// changes nothing. The serial number may be left out; another device's is refused.
#[utoipa::path(put, path = "/api/v1/terminals/{tid}/licence", tag = "Licences",
    params(("tid" = String, Path), Put, Said),
    request_body(content = [u8], content_type = "application/octet-stream"),
    responses((status = 200, body = LicenceDto), (status = 201, body = LicenceDto), (status = 404),
              (status = 409, description = "`licence.exists`"),
              (status = 413, description = "`licence.too-large`"),
              (status = 422, description = "`licence.empty`, `licence.file-name`, \
                                            `licence.other-device` or `licence.invalid`")))]
async fn upload(
    ctx: web::Data<Ctx>,
    caller: Caller,
    tid: web::Path<String>,
    (put, said): (web::Query<Put>, web::Query<Said>),
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    let tid = Tid::parse(&tid).map_err(|_| Error::NoTerminal(tid.into_inner()))?;
    let new = take_in(&ctx, &caller, Some(tid), (&put, &said), body).await?;
    deposited(&ctx, &caller, new, &put).await
}

/// Deposits a licence for a serial number: the body is the file, byte for byte. The same again
/// changes nothing. Where no terminal has that serial number, the file waits, `unmatched`.
#[utoipa::path(put, path = "/api/v1/licences", tag = "Licences", params(Put, Said),
    request_body(content = [u8], content_type = "application/octet-stream"),
    responses((status = 200, body = LicenceDto), (status = 201, body = LicenceDto),
              (status = 409, description = "`licence.exists`"),
              (status = 413, description = "`licence.too-large`"),
              (status = 422, description = "`licence.empty`, `licence.file-name`, \
                                            `licence.no-serial` or `licence.invalid`")))]
async fn deposit(
    ctx: web::Data<Ctx>,
    caller: Caller,
    (put, said): (web::Query<Put>, web::Query<Said>),
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    let new = take_in(&ctx, &caller, None, (&put, &said), body).await?;
    deposited(&ctx, &caller, new, &put).await
}

/// The parts of an import; the files go last.
#[derive(Debug, ToSchema)]
#[expect(
    dead_code,
    reason = "it only describes the form, which is read part by part"
)]
struct ImportForm {
    /// `true` lets licences take the place of others.
    replace: Option<bool>,
    /// A table of what the files are for: `file_name`, `serial_number`, `platform`, `software`,
    /// `lic_id`, `valid_from`, `valid_until`. Files that it does not name are read by their names.
    #[schema(value_type = Option<String>, format = Binary)]
    csv: Option<Vec<u8>>,
    /// Licences, or zip archives of them; as many as wished.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<Vec<u8>>,
}

/// The task that was begun.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LicenceImport)]
struct Begun {
    task: TaskId,
    /// Where its progress and what became of each file can be read.
    link: String,
}

/// Takes in many licences at once, as single files or in zip archives. What becomes of each is told
/// by the task that this begins.
#[utoipa::path(post, path = "/api/v1/licences/import", tag = "Licences",
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 202, body = Begun),
              (status = 400, description = "`licence.bad-form`"),
              (status = 413, description = "`licence.form-too-large` or `licence.too-many-files`"),
              (status = 422, description = "`licence.no-file`")))]
async fn import_many(
    ctx: web::Data<Ctx>,
    caller: Caller,
    body: Multipart,
) -> Result<HttpResponse, Failure> {
    let mut replace = false;
    let (bundle, replace) = form::receive_many(&ctx, &caller, body, &mut replace, false).await?;
    let task = import::begin(&ctx, caller.actor()?, bundle, replace).await?;
    let link = format!("/api/v1/tasks/{task}");
    Ok(HttpResponse::Accepted()
        .insert_header((header::LOCATION, link.clone()))
        .json(Begun { task, link }))
}

async fn deposited(
    ctx: &Ctx,
    caller: &Caller,
    new: NewLicence,
    put: &Put,
) -> Result<HttpResponse, Failure> {
    let (actor, now, replace) = (caller.actor()?, ctx.now(), Replace::when(put.replace));
    let (licence, uploaded) = ctx
        .db
        .write(move |tx| ops::upload(tx, &actor, new, replace, now))
        .await?;
    Ok(answer(&LicenceDto::from(licence), uploaded))
}

/// Stores the file that a body is.
pub(super) async fn take_in(
    ctx: &Ctx,
    caller: &Caller,
    tid: Option<Tid>,
    (put, said): (&Put, &Said),
    body: web::Payload,
) -> Result<NewLicence, Failure> {
    let scope = caller.actor()?.scope;
    let file_name = file_name(&put.file_name).ok_or(Error::FileName)?;
    let facts = said.facts().map_err(Error::Invalid)?;
    // Nothing is taken in for a device that is not there.
    let (asked, wanted) = (tid.clone(), facts.clone());
    ctx.db
        .read(move |conn| look_ops::expect(conn, &scope, asked.as_ref(), &wanted))
        .await?;
    let blob = ctx
        .storage
        .upload(body, LIMITS)
        .await
        .map_err(Error::from)?;
    Ok(NewLicence {
        tid,
        facts,
        file_name,
        blob,
    })
}

pub(super) fn answer(dto: &impl Serialize, uploaded: Uploaded) -> HttpResponse {
    match uploaded {
        Uploaded::New | Uploaded::Superseding => HttpResponse::Created().json(dto),
        Uploaded::Same => HttpResponse::Ok().json(dto),
    }
}
