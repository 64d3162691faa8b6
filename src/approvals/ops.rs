//! What can be done with requests.
use super::approval::{Approvables, Approval, Granted, New};
use super::error::Error;
use super::governance;
use super::model::{self, State};
use super::store::{self, Decider, Ending, Filter};
use crate::access::{
    Actor, Caller, Permission, Permissions, Scope, Who, change, clients_with_tokens_of,
    made_a_token, standing,
};
use crate::clock::Millis;
use crate::db::{self, Conn, Event, Tx};
use crate::http::{Failure, Page, Turn};
use crate::ids::{ApprovalId, EstablishmentId, OperatorId};
use crate::storage;
use serde_json::json;

/// The job that ends what nobody decided in time, as the audit names it.
const EXPIRING: &str = "approvals.expire";
/// What the navigation counts up to.
const MOST_WAITING: i64 = 100;

/// Who looks at requests and decides them. He sees his own, and with `approvals.view` those of others:
/// of both those that concern no establishment out of his sight. He may have asked when he saw more.
#[derive(Debug, Clone)]
pub struct Viewer {
    pub actor: Actor,
    pub permissions: Permissions,
}

impl Viewer {
    /// # Errors
    /// When nobody is signed in.
    pub fn of(caller: &Caller) -> Result<Self, Failure> {
        Ok(Self {
            actor: caller.actor()?,
            permissions: caller.permissions.clone(),
        })
    }

    #[must_use]
    pub(super) fn asked(&self, it: &Approval) -> bool {
        (self.actor.who.kind(), self.actor.who.id()) == (it.actor.who.kind(), it.actor.who.id())
    }

    fn sees(&self, it: &Approval) -> bool {
        let may = self.asked(it) || self.permissions.has(Permission::ApprovalsView);
        may && self.actor.scope.covers(&it.reach)
    }

    /// Refuses who may not decide about it. The route has asked for `approvals.decide`.
    pub(super) fn decides(&self, it: &Approval) -> Result<(), Error> {
        if self.asked(it) {
            return Err(Error::Own);
        }
        let may = self.permissions.has(it.permission);
        may.then_some(()).ok_or(Error::LacksPermission)
    }
}

/// Asks for something that a second person has to allow.
pub fn ask(tx: &mut Tx, actor: &Actor, new: &New, now: Millis) -> Result<ApprovalId, Error> {
    let owner = store::owner(&actor.who).ok_or(Error::NotByThis)?;
    let new = New {
        reason: reason(&new.reason)?,
        ..new.clone()
    };
    if let Some(blob) = new.input
        && !storage::hold(tx, blob)?
    {
        return Err(Error::FileGone);
    }
    let expires_at = governance::expiry(tx, now)?;
    let id = store::insert(tx, (actor, owner), &new, (now, expires_at))?;
    let it = store::find(tx, id)?.ok_or(Error::NoApproval)?;
    let asked = json!({
        "kind": it.kind,
        "size": it.size,
        "params": it.params,
        "reason": it.reason,
        "expires_at": it.expires_at,
    });
    tx.record(within(change(actor, now, "approval.request", "approval", id), &it).after(asked));
    tx.emit(event("approval.requested", &it, now));
    Ok(id)
}

fn reason(typed: &str) -> Result<String, Error> {
    let text = model::text(typed).ok_or(Error::Reason)?;
    (!text.is_empty()).then_some(text).ok_or(Error::Reason)
}

/// The request, if the viewer may know of it.
pub fn find(conn: &mut Conn, viewer: &Viewer, id: ApprovalId) -> Result<Approval, Error> {
    store::find(conn, id)?
        .filter(|it| viewer.sees(it))
        .ok_or(Error::NoApproval)
}

/// Whose requests a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Mine,
    /// All that the viewer may see.
    Everyone,
}

/// One page, newest first.
pub fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    (whose, state): (Whose, Option<State>),
    turn: &Turn,
) -> Result<Page<Approval>, Error> {
    let others = whose == Whose::Everyone && viewer.permissions.has(Permission::ApprovalsView);
    let filter = Filter {
        own: store::owner(&viewer.actor.who).ok_or(Error::NotByThis)?,
        others,
        scope: viewer.actor.scope.clone(),
        state,
    };
    let (rows, counted) = store::list(conn, &filter, turn)?;
    Ok(turn.page(rows, counted, |it| (String::new(), it.id.0)))
}

