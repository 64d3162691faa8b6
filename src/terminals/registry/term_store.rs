//! The terms of a terminal, under which a search finds it. They follow from its TID and serial
//! number and are written with them.
use crate::db::{Conn, Error};
use crate::fold::suffixes;
use crate::ids::{TerminalId, Tid};
use crate::on_backend;
use crate::terminals::schema::terminal_term;
use diesel::prelude::*;
use std::collections::BTreeSet;

/// Terms of one statement: an engine takes some 32,000 values at once.
const AT_ONCE: usize = 5_000;

/// Everything that a terminal of this TID, with this device, is found under.
fn terms(tid: &Tid, serial_number: &str) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = suffixes(tid.as_str()).into_iter().collect();
    all.extend(suffixes(serial_number));
    all
}

pub(super) fn insert(
    conn: &mut Conn,
    terminal: TerminalId,
    tid: &Tid,
    serial_number: &str,
) -> Result<(), Error> {
    add(conn, terminal, &terms(tid, serial_number))
}

/// The terms of many terminals, in the order of the index, as many at once as the engines take.
pub(super) fn insert_many(conn: &mut Conn, all: &[(TerminalId, &Tid, &str)]) -> Result<(), Error> {
    let of = |(id, tid, serial_number): &(TerminalId, &Tid, &str)| {
        let id = *id;
        terms(tid, serial_number)
            .into_iter()
            .map(move |term| (term, id))
    };
    let mut rows: Vec<(String, TerminalId)> = all.iter().flat_map(of).collect();
    rows.sort_unstable();
    for rows in rows.chunks(AT_ONCE) {
        let row = |(term, id): &(String, TerminalId)| {
            (
                terminal_term::is_retired.eq(false),
                terminal_term::term.eq(term.clone()),
                terminal_term::terminal_id.eq(*id),
            )
        };
        let rows: Vec<_> = rows.iter().map(row).collect();
        on_backend!(conn, |c| diesel::insert_into(terminal_term::table)
            .values(rows)
            .execute(c))?;
    }
    Ok(())
}

/// One statement for all terms: an import makes many.
fn add(conn: &mut Conn, terminal: TerminalId, terms: &BTreeSet<String>) -> Result<(), Error> {
    let rows: Vec<_> = terms
        .iter()
        .map(|term| {
            (
                terminal_term::is_retired.eq(false),
                terminal_term::term.eq(term),
                terminal_term::terminal_id.eq(terminal),
            )
        })
        .collect();
    on_backend!(conn, |c| diesel::insert_into(terminal_term::table)
        .values(&rows)
        .execute(c))?;
    Ok(())
}

/// Another device serves at the place.
pub(super) fn replace(
    conn: &mut Conn,
    terminal: TerminalId,
    tid: &Tid,
    [old, new]: [&str; 2],
) -> Result<(), Error> {
    let (before, after) = (terms(tid, old), terms(tid, new));
    let gone: Vec<&String> = before.difference(&after).collect();
    diesel::delete(terminal_term::table)
        .filter(terminal_term::is_retired.eq(false))
        .filter(terminal_term::term.eq_any(gone))
        .filter(terminal_term::terminal_id.eq(terminal))
        .execute(conn)?;
    let come: BTreeSet<String> = after.difference(&before).cloned().collect();
    if come.is_empty() {
        return Ok(());
    }
    add(conn, terminal, &come)
}

/// The terminal is found among the retired from now on.
pub(super) fn retire(
    conn: &mut Conn,
    terminal: TerminalId,
    tid: &Tid,
    serial_number: &str,
) -> Result<(), Error> {
    let all: Vec<String> = terms(tid, serial_number).into_iter().collect();
    let rows = terminal_term::table
        .filter(terminal_term::is_retired.eq(false))
        .filter(terminal_term::term.eq_any(all))
        .filter(terminal_term::terminal_id.eq(terminal));
    diesel::update(rows)
        .set(terminal_term::is_retired.eq(true))
        .execute(conn)?;
    Ok(())
}
