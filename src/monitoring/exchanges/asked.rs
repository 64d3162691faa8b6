//! How exchanges are asked for, on pages and over the API alike.
use super::list::{Filter, Mark, Whose};
use super::list_store::Span;
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::Conn;
use crate::formats::holds_card;
use crate::http::{Failure, FieldFault, Turn};
use crate::ids::Tid;
use crate::monitoring::error::Error;
use crate::terminals;
use serde::Deserialize;
use utoipa::IntoParams;

/// Longer is no filter, and nothing is as long.
const TEXT_MAX: usize = 200;

/// How they are narrowed and turned.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Asked {
    /// A STAN (field 11) or a retrieval reference number (field 37), whole; leading zeros of a STAN make no difference.
    pub(super) q: String,
    /// TID of the terminal whose log tells it.
    pub(super) terminal: String,
    /// `answered`, `unanswered`, `failed`, `alone` (an answer without a request), `notice`, `malformed`; or
    /// `late` or `declined`, of those that are answered.
    pub(super) state: String,
    /// The result (field 39), whole.
    pub(super) result: String,
    /// The host or channel as the log names it, whole.
    pub(super) host: String,
    /// By `listed_at`: a day in UTC such as `2026-11-25`, or a moment such as `2026-11-25T10:00:00Z`, from which on.
    pub(super) since: String,
    /// The last day or moment.
    pub(super) until: String,
    /// `at` begins with the oldest; `-at`, as when absent, with the newest.
    pub(super) sort: String,
    /// From `next` or `prev` of an earlier answer; `last` is the last page.
    cursor: String,
    /// Rows of a page, 1 to 200; 50 when absent.
    page_size: String,
}

impl Asked {
    pub(super) fn turn(&self) -> Result<Turn, Failure> {
        Ok(Turn::parse(Some(&self.cursor), Some(&self.page_size))?)
    }

    pub(super) fn filter(&self, conn: &mut Conn) -> Result<Filter, Failure> {
        if [&self.q, &self.terminal, &self.result, &self.host]
            .into_iter()
            .any(|typed| holds_card(typed))
        {
            return Err(Error::CardNumber.into());
        }
        let mut wrong = Vec::new();
        let mark = Mark::named(self.state.trim());
        if mark.is_none() && !self.state.trim().is_empty() {
            wrong.push(("state", "exchange.no-such-state"));
        }
        let mut moment = |text: &str, field, later| {
            let at = Millis::parse_bound(text, later).map(|at| at.0);
            if at.is_none() && !text.trim().is_empty() {
                wrong.push((field, "exchange.moment-form"));
            }
            at
        };
        let span = Span {
            since: moment(&self.since, "since", 0),
            until: moment(&self.until, "until", 1),
        };
        if !matches!(self.sort.trim(), "" | "at" | "-at") {
            wrong.push(("sort", "exchange.no-such-order"));
        }
        if !wrong.is_empty() {
            let fault = |(field, code)| FieldFault::new(field, code);
            return Err(Error::Invalid(wrong.into_iter().map(fault).collect()).into());
        }
        Ok(Filter {
            number: text(&self.q),
            terminal: self.terminal(conn)?,
            mark,
            result: text(&self.result),
            host: text(&self.host),
            span,
            is_oldest_first: self.sort.trim() == "at",
        })
    }

    /// Whose exchanges the reader sees is told by each of them: a terminal may have come from elsewhere.
    fn terminal(&self, conn: &mut Conn) -> Result<Whose, Error> {
        let asked = self.terminal.trim();
        if asked.is_empty() {
            return Ok(Whose::Anyones);
        }
        let Ok(tid) = Tid::parse(asked) else {
            return Ok(Whose::Nobodys);
        };
        let found = terminals::find(conn, &Scope::All, &tid)?;
        Ok(found.map_or(Whose::Nobodys, |it| Whose::Of(it.id)))
    }
}

fn text(typed: &str) -> String {
    typed
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(TEXT_MAX)
        .collect()
}
