//! All SQL of what became of a task's rows.
use super::model::Outcome;
use super::schema::task_row as row;
use super::task::RowResult;
use crate::db::{self, Conn, Error};
use crate::http::{COUNTED, Turn};
use crate::ids::TaskId;
use crate::on_backend;
use diesel::prelude::*;

type Row = (i64, String, String, String, Option<String>, Option<i64>);
type Columns = (
    row::place,
    row::subject,
    row::outcome,
    row::code,
    row::args,
    row::mark,
);
const COLUMNS: Columns = (
    row::place,
    row::subject,
    row::outcome,
    row::code,
    row::args,
    row::mark,
);
/// Seven values each: well below what either engine binds at once.
const AT_ONCE: usize = 500;

fn read((place, subject, outcome, code, args, mark): Row) -> RowResult {
    RowResult {
        row: place,
        subject,
        // The column is checked; an unknown word can only be a newer program's.
        outcome: Outcome::parse(&outcome).unwrap_or(Outcome::Failed),
        code,
        args: args
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default(),
        mark,
    }
}

pub(super) fn insert(conn: &mut Conn, of: TaskId, rows: &[RowResult]) -> Result<(), Error> {
    for some in rows.chunks(AT_ONCE) {
        let values: Vec<_> = some
            .iter()
            .map(|one| {
                let args = (!one.args.is_null()).then(|| one.args.to_string());
                (
                    row::task_id.eq(of),
                    row::place.eq(one.row),
                    row::subject.eq(&one.subject),
                    row::outcome.eq(one.outcome.code()),
                    row::code.eq(&one.code),
                    row::args.eq(args),
                    row::mark.eq(one.mark),
                )
            })
            .collect();
        on_backend!(conn, |c| diesel::insert_into(row::table)
            .values(&values)
            .execute(c))?;
    }
    Ok(())
}

/// Rows of this task about these subjects that went well, with their marks: an input that names
/// something twice is found out this way, also after a restart.
pub fn earlier(
    conn: &mut Conn,
    of: TaskId,
    subjects: Vec<String>,
) -> Result<Vec<(String, i64, Option<i64>)>, Error> {
    let mut all: Vec<(String, i64, Option<i64>)> = row::table
        .filter(row::task_id.eq(of))
        .filter(row::subject.eq_any(subjects))
        .filter(row::outcome.ne(Outcome::Failed.code()))
        .select((row::subject, row::place, row::mark))
        .load(conn)?;
    // Not by the database: to have them in order, SQLite would read the whole task along its key.
    all.sort_unstable_by_key(|(_, place, _)| *place);
    Ok(all)
}

/// The next rows, in order, from behind `place` on; only those of an outcome, where one is given.
pub fn after(
    conn: &mut Conn,
    of: TaskId,
    outcome: Option<Outcome>,
    place: i64,
    limit: i64,
) -> Result<Vec<RowResult>, Error> {
    let mut query = row::table
        .filter(row::task_id.eq(of).and(row::place.gt(place)))
        .order(row::place.asc())
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    if let Some(outcome) = outcome {
        query = query.filter(row::outcome.eq(outcome.code()));
    }
    let rows: Vec<Row> = query.load(conn)?;
    Ok(rows.into_iter().map(read).collect())
}

/// The rows of a page in reading order, and how many match.
pub(super) fn list(
    conn: &mut Conn,
    of: TaskId,
    outcome: Option<Outcome>,
    turn: &Turn,
) -> Result<(Vec<RowResult>, i64), Error> {
    let matching = || {
        let query = row::table.filter(row::task_id.eq(of)).into_boxed();
        match outcome {
            Some(outcome) => query.filter(row::outcome.eq(outcome.code())),
            None => query,
        }
    };
    let counted = db::count(conn, matching().select(row::place).limit(COUNTED + 1))?;
    let mut query = matching().select(COLUMNS).limit(turn.limit());
    query = match turn.edge() {
        (None, false) => query.order(row::place.asc()),
        (None, true) => query.order(row::place.desc()),
        (Some(at), false) => query.filter(row::place.gt(at.id)).order(row::place.asc()),
        (Some(at), true) => query.filter(row::place.lt(at.id)).order(row::place.desc()),
    };
    let rows: Vec<Row> = query.load(conn)?;
    Ok((rows.into_iter().map(read).collect(), counted))
}

/// Forgets up to `limit` rows; true when none is left.
pub(super) fn forget(conn: &mut Conn, of: TaskId, limit: i64) -> Result<bool, Error> {
    let some: Vec<i64> = row::table
        .filter(row::task_id.eq(of))
        .order(row::place.asc())
        .limit(limit)
        .select(row::place)
        .load(conn)?;
    if let Some(last) = some.last() {
        let these = row::table.filter(row::task_id.eq(of).and(row::place.le(last)));
        diesel::delete(these).execute(conn)?;
    }
    Ok(i64::try_from(some.len()).is_ok_and(|n| n < limit))
}
