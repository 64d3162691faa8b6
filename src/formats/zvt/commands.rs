//! The commands of ZVT: who sends each, and what stands in it before the bitmaps.
use super::super::Direction::{self, FromTill, ToTill};

/// A part that has its place and no tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fixed {
    Password,
    Config,
    Currency,
    Result,
    Timeout,
    Status,
    Attribute,
    Language,
    Rate,
    /// A version of software, its length in three digits before it.
    Version,
    State,
    /// The rest is a line of text.
    Text,
    /// The rest is text, and only that if it can be read so.
    Printable,
    /// The rest is whatever it is.
    Data,
}

impl Fixed {
    /// How many bytes it takes; of the others the rest.
    pub(super) const fn size(self) -> Option<usize> {
        match self {
            Self::Password => Some(3),
            Self::Currency => Some(2),
            Self::Config
            | Self::Result
            | Self::Timeout
            | Self::Status
            | Self::Attribute
            | Self::Language
            | Self::Rate
            | Self::State => Some(1),
            Self::Version | Self::Text | Self::Printable | Self::Data => None,
        }
    }

    /// The end of its key in the locales.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Config => "config",
            Self::Currency => "currency",
            Self::Result => "result",
            Self::Timeout => "timeout",
            Self::Status => "status",
            Self::Attribute => "attribute",
            Self::Language => "language",
            Self::Rate => "rate",
            Self::Version => "version",
            Self::State => "state",
            Self::Text | Self::Printable => "text",
            Self::Data => "data",
        }
    }
}

/// First bytes of telegrams.
pub(super) const fn class(byte: u8) -> bool {
    matches!(byte, 0x04 | 0x05 | 0x06 | 0x08 | 0x0f | 0x80 | 0x84)
}

/// Whether ZVT has this command; each has words in the locales.
pub(super) const fn known(class: u8, instr: u8) -> bool {
    match class {
        0x04 => matches!(instr, 0x01 | 0x0c | 0x0d | 0x0e | 0x0f | 0xff),
        0x05 => instr == 0x01,
        0x06 => matches!(
            instr,
            0x00..=0x04
                | 0x09 | 0x0a | 0x0c | 0x0f | 0x10 | 0x12 | 0x18 | 0x1a | 0x1b | 0x1e | 0x20..=0x25
                | 0x30 | 0x31 | 0x50 | 0x51 | 0x70 | 0x79 | 0x82 | 0x85..=0x88 | 0x91 | 0x93 | 0x95 | 0xb0
                | 0xc0 | 0xc5 | 0xc6 | 0xd1 | 0xd3 | 0xd8..=0xdb | 0xdd | 0xe0..=0xe5
        ),
        0x08 => matches!(instr, 0x01 | 0x02 | 0x10..=0x14 | 0x20..=0x24 | 0x30 | 0x40 | 0x50),
        0x80 => instr == 0,
        0x84 => true,
        _ => false,
    }
}

/// Its key in the locales.
pub(super) fn kind(class: u8, instr: u8) -> Option<String> {
    match class {
        0x84 if !matches!(instr, 0x00 | 0x83 | 0x9c) => Some("zvt-84".to_owned()),
        _ => known(class, instr).then(|| format!("zvt-{class:02x}-{instr:02x}")),
    }
}

/// Who sends it; acknowledgements go either way.
pub(super) const fn direction(class: u8, instr: u8) -> Option<Direction> {
    match (class, instr) {
        (0x04, _) | (0x06, 0x0f | 0x1e | 0xd1 | 0xd3 | 0xd8..=0xdd) => Some(ToTill),
        (0x05 | 0x06 | 0x08, _) => Some(FromTill),
        _ => None,
    }
}

/// What may stand before its bitmaps; where there are several, the first that fits holds.
pub(super) const fn layouts(class: u8, instr: u8) -> &'static [&'static [Fixed]] {
    match (class, instr) {
        (0x04, 0xff) => &[&[Fixed::Status, Fixed::Timeout], &[Fixed::Status]],
        (0x06, 0x00) => &[&[Fixed::Password, Fixed::Config, Fixed::Currency]],
        (0x06, 0x0f) => &[&[], &[Fixed::Version, Fixed::State], &[Fixed::Printable]],
        (0x06, 0x1e) => &[&[Fixed::Result], &[Fixed::Result, Fixed::Currency]],
        (0x06, 0x95) => &[&[Fixed::Password, Fixed::Password]],
        (0x06, 0xc0) => &[&[Fixed::Timeout]],
        (0x06, 0xd1) => &[&[Fixed::Attribute, Fixed::Text]],
        (0x06, 0x82 | 0xc6 | 0xd8..=0xdd)
        | (0x08, 0x02 | 0x10 | 0x23 | 0x24 | 0x50)
        | (0x0f, _) => &[&[], &[Fixed::Data]],
        (0x05, 0x01)
        | (0x06, 0x10 | 0x12 | 0x1b | 0x20 | 0x30 | 0x31 | 0x50 | 0x51 | 0x93)
        | (0x08, 0x11 | 0x12 | 0x13 | 0x14 | 0x20..=0x22) => &[&[Fixed::Password], &[]],
        (0x08, 0x30) => &[&[Fixed::Language]],
        (0x08, 0x40) => &[&[Fixed::Rate]],
        _ => &[&[]],
    }
}
