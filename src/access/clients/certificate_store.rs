//! All SQL of the certificates of API clients.
use crate::access::schema::access_client as client;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::ClientId;
use diesel::prelude::*;
use std::collections::HashMap;

/// Until when the certificate of a client is good; `None` when it needs none.
pub(super) fn until(conn: &mut Conn, id: ClientId) -> Result<Option<Millis>, Error> {
    let found: Option<Option<Millis>> = client::table
        .filter(client::id.eq(id))
        .select(client::certificate_until)
        .first(conn)
        .optional()?;
    Ok(found.flatten())
}

/// The same of some clients, for those that need one.
pub(super) fn until_of(
    conn: &mut Conn,
    these: &[ClientId],
) -> Result<HashMap<ClientId, Millis>, Error> {
    let found: Vec<(ClientId, Option<Millis>)> = client::table
        .filter(client::id.eq_any(these.to_vec()))
        .filter(client::certificate_until.is_not_null())
        .select((client::id, client::certificate_until))
        .load(conn)?;
    let found = found.into_iter();
    Ok(found.filter_map(|(id, until)| Some((id, until?))).collect())
}

/// From now on the client's tokens count beside this key only; with `None`, alone again.
pub(super) fn set(
    conn: &mut Conn,
    id: ClientId,
    certificate: Option<(&[u8; 32], Millis)>,
) -> Result<(), Error> {
    let (key, until) = certificate.unzip();
    diesel::update(client::table.filter(client::id.eq(id)))
        .set((
            client::certificate_key.eq(key.map(|key| key.to_vec())),
            client::certificate_until.eq(until),
            client::version.eq(client::version + 1),
        ))
        .execute(conn)?;
    Ok(())
}
