//! All SQL of blobs. Every change of state is one guarded statement.
use super::schema::{storage_blob as blob, storage_loose as loose};
use super::{Blob, Digest};
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::BlobId;
use crate::on_backend;
use anyhow::anyhow;
use diesel::prelude::*;

const LIVE: &str = "live";
const CONDEMNED: &str = "condemned";
const UPLOADING: &str = "uploading";
const DOOMED: &str = "doomed";

type Row = (BlobId, String, i64, String, String);
const ROW: (
    blob::id,
    blob::sha256,
    blob::size_bytes,
    blob::store_key,
    blob::content_type,
) = (
    blob::id,
    blob::sha256,
    blob::size_bytes,
    blob::store_key,
    blob::content_type,
);

fn from_row((id, sha256, size, store_key, content_type): Row) -> Blob {
    Blob {
        id,
        sha256: Digest(sha256),
        size_bytes: u64::try_from(size).unwrap_or(0),
        store_key,
        content_type,
    }
}

pub(super) fn find(conn: &mut Conn, id: BlobId) -> Result<Option<Blob>, Error> {
    let row: Option<Row> = blob::table.find(id).select(ROW).first(conn).optional()?;
    Ok(row.map(from_row))
}

/// Notes a key before its first byte is written.
pub(super) fn announce(conn: &mut Conn, key: &str, due: Millis) -> Result<(), Error> {
    on_backend!(conn, |c| diesel::insert_into(loose::table)
        .values((
            loose::store_key.eq(key),
            loose::state.eq(UPLOADING),
            loose::due_at.eq(due),
        ))
        .execute(c))?;
    Ok(())
}

/// True when the upload under `key` was still open and is now given up.
pub(super) fn doom(conn: &mut Conn, key: &str, now: Millis) -> Result<bool, Error> {
    let open = loose::table.filter(loose::store_key.eq(key).and(loose::state.eq(UPLOADING)));
    let n = diesel::update(open)
        .set((loose::state.eq(DOOMED), loose::due_at.eq(now)))
        .execute(conn)?;
    Ok(n == 1)
}

/// What became of an upload that arrived whole.
pub(super) enum Adopted {
    /// The key now belongs to a blob.
    New(Blob),
    /// The content was known; the key is doomed.
    Known(Blob),
    /// The upload had been given up meanwhile.
    Late,
}

/// Makes the announced `new.store_key` a blob, unless the same content is there already.
pub(super) fn adopt(conn: &mut Conn, new: &NewBlob, now: Millis) -> Result<Adopted, Error> {
    if !doom(conn, &new.store_key, now)? {
        return Ok(Adopted::Late);
    }
    // A blob of the same content may be removed between the two looks, so look again.
    for _ in 0..3 {
        if let Some(row) = insert(conn, new, now)? {
            forget(conn, &new.store_key)?;
            return Ok(Adopted::New(from_row(row)));
        }
        if let Some(known) = revive(conn, &new.sha256)? {
            return Ok(Adopted::Known(known));
        }
    }
    Err(Error::Busy(anyhow!("a blob came and went three times")))
}

pub(super) struct NewBlob {
    pub(super) sha256: String,
    pub(super) size_bytes: i64,
    pub(super) store_key: String,
    pub(super) content_type: String,
}

fn insert(conn: &mut Conn, new: &NewBlob, now: Millis) -> Result<Option<Row>, Error> {
    Ok(on_backend!(conn, |c| diesel::insert_into(blob::table)
        .values((
            blob::sha256.eq(&new.sha256),
            blob::size_bytes.eq(new.size_bytes),
            blob::store_key.eq(&new.store_key),
            blob::content_type.eq(&new.content_type),
            blob::state.eq(LIVE),
            blob::ref_count.eq(0_i64),
            blob::created_at.eq(now),
        ))
        .on_conflict(blob::sha256)
        .do_nothing()
        .returning(ROW)
        .get_result(c)
        .optional())?)
}

/// Takes a blob back from the condemned, and keeps a collection that runs now from taking it.
fn revive(conn: &mut Conn, sha256: &str) -> Result<Option<Blob>, Error> {
    let n = diesel::update(blob::table.filter(blob::sha256.eq(sha256)))
        .set((blob::state.eq(LIVE), blob::condemned_at.eq(None::<Millis>)))
        .execute(conn)?;
    if n == 0 {
        return Ok(None);
    }
    let row: Option<Row> = blob::table
        .filter(blob::sha256.eq(sha256))
        .select(ROW)
        .first(conn)
        .optional()?;
    Ok(row.map(from_row))
}

