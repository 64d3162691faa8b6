//! What can be done with tasks.
use super::error::Error;
use super::model::{Outcome, State};
use super::row_store;
use super::store::{self, Ending, Filter};
use super::task::{Advance, New, Output, RowResult, Task};
use crate::access::{Actor, Caller, Permissions, Scope, Who, change};
use crate::clock::Millis;
use crate::db::{self, Conn, Event, Tx};
use crate::http::{Failure, Page, Problem, Turn};
use crate::ids::{BlobId, TaskId};
use crate::storage;
use serde_json::{Value, json};
use std::time::Duration;

/// Between two words of progress.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// Kinds of events. Progress is for pages that show the task; it has no words of its own.
const STARTED: &str = "task.started";
const PROGRESS: &str = "task.progress";
const ENDED: &str = "task.ended";
/// Verbs of the audit.
const START: &str = "task.start";
const CONTINUE: &str = "task.continue";
const CANCEL: &str = "task.cancel";
const END: &str = "task.end";
/// Rows that are forgotten in one transaction.
const FORGET: i64 = 2000;

/// Who looks at tasks. He sees those that he could start himself: his own, unless he saw more when he
/// started them, and everyone's where he sees every establishment.
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

    fn sees(&self, task: &Task) -> bool {
        let scope = &self.actor.scope;
        let is_own = store::owner(&self.actor.who) == store::owner(&task.actor.who);
        let sees_it = *scope == Scope::All || is_own && scope.covers(&task.actor.scope);
        sees_it && self.permissions.has(task.permission)
    }
}

/// Begins a task; the job takes it up within seconds, or at once when it is nudged after the commit
/// ([`super::nudge`]).
pub fn start(tx: &mut Tx, actor: &Actor, new: &New, now: Millis) -> Result<TaskId, Error> {
    if matches!(actor.who, Who::Terminal(..)) {
        return Err(Error::NoLongerAllowed);
    }
    let id = store::insert(tx, actor, new, now)?.ok_or(Error::FollowedAlready)?;
    if let Some(blob) = new.input
        && !storage::hold(tx, blob)?
    {
        return Err(Error::FileGone);
    }
    let task = store::find(tx, id)?.ok_or(Error::NoTask)?;
    let after = json!({
        "kind": new.kind,
        "file_name": new.file_name,
        "sha256": sha256(tx, new.input)?,
        "params": new.params,
    });
    tx.record(change(actor, now, START, "task", id).after(after));
    tx.emit(event(STARTED, &task, now));
    Ok(id)
}

fn sha256(conn: &mut Conn, blob: Option<BlobId>) -> Result<Option<String>, db::Error> {
    let Some(blob) = blob else { return Ok(None) };
    Ok(storage::find(conn, blob)?.map(|blob| blob.sha256.to_string()))
}

/// What has been made of a trial in earnest, if anything.
pub fn follower(conn: &mut Conn, of: TaskId) -> Result<Option<TaskId>, db::Error> {
    store::follower(conn, of)
}

/// The task, if the viewer may know of it.
pub fn find(conn: &mut Conn, viewer: &Viewer, id: TaskId) -> Result<Task, Error> {
    store::find(conn, id)?
        .filter(|task| viewer.sees(task))
        .ok_or(Error::NoTask)
}

/// Whose tasks a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Mine,
    /// All that the viewer may see.
    Everyone,
}

pub(super) fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    (whose, state): (Whose, Option<State>),
    turn: &Turn,
) -> Result<Page<Task>, db::Error> {
    let everyone = whose == Whose::Everyone && viewer.actor.scope == Scope::All;
    let (owner, scope) = (store::owner(&viewer.actor.who), &viewer.actor.scope);
    let scopes = match scope {
        Scope::All => None,
        Scope::Only(_) => Some(store::scopes_within(conn, owner, scope)?),
    };
    let filter = Filter {
        permissions: viewer.permissions.clone(),
        of: (!everyone).then_some(owner),
        scopes,
        state,
    };
    let (rows, counted) = store::list(conn, &filter, turn)?;
    Ok(turn.page(rows, counted, |task| (String::new(), task.id.0)))
}

/// One page of what became of a task's rows.
pub fn rows_of(
    conn: &mut Conn,
    of: &Task,
    outcome: Option<Outcome>,
    turn: &Turn,
) -> Result<Page<RowResult>, db::Error> {
    let (rows, counted) = row_store::list(conn, of.id, outcome, turn)?;
    Ok(turn.page(rows, counted, |row| (String::new(), row.row)))
}

/// Moves the cursor, adds to the counts, and keeps what became of rows: in the transaction of what
/// the step itself changes. `task` then is as it stands now, ready for the next step.
///
/// # Errors
/// [`Error::Overtaken`] when another node was faster or somebody ended the task: the step must be
/// undone, so let the error through.
pub fn advance(tx: &mut Tx, task: &mut Task, to: Advance, now: Millis) -> Result<(), Error> {
    let telling = is_due(task, now);
    if !store::advance(tx, task, &to, telling.then_some(now))? {
        return Err(Error::Overtaken);
    }
    row_store::insert(tx, task.id, &to.rows)?;
    task.steps += 1;
    task.done += to.done;
    task.failed += to.failed;
    task.skipped += to.skipped;
    task.total = to.total.or(task.total);
    task.cursor = to.cursor;
    tell(tx, task, telling, now);
    Ok(())
}

