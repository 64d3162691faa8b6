//! What an admin should look at first, read at a cost that does not grow with the fleet.
use super::schema::{terminal_count, terminal_place as place, terminal_work as work};
use super::{Presence, WorkState};
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::{EstablishmentId, Tid, WorkId};
use diesel::prelude::*;

/// Work older than this many items is no news, failed or not.
const RECENT: i64 = 5_000;

/// Work that failed lately.
#[derive(Debug, Clone)]
pub struct FailedWork {
    pub tid: Tid,
    /// Counts up per terminal.
    pub number: i32,
    pub kind: String,
    pub outcome_code: Option<String>,
    pub finished_at: Option<Millis>,
}

type Row = (Tid, i32, String, Option<String>, Option<Millis>);

/// The establishments with the most terminals in `presence`, most first.
pub fn most_in(
    conn: &mut Conn,
    scope: &Scope,
    presence: Presence,
    limit: i64,
) -> Result<Vec<(EstablishmentId, i64)>, Error> {
    let mut query = terminal_count::table
        .filter(
            terminal_count::presence
                .eq(presence.number())
                .and(terminal_count::n.gt(0)),
        )
        .select((terminal_count::establishment_id, terminal_count::n))
        .order((
            terminal_count::n.desc(),
            terminal_count::establishment_id.asc(),
        ))
        .limit(limit)
        .into_boxed();
    if let Scope::Only(these) = scope {
        query = query.filter(terminal_count::establishment_id.eq_any(these.clone()));
    }
    Ok(query.load(conn)?)
}

/// Work that failed among the newest of the fleet, newest first.
pub fn recent_failures(
    conn: &mut Conn,
    scope: &Scope,
    limit: i64,
) -> Result<Vec<FailedWork>, Error> {
    let newest: Option<WorkId> = work::table
        .select(work::id)
        .order(work::id.desc())
        .first(conn)
        .optional()?;
    let Some(newest) = newest else {
        return Ok(Vec::new());
    };
    let mut query = work::table
        .inner_join(place::table.on(place::id.eq(work::terminal_id)))
        .filter(work::id.gt(WorkId(newest.0 - RECENT)))
        .filter(work::state.eq(WorkState::Failed.code()))
        .select((
            place::tid,
            work::number,
            work::kind,
            work::outcome_code,
            work::finished_at,
        ))
        .order(work::id.desc())
        .limit(limit)
        .into_boxed();
    if let Scope::Only(these) = scope {
        query = query.filter(work::establishment_id.eq_any(these.clone()));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let failed = |(tid, number, kind, outcome_code, finished_at)| FailedWork {
        tid,
        number,
        kind,
        outcome_code,
        finished_at,
    };
    Ok(rows.into_iter().map(failed).collect())
}
