//! How lists of licences are asked for, and what their rows show, whichever surface asks.
use super::error::Error;
use super::facts_model::{day_text, month};
use super::find_store::Bare;
use super::list_ops;
use super::list_store::Order;
use super::model::{Licence, State};
use super::search::Search;
use crate::access::Permission;
use crate::clock::{Clock, Millis};
use crate::fold::fold;
use crate::http::{self, Turn};
use crate::ids::LicenceId;
use crate::list_places;
use crate::lists::{Filter, Source};
use crate::sheets::{Cell, Column};
use crate::views::{Lang, formats, text};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

const DAY: i64 = 24 * 60 * 60 * 1000;
const DAYS_MAX: i64 = 3660;

/// How a list is narrowed and turned, on pages and over the API alike.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// A part of a serial number or licence id, or the beginning of a TID or of a file name; case and
    /// accents make no difference.
    #[serde(default)]
    q: String,
    /// A part of the serial number.
    #[serde(default)]
    sn: String,
    /// A part of the platform.
    #[serde(default)]
    platform: String,
    /// A part of the licence id.
    #[serde(default)]
    lic_id: String,
    /// The software, whole.
    #[serde(default)]
    software: String,
    /// Only licences in this state; without it, every current licence.
    #[serde(default)]
    state: String,
    /// Only those that end within this many days, today counted; or `expired`.
    #[serde(default)]
    expiring: String,
    /// Only those that end in this month, such as `2027-03`.
    #[serde(default)]
    month: String,
    /// `uploaded`, `sn`, `until` or `file`, with a `-` before it for the reverse; `-uploaded` when
    /// absent.
    #[serde(default)]
    sort: String,
    /// From `next` or `prev` of an earlier answer; `last` is the last page.
    #[serde(default)]
    cursor: String,
    /// Rows of a page, 1 to 200; 50 when absent.
    #[serde(default)]
    page_size: String,
}

impl Asked {
    pub(super) fn turn(&self) -> Result<Turn, Error> {
        Ok(Turn::parse(Some(&self.cursor), Some(&self.page_size))?)
    }

    pub(super) fn search(&self, now: Millis) -> Result<Search, Error> {
        let mut wrong = Vec::new();
        let state = State::parse(self.state.trim());
        if state.is_none() && !self.state.trim().is_empty() {
            wrong.push(("state", "licence.no-state"));
        }
        let order = match self.sort.trim() {
            "" => None,
            code => {
                let order = order(code);
                if order.is_none() {
                    wrong.push(("sort", "licence.no-sort"));
                }
                order
            }
        };
        let ends = match (self.expiring.trim(), self.month.trim()) {
            ("", "") => None,
            ("", text) => month(text).or_else(|| {
                wrong.push(("month", "licence.month-form"));
                None
            }),
            (text, _) => expiring(text, now).or_else(|| {
                wrong.push(("expiring", "licence.days-form"));
                None
            }),
        };
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
        Ok(Search {
            any: fold(&self.q),
            serial: fold(&self.sn),
            platform: fold(&self.platform),
            lic_id: fold(&self.lic_id),
            software: fold(&self.software),
            state,
            ends,
            order,
        })
    }
}

/// A licence as programs are told of it, whichever surface they ask.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LicenceTold)]
pub(super) struct Told {
    id: LicenceId,
    /// Of the device that it is bound to.
    serial_number: String,
    platform: String,
    software: String,
    /// The distributor's own number of it.
    lic_id: String,
    /// The first and the last day that it holds.
    valid_from: Option<String>,
    valid_until: Option<String>,
    file_name: String,
    size_bytes: i64,
    /// Of the file, in hexadecimal.
    sha256: String,
    /// `unmatched` while no terminal has the serial number, `waiting` until its terminal fetched the
    /// file, `fetched` until the terminal said that it took it, `confirmed` then.
    state: State,
    /// The one that its serial number, platform and software have; false of one that was replaced or
    /// deleted.
    is_current: bool,
    /// Why its delivery failed.
    outcome_code: Option<String>,
    /// When its last byte left for the terminal.
    fetched_at: Option<Millis>,
    /// When the terminal reported that it took it.
    confirmed_at: Option<Millis>,
    /// When it was replaced or deleted.
    ended_at: Option<Millis>,
}

