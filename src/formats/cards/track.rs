//! Tracks in text: what stands behind the card number, up to the end sentinel.
use super::number::{has_scheme, mask_all};

/// How long the rest of track 1 is at most.
const LONGEST_TAIL: usize = 80;
/// How long a name on track 1 is at most, and a little more.
const LONGEST_NAME: usize = 30;

/// How a track goes on behind its card number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tail {
    /// What is overwritten.
    pub from: usize,
    pub to: usize,
    /// With what.
    pub fill: u8,
}

/// How much is known of the digits in front of the tail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// They are a card number or stand where a track was promised.
    Pan,
    Nothing,
}

/// The tail of the track of which `line[start..end]` is the number, if it is a track.
pub(super) fn tail(line: &[u8], start: usize, end: usize, known: Known) -> Option<Tail> {
    let behind = line.get(end..)?;
    let sentinel = start
        .checked_sub(1)
        .and_then(|at| line.get(at))
        .copied()
        .unwrap_or(0);
    let sure = known == Known::Pan || sentinel == b';';
    match behind {
        [b'^', tail @ ..] => first(tail, known == Known::Pan || sentinel.is_ascii_alphabetic())
            .map(|length| Tail {
                from: end + 1,
                to: end + 1 + length,
                fill: b'*',
            }),
        [b'=', tail @ ..] => second(tail, line.get(start..end)?, sure).map(|length| Tail {
            from: end + 1,
            to: end + 1 + length,
            fill: b'*',
        }),
        [b'%', b'3', b'D' | b'd', tail @ ..] => {
            second(tail, line.get(start..end)?, sure).map(|length| Tail {
                from: end + 3,
                to: end + 3 + length,
                fill: b'*',
            })
        }
        [b'D' | b'd', tail @ ..] => hexadecimal(tail).map(|length| Tail {
            from: end + 1,
            to: end + 1 + length,
            fill: b'E',
        }),
        _ => None,
    }
}

/// Overwrites a tail. A hexadecimal one keeps its padding.
pub(super) fn mask(line: &mut [u8], tail: Tail) {
    if let Some(bytes) = line.get_mut(tail.from..tail.to) {
        mask_all(bytes, tail.fill);
    }
}

/// Track 1: `^NAME^YYMM…?`.
fn first(tail: &[u8], sure: bool) -> Option<usize> {
    let is_part =
        |byte: &u8| matches!(byte, 0x20..=0x7e) && !matches!(byte, b'?' | b'"' | b'<' | b'*');
    let length = tail
        .iter()
        .take(LONGEST_TAIL)
        .take_while(|byte| is_part(byte))
        .count();
    let name = tail
        .iter()
        .take(LONGEST_NAME)
        .position(|byte| *byte == b'^');
    let dated = name
        .and_then(|at| tail.get(at + 1..at + 5))
        .is_some_and(|date| date.iter().all(u8::is_ascii_digit));
    let says = tail.iter().take(length).any(u8::is_ascii_alphanumeric);
    (says && (sure || dated)).then_some(length)
}

/// Track 2 and 3: `=YYMM…?`.
fn second(tail: &[u8], number: &[u8], sure: bool) -> Option<usize> {
    let length = tail
        .iter()
        .take_while(|byte| byte.is_ascii_digit() || **byte == b'=')
        .count();
    let dated = is_expiry(tail);
    let follows = match length {
        _ if tail.iter().take(length).all(|byte| *byte == b'=') => false,
        _ if sure => true,
        1..=3 => false,
        4..=6 => dated && has_scheme(number),
        _ => dated,
    };
    follows.then_some(length)
}

/// Track 2 as terminals keep it: `DYYMM…F`, to the end of the word.
fn hexadecimal(tail: &[u8]) -> Option<usize> {
    let length = tail.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let padding = tail
        .iter()
        .skip(length)
        .take_while(|byte| matches!(byte, b'F' | b'f'))
        .count();
    let ends = !tail
        .get(length + padding)
        .is_some_and(u8::is_ascii_alphanumeric);
    (length >= 7 && ends && is_expiry(tail)).then_some(length)
}

/// Whether digits begin with a year and a month.
pub(super) fn is_expiry(digits: &[u8]) -> bool {
    match digits {
        [a, b, c, d, ..] if [a, b, c, d].into_iter().all(u8::is_ascii_digit) => {
            matches!((c, d), (b'0', b'1'..=b'9') | (b'1', b'0'..=b'2'))
        }
        _ => false,
    }
}
