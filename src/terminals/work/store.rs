//! All SQL of work.
use super::model::{Item, NewWork, State, Track};
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::{EstablishmentId, TerminalId, WorkId};
use crate::on_backend;
use crate::terminals::schema::{terminal_contact, terminal_place, terminal_work};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

/// Open items that one answer looks at.
const OPEN_AT_ONCE: i64 = 64;

#[derive(Queryable, Selectable)]
#[diesel(table_name = terminal_work)]
struct Row {
    id: WorkId,
    terminal_id: TerminalId,
    establishment_id: EstablishmentId,
    number: i32,
    kind: String,
    natural_key: String,
    state: String,
    held_why: Option<String>,
    link: Option<String>,
    payload: String,
    created_at: Millis,
    created_by: String,
    not_before_at: Option<Millis>,
    offered_at: Option<Millis>,
    deadline_at: Option<Millis>,
    expires_at: Option<Millis>,
    attempts: i32,
    progress: Option<i32>,
    outcome_code: Option<String>,
    outcome_detail: Option<String>,
    finished_at: Option<Millis>,
}

impl From<Row> for Item {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            terminal: row.terminal_id,
            establishment: row.establishment_id,
            number: row.number,
            kind: row.kind,
            natural_key: row.natural_key,
            track: Track {
                state: State::parse(&row.state).unwrap_or(State::Failed),
                is_held: row.held_why.is_some(),
                was_offered: row.offered_at.is_some(),
                attempts: row.attempts,
                not_before_at: row.not_before_at,
                deadline_at: row.deadline_at,
                expires_at: row.expires_at,
                progress: row.progress,
            },
            held_why: row.held_why,
            link: row.link,
            payload: serde_json::from_str(&row.payload).unwrap_or_default(),
            created_at: row.created_at,
            created_by: row.created_by,
            offered_at: row.offered_at,
            outcome_code: row.outcome_code,
            outcome_detail: row.outcome_detail,
            finished_at: row.finished_at,
        }
    }
}

fn items(rows: Vec<Row>) -> Vec<Item> {
    rows.into_iter().map(Item::from).collect()
}

/// Takes the terminal's next number; `None` when they are used up.
pub(super) fn next_number(conn: &mut Conn, terminal: TerminalId) -> Result<Option<i32>, Error> {
    let place = terminal_place::table.filter(
        terminal_place::id
            .eq(terminal)
            .and(terminal_place::last_work_number.lt(i32::MAX)),
    );
    let taken = diesel::update(place)
        .set(terminal_place::last_work_number.eq(terminal_place::last_work_number + 1))
        .execute(conn)?;
    if taken == 0 {
        return Ok(None);
    }
    let number = terminal_place::table
        .find(terminal)
        .select(terminal_place::last_work_number)
        .first(conn)?;
    Ok(Some(number))
}

pub(super) fn insert(
    conn: &mut Conn,
    new: &NewWork,
    establishment: EstablishmentId,
    number: i32,
    created_by: &str,
    now: Millis,
) -> Result<WorkId, Error> {
    let row = (
        terminal_work::terminal_id.eq(new.terminal),
        terminal_work::establishment_id.eq(establishment),
        terminal_work::number.eq(number),
        terminal_work::kind.eq(new.kind),
        terminal_work::natural_key.eq(&new.natural_key),
        terminal_work::state.eq(State::Waiting.code()),
        terminal_work::is_open.eq(true),
        terminal_work::link.eq(new.link.as_deref()),
        terminal_work::payload.eq(new.payload.to_string()),
        terminal_work::created_at.eq(now),
        terminal_work::created_by.eq(created_by),
        terminal_work::expires_at.eq(new.expires_at),
    );
    Ok(on_backend!(conn, |c| diesel::insert_into(
        terminal_work::table
    )
    .values(row)
    .returning(terminal_work::id)
    .get_result(c))?)
}

/// A terminal's open items in the order of their numbers.
pub(super) fn open(conn: &mut Conn, terminal: TerminalId) -> Result<Vec<Item>, Error> {
    let rows: Vec<Row> = terminal_work::table
        .filter(terminal_work::terminal_id.eq(terminal))
        .filter(terminal_work::is_open.eq(true))
        .order(terminal_work::number.asc())
        .limit(OPEN_AT_ONCE)
        .select(Row::as_select())
        .load(conn)?;
    Ok(items(rows))
}

/// A terminal's open items about one thing.
pub(super) fn open_about(
    conn: &mut Conn,
    terminal: TerminalId,
    natural_key: &str,
) -> Result<Vec<Item>, Error> {
    let rows: Vec<Row> = terminal_work::table
        .filter(terminal_work::terminal_id.eq(terminal))
        .filter(terminal_work::natural_key.eq(natural_key))
        .filter(terminal_work::is_open.eq(true))
        .order(terminal_work::number.asc())
        .select(Row::as_select())
        .load(conn)?;
    Ok(items(rows))
}

/// A work item by the number that its terminal knows it by.
pub fn numbered(conn: &mut Conn, terminal: TerminalId, number: i32) -> Result<Option<Item>, Error> {
    let row: Option<Row> = terminal_work::table
        .filter(terminal_work::terminal_id.eq(terminal))
        .filter(terminal_work::number.eq(number))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Item::from))
}

