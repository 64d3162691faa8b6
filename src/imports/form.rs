//! The upload form, read as it arrives: the token first, then what was chosen, then the file, which
//! streams into the store and is never whole in memory.
use super::Import;
use super::error::Error;
use super::receive::{Received, take_in};
use crate::access::{Caller, check_csrf};
use crate::context::Ctx;
use crate::http::Failure;
use crate::sheets::Encoding;
use actix_multipart::{Field, Multipart, MultipartError};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};

/// The longest value of a field that is chosen.
const CHOSEN_MAX: usize = 512;
/// How much of a refused upload is still read, so that the browser listens to the answer.
const DRAINED_MAX: usize = 16 << 20;

type Piece = Result<Bytes, MultipartError>;

/// Reads the whole form: the file, and its name. What was chosen so far is in `encoding` even when
/// this fails.
pub(super) async fn receive(
    ctx: &Ctx,
    import: &Import,
    caller: &Caller,
    body: Multipart,
    encoding: &mut String,
) -> Result<(Received, String), Failure> {
    let mut body = Some(body);
    let received = read(ctx, import, caller, &mut body, encoding).await;
    if received.is_err() {
        while let Ok(Some(mut field)) = next(&mut body).await {
            skip(&mut field).await;
        }
    }
    received
}

async fn read(
    ctx: &Ctx,
    import: &Import,
    caller: &Caller,
    body: &mut Option<Multipart>,
    encoding: &mut String,
) -> Result<(Received, String), Failure> {
    // Before the token fits, nothing else of the request counts.
    let token = match next(body).await? {
        Some(mut field) if field.name() == Some("_csrf") => text(&mut field).await?,
        _ => String::new(),
    };
    check_csrf(caller, &token)?;
    while let Some(mut field) = next(body).await? {
        match field.name().unwrap_or_default() {
            "encoding" => *encoding = text(&mut field).await?,
            "file" => return Ok(file(ctx, import, caller, encoding, &mut field).await?),
            _ => skip(&mut field).await,
        }
    }
    Err(Error::NoFile.into())
}

async fn file(
    ctx: &Ctx,
    import: &Import,
    caller: &Caller,
    encoding: &str,
    field: &mut Field,
) -> Result<(Received, String), Error> {
    let name = field
        .content_disposition()
        .and_then(|shape| shape.get_filename())
        .unwrap_or_default()
        .to_owned();
    // A field must not be asked again after its end.
    let mut bytes = field.fuse();
    let taken = async {
        // A browser sends an empty name when no file was chosen.
        if name.is_empty() {
            return Err(Error::NoFile);
        }
        let told = match encoding {
            "" => None,
            name => Some(Encoding::parse(name)?),
        };
        take_in(ctx, import, bytes.by_ref(), (told, caller.look.lang)).await
    }
    .await;
    if taken.is_err() {
        skip(&mut bytes).await;
    }
    Ok((taken?, name))
}

/// The next part. A body that ended, or was none of parts, is gone: asked again it would panic.
async fn next(body: &mut Option<Multipart>) -> Result<Option<Field>, Error> {
    let Some(parts) = body else {
        return Ok(None);
    };
    match parts.try_next().await {
        Ok(Some(field)) => Ok(Some(field)),
        ended => {
            *body = None;
            ended.map_err(|_| Error::BadForm)
        }
    }
}

async fn text(field: &mut Field) -> Result<String, Error> {
    let Ok(Ok(bytes)) = field.bytes(CHOSEN_MAX).await else {
        return Err(Error::BadForm);
    };
    String::from_utf8(bytes.into())
        .map(|text| text.trim().to_owned())
        .map_err(|_| Error::BadForm)
}

async fn skip(bytes: &mut (impl Stream<Item = Piece> + Unpin)) {
    let mut left = DRAINED_MAX;
    while let Some(Ok(piece)) = bytes.next().await {
        match left.checked_sub(piece.len()) {
            Some(less) => left = less,
            None => return,
        }
    }
}
