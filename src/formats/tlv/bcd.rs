//! Card data in binary-coded decimal: two digits a byte, `D` between the parts of a track, `F` to fill up. What
//! must go becomes `E`, as ZVT terminals do it themselves.
use super::super::{Counts, cards};
use super::hex;

/// How a digit that was taken away is written.
const GONE: u8 = 0xe;
const SEPARATOR: u8 = 0xd;
const PAD: u8 = 0xf;
/// Digits of a card number that may stay: at its front, and at its end.
const HEAD: usize = 6;
const TAIL: usize = 4;
/// Fewer and more digits are no card number.
const SHORTEST: usize = 12;
const LONGEST: usize = 19;

fn get(bytes: &[u8], at: usize) -> Option<u8> {
    let byte = *bytes.get(at / 2)?;
    Some(if at.is_multiple_of(2) {
        byte >> 4
    } else {
        byte & 0xf
    })
}

fn set(bytes: &mut [u8], at: usize, to: u8) -> bool {
    let Some(byte) = bytes.get_mut(at / 2) else {
        return false;
    };
    let new = if at.is_multiple_of(2) {
        *byte & 0x0f | to << 4
    } else {
        *byte & 0xf0 | to
    };
    let changed = *byte != new;
    *byte = new;
    changed
}

/// Where the digits end and only filling follows.
fn filled_from(bytes: &[u8]) -> usize {
    let all = bytes.len() * 2;
    (0..all)
        .rev()
        .find(|at| get(bytes, *at) != Some(PAD))
        .map_or(0, |at| at + 1)
}

fn blank(bytes: &mut [u8], from: usize, to: usize) -> bool {
    let mut changed = false;
    for at in from..to {
        changed |= set(bytes, at, GONE);
    }
    changed
}

/// Takes the middle out of a card number of which `missing` bytes at the end are not there. Whether it had one.
pub(in crate::formats) fn mask_pan(value: &mut [u8], missing: usize) -> bool {
    let here = filled_from(value);
    mask_digits(value, here, here.saturating_add(missing.saturating_mul(2)))
}

/// Of a number of `all` digits the first `here` are there.
fn mask_digits(value: &mut [u8], here: usize, all: usize) -> bool {
    let (head, tail) = if all > SHORTEST {
        (HEAD, TAIL)
    } else {
        (0, TAIL)
    };
    // Of a cut number nobody knows whether the fill was cut as well: one digit fewer at the end may stay.
    let tail = if all > here { 0 } else { tail };
    blank(
        value,
        head.min(here),
        here.saturating_sub(tail).max(head.min(here)),
    )
}

/// Takes track 2 away: of the card number its middle, of what follows it everything.
pub(in crate::formats) fn mask_track(value: &mut [u8]) -> bool {
    let end = filled_from(value);
    match (0..end).find(|at| get(value, *at) == Some(SEPARATOR)) {
        Some(at) => {
            let number = mask_digits(value, at, at);
            blank(value, at + 1, end) || number
        }
        None => blank(value, HEAD, end),
    }
}

/// Takes everything away.
pub(in crate::formats) fn mask_all(value: &mut [u8]) -> bool {
    blank(value, 0, value.len() * 2)
}

/// Takes the middle out of a value that is a card number and nothing else.
pub(in crate::formats) fn mask_if_card(value: &mut [u8]) -> Counts {
    let end = filled_from(value);
    let card = plausible(value, 0, end);
    let pans = u32::from(card && mask_digits(value, end, end));
    Counts {
        pans,
        ..Counts::default()
    }
}

/// Whether all of it are digits.
pub(in crate::formats) fn all_digits(value: &[u8]) -> bool {
    value.iter().all(|byte| byte >> 4 <= 9 && byte & 0xf <= 9)
}

/// The digits as a number: without zeros in front.
pub(in crate::formats) fn number(value: &[u8]) -> String {
    let digits = hex::written(value);
    let number = digits.trim_start_matches('0');
    if number.is_empty() {
        "0".to_owned()
    } else {
        number.to_owned()
    }
}

/// A card number as people write one that is masked.
pub(in crate::formats) fn shown(value: &[u8]) -> String {
    hex::written(value).trim_end_matches('f').replace('e', "*")
}

/// Whether the nibbles look like a card number: its issuer's digits, its length and its check digit.
fn plausible(bytes: &[u8], from: usize, to: usize) -> bool {
    let count = to.saturating_sub(from);
    let text = bytes
        .get(from / 2..to / 2)
        .is_some_and(|bytes| bytes.iter().all(u8::is_ascii_digit));
    if !(SHORTEST..=LONGEST).contains(&count) || text {
        return false;
    }
    let digits: Option<Vec<u8>> = (from..to)
        .map(|at| {
            get(bytes, at)
                .filter(|digit| *digit <= 9)
                .map(|digit| digit + b'0')
        })
        .collect();
    digits.is_some_and(|digits| cards::looks_like_pan(&digits))
}

