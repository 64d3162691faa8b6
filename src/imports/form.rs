//! The upload form, read as it arrives: the token first, then what was chosen, then the file, which
//! streams into the store and is never whole in memory.
use super::Import;
use super::error::Error;
use super::receive::{Received, take_in};
use crate::access::{Caller, check_csrf};
use crate::context::Ctx;
use crate::http::{Failure, Parts, name_of, skip, typed};
use crate::sheets::Encoding;
use actix_multipart::{Field, Multipart};
use futures_util::StreamExt;

/// Reads the whole form: the file, and its name. What was chosen so far is in `encoding` even when
/// this fails.
pub(super) async fn receive(
    ctx: &Ctx,
    import: &Import,
    caller: &Caller,
    body: Multipart,
    encoding: &mut String,
) -> Result<(Received, String), Failure> {
    let mut parts = Parts::of(body);
    let received = read(ctx, import, caller, &mut parts, encoding).await;
    if received.is_err() {
        parts.drain().await;
    }
    received
}

async fn read(
    ctx: &Ctx,
    import: &Import,
    caller: &Caller,
    parts: &mut Parts,
    encoding: &mut String,
) -> Result<(Received, String), Failure> {
    // Before the token fits, nothing else of the request counts.
    let token = parts.first("_csrf").await.map_err(Error::from)?;
    check_csrf(caller, &token)?;
    while let Some(mut field) = parts.next().await.map_err(Error::from)? {
        match field.name().unwrap_or_default() {
            "encoding" => *encoding = typed(&mut field).await.map_err(Error::from)?,
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
    let name = name_of(field);
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