impl From<&Licence> for Told {
    fn from(licence: &Licence) -> Self {
        let facts = licence.facts.clone();
        Self {
            id: licence.id,
            serial_number: facts.serial_number,
            platform: facts.platform,
            software: facts.software,
            lic_id: facts.lic_id,
            valid_from: facts.valid_from.map(day_text),
            valid_until: facts.valid_until.map(day_text),
            file_name: licence.file_name.clone(),
            size_bytes: licence.size_bytes,
            sha256: licence.sha256.clone(),
            state: licence.state,
            is_current: licence.is_current,
            outcome_code: licence.outcome_code.clone(),
            fetched_at: licence.told_fetched_at(),
            confirmed_at: licence.confirmed_at,
            ended_at: licence.ended_at,
        }
    }
}

fn order(code: &str) -> Option<Order> {
    Some(match code {
        "-uploaded" => Order::Newest,
        "uploaded" => Order::Oldest,
        "sn" => Order::Serial,
        "-sn" => Order::SerialDown,
        "until" => Order::Until,
        "-until" => Order::UntilDown,
        "file" => Order::File,
        "-file" => Order::FileDown,
        _ => return None,
    })
}

/// The first moment of the day that `now` lies in.
pub(super) fn today(now: Millis) -> i64 {
    now.0.div_euclid(DAY) * DAY
}

fn expiring(text: &str, now: Millis) -> Option<(i64, i64)> {
    let today = today(now);
    if text == "expired" {
        return Some((0, today));
    }
    let days: i64 = text.parse().ok()?;
    (0..=DAYS_MAX)
        .contains(&days)
        .then(|| (today, today + (days + 1) * DAY))
}

fn told_days(lang: Lang, days: &str) -> Option<String> {
    if days == "expired" {
        return Some(text(lang, "licences-expired", &[]));
    }
    let n: i64 = days.parse().ok()?;
    Some(text(lang, "licences-within", &[("n", n.to_string())]))
}

fn told_month(lang: Lang, of: &str) -> Option<String> {
    month(of).map(|(from, _)| formats::month(lang, Millis(from)))
}

pub(super) const LIST: &str = "licences";
pub(super) const NUMBERS: &str = "licence-numbers";
pub(super) const BARE: &str = "licence-bare";

const FILTERS: &[Filter] = &[
    Filter::new("q", "list-q"),
    Filter::new("sn", "licences-serial"),
    Filter::new("platform", "licences-platform"),
    Filter::new("lic_id", "licences-lic-id"),
    Filter::new("software", "licences-software"),
    Filter::new("state", "licences-state").keyed("state-"),
    Filter::new("expiring", "licences-expiry").named(|_, _, lang, days| Ok(told_days(lang, days))),
    Filter::new("month", "licences-expiry").named(|_, _, lang, of| Ok(told_month(lang, of))),
];

const COLUMNS: &[Column] = &[
    Column::new("file_name", "licences-file")
        .always()
        .sorted("file", "-file"),
    Column::new("serial_number", "licences-serial").sorted("sn", "-sn"),
    Column::new("terminal", "licences-terminal"),
    Column::new("platform", "licences-platform"),
    Column::new("software", "licences-software"),
    Column::new("lic_id", "licences-lic-id"),
    Column::new("state", "licences-state"),
    Column::new("valid_until", "licences-valid-until").sorted("until", "-until"),
    Column::new("uploaded_at", "licences-uploaded").sorted("uploaded", "-uploaded"),
    Column::new("fetched_at", "licences-fetched").on_wish(),
    Column::new("confirmed_at", "licences-confirmed").on_wish(),
    Column::new("valid_from", "licences-valid-from").on_wish(),
    Column::new("size_bytes", "licences-size").on_wish(),
    Column::new("sha256", "licences-sha256").on_wish(),
    Column::new("uploaded_by", "licences-uploaded-by").on_wish(),
    Column::new("outcome_code", "licences-why").on_wish(),
];

