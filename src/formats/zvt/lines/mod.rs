//! ZVT telegrams as lines of text: a time, a direction, and the bytes as hexadecimal digits.
//!
//! A telegram that does not end in its line goes on in the next, as in a dump of 16 bytes a line; such lines are one
//! record. Lines without digits are text. What is decided rests on the [`LONGEST_RECORD`] bytes from the
//! beginning of a record, so that it is the same however the lines arrive.
use std::ops::Range;

use super::super::lines::{self as text, Encoding, Lines};
use super::super::row::{self, Records};
use super::super::tlv::hex;
use super::super::{Counts, Direction, LONGEST_RECORD, Record, Rest, Trouble, cards};
use super::cut::{self, Head, Shape};
use super::{frames, mask};
use digits::{Row, Run};

mod digits;

/// Fewer digits are no card number.
const SHORTEST_CARD: usize = 12;

/// The digits of one line within a record.
#[derive(Debug)]
struct Piece {
    line: Range<usize>,
    words: Run,
    /// How many bytes they are.
    bytes: usize,
    column: Option<Range<usize>>,
}

/// Some lines that are one record.
#[derive(Debug, Default)]
pub(in crate::formats) struct Telegram {
    length: usize,
    pieces: Vec<Piece>,
    bytes: Vec<u8>,
    /// A single line that is too long.
    too_long: bool,
}

/// Telegrams in lines of an encoding.
pub(in crate::formats) struct Telegrams(pub(in crate::formats) Encoding);

impl Records for Telegrams {
    type Cut = Telegram;

    fn next(&self, bytes: &[u8], rest: Rest) -> Option<(usize, Telegram)> {
        next(bytes, rest).map(|found| (found.length, found))
    }

    fn clean(&self, record: &mut [u8], found: &Telegram) -> (Counts, bool) {
        scrub_record(record, found)
    }

    fn show(&self, record: &[u8], found: &Telegram, above: Option<&Record>) -> Record {
        read_record(self.0, record, found, above)
    }
}

/// The record at the front; `None` where more bytes are needed to tell.
fn next(bytes: &[u8], rest: Rest) -> Option<Telegram> {
    let full = bytes.len() >= LONGEST_RECORD;
    let window = bytes.get(..LONGEST_RECORD).unwrap_or(bytes);
    let rest = if full { Rest::Follows } else { rest };
    let line = text::next(window, rest)?;
    let mut found = Telegram {
        length: line.length,
        too_long: line.cut,
        ..Telegram::default()
    };
    let content = window.get(..line.length - line.ending)?;
    let row = Row::of(content);
    let Some(words) = row
        .telegram(content)
        .or_else(|| row.offset.filter(|_| row.pure).and_then(|_| row.more()))
    else {
        return Some(found);
    };
    found.push(content, 0, words);
    let mut missing = missing(&found.bytes);
    while row.offset.is_some() && row.pure || missing.is_some() {
        let left = window.get(found.length..).unwrap_or_default();
        let Some(line) = text::next(left, rest) else {
            let over = full || left.is_empty() && rest == Rest::Ends;
            return over.then_some(found);
        };
        let content = left.get(..line.length - line.ending)?;
        let Some(words) = found.goes_on(content, &row, missing) else {
            break;
        };
        found.push(content, found.length, words);
        found.length += line.length;
        // Before as many bytes are there nothing can be complete.
        if missing.is_none_or(|missing| found.bytes.len() >= missing) {
            missing = self::missing(&found.bytes);
        }
    }
    Some(found)
}

impl Telegram {
    fn push(&mut self, content: &[u8], at: usize, words: Run) {
        let bytes = digits::bytes_of(content, &words);
        let column =
            digits::column(content, &words, &bytes).map(|range| range.start + at..range.end + at);
        self.pieces.push(Piece {
            line: at..at + content.len(),
            words: words
                .into_iter()
                .map(|word| word.start + at..word.end + at)
                .collect(),
            bytes: bytes.len(),
            column,
        });
        self.bytes.extend(bytes);
    }

