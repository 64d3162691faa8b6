//! Drafts: establishments and points of service as somebody typed them, and what makes one
//! acceptable. What a draft does not say stays as it is; of an establishment that is new, it is as
//! the installation's defaults say.
use super::hours_model::Hours;
use super::model::{Code, Establishment, PointOfService, Status};
use crate::ids::Currency;
use crate::settings::Values;
use crate::views::Lang;
use serde::{Deserialize, Serialize};

const TEXT_MAX: usize = 200;

/// An establishment as somebody typed it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EstablishmentDraft {
    #[serde(default)]
    pub code: String,
    #[serde(default)]
    pub name: String,
    /// Of one that is new, empty is the default.
    #[serde(default)]
    pub time_zone: String,
    #[serde(default)]
    pub country: String,
    pub language: Option<String>,
    /// Empty is none.
    pub currency: Option<String>,
    pub status: Option<String>,
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
    /// Empty where nobody knows.
    pub opening_hours: Option<String>,
    pub status: Option<String>,
}

/// Field and code of everything that is wrong with a draft.
pub(super) type Faults = Vec<(&'static str, &'static str)>;

/// What was said, unless it was nothing.
fn said(wish: Option<&String>) -> Option<String> {
    wish.filter(|text| !text.trim().is_empty()).cloned()
}

impl EstablishmentDraft {
    /// As a change of one that is there.
    pub(super) fn over(&self, it: &Establishment) -> Self {
        let currency = it.currency.clone().unwrap_or_default();
        Self {
            language: said(self.language.as_ref()).or_else(|| Some(it.language.clone())),
            currency: self.currency.clone().or(Some(currency)),
            status: said(self.status.as_ref()).or_else(|| Some(it.status.code().to_owned())),
            ..self.clone()
        }
    }

    /// As one that is new.
    pub(super) fn over_defaults(&self, defaults: &Values) -> Self {
        let usual = |key| Some(defaults.text(key).to_owned());
        let time_zone = match self.time_zone.trim() {
            "" => defaults.text("time_zone").to_owned(),
            zone => zone.to_owned(),
        };
        Self {
            time_zone,
            language: said(self.language.as_ref()).or_else(|| usual("language")),
            currency: self.currency.clone().or_else(|| usual("currency")),
            status: said(self.status.as_ref()).or_else(|| Some(Status::Open.code().to_owned())),
            ..self.clone()
        }
    }

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
        let tag = self.language.as_deref().unwrap_or_default().trim();
        let language = Lang::ALL.into_iter().find(|lang| lang.tag() == tag);
        if language.is_none() {
            wrong.push(("language", "network.no-such-language"));
        }
        let money = self.currency.as_deref().unwrap_or_default().trim();
        let currency = Currency::parse(money);
        if currency.is_none() && !money.is_empty() {
            wrong.push(("currency", "network.no-such-currency"));
        }
        let status = status(self.status.as_ref(), &mut wrong);
        match (code, zone) {
            (Some(code), Ok(zone)) if wrong.is_empty() => {
                let clean = Self {
                    code: code.to_string(),
                    name,
                    time_zone: zone.name().to_owned(),
                    country,
                    language: language.map(|lang| lang.tag().to_owned()),
                    currency: Some(currency.map_or("", Currency::code).to_owned()),
                    status,
                };
                Ok((code, clean))
            }
            _ => Err(wrong),
        }
    }

    pub(super) fn describes(&self, it: &Establishment) -> bool {
        (&self.name, &self.time_zone) == (&it.name, &it.time_zone)
            && self.country == it.country.as_deref().unwrap_or_default()
            && self.language.as_ref() == Some(&it.language)
            && self.currency.as_deref().unwrap_or_default()
                == it.currency.as_deref().unwrap_or_default()
            && self.status.as_deref() == Some(it.status.code())
    }
}

