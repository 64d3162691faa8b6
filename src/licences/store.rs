//! Licences as they are stored and found. "No row" is `None`; guards stand in the `WHERE`.
use super::facts_model::Facts;
use super::model::{Licence, Place, State};
use super::schema::{licence_file as licence, licence_term as term};
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::fold::fold;
use crate::ids::{BlobId, EstablishmentId, LicenceId, TerminalId, Tid, WorkId};
use crate::on_backend;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// The `until_key` of a licence that has no last day.
pub(super) const NEVER: i64 = i64::MAX;

#[derive(Queryable, Selectable)]
#[diesel(table_name = licence)]
pub(super) struct Row {
    id: LicenceId,
    terminal_id: Option<TerminalId>,
    tid: String,
    establishment_id: Option<EstablishmentId>,
    serial_number: String,
    platform: String,
    software: String,
    lic_id: String,
    valid_from: Option<Millis>,
    valid_until: Option<Millis>,
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
    source: String,
    source_id: Option<i64>,
    fetched_at: Option<Millis>,
    confirmed_at: Option<Millis>,
    ended_at: Option<Millis>,
    ended_by: Option<String>,
    first_fetched_at: Option<Millis>,
}

impl From<Row> for Licence {
    fn from(row: Row) -> Self {
        let place = |terminal, establishment| {
            let tid = Tid::parse(&row.tid).ok()?;
            Some(Place {
                terminal,
                tid,
                establishment,
            })
        };
        Self {
            id: row.id,
            place: match (row.terminal_id, row.establishment_id) {
                (Some(terminal), Some(establishment)) => place(terminal, establishment),
                _ => None,
            },
            facts: Facts {
                serial_number: row.serial_number,
                platform: row.platform,
                software: row.software,
                lic_id: row.lic_id,
                valid_from: row.valid_from,
                valid_until: row.valid_until,
            },
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
            source: row.source,
            source_id: row.source_id,
            fetched_at: row.fetched_at,
            first_fetched_at: row.first_fetched_at,
            confirmed_at: row.confirmed_at,
            ended_at: row.ended_at,
            ended_by: row.ended_by,
        }
    }
}

/// A licence about to be stored.
pub(super) struct New<'a> {
    pub(super) place: Option<&'a Place>,
    pub(super) facts: &'a Facts,
    pub(super) file_name: &'a str,
    pub(super) size_bytes: i64,
    pub(super) sha256: &'a str,
    pub(super) blob: BlobId,
    pub(super) by: &'a str,
    pub(super) source: (&'static str, Option<i64>),
}

/// `None` when its key has a current licence already.
pub(super) fn insert(
    conn: &mut Conn,
    new: &New<'_>,
    now: Millis,
) -> Result<Option<LicenceId>, Error> {
    let (place, facts) = (new.place, new.facts);
    let state = match place {
        Some(_) => State::Waiting,
        None => State::Unmatched,
    };
    let tid = place.map_or("", |place| place.tid.as_str());
    let bound = (
        licence::terminal_id.eq(place.map(|place| place.terminal)),
        licence::tid.eq(tid),
        licence::tid_search.eq(fold(tid)),
        licence::establishment_id.eq(place.map(|place| place.establishment)),
        licence::serial_number.eq(&facts.serial_number),
        licence::serial_key.eq(fold(&facts.serial_number)),
        licence::platform.eq(&facts.platform),
        licence::platform_key.eq(fold(&facts.platform)),
        licence::software.eq(&facts.software),
        licence::software_key.eq(fold(&facts.software)),
        licence::lic_id.eq(&facts.lic_id),
        licence::lic_id_key.eq(fold(&facts.lic_id)),
        licence::valid_from.eq(facts.valid_from),
        licence::valid_until.eq(facts.valid_until),
        licence::until_key.eq(until_key(facts)),
    );
    let file = (
        licence::file_name.eq(new.file_name),
        licence::file_search.eq(fold(new.file_name)),
        licence::size_bytes.eq(new.size_bytes),
        licence::sha256.eq(new.sha256),
        licence::blob_id.eq(new.blob),
        licence::state.eq(state.code()),
        licence::is_current.eq(true),
        licence::uploaded_at.eq(now),
        licence::uploaded_by.eq(new.by),
        licence::source.eq(new.source.0),
        licence::source_id.eq(new.source.1),
    );
    let id: Option<LicenceId> = on_backend!(conn, |c| diesel::insert_into(licence::table)
        .values((bound, file))
        .on_conflict_do_nothing()
        .returning(licence::id)
        .get_result(c)
        .optional())?;
    if let Some(id) = id {
        note_terms(conn, id, facts)?;
    }
    Ok(id)
}

