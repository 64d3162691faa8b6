//! Licences as their terminal fetches them.
use super::delivery_ops;
use super::error::Error;
use super::facts_model::day_text;
use super::look_ops::{self, Which};
use super::model::{LINK, Licence};
use crate::access::{Mount, Needs};
use crate::context::Ctx;
use crate::http::Failure;
use crate::ids::LicenceId;
use crate::storage::{self, Download};
use crate::terminals::Device;
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub(super) fn routes(mount: &mut Mount) {
    let own = Needs::Terminal;
    mount.terminal(Method::GET, "/terminal/v1/licence", own, fetch);
    mount.terminal(Method::GET, "/terminal/v1/licences", own, list);
    mount.terminal(Method::GET, "/terminal/v1/licences/{id}", own, fetch_one);
}

/// Which of its licences the terminal asks for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// The software that it is for. Without it, the licence for no software in particular, or the
    /// only one.
    software: Option<String>,
}

/// GET and HEAD: the terminal's own licence, byte for byte, whole or in ranges. Nobody can ask for
/// another terminal's: the address names none.
#[utoipa::path(get, path = "/terminal/v1/licence", tag = "Terminal API", params(Asked),
    responses((status = 200, description = "The licence file; its ETag is its SHA-256",
                   content_type = "application/octet-stream", body = [u8]),
              (status = 206, description = "The asked part of it"),
              (status = 304, description = "The terminal has it already"),
              (status = 404, description = "`licence.none`: this terminal has no such licence"),
              (status = 409, description = "`licence.which`: it has several, and none of them is \
                                            for no software in particular")))]
pub(super) async fn fetch(
    ctx: web::Data<Ctx>,
    device: Device,
    asked: web::Query<Asked>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let which = match asked.into_inner().software {
        Some(name) => Which::Software(name),
        None => Which::Own,
    };
    give(&ctx, &device, which, &req).await
}

/// One of the terminal's licences, as a list or a work item links to it; otherwise like
/// `/terminal/v1/licence`. Another terminal's is `licence.none`.
#[utoipa::path(get, path = "/terminal/v1/licences/{id}", tag = "Terminal API",
    params(("id" = i64, Path)),
    responses((status = 200, description = "The licence file; its ETag is its SHA-256",
                   content_type = "application/octet-stream", body = [u8]),
              (status = 206, description = "The asked part of it"),
              (status = 304, description = "The terminal has it already"),
              (status = 404, description = "`licence.none`: this terminal has no such licence")))]
pub(super) async fn fetch_one(
    ctx: web::Data<Ctx>,
    device: Device,
    id: web::Path<String>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let id = id.parse().map_err(|_| Error::None)?;
    give(&ctx, &device, Which::Id(LicenceId(id)), &req).await
}

async fn give(
    ctx: &web::Data<Ctx>,
    device: &Device,
    which: Which,
    req: &HttpRequest,
) -> Result<HttpResponse, Failure> {
    let id = device.id;
    let (licence, blob) = ctx
        .db
        .read(move |conn| look_ops::of_terminal(conn, id, &which))
        .await?;
    let file_name = licence.file_name.clone();
    let note = ctx.clone();
    let sent = async move {
        let now = note.now();
        let noted = note
            .db
            .write(move |tx| delivery_ops::fetched(tx, &licence, now));
        noted.await.map_err(storage::Error::Db)
    };
    let what = Download {
        blob,
        file_name,
        sent: Some(Box::pin(sent)),
    };
    Ok(ctx.storage.answer(req, what).await.map_err(Error::from)?)
}

/// A licence as its terminal hears of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnLicence)]
pub(super) struct Own {
    id: LicenceId,
    platform: String,
    /// Empty when it is for no software in particular.
    software: String,
    lic_id: String,
    file_name: String,
    size_bytes: i64,
    /// Of the file, in hexadecimal.
    sha256: String,
    /// The first and the last day that it holds.
    valid_from: Option<String>,
    valid_until: Option<String>,
    /// Where the file is.
    link: String,
}

impl From<Licence> for Own {
    fn from(licence: Licence) -> Self {
        Self {
            link: format!("{LINK}/{}", licence.id),
            id: licence.id,
            platform: licence.facts.platform,
            software: licence.facts.software,
            lic_id: licence.facts.lic_id,
            file_name: licence.file_name,
            size_bytes: licence.size_bytes,
            sha256: licence.sha256,
            valid_from: licence.facts.valid_from.map(day_text),
            valid_until: licence.facts.valid_until.map(day_text),
        }
    }
}

/// What a terminal has licences for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnLicences)]
pub(super) struct All {
    licences: Vec<Own>,
}

/// Every licence that the terminal has or is to get, by age.
#[utoipa::path(get, path = "/terminal/v1/licences", tag = "Terminal API",
    responses((status = 200, body = All)))]
pub(super) async fn list(ctx: web::Data<Ctx>, device: Device) -> Result<HttpResponse, Failure> {
    let id = device.id;
    let held = ctx
        .db
        .read(move |conn| look_ops::all_of_terminal(conn, id))
        .await?;
    Ok(HttpResponse::Ok().json(All {
        licences: held.into_iter().map(Own::from).collect(),
    }))
}
