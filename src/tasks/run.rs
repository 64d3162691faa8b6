//! The job that does what was asked for: step by step, several tasks in turns.
use super::error::Error;
use super::ops;
use super::store;
use super::task::{Kinds, Step, Task};
use super::waits::Waits;
use crate::access::standing;
use crate::context::Ctx;
use crate::db::{self, Conn};
use crate::http::{Failure, Kind as FailureKind};
use crate::ids::TaskId;
use crate::jobs::Jobs;
use anyhow::anyhow;
use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// The job's name.
pub const RUN: &str = "tasks.run";
/// Steps that are under way at once: of different tasks.
const AT_ONCE: usize = 4;
/// Tasks that take turns; those behind them wait.
const TURNS: i64 = 64;
/// How soon a task that was just asked for is noticed beside long steps.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Before a step is tried again that a busy database or store refused.
const AFTER_BUSY: Duration = Duration::from_millis(500);
/// How long tasks are kept once they ended.
const KEPT: Duration = Duration::from_hours(7 * 24);

/// Asks for tasks to be taken up at once; call it after the commit that started one.
pub fn nudge(jobs: &Jobs) {
    jobs.nudge(RUN);
}

/// Forgets tasks that ended a week ago, in steps: true when there is more.
pub async fn purge(ctx: &Ctx) -> anyhow::Result<bool> {
    let before = ctx.now() - KEPT;
    Ok(ctx.db.write(move |tx| ops::forget(tx, before)).await?)
}

/// What the job holds. Clones share it.
#[derive(Clone)]
pub struct Runner {
    ctx: Ctx,
    kinds: Kinds,
    waits: Waits,
}

impl Runner {
    #[must_use]
    pub fn new(ctx: Ctx, kinds: Kinds, waits: Waits) -> Self {
        Self { ctx, kinds, waits }
    }

    /// Makes steps until no task has any left. May be cut short anywhere.
    pub async fn run(&self) -> anyhow::Result<()> {
        let mut going = FuturesUnordered::new();
        let mut busy: Vec<TaskId> = Vec::new();
        let mut last = TaskId(0);
        loop {
            let open = self.ctx.db.read(|conn| store::open(conn, TURNS)).await?;
            self.waits.keep(&open);
            while busy.len() < AT_ONCE
                && let Some(next) = turn(&open, &busy, last)
            {
                last = next;
                busy.push(next);
                going.push(async move { (next, self.step(next).await) });
            }
            if busy.is_empty() {
                return Ok(());
            }
            // Also looks up from long steps: a task that was just asked for does not wait for them.
            if let Ok(Some((id, ended))) = tokio::time::timeout(LOOK_EVERY, going.next()).await {
                busy.retain(|one| *one != id);
                ended?;
            }
        }
    }

    /// One step of one task. An error is about the database, not about the task.
    async fn step(&self, id: TaskId) -> anyhow::Result<()> {
        let read = move |conn: &mut Conn| read(conn, id);
        let Some((mut task, allowed)) = self.ctx.db.read(read).await? else {
            return Ok(());
        };
        let kind = self
            .kinds
            .find(&task.kind)
            .filter(|kind| kind.permission == task.permission);
        let refusal = match kind {
            None => Some(Error::NoKind),
            Some(_) if !allowed => Some(Error::NoLongerAllowed),
            Some(_) => None,
        };
        if let Some(refusal) = refusal {
            return self.fail(task, refusal.into()).await;
        }
        let Some(kind) = kind else { return Ok(()) };
        if task.started_at.is_none() || task.state == super::State::Queued {
            let now = self.ctx.now();
            let begun = self.ctx.db.write(move |tx| {
                let begun = ops::begin(tx, &mut task, now)?;
                Ok::<_, db::Error>(begun.then_some(task))
            });
            match begun.await {
                Ok(Some(begun)) => task = begun,
                Ok(None) => return Ok(()),
                Err(cause) => {
                    self.waits.note(id, &cause);
                    return Err(cause.into());
                }
            }
        }
        let step = (kind.step)(self.ctx.clone(), task);
        let ended = AssertUnwindSafe(step).catch_unwind().await;
        let ended = ended.unwrap_or_else(|_| Err(broke_off().into()));
        self.settle(id, ended).await
    }

