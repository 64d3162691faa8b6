//! What is asked for, as an address tells it.
use super::model::By;
use crate::clock::Millis;
use crate::http::{self, Failure, address};
use crate::monitoring::Error;
use crate::monitoring::days::{self, Day};
use crate::terminals;

/// The list behind each part.
const LIST: &str = "/monitoring/status";

/// What is asked for: a property, and the filters of the list of terminals.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) by: By,
    pub(super) component: String,
    /// As it was at the end of a day that is over.
    pub(super) on: Option<Day>,
    /// The current day.
    pub(super) today: Day,
    /// Days of the trend.
    pub(super) period: i32,
    /// Names and values of the address, without what is not the list's.
    pub(super) filters: Vec<(String, String)>,
}

impl Asked {
    /// Reads the query of an address.
    ///
    /// # Errors
    /// When there is no such property, day or period.
    pub(super) fn parse(query: &str, now: Millis) -> Result<Self, Failure> {
        let pairs: Vec<(String, String)> = http::query(query)?;
        let get = |name: &str| {
            pairs
                .iter()
                .find(|(own, _)| own == name)
                .map(|(_, v)| v.as_str())
        };
        let by = match get("by").unwrap_or_default() {
            "" => By::Connectivity,
            code => {
                By::parse(code).ok_or_else(|| Error::field("by", "monitoring.no-such-property"))?
            }
        };
        let component = get("component").unwrap_or_default().to_owned();
        let today = Day::of(now);
        let on = match get("on").unwrap_or_default() {
            "" => None,
            day => {
                let no_day = || Error::field("on", "monitoring.no-such-day");
                let day = Day::parse(day).filter(|day| *day <= today);
                Some(day.ok_or_else(no_day)?)
            }
        };
        let period = match get("period").unwrap_or_default() {
            "" => days::USUAL,
            n => {
                let n = n.parse().ok().filter(|n| days::PERIODS.contains(n));
                n.ok_or_else(|| Error::field("period", "monitoring.not-offered"))?
            }
        };
        let is_filter = |name: &str| terminals::LIST_FILTERS.iter().any(|it| it.name == name);
        let filters = pairs
            .into_iter()
            .filter(|(name, value)| is_filter(name) && !value.is_empty())
            .collect();
        Ok(Self {
            by,
            component,
            on: on.filter(|day| *day < today),
            today,
            period,
            filters,
        })
    }

    /// The address of this analysis, with something else of it.
    pub(super) fn at(&self, path: &str, more: &[(&str, &str)]) -> String {
        let on = self.on.map(|day| day.to_string()).unwrap_or_default();
        let period = self.period.to_string();
        let mut pairs = vec![
            ("by", self.by.code()),
            ("component", self.component.as_str()),
            ("on", on.as_str()),
        ];
        if self.period != days::USUAL {
            pairs.push(("period", period.as_str()));
        }
        for (name, value) in more {
            pairs.retain(|(own, _)| own != name);
            pairs.push((name, value));
        }
        pairs.extend(self.pairs());
        address(path, &pairs)
    }

    pub(super) fn query(&self) -> String {
        address("", &self.pairs())
            .trim_start_matches('?')
            .to_owned()
    }

    pub(super) fn pairs(&self) -> Vec<(&str, &str)> {
        let pairs = self.filters.iter();
        pairs
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    /// The same of everything.
    pub(super) fn plain(&self) -> Self {
        Self {
            filters: Vec::new(),
            ..self.clone()
        }
    }

    /// The list of the terminals behind one part.
    pub(super) fn behind(&self, name: &str, value: &str) -> String {
        let mut pairs = self.pairs();
        pairs.retain(|(own, _)| *own != name);
        pairs.push((name, value));
        address(LIST, &pairs)
    }
}
