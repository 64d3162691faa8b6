//! Reading facts: of terminals by their keys, and how many there are of each from the counters.
use super::ops::ALL;
use crate::access::Scope;
use crate::db::{Conn, Error};
use crate::ids::{EstablishmentId, TerminalId};
use crate::terminals::schema::{
    terminal_count, terminal_fact as fact, terminal_fact_count as counted,
};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use std::collections::{HashMap, HashSet};

/// Names that are offered to choose from.
const OFFERED: i64 = 500;
/// Components, and packages, of which one version is looked for.
const SIDE_BY_SIDE: i64 = 64;

/// How many terminals in service of the scope, and of an establishment where one is named, have each
/// value of a fact; from the counters.
pub fn tally(
    conn: &mut Conn,
    scope: &Scope,
    establishment: Option<EstablishmentId>,
    name: &str,
) -> Result<Vec<(String, i64)>, Error> {
    let query = counted::table
        .filter(counted::name.eq(name))
        .filter(counted::n.ne(0))
        .filter(counted::establishment_id.eq_any(counters_of(scope, establishment)))
        .group_by(counted::value)
        .select((counted::value, sql::<BigInt>("cast(sum(n) as bigint)")));
    let rows: Vec<(String, i64)> = query.load(conn)?;
    Ok(rows.into_iter().filter(|(_, n)| *n > 0).collect())
}

/// The next establishments that have, or had, terminals: their counters by presence stay when nobody is left.
pub fn establishments(
    conn: &mut Conn,
    after: EstablishmentId,
    n: i64,
) -> Result<Vec<EstablishmentId>, Error> {
    Ok(terminal_count::table
        .filter(terminal_count::establishment_id.gt(after))
        .select(terminal_count::establishment_id)
        .distinct()
        .order(terminal_count::establishment_id.asc())
        .limit(n)
        .load(conn)?)
}

/// Where, of which fact, which value, and how many terminals in service have it.
type Count = (EstablishmentId, String, String, i64);

/// What the counters of these establishments (0 counts all) say of these facts.
pub fn counts_of(
    conn: &mut Conn,
    establishments: &[EstablishmentId],
    names: &[&str],
) -> Result<Vec<Count>, Error> {
    Ok(counted::table
        .filter(counted::establishment_id.eq_any(establishments.to_vec()))
        .filter(counted::name.eq_any(names.to_vec()))
        .filter(counted::n.gt(0))
        .select((
            counted::establishment_id,
            counted::name,
            counted::value,
            counted::n,
        ))
        .load(conn)?)
}

/// How many terminals in service of the scope, and of an establishment where one is named, have this
/// value of a fact; from the counters.
pub(in crate::terminals) fn count_of(
    conn: &mut Conn,
    scope: &Scope,
    establishment: Option<EstablishmentId>,
    (name, value): &(String, String),
) -> Result<i64, Error> {
    Ok(counted::table
        .filter(counted::establishment_id.eq_any(counters_of(scope, establishment)))
        .filter(counted::name.eq(name))
        .filter(counted::value.eq(value))
        .select(sql::<BigInt>("coalesce(cast(sum(n) as bigint), 0)"))
        .get_result(conn)?)
}

/// The establishments whose counters add up to the scope, or to an establishment of it; 0 counts all.
#[must_use]
pub fn counters_of(scope: &Scope, establishment: Option<EstablishmentId>) -> Vec<EstablishmentId> {
    match (scope, establishment) {
        (Scope::All, None) => vec![ALL],
        (scope, Some(one)) if scope.holds(one) => vec![one],
        (Scope::Only(these), None) => these.clone(),
        _ => Vec::new(),
    }
}

/// The names of facts that begin so, as terminals in service have them.
pub fn names_of(conn: &mut Conn, scope: &Scope, beginning: &str) -> Result<Vec<String>, Error> {
    let mut query = counted::table
        .filter(counted::name.ge(beginning.to_owned()))
        .filter(counted::name.lt(format!("{beginning}\u{10ffff}")))
        .filter(counted::n.gt(0))
        .select(counted::name)
        .distinct()
        .order(counted::name.asc())
        .limit(OFFERED)
        .into_boxed();
    query = match scope {
        Scope::All => query.filter(counted::establishment_id.eq(ALL)),
        Scope::Only(these) => query.filter(counted::establishment_id.eq_any(these.clone())),
    };
    Ok(query.load(conn)?)
}

/// The names that begin so under which any terminal has this value.
pub(in crate::terminals) fn of_value(
    conn: &mut Conn,
    beginning: &str,
    value: &str,
) -> Result<Vec<String>, Error> {
    Ok(counted::table
        .filter(counted::establishment_id.eq(ALL))
        .filter(counted::value.eq(value))
        .filter(counted::name.ge(beginning.to_owned()))
        .filter(counted::name.lt(format!("{beginning}\u{10ffff}")))
        .select(counted::name)
        .order(counted::name.asc())
        .limit(SIDE_BY_SIDE)
        .load(conn)?)
}

/// Every fact of each of these terminals, by its name.
pub fn facts_of(
    conn: &mut Conn,
    terminals: &[TerminalId],
) -> Result<HashMap<TerminalId, HashMap<String, String>>, Error> {
    let rows: Vec<(TerminalId, String, String)> = fact::table
        .filter(fact::terminal_id.eq_any(terminals.to_vec()))
        .select((fact::terminal_id, fact::name, fact::value))
        .load(conn)?;
    let mut all: HashMap<_, HashMap<_, _>> = HashMap::with_capacity(terminals.len());
    for (terminal, name, value) in rows {
        all.entry(terminal).or_default().insert(name, value);
    }
    Ok(all)
}

/// Which of these terminals have any of the values, each under its name.
pub(in crate::terminals) fn having(
    conn: &mut Conn,
    any: &[(String, String)],
    ids: &[i64],
) -> Result<HashSet<i64>, Error> {
    let names: Vec<&str> = any.iter().map(|(name, _)| name.as_str()).collect();
    let values: Vec<&str> = any.iter().map(|(_, value)| value.as_str()).collect();
    let found: Vec<(i64, String, String)> = fact::table
        .filter(fact::terminal_id.eq_any(ids.to_vec()))
        .filter(fact::name.eq_any(names))
        .filter(fact::value.eq_any(values))
        .select((fact::terminal_id, fact::name, fact::value))
        .load(conn)?;
    let fits = |(id, name, value)| any.contains(&(name, value)).then_some(id);
    Ok(found.into_iter().filter_map(fits).collect())
}

/// What these terminals have under a name; who has nothing is absent.
pub(in crate::terminals) fn of_name(
    conn: &mut Conn,
    name: &str,
    ids: &[i64],
) -> Result<HashMap<i64, String>, Error> {
    let found: Vec<(i64, String)> = fact::table
        .filter(fact::terminal_id.eq_any(ids.to_vec()))
        .filter(fact::name.eq(name))
        .select((fact::terminal_id, fact::value))
        .load(conn)?;
    Ok(found.into_iter().collect())
}
