//! The upload form, read as it arrives: the token first, then what was typed, then the file, which
//! streams into the store and is never whole in memory.
use super::api::LIMITS;
use super::bundle::{self, Bundle};
use super::error::Error;
use super::facts_model::Said;
use super::look_ops;
use super::model::{Replace, file_name};
use super::ops::NewLicence;
use crate::access::{Caller, check_csrf};
use crate::context::Ctx;
use crate::http::Failure;
use crate::ids::Tid;
use actix_multipart::{Field, Multipart, MultipartError};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};

/// The longest value of a field that is typed.
const TYPED_MAX: usize = 512;
/// How much of a refused upload is still read, so that the browser listens to the answer.
const DRAINED_MAX: usize = 16 << 20;

type Piece = Result<Bytes, MultipartError>;

/// What stood in the form beside the file, kept to show the form again.
#[derive(Debug, Default)]
pub(super) struct Typed {
    pub(super) terminal: String,
    pub(super) said: Said,
    pub(super) replace: bool,
}

impl Typed {
    pub(super) fn replace(&self) -> Replace {
        Replace::when(self.replace)
    }

    /// Where the value of a field goes.
    fn place(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "terminal" => &mut self.terminal,
            "serial_number" => &mut self.said.serial_number,
            "platform" => &mut self.said.platform,
            "software" => &mut self.said.software,
            "lic_id" => &mut self.said.lic_id,
            "valid_from" => &mut self.said.valid_from,
            "valid_until" => &mut self.said.valid_until,
            _ => return None,
        })
    }
}

/// Reads the whole form. What was typed so far is in `typed` even when this fails.
pub(super) async fn receive(
    ctx: &Ctx,
    caller: &Caller,
    body: Multipart,
    typed: &mut Typed,
) -> Result<NewLicence, Failure> {
    let mut body = Some(body);
    let received = read(ctx, caller, &mut body, typed).await;
    if received.is_err() {
        drain(&mut body).await;
    }
    received
}

/// The same from a program, which has no token to show.
pub(super) async fn receive_plain(
    ctx: &Ctx,
    caller: &Caller,
    body: Multipart,
    typed: &mut Typed,
) -> Result<NewLicence, Failure> {
    let mut body = Some(body);
    let received = read_parts(ctx, caller, &mut body, typed).await;
    if received.is_err() {
        drain(&mut body).await;
    }
    received
}

async fn read(
    ctx: &Ctx,
    caller: &Caller,
    body: &mut Option<Multipart>,
    typed: &mut Typed,
) -> Result<NewLicence, Failure> {
    // Before the token fits, nothing else of the request counts.
    let token = match next(body).await? {
        Some(mut field) if field.name() == Some("_csrf") => text(&mut field).await?,
        _ => String::new(),
    };
    check_csrf(caller, &token)?;
    read_parts(ctx, caller, body, typed).await
}

async fn read_parts(
    ctx: &Ctx,
    caller: &Caller,
    body: &mut Option<Multipart>,
    typed: &mut Typed,
) -> Result<NewLicence, Failure> {
    while let Some(mut field) = next(body).await? {
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(place) = typed.place(&name) {
            *place = text(&mut field).await?;
            continue;
        }
        match name.as_str() {
            "replace" => typed.replace = text(&mut field).await? == "true",
            "file" => return take_in(ctx, caller, typed, &mut field).await,
            _ => skip(&mut field).await,
        }
    }
    Err(Error::NoFile.into())
}

/// Reads a form of many files: what is typed first, then a table of what the files are for, then the
/// files. `replace` tells what was ticked even when this fails.
pub(super) async fn receive_many(
    ctx: &Ctx,
    caller: &Caller,
    body: Multipart,
    replace: &mut bool,
    has_token: bool,
) -> Result<(Bundle, Replace), Failure> {
    let mut body = Some(body);
    let received = read_many(ctx, caller, &mut body, replace, has_token).await;
    if received.is_err() {
        drain(&mut body).await;
    }
    Ok((received?, Replace::when(*replace)))
}

async fn read_many(
    ctx: &Ctx,
    caller: &Caller,
    body: &mut Option<Multipart>,
    replace: &mut bool,
    has_token: bool,
) -> Result<Bundle, Failure> {
    if has_token {
        let token = match next(body).await? {
            Some(mut field) if field.name() == Some("_csrf") => text(&mut field).await?,
            _ => String::new(),
        };
        check_csrf(caller, &token)?;
    }
    bundle::pack(ctx, async |packer| {
        while let Some(mut field) = next(body).await? {
            let shape = field.content_disposition();
            let name = shape
                .and_then(|shape| shape.get_filename())
                .unwrap_or_default();
            let name = name.to_owned();
            match field.name().unwrap_or_default() {
                "replace" => *replace = text(&mut field).await? == "true",
                // A browser sends an empty name where no file was chosen.
                "csv" | "file" if name.is_empty() => skip(&mut field).await,
                "csv" => packer.add(&name, true, &mut field).await?,
                "file" => packer.add(&name, false, &mut field).await?,
                _ => skip(&mut field).await,
            }
        }
        Ok(())
    })
    .await
}

async fn take_in(
    ctx: &Ctx,
    caller: &Caller,
    typed: &Typed,
    field: &mut Field,
) -> Result<NewLicence, Failure> {
    let (scope, wanted) = (caller.actor()?.scope, typed.terminal.clone());
    let name = field
        .content_disposition()
        .and_then(|shape| shape.get_filename())
        .unwrap_or_default()
        .to_owned();
    // A field must not be asked again after its end.
    let mut bytes = field.fuse();
    // Nothing is taken in for a terminal that is not there.
    let taken = async {
        let facts = typed.said.facts().map_err(Error::Invalid)?;
        let tid = match wanted.as_str() {
            "" => None,
            tid => Some(Tid::parse(tid).map_err(|_| Error::WrongTid(wanted.clone()))?),
        };
        let (asked, looked) = (tid.clone(), facts.clone());
        let there = ctx
            .db
            .read(move |conn| look_ops::expect(conn, &scope, asked.as_ref(), &looked));
        there.await.map_err(typed_wrong)?;
        // A browser sends an empty name when no file was chosen.
        if name.is_empty() {
            return Err(Error::NoFile);
        }
        let name = file_name(&name).ok_or(Error::FileName)?;
        let blob = ctx.storage.upload(bytes.by_ref(), LIMITS).await?;
        Ok(NewLicence {
            tid,
            facts,
            file_name: name,
            blob,
        })
    }
    .await;
    if taken.is_err() {
        skip(&mut bytes).await;
    }
    Ok(taken?)
}

fn typed_wrong(refused: Error) -> Error {
    match refused {
        Error::NoTerminal(tid) => Error::WrongTid(tid),
        other => other,
    }
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
    let Ok(Ok(bytes)) = field.bytes(TYPED_MAX).await else {
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

async fn drain(body: &mut Option<Multipart>) {
    while let Ok(Some(mut field)) = next(body).await {
        skip(&mut field).await;
    }
}
