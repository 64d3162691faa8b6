//! Our own format of an exchange with a host: a JSON object a line, for whoever writes its log anew.
//!
//! | Key | What it says |
//! |---|---|
//! | `at` | when it was logged, RFC 3339 |
//! | `dir` | `request`, `answer`, `notice` or `failure` |
//! | `host` | the host or the channel |
//! | `mti` | message type, four digits |
//! | `stan`, `rrn`, `terminal`, `processing_code` | fields 11, 37, 41, 3 |
//! | `amount`, `currency` | field 4 as an integer in minor units, field 49 |
//! | `result` | field 39 |
//! | `card` | field 2; it comes masked, or is masked here |
//! | `local_time`, `transmitted` | fields 13 and 12, field 7 |
//! | `failure` | for a failure: `time-out`, `disconnected`, `unreadable` or a word of the terminal's own |
//! | `fields` | an object: the number of a field → its value, or an object of subfields |
//! | `raw` | the message itself, as hexadecimal digits or text |
//!
//! No key is needed, and any further one is kept. A key that names a card number, a track, a PIN block or a
//! verification value is masked wherever it stands. A line that is no JSON object is kept as one that could not
//! be read.
mod mask;
mod read;
#[cfg(test)]
mod tests;

pub(in crate::formats) use read::messages;

use super::{cuts, values};
use crate::formats::row::Records;
use crate::formats::{Counts, Record, Rest, Trouble, cards};
use serde_json::{Map, Value};

/// Objects, a line each.
pub(in crate::formats) struct Objects;

impl Records for Objects {
    type Cut = Line;

    fn next(&self, bytes: &[u8], rest: Rest) -> Option<(usize, Line)> {
        next(bytes, rest).map(|line| (line.length, line))
    }

    fn clean(&self, bytes: &mut [u8], line: &Line) -> (Counts, bool) {
        let trouble = trouble(line, bytes);
        (clean(bytes, trouble), trouble.is_some())
    }

    fn show(&self, bytes: &[u8], line: &Line, _: Option<&Record>) -> Record {
        read::record(bytes, trouble(line, bytes))
    }
}

fn clean(line: &mut [u8], trouble: Option<Trouble>) -> Counts {
    let mut counts = mask::structure(line);
    if trouble.is_some() {
        counts.add(values::mask_labelled(line, b'*'));
        counts.add(cards::mask_text(line));
    }
    counts
}

/// A line, with what ends it.
pub(in crate::formats) struct Line {
    length: usize,
    cut: bool,
}

fn next(bytes: &[u8], rest: Rest) -> Option<Line> {
    let window = cuts::window(bytes, rest);
    if let Some(end) = window.bytes.iter().position(|b| *b == b'\n') {
        return Some(Line {
            length: end.saturating_add(1),
            cut: false,
        });
    }
    let (length, cut) = cuts::cut(window.bytes);
    (window.complete && length > 0).then_some(Line { length, cut })
}

/// The object that the line is. Nesting is bounded by the parser, at 128.
fn object(line: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(line).ok()
}

fn trouble(line: &Line, bytes: &[u8]) -> Option<Trouble> {
    if line.cut {
        return Some(Trouble::TooLong);
    }
    let readable = bytes.trim_ascii().is_empty() || object(bytes).is_some();
    (!readable).then_some(Trouble::Malformed)
}
