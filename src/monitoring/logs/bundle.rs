//! The bytes of logs on their way out, piece by piece: as they are stored, unpacked, or many in one
//! archive. A log that is deleted meanwhile breaks the answer off, so that no half of it looks whole.
use super::model::{Log, Piece};
use super::save::Leaving;
use super::{reader, store, turns};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::monitoring::Error;
use crate::storage;
use actix_web::{rt, web};
use bytes::Bytes;
use chrono::{Datelike, Timelike};
use futures_util::{Stream, StreamExt, TryStreamExt, pin_mut, stream};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;
use zip::write::{FileOptions, SimpleFileOptions};
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Pieces whose places are read at once.
const AHEAD: i64 = 64;
/// Pieces that wait for the archive, and parts of the archive that wait for the reader.
const WAITING: usize = 2;
const PARTS: usize = 8;
/// The reader gets parts of this size.
const PART: usize = 64 << 10;
/// Archives that a server writes at once: each takes a thread, for as long as its reader takes.
const AT_ONCE: usize = 8;
/// How many are under way, by server.
static UNDER_WAY: Mutex<BTreeMap<usize, usize>> = Mutex::new(BTreeMap::new());
/// What gzip makes of nothing.
pub(super) const EMPTY: [u8; 20] = [
    0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

fn under_way() -> MutexGuard<'static, BTreeMap<usize, usize>> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The right to write one archive, until it is let go.
pub(super) struct Turn {
    server: usize,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut all = under_way();
        let n = all.entry(self.server).or_default();
        *n = n.saturating_sub(1);
        if *n == 0 {
            all.remove(&self.server);
        }
    }
}

/// # Errors
/// [`Error::TooManyArchives`] when so many are under way.
pub(super) fn turn(ctx: &Ctx) -> Result<Turn, Error> {
    let server = turns::server(ctx);
    let mut all = under_way();
    let n = all.entry(server).or_default();
    if *n >= AT_ONCE {
        return Err(Error::TooManyArchives);
    }
    *n = n.saturating_add(1);
    Ok(Turn { server })
}

/// The pieces of a log as it is now.
fn pieces(ctx: &web::Data<Ctx>, log: &Log) -> impl Stream<Item = Result<Piece, Error>> + use<> {
    let (ctx, id, end) = (ctx.clone(), log.id, log.size_bytes);
    let begin = (0_i64, Vec::<Piece>::new());
    stream::try_unfold(begin, move |(at, mut next)| {
        let ctx = ctx.clone();
        async move {
            if at >= end {
                return Ok(None);
            }
            if next.is_empty() {
                let read = ctx.db.read(move |conn| store::pieces(conn, id, at, AHEAD));
                next = read.await?;
                next.reverse();
            }
            let piece = next.pop().filter(|it| it.at == at && it.length > 0);
            let piece = piece.ok_or(Error::NoLog)?;
            Ok(Some((piece, (at.saturating_add(piece.length), next))))
        }
    })
}

/// A log as it is stored: gzip members one after the other.
pub(super) fn packed(
    ctx: &web::Data<Ctx>,
    log: &Log,
) -> impl Stream<Item = Result<Bytes, Error>> + use<> {
    let own = ctx.clone();
    let members = pieces(ctx, log).and_then(move |piece| {
        let ctx = own.clone();
        async move {
            let blob = ctx.db.read(move |conn| storage::find(conn, piece.blob));
            let blob = blob.await?.ok_or(Error::NoLog)?;
            let size = blob.size_bytes;
            let bytes = ctx.storage.read(&blob, 0..size).await?;
            Ok(bytes.map_err(Error::from))
        }
    });
    members.try_flatten()
}

/// A log as the terminal has it, but scrubbed.
pub(super) fn plain(
    ctx: &web::Data<Ctx>,
    log: &Log,
) -> impl Stream<Item = Result<Bytes, Error>> + use<> {
    let own = ctx.clone();
    pieces(ctx, log).and_then(move |piece| {
        let ctx = own.clone();
        async move { Ok(Bytes::from(reader::piece(&ctx, &piece).await?)) }
    })
}

/// What goes into an archive, in its order.
enum Step {
    Begin {
        name: String,
        size: i64,
        at: Millis,
    },
    Bytes(Bytes),
    /// Nothing follows. Without it, what fed the archive gave up.
    End,
}

/// Parts of an archive on their way to the reader.
type Parts = mpsc::Sender<Result<Bytes, Error>>;

/// Where an archive is written to: in parts, for a reader who may be gone.
struct Out {
    parts: Parts,
    part: Vec<u8>,
    /// Whatever is written now goes nowhere.
    is_over: Arc<AtomicBool>,
}

