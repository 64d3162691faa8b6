//! The formats in which terminals keep logs: how each is cut into records, scrubbed and read.
//!
//! A log is a row of *records* (a telegram, a line, a message). [`scrub`] takes whole records off the
//! front of what came in and overwrites in place whatever must not be kept: structure first, then what looks
//! like a card number in free text. The length never changes, so an offset into the terminal's own file is
//! an offset into what is kept. [`read`] reads records for people, [`messages`] what is known of requests to
//! a host and their answers. All of them are pure, and take any bytes whatever without a panic.
//!
//! A format is one folder and one row in each `match` of this file; `row` goes through its records. The room names
//! nothing of the server.
mod cards;
mod exchanges;
#[cfg(test)]
mod growth;
mod lines;
#[cfg(test)]
mod pieces;
mod row;
mod tlv;
mod zvt;

pub use exchanges::{Message, Original, Packager, Part};
pub use lines::Encoding;

/// A record is cut here at the latest: what goes on longer without an end is no record of any format.
pub const LONGEST_RECORD: usize = 64 * 1024;

/// How a log is written, as the terminal says with each upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// ZVT telegrams (PA 00P015), one after the other as they went over the line, bare or framed with DLE STX.
    Zvt,
    /// ZVT telegrams as lines of text: a time, a direction, hexadecimal digits.
    ZvtLines,
    /// Lines of text of any kind.
    Text,
    /// XML as jPOS logs it.
    Jpos,
    /// ISO 8583 messages one after the other, each with a length before it.
    Iso8583(Packager),
    /// Our own: a JSON object a line.
    Ndjson,
}

impl Format {
    /// Every format, in the order in which people are told of them.
    pub const ALL: [Self; 9] = [
        Self::Zvt,
        Self::ZvtLines,
        Self::Text,
        Self::Jpos,
        Self::Iso8583(Packager::Ascii87),
        Self::Iso8583(Packager::Binary87),
        Self::Iso8583(Packager::Ascii93),
        Self::Iso8583(Packager::Binary93),
        Self::Ndjson,
    ];

    /// Its name on the wire and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zvt => "zvt",
            Self::ZvtLines => "zvt-lines",
            Self::Text => "text",
            Self::Jpos => "jpos",
            Self::Iso8583(packager) => packager.name(),
            Self::Ndjson => "ndjson",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// Whether it holds requests to a payment host and their answers; the others hold an exchange with a till.
    #[must_use]
    pub const fn of_host(self) -> bool {
        matches!(self, Self::Jpos | Self::Iso8583(_) | Self::Ndjson)
    }
}

/// Does it with the records of a format.
macro_rules! with_records {
    ($format:expr, $encoding:expr, |$these:ident| $then:expr) => {
        match $format {
            Format::Zvt => {
                let $these = &zvt::Telegrams;
                $then
            }
            Format::ZvtLines => {
                let $these = &zvt::lines::Telegrams($encoding);
                $then
            }
            Format::Text => {
                let $these = &lines::Lines($encoding);
                $then
            }
            Format::Jpos => {
                let $these = &exchanges::jpos::Entries($encoding);
                $then
            }
            Format::Iso8583(packager) => {
                let $these = &exchanges::iso8583::Messages(packager);
                $then
            }
            Format::Ndjson => {
                let $these = &exchanges::ndjson::Objects;
                $then
            }
        }
    };
}

/// What was overwritten, by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Card numbers.
    pub pans: u32,
    /// Track 1, 2 or 3, or what stood where one is expected.
    pub tracks: u32,
    /// PIN blocks.
    pub pins: u32,
    /// Card verification values.
    pub cvvs: u32,
}

impl Counts {
    /// Adds what another part came to.
    pub const fn add(&mut self, other: Self) {
        self.pans = self.pans.saturating_add(other.pans);
        self.tracks = self.tracks.saturating_add(other.tracks);
        self.pins = self.pins.saturating_add(other.pins);
        self.cvvs = self.cvvs.saturating_add(other.cvvs);
    }
}

/// Whether more bytes follow those at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    Follows,
    Ends,
}

/// What [`scrub`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scrubbed {
    /// How many bytes at the front are whole records, and clean now. What stands behind them was not
    /// touched and is to be given again with what follows. Never 0 with [`Rest::Ends`], nor where
    /// [`LONGEST_RECORD`] bytes or more are at hand.
    pub taken: usize,
    /// Records among them.
    pub records: u32,
    /// Records among them that could not be read as their format says.
    pub unread: u32,
    pub counts: Counts,
}

/// Cleans whole records at the front of `raw` in place.
///
/// `encoding` is what [`encoding_of`] found in the first bytes of the same log.
#[must_use]
pub fn scrub(format: Format, encoding: Encoding, raw: &mut [u8], rest: Rest) -> Scrubbed {
    with_records!(format, encoding, |these| row::scrub(these, raw, rest))
}

