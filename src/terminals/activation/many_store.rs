//! What a sheet of codes reads: terminals by name or by filter, and those held for a chunk.
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::{EstablishmentId, PointOfServiceId, TerminalId, Tid};
use crate::terminals::model::Life;
use crate::terminals::schema::{terminal_activation, terminal_place};
use diesel::prelude::*;

/// A terminal that may get a code.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Place {
    pub(super) id: TerminalId,
    pub(super) tid: Tid,
    pub(super) serial_number: String,
    pub(super) establishment: EstablishmentId,
    pub(super) point: PointOfServiceId,
    life: String,
}

impl Place {
    /// Neither suspended nor retired.
    pub(super) fn is_let_in(&self) -> bool {
        matches!(
            Life::parse(&self.life),
            Some(Life::Registered | Life::Active)
        )
    }

    pub(super) fn is_active(&self) -> bool {
        Life::parse(&self.life) == Some(Life::Active)
    }

    pub(super) fn may_have_code(&self, scope: &Scope, filter: Filter) -> bool {
        self.is_let_in() && scope.holds(self.establishment) && filter.holds(self)
    }
}

/// Which terminals, beside that they are let in.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::terminals) struct Filter {
    pub(super) establishment: Option<EstablishmentId>,
    pub(super) point: Option<PointOfServiceId>,
    pub(super) never_activated: bool,
}

impl Filter {
    fn lives(self) -> Vec<&'static str> {
        if self.never_activated {
            vec![Life::Registered.code()]
        } else {
            vec![Life::Registered.code(), Life::Active.code()]
        }
    }

    /// Whether a terminal that was held belongs to them still.
    pub(super) fn holds(self, place: &Place) -> bool {
        self.lives().contains(&place.life.as_str())
            && self
                .establishment
                .is_none_or(|id| id == place.establishment)
            && self.point.is_none_or(|id| id == place.point)
    }
}

/// The same conditions for queries of different types.
macro_rules! narrow {
    ($query:expr, $scope:expr, $filter:expr) => {{
        let mut query = $query
            .filter(terminal_place::life.eq_any($filter.lives()))
            .into_boxed();
        if let Scope::Only(these) = $scope {
            query = query.filter(terminal_place::establishment_id.eq_any(these.clone()));
        }
        if let Some(id) = $filter.establishment {
            query = query.filter(terminal_place::establishment_id.eq(id));
        }
        if let Some(id) = $filter.point {
            query = query.filter(terminal_place::point_of_service_id.eq(id));
        }
        query
    }};
}

macro_rules! places {
    ($query:expr) => {
        $query.select((
            terminal_place::id,
            terminal_place::tid,
            terminal_place::serial_number,
            terminal_place::establishment_id,
            terminal_place::point_of_service_id,
            terminal_place::life,
        ))
    };
}

/// The next matching terminals, by their ids.
pub(super) fn next(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    after: TerminalId,
    limit: usize,
) -> Result<Vec<Place>, Error> {
    let query = narrow!(terminal_place::table, scope, filter)
        .filter(terminal_place::id.gt(after))
        .order(terminal_place::id.asc())
        .limit(i64::try_from(limit).unwrap_or(i64::MAX));
    Ok(places!(query).load(conn)?)
}

/// How many match, and how many of them are active.
pub(super) fn count(conn: &mut Conn, scope: &Scope, filter: &Filter) -> Result<(i64, i64), Error> {
    let all: i64 = narrow!(terminal_place::table, scope, filter)
        .count()
        .get_result(conn)?;
    let active: i64 = narrow!(terminal_place::table, scope, filter)
        .filter(terminal_place::life.eq(Life::Active.code()))
        .count()
        .get_result(conn)?;
    Ok((all, active))
}

/// Unused codes of those that match.
pub(super) fn count_unused(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    now: Millis,
) -> Result<i64, Error> {
    let query = terminal_place::table.inner_join(terminal_activation::table);
    Ok(narrow!(query, scope, filter)
        .filter(terminal_activation::used_at.is_null())
        .filter(terminal_activation::attempts_left.gt(0))
        .filter(terminal_activation::expires_at.gt(now))
        .count()
        .get_result(conn)?)
}

/// Unused codes of these.
pub(super) fn count_unused_of(
    conn: &mut Conn,
    ids: &[TerminalId],
    now: Millis,
) -> Result<i64, Error> {
    Ok(terminal_activation::table
        .filter(terminal_activation::terminal_id.eq_any(ids.to_vec()))
        .filter(terminal_activation::used_at.is_null())
        .filter(terminal_activation::attempts_left.gt(0))
        .filter(terminal_activation::expires_at.gt(now))
        .count()
        .get_result(conn)?)
}

/// Those with these TIDs, in `scope`.
pub(super) fn named(conn: &mut Conn, scope: &Scope, tids: &[String]) -> Result<Vec<Place>, Error> {
    let query = terminal_place::table.filter(terminal_place::tid.eq_any(tids.to_vec()));
    let mut found: Vec<Place> = places!(query).load(conn)?;
    found.retain(|place| scope.holds(place.establishment));
    Ok(found)
}

/// What to do about a terminal that somebody else holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Busy {
    /// Go on without it.
    IsLeft,
    IsWaitedFor,
}

/// Keeps the places of these terminals as they are until the commit. Check-ins write no place, so
/// none of them waits, and neither does a new row that only refers to a place. Codes are written after
/// their places are held, by everybody. SQLite has one writer anyway.
pub(super) fn hold(conn: &mut Conn, ids: &[TerminalId], busy: Busy) -> Result<Vec<Place>, Error> {
    let these = || {
        terminal_place::table
            .filter(terminal_place::id.eq_any(ids.to_vec()))
            .order(terminal_place::id.asc())
    };
    Ok(match (conn, busy) {
        (Conn::Sqlite(c), _) => places!(these()).load(c)?,
        (Conn::Postgres(c), Busy::IsLeft) => {
            places!(these()).for_no_key_update().skip_locked().load(c)?
        }
        (Conn::Postgres(c), Busy::IsWaitedFor) => places!(these()).for_no_key_update().load(c)?,
    })
}
