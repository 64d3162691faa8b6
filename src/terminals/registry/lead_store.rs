//! The indexes that lists of terminals are read by. Each [`Lead`] is the beginning of one: all of its
//! rows match, and they come in the index's order without being sorted.
//!
//! No column here is written by a check-in. A TID never changes, so its sort key stands beside the
//! presence, which moves on transitions only, as `quiet_since` does.
use crate::db::{Conn, Entry, Error};
use crate::fold::Terms;
use crate::ids::{EstablishmentId, ModelId, PointOfServiceId, TagId};
use crate::terminals::model::{Life, Presence};
use crate::terminals::schema::{
    terminal_contact as contact, terminal_fact as fact, terminal_place as place,
    terminal_tagged as tagged, terminal_term as term,
};
use crate::{entries, entries_of_terms};
use diesel::prelude::*;
use std::collections::HashSet;

/// Digits of a number as a key, so that texts compare as the numbers do.
const DIGITS: usize = 20;
/// Entries that are read at once.
pub(super) const PIECE: i64 = 1_000;

/// Which index, and where in it. The flag tells the retired from those in service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lead {
    /// By TID.
    All(bool),
    Life(Life),
    Model(bool, ModelId),
    Establishment(bool, EstablishmentId),
    Point(bool, PointOfServiceId),
    Tag(bool, TagId),
    /// By a fact's name and value.
    Fact(bool, String, String),
    Presence(bool, Presence),
    /// By serial number.
    Serial(bool),
    /// By the last contact, see [`quiet_key`].
    Quiet(bool, Presence),
    /// By what a search finds.
    Term(bool, Terms),
}

/// The key of a terminal in the order of last contacts.
pub(super) fn quiet_key(quiet_since: i64) -> String {
    format!("{quiet_since:0DIGITS$}")
}

/// Terminals of the registry by TID.
macro_rules! places {
    ($lead:expr) => {{
        let query = place::table.into_boxed();
        match $lead {
            Lead::All(gone) => query.filter(place::is_retired.eq(*gone)),
            Lead::Life(life) => query.filter(place::life.eq(life.code())),
            Lead::Model(gone, id) => query
                .filter(place::model_id.eq(*id))
                .filter(place::is_retired.eq(*gone)),
            Lead::Establishment(gone, id) => query
                .filter(place::establishment_id.eq(*id))
                .filter(place::is_retired.eq(*gone)),
            Lead::Point(gone, id) => query
                .filter(place::point_of_service_id.eq(*id))
                .filter(place::is_retired.eq(*gone)),
            // The others stand in other indexes.
            _ => query.filter(place::id.eq_any(Vec::<i64>::new())),
        }
    }};
}

/// The next `n` entries of a lead after one of them.
pub(super) fn entries(
    conn: &mut Conn,
    lead: &Lead,
    after: Option<&Entry>,
    is_down: bool,
    n: i64,
) -> Result<Vec<Entry>, Error> {
    let after = after.cloned();
    Ok(match lead {
        Lead::Serial(gone) => return by_serial(conn, *gone, after, is_down, n),
        Lead::Quiet(gone, presence) => {
            return by_quiet(conn, (*gone, *presence), after, is_down, n);
        }
        Lead::Term(gone, terms) => {
            let query = term::table.filter(term::is_retired.eq(*gone)).into_boxed();
            let (key, id) = (term::term, term::terminal_id);
            entries_of_terms!(conn, query, key, id, terms, after, is_down, n)
        }
        Lead::Presence(gone, presence) => {
            let query = contact::table
                .filter(contact::is_retired.eq(*gone))
                .filter(contact::presence.eq(presence.number()))
                .into_boxed();
            let (key, id) = (contact::sort_key, contact::terminal_id);
            entries!(conn, query, key, id, after, is_down, n)
        }
        Lead::Tag(gone, tag) => {
            let query = tagged::table
                .filter(tagged::tag_id.eq(*tag))
                .filter(tagged::is_retired.eq(*gone))
                .into_boxed();
            let (key, id) = (tagged::sort_key, tagged::terminal_id);
            entries!(conn, query, key, id, after, is_down, n)
        }
        Lead::Fact(gone, name, value) => {
            let query = fact::table
                .filter(fact::name.eq(name.clone()))
                .filter(fact::value.eq(value.clone()))
                .filter(fact::is_retired.eq(*gone))
                .into_boxed();
            let (key, id) = (fact::sort_key, fact::terminal_id);
            entries!(conn, query, key, id, after, is_down, n)
        }
        lead => entries!(
            conn,
            places!(lead),
            place::sort_key,
            place::id,
            after,
            is_down,
            n
        ),
    })
}