/// How many requests wait for somebody's decision, up to a hundred: what the navigation tells him.
pub fn waiting(
    conn: &mut Conn,
    actor: &Actor,
    permissions: &Permissions,
    now: Millis,
) -> Result<i64, db::Error> {
    let decides = [Permission::ApprovalsView, Permission::ApprovalsDecide];
    let Who::Operator(id, _) = actor.who else {
        return Ok(0);
    };
    if !decides.into_iter().all(|one| permissions.has(one)) {
        return Ok(0);
    }
    let scope = &actor.scope;
    let clients = clients_with_tokens_of(conn, id)?;
    let whom = Decider {
        id,
        clients,
        permissions,
        scope,
    };
    store::waiting(conn, &whom, now, MOST_WAITING)
}

fn open(it: &Approval, now: Millis) -> Result<(), Error> {
    match it.state.at(it.expires_at, now) {
        State::Pending => Ok(()),
        State::Expired => Err(Error::Expired),
        _ => Err(Error::Ended),
    }
}

/// Allows it, and does it: as the one who asked, in this very transaction. What it refuses leaves the
/// request as it was.
///
/// # Errors
/// When the viewer is not the second person that it needs, the one who asked could not do it himself
/// any more, or somebody was faster.
pub(super) fn approve(
    tx: &mut Tx,
    all: &Approvables,
    viewer: &Viewer,
    (id, remark): (ApprovalId, &str),
    now: Millis,
) -> Result<Approval, Failure> {
    let it = find(tx, viewer, id)?;
    let Who::Operator(person, _) = &viewer.actor.who else {
        return Err(Error::NotByAProgram.into());
    };
    viewer.decides(&it)?;
    if is_own_program(tx, *person, &it)? {
        return Err(Error::OwnProgram.into());
    }
    open(&it, now)?;
    let remark = model::text(remark).ok_or(Error::Remark)?;
    let known = all.find(&it.kind);
    let kind = known.filter(|kind| kind.permission == it.permission);
    let kind = kind.ok_or(Error::NoKind)?;
    let actor = requester(tx, &it)?;
    let ending = Ending {
        state: State::Approved,
        by: Some(viewer.actor.who.name()),
        remark: (!remark.is_empty()).then_some(&remark),
    };
    // First: a second one who decides waits here, and then finds it decided.
    if !store::end(tx, id, &ending, now)? {
        return Err(Error::Ended.into());
    }
    let granted = Granted {
        it: &it,
        actor,
        by: viewer.actor.who.name(),
    };
    if let Some(task) = (kind.run)(tx, &granted, now)? {
        store::set_task(tx, id, task)?;
    }
    Ok(ended(tx, &it, &viewer.actor, now)?)
}

/// Whether a program asked that comes with a token which this person made.
fn is_own_program(conn: &mut Conn, person: OperatorId, it: &Approval) -> Result<bool, db::Error> {
    match it.actor.who {
        Who::Client(client, _) => made_a_token(conn, person, client),
        _ => Ok(false),
    }
}

/// Why the viewer may not approve it, as far as that is a matter of who he is.
pub(super) fn why_not(
    conn: &mut Conn,
    viewer: &Viewer,
    it: &Approval,
) -> Result<Option<Error>, db::Error> {
    if let Err(refused) = viewer.decides(it) {
        return Ok(Some(refused));
    }
    let Who::Operator(person, _) = viewer.actor.who else {
        return Ok(Some(Error::NotByAProgram));
    };
    let is_own = is_own_program(conn, person, it)?;
    Ok(is_own.then_some(Error::OwnProgram))
}

/// The one who asked, as far as he still may do what he asked for.
fn requester(conn: &mut Conn, it: &Approval) -> Result<Actor, Error> {
    let (permissions, scope) = standing(conn, &it.actor.who)?.ok_or(Error::RequesterGone)?;
    if !permissions.has(it.permission) {
        return Err(Error::RequesterLacks);
    }
    let mut actor = it.actor.clone();
    actor.scope = actor.scope.narrowed(&scope);
    if !actor.scope.covers(&it.reach) {
        return Err(Error::RequesterNarrowed);
    }
    Ok(actor)
}

