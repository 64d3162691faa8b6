//! Lists of licences. One filter alone, or an order alone, is read along its index and is exact
//! whatever its length. Several together are looked for among the first [`CAP`] matches of the one
//! that has fewest; where that was not all, the list says so.
use super::error::Error;
use super::find_store::{self, Bare, Field};
use super::list_store::{self, Order, Reach, Way, key_of};
use super::model::{Licence, State};
use crate::access::Scope;
use crate::db::{self, Conn};
use crate::fold::fold;
use crate::http::{COUNTED, Page, Turn};
use crate::ids::LicenceId;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

/// How many matches of one filter are looked through for another.
pub(super) const CAP: i64 = 1000;
/// How often a page of terms is filled up before it is taken as it is.
const ROUNDS: usize = 40;

/// What a list is narrowed and ordered by; texts are folded, and empty when absent.
#[derive(Debug, Clone, Default)]
pub(super) struct Search {
    /// A part of a serial number or licence id, or the beginning of a TID or file name.
    pub(super) any: String,
    pub(super) serial: String,
    pub(super) platform: String,
    pub(super) lic_id: String,
    pub(super) software: String,
    pub(super) state: Option<State>,
    /// The last day lies in this span.
    pub(super) ends: Option<(i64, i64)>,
    /// `None` is the natural one of the filter.
    pub(super) order: Option<Order>,
}

/// One filter.
enum One {
    Along(Way),
    Word(Field, String),
    Any(String),
}

impl Search {
    fn filters(&self) -> Vec<One> {
        let mut all = Vec::new();
        if !self.any.is_empty() {
            all.push(One::Any(self.any.clone()));
        }
        for (field, text) in [
            (Field::Serial, &self.serial),
            (Field::LicId, &self.lic_id),
            (Field::Platform, &self.platform),
        ] {
            if !text.is_empty() {
                all.push(One::Word(field, text.clone()));
            }
        }
        if !self.software.is_empty() {
            all.push(One::Along(Way::Software(self.software.clone())));
        }
        if let Some((from, to)) = self.ends {
            all.push(One::Along(Way::Ends(from, to)));
        }
        if let Some(state) = self.state {
            all.push(One::Along(Way::State(state)));
        }
        all
    }

    fn holds(&self, it: &Licence) -> bool {
        let (serial, lic_id) = (fold(&it.facts.serial_number), fold(&it.facts.lic_id));
        let tid = it.place.as_ref().map_or("", |place| place.tid.as_str());
        let any = &self.any;
        let is_named = any.is_empty()
            || serial.contains(any)
            || lic_id.contains(any)
            || fold(tid).starts_with(any)
            || fold(&it.file_name).starts_with(any);
        let until = it.facts.valid_until.map(|at| at.0);
        is_named
            && serial.contains(&self.serial)
            && lic_id.contains(&self.lic_id)
            && fold(&it.facts.platform).contains(&self.platform)
            && (self.software.is_empty() || fold(&it.facts.software) == self.software)
            && self
                .ends
                .is_none_or(|(from, to)| until.is_some_and(|until| (from..to).contains(&until)))
            && match self.state {
                Some(state) => it.state == state,
                None => it.is_current,
            }
    }
}

fn sees(scope: &Scope, licence: &Licence) -> bool {
    match &licence.place {
        Some(place) => scope.holds(place.establishment),
        None => *scope == Scope::All,
    }
}

/// One page of the licences that match.
pub(super) fn search(
    conn: &mut Conn,
    scope: &Scope,
    search: &Search,
    turn: &Turn,
) -> Result<Page<Licence>, Error> {
    let mut filters = search.filters();
    let order = search.order;
    let alone = match filters.pop() {
        None => Some(One::Along(Way::All(order.unwrap_or_default()))),
        Some(only) if filters.is_empty() && is_natural(&only, order) => Some(only),
        Some(last) => {
            filters.push(last);
            None
        }
    };
    match alone {
        Some(One::Along(way)) => along(conn, scope, &way, turn),
        Some(One::Word(field, text)) if *scope == Scope::All => by_word(conn, field, &text, turn),
        // A scope is one more filter of a word.
        Some(One::Word(field, text)) => {
            combined(conn, scope, (search, &[One::Word(field, text)]), turn)
        }
        Some(any @ One::Any(_)) => combined(conn, scope, (search, &[any]), turn),
        None => combined(conn, scope, (search, &filters), turn),
    }
}

