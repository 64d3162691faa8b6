//! Raw bytes become what may be kept: whole records, scrubbed and packed. Off the threads that answer, and a few
//! at once, which bounds both the processors and the memory that this takes.
use super::model::{Counts, long};
use crate::formats::{self, Encoding, Format, LONGEST_RECORD, Message, Rest};
use crate::http;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
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

/// What was found in the front of a buffer while it was cleaned in place.
struct Done {
    taken: usize,
    records: i64,
    unread: i64,
    counts: Counts,
    encoding: Option<Encoding>,
    messages: Vec<Message>,
}

fn tells(bytes: &[u8]) -> bool {
    bytes.iter().any(|byte| !byte.is_ascii() || *byte == 0)
}

fn take(raw: Vec<u8>, how: Reading, rest: Rest) -> Result<Cleaned, http::Error> {
    pack(raw, |raw| scrub(raw, how, rest), |raw| blank(raw, how))
}

fn scrub(raw: &mut [u8], how: Reading, rest: Rest) -> Done {
    let new = match how.encoding {
        None if tells(raw) => Some(formats::encoding_of(how.format, raw)),
        _ => None,
    };
    let encoding = how.encoding.or(new).unwrap_or(Encoding::Utf8);
    let done = formats::scrub(how.format, encoding, raw, rest);
    let taken = done.taken.min(raw.len());
    let clean = raw.get(..taken).unwrap_or_default();
    Done {
        taken,
        records: done.records.into(),
        unread: done.unread.into(),
        counts: Counts {
            pans: done.counts.pans.into(),
            tracks: done.counts.tracks.into(),
            pins: done.counts.pins.into(),
            cvvs: done.counts.cvvs.into(),
        },
        encoding: new.filter(|_| tells(clean)),
        messages: formats::messages(how.format, encoding, clean),
    }
}

/// Overwrites as much as a record may hold of what could not be cleaned, so that the log goes on behind it.
fn blank(raw: &mut [u8], how: Reading) -> Done {
    let taken = raw.len().min(LONGEST_RECORD);
    let lost = raw.get_mut(..taken).unwrap_or_default();
    lost.iter_mut()
        .filter(|byte| **byte != b'\n')
        .for_each(|byte| *byte = b'*');
    // Records are numbered as they will be read.
    let encoding = how.encoding.unwrap_or(Encoding::Utf8);
    let records = formats::read(how.format, encoding, lost, usize::MAX).len();
    Done {
        taken,
        records: long(records),
        unread: long(records),
        counts: Counts::default(),
        encoding: None,
        messages: Vec::new(),
    }
}

/// Cleans and packs. Where cleaning panics nothing raw is kept all the same, and the log does not end there.
fn pack(
    mut raw: Vec<u8>,
    scrub: impl FnOnce(&mut [u8]) -> Done,
    blank: impl FnOnce(&mut [u8]) -> Done,
) -> Result<Cleaned, http::Error> {
    let done = catch_unwind(AssertUnwindSafe(|| scrub(&mut raw))).unwrap_or_else(|_| {
        // The panic's own line says where it was.
        tracing::error!("a part of a log could not be cleaned: it is kept blank");
        blank(&mut raw)
    });
    let rest = raw.split_off(done.taken.min(raw.len()));
    let mut zip = GzEncoder::new(Vec::new(), Compression::default());
    let packed = zip.write_all(&raw).and_then(|()| zip.finish());
    Ok(Cleaned {
        length: long(raw.len()),
        records: done.records,
        unread: done.unread,
        counts: done.counts,
        encoding: done.encoding,
        packed: packed.map_err(|_| http::Error::Panicked)?.into(),
        messages: done.messages,
        is_all: rest.is_empty(),
        rest,
    })
}

#[cfg(test)]
#[expect(clippy::panic, reason = "it is what is tried")]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_cleaned_is_kept_blank() {
        let how = Reading {
            format: Format::Text,
            encoding: None,
        };
        let mut raw = b"card 4111\nsecret\n".to_vec();
        raw.resize(LONGEST_RECORD + 10, b'x');
        let done = pack(raw, |_| panic!("in a format"), |raw| blank(raw, how)).unwrap();
        assert_eq!((done.length, done.rest.len()), (long(LONGEST_RECORD), 10));
        assert!(!done.is_all && done.records == 3 && done.unread == 3);
        let mut kept = Vec::new();
        flate2::write::GzDecoder::new(&mut kept)
            .write_all(&done.packed)
            .unwrap();
        assert!(kept.starts_with(b"*********\n******\n***"));
        assert!(kept.iter().all(|byte| matches!(byte, b'*' | b'\n')));
    }
}
