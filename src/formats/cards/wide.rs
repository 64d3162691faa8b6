//! Text in UTF-16: every other byte is NUL where it is ASCII.
use super::Counts;

/// Fewer characters in a row are no text.
const SHORTEST: usize = 8;

/// Overwrites secrets in such text; `text` finds them in the same as UTF-8.
pub(super) fn mask(line: &mut [u8], text: fn(&mut [u8]) -> Counts) -> Counts {
    let mut counts = whole(line, text);
    let mut at = 0;
    while let Some(first) = line
        .get(at..)
        .and_then(|rest| rest.iter().position(|byte| *byte != 0))
    {
        let start = at + first;
        let pairs = line.get(start..).unwrap_or_default().chunks(2);
        let length = pairs
            .take_while(|pair| matches!(pair, [one, 0] | [one] if *one != 0))
            .count();
        at = start + (2 * length).max(1);
        if length >= SHORTEST {
            let places: Vec<usize> = (start..line.len()).step_by(2).take(length).collect();
            let narrow: Vec<u8> = places
                .iter()
                .filter_map(|place| line.get(*place))
                .copied()
                .collect();
            counts.add(change(line, &narrow, &places, text));
        }
    }
    counts
}

/// Changes the text and writes each byte of it back to where it came from, if it came from one.
fn change(
    line: &mut [u8],
    narrow: &[u8],
    places: &[usize],
    text: fn(&mut [u8]) -> Counts,
) -> Counts {
    let mut clean = narrow.to_vec();
    let counts = text(&mut clean);
    for (place, (_, new)) in places
        .iter()
        .zip(narrow.iter().zip(&clean))
        .filter(|(_, (old, new))| old != new)
    {
        if let Some(byte) = line.get_mut(*place) {
            *byte = *new;
        }
    }
    counts
}

/// The order of the two bytes of a character; how much of one the line begins with, as its end was split off; which of
/// the two is the one of ASCII.
type Order = (fn([u8; 2]) -> u16, usize, usize);

const ORDERS: [Order; 4] = [
    (u16::from_le_bytes, 0, 0),
    (u16::from_le_bytes, 1, 0),
    (u16::from_be_bytes, 0, 1),
    (u16::from_be_bytes, 1, 1),
];

/// A line that is such text from end to end, with letters that are not ASCII. In Russian the wrong order reads almost as
/// well as the right one, so every one that is likely is tried.
fn whole(line: &mut [u8], text: fn(&mut [u8]) -> Counts) -> Counts {
    let mut counts = Counts::default();
    for (order, from, low) in ORDERS {
        let (pairs, _) = line.get(from..).unwrap_or_default().as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| order(*pair)).collect();
        let likely = units.iter().filter(|unit| is_likely(**unit)).count();
        if likely < SHORTEST || likely * 8 < units.len() * 7 {
            continue;
        }
        let (mut plain, mut places) = (Vec::new(), Vec::new());
        for (index, unit) in units.into_iter().enumerate() {
            let one = char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
            plain.extend_from_slice(one.encode_utf8(&mut [0; 4]).as_bytes());
            let place = from + 2 * index + low;
            places.resize(plain.len(), if unit < 0x80 { place } else { usize::MAX });
        }
        counts.add(change(line, &plain, &places, text));
    }
    counts
}

/// Whether it is a character of a language that terminals speak, or a sign.
const fn is_likely(unit: u16) -> bool {
    matches!(unit, 0x09 | 0x20..=0x7e | 0xa0..=0x17f | 0x401..=0x491 | 0x2010..=0x203a | 0x20ac | 0x2116 | 0xfeff)
}
