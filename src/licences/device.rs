//! The licence as its terminal fetches it.
use super::error::Error;
use super::ops;
use crate::access::{Mount, Needs};
use crate::context::Ctx;
use crate::http::Failure;
use crate::storage::{self, Download};
use crate::terminals::Device;
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};

pub(super) fn routes(mount: &mut Mount) {
    let path = "/terminal/v1/licence";
    mount.terminal(Method::GET, path, Needs::Terminal, fetch);
}

/// GET and HEAD: the terminal's own licence, byte for byte, whole or in ranges. Nobody can ask for
/// another terminal's: the address names none.
#[utoipa::path(get, path = "/terminal/v1/licence", tag = "Terminal API",
    responses((status = 200, description = "The licence file; its ETag is its SHA-256",
                   content_type = "application/octet-stream", body = [u8]),
              (status = 206, description = "The asked part of it"),
              (status = 304, description = "The terminal has it already"),
              (status = 404, description = "`licence.none`: this terminal has no licence")))]
pub(super) async fn fetch(
    ctx: web::Data<Ctx>,
    device: Device,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let id = device.id;
    let (licence, blob) = ctx.db.read(move |conn| ops::of_terminal(conn, id)).await?;
    let file_name = licence.file_name.clone();
    let note = ctx.clone();
    let sent = async move {
        let now = note.now();
        let noted = note.db.write(move |tx| ops::fetched(tx, &licence, now));
        noted.await.map_err(storage::Error::Db)
    };
    let what = Download {
        blob,
        file_name,
        sent: Some(Box::pin(sent)),
    };
    Ok(ctx.storage.answer(&req, what).await.map_err(Error::from)?)
}
