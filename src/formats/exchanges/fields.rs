//! ISO 8583's data elements: how each is written in its two versions, and what of a card it holds.
use super::Part;

/// Of which characters a field is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Digits; packed two a byte where numbers are BCD.
    Digits,
    /// Letters, digits and signs; for 55 and private fields any bytes at all.
    Text,
    /// Track 2 or 3: digits and separators, packed as digits are.
    Track,
    /// Bits; its length is in bytes. In ASCII two hexadecimal digits for each.
    Bits,
    /// A sign (`C` or `D`) and digits.
    Signed,
}

/// How the length of a field is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    Fixed(u16),
    /// Two digits before it, and how many there may be.
    Ll(u16),
    /// Three digits before it, and how many there may be.
    Lll(u16),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spec {
    pub(super) content: Content,
    pub(super) length: Length,
}

/// Which edition of the standard a message follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    Of1987,
    Of1993,
}

/// What of a card a field or a named value holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Pan,
    Track,
    Pin,
    Cvv,
    /// EMV data objects as BER-TLV.
    Emv,
    /// Anything: agreed between two parties, or meant for people.
    Free,
    /// Codes, and numbers of messages and parties. What can be a card number among them is one.
    Told,
    /// Amounts, times, keys and check sums: nothing of a card, however much it looks like one.
    Nothing,
}

impl Holds {
    /// Whether it is masked whatever it looks like.
    pub(super) const fn is_secret(self) -> bool {
        matches!(
            self,
            Self::Pan | Self::Track | Self::Pin | Self::Cvv | Self::Emv
        )
    }
}

use Content::{Bits, Digits, Signed, Text, Track};
use Length::{Fixed, Ll, Lll};

type Rows = &'static [(usize, usize, Content, Length)];

/// What both versions write alike.
const BOTH: Rows = &[
    (2, 2, Digits, Ll(19)),
    (3, 3, Digits, Fixed(6)),
    (4, 6, Digits, Fixed(12)),
    (7, 7, Digits, Fixed(10)),
    (8, 10, Digits, Fixed(8)),
    (11, 11, Digits, Fixed(6)),
    (14, 14, Digits, Fixed(4)),
    (16, 18, Digits, Fixed(4)),
    (19, 21, Digits, Fixed(3)),
    (23, 24, Digits, Fixed(3)),
    (27, 27, Digits, Fixed(1)),
    (32, 33, Digits, Ll(11)),
    (34, 34, Text, Ll(28)),
    (35, 35, Track, Ll(37)),
    (36, 36, Track, Lll(104)),
    (37, 37, Text, Fixed(12)),
    (38, 38, Text, Fixed(6)),
    (41, 41, Text, Fixed(8)),
    (42, 42, Text, Fixed(15)),
    (45, 45, Text, Ll(76)),
    (47, 48, Text, Lll(999)),
    (49, 51, Text, Fixed(3)),
    (52, 52, Bits, Fixed(8)),
    (54, 54, Text, Lll(120)),
    (55, 55, Text, Lll(999)),
    (59, 63, Text, Lll(999)),
    (64, 64, Bits, Fixed(8)),
    (67, 67, Digits, Fixed(2)),
    (68, 70, Digits, Fixed(3)),
    (73, 73, Digits, Fixed(6)),
    (74, 81, Digits, Fixed(10)),
    (86, 89, Digits, Fixed(16)),
    (97, 97, Signed, Fixed(17)),
    (98, 98, Text, Fixed(25)),
    (99, 100, Digits, Ll(11)),
    (101, 101, Text, Ll(17)),
    (102, 103, Text, Ll(28)),
    (104, 104, Text, Lll(100)),
    (111, 127, Text, Lll(999)),
    (128, 128, Bits, Fixed(8)),
];

const ONLY_1987: Rows = &[
    (12, 12, Digits, Fixed(6)),
    (13, 13, Digits, Fixed(4)),
    (15, 15, Digits, Fixed(4)),
    (22, 22, Digits, Fixed(3)),
    (25, 26, Digits, Fixed(2)),
    (28, 31, Signed, Fixed(9)),
    (39, 39, Text, Fixed(2)),
    (40, 40, Text, Fixed(3)),
    (43, 43, Text, Fixed(40)),
    (44, 44, Text, Ll(25)),
    (46, 46, Text, Lll(999)),
    (53, 53, Digits, Fixed(16)),
    (56, 58, Text, Lll(999)),
    (65, 65, Bits, Fixed(1)),
    (66, 66, Digits, Fixed(1)),
    (71, 72, Digits, Fixed(4)),
    (82, 85, Digits, Fixed(12)),
    (90, 90, Digits, Fixed(42)),
    (91, 91, Text, Fixed(1)),
    (92, 92, Text, Fixed(2)),
    (93, 93, Text, Fixed(5)),
    (94, 94, Text, Fixed(7)),
    (95, 95, Text, Fixed(42)),
    (96, 96, Bits, Fixed(8)),
    (105, 110, Text, Lll(999)),
];

