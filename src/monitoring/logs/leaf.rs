//! A leaf of a log: so many records as a page shows, wherever in the log they lie. What is read for one
//! is a few pieces, found by their offset, whatever the log's size.
use super::model::{Log, Piece, long};
use super::{reader, store};
use crate::context::Ctx;
use crate::formats::{self, Record};
use crate::monitoring::Error;
use actix_web::web;
use std::collections::VecDeque;
use tokio::sync::Semaphore;

/// The most that a leaf holds: records, and bytes of them.
pub(super) const RECORDS: usize = 200;
pub(super) const BYTES: i64 = 64 << 10;

/// Where a leaf lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// It begins with the record that holds this byte.
    At(i64),
    /// It ends with the last record before this byte.
    Before(i64),
    /// It begins with the record of this number, from 0.
    Record(i64),
}

/// One record where it stands in its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// From 0.
    pub(super) number: i64,
    /// Where it begins in the log.
    pub(super) at: i64,
    pub(super) record: Record,
    pub(super) raw: Vec<u8>,
}

impl Line {
    pub(super) fn end(&self) -> i64 {
        self.at.saturating_add(long(self.raw.len()))
    }
}

/// Records that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaf {
    pub(super) lines: Vec<Line>,
    /// What of the log it covers.
    pub(super) from: i64,
    pub(super) to: i64,
}

/// How much of a leaf is taken.
#[derive(Debug, Clone, Copy)]
struct Room {
    records: usize,
    bytes: i64,
}

impl Room {
    const WHOLE: Self = Self {
        records: RECORDS,
        bytes: BYTES,
    };

    /// A record always goes in where none is yet.
    fn takes(&mut self, line: &Line) -> bool {
        let length = long(line.raw.len());
        let is_first = self.records == RECORDS;
        if !is_first && (self.records == 0 || length > self.bytes) {
            return false;
        }
        self.records = self.records.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(length);
        true
    }
}

/// Pieces that are read at once; whoever comes then waits.
static READING: Semaphore = Semaphore::const_new(16);

/// The first records of a piece, so many at most, each where it stands.
pub(super) async fn lines(
    ctx: &Ctx,
    log: &Log,
    piece: Piece,
    most: usize,
) -> Result<Vec<Line>, Error> {
    // Never closed.
    let _reading = READING.acquire().await.map_err(|_| Error::Crowded)?;
    let bytes = reader::piece(ctx, &piece).await?;
    let (format, encoding) = (log.format, log.encoding);
    // What is decoded may be dear, and many read at once.
    let read = web::block(move || {
        let records = formats::read(format, encoding, &bytes, most);
        let line = |(n, record): (usize, Record)| Line {
            number: piece.first_record.saturating_add(long(n)),
            at: piece.at.saturating_add(long(record.at)),
            raw: bytes
                .get(record.at..record.at.saturating_add(record.length))
                .unwrap_or_default()
                .to_vec(),
            record,
        };
        records.into_iter().enumerate().map(line).collect()
    });
    // The reader went away, or the server is on its way down.
    read.await.map_err(|_| Error::Crowded)
}

/// The piece that holds this byte; `None` beyond the end. One that is missing before it went with its log.
async fn piece_at(ctx: &Ctx, log: &Log, at: i64) -> Result<Option<Piece>, Error> {
    let id = log.id;
    let found = ctx.db.read(move |conn| store::piece_at(conn, id, at));
    let found = found.await?;
    if found.is_none() && at < log.size_bytes {
        return Err(Error::NoLog);
    }
    Ok(found)
}

/// The leaf that lies there. One that lies beyond the end is empty.
pub(super) async fn leaf(ctx: &Ctx, log: &Log, place: Place) -> Result<Leaf, Error> {
    match place {
        Place::At(at) => onward(ctx, log, at).await,
        Place::Before(end) => backward(ctx, log, end.min(log.size_bytes)).await,
        Place::Record(n) => {
            let id = log.id;
            let found = ctx.db.read(move |conn| store::piece_of_record(conn, id, n));
            let Some(piece) = found.await? else {
                if n < log.records {
                    return Err(Error::NoLog);
                }
                return onward(ctx, log, log.size_bytes).await;
            };
            let most = usize::try_from(n.saturating_sub(piece.first_record));
            let most = most.unwrap_or(usize::MAX).saturating_add(1);
            let all = lines(ctx, log, piece, most).await?;
            let at = all.iter().find(|line| line.number == n);
            onward(ctx, log, at.map_or(piece.at, |line| line.at)).await
        }
    }
}

async fn onward(ctx: &Ctx, log: &Log, from: i64) -> Result<Leaf, Error> {
    let (mut taken, mut room, mut at): (Vec<Line>, _, _) = (Vec::new(), Room::WHOLE, from);
    'full: while let Some(piece) = piece_at(ctx, log, at).await? {
        // One more than there is room for tells that there is no more.
        let most = if piece.at == at {
            RECORDS + 1
        } else {
            usize::MAX
        };
        for line in lines(ctx, log, piece, most).await? {
            if line.end() <= at {
                continue;
            }
            if !room.takes(&line) {
                break 'full;
            }
            taken.push(line);
        }
        at = piece.at.saturating_add(piece.length);
    }
    let from = taken.first().map_or(from, |line| line.at);
    let to = taken.last().map_or(from, Line::end);
    Ok(Leaf {
        lines: taken,
        from,
        to,
    })
}

async fn backward(ctx: &Ctx, log: &Log, end: i64) -> Result<Leaf, Error> {
    let (mut taken, mut room, mut at) = (VecDeque::new(), Room::WHOLE, end);
    'full: while at > 0 {
        let Some(piece) = piece_at(ctx, log, at - 1).await? else {
            break;
        };
        for line in lines(ctx, log, piece, usize::MAX).await?.into_iter().rev() {
            if line.end() > end {
                continue;
            }
            if !room.takes(&line) {
                break 'full;
            }
            taken.push_front(line);
        }
        at = piece.at;
    }
    let taken = Vec::from(taken);
    let to = taken.last().map_or(end, Line::end);
    // No record ends before it: it lies inside the first one.
    let from = taken.first().map_or(0, |line| line.at);
    Ok(Leaf {
        lines: taken,
        from,
        to,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(length: usize) -> Line {
        Line {
            number: 0,
            at: 0,
            record: Record {
                at: 0,
                length,
                time: None,
                direction: None,
                kind: None,
                text: String::new(),
                fields: Vec::new(),
                trouble: None,
            },
            raw: vec![0; length],
        }
    }

    #[test]
    fn a_leaf_takes_one_record_of_any_size_and_many_small_ones() {
        let mut room = Room::WHOLE;
        assert!(room.takes(&line(100_000)));
        assert!(!room.takes(&line(1)), "the first one took all");
        let mut room = Room::WHOLE;
        let n = (0..1_000).take_while(|_| room.takes(&line(10))).count();
        assert_eq!(n, RECORDS);
        let mut room = Room::WHOLE;
        let n = (0..1_000).take_while(|_| room.takes(&line(1_024))).count();
        assert_eq!(n, 64);
    }
}