/// A fleet may have many terminals of one serial number ("unknown"), and SQLite compares a place's id
/// only after the index: so those of the same number are asked for by themselves.
fn by_serial(
    conn: &mut Conn,
    gone: bool,
    after: Option<Entry>,
    is_down: bool,
    n: i64,
) -> Result<Vec<Entry>, Error> {
    let all = || {
        place::table
            .filter(place::is_retired.eq(gone))
            .select((place::serial_search, place::id))
            .into_boxed()
    };
    let mut found: Vec<Entry> = Vec::new();
    let mut rest = all();
    if let Some((key, id)) = after {
        let same = all().filter(place::serial_search.eq(key.clone())).limit(n);
        let same = if is_down {
            rest = rest.filter(place::serial_search.lt(key));
            same.filter(place::id.lt(id)).order(place::id.desc())
        } else {
            rest = rest.filter(place::serial_search.gt(key));
            same.filter(place::id.gt(id)).order(place::id.asc())
        };
        found = same.load(conn)?;
    }
    let missing = n - i64::try_from(found.len()).unwrap_or(n);
    if missing > 0 {
        let rest = if is_down {
            rest.order((place::serial_search.desc(), place::id.desc()))
        } else {
            rest.order((place::serial_search.asc(), place::id.asc()))
        };
        found.extend(rest.limit(missing).load::<Entry>(conn)?);
    }
    Ok(found)
}

fn by_quiet(
    conn: &mut Conn,
    (gone, presence): (bool, Presence),
    after: Option<Entry>,
    is_down: bool,
    n: i64,
) -> Result<Vec<Entry>, Error> {
    let query = contact::table
        .filter(contact::is_retired.eq(gone))
        .filter(contact::presence.eq(presence.number()))
        .into_boxed();
    let after = after.map(|(key, id)| (key.parse::<i64>().unwrap_or_default(), id));
    let (key, id) = (contact::quiet_since, contact::terminal_id);
    let found: Vec<(i64, i64)> = entries!(conn, query, key, id, after, is_down, n);
    Ok(found
        .into_iter()
        .map(|(key, id)| (quiet_key(key), id))
        .collect())
}

/// The ids of a lead's first terminals, `most` at most. Of ten thousand at once PostgreSQL would
/// rather read and sort all that the lead has.
fn ids(conn: &mut Conn, lead: &Lead, most: i64) -> Result<Vec<i64>, Error> {
    let (mut all, mut after) = (Vec::new(), None);
    let mut left = most;
    while left > 0 {
        let piece = left.min(PIECE);
        let found = entries(conn, lead, after.as_ref(), false, piece)?;
        let n = i64::try_from(found.len()).unwrap_or(piece);
        all.extend(found.iter().map(|(_, id)| *id));
        after = found.into_iter().next_back();
        left = if n < piece { 0 } else { left - n };
    }
    Ok(all)
}

/// The terminals of these streams, each once, out of `most` entries at most; true when that is all.
pub(super) fn distinct(
    conn: &mut Conn,
    leads: &[Lead],
    most: i64,
) -> Result<(HashSet<i64>, bool), Error> {
    let (mut all, mut left) = (HashSet::new(), most);
    for lead in leads {
        let found = ids(conn, lead, left)?;
        left -= i64::try_from(found.len()).unwrap_or(left);
        all.extend(found);
        if left <= 0 {
            return Ok((all, false));
        }
    }
    Ok((all, true))
}