impl Out {
    fn hand_over(&mut self) {
        let part = std::mem::take(&mut self.part);
        if part.is_empty() || self.is_over.load(Ordering::Relaxed) {
            return;
        }
        if self.parts.blocking_send(Ok(part.into())).is_err() {
            self.is_over.store(true, Ordering::Relaxed);
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_over.load(Ordering::Relaxed) {
            self.part.extend_from_slice(bytes);
        }
        if self.part.len() >= PART {
            self.hand_over();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Many logs as a zip that leaves while it is written. It holds a piece or two at a time, whatever the
/// logs' size.
pub(super) fn zip(
    ctx: &web::Data<Ctx>,
    all: Vec<Leaving>,
    turn: Turn,
) -> impl Stream<Item = Result<Bytes, Error>> + use<> {
    let (parts, leaving) = mpsc::channel(PARTS);
    let (steps, coming) = mpsc::channel(WAITING);
    let (ctx, told) = (ctx.clone(), parts.clone());
    rt::task::spawn_blocking(move || {
        write(coming, &parts);
        drop(turn);
    });
    rt::spawn(async move {
        // A reader who went away is told nothing.
        if let Err(cause) = feed(&ctx, all, &steps).await {
            drop(told.send(Err(cause)).await);
        }
    });
    stream::unfold(leaving, |mut leaving| async move {
        leaving.recv().await.map(|part| (part, leaving))
    })
}

async fn feed(
    ctx: &web::Data<Ctx>,
    all: Vec<Leaving>,
    steps: &mpsc::Sender<Step>,
) -> Result<(), Error> {
    for it in all {
        let begin = Step::Begin {
            name: format!("{}/{}", it.tid, it.name()),
            size: it.log.size_bytes,
            at: it.log.changed_at,
        };
        if steps.send(begin).await.is_err() {
            return Ok(());
        }
        let bytes = plain(ctx, &it.log);
        pin_mut!(bytes);
        while let Some(piece) = bytes.next().await {
            if steps.send(Step::Bytes(piece?)).await.is_err() {
                return Ok(());
            }
        }
    }
    drop(steps.send(Step::End).await);
    Ok(())
}

fn write(mut steps: mpsc::Receiver<Step>, parts: &Parts) {
    let is_over = Arc::new(AtomicBool::new(false));
    let out = Out {
        parts: parts.clone(),
        part: Vec::with_capacity(PART),
        is_over: Arc::clone(&is_over),
    };
    if let Err(cause) = pack(&mut steps, out, &is_over) {
        let cause = storage::Error::Unreachable(cause.into());
        drop(parts.blocking_send(Err(cause.into())));
    }
}

fn pack(
    steps: &mut mpsc::Receiver<Step>,
    out: Out,
    is_over: &AtomicBool,
) -> Result<(), zip::result::ZipError> {
    let mut archive = ZipWriter::new_stream(out);
    while let Some(step) = steps.blocking_recv() {
        // The reader is gone: what feeds the archive hears of it by nobody's taking its steps.
        if is_over.load(Ordering::Relaxed) {
            return Ok(());
        }
        match step {
            Step::Begin { name, size, at } => {
                let how: SimpleFileOptions = FileOptions::default()
                    .compression_method(CompressionMethod::Deflated)
                    .last_modified_time(moment(at))
                    .large_file(u32::try_from(size).is_err());
                archive.start_file(name, how)?;
            }
            Step::Bytes(bytes) => archive.write_all(&bytes)?,
            Step::End => {
                let mut out = archive.finish()?.into_inner();
                out.hand_over();
                return Ok(());
            }
        }
    }
    // What fed the archive gave up and has told why: the end that is written now must not leave.
    is_over.store(true, Ordering::Relaxed);
    Ok(())
}

/// A moment as archives tell it, in UTC.
fn moment(at: Millis) -> DateTime {
    let told = chrono::DateTime::from_timestamp_millis(at.0).and_then(|at| {
        let two = |n: u32| u8::try_from(n).ok();
        DateTime::from_date_and_time(
            u16::try_from(at.year()).ok()?,
            two(at.month())?,
            two(at.day())?,
            two(at.hour())?,
            two(at.minute())?,
            two(at.second())?,
        )
        .ok()
    });
    told.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_unpacks_to_nothing() {
        let mut plain = Vec::new();
        let mut zip = flate2::read::GzDecoder::new(&EMPTY[..]);
        io::Read::read_to_end(&mut zip, &mut plain).unwrap();
        assert!(plain.is_empty());
    }

    #[test]
    fn a_moment_is_told_as_archives_do() {
        let told = moment(Millis(1_700_000_000_000));
        assert_eq!((told.year(), told.month(), told.day()), (2023, 11, 14));
        assert_eq!(moment(Millis(-1)).year(), 1980);
    }
}