/// The fields of a point of service as its form shows them.
const POINT_FIELDS: [&str; 6] = [
    "code",
    "name",
    "address",
    "manager_name",
    "opening_hours",
    "status",
];

/// Faults are told in the order of the form.
fn in_order(wrong: &mut Faults, fields: &[&str]) {
    wrong.sort_by_key(|(field, _)| fields.iter().position(|own| own == field));
}

impl PointDraft {
    /// As a change of one that is there.
    pub(super) fn over(&self, it: &PointOfService) -> Self {
        Self {
            opening_hours: self
                .opening_hours
                .clone()
                .or_else(|| Some(it.opening_hours.clone())),
            status: said(self.status.as_ref()).or_else(|| Some(it.status.code().to_owned())),
            ..self.clone()
        }
    }

    /// As one that is new.
    pub(super) fn anew(&self) -> Self {
        Self {
            opening_hours: self.opening_hours.clone().or_else(|| Some(String::new())),
            status: said(self.status.as_ref()).or_else(|| Some(Status::Open.code().to_owned())),
            ..self.clone()
        }
    }

    /// The values as they will be stored, or everything that is wrong with them.
    pub(super) fn check(&self) -> Result<(Code, Self), Faults> {
        let mut wrong = Faults::new();
        let code = Code::parse(&self.code);
        if code.is_none() {
            wrong.push(("code", "network.code-form"));
        }
        let hours = self.opening_hours.as_deref().unwrap_or_default().trim();
        let known = Hours::parse(hours);
        if known.is_none() && !hours.is_empty() {
            wrong.push(("opening_hours", "network.hours-form"));
        }
        let status = status(self.status.as_ref(), &mut wrong);
        let clean = Self {
            code: self.code.trim().to_owned(),
            name: tidy(&self.name),
            address: tidy(&self.address),
            manager_name: tidy(&self.manager_name),
            opening_hours: Some(known.map_or_else(String::new, |hours| hours.to_string())),
            status,
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
        in_order(&mut wrong, &POINT_FIELDS);
        match code {
            Some(code) if wrong.is_empty() => Ok((code, clean)),
            _ => Err(wrong),
        }
    }

    pub(super) fn describes(&self, it: &PointOfService) -> bool {
        (&self.name, &self.address, &self.manager_name) == (&it.name, &it.address, &it.manager_name)
            && self.opening_hours.as_ref() == Some(&it.opening_hours)
            && self.status.as_deref() == Some(it.status.code())
    }
}

/// Its code; what was not said is open.
fn status(wish: Option<&String>, wrong: &mut Faults) -> Option<String> {
    let code = wish.map_or(Status::Open.code(), |text| text.trim());
    let found = Status::parse(code);
    if found.is_none() {
        wrong.push(("status", "network.no-such-status"));
    }
    found.map(|status| status.code().to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_draft_is_told_together() {
        let draft = EstablishmentDraft {
            country: "FRA".into(),
            time_zone: "Europe/Nowhere".into(),
            language: Some("de".into()),
            currency: Some("EURO".into()),
            status: Some("shut".into()),
            ..Default::default()
        };
        let fields: Vec<_> = draft.check().unwrap_err().iter().map(|f| f.0).collect();
        assert_eq!(
            fields,
            [
                "code",
                "name",
                "time_zone",
                "country",
                "language",
                "currency",
                "status"
            ]
        );
    }

    #[test]
    fn what_is_stored_is_tidy() {
        let draft = PointDraft {
            code: " P1 ".into(),
            name: " Café \u{a0} du\tPort\n".into(),
            opening_hours: Some("mo-fr 8:00-20:00".into()),
            ..Default::default()
        };
        let (code, clean) = draft.anew().check().unwrap();
        assert_eq!((code.as_str(), clean.name.as_str()), ("P1", "Café du Port"));
        assert_eq!(clean.opening_hours.as_deref(), Some("Mo-Fr 08:00-20:00"));
        assert_eq!(clean.status.as_deref(), Some("open"));
    }
}
