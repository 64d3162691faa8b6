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
use crate::http::{Failure, Parts, name_of, skip, typed};
use crate::ids::Tid;
use actix_multipart::{Field, Multipart};
use futures_util::StreamExt;

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

/// Reads the whole form. What was typed so far is in `form` even when this fails.
pub(super) async fn receive(
    ctx: &Ctx,
    caller: &Caller,
    body: Multipart,
    form: &mut Typed,
) -> Result<NewLicence, Failure> {
    let mut parts = Parts::of(body);
    let received = read(ctx, caller, &mut parts, form).await;
    if received.is_err() {
        parts.drain().await;
    }
    received
}

/// The same from a program, which has no token to show.
pub(super) async fn receive_plain(
    ctx: &Ctx,
    caller: &Caller,
    body: Multipart,
    form: &mut Typed,
) -> Result<NewLicence, Failure> {
    let mut parts = Parts::of(body);
    let received = read_parts(ctx, caller, &mut parts, form).await;
    if received.is_err() {
        parts.drain().await;
    }
    received
}

async fn read(
    ctx: &Ctx,
    caller: &Caller,
    parts: &mut Parts,
    form: &mut Typed,
) -> Result<NewLicence, Failure> {
    // Before the token fits, nothing else of the request counts.
    let token = parts.first("_csrf").await.map_err(Error::from)?;
    check_csrf(caller, &token)?;
    read_parts(ctx, caller, parts, form).await
}

async fn read_parts(
    ctx: &Ctx,
    caller: &Caller,
    parts: &mut Parts,
    form: &mut Typed,
) -> Result<NewLicence, Failure> {
    while let Some(mut field) = parts.next().await.map_err(Error::from)? {
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(place) = form.place(&name) {
            *place = typed(&mut field).await.map_err(Error::from)?;
            continue;
        }
        match name.as_str() {
            "replace" => form.replace = typed(&mut field).await.map_err(Error::from)? == "true",
            "file" => return take_in(ctx, caller, form, &mut field).await,
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
    let mut parts = Parts::of(body);
    let received = read_many(ctx, caller, &mut parts, replace, has_token).await;
    if received.is_err() {
        parts.drain().await;
    }
    Ok((received?, Replace::when(*replace)))
}

async fn read_many(
    ctx: &Ctx,
    caller: &Caller,
    parts: &mut Parts,
    replace: &mut bool,
    has_token: bool,
) -> Result<Bundle, Failure> {
    if has_token {
        let token = parts.first("_csrf").await.map_err(Error::from)?;
        check_csrf(caller, &token)?;
    }
    bundle::pack(ctx, async |packer| {
        while let Some(mut field) = parts.next().await.map_err(Error::from)? {
            let name = name_of(&field);
            match field.name().unwrap_or_default() {
                "replace" => *replace = typed(&mut field).await.map_err(Error::from)? == "true",
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
    form: &Typed,
    field: &mut Field,
) -> Result<NewLicence, Failure> {
    let (scope, wanted) = (caller.actor()?.scope, form.terminal.clone());
    let name = name_of(field);
    // A field must not be asked again after its end.
    let mut bytes = field.fuse();
    // Nothing is taken in for a terminal that is not there.
    let taken = async {
        let facts = form.said.facts().map_err(Error::Invalid)?;
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