/// Says no, and why.
pub(super) fn reject(
    tx: &mut Tx,
    viewer: &Viewer,
    (id, why): (ApprovalId, &str),
    now: Millis,
) -> Result<Approval, Error> {
    let it = find(tx, viewer, id)?;
    viewer.decides(&it)?;
    let why = reason(why)?;
    finish(tx, &it, (State::Rejected, Some(&why)), &viewer.actor, now)
}

/// Takes back what the viewer himself asked for.
pub(super) fn withdraw(
    tx: &mut Tx,
    viewer: &Viewer,
    id: ApprovalId,
    now: Millis,
) -> Result<Approval, Error> {
    let it = find(tx, viewer, id)?;
    if !viewer.asked(&it) {
        return Err(Error::NotYours);
    }
    finish(tx, &it, (State::Withdrawn, None), &viewer.actor, now)
}

fn finish(
    tx: &mut Tx,
    it: &Approval,
    (state, remark): (State, Option<&str>),
    by: &Actor,
    now: Millis,
) -> Result<Approval, Error> {
    open(it, now)?;
    let ending = Ending {
        state,
        by: Some(by.who.name()),
        remark,
    };
    if !store::end(tx, it.id, &ending, now)? {
        return Err(Error::Ended);
    }
    ended(tx, it, by, now)
}

/// Ends requests that nobody decided in time; says how many it looked at.
pub fn expire(tx: &mut Tx, now: Millis, limit: i64) -> Result<usize, Error> {
    let ending = Ending {
        state: State::Expired,
        by: None,
        remark: None,
    };
    let due = store::overdue(tx, now, limit)?;
    for it in &due {
        if store::end(tx, it.id, &ending, now)? {
            ended(tx, it, &Actor::job(EXPIRING), now)?;
        }
    }
    Ok(due.len())
}

/// Forgets requests that ended before `before`; says how many. The audit keeps them.
pub fn forget(tx: &mut Tx, before: Millis, limit: i64) -> Result<usize, db::Error> {
    store::forget(tx, before, limit)
}

/// What goes with every end: the file is given back, and the end is told.
fn ended(tx: &mut Tx, was: &Approval, by: &Actor, now: Millis) -> Result<Approval, Error> {
    if let Some(blob) = was.input {
        storage::release(tx, blob)?;
    }
    let it = store::find(tx, was.id)?.ok_or(Error::NoApproval)?;
    let (kind, verb) = match it.state {
        State::Approved => ("approval.approved", "approval.approve"),
        State::Rejected => ("approval.rejected", "approval.reject"),
        State::Withdrawn => ("approval.withdrawn", "approval.withdraw"),
        State::Expired | State::Pending => ("approval.expired", "approval.expire"),
    };
    let after = json!({
        "kind": it.kind,
        "size": it.size,
        "requested_by": it.actor.who.name(),
        "remark": it.remark,
        "task": it.task,
    });
    tx.record(within(change(by, now, verb, "approval", it.id), &it).after(after));
    tx.emit(event(kind, &it, now));
    Ok(it)
}

/// The one establishment that it concerns, if it is one.
fn only(it: &Approval) -> Option<EstablishmentId> {
    match &it.reach {
        Scope::Only(these) => match these.as_slice() {
            [one] => Some(*one),
            _ => None,
        },
        Scope::All => None,
    }
}

fn within(change: db::Change, it: &Approval) -> db::Change {
    match only(it) {
        Some(one) => change.within(one),
        None => change,
    }
}

/// Tells no more than that something happened, who asked, and whom it concerns.
fn event(kind: &'static str, it: &Approval, now: Millis) -> Event {
    let establishments = match &it.reach {
        Scope::All => None,
        Scope::Only(these) => Some(these),
    };
    Event {
        at: now,
        kind,
        subject: it.event_subject(),
        establishment: only(it),
        body: json!({
            "approval": it.id,
            "by_kind": it.actor.who.kind(),
            "by_id": it.actor.who.id(),
            "by": it.actor.who.name(),
            "establishments": establishments,
        }),
    }
}
