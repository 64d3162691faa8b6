//! One page of a list, and the addresses of those around it.
use super::paging::From;
use super::{Cursor, Error, Turn, USUAL_ROWS};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Page sizes that people are offered.
const SIZES: [i64; 6] = [5, 10, 20, 50, 100, 200];

/// One page of a list, as the JSON surfaces answer it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Cursor of the following page; absent on the last.
    pub next: Option<String>,
    /// Cursor of the page before; absent on the first.
    pub prev: Option<String>,
    /// Matching rows, counted up to 10,000.
    pub total: i64,
    /// False when there are more than `total`.
    pub total_is_exact: bool,
    /// True when a combination of conditions was looked through in part only: go on with `next` (or
    /// `prev`), or narrow the list.
    pub capped: bool,
    /// Rows before the first of this page, for people.
    #[serde(skip)]
    pub before: i64,
}

impl<T> Page<T> {
    /// The same page of other things.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next: self.next,
            prev: self.prev,
            total: self.total,
            total_is_exact: self.total_is_exact,
            capped: self.capped,
            before: self.before,
        }
    }
}

impl<T> Page<T> {
    /// A list that is told in one page.
    #[must_use]
    pub fn whole(items: Vec<T>) -> Self {
        Self {
            total: i64::try_from(items.len()).unwrap_or(i64::MAX),
            items,
            next: None,
            prev: None,
            total_is_exact: true,
            capped: false,
            before: 0,
        }
    }

    /// The same page, of a list that was looked through as far as this row only.
    #[must_use]
    pub fn stopped(mut self, turn: &Turn, (key, id): (String, i64)) -> Self {
        let held = i64::try_from(self.items.len()).unwrap_or(i64::MAX);
        self.capped = true;
        if turn.edge().1 {
            let place = self.before;
            self.prev = Some(From::Before(Cursor { key, id, place }).encode());
        } else {
            let place = self.before.saturating_add(held);
            self.next = Some(From::After(Cursor { key, id, place }).encode());
        }
        self
    }

    /// The same page, of a list that may hold more than was counted.
    #[must_use]
    pub fn at_least(mut self) -> Self {
        self.total_is_exact = false;
        self
    }

    /// What `parts/pager` and `parts/sizes` read: where the pages around this one are, and this
    /// list in other page sizes. `path` and `filter` (names and values, empty ones left out) are
    /// the list's own address.
    #[must_use]
    pub fn pager(&self, path: &str, filter: &[(&str, &str)], turn: &Turn) -> Value {
        let rows = turn.rows.to_string();
        let at = |cursor: &str, rows: &str| {
            let rows = if rows == USUAL_ROWS.to_string() {
                ""
            } else {
                rows
            };
            let own = [("page_size", rows), ("cursor", cursor)];
            address(path, &[filter, &own].concat())
        };
        let sizes: Vec<Value> = SIZES
            .iter()
            .map(|n| json!({ "n": n, "href": at("", &n.to_string()), "current": *n == turn.rows }))
            .collect();
        json!({
            "total": self.total,
            "exact": self.total_is_exact,
            "capped": self.capped,
            "from": self.before + 1,
            "to": self.before + i64::try_from(self.items.len()).unwrap_or_default(),
            "prev": self.prev.as_deref().map(|cursor| at(cursor, &rows)),
            "next": self.next.as_deref().map(|cursor| at(cursor, &rows)),
            "sizes": sizes,
        })
    }
}

/// Reads the query of an address.
pub fn query<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_urlencoded::from_str(text).map_err(|e| Error::BadQuery { why: e.to_string() })
}

/// An address with the parts of `query` that are not empty.
#[must_use]
pub fn address(path: &str, query: &[(&str, &str)]) -> String {
    let filled: Vec<_> = query
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    match serde_urlencoded::to_string(&filled) {
        Ok(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}
