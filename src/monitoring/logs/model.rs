//! Logs as they are kept. Pure.
use crate::clock::Millis;
use crate::formats::{Encoding, Format};
use crate::ids::{BlobId, EstablishmentId, LogId, TerminalId};
use crate::monitoring::days::Day;

/// The kind of work that asks a terminal for logs.
pub(super) const WORK: &str = "log";
/// The longest name of a log, and the longest name of a till, in characters.
pub(in crate::monitoring) const NAME_MAX: usize = 80;
/// For how many days logs are kept where nobody said otherwise, and what may be said.
pub(in crate::monitoring) const USUAL_DAYS: i32 = 90;
pub(in crate::monitoring) const DAYS: std::ops::RangeInclusive<i32> = 1..=3650;

/// What a log is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::monitoring) enum Kind {
    /// The exchange with the till.
    Ecr,
    /// The exchange with the payment host.
    Pos,
}

impl Kind {
    pub(in crate::monitoring) const ALL: [Self; 2] = [Self::Ecr, Self::Pos];

    /// In addresses and in the database.
    pub(in crate::monitoring) const fn name(self) -> &'static str {
        match self {
            Self::Ecr => "ecr",
            Self::Pos => "pos",
        }
    }

    pub(in crate::monitoring) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// Whether logs of this kind may be written like this.
    pub(in crate::monitoring) const fn fits(self, format: Format) -> bool {
        matches!(self, Self::Pos) == format.of_host()
    }
}

/// How many values were overwritten, by what they were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = LogScrubbed)]
pub(in crate::monitoring) struct Counts {
    pub(in crate::monitoring) pans: i64,
    pub(in crate::monitoring) tracks: i64,
    pub(in crate::monitoring) pins: i64,
    pub(in crate::monitoring) cvvs: i64,
}

/// One log of a terminal, as far as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::monitoring) struct Log {
    pub(in crate::monitoring) id: LogId,
    pub(in crate::monitoring) terminal: TerminalId,
    /// That of the time when it began.
    pub(in crate::monitoring) establishment: EstablishmentId,
    pub(in crate::monitoring) kind: Kind,
    /// As the terminal calls it.
    pub(in crate::monitoring) name: String,
    pub(in crate::monitoring) format: Format,
    pub(in crate::monitoring) encoding: Encoding,
    /// The till that it tells of; empty when nobody said.
    pub(in crate::monitoring) till: String,
    /// The day that it tells of, else the one that it began to come on.
    pub(in crate::monitoring) day: Day,
    pub(in crate::monitoring) begun_at: Millis,
    pub(in crate::monitoring) changed_at: Millis,
    /// The terminal said that nothing follows.
    pub(in crate::monitoring) whole: bool,
    /// What is here of it: where the terminal goes on.
    pub(in crate::monitoring) size_bytes: i64,
    /// What that takes, packed.
    pub(in crate::monitoring) stored_bytes: i64,
    pub(in crate::monitoring) records: i64,
    pub(in crate::monitoring) unread: i64,
    pub(in crate::monitoring) counts: Counts,
    /// What of the terminal's file stands in other logs before this one.
    pub(in crate::monitoring) before_bytes: i64,
    /// Serial number of the device that sends it; empty where nobody noted it.
    pub(in crate::monitoring) device: String,
    /// Nothing is added to it any more, whatever the terminal sends under its name.
    pub(in crate::monitoring) ended: bool,
}

/// A part of a log that is stored by itself; it begins and ends with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::monitoring) struct Piece {
    /// Where it begins in the log.
    pub(in crate::monitoring) at: i64,
    pub(in crate::monitoring) length: i64,
    pub(in crate::monitoring) stored_bytes: i64,
    /// The number of its first record, from 0.
    pub(in crate::monitoring) first_record: i64,
    pub(in crate::monitoring) records: i64,
    pub(in crate::monitoring) blob: BlobId,
}

/// What of a log a piece is looked for by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::monitoring) enum Held {
    Byte(i64),
    /// By its number, from 0.
    Record(i64),
}

/// Between the name of a log that ended and its number. No terminal's name has it.
pub(super) const ENDED: char = '/';

impl Log {
    /// How much of the terminal's file is here, in this log and those before it.
    pub(super) const fn received(&self) -> i64 {
        self.before_bytes.saturating_add(self.size_bytes)
    }

    /// Whether it is from this device.
    pub(super) fn is_from(&self, serial_number: &str) -> bool {
        self.device.is_empty() || self.device == serial_number
    }

    /// Whether that was ever here; its piece may be gone with the log.
    pub(in crate::monitoring) const fn holds(&self, held: Held) -> bool {
        match held {
            Held::Byte(at) => at < self.size_bytes,
            Held::Record(number) => number < self.records,
        }
    }
}

impl Piece {
    pub(in crate::monitoring) const fn holds(&self, held: Held) -> bool {
        let (from, length, at) = match held {
            Held::Byte(at) => (self.at, self.length, at),
            Held::Record(number) => (self.first_record, self.records, number),
        };
        from <= at && at.saturating_sub(from) < length
    }
}

/// How long logs of one kind are kept in one establishment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::monitoring) struct Keeping {
    /// `None` is for all that have none of their own.
    pub(in crate::monitoring) establishment: Option<EstablishmentId>,
    pub(in crate::monitoring) kind: Kind,
    pub(in crate::monitoring) days: i32,
}

/// What was deleted on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::monitoring) struct Freed {
    pub(in crate::monitoring) establishment: EstablishmentId,
    pub(in crate::monitoring) kind: Kind,
    pub(in crate::monitoring) day: Day,
    pub(in crate::monitoring) logs: i64,
    pub(in crate::monitoring) size_bytes: i64,
    pub(in crate::monitoring) stored_bytes: i64,
}

/// A length or a number as it is kept.
pub(super) fn long(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Whether a log may be called this: safe in an address and as a file's name.
pub(in crate::monitoring) fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    !text.is_empty() && text.len() <= NAME_MAX && !text.starts_with('.') && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_and_fits_its_formats() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.name()), Some(kind));
        }
        assert!(Kind::Ecr.fits(Format::Zvt) && Kind::Pos.fits(Format::Jpos));
        assert!(!Kind::Ecr.fits(Format::Jpos) && !Kind::Pos.fits(Format::Text));
        assert_eq!(Kind::named("both"), None);
    }

    #[test]
    fn a_name_is_safe_in_a_path() {
        for good in ["a", "ecr-2026-11-26.log", "q2_log.1", &"x".repeat(80)] {
            assert!(is_name(good), "{good}");
        }
        for bad in [
            "",
            ".",
            "..",
            ".hidden",
            "a/b",
            "a b",
            "é",
            "a%",
            &"x".repeat(81),
        ] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
