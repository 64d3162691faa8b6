//! Logs of requests to a payment host and of its answers: jPOS's XML, raw ISO 8583, and our own lines of JSON.
mod cuts;
mod escapes;
mod facts;
mod fields;
pub(super) mod iso8583;
pub(super) mod jpos;
pub(super) mod ndjson;
mod shown;
mod times;
#[cfg(test)]
mod trial;
mod values;

/// How the messages of a raw ISO 8583 log are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Packager {
    /// ISO 8583:1987, all in ASCII, the bitmap as hexadecimal digits.
    Ascii87,
    /// ISO 8583:1987, numbers in BCD, the bitmap as bytes.
    Binary87,
    /// ISO 8583:1993, all in ASCII.
    Ascii93,
    /// ISO 8583:1993, numbers in BCD.
    Binary93,
}

impl Packager {
    /// Its name on the wire and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ascii87 => "iso8583-87-ascii",
            Self::Binary87 => "iso8583-87-binary",
            Self::Ascii93 => "iso8583-93-ascii",
            Self::Binary93 => "iso8583-93-binary",
        }
    }
}

/// Which part of an exchange a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Request,
    Answer,
    /// Needs no answer: a notice that is not acknowledged, a link coming up or going down.
    Notice,
    /// Something was sent or awaited and failed (a time-out, a lost connection, a message that could not be read).
    Failure,
}

/// Which message another one is about: what a reversal takes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// Message type indicator, four digits.
    pub mti: String,
    /// Without leading zeros.
    pub stan: String,
    /// Its field 7, or its local time, as stated; `None` where it is left out or nothing but zeros.
    pub sent: Option<String>,
}

/// What one record says of an exchange with a host. What it does not say is `None`; nothing is guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Where the record stands in the bytes given, and how long it is.
    pub at: usize,
    pub length: usize,
    pub part: Part,
    /// When it was logged, UTC milliseconds; only where the record states a zone or an offset that is known, or
    /// a time in UTC.
    pub at_ms: Option<i64>,
    /// What the clock showed whose zone is not known, as if that were UTC; only where `at_ms` is none.
    pub wall_ms: Option<i64>,
    /// When it was logged, as the record states it.
    pub time: Option<String>,
    /// The host or channel: a jPOS realm, a stated name.
    pub host: Option<String>,
    /// Message type indicator, four digits.
    pub mti: Option<String>,
    /// Field 3.
    pub processing_code: Option<String>,
    /// Field 4, in minor units of `currency`.
    pub amount: Option<i64>,
    /// Field 49, as stated: numeric or alphabetic.
    pub currency: Option<String>,
    /// Field 11, without leading zeros.
    pub stan: Option<String>,
    /// Field 37.
    pub rrn: Option<String>,
    /// Field 41.
    pub terminal: Option<String>,
    /// Field 7 as stated.
    pub transmitted: Option<String>,
    /// Fields 12 and 13 as stated, `MMDDhhmmss` or what the version has.
    pub local_time: Option<String>,
    /// Field 39.
    pub result: Option<String>,
    /// The card number as scrubbed, field 2.
    pub card: Option<String>,
    /// Original data elements: field 90 of 1987, 56 of 1993.
    pub original: Option<Original>,
    /// For a failure: what went wrong, a short code such as `time-out`, `disconnected`, `unreadable`.
    pub failure: Option<String>,
}

impl Message {
    /// A message of which nothing is known yet but where it stands.
    #[must_use]
    pub const fn blank(at: usize, length: usize, part: Part) -> Self {
        Self {
            at,
            length,
            part,
            at_ms: None,
            wall_ms: None,
            time: None,
            host: None,
            mti: None,
            processing_code: None,
            amount: None,
            currency: None,
            stan: None,
            rrn: None,
            terminal: None,
            transmitted: None,
            local_time: None,
            result: None,
            card: None,
            original: None,
            failure: None,
        }
    }
}
