//! Exchanges as they are written and found one by one.
use super::model::{Exchange, Kind, Place, Sides, State, Trouble};
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::{EstablishmentId, LogId, TerminalId};
use crate::monitoring::logs::Log;
use crate::monitoring::schema::monitoring_exchange as exchange;
use crate::on_backend;
use diesel::prelude::*;

/// Rows written in one statement.
const AT_ONCE: usize = 200;

/// One row, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = exchange)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) terminal_id: TerminalId,
    pub(super) establishment_id: EstablishmentId,
    pub(super) log_id: LogId,
    pub(super) request_at: Option<i64>,
    pub(super) answer_log: Option<LogId>,
    pub(super) answer_at: Option<i64>,
    pub(super) pair_key: String,
    pub(super) sort_ms: i64,
    pub(super) begun_ms: Option<Millis>,
    pub(super) answered_ms: Option<Millis>,
    pub(super) round_trip_ms: Option<i64>,
    pub(super) state: String,
    pub(super) late: bool,
    pub(super) declined: bool,
    pub(super) tries: i64,
    pub(super) failure: Option<String>,
    pub(super) failure_at: Option<i64>,
    pub(super) host: Option<String>,
    pub(super) mti: Option<String>,
    pub(super) answer_mti: Option<String>,
    pub(super) processing_code: Option<String>,
    pub(super) amount: Option<i64>,
    pub(super) currency: Option<String>,
    pub(super) stan: Option<String>,
    pub(super) rrn: Option<String>,
    pub(super) stated_terminal: Option<String>,
    pub(super) stated_time: Option<String>,
    pub(super) result: Option<String>,
    pub(super) card: Option<String>,
    pub(super) original_key: Option<String>,
    pub(super) reversed: bool,
    said: String,
}

impl Row {
    pub(super) fn state(&self) -> State {
        // The column is checked; an unknown word can only be a newer program's.
        State::named(&self.state).unwrap_or(State::Malformed)
    }

    /// Both messages, and where each stands.
    pub(super) fn sides(&self) -> Sides {
        let mut sides: Sides = serde_json::from_str(&self.said).unwrap_or_default();
        let place = |log: LogId, at: Option<i64>| at.map(|at| Place { log, at });
        if let Some(request) = &mut sides.request {
            request.place = place(self.log_id, self.request_at);
        }
        if let Some(answer) = &mut sides.answer {
            answer.place = self.answer_log.and_then(|log| place(log, self.answer_at));
        }
        sides
    }

    pub(super) fn exchange(self) -> Exchange {
        let sides = self.sides();
        let trouble = self.failure.clone().zip(self.failure_at);
        Exchange {
            id: Some(self.id),
            establishment: self.establishment_id,
            kind: match self.state() {
                State::Notice => Kind::Notice,
                State::Malformed => Kind::Malformed,
                State::Failed if self.is_bare() => Kind::Failure,
                _ => Kind::Pair,
            },
            key: self.pair_key,
            sides,
            trouble: trouble.map(|(code, at)| Trouble { code, at }),
            tries: self.tries,
            about_ms: self.sort_ms,
        }
    }

    /// A failure that stands for itself, where its own record says it.
    fn is_bare(&self) -> bool {
        self.request_at.is_some() && self.request_at == self.failure_at
    }
}

/// What is written of an exchange.
#[derive(Debug, Clone, Insertable, AsChangeset)]
#[diesel(table_name = exchange, treat_none_as_null = true, treat_none_as_default_value = false)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of its own")]
struct Values {
    terminal_id: TerminalId,
    establishment_id: EstablishmentId,
    log_id: LogId,
    request_at: Option<i64>,
    answer_log: Option<LogId>,
    answer_at: Option<i64>,
    pair_key: String,
    is_half: bool,
    sort_ms: i64,
    begun_ms: Option<i64>,
    answered_ms: Option<i64>,
    round_trip_ms: Option<i64>,
    state: &'static str,
    late: bool,
    declined: bool,
    tries: i64,
    failure: Option<String>,
    failure_at: Option<i64>,
    host: Option<String>,
    mti: Option<String>,
    answer_mti: Option<String>,
    processing_code: Option<String>,
    amount: Option<i64>,
    currency: Option<String>,
    stan: Option<String>,
    rrn: Option<String>,
    stated_terminal: Option<String>,
    stated_time: Option<String>,
    result: Option<String>,
    card: Option<String>,
    original_key: Option<String>,
    reversed: bool,
    said: String,
}

