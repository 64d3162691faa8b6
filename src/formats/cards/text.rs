//! Card numbers, tracks and verification values in a line of text.
use super::Counts;
use super::groups::{self, Groups};
use super::iban;
use super::label::{self, Label};
use super::line::{byte, byte_before, is_behind_escape, is_hex, run};
use super::names::Secret;
use super::number::{looks_like_pan, mask_all, mask_pan, mask_track};
use super::raw;
use super::track::{self, Known};

/// Longer words are not looked at as a whole.
const LONGEST_WORD: usize = 64;

/// What was found, and where it ends.
enum Found {
    Pan(usize),
    Track(usize),
    Cvv(usize),
    /// Nothing, and nothing before this can be anything.
    Nothing(usize),
}

/// Overwrites card numbers, tracks and verification values in a line.
pub(super) fn mask(line: &mut [u8]) -> Counts {
    let mut counts = Counts::default();
    let mut at = 0;
    while let Some(gap) = line
        .get(at..)
        .and_then(|rest| rest.iter().position(u8::is_ascii_digit))
    {
        let start = at + gap;
        at = match step(line, start) {
            Found::Pan(end) => {
                counts.pans = counts.pans.saturating_add(1);
                end
            }
            Found::Track(end) => {
                counts.tracks = counts.tracks.saturating_add(1);
                end
            }
            Found::Cvv(end) => {
                counts.cvvs = counts.cvvs.saturating_add(1);
                end
            }
            Found::Nothing(end) => end,
        }
        .max(start + 1);
    }
    counts
}

/// Looks at the digits that begin at `start`.
fn step(line: &mut [u8], start: usize) -> Found {
    let end = start + run(line, start, u8::is_ascii_digit);
    let found = match end - start {
        2 => iban::end(line, start)
            .map(Found::Nothing)
            .or_else(|| grouped(line, start, end)),
        3 | 4 if is_cvv(line, start, end) => {
            mask_all(line.get_mut(start..end).unwrap_or_default(), b'*');
            return Found::Cvv(end);
        }
        4 if is_behind_mask(line, start) => rest_of_track(line, start, end),
        0..=11 => grouped(line, start, end),
        12 => single(line, start, end).or_else(|| grouped(line, start, end)),
        13..=19 => single(line, start, end),
        _ => long(line, start, end),
    };
    found.unwrap_or(Found::Nothing(end))
}

fn is_cvv(line: &[u8], start: usize, end: usize) -> bool {
    let behind = (byte(line, end), byte(line, end + 1));
    let goes_on = behind.0.is_ascii_alphanumeric()
        || (matches!(behind.0, b'.' | b',') && behind.1.is_ascii_digit());
    !goes_on && !is_in_row(line, start) && label::before(line, start) == Label::Of(Secret::Cvv)
}

/// Digits without anything between them.
fn single(line: &mut [u8], start: usize, end: usize) -> Option<Found> {
    let label = label::before(line, start);
    let digits = line.get(start..end)?;
    let count = digits.len();
    let valid = looks_like_pan(digits);
    let time = groups::is_time(digits);
    let promised = match label {
        Label::Of(Secret::Pan) => !time,
        Label::Of(Secret::Track) => count >= 13 && !time,
        Label::Card => count >= 13 && !time && !matches!(digits.first(), Some(b'0' | b'1' | b'7')),
        _ => false,
    };
    let known = if promised || valid {
        Known::Pan
    } else {
        Known::Nothing
    };
    if let Some(tail) = track::tail(line, start, end, known) {
        mask_pan(line.get_mut(start..end)?, tail.fill);
        track::mask(line, tail);
        return Some(Found::Track(tail.to));
    }
    let padded =
        matches!(byte(line, end), b'F' | b'f') && !byte(line, end + 1).is_ascii_alphanumeric();
    let free = label != Label::Other && valid && is_alone(line, start, end);
    if !(promised || free) || (is_in_hex(line, start, end) && !padded) {
        return None;
    }
    mask_pan(line.get_mut(start..end)?, if padded { b'E' } else { b'*' });
    Some(Found::Pan(end))
}

/// More digits than a card number has: track 3 with its format code, or a track that lost its separator.
fn long(line: &mut [u8], start: usize, end: usize) -> Option<Found> {
    if byte_before(line, start) == b';'
        && end - start <= 21
        && let Some(tail) = track::tail(line, start, end, Known::Pan)
    {
        mask_pan(line.get_mut(start + 2..end)?, tail.fill);
        track::mask(line, tail);
        return Some(Found::Track(tail.to));
    }
    let digits = line.get(start..end)?;
    if let Some((from, to)) = raw::field_2(digits) {
        mask_pan(line.get_mut(start + from..start + to)?, b'*');
        return Some(Found::Pan(start + to));
    }
    if let Some(tail) = track::tail(line, start, end, Known::Nothing) {
        let (width, rest) = raw::track(digits, tail.to - end)?;
        let tail = track::Tail {
            to: end + rest,
            ..tail
        };
        mask_pan(line.get_mut(end - width..end)?, tail.fill);
        track::mask(line, tail);
        return Some(Found::Track(tail.to));
    }
    let label = label::before(line, start);
    if !matches!(label, Label::Of(Secret::Track | Secret::Pan)) || is_in_hex(line, start, end) {
        return None;
    }
    mask_track(line.get_mut(start..end)?, b'*');
    Some(Found::Track(end))
}

