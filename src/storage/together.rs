//! Small files taken in together: two transactions and one look at their folders for some of them,
//! where [`Storage::upload`] takes two and one for each.
use super::store::NewBlob;
use super::upload::{announce, land};
use super::{Blob, Error, Storage};
use bytes::Bytes;
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
        let landing = stream::iter(groups).map(|some| self.upload_group(some, content_type));
        landing.buffered(GROUPS).try_concat().await
    }

    async fn upload_group(
        &self,
        files: Vec<Bytes>,
        content_type: &'static str,
    ) -> Result<Vec<Blob>, Error> {
        // One folder for all of them is one to be made durable.
        let folder = super::folder_of(&super::new_name());
        let describe = |bytes: &Bytes| NewBlob {
            sha256: super::hex(digest(&SHA256, bytes).as_ref()),
            size_bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            store_key: format!("{folder}/{}", super::new_name()),
            content_type: content_type.to_owned(),
        };
        let new: Vec<NewBlob> = files.iter().map(describe).collect();
        let keys: Vec<String> = new.iter().map(|one| one.store_key.clone()).collect();
        announce(self, &keys).await?;
        land(self, new, write(self.clone(), keys, files)).await
    }
}

async fn write(storage: Storage, keys: Vec<String>, files: Vec<Bytes>) -> Result<(), Error> {
    let place = storage.place();
    let put = |(key, bytes): (&String, Bytes)| {
        let (store, key) = (Arc::clone(place.store()), place.key(key));
        async move { store.put(&key, PutPayload::from(bytes)).await.map(drop) }
    };
    let writing: Vec<_> = keys.iter().zip(files).map(put).collect();
    let written = stream::iter(writing).buffer_unordered(AT_ONCE);
    // All come to their end, also where one failed: what is still on its way cannot be deleted.
    let written: Vec<_> = written.collect().await;
    Ok(written.into_iter().collect::<Result<(), _>>()?)
}
