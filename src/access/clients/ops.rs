//! What is done to API clients.
use super::limit_store::{self, Changed};
use super::store::{self, Client};
use crate::access::audit::change;
use crate::access::error::Error;
use crate::access::limits::{Establishments, Limits, Reach};
use crate::access::model::{Permission, Permissions, Scope, State};
use crate::access::operators::{Grantor, name};
use crate::clock::Millis;
use crate::db::{Conn, Tx};
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
    (client_name, scopes): (&str, &Permissions),
    reach: &Reach,
    now: Millis,
) -> Result<(Client, String), Error> {
    let client_name = name(client_name)?;
    by.check(scopes, &reach.scope)?;
    let made = store::insert(tx, &client_name, scopes, &reach.scope, now)?;
    let id = made.ok_or(Error::ClientNameTaken)?;
    let client = store::find(tx, id)?.ok_or(Error::ClientUnknown)?;
    tx.record(
        change(&by.actor, now, "client.create", "client", &client.name)
            .after(json!({ "scopes": scopes, "establishments": reach.told() })),
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

/// What is to be changed about a client.
#[derive(Debug, Clone)]
pub(in crate::access) struct Edit {
    /// As it is when absent.
    pub name: Option<String>,
    pub limits: Limits,
    /// The version that whoever changes it has seen; when absent he takes it as it is.
    pub seen: Option<i64>,
}

/// Changes a client's name and what it sees, from its next request on.
pub(in crate::access) fn amend(
    tx: &mut Tx,
    by: &Grantor,
    establishments: &Establishments,
    id: ClientId,
    edit: &Edit,
    now: Millis,
) -> Result<(), Error> {
    let before = governed(tx, by, id)?;
    let new_name = match &edit.name {
        Some(text) => name(text)?,
        None => before.name.clone(),
    };
    let had = limit_store::scope_of(tx, id, before.sees_all)?;
    let had = Reach::of(tx, establishments, &had)?;
    let gets = edit
        .limits
        .resolve(tx, establishments, &by.actor.scope, &had.scope)?;
    by.check(&before.scopes, &gets.scope)?;
    let seen = edit.seen.unwrap_or(before.version);
    let is_renamed = new_name != before.name;
    if !is_renamed && gets.scope == had.scope && seen == before.version {
        return Ok(());
    }
    match limit_store::change(tx, (id, seen), &new_name, &gets.scope)? {
        Changed::Done => {}
        Changed::Stale => return Err(Error::Stale),
        Changed::NameTaken => return Err(Error::ClientNameTaken),
    }
    let verb = |verb| change(&by.actor, now, verb, "client", &before.name);
    if gets.scope != had.scope {
        tx.record(
            verb("client.set-limits")
                .before(json!({ "establishments": had.told() }))
                .after(json!({ "establishments": gets.told() })),
        );
    }
    if is_renamed {
        tx.record(
            verb("client.rename")
                .before(json!({ "name": before.name }))
                .after(json!({ "name": new_name })),
        );
    }
    Ok(())
}

/// A client by its name, whoever asks.
pub(in crate::access) fn find_by_name(conn: &mut Conn, name: &str) -> Result<Client, Error> {
    store::find_by_name(conn, name)?.ok_or(Error::ClientUnknown)
}

/// A client, for one who sees `scope`: one that sees anything out of it does not exist for him.
pub(super) fn known(conn: &mut Conn, scope: &Scope, id: ClientId) -> Result<Client, Error> {
    let client = store::find(conn, id)?.ok_or(Error::ClientUnknown)?;
    let is_theirs =
        *scope == Scope::All || scope.covers(&limit_store::scope_of(conn, id, client.sees_all)?);
    is_theirs.then_some(client).ok_or(Error::ClientUnknown)
}

fn governed(tx: &mut Tx, by: &Grantor, id: ClientId) -> Result<Client, Error> {
    let client = known(tx, &by.actor.scope, id)?;
    let own = limit_store::scope_of(tx, id, client.sees_all)?;
    by.check(&client.scopes, &own)?;
    Ok(client)
}