const NUMBER_COLUMNS: &[Column] = &[
    Column::new("serial_number", "licences-serial")
        .always()
        .sorted("sn", "-sn"),
    Column::new("platform", "licences-platform"),
    Column::new("lic_id", "licences-lic-id"),
    Column::new("software", "licences-software"),
    Column::new("terminal", "licences-terminal"),
    Column::new("state", "licences-state"),
    Column::new("valid_until", "licences-valid-until").sorted("until", "-until"),
    Column::new("file_name", "licences-file"),
];

const BARE_COLUMNS: &[Column] = &[
    Column::new("tid", "licences-tid").always(),
    Column::new("serial_number", "licences-serial"),
    Column::new("since_at", "licences-since"),
];

fn word(text: &str) -> Cell {
    if text.is_empty() {
        Cell::Empty
    } else {
        Cell::text(text)
    }
}

fn code(text: &str) -> Cell {
    if text.is_empty() {
        Cell::Empty
    } else {
        Cell::id(text)
    }
}

fn terminal(it: &Licence) -> Cell {
    Cell::of(it.place.as_ref(), |place| {
        let tid = place.tid.as_str();
        Cell::id_at(tid, format!("/terminals/{tid}"))
    })
}

fn cells(it: &Licence) -> Vec<Cell> {
    vec![
        Cell::Link {
            text: it.file_name.clone(),
            href: format!("/licences/{}", it.id),
        },
        Cell::id(&it.facts.serial_number),
        terminal(it),
        word(&it.facts.platform),
        word(&it.facts.software),
        code(&it.facts.lic_id),
        Cell::Pill(it.state.code().to_owned()),
        Cell::of(it.facts.valid_until, Cell::Day),
        Cell::Time(it.uploaded_at),
        Cell::of(it.told_fetched_at(), Cell::Time),
        Cell::of(it.confirmed_at, Cell::Time),
        Cell::of(it.facts.valid_from, Cell::Day),
        Cell::Bytes(it.size_bytes),
        Cell::id(&it.sha256),
        Cell::text(&it.uploaded_by),
        Cell::of(it.outcome_code.as_deref(), Cell::text),
    ]
}

fn number_cells(it: &Licence) -> Vec<Cell> {
    vec![
        Cell::id_at(&it.facts.serial_number, format!("/licences/{}", it.id)),
        word(&it.facts.platform),
        code(&it.facts.lic_id),
        word(&it.facts.software),
        terminal(it),
        Cell::Pill(it.state.code().to_owned()),
        Cell::of(it.facts.valid_until, Cell::Day),
        Cell::text(&it.file_name),
    ]
}

fn bare_cells(it: &Bare) -> Vec<Cell> {
    vec![
        Cell::id_at(&it.tid, format!("/terminals/{}", it.tid)),
        Cell::id(&it.serial_number),
        Cell::Time(it.since_at),
    ]
}

/// The lists of this slice.
#[must_use]
pub fn sources(clock: &Clock) -> Vec<Source> {
    let of = |cells: fn(&Licence) -> Vec<Cell>| {
        let clock = clock.clone();
        Arc::new(
            move |conn: &mut crate::db::Conn, scope: &_, query: &str, turn: &Turn| {
                let asked: Asked = http::query(query)?;
                let search = asked.search(clock.now())?;
                let found = list_ops::search(conn, scope, &search, turn)?;
                Ok(found.map(|it| cells(&it)))
            },
        )
    };
    vec![
        Source {
            name: LIST,
            title_key: "licences-title",
            places: list_places!("/licences", "licences"),
            permission: Permission::LicencesView,
            columns: COLUMNS,
            filters: FILTERS,
            order: "-uploaded",
            read: of(cells),
        },
        Source {
            name: NUMBERS,
            title_key: "licences-numbers",
            places: list_places!("/licences/numbers", "licence-numbers"),
            permission: Permission::LicencesView,
            columns: NUMBER_COLUMNS,
            filters: &FILTERS[1..4],
            order: "-uploaded",
            read: of(number_cells),
        },
        Source {
            name: BARE,
            title_key: "licences-bare",
            places: list_places!("/licences/bare", "licence-bare"),
            permission: Permission::LicencesView,
            columns: BARE_COLUMNS,
            filters: &[],
            order: "tid",
            read: Arc::new(|conn, scope, _, turn| {
                Ok(list_ops::bare(conn, scope, turn)?.map(|it| bare_cells(&it)))
            }),
        },
    ]
}