/// One more owner. False when the blob is gone: it has to be uploaded again.
pub(super) fn hold(conn: &mut Conn, id: BlobId) -> Result<bool, Error> {
    let n = diesel::update(blob::table.find(id))
        .set((
            blob::ref_count.eq(blob::ref_count + 1),
            blob::state.eq(LIVE),
            blob::condemned_at.eq(None::<Millis>),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// One owner less. False when nobody owned it: a bug of the caller.
pub(super) fn release(conn: &mut Conn, id: BlobId) -> Result<bool, Error> {
    let n = diesel::update(blob::table.filter(blob::id.eq(id).and(blob::ref_count.gt(0))))
        .set(blob::ref_count.eq(blob::ref_count - 1))
        .execute(conn)?;
    Ok(n == 1)
}

/// Condemns every blob that nobody owns; says how many.
pub(super) fn condemn(conn: &mut Conn, now: Millis) -> Result<usize, Error> {
    let idle = blob::table.filter(blob::state.eq(LIVE).and(blob::ref_count.eq(0)));
    Ok(diesel::update(idle)
        .set((blob::state.eq(CONDEMNED), blob::condemned_at.eq(Some(now))))
        .execute(conn)?)
}

/// Removes up to `limit` blobs condemned before `before`; their keys become doomed in the same
/// transaction, so that a row never points to bytes that are gone.
pub(super) fn remove(
    conn: &mut Conn,
    before: Millis,
    now: Millis,
    limit: i64,
) -> Result<usize, Error> {
    let ids: Vec<BlobId> = blob::table
        .filter(blob::state.eq(CONDEMNED).and(blob::ref_count.eq(0)))
        .filter(blob::condemned_at.le(Some(before)))
        .order(blob::id.asc())
        .select(blob::id)
        .limit(limit)
        .load(conn)?;
    let mut removed = 0;
    for id in ids {
        let key: Option<String> = on_backend!(conn, |c| diesel::delete(
            blob::table.filter(
                blob::id
                    .eq(id)
                    .and(blob::state.eq(CONDEMNED))
                    .and(blob::ref_count.eq(0))
                    .and(blob::condemned_at.le(Some(before)))
            )
        )
        .returning(blob::store_key)
        .get_result(c)
        .optional())?;
        if let Some(key) = key {
            announce(conn, &key, now)?;
            doom(conn, &key, now)?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Gives up uploads that should have ended by `now`; says how many.
pub(super) fn doom_stale(conn: &mut Conn, now: Millis) -> Result<usize, Error> {
    let stale = loose::table.filter(loose::state.eq(UPLOADING).and(loose::due_at.le(now)));
    Ok(diesel::update(stale)
        .set(loose::state.eq(DOOMED))
        .execute(conn)?)
}

/// Keys whose bytes may be deleted now.
pub(super) fn doomed(conn: &mut Conn, now: Millis, limit: i64) -> Result<Vec<String>, Error> {
    Ok(loose::table
        .filter(loose::state.eq(DOOMED).and(loose::due_at.le(now)))
        .order((loose::due_at.asc(), loose::store_key.asc()))
        .select(loose::store_key)
        .limit(limit)
        .load(conn)?)
}

/// Tries a doomed key again at `due`.
pub(super) fn postpone(conn: &mut Conn, key: &str, due: Millis) -> Result<(), Error> {
    diesel::update(loose::table.find(key))
        .set(loose::due_at.eq(due))
        .execute(conn)?;
    Ok(())
}

/// The bytes under `key` are gone, or owned by a blob.
pub(super) fn forget(conn: &mut Conn, key: &str) -> Result<(), Error> {
    diesel::delete(loose::table.filter(loose::store_key.eq(key).and(loose::state.eq(DOOMED))))
        .execute(conn)?;
    Ok(())
}

/// How many keys are loose: uploads under way and bytes still to be deleted.
pub(super) fn count_loose(conn: &mut Conn) -> Result<i64, Error> {
    Ok(loose::table.count().get_result(conn)?)
}
