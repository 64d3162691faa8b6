//! What is overwritten in a telegram, and how.
use super::super::tlv::{self, bcd};
use super::super::{Counts, cards};
use super::bitmaps::{self, Part, What};
use super::commands::Fixed;
use super::cut::Head;
use super::{container, frames};

/// So many digits at the front of a card number may stay.
const SHOWN: usize = 6;
/// An issuer's number has so many digits at most; more at the end of what was cut may be a card's.
const LONGEST_ISSUER: usize = 8;

/// Cleans a bare telegram, whole or cut.
pub(super) fn telegram(bytes: &mut [u8]) -> Counts {
    let Some(head) = Head::of(bytes) else {
        return Counts::default();
    };
    let end = head.total().min(bytes.len());
    let Some(data) = bytes.get_mut(head.size..end) else {
        return Counts::default();
    };
    let body = bitmaps::parse(head.class, head.instr, data);
    let mut counts = Counts::default();
    for one in &body.parts {
        counts.add(part(data, one));
    }
    if let Some(left) = body.broken_at.and_then(|at| data.get_mut(at..)) {
        counts.add(unread(left));
    }
    if end < head.total() {
        counts.pans += u32::from(cut_number(data));
    }
    counts
}

/// Of a number in text that was cut with its telegram nobody knows how much is missing: the first digits stay.
fn cut_number(data: &mut [u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b' ' | b'-');
    let from = data
        .iter()
        .rposition(|byte| !is_part(byte))
        .map_or(0, |at| at + 1);
    let digits = || (from..data.len()).filter(|at| data.get(*at).is_some_and(u8::is_ascii_digit));
    let hidden: Vec<usize> = if digits().count() > LONGEST_ISSUER {
        digits().skip(SHOWN).collect()
    } else {
        Vec::new()
    };
    for at in &hidden {
        if let Some(digit) = data.get_mut(*at) {
            *digit = b'*';
        }
    }
    !hidden.is_empty()
}

/// Cleans the telegram in a frame. A check sum that was right is made right again: the old one would help to
/// guess what was taken away.
pub(super) fn frame(raw: &mut [u8]) -> Counts {
    let mut inside = frames::unstuff(raw);
    let old = inside.bytes.clone();
    let total = Head::of(&inside.bytes)
        .map_or(0, Head::total)
        .min(inside.bytes.len());
    let Some((bytes, within)) = inside.bytes.split_at_mut_checked(total) else {
        return Counts::default();
    };
    let before = frames::check_sum(bytes);
    let mut counts = telegram(bytes);
    let after = frames::check_sum(bytes);
    match within {
        // Of these values two would end the frame; one more wrong check sum does less harm.
        [low, high] if [*low, *high] == before => [*low, *high] = after.map(frames::inert),
        [] | [_, _] => {}
        more => counts.add(unread(more)),
    }
    frames::restuff(raw, &inside, &old);
    if let Some(sum) = raw.get_mut(inside.end..).filter(|sum| **sum == before) {
        sum.copy_from_slice(&after);
    }
    counts
}

fn part(data: &mut [u8], part: &Part) -> Counts {
    let mut counts = Counts::default();
    let Some(value) = data.get_mut(part.value.clone()) else {
        return counts;
    };
    match part.what {
        What::Fixed(Fixed::Password) | What::Bitmap(0x3d) => {
            bcd::mask_all(value);
        }
        What::Fixed(Fixed::Text | Fixed::Printable)
        | What::Bitmap(0x3c | 0x8b | 0xe1..=0xe8 | 0xf1..=0xf8) => {
            counts.add(cards::mask_text(value));
        }
        What::Fixed(Fixed::Data) => counts.add(unread(value)),
        What::Bitmap(0x06) => counts.add(container::mask(value)),
        What::Bitmap(0x22) => counts.pans += u32::from(bcd::mask_pan(value, part.missing)),
        // The number of an old electronic purse: a card number and what else is in the file.
        What::Bitmap(0xa7) => counts.pans += u32::from(bcd::mask_track(value)),
        What::Bitmap(0x23) => counts.tracks += u32::from(bcd::mask_track(value)),
        What::Bitmap(0x24 | 0x2d | 0x2e) => counts.tracks += u32::from(bcd::mask_all(value)),
        What::Bitmap(0x3a) => counts.cvvs += u32::from(bcd::mask_all(value)),
        What::Bitmap(0xd1) => counts.pins += u32::from(bcd::mask_all(value)),
        What::Bitmap(0x92) => counts.add(tlv::mask(value)),
        What::Bitmap(0x9a | 0xaf) => counts.add(tlv::mask_unread(value)),
        What::Fixed(_) | What::Bitmap(_) => {}
    }
    counts
}

/// Cleans bytes whose structure is not known, by the look of card data and of bitmaps that hold it.
pub(super) fn unread(bytes: &mut [u8]) -> Counts {
    tlv::until_clean(bytes, unread_once)
}

fn unread_once(bytes: &mut [u8]) -> Counts {
    let mut counts = by_tag(bytes);
    counts.add(tlv::mask_unread(bytes));
    if let Some(mut single) = without_doubling(bytes) {
        let old = single.bytes.clone();
        counts.add(by_tag(&mut single.bytes));
        counts.add(tlv::mask_unread(&mut single.bytes));
        frames::restuff(bytes, &single, &old);
    }
    counts
}

/// Bytes as they are inside a frame, if any DLE is doubled among them.
fn without_doubling(bytes: &[u8]) -> Option<frames::Unstuffed> {
    let doubled = bytes
        .windows(2)
        .any(|pair| matches!(pair, [frames::DLE, after] if *after != frames::STX));
    doubled.then(|| frames::undouble(bytes))
}

/// Bitmaps of card data that stand where no structure leads to them.
fn by_tag(bytes: &mut [u8]) -> Counts {
    let mut counts = Counts::default();
    for at in 0..bytes.len() {
        let (size, stated) = match bytes.get(at..) {
            Some(
                [
                    0x22 | 0x23 | 0x2d,
                    tens @ 0xf0..=0xf9,
                    ones @ 0xf0..=0xf9,
                    ..,
                ],
            ) => (3, usize::from(tens & 0xf) * 10 + usize::from(ones & 0xf)),
            Some(
                [
                    0x24 | 0x2e,
                    hundreds @ 0xf0..=0xf9,
                    tens @ 0xf0..=0xf9,
                    ones @ 0xf0..=0xf9,
                    ..,
                ],
            ) => (
                4,
                usize::from(hundreds & 0xf) * 100
                    + usize::from(tens & 0xf) * 10
                    + usize::from(ones & 0xf),
            ),
            _ => continue,
        };
        let start = at + size;
        let end = (start + stated).min(bytes.len());
        let tag = bytes.get(at).copied().unwrap_or_default();
        let found = Part {
            what: What::Bitmap(tag),
            value: start..end,
            missing: start + stated - end,
        };
        counts.add(part(bytes, &found));
    }
    counts
}
