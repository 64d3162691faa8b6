//! How many a list holds, as far as lists count, and what those that match have under the name of a
//! fact.
use super::lead_store::{Lead, PIECE, distinct, entries};
use super::list::{Served, Wish};
use super::list_store::{count_by_counters, presences};
use super::model::{FactIs, Filter, Listed, Which};
use super::pick::Matching;
use crate::access::Scope;
use crate::db::{Conn, Error};
use crate::http::{COUNTED, Counted};
use crate::terminals::fact;
use std::collections::{BTreeMap, HashSet};

/// Rows that are looked at for an estimate where each costs more than itself.
const DEAR: i64 = 500;
/// Terminals whose facts go into one statement.
const AT_ONCE: usize = 200;

impl Wish {
    /// How many the streams hold, [`COUNTED`] + 1 at most.
    pub(super) fn count(&self, conn: &mut Conn, served: &Served) -> Result<Counted, Error> {
        if let Some(n) = self.known(conn)? {
            return Ok(Counted { n, is_all: true });
        }
        let leads: Vec<Lead> = served.leads.iter().map(|(_, lead)| lead.clone()).collect();
        let (found, is_all) = distinct(conn, &leads, COUNTED + 1)?;
        let n = i64::try_from(found.len()).unwrap_or(i64::MAX);
        let is_all = is_all || n > COUNTED;
        Ok(Counted { n, is_all })
    }

    /// What the counters say, where they know.
    fn known(&self, conn: &mut Conn) -> Result<Option<i64>, Error> {
        let filter = &self.filter;
        let is_known = self.text.is_none()
            && filter.model.is_none()
            && filter.of_models.is_none()
            && filter.point_of_service.is_none()
            && filter.tag.is_none()
            && filter.which == Which::InService;
        if !is_known {
            return Ok(None);
        }
        match filter.facts.as_slice() {
            [] => count_by_counters(conn, &self.scope, filter).map(Some),
            [FactIs::Any(values)] if filter.presence.is_none() => match values.as_slice() {
                [one] => {
                    let n = fact::count_of(conn, &self.scope, filter.establishment, one)?;
                    Ok(Some(n.min(COUNTED + 1)))
                }
                // A terminal may have several of them.
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// Where facts are asked for, puts what leaves fewest first, as the counters know it: most of a
    /// fleet may have a fact, and an establishment may have few terminals.
    pub(super) fn narrowest_first(&mut self, conn: &mut Conn) -> Result<(), Error> {
        if self.filter.facts.is_empty() || self.conditions.len() < 2 {
            return Ok(());
        }
        let mut sized = Vec::new();
        for leads in std::mem::take(&mut self.conditions) {
            sized.push((size(conn, &leads)?, leads));
        }
        sized.sort_by_key(|(size, _)| *size);
        self.conditions = sized.into_iter().map(|(_, leads)| leads).collect();
        Ok(())
    }

    /// How many match among the first [`COUNTED`] of one condition.
    pub(super) fn estimate(&self, conn: &mut Conn, served: &Served) -> Result<Counted, Error> {
        if let Some(n) = self.known(conn)? {
            return Ok(Counted { n, is_all: true });
        }
        let narrow = self.conditions.iter().find(|leads| !leads.is_empty());
        let leads = match narrow {
            Some(leads) => leads.clone(),
            None => served.leads.iter().map(|(_, lead)| lead.clone()).collect(),
        };
        let most = if self.is_dear() { DEAR } else { COUNTED + 1 };
        let (some, is_all) = distinct(conn, &leads, most)?;
        let some: Vec<i64> = some.into_iter().collect();
        let n = self.keep(conn, &some)?.len();
        let n = i64::try_from(n).unwrap_or(i64::MAX);
        Ok(Counted { n, is_all })
    }
}

/// How many in service these streams hold, as far as lists count. Of a point of service or a tag there are few, and of what
/// is not counted by itself there may be as many as the fleet has.
fn size(conn: &mut Conn, leads: &[Lead]) -> Result<i64, Error> {
    let mut establishments = Vec::new();
    let mut n: i64 = 0;
    for lead in leads {
        match lead {
            Lead::Fact(false, name, value) => {
                let of = (name.clone(), value.clone());
                n += fact::count_of(conn, &Scope::All, None, &of)?;
            }
            Lead::Establishment(false, id) => establishments.push(*id),
            Lead::Point(..) | Lead::Tag(..) | Lead::Fact(..) | Lead::Establishment(..) => {}
            _ => return Ok(i64::MAX),
        }
    }
    if !establishments.is_empty() {
        let all = Filter::default();
        n += count_by_counters(conn, &Scope::Only(establishments), &all)?;
    }
    // No stream at all is no way in.
    Ok(if leads.is_empty() {
        i64::MAX
    } else {
        n.min(COUNTED + 1)
    })
}

/// What terminals are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By<'a> {
    /// The value of a fact.
    Fact(&'a str),
    Presence,
}

/// How many of the terminals that match have each value. Who has nothing under that name is counted
/// under the empty word.
pub fn tally(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    by: By<'_>,
) -> Result<BTreeMap<String, i64>, Error> {
    tally_by(conn, scope, filter, |conn, ids| {
        let mut found = match by {
            By::Fact(name) => fact::of_name(conn, name, ids)?,
            By::Presence => presences(conn, ids)?,
        };
        let word = |id| found.remove(id).unwrap_or_default();
        Ok(ids.iter().map(word).collect())
    })
}

/// Of a filter that one index serves nothing is read but its entries.
fn tally_by(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    mut words: impl FnMut(&mut Conn, &[i64]) -> Result<Vec<String>, Error>,
) -> Result<BTreeMap<String, i64>, Error> {
    let mut all: BTreeMap<String, i64> = BTreeMap::new();
    let mut add = |conn: &mut Conn, ids: &[i64]| {
        for ids in ids.chunks(AT_ONCE) {
            for word in words(conn, ids)? {
                *all.entry(word).or_default() += 1;
            }
        }
        Ok::<_, Error>(())
    };
    let wish = Wish::of(conn, scope, filter)?;
    let served = wish.served();
    if served.is_all && wish.text.is_none() {
        let mut seen = HashSet::new();
        let is_one = served.leads.len() == 1;
        for (_, lead) in &served.leads {
            let mut after = None;
            loop {
                let found = entries(conn, lead, after.as_ref(), false, PIECE)?;
                let is_last = i64::try_from(found.len()).is_ok_and(|n| n < PIECE);
                let ids: Vec<i64> = found.iter().map(|(_, id)| *id).collect();
                // The streams of one condition may hold the same terminal twice.
                let ids: Vec<i64> = ids
                    .into_iter()
                    .filter(|id| is_one || seen.insert(*id))
                    .collect();
                add(conn, &ids)?;
                after = found.into_iter().next_back();
                if is_last {
                    break;
                }
            }
        }
        return Ok(all);
    }
    let mut picking = Matching::new(conn, scope, filter)?.all();
    while let Some(some) = picking.next(conn)? {
        let ids: Vec<i64> = some.iter().map(|it: &Listed| it.id.0).collect();
        add(conn, &ids)?;
    }
    Ok(all)
}
