//! Long lists by cursor, both ways.
//!
//! A list is ordered by one non-null key and the row's id. A [`Cursor`] names the row that a page
//! begins after or ends before, so a page costs the same wherever it lies; the last page is the
//! first one read backwards. Counting stops at [`COUNTED`].
use super::{Kind, Page, Problem};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Counts are exact up to here; beyond, a list says "10,000+".
pub const COUNTED: i64 = 10_000;
/// Rows of a page when nobody asked for another number.
pub const USUAL_ROWS: i64 = 50;
const MOST_ROWS: i64 = 200;
const LAST: &str = "last";

/// A place between two rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The sort key of the row beside it, as text.
    pub key: String,
    /// The row's id, which decides between equal keys.
    pub id: i64,
    /// How many rows lay before that place when the cursor was made: for "51–100 of 9,480" only.
    pub place: i64,
}

/// From where a page is read, and in which direction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum From {
    #[default]
    Start,
    /// Forward, after this row.
    After(Cursor),
    /// Backward, before this row.
    Before(Cursor),
    /// Backward from the end: the last page.
    End,
}

/// What a caller asked of a list, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub from: From,
    pub rows: i64,
}

/// Which page of a list, in the address of a list that has nothing to narrow it by.
#[derive(Debug, Default, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Turned {
    /// From `next` or `prev` of an earlier answer; `last` is the last page.
    cursor: Option<String>,
    /// Rows of a page, 1 to 200; 50 when absent.
    page_size: Option<String>,
}

impl Turned {
    /// # Errors
    /// As [`Turn::parse`].
    pub fn turn(&self) -> Result<Turn, BadTurn> {
        Turn::parse(self.cursor.as_deref(), self.page_size.as_deref())
    }
}

impl Default for Turn {
    fn default() -> Self {
        Self {
            from: From::Start,
            rows: USUAL_ROWS,
        }
    }
}

/// Why a list cannot be turned as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadTurn {
    #[error("the cursor is not one that this list gave")]
    Cursor,
    #[error("the page size is a number from 1 to 200")]
    Size,
}

impl Problem for BadTurn {
    fn kind(&self) -> Kind {
        Kind::Invalid
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Cursor => "http.bad-cursor",
            Self::Size => "http.bad-page-size",
        }
    }
}

impl Turn {
    /// Reads `cursor` and `page_size` of a query; empty values count as absent.
    pub fn parse(cursor: Option<&str>, page_size: Option<&str>) -> Result<Self, BadTurn> {
        let rows = match page_size.map(str::trim).filter(|s| !s.is_empty()) {
            None => USUAL_ROWS,
            Some(text) => text
                .parse()
                .ok()
                .filter(|n| (1..=MOST_ROWS).contains(n))
                .ok_or(BadTurn::Size)?,
        };
        let from = match cursor.map(str::trim).filter(|s| !s.is_empty()) {
            None => From::Start,
            Some(LAST) => From::End,
            Some(text) => From::decode(text).ok_or(BadTurn::Cursor)?,
        };
        Ok(Self { from, rows })
    }

    /// The row to go on from, if any, and whether the list is read backwards.
    #[must_use]
    pub fn edge(&self) -> (Option<&Cursor>, bool) {
        match &self.from {
            From::Start => (None, false),
            From::After(cursor) => (Some(cursor), false),
            From::Before(cursor) => (Some(cursor), true),
            From::End => (None, true),
        }
    }

    /// One row more than the page holds, so that the store sees whether the list goes on.
    #[must_use]
    pub fn limit(&self) -> i64 {
        self.rows + 1
    }

    /// Makes a page of what the store read (at most [`Turn::limit`] rows, in reading order).
    /// `key` tells a row's sort key and id; `counted` is the number of matching rows, at most
    /// [`COUNTED`] + 1.
    #[must_use]
    pub fn page<T>(
        &self,
        mut rows: Vec<T>,
        counted: i64,
        key: impl Fn(&T) -> (String, i64),
    ) -> Page<T> {
        let (cursor, backwards) = self.edge();
        let goes_on = rows.len() > usize::try_from(self.rows).unwrap_or(usize::MAX);
        if goes_on {
            rows.pop();
        }
        if backwards {
            rows.reverse();
        }
        let held = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let before = match (&self.from, cursor) {
            (From::Before(_), Some(at)) => (at.place - held).max(0),
            (From::End, _) => (counted - held).max(0),
            (_, Some(at)) => at.place,
            (_, None) => 0,
        };
        let mark = |row: &T, place: i64| {
            let (key, id) = key(row);
            Cursor { key, id, place }
        };
        let more_after = if backwards { cursor.is_some() } else { goes_on };
        let more_before = if backwards { goes_on } else { cursor.is_some() };
        let next = match rows.last() {
            Some(row) if more_after => {
                Some(From::After(mark(row, before.saturating_add(held))).encode())
            }
            _ => None,
        };
        let prev = match rows.first() {
            Some(row) if more_before => Some(From::Before(mark(row, before)).encode()),
            // Past the end there is a way back.
            None if more_before => Some(LAST.to_owned()),
            _ => None,
        };
        Page {
            items: rows,
            next,
            prev,
            total: counted.min(COUNTED),
            total_is_exact: counted <= COUNTED,
            capped: false,
            before,
        }
    }
}

