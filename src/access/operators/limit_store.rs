//! All SQL of the establishments that operators are limited to.
use super::model::Operator;
use crate::access::model::Scope;
use crate::access::schema::{access_operator as operator, access_operator_establishment as limit};
use crate::db::{Conn, Error};
use crate::ids::{EstablishmentId, OperatorId};
use crate::on_backend;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// Rows that one statement writes.
const AT_ONCE: usize = 1_000;

/// The establishments that an operator is limited to, by their keys.
pub(in crate::access) fn establishments_of(
    conn: &mut Conn,
    id: OperatorId,
) -> Result<Vec<EstablishmentId>, Error> {
    let all = limit::table
        .filter(limit::operator_id.eq(id))
        .order(limit::establishment_id.asc())
        .select(limit::establishment_id)
        .load(conn)?;
    Ok(all)
}

/// What an operator sees.
pub(in crate::access) fn scope_of(conn: &mut Conn, operator: &Operator) -> Result<Scope, Error> {
    if operator.sees_all {
        return Ok(Scope::All);
    }
    Ok(Scope::Only(establishments_of(conn, operator.id)?))
}

/// What each of them sees, in their order.
pub(in crate::access) fn scopes_of(
    conn: &mut Conn,
    these: &[Operator],
) -> Result<Vec<Scope>, Error> {
    let limited: Vec<OperatorId> = these
        .iter()
        .filter(|it| !it.sees_all)
        .map(|it| it.id)
        .collect();
    let mut only = only(conn, limited)?;
    let scope = |it: &Operator| {
        if it.sees_all {
            return Scope::All;
        }
        Scope::Only(only.remove(&it.id).unwrap_or_default())
    };
    Ok(these.iter().map(scope).collect())
}

fn only(
    conn: &mut Conn,
    these: Vec<OperatorId>,
) -> Result<HashMap<OperatorId, Vec<EstablishmentId>>, Error> {
    let mut all: HashMap<OperatorId, Vec<EstablishmentId>> = HashMap::new();
    if these.is_empty() {
        return Ok(all);
    }
    let rows: Vec<(OperatorId, EstablishmentId)> = limit::table
        .filter(limit::operator_id.eq_any(these))
        .select((limit::operator_id, limit::establishment_id))
        .load(conn)?;
    for (whose, establishment) in rows {
        all.entry(whose).or_default().push(establishment);
    }
    Ok(all)
}

/// The operators whose limits lie within these establishments.
pub(in crate::access) fn within(
    conn: &mut Conn,
    these: &[EstablishmentId],
) -> Result<Vec<OperatorId>, Error> {
    let touched: Vec<OperatorId> = limit::table
        .filter(limit::establishment_id.eq_any(these.to_vec()))
        .select(limit::operator_id)
        .load(conn)?;
    let touched: HashSet<OperatorId> = touched.into_iter().collect();
    let these: HashSet<EstablishmentId> = these.iter().copied().collect();
    let all = only(conn, touched.into_iter().collect())?.into_iter();
    let inside = all.filter(|(_, own)| own.iter().all(|one| these.contains(one)));
    Ok(inside.map(|(id, _)| id).collect())
}

/// Changes an operator's name and what he sees, while he is still as he was seen; true when this call
/// did.
pub(super) fn change(
    conn: &mut Conn,
    (id, seen): (OperatorId, i64),
    name: &str,
    scope: &Scope,
) -> Result<bool, Error> {
    let row = operator::table.filter(operator::id.eq(id).and(operator::version.eq(seen)));
    let n = diesel::update(row)
        .set((
            operator::name.eq(name),
            operator::all_establishments.eq(*scope == Scope::All),
            operator::version.eq(seen + 1),
        ))
        .execute(conn)?;
    if n == 0 {
        return Ok(false);
    }
    put(conn, id, scope)?;
    Ok(true)
}

/// Writes the limits of an operator anew. His own row tells whether they count.
pub(super) fn put(conn: &mut Conn, id: OperatorId, scope: &Scope) -> Result<(), Error> {
    diesel::delete(limit::table.filter(limit::operator_id.eq(id))).execute(conn)?;
    let Scope::Only(these) = scope else {
        return Ok(());
    };
    for some in these.chunks(AT_ONCE) {
        let row =
            |one: &EstablishmentId| (limit::operator_id.eq(id), limit::establishment_id.eq(*one));
        let rows: Vec<_> = some.iter().map(row).collect();
        on_backend!(conn, |c| diesel::insert_into(limit::table)
            .values(&rows)
            .execute(c))?;
    }
    Ok(())
}