    /// The digits of a line, if it goes on with what began before.
    fn goes_on(&self, content: &[u8], first: &Row, missing: Option<usize>) -> Option<Run> {
        let row = Row::of(content);
        let words = if row.pure {
            row.more()?
        } else {
            row.more_at_end(content)?
        };
        if let (Some(offset), true) = (row.offset, row.pure) {
            return (offset == self.bytes.len()).then_some(words);
        }
        missing?;
        let is_read = |bytes: &[u8]| {
            cut::next(bytes, Rest::Ends)
                .is_some_and(|cut| !matches!(cut.shape, Shape::Unread | Shape::TooLong))
        };
        let goes_on = if row.pure {
            // Bare digits below a line that has a time belong to it, whatever they look like; below others all but a
            // whole telegram does, or in the middle of one much would look like the beginning of another.
            let bytes = digits::bytes_of(content, &words);
            !first.pure
                || !digits::begins(&bytes)
                || !is_read(&bytes)
                || self::missing(&bytes).is_some()
        } else {
            let fresh = row
                .telegram(content)
                .is_some_and(|words| is_read(&digits::bytes_of(content, &words)));
            // A line with words of its own goes on only with what is a telegram without doubt.
            let begins = digits::begins(&digits::bytes_of(content, &words));
            !fresh && !begins && telegrams_trouble(self, &self.bytes) == Some(Trouble::Truncated)
        };
        goes_on.then_some(words)
    }
}

/// How many bytes there must be at least before the last telegram can be whole; `None` where all are whole.
fn missing(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let left = bytes.get(at..).filter(|left| !left.is_empty())?;
        let cut = cut::next(left, Rest::Ends)?;
        let framed = left.starts_with(&[frames::DLE, frames::STX]);
        if framed && cut.shape != Shape::Unread {
            let inside = frames::unstuff(left);
            if !inside.closed || cut.length == left.len() && left.len() < inside.end + 2 {
                let total = Head::of(&inside.bytes).map_or(0, Head::total);
                let whole = inside.closed && inside.bytes.len() != total;
                return (!whole).then_some((at + total + 6).max(bytes.len() + 1));
            }
        } else if let Some(total) = Head::of(left)
            .filter(|_| digits::begins(left))
            .map(Head::total)
            && total > left.len()
            && total <= LONGEST_RECORD / 2
        {
            return Some(at + total);
        }
        // What follows unreadable bytes is not surely a telegram.
        if matches!(cut.shape, Shape::Unread | Shape::TooLong) {
            return None;
        }
        at += cut.length;
    }
}

/// Cleans one record. Whether it should be a telegram and is none.
fn scrub_record(record: &mut [u8], found: &Telegram) -> (Counts, bool) {
    if found.pieces.is_empty() {
        return (scrub_text(record), trouble(found, record).is_some());
    }
    let places: Vec<usize> = found
        .pieces
        .iter()
        .flat_map(|piece| piece.words.iter().cloned().flatten())
        .collect();
    let (mut counts, after) = hex::with_bytes_at(record, &places, |bytes| {
        let counts = row::scrub(&super::Telegrams, bytes, Rest::Ends).counts;
        (counts, bytes.to_vec())
    });
    let mut at = 0;
    for piece in &found.pieces {
        let range = at..at + piece.bytes;
        at = range.end;
        let old = found.bytes.get(range.clone()).unwrap_or_default();
        let new = after.get(range).unwrap_or_default();
        counts.add(scrub_around(record, piece, old, new));
    }
    (counts, telegrams_trouble(found, &after).is_some())
}

/// Cleans what stands before and behind the digits of a line.
fn scrub_around(record: &mut [u8], piece: &Piece, old: &[u8], new: &[u8]) -> Counts {
    let mut counts = Counts::default();
    let first = piece
        .words
        .first()
        .map_or(piece.line.end, |word| word.start);
    let last = piece.words.last().map_or(piece.line.end, |word| word.end);
    if let Some(before) = record.get_mut(piece.line.start..first) {
        counts.add(scrub_text(before));
    }
    let column = piece.column.clone().unwrap_or(last..last);
    if let Some(column) = record.get_mut(column.clone()) {
        for (shown, _) in column
            .iter_mut()
            .zip(old.iter().zip(new))
            .filter(|(_, (old, new))| old != new)
        {
            *shown = b'*';
        }
    }
    let behind = if column.is_empty() { last } else { column.end };
    if let Some(behind) = record.get_mut(behind..piece.line.end) {
        if column.is_empty() && old != new {
            // A column that could not be lined up with the digits may show what was taken from them.
            behind
                .iter_mut()
                .filter(|byte| byte.is_ascii_alphanumeric())
                .for_each(|byte| *byte = b'*');
        }
        counts.add(scrub_text(behind));
    }
    counts
}

