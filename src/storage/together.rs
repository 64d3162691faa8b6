//! Small files taken in together: two transactions and one look at their folders for some of them,
//! where [`Storage::upload`] takes two and one for each.
use super::store::{self, Adopted, NewBlob};
use super::upload::{LONGEST, give_up};
use super::{Blob, Error, Storage};
use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::PutPayload;
use ring::digest::{SHA256, digest};
use std::sync::Arc;

/// Files of one transaction: others wait for no more than this many.
const SOME: usize = 16;
/// Of these, how many are written at once, and how many such groups are on their way.
const AT_ONCE: usize = 8;
const GROUPS: usize = 2;

impl Storage {
    /// Stores files that the caller holds anyway, and answers the blob of each in their order. Nobody owns
    /// them yet: see [`Storage::upload`].
    ///
    /// # Errors
    /// [`Error::Empty`] when one of them is; [`Error::DiskFull`] and faults. What had become a blob by then
    /// is collected like all that nobody owns.
    pub async fn upload_together(
        &self,
        files: &[Bytes],
        content_type: &'static str,
    ) -> Result<Vec<Blob>, Error> {
        if files.iter().any(Bytes::is_empty) {
            return Err(Error::Empty);
        }
        let groups: Vec<Vec<Bytes>> = files.chunks(SOME).map(<[Bytes]>::to_vec).collect();
        let landing = stream::iter(groups).map(|some| {
            let storage = self.clone();
            async move {
                // A task of its own, for what is being put in its place must not be cut short.
                let landing = tokio::spawn(land(storage, some, content_type));
                landing
                    .await
                    .map_err(|gone| Error::Unreachable(gone.into()))?
            }
        });
        let landed = landing.buffered(GROUPS);
        landed.try_concat().await
    }
}

async fn land(
    storage: Storage,
    files: Vec<Bytes>,
    content_type: &'static str,
) -> Result<Vec<Blob>, Error> {
    // One folder for all of them is one to be made durable.
    let first = super::new_key();
    let folder = first.rsplit_once('/').map_or("blobs", |(folder, _)| folder);
    let describe = |bytes: &Bytes| NewBlob {
        sha256: super::hex(digest(&SHA256, bytes).as_ref()),
        size_bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        store_key: format!("{folder}/{}", super::new_name()),
        content_type: content_type.to_owned(),
    };
    let new: Vec<NewBlob> = files.iter().map(describe).collect();
    let keys: Vec<String> = new.iter().map(|one| one.store_key.clone()).collect();
    let (announced, due) = (keys.clone(), storage.clock().now() + LONGEST);
    storage
        .db()
        .write(move |tx| store::announce(tx, &announced, due))
        .await?;
    let adopted = match adopt(&storage, files, new, &keys).await {
        Ok(adopted) => adopted,
        Err(cause) => {
            for key in &keys {
                give_up(&storage, key).await;
            }
            return Err(cause);
        }
    };
    let idle = adopted.iter().zip(&keys);
    let idle = idle.filter(|(one, _)| !matches!(one, Adopted::New(_)));
    join_all(idle.map(|(_, key)| storage.delete_doomed(key))).await;
    let blob = |one| match one {
        Adopted::New(blob) | Adopted::Known(blob) => Ok(blob),
        Adopted::Late => Err(Error::Interrupted("it took longer than a day".into())),
    };
    adopted.into_iter().map(blob).collect()
}

/// Writes the bytes, makes them durable, and only then makes them blobs.
async fn adopt(
    storage: &Storage,
    files: Vec<Bytes>,
    new: Vec<NewBlob>,
    keys: &[String],
) -> Result<Vec<Adopted>, Error> {
    let place = storage.place();
    let put = |(key, bytes): (&String, Bytes)| {
        let (store, key) = (Arc::clone(place.store()), place.key(key));
        async move { store.put(&key, PutPayload::from(bytes)).await.map(drop) }
    };
    let writing: Vec<_> = keys.iter().zip(files).map(put).collect();
    let written = stream::iter(writing).buffer_unordered(AT_ONCE);
    // All come to their end, also where one failed: what is still on its way cannot be deleted.
    let written: Vec<_> = written.collect().await;
    written.into_iter().collect::<Result<(), _>>()?;
    place.make_durable(keys).await?;
    let now = storage.clock().now();
    let adopted = storage.db().write(move |tx| store::adopt(tx, &new, now));
    Ok(adopted.await?)
}