impl Values {
    fn of(log: &Log, it: &Exchange) -> Self {
        let (request, answer) = (it.sides.request.as_ref(), it.sides.answer.as_ref());
        let own = request.and_then(|side| side.place);
        let its = answer.and_then(|side| side.place);
        Self {
            terminal_id: log.terminal,
            establishment_id: it.establishment,
            log_id: own.or(its).map_or(log.id, |place| place.log),
            request_at: own.map(|place| place.at),
            answer_log: its.map(|place| place.log),
            answer_at: its.map(|place| place.at),
            pair_key: it.key.clone(),
            is_half: it.is_half(),
            sort_ms: it.sort_ms(),
            begun_ms: request.and_then(|side| side.ms),
            answered_ms: answer.and_then(|side| side.ms),
            round_trip_ms: it.round_trip_ms(),
            state: it.state().code(),
            late: it.is_late(),
            declined: it.is_declined(),
            tries: it.tries,
            failure: it.trouble.as_ref().map(|trouble| trouble.code.clone()),
            failure_at: it.trouble.as_ref().map(|trouble| trouble.at),
            host: it.said(|side| side.host.clone()),
            mti: request.and_then(|side| side.mti.clone()),
            answer_mti: answer.and_then(|side| side.mti.clone()),
            processing_code: it.said(|side| side.code.clone()),
            amount: it.said(|side| side.amount),
            currency: it.said(|side| side.currency.clone()),
            stan: it.said(|side| side.stan.clone()),
            rrn: it.answered(|side| side.rrn.clone()),
            stated_terminal: it.said(|side| side.terminal.clone()),
            stated_time: it.said(|side| side.time.clone()),
            result: it.answered(|side| side.result.clone()),
            card: it.said(|side| side.card.clone()),
            original_key: it.original().map(|original| original.key.clone()),
            reversed: it.sides.reversal.is_some(),
            said: serde_json::to_string(&it.sides).unwrap_or_default(),
        }
    }
}

/// Keeps everybody else from pairing this terminal's exchanges until the end of the transaction: a request and its
/// answer may come in two logs at once. SQLite has one writer anyway.
pub(super) fn hold(conn: &mut Conn, terminal: TerminalId) -> Result<(), Error> {
    if let Conn::Postgres(pg) = conn {
        diesel::sql_query(
            "SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.exchange.' || $1))",
        )
        .bind::<diesel::sql_types::Text, _>(terminal.to_string())
        .execute(pg)?;
    }
    Ok(())
}

/// True when something is written already of the bytes from `from` on.
pub(super) fn is_kept(conn: &mut Conn, log: LogId, from: i64) -> Result<bool, Error> {
    let request: Option<i64> = exchange::table
        .filter(exchange::log_id.eq(log).and(exchange::request_at.ge(from)))
        .select(exchange::id)
        .first(conn)
        .optional()?;
    if request.is_some() {
        return Ok(true);
    }
    let answer: Option<i64> = exchange::table
        .filter(
            exchange::answer_log
                .eq(log)
                .and(exchange::answer_at.ge(from)),
        )
        .select(exchange::id)
        .first(conn)
        .optional()?;
    Ok(answer.is_some())
}

/// So many at most of the requests of a log that stand before `at`, the last ones first.
pub(super) fn requests_before(
    conn: &mut Conn,
    log: LogId,
    at: i64,
    most: i64,
) -> Result<Vec<Row>, Error> {
    Ok(exchange::table
        .filter(exchange::log_id.eq(log).and(exchange::request_at.lt(at)))
        .order(exchange::request_at.desc())
        .select(Row::as_select())
        .limit(most)
        .load(conn)?)
}

