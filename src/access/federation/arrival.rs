//! From an identity that the provider proved to the operator who comes in.
use super::claims::{Identity, Sees};
use super::error::Error as Refused;
use super::store::{self, New};
use crate::access::audit::change;
use crate::access::error::Error;
use crate::access::limits::{Establishments, Limits};
use crate::access::model::{Actor, Permissions, Scope, State};
use crate::access::operators::{self, Edit, Grantor, NewOperator};
use crate::access::roles;
use crate::access::sessions;
use crate::clock::Millis;
use crate::db::{Change, Conn, Tx};
use crate::ids::OperatorId;
use serde_json::json;

/// As whom the provider's word is kept in the audit.
const BY: &str = "access.openid";

/// What became of somebody whom the provider let in. A refusal is no error here: that his sessions ended
/// has to stay.
pub(super) enum Arrived {
    Known(OperatorId),
    Refused(Refused),
}

/// The operator behind an identity, made where he comes for the first time, and governed by what the
/// provider says of him now.
pub(super) fn arrive(
    tx: &mut Tx,
    establishments: &Establishments,
    issuer: &str,
    identity: &Identity,
    now: Millis,
) -> Result<Arrived, Error> {
    let found = store::find(tx, issuer, &identity.subject)?;
    if let Some((id, _)) = found
        && !is_active(tx, id)?
    {
        return Ok(Arrived::Refused(Refused::Disabled));
    }
    if let Some((id, false)) = found {
        return Ok(Arrived::Known(id));
    }
    let word = match word(tx, establishments, identity)? {
        Ok(word) => word,
        Err(refused) => {
            if let Some((id, _)) = found {
                turn_away(tx, id, now)?;
            }
            return Ok(Arrived::Refused(refused));
        }
    };
    match found {
        Some((id, _)) => {
            // One that the console gave him for when the provider was away.
            operators::drop_password(tx, id)?;
            govern(tx, establishments, id, identity, word, now)?;
            Ok(Arrived::Known(id))
        }
        None => bring(tx, establishments, issuer, identity, word, now),
    }
}

fn is_active(tx: &mut Tx, id: OperatorId) -> Result<bool, Error> {
    Ok(operators::find(tx, id)?.is_some_and(|it| it.state == State::Active))
}

/// Ends what he has here: what he was allowed yesterday is no reason to let him go on today.
pub(super) fn turn_away(tx: &mut Tx, id: OperatorId, now: Millis) -> Result<(), Error> {
    operators::drop_password(tx, id)?;
    let ended = sessions::delete_of(tx, id)?;
    let operator = operators::find(tx, id)?.ok_or(Error::WrongCredentials)?;
    if ended > 0 {
        let login = &operator.login;
        let said = change(&by().actor, now, "operator.end-session", "operator", login);
        tx.record(said.before(json!({ "sessions": ended })));
    }
    Ok(())
}

/// Whose an identity is, where the provider governs him.
pub(super) fn governed(
    conn: &mut Conn,
    issuer: &str,
    subject: &str,
) -> Result<Option<OperatorId>, Error> {
    let found = store::find(conn, issuer, subject)?;
    Ok(found.and_then(|(id, is_governed)| is_governed.then_some(id)))
}

/// What the provider's word means here: roles and limits that exist.
struct Word {
    roles: Vec<String>,
    limits: Limits,
}

fn word(
    tx: &mut Tx,
    establishments: &Establishments,
    identity: &Identity,
) -> Result<Result<Word, Refused>, Error> {
    let there = roles::list(tx)?;
    let is_there = |code: &&String| there.iter().any(|role| role.code == **code);
    let (known, unknown): (Vec<&String>, Vec<&String>) = identity.roles.iter().partition(is_there);
    if !unknown.is_empty() {
        tracing::warn!(roles = ?unknown, "openid.roles names roles that do not exist");
    }
    if known.is_empty() {
        return Ok(Err(Refused::NoRole));
    }
    let limits = match &identity.sees {
        Sees::Unsaid => Limits::Unsaid,
        Sees::All => Limits::All,
        Sees::Only(codes) => {
            // The provider may name shops that are not here (any more); they take nothing from the others.
            let found = (establishments.by_code)(tx, &Scope::All, codes)?;
            if found.is_empty() {
                return Ok(Err(Refused::NoEstablishment));
            }
            Limits::Only(found.into_iter().map(|it| it.code).collect())
        }
    };
    let roles = known.into_iter().cloned().collect();
    Ok(Ok(Word { roles, limits }))
}

fn by() -> Grantor {
    Grantor {
        actor: Actor::job(BY),
        permissions: Permissions::all(),
    }
}

