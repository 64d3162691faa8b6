//! Giving bytes out in small pieces, so that a slow reader costs no memory and no thread.
use super::place::{Place, off_thread};
use super::{Blob, Error};
use anyhow::anyhow;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt, TryStreamExt};
use object_store::GetOptions;
use std::fs::File;
use std::ops::Range;
use std::sync::Arc;

/// Small enough to leave the page cache hot, large enough to keep TLS busy.
const PIECE: u64 = 64 << 10;
/// One request to a bucket. Asking piece by piece, no request outlives its time limit while a
/// terminal dawdles on a slow link.
const FETCH: u64 = 1 << 20;

/// The bytes of a blob.
pub type Bytestream = BoxStream<'static, Result<Bytes, Error>>;

/// Opens a blob: what is missing is found here, before an answer has begun.
pub(super) async fn open(
    place: &Arc<Place>,
    blob: &Blob,
    range: Range<u64>,
) -> Result<Bytestream, Error> {
    match place.file(&blob.store_key) {
        Some(path) => {
            let size = blob.size_bytes;
            let file = off_thread(move || {
                let file = File::open(path)?;
                let found = file.metadata()?.len();
                if found == size {
                    return Ok(file);
                }
                let text = format!("a blob of {size} bytes has {found}");
                Err(std::io::Error::new(std::io::ErrorKind::UnexpectedEof, text))
            })
            .await?;
            Ok(from_file(Arc::new(file), range))
        }
        None => from_bucket(place, &blob.store_key, range).await,
    }
}

fn from_file(file: Arc<File>, range: Range<u64>) -> Bytestream {
    stream::try_unfold(range.start, move |at| {
        let file = Arc::clone(&file);
        async move {
            if at >= range.end {
                return Ok(None);
            }
            let want = usize::try_from((range.end - at).min(PIECE)).unwrap_or(0);
            let piece = read_piece(file, at, want).await?;
            let next = at + piece.len() as u64;
            Ok(Some((piece, next)))
        }
    })
    .boxed()
}

/// What the page cache has is copied right here; only a cold piece costs a change of thread.
async fn read_piece(file: Arc<File>, at: u64, want: usize) -> Result<Bytes, Error> {
    let mut piece = vec![0; want];
    if let Some(got) = read_cached(&file, &mut piece, at) {
        piece.truncate(got);
        return Ok(piece.into());
    }
    off_thread(move || {
        use std::os::unix::fs::FileExt;
        file.read_exact_at(&mut piece, at)?;
        Ok(piece.into())
    })
    .await
}

#[cfg(target_os = "linux")]
fn read_cached(file: &File, into: &mut [u8], at: u64) -> Option<usize> {
    use rustix::io::{ReadWriteFlags, preadv2};
    let mut buffers = [std::io::IoSliceMut::new(into)];
    preadv2(file, &mut buffers, at, ReadWriteFlags::NOWAIT)
        .ok()
        .filter(|got| *got > 0)
}

#[cfg(not(target_os = "linux"))]
fn read_cached(_: &File, _: &mut [u8], _: u64) -> Option<usize> {
    None
}

async fn from_bucket(
    place: &Arc<Place>,
    store_key: &str,
    range: Range<u64>,
) -> Result<Bytestream, Error> {
    if range.start >= range.end {
        // A bucket refuses to give nothing.
        return Ok(stream::empty().boxed());
    }
    let key = place.key(store_key);
    let end = range.end;
    let place = Arc::clone(place);
    let fetch = move |at: u64| {
        let (place, key) = (Arc::clone(&place), key.clone());
        async move {
            let options = GetOptions {
                range: Some((at..(at + FETCH).min(end)).into()),
                ..GetOptions::default()
            };
            let part = place.store().get_opts(&key, options).await?.bytes().await?;
            if part.is_empty() {
                return Err(Error::Damaged(anyhow!("a blob ends at byte {at} of {end}")));
            }
            Ok(part)
        }
    };
    // The first part is fetched before anything is answered.
    let first = fetch(range.start).await?;
    let then = range.start + first.len() as u64;
    let rest = stream::try_unfold(then, move |at| {
        let part = (at < end).then(|| fetch(at));
        async move {
            match part {
                None => Ok(None),
                Some(part) => {
                    let part = part.await?;
                    let next = at + part.len() as u64;
                    Ok(Some((part, next)))
                }
            }
        }
    });
    Ok(stream::once(async move { Ok::<_, Error>(first) })
        .chain(rest)
        .map_ok(|part| in_pieces(&part))
        .try_flatten()
        .boxed())
}

fn in_pieces(part: &Bytes) -> impl Stream<Item = Result<Bytes, Error>> + use<> {
    let step = usize::try_from(PIECE).unwrap_or(usize::MAX);
    let pieces: Vec<_> = (0..part.len())
        .step_by(step)
        .map(|from| Ok(part.slice(from..part.len().min(from + step))))
        .collect();
    stream::iter(pieces)
}
