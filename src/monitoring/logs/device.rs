//! Logs as their terminal sends them.
use super::model::{Counts, Log};
use super::receive::receive;
use super::receive_ops::{self, Named};
use super::upload::{Said, place};
use crate::access::{Mount, Needs};
use crate::context::Ctx;
use crate::http::Failure;
use crate::monitoring::Error;
use crate::terminals::Device;
use actix_web::http::{Method, header};
use actix_web::{HttpResponse, ResponseError as _, web};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

const PATH: &str = "/terminal/v1/logs/{kind}/{name}";

pub(super) fn routes(mount: &mut Mount) {
    let own = Needs::Terminal;
    mount.terminal(Method::PUT, PATH, own, put);
    mount.terminal(Method::GET, PATH, own, get);
}

#[derive(OpenApi)]
#[openapi(paths(put, get))]
struct Doc;

/// These operations in `OpenAPI`.
pub(super) fn openapi() -> utoipa::openapi::OpenApi {
    Doc::openapi()
}

/// How a log stands.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = LogReceived)]
struct Standing {
    /// What of it is kept: the terminal goes on from there.
    received: i64,
    /// It is all here.
    whole: bool,
    records: i64,
    /// Records that could not be read as the format says; they are kept all the same.
    unread: i64,
    /// What was overwritten before it was kept.
    scrubbed: Counts,
}

impl From<Log> for Standing {
    fn from(log: Log) -> Self {
        Self {
            received: log.received(),
            whole: log.whole,
            records: log.records,
            unread: log.unread,
            scrubbed: log.counts,
        }
    }
}

/// A part of a log, or all of it, plain or compressed by gzip or zstd. Only whole records are kept, so `received` may
/// be less than what was sent; bytes before it are compared and skipped, so a part may come twice. Where they differ it
/// is another file, which is to come from its first byte.
#[utoipa::path(put, path = "/terminal/v1/logs/{kind}/{name}", tag = "Terminal API", operation_id = "put_log",
    params(("kind" = String, Path, description = "`ecr` or `pos`"),
           ("name" = String, Path, description = "As the terminal calls it"), Said),
    request_body(content = [u8], content_type = "application/octet-stream"),
    responses((status = 200, body = Standing),
              (status = 400, description = "`log.bad-compression`, `http.truncated`"),
              (status = 404, description = "`log.unknown`: there is no such kind"),
              (status = 409, description = "`log.gap`, `log.another-file`, `log.closed`, `log.overtaken`, \
                                            `log.format-differs`; `received` says where to go on"),
              (status = 413, description = "`log.too-large`"),
              (status = 422, description = "What is said of the log will not do; `received` where it tells"),
              (status = 429, description = "`log.quota`: enough for one day"),
              (status = 503, description = "`log.crowded`: another log of this terminal is under way, or too many are")))]
async fn put(
    ctx: web::Data<Ctx>,
    device: Device,
    at: web::Path<(String, String)>,
    said: web::Query<Said>,
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    let (kind, name) = at.into_inner();
    let which = place(&kind, &name)?;
    let upload = said.into_inner().check(which, ctx.now())?;
    match receive(&ctx, &device, upload, body).await {
        Ok(log) => Ok(told(log)),
        Err(refused) => told_refused(refused),
    }
}

/// How a log of this terminal stands.
#[utoipa::path(get, path = "/terminal/v1/logs/{kind}/{name}", tag = "Terminal API", operation_id = "get_log",
    params(("kind" = String, Path, description = "`ecr` or `pos`"),
           ("name" = String, Path, description = "As the terminal calls it")),
    responses((status = 200, body = Standing),
              (status = 404, description = "`log.unknown`: nothing of it is here")))]
async fn get(
    ctx: web::Data<Ctx>,
    device: Device,
    at: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (kind, name) = at.into_inner();
    let (kind, name) = place(&kind, &name)?;
    let of = Named { device, kind, name };
    let log = ctx.db.read(move |conn| receive_ops::own(conn, &of)).await?;
    Ok(told(Some(log)))
}

fn told(log: Option<Log>) -> HttpResponse {
    let stands = log.map(Standing::from).unwrap_or_default();
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(stands)
}

/// The problem, with the place to go on from.
fn told_refused(refused: Error) -> Result<HttpResponse, Failure> {
    let received = refused.received();
    let failure = Failure::from(refused);
    let Some(received) = received else {
        return Err(failure);
    };
    let mut document = failure.document();
    document["received"] = received.into();
    let answer = failure.error_response().set_body(document.to_string());
    Ok(answer.map_into_boxed_body())
}