fn govern(
    tx: &mut Tx,
    establishments: &Establishments,
    id: OperatorId,
    identity: &Identity,
    word: Word,
    now: Millis,
) -> Result<(), Error> {
    let operator = operators::find(tx, id)?.ok_or(Error::WrongCredentials)?;
    let name = identity.name.as_deref();
    let edit = Edit {
        name: name.and_then(|name| operators::name(name).ok()),
        roles: Some(word.roles),
        limits: word.limits,
        seen: None,
    };
    operators::amend(tx, &by(), establishments, &operator.login, &edit, now)
}

/// Makes an operator of somebody who comes for the first time.
fn bring(
    tx: &mut Tx,
    establishments: &Establishments,
    issuer: &str,
    identity: &Identity,
    word: Word,
    now: Millis,
) -> Result<Arrived, Error> {
    let login = identity.login.as_deref().map(operators::login);
    let Some(Ok(login)) = login else {
        return Ok(Arrived::Refused(Refused::NoLogin));
    };
    let name = identity
        .name
        .as_deref()
        .and_then(|it| operators::name(it).ok());
    let new = NewOperator {
        name: name.unwrap_or_else(|| login.clone()),
        role: word.roles.first().cloned().unwrap_or_default(),
        login,
    };
    let reach = word
        .limits
        .resolve(tx, establishments, &Scope::All, &Scope::All)?;
    let made = match operators::make(tx, &by(), &new, &reach, now) {
        Ok(operator) => operator,
        Err(Error::LoginTaken) => {
            // He may have come twice at once. Otherwise the names agree, and that proves nothing.
            return Ok(match governed(tx, issuer, &identity.subject)? {
                Some(id) => Arrived::Known(id),
                None => Arrived::Refused(Refused::LoginTaken),
            });
        }
        Err(other) => return Err(other),
    };
    let new = New {
        issuer,
        subject: &identity.subject,
        called: identity.called(),
        is_governed: true,
    };
    if !store::insert(tx, made.id, &new, now)? {
        return Err(Refused::IdentityTaken.into());
    }
    tx.record(linked(&by().actor, &made.login, &new, now));
    if word.roles.len() > 1 {
        govern(tx, establishments, made.id, identity, word, now)?;
    }
    Ok(Arrived::Known(made.id))
}

/// Lets an operator who is signed in come in by his account at the provider from now on.
pub(super) fn link(
    tx: &mut Tx,
    (id, actor): (OperatorId, &Actor),
    issuer: &str,
    identity: &Identity,
    now: Millis,
) -> Result<(), Error> {
    match store::find(tx, issuer, &identity.subject)? {
        Some((whose, _)) if whose == id => return Ok(()),
        Some(_) => return Err(Refused::IdentityTaken.into()),
        None => {}
    }
    // One at a provider that was replaced lets nobody in any more.
    if store::link_of(tx, id)?.is_some_and(|old| old.issuer != issuer) {
        store::delete(tx, id)?;
    }
    let new = New {
        issuer,
        subject: &identity.subject,
        called: identity.called(),
        is_governed: false,
    };
    if !store::insert(tx, id, &new, now)? {
        return Err(Refused::IdentityTaken.into());
    }
    tx.record(linked(actor, actor.who.name(), &new, now));
    Ok(())
}

fn linked(by: &Actor, login: &str, new: &New, now: Millis) -> Change {
    change(by, now, "operator.link-provider", "operator", login).after(json!({
        "provider": new.issuer, "subject": new.subject, "called": new.called,
    }))
}

/// Takes his own way in by the provider away again.
pub(super) fn unlink(
    tx: &mut Tx,
    (id, actor): (OperatorId, &Actor),
    now: Millis,
) -> Result<(), Error> {
    if store::is_governed(tx, id)? {
        return Err(Refused::Governed.into());
    }
    let login = actor.who.name().to_owned();
    forget(tx, actor, (id, &login), now)
}

/// Takes somebody's way in by a provider away, and ends his sessions. One whom it governed is governed here
/// from then on: he needs a one-time link.
pub(super) fn unlink_of(
    tx: &mut Tx,
    by: &Grantor,
    (id, login): (OperatorId, &str),
    now: Millis,
) -> Result<(), Error> {
    sessions::delete_of(tx, id)?;
    forget(tx, &by.actor, (id, login), now)
}

fn forget(
    tx: &mut Tx,
    by: &Actor,
    (id, login): (OperatorId, &str),
    now: Millis,
) -> Result<(), Error> {
    let Some(link) = store::link_of(tx, id)? else {
        return Ok(());
    };
    store::delete(tx, id)?;
    tx.record(
        change(by, now, "operator.unlink-provider", "operator", login)
            .before(json!({ "provider": link.issuer, "called": link.called })),
    );
    Ok(())
}
