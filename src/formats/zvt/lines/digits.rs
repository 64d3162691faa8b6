//! The hexadecimal digits of one line of a log, and what stands around them.
use std::ops::Range;

use super::super::super::Rest;
use super::super::super::lines::{Encoding, Lines};
use super::super::super::row;
use super::super::super::tlv::hex;
use super::super::{commands, cut, frames};

/// So many places of a line where a telegram might begin are looked at.
const TRIES: usize = 12;
/// Words that are enough for the head of a telegram.
const HEAD: usize = 5;
/// Bytes after which a dump leaves a gap.
const HALF_ROW: usize = 8;

/// A row of words of hexadecimal digits.
pub(super) type Run = Vec<Range<usize>>;

/// One line, as far as digits go.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub runs: Vec<Run>,
    /// What the column before the digits says of their place in a telegram.
    pub offset: Option<usize>,
    /// Nothing but digits, with a column before or behind them.
    pub pure: bool,
}

impl Row {
    pub(super) fn of(line: &[u8]) -> Self {
        let (offset, start) = offset(line);
        let start = if offset.is_some() {
            start
        } else {
            after_time(line)
        };
        let runs = runs(line, start);
        let pure = match runs.first() {
            Some(run) => {
                let first = run.first().map_or(0, |word| word.start);
                let before = line
                    .get(start..first)
                    .is_some_and(|text| text.iter().all(|byte| is_filling(*byte)));
                let end = run.last().map_or(0, |word| word.end);
                let after = line.get(end..).unwrap_or_default();
                let gap = after.iter().take_while(|byte| is_filling(**byte)).count();
                let free = offset.is_some() || start == 0;
                before && free && (gap == after.len() || gap >= 2 || offset.is_some())
            }
            None => false,
        };
        Self { runs, offset, pure }
    }

    /// The words from which on a telegram begins: the one that fits to the end of its row, or else any.
    pub(super) fn telegram(&self, line: &[u8]) -> Option<Run> {
        let starts = self
            .runs
            .iter()
            .flat_map(|run| (0..run.len()).filter_map(|at| run.get(at..)));
        let likely =
            starts.filter(|words| begins(&bytes_of(line, words.get(..HEAD).unwrap_or(words))));
        let mut any = None;
        for words in likely.take(TRIES) {
            let bytes = bytes_of(line, words);
            let cut = cut::next(&bytes, Rest::Ends);
            if cut.is_some_and(|cut| cut.shape != cut::Shape::Unread) {
                return Some(words.to_vec());
            }
            any = any.or_else(|| Some(words.to_vec()));
        }
        any
    }

    /// The same where the line says other things too: then they stand at its end, apart from all else.
    pub(super) fn more_at_end(&self, line: &[u8]) -> Option<Run> {
        let run = self.runs.last()?;
        let (first, last) = (run.first()?, run.last()?);
        let apart = first.start.checked_sub(1).and_then(|at| line.get(at));
        let apart = apart
            .is_none_or(|byte| matches!(byte, b' ' | b'\t' | b':' | b'>' | b'=' | b']' | b'x'));
        let ends = line.get(last.end..)?.iter().all(|byte| is_filling(*byte));
        (apart && ends).then(|| run.clone())
    }

    /// The words that go on with a telegram that began before.
    pub(super) fn more(&self) -> Option<Run> {
        self.runs
            .iter()
            .max_by_key(|run| run.iter().map(ExactSizeIterator::len).sum::<usize>())
            .cloned()
    }
}

/// Whether a telegram or a frame begins so.
pub(super) fn begins(bytes: &[u8]) -> bool {
    match *bytes {
        [frames::DLE, frames::STX, ..] => true,
        [class, instr, length, ..] => {
            commands::known(class, instr) && (class < 0x80 || length == 0)
        }
        _ => false,
    }
}

/// The bytes that words of digits stand for.
pub(super) fn bytes_of(line: &[u8], words: &[Range<usize>]) -> Vec<u8> {
    let digits: Vec<u8> = words
        .iter()
        .filter_map(|word| line.get(word.clone()))
        .flatten()
        .filter_map(|byte| hex::digit(*byte))
        .collect();
    digits
        .chunks_exact(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
        .collect()
}

const fn is_filling(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'|')
}