/// Where a licence stands in the order of last days.
pub(super) fn until_key(facts: &Facts) -> i64 {
    facts.valid_until.map_or(NEVER, |at| at.0)
}

/// What a current licence is found by: each ending of its words.
pub(super) fn note_terms(conn: &mut Conn, id: LicenceId, facts: &Facts) -> Result<(), Error> {
    let words = [
        ("s", &facts.serial_number),
        ("p", &facts.platform),
        ("l", &facts.lic_id),
    ];
    let mut rows = Vec::new();
    for (field, word) in words {
        let folded = fold(word);
        for (at, _) in folded.char_indices() {
            rows.push((field, folded[at..].to_owned()));
        }
    }
    let values: Vec<_> = rows
        .iter()
        .map(|(field, ending)| {
            (
                term::field.eq(*field),
                term::term.eq(ending),
                term::owner_id.eq(id.0),
            )
        })
        .collect();
    on_backend!(conn, |c| diesel::insert_into(term::table)
        .values(values)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

pub(super) fn forget_terms(conn: &mut Conn, id: LicenceId) -> Result<(), Error> {
    diesel::delete(term::table.filter(term::owner_id.eq(id.0))).execute(conn)?;
    Ok(())
}

/// Keeps everybody else from giving this serial number a licence or a terminal until the end of the
/// transaction. SQLite has one writer anyway. Taken after the terminal's row, never before it; so who
/// changes many terminals that are there already takes a transaction for each, or he would ask for the
/// second's row with the first's serial number in hand.
pub(super) fn lock_serial(conn: &mut Conn, serial: &str) -> Result<(), Error> {
    if let Conn::Postgres(pg) = conn {
        diesel::sql_query(
            "SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.licence.' || $1))",
        )
        .bind::<diesel::sql_types::Text, _>(fold(serial))
        .execute(pg)?;
    }
    Ok(())
}

pub(super) fn find(conn: &mut Conn, id: LicenceId) -> Result<Option<Licence>, Error> {
    let row: Option<Row> = licence::table
        .find(id)
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Licence::from))
}

/// The current licence of a key.
pub(super) fn current_of_key(conn: &mut Conn, facts: &Facts) -> Result<Option<Licence>, Error> {
    let row: Option<Row> = licence::table
        // As its unique index says it: SQLite would take the one of the platform for a value.
        .filter(sql::<Bool>("is_current"))
        .filter(licence::serial_key.eq(fold(&facts.serial_number)))
        .filter(licence::platform_key.eq(fold(&facts.platform)))
        .filter(licence::software_key.eq(fold(&facts.software)))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Licence::from))
}

/// The current licences that are bound to a serial number, by age.
pub(super) fn current_of_serial(conn: &mut Conn, serial: &str) -> Result<Vec<Licence>, Error> {
    let rows: Vec<Row> = licence::table
        .filter(licence::is_current.eq(true))
        .filter(licence::serial_key.eq(fold(serial)))
        .order(licence::id.asc())
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Licence::from).collect())
}

/// The current licences of a terminal, by age.
pub(super) fn current_of(conn: &mut Conn, of: TerminalId) -> Result<Vec<Licence>, Error> {
    let rows: Vec<Row> = licence::table
        .filter(licence::terminal_id.eq(of))
        .filter(licence::is_current.eq(true))
        .order(licence::id.asc())
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Licence::from).collect())
}

/// The licence that this work was to deliver, if it still is a current one.
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