/// Says how far a step is that begins anew when it is cut short: `done` rows so far.
///
/// # Errors
/// [`Error::Overtaken`] when the task has ended: give the step up.
pub fn note_progress(
    tx: &mut Tx,
    task: &mut Task,
    (done, total): (i64, Option<i64>),
    now: Millis,
) -> Result<(), Error> {
    let telling = is_due(task, now);
    if !store::note_progress(tx, task, done, total, telling.then_some(now))? {
        return Err(Error::Overtaken);
    }
    task.done = done;
    task.total = total.or(task.total);
    tell(tx, task, telling, now);
    Ok(())
}

fn is_due(task: &Task, now: Millis) -> bool {
    task.told_at + TELL_EVERY <= now
}

fn tell(tx: &mut Tx, task: &mut Task, telling: bool, now: Millis) {
    if telling {
        task.told_at = now;
        tx.emit(event(PROGRESS, task, now));
    }
}

/// A queued task is taken up. False when it was cancelled first.
pub(super) fn begin(tx: &mut Tx, task: &mut Task, now: Millis) -> Result<bool, db::Error> {
    let begun = store::begin(tx, task.id, now)?;
    if begun {
        task.state = State::Running;
        task.started_at = Some(now);
        tx.emit(event(PROGRESS, task, now));
    }
    Ok(begun)
}

/// The task came to its end, with what came of it.
pub(super) fn finish(
    tx: &mut Tx,
    task: &Task,
    output: Option<&Output>,
    now: Millis,
) -> Result<(), Error> {
    if let Some(output) = output
        && !storage::hold(tx, output.blob)?
    {
        return Err(Error::FileGone);
    }
    let ending = Ending {
        state: State::Done,
        output,
        error: None,
    };
    end(tx, task, &ending, &task.actor, now)
}

/// A step failed in a way that trying again does not mend.
pub(super) fn fail(tx: &mut Tx, task: &Task, why: &dyn Problem, now: Millis) -> Result<(), Error> {
    let args: serde_json::Map<String, Value> = why
        .args()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    let ending = Ending {
        state: State::Failed,
        output: None,
        error: Some((why.code(), args.into())),
    };
    end(tx, task, &ending, &task.actor, now)
}

/// Ends a task before its end. What its steps have done stays done.
pub fn cancel(tx: &mut Tx, viewer: &Viewer, id: TaskId, now: Millis) -> Result<Task, Error> {
    let task = find(tx, viewer, id)?;
    if !task.state.is_open() {
        return Err(Error::Ended);
    }
    let ending = Ending {
        state: State::Cancelled,
        output: None,
        error: None,
    };
    // A step may have gone by since it was read: its count is no reason not to end the task.
    let mut seen = task;
    while let Err(refused) = end(tx, &seen, &ending, &viewer.actor, now) {
        let Error::Overtaken = refused else {
            return Err(refused);
        };
        let again = find(tx, viewer, id)?;
        if !again.state.is_open() || again.steps == seen.steps {
            return Err(Error::Ended);
        }
        seen = again;
    }
    find(tx, viewer, id)
}

fn end(
    tx: &mut Tx,
    task: &Task,
    ending: &Ending<'_>,
    by: &Actor,
    now: Millis,
) -> Result<(), Error> {
    if !store::end(tx, task, ending, now)? {
        return Err(Error::Overtaken);
    }
    let after = json!({
        "kind": task.kind,
        "state": ending.state,
        "done": task.done,
        "failed": task.failed,
        "skipped": task.skipped,
        "error": ending.error.as_ref().map(|(code, _)| code),
    });
    let verb = match ending.state {
        State::Cancelled => CANCEL,
        _ => END,
    };
    tx.record(change(by, now, verb, "task", task.id).after(after));
    tx.emit(event(ENDED, task, now));
    Ok(())
}

/// Takes up a task that failed or was cancelled, where it ended.
pub(super) fn go_on(tx: &mut Tx, viewer: &Viewer, id: TaskId, now: Millis) -> Result<Task, Error> {
    find(tx, viewer, id)?;
    if !store::requeue(tx, id)? {
        return Err(Error::NothingToContinue);
    }
    let task = store::find(tx, id)?.ok_or(Error::NoTask)?;
    let after = json!({ "kind": task.kind, "done": task.done });
    tx.record(change(&viewer.actor, now, CONTINUE, "task", id).after(after));
    tx.emit(event(PROGRESS, &task, now));
    Ok(task)
}

/// Forgets a part of what ended before `before`: rows first, then the task with its files. True
/// when there is more.
pub(super) fn forget(tx: &mut Tx, before: Millis) -> Result<bool, db::Error> {
    let Some(task) = store::expired(tx, before)? else {
        return Ok(false);
    };
    if row_store::forget(tx, task.id, FORGET)? && store::remove(tx, &task)? {
        for blob in [task.input, task.output].into_iter().flatten() {
            storage::release(tx, blob)?;
        }
    }
    Ok(true)
}

/// Tells no more than that something happened, and whom it concerns.
fn event(kind: &'static str, task: &Task, now: Millis) -> Event {
    let (by_kind, by_id) = store::owner(&task.actor.who);
    Event {
        at: now,
        kind,
        subject: task.event_subject(),
        establishment: None,
        body: json!({
            "task": task.id,
            "permission": task.permission,
            "by_kind": by_kind,
            "by_id": by_id,
        }),
    }
}