    async fn settle(&self, id: TaskId, ended: Result<Step, Failure>) -> anyhow::Result<()> {
        let failure = match ended {
            Ok(Step::More) => {
                self.waits.forget(id);
                return Ok(());
            }
            Ok(Step::Done(output)) => {
                let now = self.ctx.now();
                let finished = self.ctx.db.write(move |tx| {
                    let task = store::find(tx, id)?.ok_or(Error::NoTask)?;
                    ops::finish(tx, &task, output.as_ref(), now)
                });
                match finished.await {
                    Ok(()) => return Ok(()),
                    Err(refused) => Failure::from(refused),
                }
            }
            Err(failure) => failure,
        };
        let problem = failure.problem();
        match problem.kind() {
            _ if problem.code() == "task.overtaken" => Ok(()),
            FailureKind::Busy => {
                self.waits.note(id, problem);
                tracing::warn!(task.id = %id, error = %problem, "a step is tried again");
                tokio::time::sleep(AFTER_BUSY).await;
                Ok(())
            }
            kind => {
                if matches!(kind, FailureKind::Fault | FailureKind::Full) {
                    let cause = format!("{:#}", anyhow!("{problem}"));
                    tracing::error!(task.id = %id, error = cause, "a step failed");
                }
                // Until that can be written down.
                self.waits.note(id, problem);
                match self.ctx.db.read(move |conn| store::find(conn, id)).await? {
                    Some(task) => self.fail(task, failure).await,
                    None => Ok(()),
                }
            }
        }
    }

    async fn fail(&self, task: Task, why: Failure) -> anyhow::Result<()> {
        let now = self.ctx.now();
        let failed = self
            .ctx
            .db
            .write(move |tx| ops::fail(tx, &task, why.problem(), now));
        match failed.await {
            Ok(()) | Err(Error::Overtaken) => Ok(()),
            Err(cause) => Err(cause.into()),
        }
    }
}

fn broke_off() -> db::Error {
    db::Error::Fault(anyhow!("a step panicked"))
}

/// The task, if it is still open, and whether its starter may still do it. What he may see now
/// narrows what he saw when he began.
fn read(conn: &mut Conn, id: TaskId) -> Result<Option<(Task, bool)>, db::Error> {
    let Some(mut task) = store::find(conn, id)?.filter(|task| task.state.is_open()) else {
        return Ok(None);
    };
    let standing = standing(conn, &task.actor.who)?;
    let allowed = standing.is_some_and(|(permissions, scope)| {
        task.actor.scope = task.actor.scope.clone().narrowed(&scope);
        permissions.has(task.permission)
    });
    Ok(Some((task, allowed)))
}

/// The open task whose turn it is: the next one behind `last` that is not under way.
fn turn(open: &[TaskId], busy: &[TaskId], last: TaskId) -> Option<TaskId> {
    let free = || open.iter().copied().filter(|id| !busy.contains(id));
    free().find(|id| *id > last).or_else(|| free().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_take_turns() {
        let open = [3, 5, 9].map(TaskId);
        let next = |busy: &[i64], last| {
            let busy: Vec<_> = busy.iter().copied().map(TaskId).collect();
            turn(&open, &busy, TaskId(last)).map(|id| id.0)
        };
        assert_eq!(next(&[], 0), Some(3));
        assert_eq!(next(&[], 3), Some(5));
        assert_eq!(next(&[5], 3), Some(9));
        assert_eq!(next(&[], 9), Some(3));
        assert_eq!(next(&[3, 5, 9], 3), None);
    }
}
