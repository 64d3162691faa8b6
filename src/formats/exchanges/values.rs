//! A value of which its place says what it holds: a field by its number, an attribute or a key by its name.
use super::fields::Holds;
use crate::formats::cards::{self, Secret};
use crate::formats::{Counts, tlv};

/// What stands for a digit taken away before the log came here.
const MASKS: &[u8] = b"_*xX#";
/// Digits of the longest card number.
const LONGEST: usize = 19;
/// Digits of a card number that may be there beside masks: six in front, four behind.
const SHOWN: usize = 10;
/// Digits that jPOS leaves behind the separator of a track: an expiry date and a service code.
const SHOWN_BEHIND: usize = 7;

/// What a named value holds, as [`cards::named`] knows it.
pub(super) fn named(label: &[u8]) -> Option<Holds> {
    cards::named(label).map(|secret| match secret {
        Secret::Pan => Holds::Pan,
        Secret::Track => Holds::Track,
        Secret::Pin => Holds::Pin,
        Secret::Cvv => Holds::Cvv,
    })
}

/// Overwrites what of a value in text must not be kept.
pub(super) fn mask(holds: Holds, text: &mut [u8], fill: u8) -> Counts {
    match holds {
        Holds::Nothing => Counts::default(),
        Holds::Free => free(text),
        Holds::Told => told(text),
        Holds::Emv => emv(text),
        Holds::Pan | Holds::Track if spelled_in_hex(text) => {
            tlv::hex::with_bytes(text, |signs| secret(holds, signs, fill))
        }
        Holds::Pan | Holds::Track | Holds::Pin | Holds::Cvv => secret(holds, text, fill),
    }
}

fn secret(holds: Holds, text: &mut [u8], fill: u8) -> Counts {
    let mut counts = Counts::default();
    match holds {
        Holds::Pan => counts.pans = u32::from(cards::mask_pan(text, fill)),
        Holds::Track => counts.tracks = u32::from(track(text, fill)),
        Holds::Pin => counts.pins = u32::from(all(text, fill)),
        Holds::Cvv => counts.cvvs = u32::from(all(text, fill)),
        Holds::Emv | Holds::Free | Holds::Told | Holds::Nothing => {}
    }
    counts
}

/// Text in which no number is an article's or a telephone's: what can be a card's is one.
fn told(text: &mut [u8]) -> Counts {
    let mut counts = Counts::default();
    // A row of numbers, as in field 90, would be taken for a message.
    if text.len() <= LONGEST || !text.iter().all(u8::is_ascii_digit) {
        counts.add(free(text));
    }
    for number in text.split_mut(|b| !b.is_ascii_digit()) {
        if cards::looks_like_pan(number) {
            // As free text is masked: what was found does not tell how.
            counts.pans += u32::from(cards::mask_pan(number, b'*'));
        }
    }
    counts
}

/// Overwrites all of what holds something secret in a place that is not known.
pub(super) fn mask_whole(holds: Holds, bytes: &mut [u8], fill: u8) -> Counts {
    let changed = u32::from(all(bytes, fill));
    match holds {
        Holds::Pan => Counts {
            pans: changed,
            ..Counts::default()
        },
        Holds::Pin => Counts {
            pins: changed,
            ..Counts::default()
        },
        Holds::Cvv => Counts {
            cvvs: changed,
            ..Counts::default()
        },
        Holds::Track | Holds::Emv | Holds::Free | Holds::Told | Holds::Nothing => Counts {
            tracks: changed,
            ..Counts::default()
        },
    }
}

/// Whether anything was left to take away.
fn all(text: &mut [u8], fill: u8) -> bool {
    let left = text
        .iter()
        .any(|b| !b.is_ascii_whitespace() && !MASKS.contains(b));
    if left {
        cards::mask_all(text, fill);
    }
    left
}

fn track(text: &mut [u8], fill: u8) -> bool {
    if is_masked_track(text) {
        return false;
    }
    let masked = cards::mask_track(text, fill);
    if digits(text) > SHOWN {
        return all(text, fill);
    }
    masked
}

/// Whether a track was masked where it was written: `476173______0119=1812_________`, `476173=_____`.
fn is_masked_track(text: &[u8]) -> bool {
    let separator = |b: &u8| matches!(b, b'=' | b'^' | b'D' | b'd');
    let masks = text.iter().filter(|b| MASKS.contains(b)).count();
    let end = text.iter().position(separator).unwrap_or(text.len());
    let (number, behind) = text.split_at_checked(end).unwrap_or((text, &[]));
    masks >= 4 && digits(number) <= SHOWN && digits(behind) <= SHOWN_BEHIND
}

pub(super) fn digits(text: &[u8]) -> usize {
    text.iter().filter(|b| b.is_ascii_digit()).count()
}

/// Text that nothing is known of. It may be written in hexadecimal digits, or hold a row of tags that is.
fn free(text: &mut [u8]) -> Counts {
    let mut counts = cards::mask_text(text);
    if !is_hex(text) || text.len() < 16 {
        return counts;
    }
    counts.add(tlv::hex::with_bytes(text, |bytes| {
        if bytes
            .iter()
            .all(|b| matches!(b, b' '..=b'~' | b'\r' | b'\n'))
        {
            cards::mask_text(bytes)
        } else if is_tlv(bytes) {
            tlv::mask(bytes)
        } else {
            Counts::default()
        }
    }));
    counts
}

/// Bytes that nothing is known of, as a field of a raw message holds them.
pub(super) fn mask_bytes(bytes: &mut [u8]) -> Counts {
    if bytes
        .iter()
        .all(|b| matches!(b, b' '..=b'~' | b'\r' | b'\n' | b'\t' | 0x80..))
    {
        return free(bytes);
    }
    if is_tlv(bytes) {
        return tlv::mask(bytes);
    }
    let mut counts = cards::mask_text(bytes);
    counts.add(tlv::bcd::scan(bytes));
    counts
}

