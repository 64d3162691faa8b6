//! A log on its way in, in bounded memory: 256 KiB are read, cleaned, stored and acknowledged before more is
//! read. What is no whole record yet when a body ends is forgotten: nothing raw reaches the disk, and the
//! terminal sends it again.
use super::clean::{Cleaned, Reading, clean};
use super::model::{Log, long};
use super::piece_store::{Gain, NewLog};
use super::receive_ops::{self, Start, Which, charge, keep};
use super::turns;
use super::upload::Upload;
use crate::context::Ctx;
use crate::formats::Rest;
use crate::http;
use crate::monitoring::Error;
use crate::monitoring::days::Day;
use crate::terminals::Device;
use actix_web::error::PayloadError;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};

/// Raw bytes that are worked on at once. Longer than any record.
const PIECE: usize = 256 << 10;
/// So much of what is here already may come again: what a broken connection leaves in doubt.
const AGAIN: i64 = 1 << 20;

/// Takes in what a terminal sends; the log as it is then, `None` where nothing of it could be kept yet.
pub(super) async fn receive(
    ctx: &Ctx,
    device: &Device,
    upload: Upload,
    body: impl Stream<Item = Result<Bytes, PayloadError>> + Unpin,
) -> Result<Option<Log>, Error> {
    let _turn = turns::enter(ctx, device.id).await?;
    let (id, asked, now) = (device.id, upload.clone(), ctx.now());
    let start = ctx.db.read(move |conn| {
        let which = (asked.kind, asked.name.as_str());
        receive_ops::start(conn, id, which, asked.task, now)
    });
    let mut intake = Intake::begin(ctx, device, upload, start.await?)?;
    let mut source = Source::new(body, intake.at.saturating_sub(intake.upload.offset));
    let taken = intake.take(&mut source).await;
    taken.map(|()| intake.log)
}

/// How a body went on.
enum Read {
    /// There is more of it.
    Full,
    Ended,
    Broken(http::Error),
}

/// The body without what is here already.
struct Source<S> {
    body: S,
    skip: i64,
    left: Bytes,
}

impl<S: Stream<Item = Result<Bytes, PayloadError>> + Unpin> Source<S> {
    fn new(body: S, skip: i64) -> Self {
        let left = Bytes::new();
        Self { body, skip, left }
    }

    async fn fill(&mut self, buffer: &mut Vec<u8>) -> Read {
        while buffer.len() < PIECE {
            if self.left.is_empty() {
                match self.body.next().await {
                    None => return Read::Ended,
                    Some(Err(e)) => return Read::Broken(http::Error::of_payload(&e, 0)),
                    Some(Ok(bytes)) => self.left = bytes,
                }
                let old = long(self.left.len()).min(self.skip);
                self.skip -= old;
                drop(self.left.split_to(usize::try_from(old).unwrap_or(0)));
            }
            let some = self.left.len().min(PIECE - buffer.len());
            buffer.extend_from_slice(&self.left.split_to(some));
        }
        Read::Full
    }
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
    device: &'a Device,
    upload: Upload,
    start: Start,
    which: Which,
    reading: Reading,
    log: Option<Log>,
    /// How much of the log is here: where the buffer begins.
    at: i64,
    buffer: Vec<u8>,
}

impl<'a> Intake<'a> {
    fn begin(
        ctx: &'a Ctx,
        device: &'a Device,
        upload: Upload,
        mut start: Start,
    ) -> Result<Self, Error> {
        let log = start.log.take();
        let received = log.as_ref().map_or(0, |log| log.size_bytes);
        let began = log.as_ref().map(|log| log.format);
        if let (Some(began), Some(said)) = (began, upload.format)
            && began != said
        {
            return Err(Error::OtherFormat { received });
        }
        if !(received.saturating_sub(AGAIN)..=received).contains(&upload.offset) {
            return Err(Error::Gap { received });
        }
        if upload.total.is_some_and(|total| total < received) {
            return Err(unfit(received, "total", "log.total-wrong"));
        }
        let Some(format) = began.or(upload.format) else {
            return Err(unfit(received, "format", "log.format-missing"));
        };
        let which = match &log {
            Some(log) => Which::There(log.id),
            None => Which::New(NewLog {
                terminal: device.id,
                establishment: device.establishment,
                kind: upload.kind,
                name: upload.name.clone(),
                format,
                till: upload.till.clone(),
                day: upload.day.unwrap_or(Day::of(ctx.now())),
            }),
        };
        let known = log.as_ref().filter(|_| start.is_told);
        let encoding = known.map(|log| log.encoding);
        Ok(Self {
            ctx,
            device,
            upload,
            start,
            which,
            reading: Reading { format, encoding },
            log,
            at: received,
            buffer: Vec::new(),
        })
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
    fn fits(&self) -> Result<(), Error> {
        let (received, more) = (self.at, long(self.buffer.len()));
        let end = received.saturating_add(more);
        if more > 0 && self.log.as_ref().is_some_and(|log| log.whole) {
            return Err(Error::Closed { received });
        }
        if self.upload.total.is_some_and(|total| end > total) {
            return Err(unfit(received, "total", "log.total-wrong"));
        }
        let limit_bytes = self.start.limits.log_bytes;
        if end > limit_bytes {
            return Err(Error::LogTooLarge {
                received,
                limit_bytes,
            });
        }
        if (more > 0 || self.upload.whole) && self.charge(more) > self.start.left_bytes.max(0) {
            let limits = self.start.limits;
            return Err(receive_ops::quota(received, limits, self.ctx.now()));
        }
        Ok(())
    }

    /// What so many more bytes count for.
    fn charge(&self, more: i64) -> i64 {
        charge(more, matches!(self.which, Which::New(_)))
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
        let gain = Gain {
            at: self.at,
            length: part.as_ref().map_or(0, |it| it.length),
            stored_bytes: part.as_ref().map_or(0, |it| long(it.packed.len())),
            records: part.as_ref().map_or(0, |it| it.records),
            unread: part.as_ref().map_or(0, |it| it.unread),
            counts: part.as_ref().map(|it| it.counts).unwrap_or_default(),
            encoding: part.as_ref().and_then(|it| it.encoding),
            whole,
            asked: self.start.asked,
        };
        let stored = match part {
            Some(part) => {
                let files = [part.packed];
                let stored = self.ctx.storage.upload_together(&files, "application/gzip");
                let blob = stored.await?.pop();
                blob.map(|blob| (blob.id, part.messages))
            }
            None => None,
        };
        let (tid, which, limits) = (
            self.device.tid.clone(),
            self.which.clone(),
            self.start.limits,
        );
        let (now, charged) = (self.ctx.now(), self.charge(gain.length));
        let kept = self.ctx.db.write(move |tx| {
            let part = stored
                .as_ref()
                .map(|(blob, messages)| (*blob, &messages[..]));
            keep(tx, &tid, &which, &gain, part, limits, now)
        });
        let log = kept.await?;
        if matches!(self.which, Which::There(_)) && !log.whole {
            let grown = receive_ops::growth(&self.device.tid, &log, now);
            self.ctx.hub.whisper(grown);
        }
        self.at = log.size_bytes;
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