/// Whether an index has the filter's rows in that order.
fn is_natural(only: &One, order: Option<Order>) -> bool {
    match (only, order) {
        (_, None) => true,
        (One::Along(Way::State(_) | Way::Software(_)), Some(order)) => order == Order::Newest,
        (One::Along(Way::Ends(..)), Some(order)) => order == Order::Until,
        _ => false,
    }
}

fn along(conn: &mut Conn, scope: &Scope, way: &Way, turn: &Turn) -> Result<Page<Licence>, Error> {
    let order = match way {
        Way::All(order) => *order,
        Way::Ends(..) => Order::Until,
        _ => Order::Newest,
    };
    let (edge, backwards) = turn.edge();
    let reach = Reach {
        edge: edge.map(|at| (at.key.as_str(), at.id)),
        is_down: order.is_down() != backwards,
        n: turn.limit(),
    };
    let rows = list_store::read(conn, scope, way, &reach)?;
    let counted = list_store::ids(conn, scope, way, COUNTED + 1)?.len();
    let counted = i64::try_from(counted).unwrap_or(i64::MAX);
    Ok(turn.page(rows, counted, |it| (key_of(it, order), it.id.0)))
}

/// What a client deposited, newest first.
pub(super) fn of_client(conn: &mut Conn, client: i64, turn: &Turn) -> Result<Page<Licence>, Error> {
    along(conn, &Scope::All, &Way::Source(client), turn)
}

/// By a part of a word, in the order of the terms. A word that has the text twice comes once, at the
/// first of its terms.
fn by_word(conn: &mut Conn, field: Field, text: &str, turn: &Turn) -> Result<Page<Licence>, Error> {
    let (edge, backwards) = turn.edge();
    let mut edge = edge.map(|at| (at.key.clone(), at.id));
    let want = usize::try_from(turn.limit()).unwrap_or(usize::MAX);
    let mut rows: Vec<(String, Licence)> = Vec::new();
    for _ in 0..ROUNDS {
        let n = want - rows.len();
        let reach = Reach {
            edge: edge.as_ref().map(|(key, id)| (key.as_str(), *id)),
            is_down: backwards,
            n: i64::try_from(n).unwrap_or(i64::MAX),
        };
        let found = find_store::terms(conn, field, text, &reach)?;
        let is_end = found.len() < n;
        let ids: Vec<LicenceId> = found.iter().map(|(_, id)| LicenceId(*id)).collect();
        let known = list_store::these(conn, &ids)?.into_iter();
        let known: HashMap<i64, Licence> = known.map(|it| (it.id.0, it)).collect();
        for (term, id) in &found {
            let first = known.get(id).filter(|it| {
                let first = first_term(&word_of(it, field), text);
                first.is_some_and(|first| first == *term)
            });
            rows.extend(first.map(|it| (term.clone(), it.clone())));
        }
        edge = found.last().cloned().or(edge);
        if is_end || rows.len() >= want {
            break;
        }
    }
    let counted = find_store::owners(conn, field, text, COUNTED + 1)?.len();
    let counted = i64::try_from(counted).unwrap_or(i64::MAX);
    let page = turn.page(rows, counted, |(term, it)| (term.clone(), it.id.0));
    Ok(page.map(|(_, it)| it))
}

fn word_of(licence: &Licence, field: Field) -> String {
    fold(match field {
        Field::Serial => &licence.facts.serial_number,
        Field::Platform => &licence.facts.platform,
        Field::LicId => &licence.facts.lic_id,
    })
}

