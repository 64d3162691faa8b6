//! What is done to operators.
use super::model::{self, NewOperator, Operator, Proved};
use super::{LINK_LASTS, limit_store, store};
use crate::access::audit::change;
use crate::access::error::Error;
use crate::access::limits::Reach;
use crate::access::look::Wish;
use crate::access::model::{Actor, Permissions, Scope, State, Who};
use crate::access::{factors, federation, roles, sessions};
use crate::clock::Millis;
use crate::db::{Conn, Tx};
use crate::ids::OperatorId;
use crate::sealing::{self, TokenHash};
use serde_json::json;
use std::net::IpAddr;

/// Who governs others: nobody gives what he lacks, or takes over an account that may do or see more
/// than his own.
#[derive(Debug, Clone)]
pub(in crate::access) struct Grantor {
    pub actor: Actor,
    pub permissions: Permissions,
}

impl Grantor {
    pub(in crate::access) fn console() -> Self {
        Self {
            actor: Actor::console(),
            permissions: Permissions::all(),
        }
    }

    /// Whether he may give these permissions over these establishments.
    pub(in crate::access) fn check(
        &self,
        permissions: &Permissions,
        scope: &Scope,
    ) -> Result<(), Error> {
        let covers = self.actor.scope.covers(scope) && permissions.0.is_subset(&self.permissions.0);
        covers.then_some(()).ok_or(Error::BeyondOwn)
    }

    pub(super) fn check_over(&self, tx: &mut Tx, operator: &Operator) -> Result<(), Error> {
        let scope = limit_store::scope_of(tx, operator)?;
        self.check(&roles::permissions_of(tx, operator.id)?, &scope)
    }

    pub(super) fn is(&self, operator: &Operator) -> bool {
        matches!(self.actor.who, Who::Operator(id, _) if id == operator.id)
    }
}

/// Makes an operator and the link by which he chooses his password; the link's token is returned
/// and kept nowhere.
pub(in crate::access) fn create(
    tx: &mut Tx,
    by: &Grantor,
    new: &NewOperator,
    reach: &Reach,
    now: Millis,
) -> Result<(Operator, String), Error> {
    let operator = make(tx, by, new, reach, now)?;
    let token = new_link(tx, operator.id, now)?;
    Ok((operator, token))
}

/// Makes an operator who has no password, and no way to one.
pub(in crate::access) fn make(
    tx: &mut Tx,
    by: &Grantor,
    new: &NewOperator,
    reach: &Reach,
    now: Millis,
) -> Result<Operator, Error> {
    let login = model::login(&new.login)?;
    let name = model::name(&new.name)?;
    let role = roles::find_by_code(tx, &new.role)?.ok_or(Error::RoleUnknown)?;
    let made = store::insert(tx, (&login, &name), &reach.scope, now)?;
    let id = made.ok_or(Error::LoginTaken)?;
    store::give_role(tx, id, role.id)?;
    let operator = store::find(tx, id)?.ok_or(Error::OperatorUnknown)?;
    by.check_over(tx, &operator)?;
    tx.record(
        change(&by.actor, now, "operator.create", "operator", &login).after(json!({
            "name": name, "role": role.code, "establishments": reach.told(),
        })),
    );
    Ok(operator)
}

/// A new one-time link for an operator; the ones before it die.
pub(in crate::access) fn issue_link(
    tx: &mut Tx,
    by: &Grantor,
    login: &str,
    now: Millis,
) -> Result<String, Error> {
    let operator = held(tx, &by.actor.scope, login)?;
    by.check_over(tx, &operator)?;
    if operator.state == State::Disabled {
        return Err(Error::OperatorDisabled);
    }
    // A password would outlive what the provider says of him. The console is there for when the provider
    // is not.
    if by.actor.who != Who::Console && federation::is_governed(tx, operator.id)? {
        return Err(federation::Error::Governed.into());
    }
    tx.record(change(
        &by.actor,
        now,
        "operator.issue-link",
        "operator",
        &operator.login,
    ));
    new_link(tx, operator.id, now)
}

