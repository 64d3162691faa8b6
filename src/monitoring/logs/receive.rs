//! A log on its way in, in bounded memory: 256 KiB are read, cleaned, stored and acknowledged before more is
//! read. What is no whole record yet when a body ends is forgotten: nothing raw reaches the disk, and the
//! terminal sends it again.
//!
//! Places are those in the terminal's file. It may come to several logs, one behind the other: whoever sends it need not
//! know.
use super::clean::{Cleaned, Reading, clean};
use super::model::{Held, Log, long};
use super::overlap::is_same;
use super::piece_store::{Gain, NewLog};
use super::receive_ops::{self, Named, Start, Which, charge, keep};
use super::source::{PIECE, Read, Source};
use super::upload::Upload;
use super::{reader, store, turns};
use crate::context::Ctx;
use crate::formats::Rest;
use crate::http;
use crate::ids::LogId;
use crate::monitoring::Error;
use crate::monitoring::days::Day;
use crate::terminals::Device;
use actix_web::error::PayloadError;
use bytes::Bytes;
use futures_util::Stream;

/// So much of what is here already may come again: what a broken connection leaves in doubt.
const AGAIN: i64 = 1 << 20;
/// Pieces of it that are compared with what comes: another file differs early.
const COMPARED: usize = 16;

/// Takes in what a terminal sends; the log as it is then, `None` where nothing of it could be kept yet.
pub(super) async fn receive(
    ctx: &Ctx,
    device: &Device,
    upload: Upload,
    body: impl Stream<Item = Result<Bytes, PayloadError>> + Unpin,
) -> Result<Option<Log>, Error> {
    let _turn = turns::enter(ctx, device.id).await?;
    let of = Named {
        device: device.clone(),
        kind: upload.kind,
        name: upload.name.clone(),
    };
    let (named, task, now) = (of.clone(), upload.task, ctx.now());
    let start = ctx
        .db
        .read(move |conn| receive_ops::start(conn, &named, task, now));
    let mut intake = Intake::begin(ctx, of, upload, start.await?)?;
    let mut source = Source::new(body, intake.at.saturating_sub(intake.upload.offset));
    intake.compare(&mut source).await?;
    let taken = intake.take(&mut source).await;
    taken.map(|()| intake.log)
}

fn unfit(received: i64, field: &'static str, code: &'static str) -> Error {
    Error::Unfit {
        received,
        field,
        code,
    }
}

/// One upload under way.
struct Intake<'a> {
    ctx: &'a Ctx,
    of: Named,
    upload: Upload,
    start: Start,
    which: Which,
    reading: Reading,
    /// What the terminal is told of: that which grows, and until there is something of it the one before it.
    log: Option<Log>,
    /// How much of the file is here: where the buffer begins.
    at: i64,
    buffer: Vec<u8>,
}

impl<'a> Intake<'a> {
    fn begin(ctx: &'a Ctx, of: Named, upload: Upload, mut start: Start) -> Result<Self, Error> {
        let log = start.log.take();
        let received = log.as_ref().map_or(0, Log::received);
        let began = log.as_ref().map(|log| log.format);
        if let (Some(began), Some(said)) = (began, upload.format)
            && began != said
        {
            return Err(Error::OtherFormat { received });
        }
        if upload.offset > received {
            return Err(Error::Gap { received });
        }
        let Some(format) = began.or(upload.format) else {
            return Err(unfit(received, "format", "log.format-missing"));
        };
        let known = log.as_ref().filter(|_| start.is_told);
        let encoding = known.map(|log| log.encoding);
        let which = match &log {
            Some(log) if !start.is_over => Which::There(log.id),
            before => {
                let new = NewLog {
                    terminal: of.device.id,
                    establishment: of.device.establishment,
                    kind: upload.kind,
                    name: upload.name.clone(),
                    format,
                    encoding,
                    till: match before {
                        Some(before) if upload.till.is_empty() => before.till.clone(),
                        _ => upload.till.clone(),
                    },
                    day: upload.day.unwrap_or(start.today),
                    before_bytes: received,
                    device: start.serial_number.clone(),
                };
                let before = before.as_ref().map(|log| (log.id, log.size_bytes));
                Which::New(new, before.or(start.former))
            }
        };
        Ok(Self {
            ctx,
            of,
            upload,
            start,
            which,
            reading: Reading { format, encoding },
            log,
            at: received,
            buffer: Vec::new(),
        })
    }

