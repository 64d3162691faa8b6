//! Beginning and ending a session.
use super::store::{self, New};
use super::{Lasting, purge};
use crate::access::audit::change;
use crate::access::csrf::CsrfSecret;
use crate::access::error::Error;
use crate::access::model::Actor;
use crate::access::operators;
use crate::clock::Millis;
use crate::db::Tx;
use crate::ids::OperatorId;
use crate::sealing::{self, TokenHash};
use std::net::IpAddr;

/// Longest part of a user agent that is kept.
const USER_AGENT_CHARS: usize = 200;

/// The browser that a session is begun for.
#[derive(Debug, Clone)]
pub(in crate::access) struct Visitor {
    pub from: Option<IpAddr>,
    pub user_agent: String,
    /// Token of a session that this one replaces.
    pub replaces: Option<TokenHash>,
    /// Token of a challenge that the browser holds.
    pub challenge: Option<TokenHash>,
    /// How long a session lasts for him.
    pub lasting: Lasting,
}

/// A session that has begun; its token goes into the cookie and is kept nowhere else.
pub(in crate::access) struct Begun {
    pub token: String,
    pub csrf: CsrfSecret,
    pub operator: operators::Operator,
}

/// Begins a session under a new token, whatever the browser held before: a token that somebody
/// planted is worth nothing after signing in.
pub(super) fn begin(
    tx: &mut Tx,
    operator: OperatorId,
    visitor: &Visitor,
    now: Millis,
) -> Result<Begun, Error> {
    let operator = operators::signed_in(tx, operator, now)?;
    if let Some(old) = &visitor.replaces {
        store::delete_token(tx, old)?;
    }
    purge(tx, now)?;
    let (token, csrf) = (sealing::new_token(), sealing::random());
    let new = New {
        hash: sealing::hash_token(&token),
        operator: operator.id,
        csrf,
        created_at: now,
        idle_until_at: now + visitor.lasting.idle,
        expires_at: now + visitor.lasting.longest,
        ip: visitor.from.map(|ip| ip.to_string()),
        user_agent: visitor.user_agent.chars().take(USER_AGENT_CHARS).collect(),
    };
    store::insert(tx, &new)?;
    let actor = operator.acting(visitor.from);
    tx.record(change(
        &actor,
        now,
        "operator.sign-in",
        "operator",
        &operator.login,
    ));
    Ok(Begun {
        token,
        csrf,
        operator,
    })
}

/// Ends one of the actor's own sessions.
pub(in crate::access) fn end_one(
    tx: &mut Tx,
    actor: &Actor,
    whose: OperatorId,
    id: i64,
    now: Millis,
) -> Result<(), Error> {
    if !store::delete(tx, whose, id)? {
        return Err(Error::SessionUnknown);
    }
    tx.record(change(
        actor,
        now,
        "operator.end-session",
        "operator",
        actor.who.name(),
    ));
    Ok(())
}

/// Ends all of the actor's own sessions but the one he is using.
pub(in crate::access) fn end_others(
    tx: &mut Tx,
    actor: &Actor,
    whose: OperatorId,
    but: i64,
    now: Millis,
) -> Result<(), Error> {
    if store::delete_others(tx, whose, but)? > 0 {
        tx.record(change(
            actor,
            now,
            "operator.end-session",
            "operator",
            actor.who.name(),
        ));
    }
    Ok(())
}

/// Ends the session of a token.
pub(super) fn end(tx: &mut Tx, actor: &Actor, hash: &TokenHash, now: Millis) -> Result<(), Error> {
    if store::delete_token(tx, hash)? {
        let login = actor.who.name().to_owned();
        tx.record(change(actor, now, "operator.sign-out", "operator", &login));
    }
    Ok(())
}