/// Open items whose phase or life is over, the oldest first.
pub(super) fn overdue(conn: &mut Conn, now: Millis, limit: i64) -> Result<Vec<Item>, Error> {
    let late: Vec<Row> = terminal_work::table
        .filter(terminal_work::is_open.eq(true))
        .filter(terminal_work::deadline_at.le(now))
        .order((terminal_work::deadline_at.asc(), terminal_work::id.asc()))
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    let expired: Vec<Row> = terminal_work::table
        .filter(terminal_work::is_open.eq(true))
        .filter(terminal_work::expires_at.le(now))
        .filter(terminal_work::state.eq_any([State::Waiting.code(), State::Offered.code()]))
        .order((terminal_work::expires_at.asc(), terminal_work::id.asc()))
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    let mut all = items(late);
    all.extend(items(expired));
    all.sort_by_key(|item| (item.terminal, item.number));
    all.dedup_by_key(|item| item.id);
    Ok(all)
}

/// What a change of a work item says beside its track.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Outcome<'a> {
    pub(super) code: Option<&'a str>,
    pub(super) detail: Option<&'a str>,
}

/// Moves an item where it still stands at `from`.
pub(super) fn advance(
    conn: &mut Conn,
    item: WorkId,
    from: State,
    next: &Track,
    outcome: Outcome,
    now: Millis,
) -> Result<bool, Error> {
    let row = terminal_work::table.filter(
        terminal_work::id
            .eq(item)
            .and(terminal_work::state.eq(from.code())),
    );
    let moved = diesel::update(row)
        .set((
            terminal_work::state.eq(next.state.code()),
            terminal_work::is_open.eq(!next.state.is_final()),
            terminal_work::not_before_at.eq(next.not_before_at),
            terminal_work::deadline_at.eq(next.deadline_at),
            terminal_work::attempts.eq(next.attempts),
            terminal_work::progress.eq(next.progress),
            terminal_work::outcome_code.eq(outcome.code),
            terminal_work::outcome_detail.eq(outcome.detail),
            terminal_work::finished_at.eq(next.state.is_final().then_some(now)),
        ))
        .execute(conn)?;
    if next.state == State::Offered && from != State::Offered {
        diesel::update(terminal_work::table.find(item))
            .set(terminal_work::offered_at.eq(now))
            .execute(conn)?;
    }
    Ok(moved == 1)
}

/// Puts the mark "held" on a waiting item, or takes it off.
pub(super) fn set_held(conn: &mut Conn, item: WorkId, why: Option<&str>) -> Result<bool, Error> {
    let row = terminal_work::table.filter(
        terminal_work::id
            .eq(item)
            .and(terminal_work::state.eq(State::Waiting.code())),
    );
    let n = diesel::update(row)
        .set(terminal_work::held_why.eq(why))
        .execute(conn)?;
    Ok(n == 1)
}

/// Says in the hot row whether there is anything to tell the terminal. The row must be locked by
/// this transaction already, or work assigned meanwhile could be lost from sight.
pub(super) fn refresh_flag(
    conn: &mut Conn,
    terminal: TerminalId,
    now: Millis,
) -> Result<(), Error> {
    let is_put_off = terminal_work::state
        .eq(State::Waiting.code())
        .and(terminal_work::not_before_at.is_not_null())
        .and(terminal_work::not_before_at.assume_not_null().gt(now));
    let tellable = terminal_work::table
        .filter(terminal_work::terminal_id.eq(terminal))
        .filter(terminal_work::is_open.eq(true))
        .filter(terminal_work::held_why.is_null())
        .filter(not(is_put_off));
    let any: bool = diesel::select(exists(tellable)).get_result(conn)?;
    diesel::update(terminal_contact::table.find(terminal))
        .set(terminal_contact::has_work.eq(any))
        .execute(conn)?;
    Ok(())
}

/// Takes a terminal's open work along to another establishment. What has ended stays where it did.
pub(in crate::terminals) fn moved(
    conn: &mut Conn,
    terminal: TerminalId,
    to: EstablishmentId,
) -> Result<(), Error> {
    let open = terminal_work::table
        .filter(terminal_work::terminal_id.eq(terminal))
        .filter(terminal_work::is_open.eq(true));
    diesel::update(open)
        .set(terminal_work::establishment_id.eq(to))
        .execute(conn)?;
    Ok(())
}

/// A terminal's work, the newest first.
pub fn list(conn: &mut Conn, terminal: TerminalId, limit: i64) -> Result<Vec<Item>, Error> {
    let rows: Vec<Row> = terminal_work::table
        .filter(terminal_work::terminal_id.eq(terminal))
        .order(terminal_work::number.desc())
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    Ok(items(rows))
}

/// A work item by its own id.
pub fn find(conn: &mut Conn, item: WorkId) -> Result<Option<Item>, Error> {
    let row: Option<Row> = terminal_work::table
        .find(item)
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Item::from))
}

/// How many items are in each state that is not final, for the metrics.
pub fn count_open(conn: &mut Conn) -> Result<Vec<(State, i64)>, Error> {
    let counted: Vec<(String, i64)> = terminal_work::table
        .filter(terminal_work::is_open.eq(true))
        .group_by(terminal_work::state)
        .select((terminal_work::state, diesel::dsl::count_star()))
        .load(conn)?;
    let open = State::ALL.into_iter().filter(|state| !state.is_final());
    let n = |state: State| counted.iter().find(|(code, _)| code == state.code());
    Ok(open
        .map(|state| (state, n(state).map_or(0, |(_, n)| *n)))
        .collect())
}