fn new_link(tx: &mut Tx, id: OperatorId, now: Millis) -> Result<String, Error> {
    store::delete_open_links(tx, id)?;
    let token = sealing::new_token();
    store::insert_link(tx, &sealing::hash_token(&token), id, now, now + LINK_LASTS)?;
    Ok(token)
}

/// Spends a link and sets the password; whoever was signed in as this operator no longer is. It is
/// the operator's own deed unless `by` says otherwise.
pub(in crate::access) fn set_password(
    tx: &mut Tx,
    link: &TokenHash,
    hash: &str,
    by: Setter,
    now: Millis,
) -> Result<Operator, Error> {
    // He is held before his link: whoever changes his password takes them in this order too.
    let whose = store::find_by_link(tx, link, now)?.ok_or(Error::LinkDead)?;
    store::hold(tx, whose.id)?;
    let operator = store::find_by_link(tx, link, now)?.ok_or(Error::LinkDead)?;
    if !store::use_link(tx, link, now)? || !store::set_password(tx, operator.id, hash)? {
        return Err(Error::LinkDead);
    }
    sessions::delete_of(tx, operator.id)?;
    federation::forget_own(tx, operator.id)?;
    factors::forgive(tx, operator.id)?;
    let actor = match by {
        Setter::Console => Actor::console(),
        Setter::Himself(from) => operator.acting(from),
    };
    tx.record(change(
        &actor,
        now,
        "operator.set-password",
        "operator",
        &operator.login,
    ));
    Ok(operator)
}

/// Who spends a link.
#[derive(Debug, Clone, Copy)]
pub(in crate::access) enum Setter {
    Console,
    /// The operator, from this address.
    Himself(Option<IpAddr>),
}

/// Changes the password of somebody who is signed in and just proved the old one (`was`); his other
/// sessions end.
pub(in crate::access) fn change_password(
    tx: &mut Tx,
    actor: &Actor,
    (was, keep_session): (&Proved, i64),
    hash: &str,
    now: Millis,
) -> Result<(), Error> {
    let id = was.operator;
    if !store::hold_proved(tx, was)? || !store::set_password(tx, id, hash)? {
        return Err(Error::PasswordWrong);
    }
    store::delete_open_links(tx, id)?;
    sessions::delete_others(tx, id, keep_session)?;
    factors::forgive(tx, id)?;
    let login = actor.who.name().to_owned();
    tx.record(change(
        actor,
        now,
        "operator.change-password",
        "operator",
        login,
    ));
    Ok(())
}

/// Lets an operator sign in, or no longer; nobody shuts himself out.
pub(in crate::access) fn set_state(
    tx: &mut Tx,
    by: &Grantor,
    login: &str,
    to: State,
    now: Millis,
) -> Result<(), Error> {
    let operator = another(tx, by, login)?;
    if !store::set_state(tx, operator.id, to)? {
        return Ok(());
    }
    if to == State::Disabled {
        let held = roles::of_operator(tx, vec![operator.id])?;
        stay_governed(tx, by, held.iter().map(|(_, role)| role))?;
        sessions::delete_of(tx, operator.id)?;
        store::delete_open_links(tx, operator.id)?;
    }
    tx.record(
        change(
            &by.actor,
            now,
            "operator.set-state",
            "operator",
            &operator.login,
        )
        .before(json!({ "state": operator.state.code() }))
        .after(json!({ "state": to.code() })),
    );
    Ok(())
}

/// Ends every session of an operator, wherever he is signed in. His own he ends on his own page.
pub(super) fn end_sessions(
    tx: &mut Tx,
    by: &Grantor,
    login: &str,
    now: Millis,
) -> Result<(), Error> {
    let operator = another(tx, by, login)?;
    match sessions::delete_of(tx, operator.id)? {
        0 => (),
        ended => note_ended(tx, by, &operator, ended, now),
    }
    Ok(())
}

/// Ends one session of an operator.
pub(super) fn end_session(
    tx: &mut Tx,
    by: &Grantor,
    (login, session): (&str, i64),
    now: Millis,
) -> Result<(), Error> {
    let operator = another(tx, by, login)?;
    if !sessions::delete(tx, operator.id, session)? {
        return Err(Error::SessionUnknown);
    }
    note_ended(tx, by, &operator, 1, now);
    Ok(())
}

