//! All SQL of the days.
use super::model::Day;
use crate::access::Scope;
use crate::db::{Conn, Error};
use crate::ids::EstablishmentId;
use crate::monitoring::schema::monitoring_day as kept;
use crate::on_backend;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

/// Rows of one statement: an engine takes some 32,000 values at once.
const AT_ONCE: usize = 5_000;
/// As which everything is counted once more.
pub(super) const ALL: EstablishmentId = EstablishmentId(0);

/// How many have a value: where, of which name, which, how many.
pub(super) type Count = (EstablishmentId, String, String, i64);

/// Puts these counts in the place of what was counted of the establishments on that day.
pub(super) fn replace(
    conn: &mut Conn,
    day: Day,
    establishments: &[EstablishmentId],
    counts: &[Count],
) -> Result<(), Error> {
    let old = kept::table
        .filter(kept::establishment_id.eq_any(establishments.to_vec()))
        .filter(kept::day.eq(day.0));
    diesel::delete(old).execute(conn)?;
    for some in counts.chunks(AT_ONCE) {
        let row = |(establishment, name, value, n): &Count| {
            (
                kept::establishment_id.eq(*establishment),
                kept::name.eq(name.clone()),
                kept::day.eq(day.0),
                kept::value.eq(value.clone()),
                kept::n.eq(*n),
            )
        };
        let rows: Vec<_> = some.iter().map(row).collect();
        on_backend!(conn, |c| diesel::insert_into(kept::table)
            .values(rows)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// What was counted on the days between these two, both included, by day and value.
pub(super) fn between(
    conn: &mut Conn,
    scope: &Scope,
    establishment: Option<EstablishmentId>,
    name: &str,
    (from, to): (Day, Day),
) -> Result<Vec<(i32, String, i64)>, Error> {
    let of = match (scope, establishment) {
        (Scope::All, None) => vec![ALL],
        (scope, Some(one)) if scope.holds(one) => vec![one],
        (Scope::Only(these), None) => these.clone(),
        _ => return Ok(Vec::new()),
    };
    Ok(kept::table
        .filter(kept::establishment_id.eq_any(of))
        .filter(kept::name.eq(name))
        .filter(kept::day.between(from.0, to.0))
        .group_by((kept::day, kept::value))
        .select((
            kept::day,
            kept::value,
            sql::<BigInt>("cast(sum(n) as bigint)"),
        ))
        .load(conn)?)
}

/// Takes away so many rows of older days at most; says how many that were.
pub(super) fn forget(conn: &mut Conn, before: Day, most: i64) -> Result<usize, Error> {
    let old: Option<i32> = kept::table
        .filter(kept::day.lt(before.0))
        .select(kept::day)
        .order(kept::day.asc())
        .first(conn)
        .optional()?;
    let Some(day) = old else { return Ok(0) };
    let some: Vec<(EstablishmentId, String)> = kept::table
        .filter(kept::day.eq(day))
        .select((kept::establishment_id, kept::name))
        .limit(most)
        .load(conn)?;
    let mut n = 0;
    for (establishment, name) in some {
        let row = kept::table
            .filter(kept::establishment_id.eq(establishment))
            .filter(kept::name.eq(name))
            .filter(kept::day.eq(day));
        n += diesel::delete(row).execute(conn)?;
    }
    Ok(n)
}