const ONLY_1993: Rows = &[
    (12, 12, Digits, Fixed(12)),
    (13, 13, Digits, Fixed(4)),
    (15, 15, Digits, Fixed(6)),
    (22, 22, Text, Fixed(12)),
    (25, 26, Digits, Fixed(4)),
    (28, 28, Digits, Fixed(6)),
    (29, 29, Digits, Fixed(3)),
    (30, 30, Digits, Fixed(24)),
    (31, 31, Text, Ll(99)),
    (39, 40, Digits, Fixed(3)),
    (43, 44, Text, Ll(99)),
    (46, 46, Text, Lll(204)),
    (53, 53, Bits, Ll(48)),
    (56, 56, Digits, Ll(35)),
    (57, 57, Digits, Fixed(3)),
    (58, 58, Digits, Ll(11)),
    (65, 65, Bits, Fixed(8)),
    (66, 66, Text, Lll(204)),
    (71, 71, Digits, Fixed(8)),
    (72, 72, Text, Lll(999)),
    (82, 85, Digits, Fixed(10)),
    (90, 90, Digits, Fixed(10)),
    (91, 92, Digits, Fixed(3)),
    (93, 94, Digits, Ll(11)),
    (95, 95, Text, Ll(99)),
    (96, 96, Text, Lll(999)),
    (105, 106, Digits, Fixed(16)),
    (107, 108, Digits, Fixed(10)),
    (109, 110, Text, Ll(84)),
];

type Table = [Option<Spec>; 129];

const fn enter(mut table: Table, rows: Rows) -> Table {
    let mut row = 0;
    while row < rows.len() {
        let (from, to, content, length) = rows[row];
        let mut number = from;
        while number <= to {
            table[number] = Some(Spec { content, length });
            number += 1;
        }
        row += 1;
    }
    table
}

static OF_1987: Table = enter(enter([None; 129], BOTH), ONLY_1987);
static OF_1993: Table = enter(enter([None; 129], BOTH), ONLY_1993);

/// How the field is written; none for 1, which is the second bitmap.
pub(super) fn spec(version: Version, number: u8) -> Option<Spec> {
    let table = match version {
        Version::Of1987 => &OF_1987,
        Version::Of1993 => &OF_1993,
    };
    table.get(usize::from(number)).copied().flatten()
}

/// What of a card the field holds.
pub(super) const fn holds(number: u8) -> Holds {
    match number {
        2 | 34 => Holds::Pan,
        35 | 36 | 45 => Holds::Track,
        52 => Holds::Pin,
        55 => Holds::Emv,
        43 | 44 | 46..=48 | 56..=63 | 72 | 98 | 102..=127 => Holds::Free,
        0 | 3 | 11 | 14 | 19..=27 | 32 | 33 | 37..=42 | 49..=51 | 90..=94 | 99..=101 => Holds::Told,
        0..=128 => Holds::Nothing,
        _ => Holds::Free,
    }
}

/// What of a card an EMV tag holds, written in hexadecimal digits.
pub(super) fn holds_tag(tag: &[u8]) -> Option<Holds> {
    let tag = tag.strip_prefix(b"0x").unwrap_or(tag);
    match tag.to_ascii_lowercase().as_slice() {
        b"5a" => Some(Holds::Pan),
        b"56" | b"57" | b"9f1f" | b"9f20" | b"9f6b" => Some(Holds::Track),
        b"99" => Some(Holds::Pin),
        _ => None,
    }
}

/// The number of a field as written: `2`, `002`, and of `48.1` or `0.2` the first that is not 0.
pub(super) fn number(id: &[u8]) -> Option<u8> {
    let mut last = None;
    for part in id.trim_ascii().split(|b| *b == b'.') {
        let number = std::str::from_utf8(part).ok()?.parse().ok()?;
        last = Some(number);
        if number != 0 {
            break;
        }
    }
    last.filter(|number| *number <= 192)
}

/// Whether it can be a message type: a version, a class, a function and an origin that the standard knows.
pub(super) fn is_mti(mti: &[u8]) -> bool {
    matches!(mti, [b'0'..=b'2', b'1'..=b'8', b'0'..=b'9', b'0'..=b'5'])
}

/// The key of the words for a message type, where there are some.
pub(super) fn kind(mti: &str) -> Option<String> {
    let &[version, class, function, origin] = mti.as_bytes() else {
        return None;
    };
    let known = matches!(version, b'0'..=b'2')
        && matches!(class, b'1'..=b'6' | b'8')
        && matches!(
            (function, origin),
            (b'0' | b'2', b'0' | b'1') | (b'1' | b'3' | b'4', b'0')
        );
    known.then(|| format!("iso-mti-{mti}"))
}

/// Which part of an exchange a message of this type is, by the standard's *function*, its third digit: even
/// ones ask, odd ones answer; a notification (4) is not answered.
pub(super) fn part(mti: &str) -> Option<Part> {
    let function = mti.as_bytes().get(2).filter(|_| is_mti(mti.as_bytes()))?;
    Some(match function {
        b'4' => Part::Notice,
        odd if odd % 2 == 1 => Part::Answer,
        _ => Part::Request,
    })
}
