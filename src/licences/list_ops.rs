//! Lists of licences. One filter alone, or an order alone, is read along its index and is exact
//! whatever its length. Several together are looked for among what one of them leaves: all of it, where
//! that is little ([`FEW`]), and page by page along its index otherwise, so that none is lost. Licences that
//! were replaced or deleted are sorted only where they are few; many come newest first.
use super::error::Error;
use super::find_store::{self, Bare};
use super::list_store::{self, Order, Reach, Way, key_of};
use super::model::{Licence, State};
use super::search::{Lead, One, Search, sees};
use crate::access::Scope;
use crate::db::{self, Conn, Entry, Spot};
use crate::http::{COUNTED, Counted, Found, Page, Turn, Walk};
use crate::ids::LicenceId;
use std::collections::{HashMap, HashSet};

/// So many matches of one filter are read whole and looked through for the others.
const FEW: i64 = 1000;

/// What a list is narrowed to, and along which index it is read.
struct Wish<'a> {
    scope: &'a Scope,
    search: &'a Search,
    /// What an index knows of it.
    filters: Vec<One>,
    base: One,
    is_down: bool,
    /// Whatever the base leaves matches.
    is_all: bool,
    /// No index is in the order that was asked for: many of them come newest first.
    is_sorted: bool,
}

impl<'a> Wish<'a> {
    fn of(scope: &'a Scope, search: &'a Search) -> Self {
        let mut filters = search.filters();
        let n = filters.len();
        let is_of_the_dead = search.state.is_some_and(State::is_tombstone);
        if is_of_the_dead {
            // Only the living are found by anything but their state.
            filters.retain(|it| matches!(it, One::Along(Way::State(_))));
        }
        let own = match search.order {
            None => filters.first(),
            Some(order) => filters.iter().find(|it| it.has(order)),
        };
        let is_sorted = own.is_none() && is_of_the_dead;
        let order = search.order.unwrap_or_default();
        let is_all = match own {
            None => n == 0,
            // The terms know no establishments.
            Some(own) => n == 1 && (matches!(own, One::Along(_)) || *scope == Scope::All),
        };
        let base = own.cloned().unwrap_or(One::Along(Way::All(order)));
        let is_down = match search.order {
            Some(order) => order.is_down(),
            None => base.is_down(),
        };
        Self {
            scope,
            search,
            filters,
            base,
            is_down,
            is_all,
            is_sorted,
        }
    }

    /// The way that has the list as it is.
    fn way(&self) -> Option<&Way> {
        match &self.base {
            One::Along(way) if self.is_all && self.is_down == way.order().is_down() => Some(way),
            _ => None,
        }
    }

    fn page(&self, conn: &mut Conn, turn: &Turn) -> Result<Page<Licence>, Error> {
        let is_down = self.is_down != turn.edge().1;
        if self.is_all {
            let (ids, is_all) = self.owners(conn, &self.base, COUNTED)?;
            let counted = Counted::of(ids.len(), is_all);
            let found = self.walk(conn, Walk::Matching, turn, is_down)?;
            return Ok(found.page(turn, counted));
        }
        let (ids, is_all) = self.few(conn)?;
        let some = self.keep(conn, &ids)?;
        let counted = Counted::of(some.len(), is_all);
        if is_all {
            return Ok(Found::of_all(some, turn, is_down).page(turn, counted));
        }
        if self.is_sorted {
            let newest = Search {
                order: None,
                ..self.search.clone()
            };
            return search(conn, self.scope, &newest, turn);
        }
        let found = self.walk(conn, Walk::Looking, turn, is_down)?;
        Ok(found.page(turn, counted))
    }

    fn walk(
        &self,
        conn: &mut Conn,
        how: Walk,
        turn: &Turn,
        is_down: bool,
    ) -> Result<Found<Licence>, Error> {
        let found = Found::walk(
            conn,
            (self.base.leads(), how),
            (turn, is_down),
            |conn, lead, after, n| {
                let edge = after.map(|(key, id)| (key.as_str(), *id));
                entries(conn, self.scope, lead, &Reach { edge, is_down, n })
            },
            |conn, spots| {
                let ids: Vec<LicenceId> = spots.iter().map(|spot| LicenceId(spot.id)).collect();
                let mut rows: HashMap<i64, (Spot, Licence)> = self
                    .keep(conn, &ids)?
                    .into_iter()
                    .map(|row| (row.0.id, row))
                    .collect();
                // A licence stands under each of its terms, and is told under the first alone.
                let of = |spot: Spot| {
                    let is_first = rows.get(&spot.id)?.0 == spot;
                    is_first.then(|| rows.remove(&spot.id))?
                };
                Ok(spots.into_iter().filter_map(of).collect())
            },
        );
        Ok(found?)
    }

