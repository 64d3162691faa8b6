//! Establishments and points of service, and how lists of them are narrowed.
use crate::clock::Millis;
use crate::ids::{EstablishmentId, PointOfServiceId};
use serde::Serialize;
use std::fmt;

const CODE_MAX: usize = 32;

/// The outside name of an establishment or a point of service. It stands in URLs, so its form is
/// that of a TID, shorter; `new` is an address of the web UI and so no code.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct Code(String);

impl Code {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let safe = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        let fits = (1..=CODE_MAX).contains(&text.len())
            && text != "new"
            && !text.starts_with('.')
            && text.bytes().all(safe);
        fits.then(|| Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Establishment {
    pub id: EstablishmentId,
    pub code: String,
    pub name: String,
    /// IANA name; mails and reports about its terminals speak in this zone.
    pub time_zone: String,
    /// ISO 3166-1 alpha-2, where known.
    pub country: Option<String>,
    /// Tag of the language that its people are written to in.
    pub language: String,
    /// ISO 4217, where known.
    pub currency: Option<String>,
    pub status: Status,
    pub version: i64,
    pub created_at: Millis,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointOfService {
    pub id: PointOfServiceId,
    pub establishment: EstablishmentId,
    pub establishment_code: String,
    pub establishment_name: String,
    pub code: String,
    pub name: String,
    pub address: String,
    pub manager_name: String,
    /// In the form `Mo-Fr 08:00-20:00; Sa 09:00-13:00`; empty where nobody knows.
    pub opening_hours: String,
    pub status: Status,
    pub version: i64,
    pub created_at: Millis,
}

/// Whether a place is in business. A closed one keeps its terminals and its history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Status {
    #[default]
    Open,
    Closed,
}

impl Status {
    pub const ALL: [Self; 2] = [Self::Open, Self::Closed];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// What fits best first when something is searched for, by name otherwise.
    #[default]
    Usual,
    Name,
    NameDown,
    Code,
    CodeDown,
}

impl Sort {
    pub const ALL: [Self; 5] = [
        Self::Usual,
        Self::Name,
        Self::NameDown,
        Self::Code,
        Self::CodeDown,
    ];

    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.code() == code)
    }

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Usual => "",
            Self::Name => "name",
            Self::NameDown => "-name",
            Self::Code => "code",
            Self::CodeDown => "-code",
        }
    }

    #[must_use]
    pub fn is_down(self) -> bool {
        matches!(self, Self::NameDown | Self::CodeDown)
    }
}

/// What a list is narrowed to and sorted by. Empty means everything in scope.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// A part of a name or code; of one or two characters, the beginning of a word. Case and
    /// accents make no difference.
    pub text: String,
    pub establishment: Option<EstablishmentId>,
    pub status: Option<Status>,
    pub sort: Sort,
}

/// One entry of a select box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    pub value: String,
    pub text: String,
    pub is_closed: bool,
}

/// What putting something by its code did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    Created,
    Changed,
    /// It was so already; nothing was written.
    Same,
}

/// How many terminals stand somewhere, by presence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    pub total: i64,
    /// Listening or online.
    pub connected: i64,
    pub late: i64,
    pub disconnected: i64,
    pub never: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_safe_in_a_path_and_is_no_address_of_ours() {
        for good in ["CAFE-PORT", "7", " a.b_c "] {
            assert!(Code::parse(good).is_some(), "{good}");
        }
        for bad in ["", "new", ".x", "a b", "é", "a/b", &"x".repeat(33)] {
            assert!(Code::parse(bad).is_none(), "{bad}");
        }
    }
}
