//! Raw bytes become what may be kept: whole records, scrubbed and packed. Off the threads that answer, and a few
//! at once, which bounds both the processors and the memory that this takes.
use super::model::Counts;
use crate::formats::{self, Encoding, Format, Message, Rest};
use crate::http;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use tokio::sync::Semaphore;

static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// How a log is read, as far as that is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    pub(super) format: Format,
    /// Nothing of it told yet which.
    pub(super) encoding: Option<Encoding>,
}

/// What became of the front of a buffer.
#[derive(Debug)]
pub(super) struct Cleaned {
    pub(super) length: i64,
    pub(super) records: i64,
    pub(super) unread: i64,
    pub(super) counts: Counts,
    /// Where these bytes tell it.
    pub(super) encoding: Option<Encoding>,
    pub(super) packed: Bytes,
    pub(super) messages: Vec<Message>,
    /// What was left behind it, as it came.
    pub(super) rest: Vec<u8>,
    /// All of it was taken.
    pub(super) is_all: bool,
}

/// Takes whole records off the front of `raw`.
pub(super) async fn clean(raw: Vec<u8>, how: Reading, rest: Rest) -> Result<Cleaned, http::Error> {
    // Never closed.
    let _turn = AT_ONCE.acquire().await.map_err(|_| http::Error::Panicked)?;
    let work = tokio::task::spawn_blocking(move || take(raw, how, rest));
    work.await.unwrap_or(Err(http::Error::Panicked))
}

fn take(mut raw: Vec<u8>, how: Reading, rest: Rest) -> Result<Cleaned, http::Error> {
    let tells = |bytes: &[u8]| bytes.iter().any(|byte| !byte.is_ascii() || *byte == 0);
    let found = || formats::encoding_of(how.format, &raw);
    let new = match how.encoding {
        None if tells(&raw) => Some(found()),
        _ => None,
    };
    let encoding = how.encoding.or(new).unwrap_or(Encoding::Utf8);
    let done = formats::scrub(how.format, encoding, &mut raw, rest);
    let left = raw.split_off(done.taken.min(raw.len()));
    let mut zip = GzEncoder::new(Vec::new(), Compression::default());
    let packed = zip.write_all(&raw).and_then(|()| zip.finish());
    Ok(Cleaned {
        length: long(raw.len()),
        records: done.records.into(),
        unread: done.unread.into(),
        counts: Counts {
            pans: done.counts.pans.into(),
            tracks: done.counts.tracks.into(),
            pins: done.counts.pins.into(),
            cvvs: done.counts.cvvs.into(),
        },
        encoding: new.filter(|_| tells(&raw)),
        packed: packed.map_err(|_| http::Error::Panicked)?.into(),
        messages: formats::messages(how.format, encoding, &raw),
        is_all: left.is_empty(),
        rest: left,
    })
}

/// A length as it is kept.
pub(super) fn long(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
