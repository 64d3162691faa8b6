//! All SQL that changes facts. `terminal_fact` repeats what a list by a fact is narrowed and ordered
//! by, so that one index serves it.
use crate::db::{Conn, Error};
use crate::ids::{EstablishmentId, TerminalId};
use crate::on_backend;
use crate::terminals::schema::{
    terminal_fact as fact, terminal_fact_count as counted, terminal_place as place, terminal_work,
};
use crate::terminals::work::State;
use diesel::prelude::*;

/// Facts of one statement: an engine takes some 32,000 values at once.
const AT_ONCE: usize = 4_000;
/// Work of a terminal among which the latest is looked for that changes it.
const LATEST: i64 = 20;

/// Where a terminal stands, as its facts repeat it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) establishment: EstablishmentId,
    pub(super) is_retired: bool,
    pub(super) sort_key: String,
}

#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub(super) terminal: TerminalId,
    pub(super) name: String,
    pub(super) value: String,
    pub(super) place: Place,
}

/// Every fact of a terminal.
pub(super) fn of_terminal(conn: &mut Conn, terminal: TerminalId) -> Result<Vec<Fact>, Error> {
    let rows: Vec<(String, String, EstablishmentId, bool, String)> = fact::table
        .filter(fact::terminal_id.eq(terminal))
        .select((
            fact::name,
            fact::value,
            fact::establishment_id,
            fact::is_retired,
            fact::sort_key,
        ))
        .load(conn)?;
    let of = |(name, value, establishment, is_retired, sort_key)| Fact {
        terminal,
        name,
        value,
        place: Place {
            establishment,
            is_retired,
            sort_key,
        },
    };
    Ok(rows.into_iter().map(of).collect())
}

/// Where a terminal stands that has no fact yet.
pub(super) fn place_of(conn: &mut Conn, terminal: TerminalId) -> Result<Option<Place>, Error> {
    let row: Option<(EstablishmentId, bool, String)> = place::table
        .find(terminal)
        .select((place::establishment_id, place::is_retired, place::sort_key))
        .first(conn)
        .optional()?;
    Ok(row.map(|(establishment, is_retired, sort_key)| Place {
        establishment,
        is_retired,
        sort_key,
    }))
}

pub(super) fn insert(conn: &mut Conn, all: &[Fact]) -> Result<(), Error> {
    let row = |it: &Fact| {
        (
            fact::terminal_id.eq(it.terminal),
            fact::name.eq(it.name.clone()),
            fact::value.eq(it.value.clone()),
            fact::establishment_id.eq(it.place.establishment),
            fact::is_retired.eq(it.place.is_retired),
            fact::sort_key.eq(it.place.sort_key.clone()),
        )
    };
    for some in all.chunks(AT_ONCE) {
        let rows: Vec<_> = some.iter().map(row).collect();
        on_backend!(conn, |c| diesel::insert_into(fact::table)
            .values(rows)
            .execute(c))?;
    }
    Ok(())
}

/// True when this call changed the fact from what it was read as.
pub(super) fn update(conn: &mut Conn, was: &Fact, to: &str) -> Result<bool, Error> {
    let row = fact::table
        .find((was.terminal, &was.name))
        .filter(fact::value.eq(&was.value))
        .filter(fact::establishment_id.eq(was.place.establishment));
    Ok(diesel::update(row).set(fact::value.eq(to)).execute(conn)? == 1)
}

/// True when this call took the fact away.
pub(super) fn delete(conn: &mut Conn, was: &Fact) -> Result<bool, Error> {
    let row = fact::table
        .find((was.terminal, &was.name))
        .filter(fact::value.eq(&was.value));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

pub(super) fn set_establishment(
    conn: &mut Conn,
    terminal: TerminalId,
    to: EstablishmentId,
) -> Result<(), Error> {
    let rows = fact::table.filter(fact::terminal_id.eq(terminal));
    diesel::update(rows)
        .set(fact::establishment_id.eq(to))
        .execute(conn)?;
    Ok(())
}

pub(super) fn retire(conn: &mut Conn, terminal: TerminalId) -> Result<(), Error> {
    let rows = fact::table.filter(fact::terminal_id.eq(terminal));
    diesel::update(rows)
        .set(fact::is_retired.eq(true))
        .execute(conn)?;
    Ok(())
}

/// Adds to one counter. Versions and errors are what terminals make of them, so what counts nobody any more
/// goes: its row is locked by then, and whoever waits for it makes another.
pub(super) fn shift(
    conn: &mut Conn,
    establishment: EstablishmentId,
    (name, value): (&str, &str),
    by: i64,
) -> Result<(), Error> {
    let row = (
        counted::establishment_id.eq(establishment),
        counted::name.eq(name),
        counted::value.eq(value),
        counted::n.eq(by),
    );
    on_backend!(conn, |c| diesel::insert_into(counted::table)
        .values(row)
        .on_conflict((counted::establishment_id, counted::name, counted::value))
        .do_update()
        .set(counted::n.eq(counted::n + by))
        .execute(c))?;
    if by < 0 {
        let row = counted::table.find((establishment, name, value));
        diesel::delete(row.filter(counted::n.eq(0))).execute(conn)?;
    }
    Ok(())
}

/// The state of the latest work of a kind that `counts`, but for what was taken back.
pub(super) fn latest_change(
    conn: &mut Conn,
    terminal: TerminalId,
    counts: fn(&str) -> bool,
) -> Result<Option<String>, Error> {
    let latest: Vec<(String, String)> = terminal_work::table
        .filter(terminal_work::terminal_id.eq(terminal))
        .filter(terminal_work::state.ne(State::Cancelled.code()))
        .order(terminal_work::number.desc())
        .limit(LATEST)
        .select((terminal_work::kind, terminal_work::state))
        .load(conn)?;
    let mut changes = latest.into_iter().filter(|(kind, _)| counts(kind));
    Ok(changes.next().map(|(_, state)| state))
}
