//! A leaf of a log: so many records as a page shows, wherever in the log they lie. What is read for one
//! is a few pieces, found by their offset, whatever the log's size.
use super::model::{Held, Log, Piece, long};
use super::{reader, store};
use crate::context::Ctx;
use crate::formats::{self, Record};
use crate::monitoring::Error;
use actix_web::web;
use std::collections::VecDeque;
use std::ops::Range;
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

/// Which records of a piece are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// From the one that this lies in on, so many at most.
    From(Held, usize),
    /// The last ones that end at this byte of the log or before it, so many at most.
    Before(i64, usize),
}

impl Which {
    /// Their numbers in the piece, where these are the bounds of its records.
    fn among(self, piece: &Piece, bounds: &[usize]) -> Range<usize> {
        let all = bounds.len().saturating_sub(1);
        let here = |at: i64| usize::try_from(at.saturating_sub(piece.at)).unwrap_or_default();
        // Records that end there or before it.
        let ended = |at: i64| {
            let here = here(at);
            let begun = bounds.partition_point(|bound| *bound <= here);
            begun.saturating_sub(1)
        };
        match self {
            Self::From(held, most) => {
                let first = match held {
                    Held::Byte(at) => ended(at),
                    Held::Record(number) => {
                        let n = usize::try_from(number.saturating_sub(piece.first_record));
                        n.ok().filter(|n| *n < all).unwrap_or_default()
                    }
                };
                first..first.saturating_add(most).min(all)
            }
            Self::Before(end, most) => {
                let end = ended(end);
                end.saturating_sub(most)..end
            }
        }
    }
}

/// Records of a piece, each where it stands. No other is decoded, but the one above them: it may tell their time.
pub(super) async fn lines(
    ctx: &Ctx,
    log: &Log,
    piece: Piece,
    which: Which,
) -> Result<Vec<Line>, Error> {
    // Never closed.
    let _reading = READING.acquire().await.map_err(|_| Error::Crowded)?;
    let bytes = reader::piece(ctx, &piece).await?;
    let (format, encoding) = (log.format, log.encoding);
    // What is decoded may be dear, and many read at once.
    let read = web::block(move || {
        let bounds = formats::bounds(format, encoding, &bytes);
        let wanted = which.among(&piece, &bounds);
        let first = wanted.start.saturating_sub(1);
        let from = bounds.get(first).copied().unwrap_or_default();
        let bytes = bytes.get(from..).unwrap_or_default();
        let most = wanted.end.saturating_sub(first);
        let records = (first..).zip(formats::read(format, encoding, bytes, most));
        let line = |(n, record): (usize, Record)| Line {
            number: piece.first_record.saturating_add(long(n)),
            at: piece
                .at
                .saturating_add(long(from.saturating_add(record.at))),
            raw: bytes
                .get(record.at..record.at.saturating_add(record.length))
                .unwrap_or_default()
                .to_vec(),
            record,
        };
        let wanted = records.filter(|(n, _)| wanted.contains(n));
        wanted.map(line).collect()
    });
    // The reader went away, or the server is on its way down.
    read.await.map_err(|_| Error::Crowded)
}

/// The piece that holds it; `None` beyond the end. One that is missing before it went with its log.
async fn piece_of(ctx: &Ctx, log: &Log, held: Held) -> Result<Option<Piece>, Error> {
    let id = log.id;
    let found = ctx.db.read(move |conn| store::piece_of(conn, id, held));
    let found = found.await?;
    if found.is_none() && log.holds(held) {
        return Err(Error::NoLog);
    }
    Ok(found)
}

/// The leaf that lies there. One that lies beyond the end is empty.
pub(super) async fn leaf(ctx: &Ctx, log: &Log, place: Place) -> Result<Leaf, Error> {
    match place {
        Place::At(at) => onward(ctx, log, Held::Byte(at)).await,
        Place::Before(end) => backward(ctx, log, end.min(log.size_bytes)).await,
        Place::Record(n) => onward(ctx, log, Held::Record(n)).await,
    }
}

async fn onward(ctx: &Ctx, log: &Log, begin: Held) -> Result<Leaf, Error> {
    let (mut taken, mut room, mut next): (Vec<Line>, _, _) = (Vec::new(), Room::WHOLE, begin);
    'full: while let Some(piece) = piece_of(ctx, log, next).await? {
        // One more than there is room for tells that there is no more.
        for line in lines(ctx, log, piece, Which::From(next, RECORDS + 1)).await? {
            if !room.takes(&line) {
                break 'full;
            }
            taken.push(line);
        }
        next = Held::Byte(piece.at.saturating_add(piece.length));
    }
    let beyond = match begin {
        Held::Byte(at) => at,
        Held::Record(_) => log.size_bytes,
    };
    let from = taken.first().map_or(beyond, |line| line.at);
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
        let Some(piece) = piece_of(ctx, log, Held::Byte(at - 1)).await? else {
            break;
        };
        let lines = lines(ctx, log, piece, Which::Before(end, RECORDS + 1)).await?;
        for line in lines.into_iter().rev() {
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
    use crate::ids::BlobId;

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
    fn records_are_found_by_their_bounds() {
        let piece = Piece {
            at: 100,
            length: 30,
            stored_bytes: 0,
            first_record: 7,
            records: 3,
            blob: BlobId(1),
        };
        let bounds = [0, 10, 15, 30];
        for (which, found) in [
            (Which::From(Held::Byte(100), 9), 0..3),
            (Which::From(Held::Byte(109), 9), 0..3),
            (Which::From(Held::Byte(110), 9), 1..3),
            (Which::From(Held::Byte(129), 9), 2..3),
            (Which::From(Held::Byte(20), 2), 0..2),
            (Which::From(Held::Record(8), 1), 1..2),
            (Which::From(Held::Record(99), 1), 0..1),
            (Which::Before(100, 9), 0..0),
            (Which::Before(109, 9), 0..0),
            (Which::Before(110, 9), 0..1),
            (Which::Before(129, 9), 0..2),
            (Which::Before(130, 9), 0..3),
            (Which::Before(500, 2), 1..3),
        ] {
            assert_eq!(which.among(&piece, &bounds), found, "{which:?}");
        }
        let none = Which::From(Held::Byte(100), 9).among(&piece, &[0]);
        assert!(none.is_empty());
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
