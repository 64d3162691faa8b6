//! Many files on their way in: what a form brings is one stream into one blob, file after file, with a
//! list of where each begins at its end. So an upload that broke off leaves nothing, and a task that
//! was cut short finds every file again.
use super::archive::is_zip;
use super::error::Error;
use super::model::MAX_BYTES;
use super::table;
use crate::context::Ctx;
use crate::sheets::{Layout, Matched, Survey, match_header};
use crate::storage::{self, Blob, Limits};
use actix_multipart::Field;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

/// The most files that one form brings, and the most bytes.
pub(super) const FILES_MAX: usize = 20_000;
pub(super) const BYTES_MAX: u64 = 512 << 20;
const LIMITS: Limits = Limits {
    max_bytes: BYTES_MAX,
    content_type: "application/octet-stream",
};
/// Pieces that wait for the store.
const AHEAD: usize = 8;
const NAME_MAX: usize = 300;
/// Bytes that tell an archive from a licence.
const HEAD: usize = 4;

/// What a part of a bundle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum What {
    Licence,
    Zip,
    /// Larger than any licence; only its beginning is there.
    TooLarge,
    /// What is known of the files, as a table.
    Csv,
}

/// One file of a bundle.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) what: What,
    /// Where its bytes are in the blob.
    pub(super) span: (u64, u64),
}

/// The list at the end of a bundle.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Index {
    pub(super) parts: Vec<Part>,
    /// How the table that came along is to be read.
    pub(super) table: Option<Table>,
}

/// A table of what the files are for: where it is, and how it is read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Table {
    pub(super) span: (u64, u64),
    pub(super) layout: Layout,
    pub(super) matched: Matched,
}

/// A bundle that arrived whole.
pub(super) struct Bundle {
    pub(super) blob: Blob,
    /// Where its list is.
    pub(super) index: (u64, u64),
    pub(super) parts: usize,
    /// What people know it by.
    pub(super) name: String,
}

/// Takes files in, one after the other.
pub(super) struct Packer {
    to: mpsc::Sender<Bytes>,
    index: Index,
    at: u64,
}

impl Packer {
    /// One file of the form, to its end.
    pub(super) async fn add(
        &mut self,
        name: &str,
        is_csv: bool,
        field: &mut Field,
    ) -> Result<(), Error> {
        if self.index.parts.len() >= FILES_MAX {
            return Err(Error::TooManyFiles);
        }
        let from = self.at;
        let mut survey = Survey::default();
        let mut what = if is_csv { What::Csv } else { What::Licence };
        let mut head: Vec<u8> = Vec::with_capacity(HEAD);
        let mut bytes = field.fuse();
        while let Some(piece) = bytes.next().await {
            let piece = piece.map_err(|_| Error::BadForm)?;
            if what == What::Licence && head.len() < HEAD {
                // A piece ends wherever the network had it.
                head.extend(piece.iter().take(HEAD - head.len()));
                if is_zip(&head) {
                    what = What::Zip;
                }
            }
            if is_csv {
                survey.feed(&piece)?;
            }
            let is_over = self.at - from + piece.len() as u64 > MAX_BYTES;
            if what == What::Licence && is_over {
                what = What::TooLarge;
            }
            if what == What::TooLarge {
                continue;
            }
            self.at += piece.len() as u64;
            if self.at > BYTES_MAX {
                return Err(Error::FormTooLarge);
            }
            self.to.send(piece).await.map_err(|_| Error::BadForm)?;
        }
        if is_csv {
            if self.index.table.is_some() {
                return Err(Error::TableTwice);
            }
            let layout = survey.finish(None, None)?;
            let matched = match_header(&layout.header, table::COLUMNS)?;
            self.index.table = Some(Table {
                span: (from, self.at),
                layout,
                matched,
            });
        }
        self.index.parts.push(Part {
            name: name
                .chars()
                .filter(|c| !c.is_control())
                .take(NAME_MAX)
                .collect(),
            what,
            span: (from, self.at),
        });
        Ok(())
    }

    async fn close(self) -> Result<(Index, (u64, u64)), Error> {
        let list = serde_json::to_vec(&self.index).map_err(|_| Error::BadForm)?;
        let span = (self.at, self.at + list.len() as u64);
        self.to
            .send(list.into())
            .await
            .map_err(|_| Error::BadForm)?;
        Ok((self.index, span))
    }
}

/// Packs what `fill` adds into one blob.
pub(super) async fn pack(
    ctx: &Ctx,
    fill: impl AsyncFnOnce(&mut Packer) -> Result<(), crate::http::Failure>,
) -> Result<Bundle, crate::http::Failure> {
    let (to, from) = mpsc::channel::<Bytes>(AHEAD);
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let pieces = stream::unfold(from, |mut from| async move {
        from.recv()
            .await
            .map(|piece| (Ok::<_, String>(piece), from))
    });
    // Without a word at its end, the stream broke off, and nothing of it is kept.
    let last = stream::once(async move {
        ended
            .await
            .map(|()| Bytes::new())
            .map_err(|_| "the form broke off".to_owned())
    });
    let storing = ctx.storage.upload(pieces.chain(last).boxed(), LIMITS);
    let filling = async move {
        let mut packer = Packer {
            to,
            index: Index::default(),
            at: 0,
        };
        fill(&mut packer).await?;
        if !packer.index.parts.iter().any(|part| part.what != What::Csv) {
            return Err(Error::NoFile.into());
        }
        let closed = packer.close().await?;
        // Whoever listens is gone only when storing failed, which is told then.
        end.send(()).ok();
        Ok::<_, crate::http::Failure>(closed)
    };
    let (stored, filled) = tokio::join!(storing, filling);
    let (index, span) = match (filled, &stored) {
        // A store that failed takes the form down with it: its word counts.
        (Err(_), Err(cause)) if !matches!(cause, storage::Error::Interrupted(_)) => {
            return Err(Error::from(stored.err().unwrap_or(storage::Error::Empty)).into());
        }
        (filled, _) => filled?,
    };
    let blob = stored.map_err(Error::from)?;
    let name = match index.parts.as_slice() {
        [only] => only.name.clone(),
        [first, ..] => format!("{} …", first.name),
        [] => String::new(),
    };
    Ok(Bundle {
        blob,
        index: span,
        parts: index.parts.len(),
        name,
    })
}

/// The list of a bundle.
pub(super) async fn index(ctx: &Ctx, blob: &Blob, span: (u64, u64)) -> Result<Index, Error> {
    let bytes = bytes_of(ctx, blob, span).await?;
    serde_json::from_slice(&bytes).map_err(|_| Error::BadForm)
}

/// The bytes of one part.
pub(super) async fn bytes_of(
    ctx: &Ctx,
    blob: &Blob,
    (from, to): (u64, u64),
) -> Result<Vec<u8>, Error> {
    if from >= to {
        return Ok(Vec::new());
    }
    let mut pieces = ctx.storage.read(blob, from..to).await?;
    let mut all = Vec::new();
    while let Some(piece) = pieces.try_next().await? {
        all.extend_from_slice(&piece);
    }
    Ok(all)
}
