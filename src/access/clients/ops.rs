//! What is done to API clients.
use super::change_store::{self, Becomes, Changed};
use super::limit_store;
use super::model::{Lasts, Pacing};
use super::store::{self, Client};
use crate::access::audit::change;
use crate::access::error::Error;
use crate::access::limits::{Establishments, Limits, Reach};
use crate::access::model::{Permissions, Scope, State, Who};
use crate::access::operators::{Grantor, name};
use crate::clock::Millis;
use crate::db::{Conn, Tx};
use crate::ids::ClientId;
use crate::sealing;
use serde_json::{Value, json};

/// A token, with a word in front by which scanners of source code know a leaked one.
fn new_token() -> String {
    format!("pfc_{}", sealing::new_token())
}

/// Reads scopes as a form sends them.
pub(super) fn scopes(codes: &[&str]) -> Result<Permissions, Error> {
    let set = Permissions::parse(codes.iter().copied()).ok_or(Error::ScopeUnknown)?;
    if set.0.is_empty() {
        return Err(Error::NoScopes);
    }
    Ok(set)
}

/// A token that was just made; it stands here and nowhere else.
#[derive(Clone)]
pub(in crate::access) struct Made {
    pub client: Client,
    pub token: String,
    pub until: Option<Millis>,
}

/// Makes a client and its first token.
pub(in crate::access) fn create(
    tx: &mut Tx,
    by: &Grantor,
    (client_name, scopes): (&str, &Permissions),
    (reach, lasts): (&Reach, Lasts),
    now: Millis,
) -> Result<Made, Error> {
    let client_name = name(client_name)?;
    by.check(scopes, &reach.scope)?;
    let made = store::insert(tx, &client_name, scopes, &reach.scope, now)?;
    let id = made.ok_or(Error::ClientNameTaken)?;
    let client = store::find(tx, id)?.ok_or(Error::ClientUnknown)?;
    tx.record(
        change(&by.actor, now, "client.create", "client", &client.name).after(json!({
            "scopes": scopes, "establishments": reach.told(), "token_until": lasts.until(now),
        })),
    );
    insert_token(tx, by, client, lasts, now)
}

/// One more token for a client; those it has stay good.
pub(super) fn add_token(
    tx: &mut Tx,
    by: &Grantor,
    id: ClientId,
    lasts: Lasts,
    now: Millis,
) -> Result<Made, Error> {
    let client = governed(tx, by, id)?;
    tx.record(
        change(&by.actor, now, "client.add-token", "client", &client.name)
            .after(json!({ "until": lasts.until(now) })),
    );
    insert_token(tx, by, client, lasts, now)
}

fn insert_token(
    tx: &mut Tx,
    by: &Grantor,
    client: Client,
    lasts: Lasts,
    now: Millis,
) -> Result<Made, Error> {
    let (token, until) = (new_token(), lasts.until(now));
    let maker = match by.actor.who {
        Who::Operator(person, _) => Some(person),
        _ => None,
    };
    let hash = sealing::hash_token(&token);
    store::insert_token(tx, (client.id, maker), &hash, now, until)?;
    Ok(Made {
        client,
        token,
        until,
    })
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
    if is_own(by, id) {
        return Err(Error::OwnAccount);
    }
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
    /// As they are when absent.
    pub scopes: Option<Permissions>,
    pub limits: Limits,
    pub pacing: Pacing,
    /// The version that whoever changes it has seen; when absent he takes it as it is.
    pub seen: Option<i64>,
}

/// Changes what a client is called, may do, sees and how often it may ask, from its next request on.
pub(in crate::access) fn amend(
    tx: &mut Tx,
    by: &Grantor,
    establishments: &Establishments,
    id: ClientId,
    edit: &Edit,
    now: Millis,
) -> Result<(), Error> {
    let before = governed(tx, by, id)?;
    let had = limit_store::scope_of(tx, id, before.sees_all)?;
    let had = Reach::of(tx, establishments, &had)?;
    let gets = edit
        .limits
        .resolve(tx, establishments, &by.actor.scope, &had.scope)?;
    let becomes = Becomes {
        name: match &edit.name {
            Some(text) => name(text)?,
            None => before.name.clone(),
        },
        scopes: edit.scopes.clone().unwrap_or_else(|| before.scopes.clone()),
        scope: gets.scope.clone(),
        per_minute: edit.pacing.over(before.per_minute),
    };
    by.check(&becomes.scopes, &becomes.scope)?;
    if is_own(by, id) && (becomes.per_minute, &gets.scope) != (before.per_minute, &had.scope) {
        return Err(Error::OwnAccount);
    }
    let seen = edit.seen.unwrap_or(before.version);
    let steps = steps(&before, &becomes, (&had, &gets));
    if steps.is_empty() && seen == before.version {
        return Ok(());
    }
    match change_store::change(tx, (id, seen), &becomes)? {
        Changed::Done => {}
        Changed::Stale => return Err(Error::Stale),
        Changed::NameTaken => return Err(Error::ClientNameTaken),
    }
    for (verb, was, is) in steps {
        let entry = change(&by.actor, now, verb, "client", &before.name);
        tx.record(entry.before(was).after(is));
    }
    Ok(())
}

/// What the audit tells of a change: a line for each thing, as it was and as it is.
fn steps(
    before: &Client,
    becomes: &Becomes,
    (had, gets): (&Reach, &Reach),
) -> Vec<(&'static str, Value, Value)> {
    let mut steps = Vec::new();
    let mut note = |verb, key: &str, was: Value, is: Value| {
        if was != is {
            steps.push((verb, json!({ key: was }), json!({ key: is })));
        }
    };
    note(
        "client.set-scopes",
        "scopes",
        json!(before.scopes),
        json!(becomes.scopes),
    );
    // Compared by what is seen, not by what it is called.
    if had.scope != gets.scope {
        note(
            "client.set-limits",
            "establishments",
            had.told(),
            gets.told(),
        );
    }
    note(
        "client.set-pace",
        "per_minute",
        json!(before.per_minute),
        json!(becomes.per_minute),
    );
    note(
        "client.rename",
        "name",
        json!(before.name),
        json!(becomes.name),
    );
    steps
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

/// Whether a client is to change itself: nobody moves his own limits.
fn is_own(by: &Grantor, id: ClientId) -> bool {
    matches!(by.actor.who, Who::Client(own, _) if own == id)
}

pub(super) fn governed(tx: &mut Tx, by: &Grantor, id: ClientId) -> Result<Client, Error> {
    let client = known(tx, &by.actor.scope, id)?;
    let own = limit_store::scope_of(tx, id, client.sees_all)?;
    by.check(&client.scopes, &own)?;
    Ok(client)
}