    /// Compares what comes again with what is here: a file that was begun afresh under its name is another one, and goes
    /// on nowhere.
    async fn compare<S: Stream<Item = Result<Bytes, PayloadError>> + Unpin>(
        &mut self,
        source: &mut Source<S>,
    ) -> Result<(), Error> {
        let Some(log) = &self.log else {
            return Ok(());
        };
        let (here, before) = ((log.id, log.size_bytes), log.before_bytes);
        let received = self.at;
        let is_far = self.upload.offset < received.saturating_sub(AGAIN);
        let mut place = self.upload.offset.saturating_sub(before);
        // What stands in the logs before this one is passed over.
        while !is_far && place < 0 {
            let passed = source.again(long(PIECE).min(-place)).await;
            let passed = passed.map_err(|cause| self.broken(cause))?;
            if passed.is_empty() {
                break;
            }
            place += long(passed.len());
        }
        let most = if is_far { 1 } else { COMPARED };
        if self.differs(source, (here.0, place), most).await? {
            let of = self.of.clone();
            let ended = self
                .ctx
                .db
                .write(move |tx| receive_ops::begin_afresh(tx, &of, here));
            return Err(ended.await?);
        }
        if is_far {
            return Err(Error::Gap { received });
        }
        if self.upload.total.is_some_and(|total| total < received) {
            return Err(unfit(received, "total", "log.total-wrong"));
        }
        Ok(())
    }

    /// Whether what comes again from a place in a log on is not what is here, as far as so many of its pieces tell.
    async fn differs<S: Stream<Item = Result<Bytes, PayloadError>> + Unpin>(
        &self,
        source: &mut Source<S>,
        (id, mut place): (LogId, i64),
        most: usize,
    ) -> Result<bool, Error> {
        for _ in 0..most {
            let held = Held::Byte(place);
            if source.skip == 0 || place < 0 {
                break;
            }
            let found = self
                .ctx
                .db
                .read(move |conn| store::piece_of(conn, id, held));
            let Some(piece) = found.await? else { break };
            let from = place.saturating_sub(piece.at);
            let came = source.again(piece.length.saturating_sub(from)).await;
            let came = came.map_err(|cause| self.broken(cause))?;
            let _worked_on = turns::work().await?;
            let kept = match reader::piece(self.ctx, &piece).await {
                // It is being deleted.
                Err(Error::NoLog) => break,
                kept => kept?,
            };
            let from = usize::try_from(from).unwrap_or_default();
            if !is_same(&came, kept.get(from..).unwrap_or_default()) {
                return Ok(true);
            }
            place = place.saturating_add(long(came.len()));
        }
        Ok(false)
    }

    async fn take<S: Stream<Item = Result<Bytes, PayloadError>> + Unpin>(
        &mut self,
        source: &mut Source<S>,
    ) -> Result<(), Error> {
        loop {
            let mut buffer = std::mem::take(&mut self.buffer);
            let read = source.fill(&mut buffer).await;
            self.buffer = buffer;
            self.fits()?;
            let ended = matches!(read, Read::Ended) && self.is_all_here();
            if ended && source.skip > 0 && self.log.as_ref().is_some_and(|log| !log.whole) {
                // More is here than the terminal thinks that there is.
                let field = self.upload.total.map_or("whole", |_| "total");
                return Err(unfit(self.at, field, "log.total-wrong"));
            }
            while self.step(ended).await? {}
            match read {
                Read::Full => {}
                Read::Ended => return Ok(()),
                Read::Broken(cause) => return Err(self.broken(cause)),
            }
        }
    }

    /// Whether what is at hand may be kept.
    fn fits(&mut self) -> Result<(), Error> {
        let (received, more) = (self.at, long(self.buffer.len()));
        let end = received.saturating_add(more);
        let today = Day::of(self.ctx.now());
        if today != self.start.today {
            // A long body goes on into a new day, which has its own measure.
            self.start.today = today;
            self.start.left_bytes = self.start.limits.day_bytes;
        }
        if more > 0 && self.log.as_ref().is_some_and(|log| log.whole) {
            return Err(Error::Closed { received });
        }
        if self.upload.total.is_some_and(|total| end > total) {
            return Err(unfit(received, "total", "log.total-wrong"));
        }
        let limit_bytes = self.start.limits.log_bytes;
        if end.saturating_sub(self.before()) > limit_bytes {
            return Err(Error::LogTooLarge {
                received,
                limit_bytes,
            });
        }
        if (more > 0 || self.upload.whole) && self.charge(more, 0) > self.start.left_bytes.max(0) {
            let limits = self.start.limits;
            return Err(receive_ops::quota(received, limits, self.ctx.now()));
        }
        Ok(())
    }

