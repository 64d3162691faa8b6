//! All SQL of the establishments that API clients are limited to.
use super::store::Client;
use crate::access::model::Scope;
use crate::access::schema::access_client_establishment as limit;
use crate::db::{Conn, Error};
use crate::ids::{ClientId, EstablishmentId};
use crate::on_backend;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// Rows that one statement writes.
const AT_ONCE: usize = 1_000;

/// What a client sees; `all` is what its own row says.
pub(super) fn scope_of(conn: &mut Conn, id: ClientId, all: bool) -> Result<Scope, Error> {
    if all {
        return Ok(Scope::All);
    }
    let these = limit::table
        .filter(limit::client_id.eq(id))
        .order(limit::establishment_id.asc())
        .select(limit::establishment_id)
        .load(conn)?;
    Ok(Scope::Only(these))
}

/// What each of them sees, in their order.
pub(super) fn scopes_of(conn: &mut Conn, these: &[Client]) -> Result<Vec<Scope>, Error> {
    let limited: Vec<ClientId> = these
        .iter()
        .filter(|it| !it.sees_all)
        .map(|it| it.id)
        .collect();
    let mut only = only(conn, limited)?;
    let scope = |it: &Client| {
        if it.sees_all {
            return Scope::All;
        }
        Scope::Only(only.remove(&it.id).unwrap_or_default())
    };
    Ok(these.iter().map(scope).collect())
}

fn only(
    conn: &mut Conn,
    these: Vec<ClientId>,
) -> Result<HashMap<ClientId, Vec<EstablishmentId>>, Error> {
    let mut all: HashMap<ClientId, Vec<EstablishmentId>> = HashMap::new();
    if these.is_empty() {
        return Ok(all);
    }
    let rows: Vec<(ClientId, EstablishmentId)> = limit::table
        .filter(limit::client_id.eq_any(these))
        .select((limit::client_id, limit::establishment_id))
        .load(conn)?;
    for (whose, establishment) in rows {
        all.entry(whose).or_default().push(establishment);
    }
    Ok(all)
}

/// The clients whose limits lie within these establishments.
pub(super) fn within(conn: &mut Conn, these: &[EstablishmentId]) -> Result<Vec<ClientId>, Error> {
    let touched: Vec<ClientId> = limit::table
        .filter(limit::establishment_id.eq_any(these.to_vec()))
        .select(limit::client_id)
        .load(conn)?;
    let touched: HashSet<ClientId> = touched.into_iter().collect();
    let these: HashSet<EstablishmentId> = these.iter().copied().collect();
    let all = only(conn, touched.into_iter().collect())?.into_iter();
    let inside = all.filter(|(_, own)| own.iter().all(|one| these.contains(one)));
    Ok(inside.map(|(id, _)| id).collect())
}

/// Writes the limits of a client anew. Its own row tells whether they count.
pub(super) fn put(conn: &mut Conn, id: ClientId, scope: &Scope) -> Result<(), Error> {
    diesel::delete(limit::table.filter(limit::client_id.eq(id))).execute(conn)?;
    let Scope::Only(these) = scope else {
        return Ok(());
    };
    for some in these.chunks(AT_ONCE) {
        let row =
            |one: &EstablishmentId| (limit::client_id.eq(id), limit::establishment_id.eq(*one));
        let rows: Vec<_> = some.iter().map(row).collect();
        on_backend!(conn, |c| diesel::insert_into(limit::table)
            .values(&rows)
            .execute(c))?;
    }
    Ok(())
}
