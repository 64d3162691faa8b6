//! `GET /assets/{hash}/{file}`: style, scripts and pictures of the pages.
use super::error::Error;
use crate::http::Failure;
use crate::views::assets;
use actix_web::http::header::{self, ETag, EntityTag, IfNoneMatch};
use actix_web::{HttpResponse, web};

/// The address changes with the content, so a browser need never ask again.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// For an address of another version of this server: what is served is not what it promised.
const ASK_AGAIN: &str = "public, no-cache";

pub(super) async fn asset(
    path: web::Path<(String, String)>,
    known: Option<web::Header<IfNoneMatch>>,
) -> Result<HttpResponse, Failure> {
    let (hash, name) = path.into_inner();
    let asset = assets::find(&name).ok_or(Error::NoSuchAsset)?;
    let tag = EntityTag::new_strong(asset.hash.clone());
    let fresh = match known.map(web::Header::into_inner) {
        Some(IfNoneMatch::Any) => true,
        Some(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(&tag)),
        None => false,
    };
    let mut answer = if fresh {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    answer.insert_header(ETag(tag)).insert_header((
        header::CACHE_CONTROL,
        if hash == asset.hash {
            FOR_EVER
        } else {
            ASK_AGAIN
        },
    ));
    if fresh {
        return Ok(answer.finish());
    }
    Ok(answer
        .content_type(asset.content_type)
        .body(web::Bytes::from_static(&asset.bytes)))
}
