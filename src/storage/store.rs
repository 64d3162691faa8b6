//! All SQL of blobs. Every change of state is one guarded statement.
use super::schema::{storage_blob as blob, storage_loose as loose};
use super::{Blob, Digest};
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::BlobId;
use crate::on_backend;
use anyhow::anyhow;
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};

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

/// Notes keys before their first bytes are written.
pub(super) fn announce(conn: &mut Conn, keys: &[String], due: Millis) -> Result<(), Error> {
    let row = |key: &String| {
        (
            loose::store_key.eq(key.clone()),
            loose::state.eq(UPLOADING),
            loose::due_at.eq(due),
        )
    };
    let rows: Vec<_> = keys.iter().map(row).collect();
    on_backend!(conn, |c| diesel::insert_into(loose::table)
        .values(rows)
        .execute(c))?;
    Ok(())
}

/// Which of the uploads under these keys were still open; they are now given up.
pub(super) fn doom(conn: &mut Conn, keys: &[&str], now: Millis) -> Result<HashSet<String>, Error> {
    let open = loose::table.filter(
        loose::store_key
            .eq_any(keys.to_vec())
            .and(loose::state.eq(UPLOADING)),
    );
    let doomed: Vec<String> = on_backend!(conn, |c| diesel::update(open)
        .set((loose::state.eq(DOOMED), loose::due_at.eq(now)))
        .returning(loose::store_key)
        .get_results(c))?;
    Ok(doomed.into_iter().collect())
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

/// Makes each announced `store_key` a blob, unless the same content is there already. What became of
/// each, in their order.
pub(super) fn adopt(conn: &mut Conn, new: &[NewBlob], now: Millis) -> Result<Vec<Adopted>, Error> {
    let keys: Vec<&str> = new.iter().map(|one| one.store_key.as_str()).collect();
    let open = doom(conn, &keys, now)?;
    // All who adopt take them in one order, so that no two wait for each other; of a content, the first.
    // The collection holds blobs in an order of its own: should they meet, one of them is told to try again.
    let mut missing: BTreeMap<&str, &NewBlob> = BTreeMap::new();
    for one in new.iter().filter(|one| open.contains(&one.store_key)) {
        missing.entry(&one.sha256).or_insert(one);
    }
    let mut blobs = HashMap::new();
    // A blob of the same content may be removed between the two looks, so look again.
    for _ in 0..3 {
        if missing.is_empty() {
            break;
        }
        let made = insert(conn, missing.values().copied(), now)?;
        let keys: Vec<&str> = made.iter().map(|row| row.3.as_str()).collect();
        forget(conn, &keys)?;
        for row in made {
            let blob = from_row(row);
            missing.remove(blob.sha256.as_str());
            blobs.insert(blob.sha256.0.clone(), blob);
        }
        for sha256 in missing.keys().copied().collect::<Vec<_>>() {
            if let Some(known) = revive(conn, sha256)? {
                missing.remove(sha256);
                blobs.insert(known.sha256.0.clone(), known);
            }
        }
    }
    let became = |one: &NewBlob| {
        if !open.contains(&one.store_key) {
            return Ok(Adopted::Late);
        }
        let came = "a blob came and went three times";
        let blob = blobs
            .get(&one.sha256)
            .ok_or_else(|| Error::Busy(anyhow!(came)))?;
        Ok(if blob.store_key == one.store_key {
            Adopted::New(blob.clone())
        } else {
            Adopted::Known(blob.clone())
        })
    };
    new.iter().map(became).collect()
}

pub(super) struct NewBlob {
    pub(super) sha256: String,
    pub(super) size_bytes: i64,
    pub(super) store_key: String,
    pub(super) content_type: String,
}

/// Those of which the content was not there.
fn insert<'a>(
    conn: &mut Conn,
    new: impl Iterator<Item = &'a NewBlob>,
    now: Millis,
) -> Result<Vec<Row>, Error> {
    let row = |new: &'a NewBlob| {
        (
            blob::sha256.eq(&new.sha256),
            blob::size_bytes.eq(new.size_bytes),
            blob::store_key.eq(&new.store_key),
            blob::content_type.eq(&new.content_type),
            blob::state.eq(LIVE),
            blob::ref_count.eq(0_i64),
            blob::created_at.eq(now),
        )
    };
    let rows: Vec<_> = new.map(row).collect();
    Ok(on_backend!(conn, |c| diesel::insert_into(blob::table)
        .values(&rows)
        .on_conflict(blob::sha256)
        .do_nothing()
        .returning(ROW)
        .get_results(c))?)
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
            announce(conn, std::slice::from_ref(&key), now)?;
            doom(conn, &[&key], now)?;
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

/// The bytes under these keys are gone, or owned by a blob.
pub(super) fn forget(conn: &mut Conn, keys: &[&str]) -> Result<(), Error> {
    let these = loose::table.filter(loose::store_key.eq_any(keys.to_vec()));
    diesel::delete(these.filter(loose::state.eq(DOOMED))).execute(conn)?;
    Ok(())
}

/// How many keys are loose: uploads under way and bytes still to be deleted.
pub(super) fn count_loose(conn: &mut Conn) -> Result<i64, Error> {
    Ok(loose::table.count().get_result(conn)?)
}
