//! Files of any size, kept once per content: licences, packages, logs, archives.
//!
//! A **blob** is a row (unique by SHA-256) that points to bytes under a **key** in a folder or a
//! bucket. Slices own blobs by references ([`hold`], [`release`]) moved in their own transactions.
//!
//! ```text
//! upload ──► loose key ──► live ◄──► condemned ──(a day)──► doomed key ──► gone
//!               └─ broke off ────────────────────────────────►┘
//! ```
//!
//! A key is written down before its first byte and never used twice, so neither a killed process
//! nor a lost answer leaves bytes that nobody knows, or a row whose bytes are gone.
mod answer;
mod collect;
mod error;
mod place;
mod read;
mod schema;
mod store;
mod together;
mod upload;

pub use answer::{Download, Sent, disposition};
pub use collect::Collected;
pub use error::Error;
pub use place::{Bucket, Credentials, Options};
pub use read::Bytestream;
pub use upload::Limits;

use crate::clock::Clock;
use crate::db::{self, Conn, Db, Tx};
use crate::ids::BlobId;
use futures_util::TryStreamExt;
use place::Place;
use serde::Serialize;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A SHA-256 in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One stored content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    pub id: BlobId,
    pub sha256: Digest,
    pub size_bytes: u64,
    pub content_type: String,
    store_key: String,
}

/// The store. Clones share it.
#[derive(Clone)]
pub struct Storage(Arc<Inner>);

struct Inner {
    place: Arc<Place>,
    db: Db,
    clock: Clock,
}

impl Storage {
    /// Opens the folder (made when absent) or names the bucket (not asked yet: it may be up later).
    ///
    /// # Errors
    /// When the folder cannot be written, or the bucket's settings do not fit together.
    pub fn open(options: &Options, db: Db, clock: Clock) -> anyhow::Result<Self> {
        let place = Arc::new(Place::open(options)?);
        Ok(Self(Arc::new(Inner { place, db, clock })))
    }

    /// The bytes of a blob, or a part of them.
    ///
    /// # Errors
    /// [`Error::Damaged`] when they are not all there.
    pub async fn read(&self, blob: &Blob, range: Range<u64>) -> Result<Bytestream, Error> {
        read::open(&self.0.place, blob, range).await
    }

    /// Reads a blob from end to end: true when its bytes are what was stored.
    pub async fn verify(&self, blob: &Blob) -> Result<bool, Error> {
        let mut bytes = self.read(blob, 0..blob.size_bytes).await?;
        let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
        while let Some(piece) = bytes.try_next().await? {
            hash.update(&piece);
        }
        Ok(hex(hash.finish().as_ref()) == blob.sha256.0)
    }

    /// Whether the folder or bucket answers.
    pub async fn ready(&self) -> Result<(), Error> {
        self.0.place.probe().await
    }

    /// How many keys no blob owns: uploads under way and bytes still to be deleted. At rest, none.
    pub async fn loose(&self) -> Result<i64, Error> {
        Ok(self.0.db.read(store::count_loose).await?)
    }

    fn place(&self) -> &Arc<Place> {
        &self.0.place
    }

    fn db(&self) -> &Db {
        &self.0.db
    }

    fn clock(&self) -> &Clock {
        &self.0.clock
    }
}

/// The blob of a reference that the caller holds.
pub fn find(conn: &mut Conn, id: BlobId) -> Result<Option<Blob>, db::Error> {
    store::find(conn, id)
}

/// Takes a reference in the owner's transaction. False when the blob was collected in between (the
/// owner waited longer than a day): the file has to be sent again.
pub fn hold(tx: &mut Tx, id: BlobId) -> Result<bool, db::Error> {
    store::hold(tx, id)
}

/// Gives a reference back in the owner's transaction. The last one makes the blob collectable.
pub fn release(tx: &mut Tx, id: BlobId) -> Result<(), db::Error> {
    let released = store::release(tx, id)?;
    debug_assert!(released, "a reference was given back twice");
    if !released {
        tracing::error!(blob.id = %id, "a blob's reference was given back twice");
    }
    Ok(())
}

/// A key that was never used. Its last two characters spread the files over folders.
fn new_key() -> String {
    let name = new_name();
    format!("{}/{name}", folder_of(&name))
}

fn folder_of(name: &str) -> String {
    format!("blobs/{}", &name[30..])
}

fn new_name() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}