/// What could not be read, and so may hold anything in any coding.
pub(super) fn mask_unread(bytes: &mut [u8]) -> Counts {
    let mut counts = free(bytes);
    counts.add(tlv::bcd::scan(bytes));
    counts
}

/// A row of tags in hexadecimal digits, some of which may be masked already.
fn emv(text: &mut [u8]) -> Counts {
    let mut digits = text.to_vec();
    for digit in digits.iter_mut().filter(|b| matches!(b, b'_' | b'*')) {
        *digit = b'E';
    }
    if !digits
        .iter()
        .all(|b| b.is_ascii_hexdigit() || b.is_ascii_whitespace())
    {
        return free(text);
    }
    let before = digits.clone();
    let counts = tlv::mask_hex(&mut digits);
    for ((place, new), old) in text.iter_mut().zip(&digits).zip(&before) {
        if new != old {
            *place = *new;
        }
    }
    counts
}

fn is_hex(text: &[u8]) -> bool {
    text.len().is_multiple_of(2) && text.iter().all(u8::is_ascii_hexdigit)
}

/// Whether these are the hexadecimal digits of the codes of digits, as jPOS writes a field of bytes.
fn spelled_in_hex(text: &[u8]) -> bool {
    // A digit, or what stands for one that was taken away.
    let pair = |pair: &[u8]| match pair {
        [b'3', b'0'..=b'9'] | b"5F" | b"5f" | b"2A" | b"2a" => Some(true),
        [b'2'..=b'7', _] => Some(false),
        _ => None,
    };
    let pairs: Option<Vec<bool>> = text.chunks(2).map(pair).collect();
    is_hex(text) && pairs.is_some_and(|pairs| pairs.iter().filter(|digit| **digit).count() >= 12)
}

/// Whether tags, lengths and values go on to the very end.
pub(super) fn is_tlv(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while !rest.is_empty() {
        let Some(after) = skip_tag(rest) else {
            return false;
        };
        rest = after;
    }
    !bytes.is_empty()
}

fn skip_tag(bytes: &[u8]) -> Option<&[u8]> {
    let (first, mut rest) = bytes.split_first().filter(|(first, _)| **first != 0)?;
    if first & 0x1f == 0x1f {
        let mut more = true;
        for _ in 0..2 {
            let (next, after) = rest.split_first().filter(|_| more).unwrap_or((&0, rest));
            more = next & 0x80 != 0;
            rest = after;
        }
    }
    let (length, rest) = rest.split_first()?;
    match length {
        0..=0x7f => rest.get(usize::from(*length)..),
        0x81 => rest.get(1_usize.checked_add(usize::from(*rest.first()?))?..),
        0x82 => {
            let length = u16::from_be_bytes([*rest.first()?, *rest.get(1)?]);
            rest.get(2_usize.checked_add(usize::from(length))?..)
        }
        _ => None,
    }
}

/// Overwrites values that names in broken text give away: `pan=4111…`, `"track2": "4111…`, `"2": "4111…`.
pub(super) fn mask_labelled(text: &mut [u8], fill: u8) -> Counts {
    let mut counts = Counts::default();
    let mut at = 0;
    while let Some(sign) = next_sign(text, at) {
        at = sign.saturating_add(1);
        let label = label_before(text, sign);
        let holds =
            label.and_then(|(label, quoted)| named(label).or_else(|| numbered(label, quoted)));
        let Some(holds) = holds else { continue };
        let (from, to) = value_after(text, at);
        if let Some(value) = text.get_mut(from..to) {
            counts.add(mask(holds, value, fill));
        }
        at = at.max(to);
    }
    counts
}

fn next_sign(text: &[u8], from: usize) -> Option<usize> {
    let found = text
        .get(from..)?
        .iter()
        .position(|b| matches!(b, b':' | b'='))?;
    from.checked_add(found)
}

/// The word before a sign, and whether it is quoted.
fn label_before(text: &[u8], sign: usize) -> Option<(&[u8], bool)> {
    let before = text.get(..sign)?.trim_ascii_end();
    let quoted = before.last().is_some_and(|b| matches!(b, b'"' | b'\''));
    let before = if quoted {
        before.split_last()?.1
    } else {
        before
    };
    let word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let length = before.iter().rev().take(64).take_while(|b| word(b)).count();
    let label = before.get(before.len().checked_sub(length)?..)?;
    (!label.is_empty()).then_some((label, quoted))
}

/// A key that is the number of a field; one without quotes is the end of something else.
fn numbered(label: &[u8], quoted: bool) -> Option<Holds> {
    let holds = super::fields::holds(super::fields::number(label).filter(|_| quoted)?);
    matches!(holds, Holds::Pan | Holds::Track | Holds::Pin | Holds::Emv).then_some(holds)
}

/// From the first sign of a value, without its quote, to where it ends at the latest.
fn value_after(text: &[u8], at: usize) -> (usize, usize) {
    let rest = text.get(at..).unwrap_or_default();
    let lead = rest
        .iter()
        .take(8)
        .take_while(|b| matches!(b, b' ' | b'"' | b'\''))
        .count();
    let end = |b: &u8| {
        matches!(
            b,
            b'"' | b'\'' | b',' | b'&' | b';' | b'<' | b'>' | b'}' | b'\n' | b'|'
        )
    };
    let length = rest
        .iter()
        .skip(lead)
        .take(512)
        .take_while(|b| !end(b))
        .count();
    let from = at.saturating_add(lead);
    (from, from.saturating_add(length))
}