pub(super) fn insert(conn: &mut Conn, log: &Log, all: &[Exchange]) -> Result<(), Error> {
    for some in all.chunks(AT_ONCE) {
        let rows: Vec<Values> = some.iter().map(|it| Values::of(log, it)).collect();
        // What is there already was written by the same piece, and says the same.
        on_backend!(conn, |c| diesel::insert_into(exchange::table)
            .values(&rows)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Writes what changed of rows that are there. Answers go from one row to another: so they are taken from all of
/// them first, as no two may have the same.
pub(super) fn change(conn: &mut Conn, log: &Log, all: &[Exchange]) -> Result<(), Error> {
    let ids: Vec<i64> = all.iter().filter_map(|it| it.id).collect();
    take_answers(conn, &ids)?;
    for it in all {
        let Some(id) = it.id else { continue };
        let n = diesel::update(exchange::table.find(id))
            .set(Values::of(log, it))
            .execute(conn)?;
        if n == 0 {
            // What it was given would be lost.
            let gone = format!("exchange {id} is gone");
            return Err(Error::Fault(anyhow::anyhow!(gone)));
        }
    }
    Ok(())
}

pub(super) fn delete(conn: &mut Conn, ids: &[i64]) -> Result<(), Error> {
    for some in ids.chunks(AT_ONCE) {
        let these = exchange::table.filter(exchange::id.eq_any(some.to_vec()));
        diesel::delete(these).execute(conn)?;
    }
    Ok(())
}

/// True when something that is written stands in this log.
pub(super) fn is_told(conn: &mut Conn, log: LogId) -> Result<bool, Error> {
    let begun: Option<i64> = exchange::table
        .filter(exchange::log_id.eq(log))
        .order(exchange::request_at.asc())
        .select(exchange::id)
        .first(conn)
        .optional()?;
    if begun.is_some() {
        return Ok(true);
    }
    Ok(!answers(conn, log, 1)?.is_empty())
}

/// Takes away what begins in a log, so many rows at most; says how many that were.
pub(super) fn forget(conn: &mut Conn, log: LogId, most: i64) -> Result<usize, Error> {
    let ids: Vec<i64> = exchange::table
        .filter(exchange::log_id.eq(log))
        .order(exchange::request_at.asc())
        .select(exchange::id)
        .limit(most)
        .load(conn)?;
    delete(conn, &ids)?;
    Ok(ids.len())
}

/// So many at most of the answers that stand in a log have been told, and cannot be looked up any more.
pub(super) fn forget_answers(conn: &mut Conn, log: LogId, most: i64) -> Result<(), Error> {
    let ids = answers(conn, log, most)?;
    take_answers(conn, &ids)
}

fn answers(conn: &mut Conn, log: LogId, most: i64) -> Result<Vec<i64>, Error> {
    Ok(exchange::table
        .filter(exchange::answer_log.eq(log))
        .order(exchange::answer_at.asc())
        .select(exchange::id)
        .limit(most)
        .load(conn)?)
}

/// These rows tell no longer where their answers stand.
fn take_answers(conn: &mut Conn, ids: &[i64]) -> Result<(), Error> {
    for some in ids.chunks(AT_ONCE) {
        diesel::update(exchange::table.filter(exchange::id.eq_any(some.to_vec())))
            .set((
                exchange::answer_log.eq(None::<LogId>),
                exchange::answer_at.eq(None::<i64>),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// One row that the scope holds.
pub(super) fn find(conn: &mut Conn, scope: &Scope, id: i64) -> Result<Option<Row>, Error> {
    let row: Option<Row> = exchange::table
        .find(id)
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.filter(|row| scope.holds(row.establishment_id)))
}

/// These rows, in no order.
pub(super) fn rows(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Row>, Error> {
    let mut all = Vec::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let rows: Vec<Row> = exchange::table
            .filter(exchange::id.eq_any(some.to_vec()))
            .select(Row::as_select())
            .load(conn)?;
        all.extend(rows);
    }
    Ok(all)
}
