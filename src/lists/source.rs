//! A list as its slice describes it, and all of them together.
use super::error::Error;
use super::query::{Query, SORT};
use crate::access::{Permission, Scope};
use crate::clock::Millis;
use crate::db::Conn;
use crate::formats::holds_card;
use crate::http::{Failure, Page, Turn};
use crate::sheets::{Cell, Column};
use crate::views::Lang;
use chrono_tz::Tz;
use std::sync::Arc;

/// Reads one page: for a scope, the query of the list's address (its filters and `sort` alone), and
/// a turn. A row has one cell for each column of the source, in their order, and is known by its
/// first.
pub type Read =
    Arc<dyn Fn(&mut Conn, &Scope, &str, &Turn) -> Result<Page<Vec<Cell>>, Failure> + Send + Sync>;

/// Where a list is; made by [`crate::list_places!`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    pub page: &'static str,
    pub csv: &'static str,
    pub xlsx: &'static str,
    pub api_csv: &'static str,
    pub api_xlsx: &'static str,
    /// The kind of tasks that prepare its long files.
    pub export: &'static str,
}

/// The places of a list by its page's address and its name in the Management API.
#[macro_export]
macro_rules! list_places {
    ($page:literal, $api:literal) => {
        $crate::lists::Places {
            page: $page,
            csv: concat!($page, ".csv"),
            xlsx: concat!($page, ".xlsx"),
            api_csv: concat!("/api/v1/", $api, ".csv"),
            api_xlsx: concat!("/api/v1/", $api, ".xlsx"),
            export: concat!("export.", $api),
        }
    };
}

/// What a reader calls the value of a filter; `None` when there is no other word for it.
pub type Told = fn(&mut Conn, &Scope, Lang, &str) -> Result<Option<String>, Failure>;

/// How the value of a filter is told.
#[derive(Debug, Clone, Copy)]
pub enum Words {
    /// A text or a code, as it is.
    AsIs,
    /// By the message of that beginning and the value.
    Keyed(&'static str),
    /// By the name of what the code stands for.
    Named(Told),
}

/// One filter of a list: a name in its address.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    pub name: &'static str,
    /// Fluent key of what it narrows by.
    pub label_key: &'static str,
    pub words: Words,
    /// People may think of typing a card number: it is refused, and stored nowhere.
    pub guards_cards: bool,
    /// Its values are days, and instants.
    pub days: Option<Edge>,
}

/// Which end of a span of days a filter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    First,
    Last,
}

impl Filter {
    #[must_use]
    pub const fn new(name: &'static str, label_key: &'static str) -> Self {
        Self {
            name,
            label_key,
            words: Words::AsIs,
            guards_cards: false,
            days: None,
        }
    }

    /// Its values are days, and instants. A reader means the days that his pages tell; a program those of UTC.
    #[must_use]
    pub const fn by_days(self, edge: Edge) -> Self {
        Self {
            days: Some(edge),
            ..self
        }
    }

    /// Card numbers are refused.
    #[must_use]
    pub const fn without_cards(self) -> Self {
        Self {
            guards_cards: true,
            ..self
        }
    }

    /// Its values are codes with a message each.
    #[must_use]
    pub const fn keyed(self, beginning: &'static str) -> Self {
        Self {
            words: Words::Keyed(beginning),
            ..self
        }
    }

    /// Its values are codes of what has a name.
    #[must_use]
    pub const fn named(self, told: Told) -> Self {
        Self {
            words: Words::Named(told),
            ..self
        }
    }
}

/// One list.
#[derive(Clone)]
pub struct Source {
    /// Stable: in addresses and in what is stored about the list.
    pub name: &'static str,
    pub title_key: &'static str,
    pub places: Places,
    /// What its readers need.
    pub permission: Permission,
    /// The identifier first.
    pub columns: &'static [Column],
    pub filters: &'static [Filter],
    /// The code of its order when nobody chose one.
    pub order: &'static str,
    pub read: Read,
}

impl Source {
    /// Whether a card number is asked for where none may be.
    pub(super) fn asks_for_card(&self, asked: &Query) -> bool {
        let guarded = self.filters.iter().filter(|filter| filter.guards_cards);
        let mut values = guarded.filter_map(|filter| asked.get(filter.name));
        values.any(holds_card)
    }

    /// What narrows and sorts the list, in the one form that equal wishes share.
    pub(super) fn narrowing(&self, asked: &Query) -> Query {
        let names = self.filters.iter().map(|filter| filter.name);
        let mut wish = asked.only(names.chain([SORT]));
        if wish.get(SORT) == Some(self.usual_order(asked)) {
            wish = wish.without(SORT);
        }
        wish
    }

    /// The same with the days of a reader's zone as instants.
    pub(super) fn days_of(&self, zone: Tz, asked: &Query) -> Query {
        let mut told = asked.clone();
        for filter in self.filters {
            let (Some(edge), Some(day)) = (filter.days, asked.get(filter.name)) else {
                continue;
            };
            let bound = match edge {
                Edge::First => Millis::day_begins(day, 0, zone),
                Edge::Last => Millis::day_begins(day, 1, zone).map(|next| Millis(next.0 - 1)),
            };
            if let Some(at) = bound {
                told = told.with(filter.name, &at.rfc3339());
            }
        }
        told
    }

    /// The order when none is asked for. What is searched for comes with what fits best first.
    pub(super) fn usual_order(&self, asked: &Query) -> &'static str {
        match asked.get("q") {
            Some(_) => "",
            None => self.order,
        }
    }

    /// For programs: a misspelt filter must not mean every row.
    ///
    /// # Errors
    /// `list.no-filter` when `query` has a name that narrows or orders nothing here, `http.bad-query` when it
    /// cannot be read.
    pub fn check_filters(&self, query: &str) -> Result<(), Failure> {
        Ok(self.check_names(&Query::parse(query)?, &[])?)
    }

    pub(super) fn check_names(&self, asked: &Query, also: &[&str]) -> Result<(), Error> {
        let is_known = |name: &str| {
            name == SORT || also.contains(&name) || self.filters.iter().any(|it| it.name == name)
        };
        match asked.pairs().into_iter().find(|(name, _)| !is_known(name)) {
            Some((name, _)) => Err(Error::NoFilter(name.chars().take(40).collect())),
            None => Ok(()),
        }
    }

    /// # Errors
    /// When the list has no such order.
    pub(super) fn check_order(&self, asked: &Query) -> Result<(), Error> {
        let mut codes = self.columns.iter().filter_map(|column| column.sort);
        match asked.get(SORT) {
            Some(code)
                if code != self.order && !codes.any(|(up, down)| [up, down].contains(&code)) =>
            {
                Err(Error::NoOrder)
            }
            _ => Ok(()),
        }
    }
}

/// Every list of the program. Clones share them.
#[derive(Clone)]
pub struct Lists(Arc<[Source]>);

impl Lists {
    #[must_use]
    pub fn new(all: Vec<Source>) -> Self {
        Self(all.into())
    }

    #[must_use]
    pub fn all(&self) -> &[Source] {
        &self.0
    }

    /// # Errors
    /// When there is no list of that name.
    pub fn find(&self, name: &str) -> Result<&Source, Error> {
        let found = self.0.iter().find(|source| source.name == name);
        found.ok_or_else(|| Error::NoList(name.to_owned()))
    }
}
