//! Taking bytes in: streamed to a key of their own while they are hashed, then adopted as a blob.
use super::store::{self, Adopted, NewBlob};
use super::{Blob, Error, Storage};
use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::{Stream, StreamExt};
use object_store::buffered::BufWriter;
use ring::digest::{Context, SHA256};
use std::fmt::Display;
use std::pin::pin;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// An upload that is not done by then is given up.
const LONGEST: Duration = Duration::from_hours(24);

/// What an upload may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub max_bytes: u64,
    /// Kept with the blob, and answered when nobody says better.
    pub content_type: &'static str,
}

/// One upload under way. Dropping it half-way (the client went away) cleans up behind it; a killed
/// process leaves a row by which the collection does.
struct Upload {
    storage: Storage,
    store_key: String,
    writer: Option<BufWriter>,
    hash: Context,
    size: u64,
}

impl Storage {
    /// Streams `bytes` into the store and answers the blob that holds them: a new one, or the one
    /// that had the same content already. Nobody owns it yet: take a reference with
    /// [`super::hold`] in the transaction that needs it, within a day.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::TooLarge`], [`Error::Interrupted`], [`Error::DiskFull`] and
    /// faults; nothing is left behind.
    pub async fn upload<E: Display>(
        &self,
        bytes: impl Stream<Item = Result<Bytes, E>>,
        limits: Limits,
    ) -> Result<Blob, Error> {
        let mut upload = Upload::begin(self).await?;
        match upload.run(bytes, limits).await {
            Ok(blob) => Ok(blob),
            Err(refused) => {
                upload.abandon().await;
                Err(refused)
            }
        }
    }
}

impl Upload {
    async fn begin(storage: &Storage) -> Result<Self, Error> {
        let store_key = super::new_key();
        announce(storage, std::slice::from_ref(&store_key)).await?;
        Ok(Self {
            storage: storage.clone(),
            writer: Some(storage.place().writer(&store_key)),
            store_key,
            hash: Context::new(&SHA256),
            size: 0,
        })
    }

    async fn run<E: Display>(
        &mut self,
        bytes: impl Stream<Item = Result<Bytes, E>>,
        limits: Limits,
    ) -> Result<Blob, Error> {
        let mut bytes = pin!(bytes);
        while let Some(piece) = bytes.next().await {
            let piece = piece.map_err(|e| Error::Interrupted(e.to_string()))?;
            self.size += piece.len() as u64;
            if self.size > limits.max_bytes {
                return Err(Error::TooLarge {
                    limit_bytes: limits.max_bytes,
                });
            }
            self.hash.update(&piece);
            self.writer()?.put(piece).await?;
        }
        if self.size == 0 {
            return Err(Error::Empty);
        }
        self.finish(limits.content_type).await
    }

    fn writer(&mut self) -> Result<&mut BufWriter, Error> {
        self.writer
            .as_mut()
            .ok_or_else(|| Error::Interrupted("the upload is closed".into()))
    }

    async fn finish(&mut self, content_type: &'static str) -> Result<Blob, Error> {
        let Some(mut writer) = self.writer.take() else {
            return Err(Error::Interrupted("the upload is closed".into()));
        };
        let new = NewBlob {
            sha256: super::hex(self.hash.clone().finish().as_ref()),
            size_bytes: i64::try_from(self.size).unwrap_or(i64::MAX),
            store_key: self.store_key.clone(),
            content_type: content_type.to_owned(),
        };
        let writing = async move { writer.shutdown().await.map_err(Error::from) };
        let landed = land(&self.storage, vec![new], writing).await?;
        landed.into_iter().next().ok_or_else(too_late)
    }

    async fn abandon(mut self) {
        if let Some(writer) = self.writer.take() {
            break_off(self.storage.clone(), self.store_key.clone(), writer).await;
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let Some(writer) = self.writer.take() else {
            return;
        };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (storage, key) = (self.storage.clone(), self.store_key.clone());
            runtime.spawn(break_off(storage, key, writer));
        }
    }
}

/// Notes keys before their first bytes are written.
pub(super) async fn announce(storage: &Storage, keys: &[String]) -> Result<(), Error> {
    let (keys, due) = (keys.to_vec(), storage.clock().now() + LONGEST);
    let announced = storage
        .db()
        .write(move |tx| store::announce(tx, &keys, due));
    Ok(announced.await?)
}

/// Has the last bytes of announced keys written, makes them durable, and only then makes them blobs, in
/// their order. It runs in a task of its own: what is being put in its place must not be cut short.
pub(super) async fn land(
    storage: &Storage,
    new: Vec<NewBlob>,
    writing: impl Future<Output = Result<(), Error>> + Send + 'static,
) -> Result<Vec<Blob>, Error> {
    let storage = storage.clone();
    let landing = tokio::spawn(async move {
        let keys: Vec<String> = new.iter().map(|one| one.store_key.clone()).collect();
        match adopt(&storage, new, &keys, writing).await {
            Ok(adopted) => settle(&storage, adopted, &keys).await,
            Err(cause) => {
                join_all(keys.iter().map(|key| give_up(&storage, key))).await;
                Err(cause)
            }
        }
    });
    landing
        .await
        .unwrap_or_else(|gone| Err(Error::Unreachable(gone.into())))
}

async fn adopt(
    storage: &Storage,
    new: Vec<NewBlob>,
    keys: &[String],
    writing: impl Future<Output = Result<(), Error>>,
) -> Result<Vec<Adopted>, Error> {
    writing.await?;
    storage.place().make_durable(keys).await?;
    let now = storage.clock().now();
    let adopted = storage.db().write(move |tx| store::adopt(tx, &new, now));
    Ok(adopted.await?)
}

/// Deletes the bytes that became no blob. The collection may have looked for those that came late before
/// their last were there.
async fn settle(
    storage: &Storage,
    adopted: Vec<Adopted>,
    keys: &[String],
) -> Result<Vec<Blob>, Error> {
    let idle = adopted.iter().zip(keys);
    let idle = idle.filter(|(one, _)| !matches!(one, Adopted::New(_)));
    join_all(idle.map(|(_, key)| storage.delete_doomed(key))).await;
    let blob = |one| match one {
        Adopted::New(blob) | Adopted::Known(blob) => Ok(blob),
        Adopted::Late => Err(too_late()),
    };
    adopted.into_iter().map(blob).collect()
}

fn too_late() -> Error {
    Error::Interrupted("it took longer than a day".into())
}

async fn break_off(storage: Storage, store_key: String, mut writer: BufWriter) {
    if let Err(e) = writer.abort().await {
        tracing::debug!(error = %e, blob.key = store_key, "nothing to abort");
    }
    give_up(&storage, &store_key).await;
}

/// Deletes what an upload left. The database decides: when a commit's answer was lost on the way,
/// the key may belong to a blob already.
async fn give_up(storage: &Storage, store_key: &str) {
    let (key, now) = (store_key.to_owned(), storage.clock().now());
    let doomed = storage.db().write(move |tx| store::doom(tx, &[&key], now));
    match doomed.await {
        Ok(doomed) if doomed.is_empty() => {}
        Ok(_) => {
            storage.delete_doomed(store_key).await;
        }
        Err(e) => tracing::warn!(
            error = %e, blob.key = store_key,
            "an upload that broke off stays until the next collection"
        ),
    }
}
