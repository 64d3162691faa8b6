//! All SQL of licences. Guards stand in the `WHERE`; "no row" is `None` or `false`.
use super::model::{Ending, Licence, State};
use super::schema::licence_file as licence;
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::fold::{after_prefix, fold};
use crate::http::{COUNTED, Turn};
use crate::ids::{BlobId, EstablishmentId, LicenceId, TerminalId, Tid, WorkId};
use crate::on_backend;
use diesel::prelude::*;

#[derive(Queryable, Selectable)]
#[diesel(table_name = licence)]
struct Row {
    id: LicenceId,
    terminal_id: TerminalId,
    tid: Tid,
    establishment_id: EstablishmentId,
    file_name: String,
    size_bytes: i64,
    sha256: String,
    blob_id: Option<BlobId>,
    state: String,
    is_current: bool,
    work_id: Option<WorkId>,
    outcome_code: Option<String>,
    uploaded_at: Millis,
    uploaded_by: String,
    fetched_at: Option<Millis>,
    confirmed_at: Option<Millis>,
    ended_at: Option<Millis>,
    ended_by: Option<String>,
    first_fetched_at: Option<Millis>,
}

impl From<Row> for Licence {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            terminal: row.terminal_id,
            tid: row.tid,
            establishment: row.establishment_id,
            file_name: row.file_name,
            size_bytes: row.size_bytes,
            sha256: row.sha256,
            blob: row.blob_id,
            // The column is checked; an unknown word can only be a newer program's.
            state: State::parse(&row.state).unwrap_or(State::Failed),
            is_current: row.is_current,
            work: row.work_id,
            outcome_code: row.outcome_code,
            uploaded_at: row.uploaded_at,
            uploaded_by: row.uploaded_by,
            fetched_at: row.fetched_at,
            first_fetched_at: row.first_fetched_at,
            confirmed_at: row.confirmed_at,
            ended_at: row.ended_at,
            ended_by: row.ended_by,
        }
    }
}

/// A licence about to be stored.
pub(super) struct New {
    pub(super) terminal: TerminalId,
    pub(super) tid: Tid,
    pub(super) establishment: EstablishmentId,
    pub(super) file_name: String,
    pub(super) size_bytes: i64,
    pub(super) sha256: String,
    pub(super) blob: BlobId,
    pub(super) by: String,
}

/// `None` when the terminal has a current licence already.
pub(super) fn insert(conn: &mut Conn, new: &New, now: Millis) -> Result<Option<LicenceId>, Error> {
    Ok(on_backend!(conn, |c| diesel::insert_into(licence::table)
        .values((
            licence::terminal_id.eq(new.terminal),
            licence::tid.eq(&new.tid),
            licence::tid_search.eq(fold(new.tid.as_str())),
            licence::establishment_id.eq(new.establishment),
            licence::file_name.eq(&new.file_name),
            licence::file_search.eq(fold(&new.file_name)),
            licence::size_bytes.eq(new.size_bytes),
            licence::sha256.eq(&new.sha256),
            licence::blob_id.eq(new.blob),
            licence::state.eq(State::Waiting.code()),
            licence::is_current.eq(true),
            licence::uploaded_at.eq(now),
            licence::uploaded_by.eq(&new.by),
        ))
        .on_conflict_do_nothing()
        .returning(licence::id)
        .get_result(c)
        .optional())?)
}

pub(super) fn find(conn: &mut Conn, id: LicenceId) -> Result<Option<Licence>, Error> {
    let row: Option<Row> = licence::table
        .find(id)
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Licence::from))
}

/// The licence that the terminal has or is to get.
pub(super) fn current_of(conn: &mut Conn, of: TerminalId) -> Result<Option<Licence>, Error> {
    let row: Option<Row> = licence::table
        .filter(
            licence::terminal_id
                .eq(of)
                .and(licence::is_current.eq(true)),
        )
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Licence::from))
}

/// The licence that this work was to deliver, if it still is the terminal's own.
pub(super) fn current_by_work(conn: &mut Conn, work: WorkId) -> Result<Option<Licence>, Error> {
    let row: Option<Row> = licence::table
        .filter(licence::work_id.eq(work).and(licence::is_current.eq(true)))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Licence::from))
}

/// A terminal's licences of all time, newest first.
pub(super) fn history(conn: &mut Conn, of: TerminalId, limit: i64) -> Result<Vec<Licence>, Error> {
    let rows: Vec<Row> = licence::table
        .filter(licence::terminal_id.eq(of))
        .order(licence::id.desc())
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Licence::from).collect())
}

/// Which licences a list is about.
#[derive(Debug, Clone, Default)]
pub(super) struct Search {
    /// Beginning of a TID or of a file name, as typed.
    pub(super) text: String,
    /// `None` is every current licence.
    pub(super) state: Option<State>,
}

