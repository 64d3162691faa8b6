//! Where the fields of a message stand: message type, bitmaps, and one field after the other.
use super::super::Packager;
use super::super::fields::{self, Content, Holds, Length, Spec, Version};
use std::ops::Range;

/// How the bytes of a field are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// As text.
    Text,
    /// Two hexadecimal digits for each byte.
    Hex,
    /// As they are.
    Bytes,
    /// So many digits, two a byte.
    Bcd(usize),
    /// A sign in ASCII before digits, two a byte.
    SignedBcd,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) number: u8,
    pub(super) at: Range<usize>,
    pub(super) coding: Coding,
}

/// How reading ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Every field that the bitmap announces is there.
    Whole,
    /// The bytes ended before the message.
    Short,
    /// A field is not what the standard says.
    Broken,
}

/// A message as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) mti: [u8; 4],
    pub(super) places: Vec<Place>,
    /// Where what was read ends.
    pub(super) end: usize,
    pub(super) state: State,
    /// What of a card a field holds that is announced, and that could not be reached.
    pub(super) unreached: Option<Holds>,
}

/// How the bitmap is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bitmap {
    Hex,
    Bytes,
}

/// Whether numbers are packed two a byte.
pub(super) const fn is_packed(packager: Packager) -> bool {
    matches!(packager, Packager::Binary87 | Packager::Binary93)
}

const fn version(packager: Packager) -> Version {
    match packager {
        Packager::Ascii87 | Packager::Binary87 => Version::Of1987,
        Packager::Ascii93 | Packager::Binary93 => Version::Of1993,
    }
}

/// The message type at the front, and its length; `Err` says how it ended.
pub(super) fn mti(packager: Packager, bytes: &[u8]) -> Result<([u8; 4], usize), State> {
    let found = match *bytes {
        [high, low, ..] if is_packed(packager) => {
            let digit = |nibble: u8| b'0'.wrapping_add(nibble);
            Some((
                [
                    digit(high >> 4),
                    digit(high & 0xf),
                    digit(low >> 4),
                    digit(low & 0xf),
                ],
                2,
            ))
        }
        [a, b, c, d, ..] if !is_packed(packager) => Some(([a, b, c, d], 4)),
        _ => None,
    };
    let Some((digits, length)) = found else {
        // What is there may already be no message type.
        let begun = bytes.first().is_none_or(|b| {
            if is_packed(packager) {
                b >> 4 <= 2
            } else {
                matches!(b, b'0'..=b'2')
            }
        });
        return Err(if begun { State::Short } else { State::Broken });
    };
    if fields::is_mti(&digits) {
        Ok((digits, length))
    } else {
        Err(State::Broken)
    }
}

/// The digits of BCD, with `*` for what was masked and `=` between the parts of a track.
pub(super) fn digits_of(bytes: &[u8]) -> String {
    let digit = |nibble: u8| match nibble {
        0..=9 => char::from(b'0'.wrapping_add(nibble)),
        0xd => '=',
        0xe => '*',
        0xf => 'F',
        other => char::from(b'A'.wrapping_add(other.wrapping_sub(10))),
    };
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)])
        .collect()
}

/// Reads a message that begins where the bytes do.
pub(super) fn layout(packager: Packager, bitmap: Bitmap, bytes: &[u8]) -> Result<Layout, State> {
    let (mti, start) = mti(packager, bytes)?;
    let mut reader = Reader {
        packager,
        bytes,
        at: start,
    };
    let mut layout = Layout {
        mti,
        places: Vec::new(),
        end: start,
        state: State::Whole,
        unreached: None,
    };
    let first = reader.bitmap(bitmap)?;
    let second = if first >> 63 == 1 {
        reader.bitmap(bitmap)?
    } else {
        0
    };
    layout.end = reader.at;
    let present = u128::from(first) << 64 | u128::from(second);
    for number in 2..=128_u8 {
        if present >> (128 - number) & 1 == 0 {
            continue;
        }
        match reader.field(number) {
            Ok(place) => {
                layout.end = place.at.end;
                layout.places.push(place);
            }
            Err(state) => {
                layout.state = state;
                layout.unreached = (number..=128)
                    .filter(|number| present >> (128 - number) & 1 == 1)
                    .map(fields::holds)
                    .find(|holds| holds.is_secret());
                break;
            }
        }
    }
    Ok(layout)
}

