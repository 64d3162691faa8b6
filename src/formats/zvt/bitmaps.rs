//! What a telegram holds: its fixed parts, then bitmaps, each a tag of one byte and a value whose length the tag
//! tells or that stands before it.
use std::ops::Range;

use super::super::tlv;
use super::commands::{self, Fixed};

/// How the length of a bitmap is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Bytes(usize),
    /// As many decimal digits, each in a byte `F0` to `F9`.
    Digits(usize),
    Ber,
}

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Fixed(Fixed),
    Bitmap(u8),
}

/// One part of a telegram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub what: What,
    pub value: Range<usize>,
    /// Bytes of the value that are not there.
    pub missing: usize,
}

/// The data of a telegram, taken apart.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub parts: Vec<Part>,
    /// From here on it could not be read.
    pub broken_at: Option<usize>,
    /// It could, but ends before it should.
    pub cut: bool,
}

impl Body {
    /// Whether nothing speaks against it being such a telegram, or the beginning of one.
    pub(super) const fn fits(&self) -> bool {
        self.broken_at.is_none() || self.cut
    }

    /// Whether other bytes would have done as well.
    pub(super) fn holds_anything(&self) -> bool {
        self.parts
            .iter()
            .any(|part| part.what == What::Fixed(Fixed::Data))
    }
}

const fn coding(tag: u8) -> Option<Coding> {
    Some(match tag {
        0x01..=0x03
        | 0x05
        | 0x19
        | 0x27
        | 0x72..=0x75
        | 0x8a
        | 0x8c
        | 0xa0
        | 0xd0
        | 0xd2
        | 0xd3
        | 0xe0
        | 0xe9
        | 0xea
        | 0xf0
        | 0xf9..=0xfd => Coding::Bytes(1),
        0x0d | 0x0e | 0x17 | 0x3a | 0x49 | 0x87 => Coding::Bytes(2),
        0x0b | 0x0c | 0x37 | 0x3d | 0x88 | 0xaa => Coding::Bytes(3),
        0x29 | 0x70 | 0x71 => Coding::Bytes(4),
        0xba => Coding::Bytes(5),
        0x04 => Coding::Bytes(6),
        0x3b | 0xeb => Coding::Bytes(8),
        0x2a => Coding::Bytes(15),
        0x22 | 0x23 | 0x2d | 0x8b | 0xa7 | 0xd1 | 0xe1..=0xe8 | 0xf1..=0xf8 => Coding::Digits(2),
        0x24 | 0x2e | 0x3c | 0x60 | 0x92 | 0x9a | 0xaf => Coding::Digits(3),
        0x06 => Coding::Ber,
        _ => return None,
    })
}

/// Takes the data of a command apart by the layout that fits, or else goes furthest.
pub(super) fn parse(class: u8, instr: u8, data: &[u8]) -> Body {
    let mut best: Option<Body> = None;
    for layout in commands::layouts(class, instr) {
        let body = parse_as(layout, data);
        if body.broken_at.is_none() {
            return body;
        }
        if best
            .as_ref()
            .is_none_or(|best| best.broken_at < body.broken_at)
        {
            best = Some(body);
        }
    }
    best.unwrap_or_default()
}

fn parse_as(layout: &[Fixed], data: &[u8]) -> Body {
    let mut body = Body::default();
    let mut at = 0;
    for fixed in layout {
        if at >= data.len() {
            return body;
        }
        let Some(after) = body.fixed(*fixed, data, at) else {
            return body;
        };
        at = after;
    }
    while at < data.len() {
        let Some(after) = body.bitmap(data, at) else {
            return body;
        };
        at = after;
    }
    body
}

impl Body {
    /// Takes a fixed part; where the next begins.
    fn fixed(&mut self, fixed: Fixed, data: &[u8], at: usize) -> Option<usize> {
        let (start, stated) = match (fixed, fixed.size()) {
            (_, Some(size)) => (at, size),
            (Fixed::Version, None) => self.digits(data, at, at, 3)?,
            (Fixed::Printable, None) if !data.iter().all(|byte| matches!(byte, b' '..=b'~')) => {
                self.broken_at = Some(at);
                return None;
            }
            (_, None) => (at, data.len() - at),
        };
        self.part(What::Fixed(fixed), data, at, (start, stated))
    }

    fn bitmap(&mut self, data: &[u8], at: usize) -> Option<usize> {
        let tag = data.get(at).copied()?;
        let length = match coding(tag) {
            Some(Coding::Bytes(size)) => (at + 1, size),
            Some(Coding::Digits(count)) => self.digits(data, at, at + 1, count)?,
            Some(Coding::Ber) => self.ber(data, at)?,
            None => {
                self.broken_at = Some(at);
                return None;
            }
        };
        self.part(What::Bitmap(tag), data, at, length)
    }

    /// A value of `stated` bytes from `start` on, of the part that begins at `at`.
    fn part(
        &mut self,
        what: What,
        data: &[u8],
        at: usize,
        (start, stated): (usize, usize),
    ) -> Option<usize> {
        let end = start.checked_add(stated)?;
        let missing = end.saturating_sub(data.len());
        self.parts.push(Part {
            what,
            value: start.min(data.len())..end.min(data.len()),
            missing,
        });
        if missing > 0 {
            self.broken_at = Some(at);
            self.cut = true;
            return None;
        }
        Some(end)
    }

    /// A length in `count` digits at `from`, and where the value begins.
    fn digits(
        &mut self,
        data: &[u8],
        at: usize,
        from: usize,
        count: usize,
    ) -> Option<(usize, usize)> {
        let digits = data
            .get(from..data.len().min(from + count))
            .unwrap_or_default();
        let right = digits.iter().all(|digit| matches!(digit, 0xf0..=0xf9));
        if digits.len() < count || !right {
            self.broken_at = Some(at);
            self.cut = right;
            return None;
        }
        let stated = digits
            .iter()
            .fold(0, |sum, digit| sum * 10 + usize::from(digit & 0xf));
        Some((from + count, stated))
    }

    fn ber(&mut self, data: &[u8], at: usize) -> Option<(usize, usize)> {
        let Some((stated, start)) = tlv::length(data, at + 1, data.len()) else {
            self.broken_at = Some(at);
            // Only a length that is not there yet is one that was cut; indefinite and overlong ones do not exist.
            let first = data.get(at + 1).copied();
            self.cut = first.is_none_or(|first| matches!(first, 0x81..=0x83));
            return None;
        };
        Some((start, stated))
    }
}
