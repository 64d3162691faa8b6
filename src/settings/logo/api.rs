//! The logo over the Management API. The picture itself is at `/logo`, for whoever asks.
use super::page::put;
use super::{Kept, ops, take_in};
use crate::access::{Caller, Mount, Needs, Permission};
use crate::clock::Millis;
use crate::http::{Failure, query};
use crate::settings::Board;
use crate::settings::error::Error;
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const LOGO: &str = "/api/v1/logo";

pub(super) fn routes(mount: &mut Mount) {
    let manage = Needs::Permission(Permission::SettingsManage);
    mount.api(Method::GET, LOGO, manage, logo);
    mount.api(Method::PUT, LOGO, manage, put_logo);
    mount.api(Method::DELETE, LOGO, manage, remove_logo);
}

/// What is to be known of the logo.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Logo)]
struct Dto {
    /// Where the picture is; absent where there is none.
    link: Option<&'static str>,
    /// `image/png` or `image/jpeg`.
    content_type: Option<String>,
    width: Option<i64>,
    height: Option<i64>,
    size_bytes: Option<u64>,
    sha256: Option<String>,
    /// Rises with every change; send it back to change only what you read.
    version: i64,
    changed_at: Option<Millis>,
    changed_by: Option<String>,
}

impl From<Kept> for Dto {
    fn from(kept: Kept) -> Self {
        let logo = kept.logo.as_ref();
        Self {
            link: logo.map(|_| "/logo"),
            content_type: logo.map(|it| it.content_type.clone()),
            width: logo.map(|it| it.width),
            height: logo.map(|it| it.height),
            size_bytes: logo.map(|it| it.blob.size_bytes),
            sha256: logo.map(|it| it.blob.sha256.to_string()),
            version: kept.version,
            changed_at: kept.changed_at,
            changed_by: kept.changed_by,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Seen {
    /// When present, the change is made only if this is still the version.
    version: Option<i64>,
}

/// What is to be known of the logo; the picture itself is at `/logo`.
#[utoipa::path(get, path = "/api/v1/logo", tag = "Settings", responses((status = 200, body = Dto)))]
pub(in crate::settings) async fn logo(
    board: web::Data<Board>,
    _caller: Caller,
) -> Result<HttpResponse, Failure> {
    let kept = board.db.read(ops::find).await.map_err(Error::from)?;
    Ok(HttpResponse::Ok().json(Dto::from(kept)))
}

/// Puts a picture in place of the logo: the body is a PNG or JPEG of 16 to 2000 pixels either way
/// and 256 KiB at most. The same again changes nothing.
#[utoipa::path(put, path = "/api/v1/logo", tag = "Settings", params(Seen),
    request_body(content = [u8], content_type = "image/png"),
    responses((status = 200, body = Dto), (status = 409),
              (status = 422, description = "`settings.logo-form`, `settings.logo-size` or \
                                            `settings.logo-too-large`")))]
pub(in crate::settings) async fn put_logo(
    board: web::Data<Board>,
    caller: Caller,
    req: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    let seen: Seen = query(req.query_string())?;
    let new = take_in(&board.storage, body).await?;
    let kept = put(&board, &caller, Some(new), seen.version).await?;
    Ok(HttpResponse::Ok().json(Dto::from(kept)))
}

/// Removes the logo; again changes nothing.
#[utoipa::path(delete, path = "/api/v1/logo", tag = "Settings", params(Seen),
    responses((status = 204), (status = 409)))]
pub(in crate::settings) async fn remove_logo(
    board: web::Data<Board>,
    caller: Caller,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let seen: Seen = query(req.query_string())?;
    put(&board, &caller, None, seen.version).await?;
    Ok(HttpResponse::NoContent().finish())
}
