//! All SQL of the history.
use super::model::Differences;
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::{self, Conn, Error};
use crate::http::{COUNTED, Page, Turn};
use crate::ids::{EstablishmentId, TerminalId};
use crate::monitoring::schema::monitoring_change as change;
use crate::on_backend;
use diesel::prelude::*;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Changes of one terminal that are kept, and after how many new ones, more or less, that is looked at.
const KEPT: i64 = 1_000;
const LOOK_EVERY: u64 = 32;
/// Rows of one statement: an engine takes some 32,000 values at once.
const AT_ONCE: usize = 5_000;

/// One change as it was kept.
#[derive(Debug, Clone)]
pub(super) struct Changed {
    pub(super) id: i64,
    pub(super) at: Millis,
    pub(super) differences: Differences,
}

/// Whether it is time to look: as if by lot, for terminals share the numbers, and one that reports in turn with others
/// would never have one out of every 32.
fn is_drawn(id: i64) -> bool {
    let mut lot = DefaultHasher::new();
    id.hash(&mut lot);
    lot.finish().is_multiple_of(LOOK_EVERY)
}

pub(super) fn insert(
    conn: &mut Conn,
    (terminal, establishment): (TerminalId, EstablishmentId),
    differences: &str,
    now: Millis,
) -> Result<(), Error> {
    let row = (
        change::terminal_id.eq(terminal),
        change::establishment_id.eq(establishment),
        change::at.eq(now),
        change::body_diff.eq(differences),
    );
    let id: i64 = on_backend!(conn, |c| diesel::insert_into(change::table)
        .values(row)
        .returning(change::id)
        .get_result(c))?;
    if is_drawn(id) {
        let oldest: Option<i64> = change::table
            .filter(change::terminal_id.eq(terminal))
            .order(change::id.desc())
            .select(change::id)
            .offset(KEPT)
            .first(conn)
            .optional()?;
        if let Some(oldest) = oldest {
            let rest = change::table
                .filter(change::terminal_id.eq(terminal))
                .filter(change::id.le(oldest));
            diesel::delete(rest).execute(conn)?;
        }
    }
    Ok(())
}

/// Changes of one terminal with their times, the oldest first.
pub(super) fn insert_many(
    conn: &mut Conn,
    (terminal, establishment): (TerminalId, EstablishmentId),
    all: &[(String, Millis)],
) -> Result<(), Error> {
    for some in all.chunks(AT_ONCE) {
        let row = |(differences, at): &(String, Millis)| {
            (
                change::terminal_id.eq(terminal),
                change::establishment_id.eq(establishment),
                change::at.eq(*at),
                change::body_diff.eq(differences.clone()),
            )
        };
        let rows: Vec<_> = some.iter().map(row).collect();
        on_backend!(conn, |c| diesel::insert_into(change::table)
            .values(rows)
            .execute(c))?;
    }
    Ok(())
}

/// Takes away what is older, so many rows at most; says how many that were.
pub(super) fn forget(conn: &mut Conn, before: Millis, most: i64) -> Result<usize, Error> {
    let old: Vec<i64> = change::table
        .filter(change::at.lt(before))
        .order(change::at.asc())
        .select(change::id)
        .limit(most)
        .load(conn)?;
    Ok(diesel::delete(change::table.filter(change::id.eq_any(old))).execute(conn)?)
}

/// A terminal's changes in the establishments of the scope, the newest first.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    terminal: TerminalId,
    turn: &Turn,
) -> Result<Page<Changed>, Error> {
    let matching = || {
        let query = change::table
            .filter(change::terminal_id.eq(terminal))
            .into_boxed();
        match scope {
            Scope::All => query,
            Scope::Only(these) => query.filter(change::establishment_id.eq_any(these.clone())),
        }
    };
    let counted = db::count(conn, matching().select(change::id).limit(COUNTED + 1))?;
    let mut query = matching()
        .select((change::id, change::at, change::body_diff))
        .limit(turn.limit());
    query = match turn.edge() {
        (None, false) => query.order(change::id.desc()),
        (None, true) => query.order(change::id.asc()),
        (Some(at), false) => query.filter(change::id.lt(at.id)).order(change::id.desc()),
        (Some(at), true) => query.filter(change::id.gt(at.id)).order(change::id.asc()),
    };
    let rows: Vec<(i64, Millis, String)> = query.load(conn)?;
    let changed = |(id, at, body): (i64, Millis, String)| Changed {
        id,
        at,
        differences: serde_json::from_str(&body).unwrap_or_default(),
    };
    let rows = rows.into_iter().map(changed).collect();
    Ok(turn.page(rows, counted, |it| (String::new(), it.id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_terminal_has_its_turn_however_they_take_turns() {
        for others in 1..=200 {
            for first in [1, 2, 33, 1_000_000_007] {
                let ids = (0..2_000).map(|n| first + n * others);
                let turns = ids.filter(|id| is_drawn(*id)).count();
                assert!(
                    (20..150).contains(&turns),
                    "{turns} of {first}, {others} apart"
                );
            }
        }
    }
}