/// Cleans text in which no telegram was found: what its digits stand for, and the text itself.
fn scrub_text(line: &mut [u8]) -> Counts {
    let mut counts = Counts::default();
    if line.iter().filter(|byte| byte.is_ascii_hexdigit()).count() < SHORTEST_CARD {
        return cards::mask_text(line);
    }
    let row = Row::of(line);
    for words in row.runs {
        // Bytes are not written in one word of decimal digits, nor behind the name of something else.
        let first = words.first().cloned().unwrap_or_default();
        let decimal = words.len() == 1
            && line
                .get(first.clone())
                .is_some_and(|word| word.iter().all(u8::is_ascii_digit));
        let places: Vec<usize> = words.into_iter().flatten().collect();
        if places.len() >= SHORTEST_CARD && !decimal && !cards::is_other(line, first.start) {
            counts.add(hex::with_bytes_at(line, &places, mask::unread));
        }
    }
    // Of a line of nothing but digits the bytes were looked at, as text too.
    if !row.pure {
        counts.add(cards::mask_text(line));
    }
    counts
}

fn read_record(
    encoding: Encoding,
    record: &[u8],
    found: &Telegram,
    last: Option<&Record>,
) -> Record {
    let line = row::read(&Lines(encoding), record, 1).into_iter().next();
    let mut line = line.unwrap_or_else(|| super::show::plain(None, record));
    line.trouble = trouble(found, record);
    let inner = row::read(&super::Telegrams, &found.bytes, usize::MAX);
    let is_telegram = |one: &&Record| one.trouble != Some(Trouble::Malformed) || one.kind.is_some();
    let Some(first) = inner.first().filter(is_telegram) else {
        return line;
    };
    // A dump stands below the line that has its time.
    let above =
        last.filter(|last| line.time.is_none() && last.fields.is_empty() && last.kind.is_none());
    let time = line
        .time
        .or_else(|| above.and_then(|above| above.time.clone()));
    let direction = first
        .direction
        .or_else(|| marked(&line.text))
        .or(line.direction);
    let mut read = Record {
        time,
        direction,
        trouble: line.trouble,
        ..first.clone()
    };
    for more in inner.iter().skip(1) {
        read.text.push_str(", ");
        read.text.push_str(&more.text);
        read.fields.extend(more.fields.iter().cloned());
    }
    read
}

/// The direction as some captures name it.
fn marked(line: &str) -> Option<Direction> {
    let line = line.to_ascii_lowercase();
    let from = line.find("ecr_pt").map(|at| (at, Direction::FromTill));
    let to = line.find("pt_ecr").map(|at| (at, Direction::ToTill));
    from.into_iter()
        .chain(to)
        .min_by_key(|(at, _)| *at)
        .map(|(_, direction)| direction)
}

/// What is wrong with a record.
fn trouble(found: &Telegram, record: &[u8]) -> Option<Trouble> {
    match () {
        () if found.too_long => Some(Trouble::TooLong),
        () if !found.pieces.is_empty() => telegrams_trouble(found, &found.bytes),
        // No text has one.
        () => record.contains(&0).then_some(Trouble::Malformed),
    }
}

/// What is wrong with the telegrams of a record. A line of digits that are none is but text.
fn telegrams_trouble(found: &Telegram, bytes: &[u8]) -> Option<Trouble> {
    if found.too_long {
        return Some(Trouble::TooLong);
    }
    let mut at = 0;
    while let Some(cut) = bytes.get(at..).and_then(|left| cut::next(left, Rest::Ends)) {
        let record = bytes.get(at..at + cut.length)?;
        let text = at == 0 && cut.shape == Shape::Unread && found.pieces.len() == 1;
        if text && cut.length == bytes.len() {
            return None;
        }
        if let Some(trouble) = super::trouble(record, cut.shape) {
            return Some(trouble);
        }
        at += cut.length;
    }
    None
}