impl Turn {
    /// A page of a list that is short enough to be read whole. Rows are known by their place.
    #[must_use]
    pub fn cut<T>(&self, all: Vec<T>) -> Page<T> {
        let counted = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let numbered = (1_i64..).zip(all);
        let rows = usize::try_from(self.limit()).unwrap_or_default();
        let (edge, backwards) = self.edge();
        let lies_there = |n: i64| match (edge, backwards) {
            (None, _) => true,
            (Some(edge), false) => n > edge.id,
            (Some(edge), true) => n < edge.id,
        };
        let mut these: Vec<_> = numbered.filter(|(n, _)| lies_there(*n)).collect();
        if backwards {
            these.reverse();
        }
        these.truncate(rows);
        self.page(these, counted, |(n, _)| (n.to_string(), *n))
            .map(|(_, it)| it)
    }
}

impl From {
    pub(super) fn encode(&self) -> String {
        let (way, Cursor { key, id, place }) = match self {
            Self::Start => return String::new(),
            Self::End => return LAST.to_owned(),
            Self::After(cursor) => ('a', cursor),
            Self::Before(cursor) => ('b', cursor),
        };
        URL_SAFE_NO_PAD.encode(format!("{way}{id}.{place}.{key}"))
    }

    fn decode(text: &str) -> Option<Self> {
        let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let way = plain.chars().next()?;
        let mut parts = plain.get(1..)?.splitn(3, '.');
        let cursor = Cursor {
            id: parts.next()?.parse().ok()?,
            place: parts.next()?.parse().ok().filter(|n| *n >= 0)?,
            key: parts.next()?.to_owned(),
        };
        match way {
            'a' => Some(Self::After(cursor)),
            'b' => Some(Self::Before(cursor)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(all: &[i64], turn: &Turn) -> Page<i64> {
        turn.cut(all.to_vec())
    }

    fn turn(cursor: Option<&str>) -> Turn {
        Turn::parse(cursor, Some("5")).unwrap()
    }

    #[test]
    fn every_list_length_pages_forth_and_back_alike() {
        for length in [0, 1, 3, 4, 5, 6, 10, 11, 20, 21] {
            let all: Vec<i64> = (1..=length).collect();
            let (mut seen, mut cursor, mut pages) = (Vec::new(), None::<String>, Vec::new());
            loop {
                let page = read(&all, &turn(cursor.as_deref()));
                assert_eq!(page.before, i64::try_from(seen.len()).unwrap());
                seen.extend(page.items.clone());
                pages.push(page.items.clone());
                cursor = page.next.clone();
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen, all);
            let mut page = read(&all, &turn(Some("last")));
            let mut back = page.items.clone();
            while let Some(prev) = page.prev.clone() {
                page = read(&all, &turn(Some(&prev)));
                assert!(page.next.is_some(), "length {length}");
                back = [page.items.clone(), back].concat();
            }
            assert_eq!(back, all);
        }
    }

    #[test]
    fn past_the_end_is_an_empty_page_with_the_total_and_a_way_back() {
        let all = [1, 2, 3];
        let cursor = From::After(Cursor {
            key: "3".into(),
            id: 3,
            place: 3,
        });
        let page = read(&all, &turn(Some(&cursor.encode())));
        assert!(page.items.is_empty() && page.next.is_none());
        assert_eq!((page.total, page.prev.as_deref()), (3, Some("last")));
    }

    #[test]
    fn what_the_list_did_not_give_is_refused() {
        for bad in ["x", "!!!", &URL_SAFE_NO_PAD.encode("z1.2.k"), "YQ"] {
            assert_eq!(Turn::parse(Some(bad), None), Err(BadTurn::Cursor), "{bad}");
        }
        for bad in ["0", "201", "-1", "many"] {
            assert_eq!(Turn::parse(None, Some(bad)), Err(BadTurn::Size), "{bad}");
        }
        let key = From::Before(Cursor {
            key: "café.du.port".into(),
            id: -1,
            place: 7,
        });
        assert_eq!(From::decode(&key.encode()), Some(key));
        assert_eq!(Turn::parse(Some(" "), Some("")), Ok(Turn::default()));
    }
}
