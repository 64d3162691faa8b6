//! Pieces of a log as they are read back: unpacked, one at a time.
use super::model::Piece;
use crate::context::Ctx;
use crate::monitoring::Error;
use crate::storage;
use actix_web::web;
use flate2::read::GzDecoder;
use futures_util::TryStreamExt;
use std::io::Read;

/// A stored piece is this long at most, packed; longer is damage.
const PACKED_MAX: i64 = 4 << 20;

/// The bytes of a piece. One that is gone was deleted with its log.
pub(in crate::monitoring) async fn piece(ctx: &Ctx, it: &Piece) -> Result<Vec<u8>, Error> {
    let (blob, length) = (it.blob, it.length);
    let found = ctx.db.read(move |conn| storage::find(conn, blob)).await?;
    let blob = found.ok_or(Error::NoLog)?;
    if it.stored_bytes > PACKED_MAX {
        return Err(damaged("a piece of a log is too long"));
    }
    let mut bytes = ctx.storage.read(&blob, 0..blob.size_bytes).await?;
    let mut packed = Vec::new();
    while let Some(part) = bytes.try_next().await? {
        packed.extend_from_slice(&part);
    }
    let unpacked = web::block(move || {
        let most = u64::try_from(length).unwrap_or_default();
        let mut raw = Vec::with_capacity(usize::try_from(most).unwrap_or_default());
        let read = GzDecoder::new(packed.as_slice())
            .take(most)
            .read_to_end(&mut raw);
        read.map(|_| raw)
    });
    // The reader went away, or the server is on its way down.
    let raw = unpacked.await.map_err(|_| Error::Crowded)?;
    let raw = raw.map_err(|e| damaged(&e.to_string()))?;
    if i64::try_from(raw.len()).ok() != Some(length) {
        return Err(damaged("a piece of a log is shorter than its row says"));
    }
    Ok(raw)
}

fn damaged(why: &str) -> Error {
    storage::Error::Damaged(anyhow::anyhow!("{why}")).into()
}
