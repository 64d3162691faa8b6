//! Lines of text of any kind: whatever a till, a driver or a terminal writes for people.
//!
//! A record is a line, ended by LF, CR LF or a lone CR. What is masked in a line depends on that line alone, and where a
//! line that is too long is cut depends on its first [`LONGEST_RECORD`] bytes alone: so a log comes out the
//! same in whatever pieces it came in. A secret that goes on in the next line is not seen as a whole.
mod direction;
mod encoding;
mod stamp;
#[cfg(test)]
mod tests;

pub use encoding::Encoding;
pub(in crate::formats) use encoding::{decode, detect};

use super::row::Records;
use super::{Counts, LONGEST_RECORD, Record, Rest, Trouble, cards};

/// How far in front of [`LONGEST_RECORD`] a good place for a cut is looked for.
const REACH: usize = 2048;

/// The line at the front of what is at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) struct Line {
    /// Its bytes, what ends it among them.
    pub length: usize,
    /// Those that end it.
    pub ending: usize,
    /// It had no end within [`LONGEST_RECORD`] and was cut.
    pub cut: bool,
}

/// The line at the front; `None` if it may go on in what follows, or there is nothing.
pub(in crate::formats) fn next(bytes: &[u8], rest: Rest) -> Option<Line> {
    let window = bytes.get(..LONGEST_RECORD).unwrap_or(bytes);
    if let Some(at) = window.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
        let is_return = window.get(at) == Some(&b'\r');
        let ending = match window.get(at + 1) {
            _ if !is_return => Some(1),
            Some(b'\n') => Some(2),
            Some(_) => Some(1),
            // An LF may follow it.
            None => None,
        };
        if let Some(ending) = ending {
            return Some(Line {
                length: at + ending,
                ending,
                cut: false,
            });
        }
    }
    if window.len() == LONGEST_RECORD {
        return Some(Line {
            length: place_to_cut(window),
            ending: 0,
            cut: true,
        });
    }
    let ending = usize::from(window.ends_with(b"\r"));
    (rest == Rest::Ends && !window.is_empty()).then_some(Line {
        length: window.len(),
        ending,
        cut: false,
    })
}

/// Lines in an encoding. It makes no difference to what is looked for: that is digits, and names for them in any.
pub(super) struct Lines(pub(super) Encoding);

impl Records for Lines {
    type Cut = Line;

    fn next(&self, bytes: &[u8], rest: Rest) -> Option<(usize, Line)> {
        next(bytes, rest).map(|line| (line.length, line))
    }

    fn clean(&self, text: &mut [u8], line: &Line) -> (Counts, bool) {
        let counts = cards::mask_text(text);
        (counts, trouble(*line, text).is_some())
    }

    fn show(&self, whole: &[u8], line: &Line, _: Option<&Record>) -> Record {
        let bare = whole.len().saturating_sub(line.ending);
        let text = decode(self.0, whole.get(..bare).unwrap_or_default());
        let time = stamp::leading(&text);
        Record {
            at: 0,
            length: whole.len(),
            time: time.map(|stamp| stamp.text.to_owned()),
            direction: direction::of(time.map_or(text.as_str(), |stamp| stamp.behind)),
            kind: None,
            fields: Vec::new(),
            trouble: trouble(*line, whole),
            text,
        }
    }
}

/// Text has no NUL: where one stands, it is UTF-16 or no text at all.
fn trouble(line: Line, bytes: &[u8]) -> Option<Trouble> {
    if line.cut {
        return Some(Trouble::TooLong);
    }
    bytes.contains(&0).then_some(Trouble::Malformed)
}

/// Where a line without an end is cut: not within a number, a secret or a word, and not between a name and its value.
fn place_to_cut(window: &[u8]) -> usize {
    let mut masked = window.to_vec();
    cards::mask_text(&mut masked);
    let clean = |at: usize| window.get(at) == masked.get(at);
    let near = || (window.len().saturating_sub(REACH)..window.len()).rev();
    let pair = |at: usize| Some((*window.get(at.checked_sub(1)?)?, *window.get(at)?));
    let between = |before: fn(u8) -> bool, after: fn(u8) -> bool| {
        near().find(|at| {
            let fits = pair(*at).is_some_and(|(left, right)| before(left) && after(right));
            fits && clean(*at) && clean(at.saturating_sub(1))
        })
    };
    between(
        |left| b";|>}])&,".contains(&left),
        |right| b"\"'<{[(".contains(&right) || begins(right),
    )
    .or_else(|| between(|left| left.is_ascii_whitespace(), begins))
    .or_else(|| behind_a_secret(window, &masked))
    .or_else(|| before_a_number(window))
    .unwrap_or(window.len())
}

/// Whether a word begins with this, or a track.
fn begins(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80 || matches!(byte, b'%' | b';')
}

/// The end of the last masked number, where it is not the end of all.
fn behind_a_secret(window: &[u8], masked: &[u8]) -> Option<usize> {
    let from = window.len().saturating_sub(REACH);
    let mut pairs = window.iter().zip(masked);
    let last = pairs
        .rposition(|(raw, clean)| raw != clean)
        .filter(|at| *at >= from)?;
    // The last four digits are shown, and the groups of a number stand apart.
    let mut shown = 0;
    let is_tail = |byte: &&u8| {
        shown += usize::from(byte.is_ascii_digit());
        shown <= 4 && (byte.is_ascii_digit() || b" -.\t".contains(byte))
    };
    let tail = window.get(last + 1..)?.iter().take_while(is_tail).count();
    Some(last + 1 + tail).filter(|end| *end < window.len())
}

/// The beginning of the number that goes on at the end, in groups or not, or of a character that does.
fn before_a_number(window: &[u8]) -> Option<usize> {
    let is_number = |byte: &&u8| byte.is_ascii_digit() || b" -.\t".contains(byte);
    let digits = window.iter().rev().take_while(is_number).count();
    let rest = window
        .iter()
        .rev()
        .take_while(|byte| (0x80..0xc0).contains(*byte))
        .count();
    let word = window
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let length = match (digits, rest) {
        (1..REACH, _) => digits,
        (REACH.., _) => word,
        (_, 1..=3) => rest + 1,
        _ => 0,
    };
    window
        .len()
        .checked_sub(length)
        .filter(|at| *at > window.len().saturating_sub(REACH))
}
