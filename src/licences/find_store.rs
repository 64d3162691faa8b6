//! What lists find beside licences: the terms that parts of words are found by, and the terminals that
//! have no licence.
use super::list_store::Reach;
use super::schema::{licence_bare as bare, licence_term as term};
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::{self, Conn, Entry, Error};
use crate::fold::after_prefix;
use crate::ids::{LicenceId, TerminalId};
use diesel::prelude::*;
use std::collections::HashSet;

type Backend = <Conn as Connection>::Backend;

/// A field that is searched for parts of its word, as the terms are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Serial,
    Platform,
    LicId,
}

impl Field {
    fn mark(self) -> &'static str {
        match self {
            Self::Serial => "s",
            Self::Platform => "p",
            Self::LicId => "l",
        }
    }
}

/// The terms of a field that begin with `text`, with whose they are: `n` of them beside a place.
pub(super) fn terms(
    conn: &mut Conn,
    field: Field,
    text: &str,
    reach: &Reach<'_>,
) -> Result<Vec<Entry>, Error> {
    let Some(bound) = after_prefix(text) else {
        return Ok(Vec::new());
    };
    let of_field = || {
        term::table
            .filter(term::field.eq(field.mark()))
            .select((term::term, term::owner_id))
            .into_boxed::<Backend>()
    };
    let mut found: Vec<Entry> = Vec::new();
    let (mut from, mut to) = (text.to_owned(), bound);
    let mut is_after = false;
    if let Some((key, id)) = reach.edge {
        let same = of_field()
            .filter(term::term.eq(key.to_owned()))
            .limit(reach.n);
        found = if reach.is_down {
            same.filter(term::owner_id.lt(id))
                .order(term::owner_id.desc())
                .load(conn)?
        } else {
            same.filter(term::owner_id.gt(id))
                .order(term::owner_id.asc())
                .load(conn)?
        };
        if reach.is_down {
            key.clone_into(&mut to);
        } else {
            key.clone_into(&mut from);
            is_after = true;
        }
    }
    let left = reach.n - i64::try_from(found.len()).unwrap_or(reach.n);
    if left > 0 {
        let rest = of_field().filter(term::term.lt(to)).limit(left);
        let rest = if is_after {
            rest.filter(term::term.gt(from))
        } else {
            rest.filter(term::term.ge(from))
        };
        let more: Vec<Entry> = if reach.is_down {
            rest.order((term::term.desc(), term::owner_id.desc()))
                .load(conn)?
        } else {
            rest.order((term::term.asc(), term::owner_id.asc()))
                .load(conn)?
        };
        found.extend(more);
    }
    Ok(found)
}

/// Whose words of a field have `text` in them, each once and in the order of the terms, out of `n` terms
/// at most; true when that is all.
pub(super) fn owners(
    conn: &mut Conn,
    field: Field,
    text: &str,
    n: i64,
) -> Result<(Vec<LicenceId>, bool), Error> {
    let reach = Reach {
        edge: None,
        is_down: false,
        n,
    };
    let found = terms(conn, field, text, &reach)?;
    let is_all = i64::try_from(found.len()).unwrap_or(i64::MAX) < n;
    let mut seen = HashSet::new();
    let owners = found.into_iter().map(|(_, owner)| owner);
    let owners = owners.filter(|owner| seen.insert(*owner)).map(LicenceId);
    Ok((owners.collect(), is_all))
}

/// A terminal in service that has no licence.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = bare)]
pub(super) struct Bare {
    pub(super) terminal_id: TerminalId,
    pub(super) tid: String,
    pub(super) sort_key: String,
    pub(super) serial_number: String,
    pub(super) since_at: Millis,
}

/// Terminals without a licence, by TID, and how many there are, up to `most`.
pub(super) fn bare(
    conn: &mut Conn,
    scope: &Scope,
    reach: &Reach<'_>,
    most: i64,
) -> Result<(Vec<Bare>, i64), Error> {
    let all = || {
        let all = bare::table.into_boxed::<Backend>();
        match scope {
            Scope::All => all,
            Scope::Only(these) => all.filter(bare::establishment_id.eq_any(these.clone())),
        }
    };
    // TIDs are told apart by their keys but for case, so the key alone nearly decides.
    let mut query = all().limit(reach.n).select(Bare::as_select());
    if let Some((key, id)) = reach.edge {
        let key = key.to_owned();
        let id = TerminalId(id);
        query = if reach.is_down {
            query
                .filter(bare::sort_key.le(key.clone()))
                .filter(bare::sort_key.lt(key).or(bare::terminal_id.lt(id)))
        } else {
            query
                .filter(bare::sort_key.ge(key.clone()))
                .filter(bare::sort_key.gt(key).or(bare::terminal_id.gt(id)))
        };
    }
    let rows = if reach.is_down {
        query
            .order((bare::sort_key.desc(), bare::terminal_id.desc()))
            .load(conn)?
    } else {
        query
            .order((bare::sort_key.asc(), bare::terminal_id.asc()))
            .load(conn)?
    };
    let counted = db::count(conn, all().select(bare::terminal_id).limit(most))?;
    Ok((rows, counted))
}