/// Searches bytes of unknown structure for card data in this coding, and takes it away.
pub(in crate::formats) fn scan(bytes: &mut [u8]) -> Counts {
    let mut counts = scan_tags(bytes);
    counts.add(super::until_clean(bytes, scan_runs));
    counts
}

/// Card numbers and tracks that the tag and the length before them give away, whatever their check digit.
fn scan_tags(bytes: &mut [u8]) -> Counts {
    let mut counts = Counts::default();
    for at in 0..bytes.len().saturating_sub(2) {
        let (tag, stated) = match bytes.get(at..at + 3) {
            Some([tag @ (0x5a | 0x57), stated, _]) => (*tag, usize::from(*stated)),
            Some([0x9f, 0x6b, stated]) => (0x6b, usize::from(*stated)),
            _ => continue,
        };
        let start = at + if tag == 0x6b { 3 } else { 2 };
        let missing = (start + stated).saturating_sub(bytes.len());
        let end = (start + stated).min(bytes.len());
        let Some(value) = bytes.get_mut(start..end) else {
            continue;
        };
        let digits = digits_from(value, 0);
        let cut = missing > 0 && digits == value.len() * 2 && digits >= HEAD;
        if tag == 0x5a
            && (6..=10).contains(&stated)
            && (cut || digits >= SHORTEST && digits == filled_from(value))
        {
            counts.pans += u32::from(mask_pan(value, missing));
        }
        let separated = digits >= SHORTEST && get(value, digits) == Some(SEPARATOR);
        if tag != 0x5a && (8..=20).contains(&stated) && (cut || separated) {
            counts.tracks += u32::from(mask_track(value));
        }
    }
    counts
}

fn scan_runs(bytes: &mut [u8]) -> Counts {
    let mut counts = Counts::default();
    let mut at = 0;
    while at < bytes.len() {
        let run = digits_from(bytes, at * 2);
        if run < 2 {
            at += 1;
            continue;
        }
        let (from, to) = (at * 2, at * 2 + run);
        counts.add(scan_run(bytes, from, to));
        at += run.div_ceil(2);
    }
    counts
}

/// How many digits stand in a row from this nibble on.
fn digits_from(bytes: &[u8], from: usize) -> usize {
    (from..bytes.len() * 2)
        .take_while(|at| get(bytes, *at).is_some_and(|digit| digit <= 9))
        .count()
}

/// A run of digits that begins on a byte; card numbers do so too.
fn scan_run(bytes: &mut [u8], from: usize, to: usize) -> Counts {
    let mut counts = Counts::default();
    if to - from < SHORTEST {
        return counts;
    }
    if let Some(start) = track_start(bytes, from, to) {
        let end = to + 1 + digits_from(bytes, to + 1);
        mask_span(bytes, start, to);
        blank(bytes, to + 1, end);
        counts.tracks += 1;
    }
    let padded = get(bytes, to) == Some(PAD);
    let mut at = from;
    while at + SHORTEST <= to {
        if let Some(end) = card_at(bytes, from, at, to, padded) {
            mask_span(bytes, at, end);
            counts.pans += 1;
            at = end;
        }
        at = at / 2 * 2 + 2;
    }
    counts
}

/// Where the card number of a track begins whose separator stands at `to`.
fn track_start(bytes: &[u8], from: usize, to: usize) -> Option<usize> {
    if get(bytes, to) != Some(SEPARATOR) || digits_from(bytes, to + 1) < 4 {
        return None;
    }
    let month = get(bytes, to + 3)? * 10 + get(bytes, to + 4)?;
    if !(1..=12).contains(&month) {
        return None;
    }
    let longest = to.saturating_sub(LONGEST).max(from).next_multiple_of(2);
    let starts = (longest..to.saturating_sub(SHORTEST - 1)).step_by(2);
    // Not every issuer keeps to the check digit.
    starts
        .clone()
        .find(|start| plausible(bytes, *start, to))
        .or_else(|| starts.clone().next())
}

/// The end of the card number that begins at `at`, if one does in the run `from..to`.
fn card_at(bytes: &[u8], from: usize, at: usize, to: usize, padded: bool) -> Option<usize> {
    // What follows the run, or the filling, delimits a number of any length; amid other digits only the usual length counts.
    let left = to - at;
    let delimited = at == from || padded && left % 2 == 1;
    if left <= LONGEST && delimited && plausible(bytes, at, to) {
        return Some(to);
    }
    let usual = at + 16;
    (usual <= to && plausible(bytes, at, usual)).then_some(usual)
}

fn mask_span(bytes: &mut [u8], from: usize, to: usize) {
    let (head, tail) = if to - from > SHORTEST {
        (HEAD, TAIL)
    } else {
        (0, TAIL)
    };
    blank(bytes, from + head, to - tail);
}
