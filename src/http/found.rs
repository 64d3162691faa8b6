//! What a store found of a list, on its way to a page.
//!
//! One condition and its order are served by an index, so a page costs its own rows. Several at once
//! are not: then whatever one condition finds is looked through for the others, [`LOOKED_THROUGH`]
//! rows at most. A condition that finds no more is read whole, and the page is exact; otherwise the
//! list is walked in its order and the page ends where looking ended, with the way on.
use super::paging::{self, Cursor};
use super::{COUNTED, Page, Turn};
use crate::db::{Conn, Entry, Error, Merge, Spot};
use std::collections::HashMap;

/// Rows that one request looks through for further conditions.
pub const LOOKED_THROUGH: usize = 2_000;
/// Rows looked at in one go.
const STRIDE: usize = 200;

/// How many rows match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    pub n: i64,
    /// False when there may be more.
    pub is_all: bool,
}

impl Counted {
    /// All of these, as far as lists count.
    #[must_use]
    pub fn all(n: usize) -> Self {
        Self {
            n: i64::try_from(n).unwrap_or(i64::MAX),
            is_all: true,
        }
    }

    /// So many were found, and perhaps that is all.
    #[must_use]
    pub fn of(n: usize, is_all: bool) -> Self {
        Self {
            is_all,
            ..Self::all(n)
        }
    }
}

/// Rows of one page in reading order, one more than it holds where the list goes on.
#[derive(Debug)]
pub struct Found<T> {
    pub rows: Vec<(Spot, T)>,
    /// Where looking ended before the page was full.
    pub stopped: Option<Spot>,
}

/// What to look at, and how much of it is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walk {
    /// Every row of the streams matches, but for repeats.
    Matching,
    /// Rows have to be looked at.
    Looking,
}

impl<T> Found<T> {
    /// Reads streams, each with its rank, until the page is full; `is_down` reads them in reverse. `keep` makes rows of
    /// the spots that belong there.
    pub fn walk<L>(
        conn: &mut Conn,
        (leads, how): (Vec<(u8, L)>, Walk),
        (turn, is_down): (&Turn, bool),
        mut read: impl FnMut(&mut Conn, &L, Option<&Entry>, i64) -> Result<Vec<Entry>, Error>,
        mut keep: impl FnMut(&mut Conn, Vec<Spot>) -> Result<Vec<(Spot, T)>, Error>,
    ) -> Result<Self, Error> {
        let mut merge = Merge::new(leads, from(turn).as_ref(), is_down);
        let wanted = usize::try_from(turn.limit()).unwrap_or_default();
        let (mut rows, mut looked) = (Vec::new(), 0);
        loop {
            let missing = wanted - rows.len();
            let stride = match how {
                // What is missing after the first stride was repeated: there may be more of that.
                Walk::Matching if looked == 0 => missing,
                Walk::Matching => wanted,
                Walk::Looking => missing.max(STRIDE),
            };
            let spots = merge.next(stride, |lead, after, n| read(conn, lead, after, n))?;
            let (Some(last), n) = (spots.last().cloned(), spots.len()) else {
                return Ok(Self {
                    rows,
                    stopped: None,
                });
            };
            looked += n;
            rows.extend(keep(conn, spots)?);
            if rows.len() >= wanted {
                rows.truncate(wanted);
                return Ok(Self {
                    rows,
                    stopped: None,
                });
            }
            if looked >= LOOKED_THROUGH {
                let stopped = Some(last);
                return Ok(Self { rows, stopped });
            }
        }
    }

    /// The page out of every row that there is.
    #[must_use]
    pub fn of_all(mut all: Vec<(Spot, T)>, turn: &Turn, is_down: bool) -> Self {
        all.sort_by(|(a, _), (b, _)| if is_down { b.cmp(a) } else { a.cmp(b) });
        let from = from(turn);
        let lies_there = |spot: &Spot| match (&from, is_down) {
            (None, _) => true,
            (Some(from), false) => spot > from,
            (Some(from), true) => spot < from,
        };
        all.retain(|(spot, _)| lies_there(spot));
        all.truncate(usize::try_from(turn.limit()).unwrap_or_default());
        Self {
            rows: all,
            stopped: None,
        }
    }

    #[must_use]
    pub fn page(self, turn: &Turn, counted: Counted) -> Page<T> {
        let n = if counted.is_all {
            counted.n
        } else {
            counted.n.min(COUNTED)
        };
        let page = turn
            .page(self.rows, n, |(spot, _)| spot.mark())
            .map(|(_, row)| row);
        let page = if counted.is_all {
            page
        } else {
            page.at_least()
        };
        match self.stopped {
            Some(spot) => page.stopped(turn, spot.mark()),
            None => page,
        }
    }
}

/// Rows, each known by its id, at the places where they were found, in their order.
#[must_use]
pub fn placed<T>(spots: Vec<Spot>, rows: impl IntoIterator<Item = (i64, T)>) -> Vec<(Spot, T)> {
    let mut rows: HashMap<i64, T> = rows.into_iter().collect();
    let of = |spot: Spot| rows.remove(&spot.id).map(|row| (spot, row));
    spots.into_iter().filter_map(of).collect()
}

/// A turn of that many rows, on from behind a spot.
#[must_use]
pub fn onward(after: Option<&Spot>, rows: i64) -> Turn {
    let from = after.map_or(paging::From::Start, |spot| {
        let (key, id) = spot.mark();
        paging::From::After(Cursor { key, id, place: 0 })
    });
    Turn { from, rows }
}

/// Where a turn goes on.
fn from(turn: &Turn) -> Option<Spot> {
    turn.edge().0.map(|at| Spot::read(&at.key, at.id))
}
