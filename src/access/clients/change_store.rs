//! The SQL by which an API client becomes another.
use super::limit_store;
use crate::access::model::{Permissions, Scope};
use crate::access::roles::to_json;
use crate::access::schema::access_client as client;
use crate::db::{Conn, Error};
use crate::ids::ClientId;
use diesel::prelude::*;
use diesel::result::DatabaseErrorKind;
use diesel::result::Error::DatabaseError;

/// What a client is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Becomes {
    pub(super) name: String,
    pub(super) scopes: Permissions,
    pub(super) scope: Scope,
    /// `None` is what every client may do.
    pub(super) per_minute: Option<u32>,
}

/// How changing a client ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Changed {
    Done,
    Stale,
    NameTaken,
}

/// Changes a client while it is still as it was seen. When it was not, the caller has to give up his
/// transaction.
pub(super) fn change(
    conn: &mut Conn,
    (id, seen): (ClientId, i64),
    becomes: &Becomes,
) -> Result<Changed, Error> {
    let row = client::table.filter(client::id.eq(id).and(client::version.eq(seen)));
    let done = diesel::update(row)
        .set((
            client::name.eq(&becomes.name),
            client::scopes.eq(to_json(&becomes.scopes)),
            client::all_establishments.eq(becomes.scope == Scope::All),
            client::per_minute.eq(becomes.per_minute.map(i64::from)),
            client::version.eq(seen + 1),
        ))
        .execute(conn);
    let n = match done {
        // An update cannot step aside from a duplicate as an insert can, and to look for one before
        // misses whoever takes the name at the same time. Nothing but the name is unique here.
        Err(DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => return Ok(Changed::NameTaken),
        done => done?,
    };
    if n == 0 {
        return Ok(Changed::Stale);
    }
    limit_store::put(conn, id, &becomes.scope)?;
    Ok(Changed::Done)
}