    /// Those of `ids` that match, each with its place in the order.
    fn keep(&self, conn: &mut Conn, ids: &[LicenceId]) -> Result<Vec<(Spot, Licence)>, db::Error> {
        let all = list_store::these(conn, ids)?.into_iter();
        let fits = |it: &Licence| sees(self.scope, it) && self.search.holds(it);
        let spot = |it: Licence| Some((self.spot(&it)?, it));
        Ok(all.filter(fits).filter_map(spot).collect())
    }

    fn spot(&self, it: &Licence) -> Option<Spot> {
        match self.search.order {
            Some(order) => Some(Spot {
                rank: 0,
                key: key_of(it, order),
                id: it.id.0,
            }),
            None => self.base.spot(it),
        }
    }

    /// Everything that one of the conditions leaves, where that is little, and true; otherwise the
    /// beginning of what the first of them leaves.
    fn few(&self, conn: &mut Conn) -> Result<(Vec<LicenceId>, bool), Error> {
        let own = One::Along(Way::All(Order::Newest));
        let is_of_the_dead = self.search.state.is_some_and(State::is_tombstone);
        let of_scope = (*self.scope != Scope::All && !is_of_the_dead).then_some(&own);
        let mut first = None;
        for filter in self.filters.iter().chain(of_scope) {
            let (found, is_all) = self.owners(conn, filter, FEW)?;
            if is_all {
                return Ok((found, true));
            }
            first.get_or_insert(found);
        }
        Ok((first.unwrap_or_default(), false))
    }

    /// Whom the streams of a filter hold, each once, in their order; of `most` entries, and whether
    /// that is all.
    fn owners(
        &self,
        conn: &mut Conn,
        filter: &One,
        most: i64,
    ) -> Result<(Vec<LicenceId>, bool), Error> {
        let (mut all, mut seen, mut left) = (Vec::new(), HashSet::new(), most + 1);
        for (_, lead) in filter.leads() {
            let (found, is_all) = match &lead {
                Lead::Along(way) => {
                    let found = list_store::ids(conn, self.scope, way, left)?;
                    let n = i64::try_from(found.len()).unwrap_or(left);
                    (found, n < left)
                }
                Lead::Term(field, text) => find_store::owners(conn, *field, text, left)?,
            };
            left -= i64::try_from(found.len()).unwrap_or(left);
            all.extend(found.into_iter().filter(|id| seen.insert(*id)));
            if !is_all {
                all.truncate(usize::try_from(most).unwrap_or(usize::MAX));
                return Ok((all, false));
            }
        }
        Ok((all, true))
    }
}

/// The next entries of a stream.
fn entries(
    conn: &mut Conn,
    scope: &Scope,
    lead: &Lead,
    reach: &Reach<'_>,
) -> Result<Vec<Entry>, db::Error> {
    match lead {
        Lead::Along(way) => list_store::entries(conn, scope, way, reach),
        Lead::Term(field, text) => find_store::terms(conn, *field, text, reach),
    }
}

/// One page of the licences that match.
pub(super) fn search(
    conn: &mut Conn,
    scope: &Scope,
    search: &Search,
    turn: &Turn,
) -> Result<Page<Licence>, Error> {
    let wish = Wish::of(scope, search);
    match wish.way() {
        Some(way) => along(conn, scope, way, turn),
        None => wish.page(conn, turn),
    }
}

fn along(conn: &mut Conn, scope: &Scope, way: &Way, turn: &Turn) -> Result<Page<Licence>, Error> {
    let order = way.order();
    let (edge, backwards) = turn.edge();
    let reach = Reach {
        edge: edge.map(|at| (at.key.as_str(), at.id)),
        is_down: order.is_down() != backwards,
        n: turn.limit(),
    };
    let rows = list_store::read(conn, scope, way, &reach)?;
    let counted = list_store::count(conn, scope, way, COUNTED + 1)?;
    Ok(turn.page(rows, counted, |it| (key_of(it, order), it.id.0)))
}

/// What a client deposited, newest first.
pub(super) fn of_client(conn: &mut Conn, client: i64, turn: &Turn) -> Result<Page<Licence>, Error> {
    along(conn, &Scope::All, &Way::Source(client), turn)
}

/// One page of the terminals in service that have no licence.
pub(super) fn bare(conn: &mut Conn, scope: &Scope, turn: &Turn) -> Result<Page<Bare>, Error> {
    let (edge, backwards) = turn.edge();
    let reach = Reach {
        edge: edge.map(|at| (at.key.as_str(), at.id)),
        is_down: backwards,
        n: turn.limit(),
    };
    let (rows, counted) = find_store::bare(conn, scope, &reach, COUNTED + 1)?;
    Ok(turn.page(rows, counted, |it| (it.sort_key.clone(), it.terminal_id.0)))
}
