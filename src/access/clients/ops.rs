//! What is done to API clients.
use super::store::{self, Client};
use crate::access::audit::change;
use crate::access::error::Error;
use crate::access::model::{Permission, Permissions, State};
use crate::access::operators::{Grantor, name};
use crate::clock::Millis;
use crate::db::Tx;
use crate::ids::ClientId;
use crate::sealing;
use serde_json::json;

/// A token, with a word in front by which scanners of source code know a leaked one.
fn new_token() -> String {
    format!("pfc_{}", sealing::new_token())
}

/// Reads scopes as a form sends them.
pub(super) fn scopes(codes: &[&str]) -> Result<Permissions, Error> {
    let set: Option<_> = codes.iter().map(|code| Permission::parse(code)).collect();
    let set = Permissions(set.ok_or(Error::ScopeUnknown)?);
    if set.0.is_empty() {
        return Err(Error::NoScopes);
    }
    Ok(set)
}

/// Makes a client and its first token, which is returned and kept nowhere.
pub(in crate::access) fn create(
    tx: &mut Tx,
    by: &Grantor,
    client_name: &str,
    scopes: &Permissions,
    now: Millis,
) -> Result<(Client, String), Error> {
    let client_name = name(client_name)?;
    by.check(scopes)?;
    let id = store::insert(tx, &client_name, scopes, now)?.ok_or(Error::ClientNameTaken)?;
    let client = store::find(tx, id)?.ok_or(Error::ClientUnknown)?;
    tx.record(
        change(&by.actor, now, "client.create", "client", &client.name)
            .after(json!({ "scopes": scopes })),
    );
    let token = insert_token(tx, id, now)?;
    Ok((client, token))
}

/// One more token for a client; those it has stay good.
pub(super) fn add_token(
    tx: &mut Tx,
    by: &Grantor,
    id: ClientId,
    now: Millis,
) -> Result<(Client, String), Error> {
    let client = governed(tx, by, id)?;
    let token = insert_token(tx, id, now)?;
    tx.record(change(
        &by.actor,
        now,
        "client.add-token",
        "client",
        &client.name,
    ));
    Ok((client, token))
}

fn insert_token(tx: &mut Tx, id: ClientId, now: Millis) -> Result<String, Error> {
    let token = new_token();
    store::insert_token(tx, id, &sealing::hash_token(&token), now, None)?;
    Ok(token)
}

/// Takes a token back; from the next request on it opens nothing.
pub(super) fn revoke_token(
    tx: &mut Tx,
    by: &Grantor,
    id: ClientId,
    token: i64,
    now: Millis,
) -> Result<(), Error> {
    let client = governed(tx, by, id)?;
    if !store::revoke_token(tx, id, token, now)? {
        return Err(Error::TokenUnknown);
    }
    tx.record(
        change(
            &by.actor,
            now,
            "client.revoke-token",
            "client",
            &client.name,
        )
        .before(json!({ "token": token })),
    );
    Ok(())
}

/// Lets a client in, or no longer, whatever tokens it has.
pub(super) fn set_state(
    tx: &mut Tx,
    by: &Grantor,
    id: ClientId,
    to: State,
    now: Millis,
) -> Result<(), Error> {
    let client = governed(tx, by, id)?;
    if store::set_state(tx, id, to)? {
        tx.record(
            change(&by.actor, now, "client.set-state", "client", &client.name)
                .before(json!({ "state": client.state.code() }))
                .after(json!({ "state": to.code() })),
        );
    }
    Ok(())
}

fn governed(tx: &mut Tx, by: &Grantor, id: ClientId) -> Result<Client, Error> {
    let client = store::find(tx, id)?.ok_or(Error::ClientUnknown)?;
    by.check(&client.scopes)?;
    Ok(client)
}
