//! How the audit log is asked for, on pages and over the API alike.
use super::store::{Filter, Order};
use crate::access::error::Error;
use crate::clock::Millis;
use crate::http::{BadTurn, Turn};
use serde::Deserialize;
use utoipa::IntoParams;

/// How the log is narrowed and turned.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Asked {
    /// Only what was done to this object, by its code.
    object: String,
    /// Only what this one did, by name.
    actor: String,
    /// Only this verb, or those with this beginning (`terminal.`).
    action: String,
    /// Only from this day (UTC) or instant (RFC 3339) on.
    since: String,
    /// Only up to the end of this day (UTC), or up to this instant (RFC 3339).
    until: String,
    /// `number` begins with the oldest; `-number`, as when absent, with the newest.
    sort: String,
    /// From `next` or `prev` of an earlier answer; `last` is the last page.
    cursor: Option<String>,
    /// Rows of a page, 1 to 200; 50 when absent.
    page_size: Option<String>,
}

impl Asked {
    pub(super) fn turn(&self) -> Result<Turn, BadTurn> {
        Turn::parse(self.cursor.as_deref(), self.page_size.as_deref())
    }

    pub(super) fn filter(&self) -> Result<Filter, Error> {
        Ok(Filter {
            object: self.object.trim().to_owned(),
            actor: self.actor.trim().to_owned(),
            action: self.action.trim().to_owned(),
            since: bound(&self.since, "since", 0)?,
            until: bound(&self.until, "until", 1)?,
            order: match self.sort.as_str() {
                "number" => Order::OldestFirst,
                _ => Order::NewestFirst,
            },
        })
    }
}

fn bound(typed: &str, field: &'static str, later: u8) -> Result<Option<Millis>, Error> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let found = Millis::parse_bound(typed, later);
    found.map(Some).ok_or(Error::DayForm(field))
}