/// Whether a short text, such as a name, holds a card number or a track: in plain sight, or in groups with anything
/// at all between them.
#[must_use]
pub fn holds_card(text: &str) -> bool {
    let digits_only = |c: char| if c.is_ascii_digit() { c } else { ' ' };
    let bare: String = text.chars().map(digits_only).collect();
    [text.to_owned(), bare].into_iter().any(|text| {
        let found = cards::mask_text(&mut text.into_bytes());
        found.pans > 0 || found.tracks > 0
    })
}

/// In which encoding a log that begins with these bytes is written. Formats that have only one answer that.
#[must_use]
pub fn encoding_of(format: Format, first: &[u8]) -> Encoding {
    match format {
        Format::Text | Format::ZvtLines | Format::Jpos => lines::detect(first),
        Format::Zvt | Format::Iso8583(_) | Format::Ndjson => Encoding::Utf8,
    }
}

/// Which way a record went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the till to the terminal.
    FromTill,
    /// From the terminal to the till.
    ToTill,
    /// From the terminal to the host.
    ToHost,
    /// From the host to the terminal.
    FromHost,
}

/// One record, read for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it stands in the bytes given to [`read`].
    pub at: usize,
    pub length: usize,
    /// The time as the record states it, untouched.
    pub time: Option<String>,
    pub direction: Option<Direction>,
    /// What it is: a key of `locales/*/formats.ftl` such as `zvt-06-0f`, or `None` where the record is but text.
    pub kind: Option<String>,
    /// What is shown where nothing is decoded, and beside a `kind`: the line, the message type. Decoded to UTF-8.
    pub text: String,
    pub fields: Vec<Field>,
    pub trouble: Option<Trouble>,
}

/// A named part of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// A key of `locales/*/formats.ftl` (`iso-2`, `zvt-bmp-22`, `emv-9f26`, `zvt-tlv-1f10`); what has no entry there is shown
    /// by `label`.
    pub key: String,
    /// How the format itself calls it: `2`, `BMP 22`, `9F26`.
    pub label: String,
    pub value: String,
    /// How deep inside other fields it stands.
    pub depth: u8,
}

/// Why a record could not be read as its format says. Each has words in `locales/*/formats.ftl`: `trouble-…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It ends before it should.
    Truncated,
    /// It is longer than a record can be and was cut.
    TooLong,
    /// Its structure is not what the format says.
    Malformed,
    /// A check sum does not match.
    BadCheckSum,
}

/// Reads the records of scrubbed bytes that begin where a record begins, at most `most` of them. Records cover
/// all bytes, without a gap, up to the end or the last of them.
#[must_use]
pub fn read(format: Format, encoding: Encoding, bytes: &[u8], most: usize) -> Vec<Record> {
    with_records!(format, encoding, |these| row::read(these, bytes, most))
}

/// Where the first record of such bytes begins, and where each of them ends: the same as [`read`] says, for less.
#[must_use]
pub fn bounds(format: Format, encoding: Encoding, bytes: &[u8]) -> Vec<usize> {
    with_records!(format, encoding, |these| row::bounds(these, bytes))
}

/// What scrubbed records of a format [`Format::of_host`] say of requests and answers, for pairing them.
#[must_use]
pub fn messages(format: Format, encoding: Encoding, bytes: &[u8]) -> Vec<Message> {
    match format {
        Format::Jpos => exchanges::jpos::messages(encoding, bytes),
        Format::Iso8583(packager) => exchanges::iso8583::messages(packager, bytes),
        Format::Ndjson => exchanges::ndjson::messages(bytes),
        Format::Zvt | Format::ZvtLines | Format::Text => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_holds_a_card_number_is_known() {
        let (visa, amex) = (format!("{}{}", "41111111", "11111111"), "3782-822463-10005");
        let fours = |by: &str| {
            ["4111"; 1]
                .iter()
                .chain(&["1111"; 3])
                .copied()
                .collect::<Vec<_>>()
                .join(by)
        };
        for by in ["", "-", "_", ".", " ", "/", "–", ":"] {
            let name = format!("pos-{}.log", fours(by));
            assert!(holds_card(&name), "{by}");
        }
        for name in [
            visa.clone(),
            format!("x{visa}y"),
            format!("a{visa}b.log"),
            format!("_{amex}_"),
            format!("till {visa}=2712101"),
        ] {
            assert!(holds_card(&name), "{name}");
        }
        for name in [
            "",
            "K7",
            "pos-2026-11-25.log",
            "ecr-2026-11-25-10-30-00.log",
            "ecr-20261125103000.log",
            "ecr-20261125-103000-000123.log",
            "pos_20261125103000123.1",
            "card-20261125103000.log",
            "kassa 4, 17:30",
            "4111-1111-1111-1112.log",
            "0b8bdef4102764b5552e73f0c8f38d63",
        ] {
            assert!(!holds_card(name), "{name}");
        }
    }
}