    /// What so many more bytes count for, with so many messages in them.
    fn charge(&self, more: i64, messages: usize) -> i64 {
        charge(more, messages, self.which.is_new())
    }

    /// What of the file stands in other logs than the one that grows.
    fn before(&self) -> i64 {
        match &self.which {
            Which::New(new, _) => new.before_bytes,
            Which::There(_) => self.log.as_ref().map_or(0, |log| log.before_bytes),
        }
    }

    /// Whether the log ends where the body does.
    fn is_all_here(&self) -> bool {
        let end = self.at.saturating_add(long(self.buffer.len()));
        self.upload
            .total
            .map_or(self.upload.whole, |total| total == end)
    }

    /// Keeps the whole records at the front of the buffer; true where there may be more of them.
    async fn step(&mut self, ended: bool) -> Result<bool, Error> {
        let received = self.at;
        let _worked_on = turns::work().await?;
        if self.buffer.is_empty() {
            let is_open = self.log.as_ref().is_none_or(|log| !log.whole);
            if ended && is_open {
                self.commit(None, true).await?;
            }
            return Ok(false);
        }
        let rest = if ended { Rest::Ends } else { Rest::Follows };
        let raw = std::mem::take(&mut self.buffer);
        let cleaned = clean(raw, self.reading, rest).await;
        let mut cleaned = cleaned.map_err(|cause| Error::Broken { received, cause })?;
        self.buffer = std::mem::take(&mut cleaned.rest);
        if cleaned.length == 0 {
            return Ok(false);
        }
        let whole = ended && cleaned.is_all;
        self.reading.encoding = self.reading.encoding.or(cleaned.encoding);
        self.commit(Some(cleaned), whole).await?;
        Ok(ended && !whole)
    }

    async fn commit(&mut self, part: Option<Cleaned>, whole: bool) -> Result<(), Error> {
        if let (None, Some(log)) = (&part, &self.log) {
            // That nothing follows is said of what is here.
            self.which = Which::There(log.id);
        }
        let gain = Gain {
            at: self.at.saturating_sub(self.before()),
            length: part.as_ref().map_or(0, |it| it.length),
            stored_bytes: part.as_ref().map_or(0, |it| long(it.packed.len())),
            records: part.as_ref().map_or(0, |it| it.records),
            unread: part.as_ref().map_or(0, |it| it.unread),
            counts: part.as_ref().map(|it| it.counts).unwrap_or_default(),
            encoding: part.as_ref().and_then(|it| it.encoding),
            whole,
            asked: self.start.asked,
        };
        let messages = part.as_ref().map_or(0, |it| it.messages.len());
        let stored = match part {
            Some(part) => {
                let files = [part.packed];
                let stored = self.ctx.storage.upload_together(&files, "application/gzip");
                let blob = stored.await?.pop();
                blob.map(|blob| (blob.id, part.messages))
            }
            None => None,
        };
        let (of, which, limits) = (self.of.clone(), self.which.clone(), self.start.limits);
        let (now, charged) = (self.ctx.now(), self.charge(gain.length, messages));
        let kept = self.ctx.db.write(move |tx| {
            let part = stored
                .as_ref()
                .map(|(blob, messages)| (*blob, &messages[..]));
            keep(tx, &of, &which, &gain, part, limits, now)
        });
        let log = kept.await?;
        if !log.whole && !self.which.is_new() {
            let grown = receive_ops::growth(&self.of.device.tid, &log, now);
            self.ctx.hub.whisper(grown);
        }
        self.at = log.received();
        self.start.left_bytes = self.start.left_bytes.saturating_sub(charged);
        self.which = Which::There(log.id);
        self.log = Some(log);
        Ok(())
    }

    /// What the connection brought cannot be read on; what was kept until then stays.
    fn broken(&self, cause: http::Error) -> Error {
        let received = self.at;
        match cause {
            http::Error::BrokenEncoding => Error::BadCompression { received },
            cause => Error::Broken { received, cause },
        }
    }
}
