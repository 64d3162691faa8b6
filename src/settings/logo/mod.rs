//! The installation's logo: one picture of people's own making, shown to whoever opens the sign-in
//! page. PNG or JPEG, told by their bytes and not by their names, of limited size; no SVG, which is
//! a document that may carry script.
pub(super) mod api;
mod ops;
mod page;
mod picture_model;
mod store;

pub(super) use ops::find;
pub(super) use page::form_data;

use super::error::Error;
use crate::access::Mount;
use crate::clock::Millis;
use crate::storage::{Blob, Limits, Storage};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};
use picture_model::{Picture, look};
use std::fmt::Display;
use std::pin::pin;

/// The longest file that is taken.
const MAX_BYTES: usize = 256 * 1024;

/// A logo that is shown.
#[derive(Debug, Clone)]
pub struct Logo {
    pub(super) blob: Blob,
    /// `image/png` or `image/jpeg`.
    pub(super) content_type: String,
    pub(super) width: i64,
    pub(super) height: i64,
}

/// How it stands with the logo; version 0 was never changed.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    pub(super) logo: Option<Logo>,
    pub(super) version: i64,
    pub(super) changed_at: Option<Millis>,
    pub(super) changed_by: Option<String>,
}

pub(super) fn routes(mount: &mut Mount) {
    page::routes(mount);
    api::routes(mount);
}

/// A picture that was taken in.
struct New {
    blob: Blob,
    picture: Picture,
}

/// Reads a file that is small or refused, looks whether it is a picture, and stores it.
async fn take_in<E: Display>(
    storage: &Storage,
    bytes: impl Stream<Item = Result<Bytes, E>>,
) -> Result<New, Error> {
    let mut bytes = pin!(bytes);
    let mut file = BytesMut::new();
    while let Some(piece) = bytes.next().await {
        file.extend_from_slice(&piece.map_err(|_| Error::BadForm)?);
        if file.len() > MAX_BYTES {
            return Err(Error::logo("settings.logo-too-large", MAX_BYTES / 1024));
        }
    }
    let picture = look(&file)?;
    let limits = Limits {
        max_bytes: MAX_BYTES as u64,
        content_type: picture.content_type,
    };
    let whole = stream::iter([Ok::<_, std::convert::Infallible>(file.freeze())]);
    let blob = storage.upload(whole, limits).await?;
    Ok(New { blob, picture })
}
