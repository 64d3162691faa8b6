//! Secrets in hexadecimal digits: EMV tags 5A and 57, track 2 as terminals keep it, and text spelt out byte by byte, in
//! one word or in bytes apart as dumps have them. What comes out is hexadecimal again.
use super::Counts;
use super::line::{is_hex, next_word};
use super::number::{is_shown, looks_like_pan};
use super::track::is_expiry;
use crate::formats::tlv;

/// The shortest thing that is looked for, in digits: a track has more, twelve bytes of text too.
const SHORTEST: usize = 18;

/// Overwrites what is found in hexadecimal digits; `text` is asked of the text that is spelt in them.
pub(super) fn mask(line: &mut [u8], text: fn(&mut [u8]) -> Counts) -> Counts {
    let mut counts = Counts::default();
    let mut at = 0;
    let mut places = Vec::new();
    while let Some(end) = gather(line, at, &mut places) {
        at = end;
        if places.len() >= SHORTEST {
            counts.add(mask_digits(line, &places, text));
            if places.len() % 2 == 1 {
                counts.add(mask_digits(line, places.get(1..).unwrap_or_default(), text));
            }
        }
    }
    counts
}

/// Finds the next row of hexadecimal words: where its digits stand, and where it ends. A word with an odd number of
/// digits is a row of its own.
fn gather(line: &[u8], at: usize, places: &mut Vec<usize>) -> Option<usize> {
    places.clear();
    let (mut start, mut end) = next_word(line, at)?;
    loop {
        if let Some([b'0', b'x' | b'X']) = line.get(start..start + 2) {
            start += 2;
        }
        let word = line.get(start..end)?;
        let odd = word.len() % 2 == 1;
        if !is_hex(word) || (odd && !places.is_empty()) {
            return Some(if places.is_empty() { end } else { start });
        }
        places.extend(start..end);
        let next = next_word(line, end);
        let joint = next.and_then(|(next, _)| line.get(end..next));
        let is_row = joint
            .is_some_and(|gap| gap.len() <= 2 && gap.iter().all(|one| b" :-,\t".contains(one)));
        match next {
            Some(next) if is_row && !odd => (start, end) = next,
            _ => return Some(end),
        }
    }
}

fn mask_digits(line: &mut [u8], places: &[usize], text: fn(&mut [u8]) -> Counts) -> Counts {
    let digits: Vec<u8> = places
        .iter()
        .filter_map(|at| line.get(*at))
        .map(u8::to_ascii_uppercase)
        .collect();
    let mut clean = digits.clone();
    let mut counts = tlv::mask_hex_row(&mut clean);
    counts.pans = counts.pans.saturating_add(mask_numbers(&mut clean));
    counts.tracks = counts.tracks.saturating_add(mask_tracks(&mut clean));
    counts.add(mask_text(&mut clean, text));
    let changed = digits
        .iter()
        .zip(&clean)
        .zip(places)
        .filter(|((old, new), _)| old != new);
    for ((_, new), at) in changed {
        if let Some(byte) = line.get_mut(*at) {
            *byte = *new;
        }
    }
    counts
}

/// Tag 5A: `5A 08` and the number, padded with `F`.
fn mask_numbers(digits: &mut [u8]) -> u32 {
    let mut count = 0_u32;
    let mut at = 0;
    while let Some(head) = digits.get(at..at + 4) {
        let length = match head {
            [b'5', b'A', b'0', one @ b'6'..=b'9'] => usize::from(one - b'0') * 2,
            [b'5', b'A', b'0', b'A'] => 20,
            _ => 0,
        };
        at += 2;
        let Some(value) = digits
            .get_mut(at + 2..at + 2 + length)
            .filter(|_| length > 0)
        else {
            continue;
        };
        let number = value
            .iter()
            .take_while(|digit| digit.is_ascii_digit())
            .count();
        let padded = value.iter().skip(number).all(|digit| *digit == b'F');
        if (12..=19).contains(&number) && padded {
            hide(value.get_mut(..number).unwrap_or_default());
            count = count.saturating_add(1);
            at += 2 + length;
        }
    }
    count
}

/// The number, `D`, year and month, and what follows: tag 57 and everything that is built like it.
fn mask_tracks(digits: &mut [u8]) -> u32 {
    let mut count = 0_u32;
    let mut at = 0;
    while let Some(next) = digits
        .get(at..)
        .and_then(|rest| rest.iter().position(|one| *one == b'D'))
    {
        let separator = at + next;
        at = separator + 1;
        let (head, tail) = digits.split_at_mut(at);
        let length = tail
            .iter()
            .take_while(|digit| digit.is_ascii_digit())
            .count();
        let number = head.get_mut(..separator).unwrap_or_default();
        if length < 7 || !is_expiry(tail) {
            continue;
        }
        let Some(width) = width_of_number(number) else {
            continue;
        };
        hide(number.get_mut(separator - width..).unwrap_or_default());
        tail.iter_mut().take(length).for_each(|digit| *digit = b'E');
        at += length;
        count = count.saturating_add(1);
    }
    count
}

/// How many of the last digits are the card number in front of a track's separator.
fn width_of_number(head: &[u8]) -> Option<usize> {
    let width = head
        .iter()
        .rev()
        .take(64)
        .take_while(|digit| digit.is_ascii_digit())
        .count();
    let tail = |width: usize| head.get(head.len().checked_sub(width)?..);
    // A tag and a length in front read as digits too.
    let tagged = (12..=19).rev().find(|width| {
        let prefix = tail(width + 4).and_then(|tail| tail.get(..4));
        matches!(prefix, Some([b'5', b'7', b'0' | b'1', _]))
    });
    tagged
        .or_else(|| (12..=19).contains(&width).then_some(width))
        .or_else(|| {
            let valid = |count: &usize| tail(*count).is_some_and(looks_like_pan);
            (width > 19).then(|| (13..=19).rev().find(valid)).flatten()
        })
}

/// Overwrites the digits of a number that may not be shown.
fn hide(number: &mut [u8]) {
    let count = number.len();
    let hidden = number
        .iter_mut()
        .enumerate()
        .filter(|(place, _)| !is_shown(*place, count));
    hidden.for_each(|(_, digit)| *digit = b'E');
}

/// Text, two digits a byte.
fn mask_text(digits: &mut [u8], text: fn(&mut [u8]) -> Counts) -> Counts {
    let (pairs, _) = digits.as_chunks::<2>();
    let spelt: Vec<u8> = pairs
        .iter()
        .map(|[high, low]| value(*high) << 4 | value(*low))
        .collect();
    let mut clean = spelt.clone();
    let counts = text(&mut clean);
    let (pairs, _) = digits.as_chunks_mut::<2>();
    for (pair, _) in pairs
        .iter_mut()
        .zip(spelt.iter().zip(&clean))
        .filter(|(_, (old, new))| old != new)
    {
        *pair = *b"2A";
    }
    counts
}

fn value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => digit.wrapping_sub(b'A').wrapping_add(10) & 0x0f,
    }
}
