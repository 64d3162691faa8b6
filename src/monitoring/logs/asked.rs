//! How a list of logs is asked for, on pages and over the API alike.
use super::list_ops::{AT_A_POINT, Point, Search};
use super::model::{Kind, NAME_MAX};
use crate::access::Scope;
use crate::db::Conn;
use crate::formats::{Format, holds_card};
use crate::http::{Failure, FieldFault, Turn};
use crate::ids::{PointOfServiceId, TerminalId, Tid};
use crate::monitoring::Error;
use crate::monitoring::days::Day;
use crate::network;
use crate::terminals;
use serde::Deserialize;
use utoipa::IntoParams;

/// How a list is narrowed and turned. Everything is optional, so no address fails to be read.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Asked {
    /// TID of the terminal that sent them.
    terminal: String,
    /// Code of the point of service where the terminal stands now.
    point_of_service: String,
    /// Code of the establishment where the terminal stood when the log began.
    establishment: String,
    /// The till, exactly as the terminal named it.
    till: String,
    /// The first and the last day, such as `2026-11-25`.
    from: String,
    until: String,
    /// How the log is written, such as `zvt` or `jpos`.
    format: String,
    /// `yes`: only logs of which something could not be read.
    unread: String,
    /// `day`, or `-day` for the newest first, as it is when absent.
    sort: String,
    /// From `next` or `prev` of an earlier answer; `last` is the last page.
    cursor: String,
    /// Rows of a page, 1 to 200; 50 when absent.
    page_size: String,
}

/// What is wrong with an address, value by value.
type Wrong = Vec<(&'static str, &'static str)>;

/// A day that may be left out; else the code of what is wrong with it.
pub(super) fn day(text: &str) -> Result<Option<Day>, &'static str> {
    match text.trim() {
        "" => Ok(None),
        text => Day::parse(text).map(Some).ok_or("log.day-form"),
    }
}

impl Asked {
    pub(super) fn turn(&self) -> Result<Turn, Failure> {
        Ok(Turn::parse(Some(&self.cursor), Some(&self.page_size))?)
    }

    /// What was asked for. A code that does not exist, or is out of scope, is told as at fault.
    pub(super) fn search(
        &self,
        conn: &mut Conn,
        scope: &Scope,
        kind: Kind,
    ) -> Result<Search, Failure> {
        if holds_card(&self.till) || holds_card(&self.terminal) {
            return Err(Error::CardNumber.into());
        }
        let mut wrong = Vec::new();
        let mut of = |text, name| {
            day(text).unwrap_or_else(|code| {
                wrong.push((name, code));
                None
            })
        };
        let (from, until) = (of(&self.from, "from"), of(&self.until, "until"));
        let mut search = Search {
            from,
            until,
            is_unread: self.unread == "yes",
            is_up: self.sort == "day",
            ..Search::of(kind)
        };
        let till: String = self.till.chars().take(NAME_MAX).collect();
        search.till = Some(till).filter(|till| !till.is_empty());
        if !self.format.is_empty() {
            search.format = Format::named(&self.format).filter(|format| kind.fits(*format));
            if search.format.is_none() {
                wrong.push(("format", "log.no-such-format"));
            }
        }
        if !["", "yes"].contains(&self.unread.as_str()) {
            wrong.push(("unread", "log.no-such-choice"));
        }
        if !["", "day", "-day"].contains(&self.sort.as_str()) {
            wrong.push(("sort", "log.no-such-sort"));
        }
        self.places(conn, scope, (&mut search, &mut wrong))?;
        if wrong.is_empty() {
            return Ok(search);
        }
        let fault = |(field, code)| FieldFault::new(field, code);
        Err(Error::Invalid(wrong.into_iter().map(fault).collect()).into())
    }

    fn places(
        &self,
        conn: &mut Conn,
        scope: &Scope,
        (search, wrong): (&mut Search, &mut Wrong),
    ) -> Result<(), Failure> {
        if !self.terminal.is_empty() {
            let tid = Tid::parse(self.terminal.trim()).ok();
            let found = match tid {
                Some(tid) => terminals::find(conn, scope, &tid).map_err(Error::from)?,
                None => None,
            };
            search.terminal = found.map(|it| it.id);
            if search.terminal.is_none() {
                wrong.push(("terminal", "log.no-such-terminal"));
            }
        }
        if !self.establishment.is_empty() {
            let found = network::find_establishment(conn, scope, &self.establishment)?;
            search.establishment = found.map(|it| it.id);
            if search.establishment.is_none() {
                wrong.push(("establishment", "terminal.no-such-establishment"));
            }
        }
        if !self.point_of_service.is_empty() {
            let found = network::find_point(conn, scope, &self.point_of_service)?;
            if let Some(it) = found {
                search.point = Some(Point {
                    id: it.id,
                    terminals: terminals_at(conn, scope, it.id)?,
                });
            } else {
                wrong.push(("point_of_service", "terminal.no-such-point"));
            }
        }
        Ok(())
    }
}

/// The terminals that stand there, where they are few.
fn terminals_at(
    conn: &mut Conn,
    scope: &Scope,
    point: PointOfServiceId,
) -> Result<Option<Vec<TerminalId>>, Failure> {
    let filter = terminals::Filter {
        point_of_service: Some(point),
        which: terminals::Which::All,
        ..terminals::Filter::default()
    };
    let turn = Turn {
        rows: i64::try_from(AT_A_POINT).unwrap_or_default(),
        ..Turn::default()
    };
    let page = terminals::list(conn, scope, &filter, &turn).map_err(Error::from)?;
    let is_all = page.next.is_none();
    Ok(is_all.then(|| page.items.iter().map(|it| it.id).collect()))
}