/// The least ending of the word that begins with the text.
fn first_term(word: &str, text: &str) -> Option<String> {
    let endings = word.char_indices().map(|(at, _)| &word[at..]);
    let found = endings.filter(|ending| ending.starts_with(text)).min();
    found.map(str::to_owned)
}

/// Several filters, or one in another order: candidates along the one that has fewest, the rest in
/// memory.
fn combined(
    conn: &mut Conn,
    scope: &Scope,
    (search, filters): (&Search, &[One]),
    turn: &Turn,
) -> Result<Page<Licence>, Error> {
    let mut best: Option<Vec<LicenceId>> = None;
    let is_of_the_dead = search.state.is_some_and(State::is_tombstone);
    let own = One::Along(Way::All(Order::Newest));
    let of_scope = (*scope != Scope::All).then_some(&own);
    for filter in filters.iter().chain(of_scope) {
        // Only the living are found by anything but their state.
        if is_of_the_dead && !matches!(filter, One::Along(Way::State(_))) {
            continue;
        }
        let found = candidates(conn, scope, filter)?;
        if best.as_ref().is_none_or(|best| found.len() < best.len()) {
            best = Some(found);
        }
    }
    let mut best = best.unwrap_or_default();
    let cap = usize::try_from(CAP).unwrap_or(usize::MAX);
    let is_cut = best.len() > cap;
    best.truncate(cap);
    let mut all = list_store::these(conn, &best)?;
    all.retain(|it| sees(scope, it) && search.holds(it));
    let order = search.order.unwrap_or_default();
    let key = |it: &Licence| (key_of(it, order), it.id.0);
    all.sort_by_cached_key(key);
    if order.is_down() {
        all.reverse();
    }
    let counted = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let mut page = turn.page(beside(all, turn, order, key), counted, key);
    page.capped = is_cut;
    page.total_is_exact = page.total_is_exact && !is_cut;
    Ok(page)
}

/// The rows beside the turn's place, in reading order.
fn beside(
    all: Vec<Licence>,
    turn: &Turn,
    order: Order,
    key: impl Fn(&Licence) -> (String, i64),
) -> Vec<Licence> {
    let (edge, backwards) = turn.edge();
    let limit = usize::try_from(turn.limit()).unwrap_or(usize::MAX);
    let place = edge.map(|at| (at.key.clone(), at.id));
    let after = if order.is_down() == backwards {
        Ordering::Greater
    } else {
        Ordering::Less
    };
    let is_beyond = |it: &Licence| {
        let place = place.as_ref();
        place.is_none_or(|place| key(it).cmp(place) == after)
    };
    let beyond = all.into_iter().filter(is_beyond);
    if backwards {
        let mut rows: Vec<Licence> = beyond.collect();
        rows.reverse();
        rows.truncate(limit);
        rows
    } else {
        beyond.take(limit).collect()
    }
}

fn candidates(conn: &mut Conn, scope: &Scope, filter: &One) -> Result<Vec<LicenceId>, db::Error> {
    let n = CAP + 1;
    match filter {
        One::Along(way) => list_store::ids(conn, scope, way, n),
        One::Word(field, text) => find_store::owners(conn, *field, text, n),
        One::Any(text) => {
            let mut all = find_store::owners(conn, Field::Serial, text, n)?;
            all.extend(find_store::owners(conn, Field::LicId, text, n)?);
            for way in [Way::Tid(text.clone()), Way::File(text.clone())] {
                all.extend(list_store::ids(conn, scope, &way, n)?);
            }
            let mut seen = HashSet::new();
            all.retain(|id| seen.insert(*id));
            Ok(all)
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_at_the_first_of_its_terms() {
        assert_eq!(first_term("aaba", "a").as_deref(), Some("a"));
        assert_eq!(first_term("sn-1212", "12").as_deref(), Some("12"));
        assert_eq!(first_term("sn-1212", "121").as_deref(), Some("1212"));
        assert_eq!(first_term("sn-1212", "13"), None);
    }
}
