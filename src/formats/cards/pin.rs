//! PIN blocks in text: hexadecimal digits behind a name.
use super::label::{self, Label};
use super::line::{byte, is_hex, next_word};
use super::names::Secret;
use super::number::mask_all;

/// A PIN block has eight bytes, or sixteen; two of the shorter stand in a row where a PIN is changed.
const LONGEST: usize = 48;
const SHORTEST: usize = 16;

/// Overwrites what stands behind the name of a PIN block, and tells how many there were.
pub(super) fn mask(line: &mut [u8]) -> u32 {
    let mut count = 0_u32;
    let mut at = 0;
    while let Some((start, end)) = next_word(line, at) {
        let (from, to) = block(line, start, end);
        at = to.max(end);
        if from < to && label::before(line, from) == Label::Of(Secret::Pin) {
            mask_all(line.get_mut(from..to).unwrap_or_default(), b'*');
            count = count.saturating_add(1);
        }
    }
    count
}

/// What may be a PIN block and begins with the word given; nothing where it cannot be one, but never less far than
/// was looked.
fn block(line: &[u8], start: usize, end: usize) -> (usize, usize) {
    let word = line.get(start..end).unwrap_or_default();
    let prefix = match word {
        [b'0', b'x' | b'X', ..] => 2,
        [b'p' | b'P', ..] => ["pinblock", "pinblk", "pin"]
            .into_iter()
            .find(|name| {
                word.get(..name.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes()))
            })
            .map_or(0, str::len),
        _ => 0,
    };
    let value = word.get(prefix..).unwrap_or_default();
    let from = start + prefix;
    // In front of a star stands the beginning of what was masked before.
    if !is_hex(value) || byte(line, end) == b'*' {
        return (end, end);
    }
    let row = row(line, from, end);
    match value.len() {
        _ if row > end => (from, row),
        8..=LONGEST => (from, end),
        4..=7 if value.iter().all(u8::is_ascii_digit) && is_given(line, from) => (from, end),
        _ => (end, end),
    }
}

/// Whether what stands in front says that a value comes, and not just another word.
fn is_given(line: &[u8], at: usize) -> bool {
    let head = line
        .get(at.saturating_sub(4)..at)
        .unwrap_or_default()
        .trim_ascii_end();
    matches!(head.last(), Some(b'=' | b':' | b'"' | b'\'' | b'>'))
}

/// Where a block ends of which the bytes stand apart, alone or by twos or fours: `04 12 AC …`, `0412 AC89 …`. Where there
/// are too few of them, the end of the first.
fn row(line: &[u8], start: usize, first: usize) -> usize {
    let width = first - start;
    let mut end = first;
    let mut digits = width;
    while matches!(width, 2 | 4 | 8) && matches!(byte(line, end), b' ' | b':' | b'-') {
        let Some((next, next_end)) = next_word(line, end) else {
            break;
        };
        let word = line.get(next..next_end).unwrap_or_default();
        if next != end + 1 || word.len() != width || !is_hex(word) {
            break;
        }
        digits += width;
        end = next_end;
    }
    if digits >= SHORTEST { end } else { first }
}
