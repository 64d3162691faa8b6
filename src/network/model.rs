//! Establishments and points of service, and what makes a draft of one acceptable.
use crate::clock::Millis;
use crate::ids::{EstablishmentId, PointOfServiceId};
use serde::{Deserialize, Serialize};
use std::fmt;

const CODE_MAX: usize = 32;
const TEXT_MAX: usize = 200;

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
    pub version: i64,
    pub created_at: Millis,
}

/// An establishment as somebody typed it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EstablishmentDraft {
    #[serde(default)]
    pub code: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub time_zone: String,
    #[serde(default)]
    pub country: String,
}

/// A point of service as somebody typed it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointDraft {
    #[serde(default)]
    pub code: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub address: String,
    #[serde(default)]
    pub manager_name: String,
}

/// Field and code of everything that is wrong with a draft.
pub(super) type Faults = Vec<(&'static str, &'static str)>;

impl EstablishmentDraft {
    /// The values as they will be stored, or everything that is wrong with them.
    pub(super) fn check(&self) -> Result<(Code, Self), Faults> {
        let mut wrong = Faults::new();
        let code = Code::parse(&self.code);
        if code.is_none() {
            wrong.push(("code", "network.code-form"));
        }
        let name = tidy(&self.name);
        name_faults(&name, &mut wrong);
        let time_zone = self.time_zone.trim();
        let zone = time_zone.parse::<chrono_tz::Tz>();
        if zone.is_err() {
            wrong.push(("time_zone", "network.no-such-time-zone"));
        }
        let country = self.country.trim().to_ascii_uppercase();
        let is_country = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        if !country.is_empty() && !is_country {
            wrong.push(("country", "network.country-form"));
        }
        match (code, zone) {
            (Some(code), Ok(zone)) if wrong.is_empty() => {
                let clean = Self {
                    code: code.to_string(),
                    name,
                    time_zone: zone.name().to_owned(),
                    country,
                };
                Ok((code, clean))
            }
            _ => Err(wrong),
        }
    }

    pub(super) fn describes(&self, it: &Establishment) -> bool {
        (&self.name, &self.time_zone) == (&it.name, &it.time_zone)
            && self.country == it.country.as_deref().unwrap_or_default()
    }
}

impl PointDraft {
    /// The values as they will be stored, or everything that is wrong with them.
    pub(super) fn check(&self) -> Result<(Code, Self), Faults> {
        let mut wrong = Faults::new();
        let code = Code::parse(&self.code);
        if code.is_none() {
            wrong.push(("code", "network.code-form"));
        }
        let clean = Self {
            code: self.code.trim().to_owned(),
            name: tidy(&self.name),
            address: tidy(&self.address),
            manager_name: tidy(&self.manager_name),
        };
        name_faults(&clean.name, &mut wrong);
        for (field, text) in [
            ("address", &clean.address),
            ("manager_name", &clean.manager_name),
        ] {
            if text.chars().count() > TEXT_MAX {
                wrong.push((field, "network.too-long"));
            }
        }
        match code {
            Some(code) if wrong.is_empty() => Ok((code, clean)),
            _ => Err(wrong),
        }
    }

    pub(super) fn describes(&self, it: &PointOfService) -> bool {
        (&self.name, &self.address, &self.manager_name) == (&it.name, &it.address, &it.manager_name)
    }
}

fn name_faults(name: &str, wrong: &mut Faults) {
    if name.is_empty() {
        wrong.push(("name", "network.name-missing"));
    } else if name.chars().count() > TEXT_MAX {
        wrong.push(("name", "network.too-long"));
    }
}

/// One line: control characters and doubled blanks become one blank.
fn tidy(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
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
    pub sort: Sort,
}

/// One entry of a select box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    pub value: String,
    pub text: String,
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

    #[test]
    fn every_fault_of_a_draft_is_told_together() {
        let draft = EstablishmentDraft {
            country: "FRA".into(),
            time_zone: "Europe/Nowhere".into(),
            ..Default::default()
        };
        let fields: Vec<_> = draft.check().unwrap_err().iter().map(|f| f.0).collect();
        assert_eq!(fields, ["code", "name", "time_zone", "country"]);
    }

    #[test]
    fn what_is_stored_is_tidy() {
        let draft = PointDraft {
            code: " P1 ".into(),
            name: " Café \u{a0} du\tPort\n".into(),
            ..Default::default()
        };
        let (code, clean) = draft.check().unwrap();
        assert_eq!((code.as_str(), clean.name.as_str()), ("P1", "Café du Port"));
    }
}
