//! All SQL of the days.
use super::kept::{CONNECTIVITY, FACTS};
use super::model::Day;
use crate::access::Scope;
use crate::db::{Conn, Error};
use crate::ids::EstablishmentId;
use crate::monitoring::schema::monitoring_day as kept;
use crate::on_backend;
use crate::terminals;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use std::collections::HashMap;

/// Rows of one statement: an engine takes some 32,000 values at once.
const AT_ONCE: usize = 5_000;

/// How many have a value: where, of which name, which, how many.
pub(super) type Count = (EstablishmentId, String, String, i64);

/// Brings what is kept of these establishments on that day to these counts. What stays as it is writes
/// nothing.
pub(super) fn replace(
    conn: &mut Conn,
    day: Day,
    establishments: &[EstablishmentId],
    counts: &[Count],
) -> Result<(), Error> {
    let there: Vec<Count> = kept::table
        .filter(kept::establishment_id.eq_any(establishments.to_vec()))
        .filter(kept::name.eq_any(names()))
        .filter(kept::day.eq(day.0))
        .select((kept::establishment_id, kept::name, kept::value, kept::n))
        .load(conn)?;
    let mut there: HashMap<_, i64> = there.into_iter().map(keyed).collect();
    let mut fresh = Vec::new();
    for (key, n) in counts.iter().cloned().map(keyed) {
        match there.remove(&key) {
            Some(same) if same == n => {}
            Some(_) => {
                let (establishment, name, value) = &key;
                let row = kept::table.find((establishment, name, day.0, value));
                diesel::update(row).set(kept::n.eq(n)).execute(conn)?;
            }
            None => fresh.push((key, n)),
        }
    }
    for (establishment, name, value) in there.keys() {
        let row = kept::table.find((establishment, name, day.0, value));
        diesel::delete(row).execute(conn)?;
    }
    for some in fresh.chunks(AT_ONCE) {
        let row = |((establishment, name, value), n): &(Key, i64)| {
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

type Key = (EstablishmentId, String, String);

fn keyed((establishment, name, value, n): Count) -> (Key, i64) {
    ((establishment, name, value), n)
}

/// Every name of which counts are kept.
fn names() -> Vec<&'static str> {
    FACTS.into_iter().chain([CONNECTIVITY]).collect()
}

/// What was counted on the days between these two, both included, by day and value.
pub(super) fn between(
    conn: &mut Conn,
    scope: &Scope,
    establishment: Option<EstablishmentId>,
    name: &str,
    (from, to): (Day, Day),
) -> Result<Vec<(i32, String, i64)>, Error> {
    Ok(kept::table
        .filter(kept::establishment_id.eq_any(terminals::counters_of(scope, establishment)))
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

/// Takes away what is older of these establishments.
pub(super) fn forget(
    conn: &mut Conn,
    before: Day,
    establishments: &[EstablishmentId],
) -> Result<(), Error> {
    let old = kept::table
        .filter(kept::establishment_id.eq_any(establishments.to_vec()))
        .filter(kept::name.eq_any(names()))
        .filter(kept::day.lt(before.0));
    diesel::delete(old).execute(conn)?;
    Ok(())
}
