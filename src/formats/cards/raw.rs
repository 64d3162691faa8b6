//! Card numbers within more digits than one has: a message of ISO 8583 written out in a line, its fields without
//! anything between them.
use super::number::looks_like_pan;

/// The lengths a card number may have.
const LENGTHS: std::ops::RangeInclusive<usize> = 13..=19;
/// The longest track 2, and the separator, the year and month and the service code of one.
const LONGEST_TRACK: usize = 37;
const SHORTEST_REST: usize = 8;
/// The digits of field 2 with its length, of field 3 and of field 4 at the least.
const SHORTEST: usize = 2 + 13 + 6 + 12;

/// Where field 2 stands in a row of digits: a length, as many digits that are a card number, a processing code and an
/// amount.
pub(super) fn field_2(digits: &[u8]) -> Option<(usize, usize)> {
    let last = digits.len().checked_sub(SHORTEST)?;
    (0..=last).find_map(|at| {
        let [tens, ones] = *digits.get(at..at + 2)?.as_array()?;
        let length =
            usize::from(tens.checked_sub(b'0')?) * 10 + usize::from(ones.checked_sub(b'0')?);
        let start = at + 2;
        let end = start + length;
        let follows =
            LENGTHS.contains(&length) && digits.get(end..).is_some_and(is_code_and_amount);
        (follows && looks_like_pan(digits.get(start..end)?)).then_some((start, end))
    })
}

/// `003000` and `000000001050`: the accounts of a code end in 0, and nobody pays ten millions.
fn is_code_and_amount(digits: &[u8]) -> bool {
    matches!(
        digits,
        [
            _,
            _,
            _,
            b'0',
            _,
            b'0',
            b'0',
            b'0',
            b'0',
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            _,
            ..
        ]
    )
}

/// How many of the last of these digits are the card number of a track, and how many bytes behind it are its rest. `tail`
/// more that may be follow, the separator among them.
pub(super) fn track(digits: &[u8], tail: usize) -> Option<(usize, usize)> {
    let last = |width: usize| digits.get(digits.len().checked_sub(width)?..);
    let counted = LENGTHS.rev().find_map(|width| {
        let [tens, ones] = *last(width + 2)?.get(..2)?.as_array()?;
        let whole =
            usize::from(tens.checked_sub(b'0')?) * 10 + usize::from(ones.checked_sub(b'0')?);
        let rest = whole.checked_sub(width)?;
        (whole <= LONGEST_TRACK && (SHORTEST_REST..=tail).contains(&rest)).then_some((width, rest))
    });
    counted.or_else(|| {
        let width = LENGTHS
            .rev()
            .find(|width| last(*width).is_some_and(looks_like_pan))?;
        Some((width, tail))
    })
}
