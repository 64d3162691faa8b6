//! What a terminal says of a log that it sends, in the address.
use super::model::{Kind, NAME_MAX, is_name};
use crate::clock::Millis;
use crate::formats::{Format, holds_card};
use crate::monitoring::Error;
use crate::monitoring::days::Day;
use serde::Deserialize;
use utoipa::IntoParams;

/// 2000-01-01: no log is older. A clock that says so has lost its time.
const FIRST_DAY: Day = Day(10_957);

/// What goes with an upload.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Said {
    /// Where the first byte of the body stands in the log.
    #[serde(default)]
    offset: i64,
    /// How long the log is. When it is all here it is whole.
    total: Option<i64>,
    /// The log ends where this body ends.
    #[serde(default)]
    whole: bool,
    /// How it is written; needed with its first bytes.
    format: Option<String>,
    /// The till that it tells of.
    till: Option<String>,
    /// The day that it tells of, such as `2026-11-25`. One before 2000 or after tomorrow counts for nothing: it is from a
    /// clock that is wrong.
    day: Option<String>,
    /// The number of the work that asked for it.
    task: Option<i32>,
}

/// The same, checked.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) offset: i64,
    pub(super) total: Option<i64>,
    pub(super) whole: bool,
    pub(super) format: Option<Format>,
    pub(super) till: String,
    pub(super) day: Option<Day>,
    pub(super) task: Option<i32>,
}

/// Which log an address means.
pub(super) fn place(kind: &str, name: &str) -> Result<(Kind, String), Error> {
    let kind = Kind::named(kind).ok_or(Error::NoLog)?;
    if !is_name(name) || holds_card(name) {
        return Err(Error::field("name", "log.name-form"));
    }
    Ok((kind, name.to_owned()))
}

impl Said {
    pub(super) fn check(self, (kind, name): (Kind, String), now: Millis) -> Result<Upload, Error> {
        if self.offset < 0 {
            return Err(Error::field("offset", "log.offset-form"));
        }
        if self.total.is_some_and(|total| total < self.offset) {
            return Err(Error::field("total", "log.total-wrong"));
        }
        let format = match self.format.as_deref().map(Format::named) {
            Some(None) => return Err(Error::field("format", "log.no-such-format")),
            Some(Some(format)) if !kind.fits(format) => {
                return Err(Error::field("format", "log.no-such-format"));
            }
            found => found.flatten(),
        };
        let till = self.till.unwrap_or_default().trim().to_owned();
        let is_long = till.chars().count() > NAME_MAX;
        if is_long || till.chars().any(char::is_control) || holds_card(&till) {
            return Err(Error::field("till", "log.till-form"));
        }
        // Clocks may differ by a zone, not by more.
        let days = FIRST_DAY..=Day(Day::of(now).0.saturating_add(1));
        let day = match self.day.as_deref().map(Day::parse) {
            Some(Some(day)) => Some(day).filter(|day| days.contains(day)),
            Some(None) => return Err(Error::field("day", "log.day-form")),
            None => None,
        };
        Ok(Upload {
            kind,
            name,
            offset: self.offset,
            total: self.total,
            whole: self.whole,
            format,
            till,
            day,
            task: self.task,
        })
    }
}
