//! All terminals that a filter leaves, piece by piece and never counted, and whether one of them is
//! still left: what is done to many terminals at once begins with the one and goes by the other.
use super::list::Wish;
use super::model::{Filter, Listed, Sort};
use crate::access::Scope;
use crate::db::{Conn, Error, Spot};
use crate::http::{Walk, onward};
use crate::ids::TerminalId;

/// Terminals that are read at once.
const PIECE: i64 = 1000;

/// A filter, with what it searches for looked up once.
pub struct Matching(Wish);

impl Matching {
    pub fn new(conn: &mut Conn, scope: &Scope, filter: &Filter) -> Result<Self, Error> {
        let filter = Filter {
            sort: Sort::Usual,
            ..filter.clone()
        };
        Wish::of(conn, scope, &filter).map(Self)
    }

    /// Whether a terminal is among those that the filter leaves, as it is now.
    pub fn holds(&self, conn: &mut Conn, id: TerminalId) -> Result<bool, Error> {
        Ok(!self.0.keep(conn, &[id.0])?.is_empty())
    }

    /// All of them, from the first one on.
    #[must_use]
    pub fn all(self) -> Picking {
        Picking {
            matching: self,
            way: Way::Start,
        }
    }
}

/// Where reading goes on.
enum Way {
    Start,
    /// Rows are looked at from behind this one on.
    Walk(Walk, Option<Spot>),
    Over,
}

/// Reading all that match, in the list's usual order.
pub struct Picking {
    matching: Matching,
    way: Way,
}

impl Picking {
    /// The next ones, which may be none where many had to be looked at; `None` at the end.
    pub fn next(&mut self, conn: &mut Conn) -> Result<Option<Vec<Listed>>, Error> {
        let wish = &self.matching.0;
        let (how, after) = match std::mem::replace(&mut self.way, Way::Over) {
            Way::Over => return Ok(None),
            Way::Walk(how, after) => (how, after),
            Way::Start if wish.served().is_all => (Walk::Matching, None),
            Way::Start => match wish.few(conn)? {
                None => (Walk::Looking, None),
                Some(ids) => {
                    let mut all = wish.keep(conn, &ids)?;
                    all.sort_by(|(a, _), (b, _)| a.cmp(b));
                    return Ok(Some(all.into_iter().map(|(_, it)| it).collect()));
                }
            },
        };
        let turn = onward(after.as_ref(), PIECE);
        let mut found = wish.walk(conn, wish.served(), how, &turn, false)?;
        let is_full = i64::try_from(found.rows.len()).is_ok_and(|n| n == turn.limit());
        if is_full {
            found.rows.pop();
        }
        let last = found.rows.last().map(|(spot, _)| spot.clone());
        let next = if is_full { last } else { found.stopped };
        if next.is_some() {
            self.way = Way::Walk(how, next);
        }
        Ok(Some(found.rows.into_iter().map(|(_, it)| it).collect()))
    }
}