/// Somebody else whom this one governs, held until the transaction ends.
pub(in crate::access) fn another(
    tx: &mut Tx,
    by: &Grantor,
    login: &str,
) -> Result<Operator, Error> {
    let operator = held(tx, &by.actor.scope, login)?;
    if by.is(&operator) {
        return Err(Error::OwnAccount);
    }
    by.check_over(tx, &operator)?;
    Ok(operator)
}

fn note_ended(tx: &mut Tx, by: &Grantor, whose: &Operator, ended: usize, now: Millis) {
    tx.record(
        change(
            &by.actor,
            now,
            "operator.end-session",
            "operator",
            &whose.login,
        )
        .before(json!({ "sessions": ended })),
    );
}

/// Refuses what was just done to somebody who held these roles when nobody would be left to govern. The
/// server's own console may: it can always add an administrator.
pub(super) fn stay_governed<'a>(
    tx: &mut Tx,
    by: &Grantor,
    mut held: impl Iterator<Item = &'a roles::Role>,
) -> Result<(), Error> {
    let is_at_stake =
        by.actor.who != Who::Console && held.any(|it| it.code == roles::ADMINISTRATOR);
    if is_at_stake && !roles::is_governed(tx)? {
        return Err(Error::LastAdministrator);
    }
    Ok(())
}

/// Takes the second factor of somebody who has lost it away, and ends his sessions; false when he had
/// none. One's own is turned off by the password instead, which a stranger in an open browser lacks.
pub(in crate::access) fn reset_second_factor(
    tx: &mut Tx,
    by: &Grantor,
    login: &str,
    now: Millis,
) -> Result<bool, Error> {
    let operator = another(tx, by, login)?;
    if !factors::delete(tx, operator.id)? {
        return Ok(false);
    }
    sessions::delete_of(tx, operator.id)?;
    tx.record(change(
        &by.actor,
        now,
        "operator.reset-second-factor",
        "operator",
        &operator.login,
    ));
    Ok(true)
}

/// Notes that an operator has proved who he is.
pub(in crate::access) fn signed_in(
    tx: &mut Tx,
    id: OperatorId,
    now: Millis,
) -> Result<Operator, Error> {
    if !store::note_sign_in(tx, id, now)? {
        return Err(Error::WrongCredentials);
    }
    store::find(tx, id)?.ok_or(Error::WrongCredentials)
}

/// Keeps an operator's own preferences, and his name where he gives one. They are his alone, so
/// only a new name is audited.
pub(in crate::access) fn set_look(
    tx: &mut Tx,
    actor: &Actor,
    id: OperatorId,
    wish: Wish,
    name: Option<&str>,
    now: Millis,
) -> Result<(), Error> {
    let name = name.map(model::name).transpose()?;
    let before = store::find(tx, id)?.ok_or(Error::OperatorUnknown)?;
    store::set_look(tx, id, wish, name.as_deref())?;
    if let Some(name) = name.filter(|name| *name != before.name) {
        tx.record(
            change(actor, now, "operator.rename", "operator", &before.login)
                .before(json!({ "name": before.name }))
                .after(json!({ "name": name })),
        );
    }
    Ok(())
}

/// An operator, for one who sees `scope`: who sees anything out of it does not exist for him.
pub(super) fn known(conn: &mut Conn, scope: &Scope, login: &str) -> Result<Operator, Error> {
    let login = model::login(login).map_err(|_| Error::OperatorUnknown)?;
    let operator = store::find_by_login(conn, &login)?.ok_or(Error::OperatorUnknown)?;
    let is_theirs = *scope == Scope::All || scope.covers(&limit_store::scope_of(conn, &operator)?);
    is_theirs.then_some(operator).ok_or(Error::OperatorUnknown)
}

/// [`known`], and held until the transaction ends: nobody gives him more meanwhile than whoever governs
/// him was found to have.
pub(super) fn held(tx: &mut Tx, scope: &Scope, login: &str) -> Result<Operator, Error> {
    let folded = model::login(login).map_err(|_| Error::OperatorUnknown)?;
    store::hold_by_login(tx, &folded)?;
    known(tx, scope, &folded)
}
