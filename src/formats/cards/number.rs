//! What a card number is, and how a number, a track or a value known by structure is overwritten.

/// What stands where something was overwritten in a log before it came here, beside the star that we write.
const MASKS: &[u8] = b"*xX_#Ee.?";

/// Whether these ASCII digits are a card number: a scheme's first digits, a length which that scheme has, and the
/// right check digit. What is not digits is never one.
pub(in crate::formats) fn looks_like_pan(digits: &[u8]) -> bool {
    digits.iter().all(u8::is_ascii_digit) && has_scheme(digits) && passes_luhn(digits)
}

/// Whether a card scheme gives numbers of this length that begin so.
pub(super) fn has_scheme(digits: &[u8]) -> bool {
    let Some(head) = digits.get(..4) else {
        return false;
    };
    let first = head.iter().fold(0_u32, |sum, digit| {
        sum * 10 + u32::from(digit.wrapping_sub(b'0'))
    });
    match digits.len() {
        // Visa alone had 13 digits; its are rare by now, articles' and telephones' numbers are not.
        13 => first / 1000 == 4,
        14 => matches!(first / 100, 30 | 36 | 38 | 39),
        15 => matches!(first / 100, 34 | 37),
        16 => {
            matches!(first, 2200..=2204 | 2221..=2720 | 3000..=3999 | 4000..=6999)
                // Troy, Humo, UzCard, Belkart, RuPay.
                || matches!(first, 9792 | 9860 | 8600 | 9112 | 8100..=8299)
        }
        17 => matches!(first / 100, 50 | 56..=58 | 60..=69),
        18 => matches!(first / 100, 50 | 56..=58 | 60..=69) || first / 1000 == 4,
        19 => {
            matches!(first, 2200..=2204)
                || matches!(first / 100, 35 | 36 | 40..=50 | 56..=58 | 60..=69)
        }
        _ => false,
    }
}

/// The check digit of ISO 7812.
pub(super) fn passes_luhn(digits: &[u8]) -> bool {
    let sum = digits
        .iter()
        .rev()
        .enumerate()
        .fold(0_u32, |sum, (place, digit)| {
            let digit = u32::from(digit.wrapping_sub(b'0'));
            let doubled = if place % 2 == 0 { digit } else { digit * 2 };
            sum.wrapping_add(if doubled > 9 {
                doubled.wrapping_sub(9)
            } else {
                doubled
            })
        });
    sum % 10 == 0 && digits.iter().any(|digit| *digit != b'0')
}

/// Whether the digit at `place` of a number of `count` digits may be shown.
pub(super) const fn is_shown(place: usize, count: usize) -> bool {
    match count {
        13..=19 => place < 6 || place + 4 >= count,
        8..=12 => place + 4 >= count,
        _ => false,
    }
}

/// Overwrites what is a card number by its place in a structure. Six digits in front and four behind stay of 13 to
/// 19, the last four of 8 to 12, none else; what stands between the digits stays.
///
/// False, and nothing done, where it was masked before.
pub(in crate::formats) fn mask_pan(digits: &mut [u8], fill: u8) -> bool {
    let count = digits.iter().filter(|byte| byte.is_ascii_digit()).count();
    if count == 0 || (count <= 10 && digits.iter().any(|byte| is_mask(*byte, fill))) {
        return false;
    }
    let numerals = digits.iter_mut().filter(|byte| byte.is_ascii_digit());
    for (_, digit) in numerals
        .enumerate()
        .filter(|(place, _)| !is_shown(*place, count))
    {
        *digit = fill;
    }
    true
}

/// Overwrites everything but white space.
pub(in crate::formats) fn mask_all(bytes: &mut [u8], fill: u8) {
    bytes
        .iter_mut()
        .filter(|byte| !byte.is_ascii_whitespace())
        .for_each(|byte| *byte = fill);
}

/// Overwrites what is track 1, 2 or 3 by its place in a structure: of the card number as [`mask_pan`] does, of what
/// follows everything but the end sentinel and the padding.
///
/// False, and nothing done, where it was masked before.
pub(in crate::formats) fn mask_track(bytes: &mut [u8], fill: u8) -> bool {
    let start = bytes
        .iter()
        .position(u8::is_ascii_digit)
        .unwrap_or(bytes.len());
    let end = bytes
        .iter()
        .skip(start)
        .position(|byte| matches!(byte, b'^' | b'=' | b'D' | b'd'))
        .map_or(bytes.len(), |length| start + length);
    let (head, tail) = bytes.split_at_mut(end);
    let number = head.get_mut(start..).unwrap_or_default();
    let masked = mask_head(number, fill);
    mask_tail(tail.get_mut(1..).unwrap_or_default(), fill) || masked
}

/// The card number of a track, or the whole of a track without a separator.
fn mask_head(number: &mut [u8], fill: u8) -> bool {
    let count = number.iter().filter(|byte| byte.is_ascii_digit()).count();
    match count {
        0..=19 => mask_pan(number, fill),
        // Track 3 has a format code of two digits in front.
        20 | 21 => mask_pan(number.get_mut(2..).unwrap_or_default(), fill),
        _ => {
            let hidden = number
                .iter_mut()
                .filter(|byte| byte.is_ascii_digit())
                .skip(6);
            hidden.for_each(|digit| *digit = fill);
            true
        }
    }
}

fn mask_tail(tail: &mut [u8], fill: u8) -> bool {
    let is_clean = |byte: &u8| {
        is_mask(*byte, fill)
            || matches!(byte, b'=' | b'^' | b'F' | b'f')
            || byte.is_ascii_whitespace()
    };
    if tail.iter().all(is_clean) {
        return false;
    }
    let padding = tail
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b'F' | b'f' | b'?'))
        .count();
    let kept = tail.len().saturating_sub(padding);
    let secret = tail.iter_mut().take(kept).filter(|byte| **byte != b'?');
    secret.for_each(|byte| *byte = fill);
    true
}

/// Whether this stands for something overwritten.
fn is_mask(byte: u8, fill: u8) -> bool {
    byte == fill || byte >= 0x80 || MASKS.contains(&byte)
}