/// The column of offsets, and where it ends.
fn offset(line: &[u8]) -> (Option<usize>, usize) {
    let start = line.iter().take_while(|byte| is_filling(**byte)).count();
    let rest = line.get(start..).unwrap_or_default();
    let size = rest
        .iter()
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    let ends = matches!(
        rest.get(size..),
        Some([b':' | b'|', b' ' | b'\t', ..] | [b' ' | b'\t', b' ' | b'\t' | b'|', ..])
    );
    if !(3..=8).contains(&size) || !ends {
        return (None, 0);
    }
    let digits = rest.get(..size).unwrap_or_default();
    let value = digits
        .iter()
        .filter_map(|byte| hex::digit(*byte))
        .fold(0, |sum, digit| sum << 4 | usize::from(digit));
    (Some(value), start + size + 1)
}

/// Where the time in front of a line ends: its digits are none of a telegram.
fn after_time(line: &[u8]) -> usize {
    let time = row::read(&Lines(Encoding::Latin1), line, 1)
        .into_iter()
        .next()
        .and_then(|record| record.time);
    let Some(time) = time.filter(|time| !time.is_empty()) else {
        return 0;
    };
    let found = line
        .windows(time.len())
        .position(|window| window == time.as_bytes());
    found.map_or(0, |at| at + time.len())
}

/// All rows of words of digits from `start` on.
fn runs(line: &[u8], start: usize) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut at = start;
    // Where the run goes on that was begun.
    let mut open: Option<usize> = None;
    while at < line.len() {
        let size = line
            .get(at..)
            .unwrap_or_default()
            .iter()
            .take_while(|byte| is_word(**byte))
            .count();
        if size == 0 {
            at += 1;
            continue;
        }
        let word = at..at + size;
        at = word.end;
        let Some(digits) = digits_of(line, word) else {
            open = None;
            continue;
        };
        match (open, runs.last_mut()) {
            (Some(end), Some(run)) if joined(line, end, &digits, run) => run.push(digits.clone()),
            _ => runs.push(vec![digits.clone()]),
        }
        open = Some(digits.end);
    }
    runs
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || byte == b'_'
}

/// The digits of a word that stands for whole bytes.
fn digits_of(line: &[u8], word: Range<usize>) -> Option<Range<usize>> {
    let text = line.get(word.clone())?;
    let prefix = if matches!(text, [b'0', b'x' | b'X', ..]) {
        2
    } else {
        0
    };
    let digits = text.get(prefix..)?;
    let whole = !digits.is_empty()
        && digits.len().is_multiple_of(2)
        && digits.iter().all(u8::is_ascii_hexdigit);
    whole.then_some(word.start + prefix..word.end)
}

/// Whether only what separates bytes stands between the end of a run and the next digits.
fn joined(line: &[u8], end: usize, next: &Range<usize>, run: &Run) -> bool {
    let between = line.get(end..next.start).unwrap_or_default();
    let between = between
        .strip_suffix(b"0x")
        .or_else(|| between.strip_suffix(b"0X"))
        .unwrap_or(between);
    match between {
        [b' ' | b'-' | b':' | b','] | [b',', b' '] => true,
        [b' ', b' '] | [b' ', b'-' | b'|', b' '] => run.len() == HALF_ROW && next.len() == 2,
        _ => false,
    }
}

/// The column behind the digits that shows their bytes as text.
pub(super) fn column(line: &[u8], words: &[Range<usize>], bytes: &[u8]) -> Option<Range<usize>> {
    let end = words.last()?.end;
    let after = line.get(end..)?;
    let barred = after
        .iter()
        .position(|byte| !byte.is_ascii_whitespace())
        .filter(|at| after.get(*at) == Some(&b'|'));
    let start = match barred {
        Some(at) => end + at + 1,
        None => {
            (end..line.len()).find(|start| line.len().checked_sub(*start) == Some(bytes.len()))?
        }
    };
    let column = start..start + bytes.len();
    let shown = line.get(column.clone())?;
    let fits = shown
        .iter()
        .zip(bytes)
        .all(|(shown, byte)| !matches!(byte, b'!'..=b'~') || shown == byte || *shown == b'*');
    fits.then_some(column)
}