/// Newest first: the rows of a page in reading order, and how many match.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    search: &Search,
    turn: &Turn,
) -> Result<(Vec<Licence>, i64), Error> {
    let matching = || {
        let mut query = licence::table.into_boxed();
        if let Scope::Only(these) = scope {
            query = query.filter(licence::establishment_id.eq_any(these.clone()));
        }
        query = match search.state {
            Some(state) => query.filter(licence::state.eq(state.code())),
            None => query.filter(licence::is_current.eq(true)),
        };
        let folded = fold(&search.text);
        match after_prefix(&folded).filter(|_| !folded.is_empty()) {
            None => query,
            Some(bound) => query.filter(
                (licence::tid_search.ge(folded.clone()))
                    .and(licence::tid_search.lt(bound.clone()))
                    .or(licence::file_search
                        .ge(folded)
                        .and(licence::file_search.lt(bound))),
            ),
        }
    };
    let counted: Vec<LicenceId> = matching()
        .select(licence::id)
        .limit(COUNTED + 1)
        .load(conn)?;
    let mut query = matching().select(Row::as_select()).limit(turn.limit());
    // Newest first means that reading on goes down the ids.
    query = match turn.edge() {
        (None, false) => query.order(licence::id.desc()),
        (None, true) => query.order(licence::id.asc()),
        (Some(at), false) => query
            .filter(licence::id.lt(at.id))
            .order(licence::id.desc()),
        (Some(at), true) => query.filter(licence::id.gt(at.id)).order(licence::id.asc()),
    };
    let rows: Vec<Row> = query.load(conn)?;
    let counted = i64::try_from(counted.len()).unwrap_or(i64::MAX);
    Ok((rows.into_iter().map(Licence::from).collect(), counted))
}

/// Begins a delivery by this work. False when the licence is not current any more.
pub(super) fn send(conn: &mut Conn, id: LicenceId, work: WorkId) -> Result<bool, Error> {
    let current = licence::table.filter(licence::id.eq(id).and(licence::is_current.eq(true)));
    let n = diesel::update(current)
        .set((
            licence::state.eq(State::Waiting.code()),
            licence::work_id.eq(Some(work)),
            licence::outcome_code.eq(None::<String>),
            licence::fetched_at.eq(None::<Millis>),
            licence::confirmed_at.eq(None::<Millis>),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// True the first time the terminal fetched what it waited for. That it has had the file is noted
/// wherever the delivery stands: one that failed meanwhile, or was replaced, is fetched all the same.
pub(super) fn mark_fetched(conn: &mut Conn, id: LicenceId, now: Millis) -> Result<bool, Error> {
    let unseen = licence::table
        .filter(licence::id.eq(id))
        .filter(licence::first_fetched_at.is_null());
    diesel::update(unseen)
        .set(licence::first_fetched_at.eq(Some(now)))
        .execute(conn)?;
    let waiting = licence::table
        .filter(licence::id.eq(id).and(licence::is_current.eq(true)))
        .filter(licence::state.eq(State::Waiting.code()));
    let n = diesel::update(waiting)
        .set((
            licence::state.eq(State::Fetched.code()),
            licence::fetched_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// True when the delivery was still open and now has this ending.
pub(super) fn settle(
    conn: &mut Conn,
    id: LicenceId,
    ending: &Ending,
    now: Millis,
) -> Result<bool, Error> {
    let open = licence::table
        .filter(licence::id.eq(id).and(licence::is_current.eq(true)))
        .filter(licence::state.eq_any([State::Waiting.code(), State::Fetched.code()]));
    let n = match ending {
        Ending::Confirmed => diesel::update(open)
            .set((
                licence::state.eq(State::Confirmed.code()),
                licence::confirmed_at.eq(Some(now)),
            ))
            .execute(conn)?,
        Ending::Failed(code) => diesel::update(open)
            .set((
                licence::state.eq(State::Failed.code()),
                licence::outcome_code.eq(Some(code)),
            ))
            .execute(conn)?,
    };
    Ok(n == 1)
}

/// Takes a terminal's licence along to another establishment. Tombstones stay where they fell.
pub(super) fn moved(conn: &mut Conn, of: TerminalId, to: EstablishmentId) -> Result<(), Error> {
    let current = licence::table
        .filter(licence::terminal_id.eq(of))
        .filter(licence::is_current.eq(true));
    diesel::update(current)
        .set(licence::establishment_id.eq(to))
        .execute(conn)?;
    Ok(())
}

/// Makes a current licence a tombstone. False when it was one already.
pub(super) fn bury(
    conn: &mut Conn,
    id: LicenceId,
    state: State,
    by: &str,
    now: Millis,
) -> Result<bool, Error> {
    let current = licence::table.filter(licence::id.eq(id).and(licence::is_current.eq(true)));
    let n = diesel::update(current)
        .set((
            licence::state.eq(state.code()),
            licence::is_current.eq(false),
            licence::blob_id.eq(None::<BlobId>),
            licence::ended_at.eq(Some(now)),
            licence::ended_by.eq(Some(by)),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// Removes a current licence that no terminal ever saw. False when one did, or it is not current.
pub(super) fn erase(conn: &mut Conn, id: LicenceId) -> Result<bool, Error> {
    let unseen = licence::table
        .filter(licence::id.eq(id).and(licence::is_current.eq(true)))
        .filter(licence::first_fetched_at.is_null());
    Ok(diesel::delete(unseen).execute(conn)? == 1)
}