struct Reader<'a> {
    packager: Packager,
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, count: usize) -> Result<Range<usize>, State> {
        let end = self.at.checked_add(count).ok_or(State::Broken)?;
        if end > self.bytes.len() {
            return Err(State::Short);
        }
        let range = self.at..end;
        self.at = end;
        Ok(range)
    }

    fn get(&self, range: &Range<usize>) -> &[u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }

    fn bitmap(&mut self, bitmap: Bitmap) -> Result<u64, State> {
        match bitmap {
            Bitmap::Bytes => {
                let range = self.take(8)?;
                Ok(self
                    .get(&range)
                    .iter()
                    .fold(0, |bits, byte| bits << 8 | u64::from(*byte)))
            }
            Bitmap::Hex => {
                let here = self.bytes.get(self.at..).unwrap_or_default();
                if !here.iter().take(16).all(u8::is_ascii_hexdigit) {
                    return Err(State::Broken);
                }
                let range = self.take(16)?;
                let digits = std::str::from_utf8(self.get(&range)).map_err(|_| State::Broken)?;
                u64::from_str_radix(digits, 16).map_err(|_| State::Broken)
            }
        }
    }

    fn field(&mut self, number: u8) -> Result<Place, State> {
        let spec = fields::spec(version(self.packager), number).ok_or(State::Broken)?;
        let count = match spec.length {
            Length::Fixed(count) => usize::from(count),
            Length::Ll(most) => self.count(2, most)?,
            Length::Lll(most) => self.count(3, most)?,
        };
        let (length, coding) = self.coding(spec, count);
        let at = self.take(length)?;
        let place = Place { number, at, coding };
        if self.holds_true(spec, &place) {
            Ok(place)
        } else {
            Err(State::Broken)
        }
    }

    /// How many bytes so many signs take, and how they are to be read.
    fn coding(&self, spec: Spec, count: usize) -> (usize, Coding) {
        match (spec.content, is_packed(self.packager)) {
            (Content::Digits | Content::Track, true) => (count.div_ceil(2), Coding::Bcd(count)),
            (Content::Signed, true) => (
                count.saturating_sub(1).div_ceil(2).saturating_add(1),
                Coding::SignedBcd,
            ),
            (Content::Bits, true) => (count, Coding::Bytes),
            (Content::Bits, false) => {
                let here = self.bytes.get(self.at..).unwrap_or_default();
                let twice = count.saturating_mul(2);
                let hex = |b: &u8| b.is_ascii_hexdigit() || *b == b'*';
                if here.iter().take(twice).all(hex) {
                    (twice, Coding::Hex)
                } else {
                    (count, Coding::Bytes)
                }
            }
            (_, _) => (count, Coding::Text),
        }
    }

    /// The length that stands before a field, in so many digits.
    fn count(&mut self, digits: usize, most: u16) -> Result<usize, State> {
        let written = if is_packed(self.packager) {
            let range = self.take(digits.div_ceil(2))?;
            digits_of(self.get(&range))
        } else {
            let range = self.take(digits)?;
            self.get(&range).iter().map(|b| char::from(*b)).collect()
        };
        let all = written.bytes().all(|b| b.is_ascii_digit());
        let count: usize = written.parse().ok().filter(|_| all).ok_or(State::Broken)?;
        if count > usize::from(most) {
            Err(State::Broken)
        } else {
            Ok(count)
        }
    }

    /// Whether a field is written with the signs that it may have. What was masked is.
    fn holds_true(&self, spec: Spec, place: &Place) -> bool {
        let bytes = self.get(&place.at);
        let secret = !matches!(fields::holds(place.number), Holds::Told | Holds::Nothing);
        let masked = |b: &u8| secret && matches!(b, b'*' | b'_' | b'x' | b'X' | b'#');
        match (spec.content, place.coding) {
            (Content::Digits, Coding::Bcd(_)) => bytes.iter().all(|byte| {
                let nibble = |nibble: u8| nibble <= 9 || secret && nibble >= 0xe;
                nibble(byte >> 4) && nibble(byte & 0xf)
            }),
            (Content::Digits, _) => bytes
                .iter()
                .all(|b| b.is_ascii_digit() || *b == b' ' || masked(b)),
            (Content::Text, _) if matches!(spec.length, Length::Fixed(_)) => {
                bytes.iter().all(|b| *b >= b' ')
            }
            (Content::Track, Coding::Text) => bytes.iter().all(|b| *b >= b' '),
            _ => true,
        }
    }
}