/// Digits in groups that begin at `start`, the first of which ends at `end`.
fn grouped(line: &mut [u8], start: usize, end: usize) -> Option<Found> {
    if !groups::may_go_on(line, end) || is_mask_tail(line, start, end) {
        return None;
    }
    // Far into a row of numbers no name stands in front, and few rows are card numbers: this is what keeps tables quick.
    let in_row = is_in_row(line, start);
    if in_row && !groups::may_begin(end - start) {
        return None;
    }
    let loose = Groups::at(line, start, true);
    if loose.count() < 12 {
        return None;
    }
    let label = if in_row {
        Label::Nothing
    } else {
        label::before(line, start)
    };
    let promised = match label {
        Label::Of(Secret::Pan) => loose.promised(false),
        Label::Of(Secret::Track) | Label::Card => loose.promised(true),
        _ => None,
    };
    let free = || {
        let bare = label != Label::Other && byte_before(line, start) != b'+';
        bare.then(|| Groups::at(line, start, false).printed())
            .flatten()
    };
    let last = promised.or_else(free)?;
    mask_pan(line.get_mut(start..last)?, b'*');
    if let Some(tail) = track::tail(line, start, last, Known::Pan) {
        track::mask(line, tail);
        return Some(Found::Track(tail.to));
    }
    Some(Found::Pan(last))
}

/// Whether two numbers stand in front with one byte between each, so that no name can.
fn is_in_row(line: &[u8], start: usize) -> bool {
    let head = line
        .get(start.saturating_sub(10)..start)
        .unwrap_or_default();
    let mut parts = head.rsplit(|byte| matches!(byte, b' ' | b'-' | b'\t' | b'.'));
    let is_number = |part: Option<&[u8]>| {
        part.is_some_and(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit))
    };
    parts.next().is_some_and(<[u8]>::is_empty) && is_number(parts.next()) && is_number(parts.next())
}

/// Whether what stands before was overwritten by whoever wrote the line.
fn is_behind_mask(line: &[u8], start: usize) -> bool {
    let before = byte_before(line, start);
    before >= 0x80 || b"*xX_#Ee".contains(&before)
}

/// The rest of a track of which only the number was masked.
fn rest_of_track(line: &mut [u8], start: usize, end: usize) -> Option<Found> {
    let Some(tail) = track::tail(line, start, end, Known::Nothing) else {
        return grouped(line, start, end);
    };
    track::mask(line, tail);
    Some(Found::Track(tail.to))
}

/// Whether a group is the end of a number that was masked before: `4111 11** **** 1111`.
fn is_mask_tail(line: &[u8], start: usize, end: usize) -> bool {
    if end - start > 5 {
        return false;
    }
    let head = line
        .get(start.saturating_sub(40)..start)
        .unwrap_or_default();
    let between = head
        .iter()
        .rev()
        .take_while(|byte| !byte.is_ascii_alphanumeric());
    let marks = between.clone().filter(|byte| **byte == b'*').count();
    let width = between.count();
    let first = head
        .len()
        .checked_sub(width)
        .and_then(|at| head.get(at))
        .copied();
    let number = head
        .len()
        .checked_sub(width + 1)
        .and_then(|at| head.get(at))
        .copied();
    marks >= 8
        || (marks > 0 && first == Some(b'*') && number.is_some_and(|byte| byte.is_ascii_digit()))
}

/// Whether nothing around digits says that they are part of something else.
fn is_alone(line: &[u8], start: usize, end: usize) -> bool {
    let before = byte_before(line, start);
    let fraction = before == b'.' && start >= 2 && byte(line, start - 2).is_ascii_digit();
    let digits = line.get(start..end).unwrap_or_default();
    let article = digits.len() == 13 && is_ean(digits);
    let letters = before.is_ascii_alphabetic() || byte(line, end).is_ascii_alphabetic();
    let short = digits.len() < 15 && letters && !is_behind_escape(line, start);
    before != b'+' && !fraction && !article && !short && iban::end(line, start).is_none()
}

/// Whether digits stand within a word that is all hexadecimal and not all digits.
fn is_in_hex(line: &[u8], start: usize, end: usize) -> bool {
    let head = line
        .get(start.saturating_sub(LONGEST_WORD)..start)
        .unwrap_or_default();
    let before = head
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    // An escape of a web address, or the start of track 1.
    let is_prefix = is_behind_escape(line, start) || head.ends_with(b"%B");
    let before = if is_prefix { 0 } else { before };
    let behind = run(
        line.get(..end + LONGEST_WORD).unwrap_or(line),
        end,
        u8::is_ascii_alphanumeric,
    );
    let word = line.get(start - before..end + behind).unwrap_or_default();
    let word = word.strip_prefix(b"0x").unwrap_or(word);
    before + behind > 0 && is_hex(word)
}

/// The check digit of an article's number.
fn is_ean(digits: &[u8]) -> bool {
    let weighed = digits.iter().rev().enumerate().map(|(place, digit)| {
        let weight = if place % 2 == 0 { 1 } else { 3 };
        u32::from(digit.wrapping_sub(b'0')) * weight
    });
    weighed.sum::<u32>() % 10 == 0
}
