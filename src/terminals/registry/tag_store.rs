//! All SQL of tags. `terminal_tagged` repeats what a list by tag is narrowed and ordered by, so that
//! one index serves it.
use crate::access::Scope;
use crate::db::{Conn, Error};
use crate::fold::fold;
use crate::ids::{EstablishmentId, TagId, TerminalId};
use crate::on_backend;
use crate::terminals::schema::{terminal_place, terminal_tag, terminal_tagged};
use diesel::dsl::exists;
use diesel::prelude::*;
use std::collections::HashMap;

/// Tags that a choice offers.
const OFFERED: i64 = 500;

/// The tag that is this word, however it is written.
pub(super) fn find(conn: &mut Conn, name: &str) -> Result<Option<TagId>, Error> {
    Ok(terminal_tag::table
        .filter(terminal_tag::folded.eq(fold(name)))
        .select(terminal_tag::id)
        .first(conn)
        .optional()?)
}

/// The tag of this word, made when nobody used it before.
pub(super) fn find_or_insert(conn: &mut Conn, name: &str) -> Result<TagId, Error> {
    if let Some(there) = find(conn, name)? {
        return Ok(there);
    }
    let row = (
        terminal_tag::folded.eq(fold(name)),
        terminal_tag::name.eq(name),
    );
    on_backend!(conn, |c| diesel::insert_into(terminal_tag::table)
        .values(row)
        .on_conflict(terminal_tag::folded)
        .do_nothing()
        .execute(c))?;
    find(conn, name)?.ok_or_else(|| Error::Fault(anyhow::anyhow!("a new tag is not there")))
}

/// True when the terminal did not have the tag.
pub(super) fn insert(conn: &mut Conn, terminal: TerminalId, tag: TagId) -> Result<bool, Error> {
    let (establishment, sort_key): (EstablishmentId, String) = terminal_place::table
        .find(terminal)
        .select((terminal_place::establishment_id, terminal_place::sort_key))
        .first(conn)?;
    let row = (
        terminal_tagged::terminal_id.eq(terminal),
        terminal_tagged::tag_id.eq(tag),
        terminal_tagged::establishment_id.eq(establishment),
        terminal_tagged::is_retired.eq(false),
        terminal_tagged::sort_key.eq(sort_key),
    );
    let n = on_backend!(conn, |c| diesel::insert_into(terminal_tagged::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(n == 1)
}

/// True when the terminal had the tag.
pub(super) fn delete(conn: &mut Conn, terminal: TerminalId, tag: TagId) -> Result<bool, Error> {
    Ok(diesel::delete(terminal_tagged::table.find((terminal, tag))).execute(conn)? == 1)
}

pub(super) fn count_of(conn: &mut Conn, terminal: TerminalId) -> Result<i64, Error> {
    Ok(terminal_tagged::table
        .filter(terminal_tagged::terminal_id.eq(terminal))
        .count()
        .get_result(conn)?)
}

/// Takes a terminal's tags along to another establishment.
pub(super) fn moved(
    conn: &mut Conn,
    terminal: TerminalId,
    to: EstablishmentId,
) -> Result<(), Error> {
    let rows = terminal_tagged::table.filter(terminal_tagged::terminal_id.eq(terminal));
    diesel::update(rows)
        .set(terminal_tagged::establishment_id.eq(to))
        .execute(conn)?;
    Ok(())
}

pub(super) fn retire(conn: &mut Conn, terminal: TerminalId) -> Result<(), Error> {
    let rows = terminal_tagged::table.filter(terminal_tagged::terminal_id.eq(terminal));
    diesel::update(rows)
        .set(terminal_tagged::is_retired.eq(true))
        .execute(conn)?;
    Ok(())
}

/// The tags of each of these terminals, by word.
pub(super) fn of_terminals(
    conn: &mut Conn,
    terminals: &[TerminalId],
) -> Result<HashMap<TerminalId, Vec<String>>, Error> {
    let rows: Vec<(TerminalId, String)> = terminal_tagged::table
        .inner_join(terminal_tag::table)
        .filter(terminal_tagged::terminal_id.eq_any(terminals.to_vec()))
        .select((terminal_tagged::terminal_id, terminal_tag::name))
        .load(conn)?;
    let mut all: HashMap<TerminalId, Vec<String>> = HashMap::new();
    for (terminal, name) in rows {
        all.entry(terminal).or_default().push(name);
    }
    for names in all.values_mut() {
        names.sort();
    }
    Ok(all)
}

/// The tag that is this word, where a terminal in `scope` has it or was retired with it.
pub(super) fn find_in(conn: &mut Conn, scope: &Scope, name: &str) -> Result<Option<TagId>, Error> {
    let found = find(conn, name)?;
    let (Some(tag), Scope::Only(these)) = (found, scope) else {
        return Ok(found);
    };
    let theirs = terminal_tagged::table
        .filter(terminal_tagged::tag_id.eq(tag))
        .filter(terminal_tagged::establishment_id.eq_any(these.clone()));
    let is_theirs: bool = diesel::select(exists(theirs)).get_result(conn)?;
    Ok(is_theirs.then_some(tag))
}

/// The words that terminals in `scope` and in service are tagged with, as far as a choice holds them.
pub(super) fn known(conn: &mut Conn, scope: &Scope) -> Result<Vec<String>, Error> {
    let mut query = terminal_tag::table
        .select(terminal_tag::name)
        .order(terminal_tag::folded.asc())
        .limit(OFFERED)
        .into_boxed();
    let used = terminal_tagged::table
        .filter(terminal_tagged::tag_id.eq(terminal_tag::id))
        .filter(terminal_tagged::is_retired.eq(false));
    query = match scope {
        Scope::All => query.filter(exists(used)),
        Scope::Only(these) => {
            let theirs = terminal_tagged::establishment_id.eq_any(these.clone());
            query.filter(exists(used.filter(theirs)))
        }
    };
    Ok(query.load(conn)?)
}
