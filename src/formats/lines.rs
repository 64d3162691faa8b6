//! Lines of text. Stands in until the real one is there.
use super::{Record, Rest, Scrubbed};

/// How the characters of a log are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    Utf8,
    Cp1251,
    Cp866,
    Latin1,
}

impl Encoding {
    pub const ALL: [Self; 4] = [Self::Utf8, Self::Cp1251, Self::Cp866, Self::Latin1];

    /// Its name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Cp1251 => "windows-1251",
            Self::Cp866 => "ibm866",
            Self::Latin1 => "latin-1",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

pub(super) fn scrub(_: Encoding, raw: &mut [u8], rest: Rest) -> Scrubbed {
    let end = raw.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    let taken = if rest == Rest::Ends || (end == 0 && raw.len() >= super::LONGEST_RECORD) { raw.len() } else { end };
    let records = raw.iter().take(taken).filter(|b| **b == b'\n').count();
    Scrubbed { taken, records: u32::try_from(records).unwrap_or(0), ..Scrubbed::default() }
}

pub(super) fn detect(_: &[u8]) -> Encoding {
    Encoding::Utf8
}

pub(super) fn read(_: Encoding, bytes: &[u8], most: usize) -> Vec<Record> {
    let mut at = 0;
    let mut all = Vec::new();
    for line in bytes.split_inclusive(|b| *b == b'\n').take(most) {
        all.push(Record { at, length: line.len(), time: None, direction: None, kind: None,
            text: String::from_utf8_lossy(line).trim_end().to_owned(), fields: Vec::new(), trouble: None });
        at += line.len();
    }
    all
}
