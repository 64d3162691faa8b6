//! PIN blocks in text: hexadecimal digits behind a name.
use super::label::{self, Label};
use super::line::{byte, byte_before, is_hex, next_word};
use super::names::Secret;
use super::number::mask_all;

/// A PIN block has eight bytes, or sixteen; two of the shorter stand in a row where a PIN is changed.
const LONGEST: usize = 48;

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
    match value.len() {
        8..=LONGEST => (from, end),
        4..=7 if value.iter().all(u8::is_ascii_digit) && is_given(byte_before(line, from)) => {
            (from, end)
        }
        2 => pairs(line, from, end),
        _ => (end, end),
    }
}

/// What stands between a name and its value without a doubt.
fn is_given(byte: u8) -> bool {
    matches!(byte, b'=' | b':' | b'"' | b'\'' | b'>') || byte == b' '
}

/// Bytes apart: `04 12 AC …`.
fn pairs(line: &[u8], start: usize, first: usize) -> (usize, usize) {
    let mut end = first;
    while matches!(byte(line, end), b' ' | b':' | b'-') {
        let Some((next, next_end)) = next_word(line, end) else {
            break;
        };
        let pair = line.get(next..next_end).unwrap_or_default();
        if next != end + 1 || pair.len() != 2 || !is_hex(pair) {
            break;
        }
        end = next_end;
    }
    let width = end - start;
    // Eight bytes at least.
    if width >= 23 {
        (start, end)
    } else {
        (end, end)
    }
}
