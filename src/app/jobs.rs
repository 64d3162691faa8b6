//! What runs without a caller, and how often.
use crate::access;
use crate::approvals;
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::Tx;
use crate::events;
use crate::ids::LogId;
use crate::jobs::{Job, Progress};
use crate::monitoring::{self, Day, Stretch};
use crate::tasks::{self, Runner, Waits};
use crate::terminals::{self, Desk};
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// How long what happened can be read back.
const EVENTS_KEPT: Duration = Duration::from_hours(90 * 24);
const EVENTS_STEP: i64 = 1000;

/// A task that is started nudges; this is for those that another node took in.
const TASKS_EVERY: Duration = Duration::from_secs(5);
const APPROVALS_EVERY: Duration = Duration::from_mins(1);
const APPROVALS_STEP: i64 = 100;
/// How long a request can be read back once it ended.
const APPROVALS_KEPT: Duration = Duration::from_hours(365 * 24);
const FAILURES_STEP: i64 = 1000;
const SWEEP_EVERY: Duration = Duration::from_secs(5);
const SWEEP_STEP: i64 = 500;
const TEND_EVERY: Duration = Duration::from_secs(5);
const TEND_STEP: i64 = 200;
const RENEW_EVERY: Duration = HOUR;
const RENEW_STEP: i64 = 100;
const CHANGES_KEPT: Duration = Duration::from_hours(400 * 24);
const CHANGES_STEP: i64 = 1000;
/// Logs that cannot be deleted before something else must be wrong.
const LOGS_FAILED: u32 = 20;
const PROFILES_EVERY: Duration = Duration::from_secs(5);
/// How long to leave a terminal alone that somebody else is at.
const BLOCKED: Duration = Duration::from_millis(20);

/// Every job of every slice.
pub(super) fn all(ctx: &Ctx, desk: &Desk, waits: &Waits) -> Vec<Job> {
    vec![
        storage_collect(ctx),
        events_purge(ctx),
        tasks_run(ctx, waits),
        tasks_purge(ctx),
        approvals_expire(ctx),
        approvals_purge(ctx),
        failures_purge(ctx),
        terminals_sweep(ctx),
        terminals_tend(ctx, desk),
        terminals_profiles(ctx),
        terminals_renew(ctx),
        monitoring_forget(ctx),
        monitoring_days(ctx),
        monitoring_logs(ctx),
    ]
}

fn storage_collect(ctx: &Ctx) -> Job {
    let storage = ctx.storage.clone();
    Job::new("storage.collect", HOUR, move || {
        let storage = storage.clone();
        async move {
            let collected = storage.collect().await?;
            Ok(progress(collected.more))
        }
    })
}

fn events_purge(ctx: &Ctx) -> Job {
    let ctx = ctx.clone();
    Job::new("events.purge", DAY, move || {
        let ctx = ctx.clone();
        async move {
            let before = ctx.now() - EVENTS_KEPT;
            let gone = ctx
                .db
                .write(move |tx| events::purge(tx, before, EVENTS_STEP))
                .await?;
            Ok(progress(
                i64::try_from(gone).is_ok_and(|n| n >= EVENTS_STEP),
            ))
        }
    })
}

/// What people and programs asked for.
fn tasks_run(ctx: &Ctx, waits: &Waits) -> Job {
    let runner = Runner::new(ctx.clone(), super::kinds(&ctx.clock), waits.clone());
    Job::new(tasks::RUN, TASKS_EVERY, move || {
        let runner = runner.clone();
        async move {
            runner.run().await?;
            Ok(Progress::Done)
        }
    })
}

fn tasks_purge(ctx: &Ctx) -> Job {
    let ctx = ctx.clone();
    Job::new("tasks.purge", HOUR, move || {
        let ctx = ctx.clone();
        async move { Ok(progress(tasks::purge(&ctx).await?)) }
    })
}

/// What nobody decided in time.
fn approvals_expire(ctx: &Ctx) -> Job {
    let ctx = ctx.clone();
    Job::new("approvals.expire", APPROVALS_EVERY, move || {
        let ctx = ctx.clone();
        async move {
            let now = ctx.now();
            let looked = ctx
                .db
                .write(move |tx| approvals::expire(tx, now, APPROVALS_STEP))
                .await?;
            Ok(progress(looked > 0))
        }
    })
}

fn approvals_purge(ctx: &Ctx) -> Job {
    let ctx = ctx.clone();
    Job::new("approvals.purge", DAY, move || {
        let ctx = ctx.clone();
        async move {
            let before = ctx.now() - APPROVALS_KEPT;
            let gone = ctx
                .db
                .write(move |tx| approvals::forget(tx, before, APPROVALS_STEP))
                .await?;
            Ok(progress(gone > 0))
        }
    })
}

/// Sign-ins that failed long ago, or are too many.
fn failures_purge(ctx: &Ctx) -> Job {
    let ctx = ctx.clone();
    Job::new("access.failures", HOUR, move || {
        let ctx = ctx.clone();
        async move {
            let now = ctx.now();
            let gone = ctx
                .db
                .write(move |tx| access::purge_failures(tx, now, FAILURES_STEP))
                .await?;
            Ok(progress(gone > 0))
        }
    })
}

/// Presence fades with time.
fn terminals_sweep(ctx: &Ctx) -> Job {
    let ctx = ctx.clone();
    Job::new("terminals.sweep", SWEEP_EVERY, move || {
        let ctx = ctx.clone();
        async move {
            let now = ctx.now();
            let looked = ctx
                .db
                .write(move |tx| terminals::sweep(tx, now, SWEEP_STEP))
                .await?;
            Ok(progress(looked > 0))
        }
    })
}

/// Work that took too long, has expired, or has waited long enough.
fn terminals_tend(ctx: &Ctx, desk: &Desk) -> Job {
    let (ctx, desk) = (ctx.clone(), desk.clone());
    Job::new("terminals.tend", TEND_EVERY, move || {
        let (ctx, handlers) = (ctx.clone(), desk.handlers());
        async move {
            let now = ctx.now();
            let looked = ctx
                .db
                .write(move |tx| terminals::tend(tx, &handlers, now, TEND_STEP))
                .await?;
            Ok(progress(looked > 0))
        }
    })
}

/// What a level sets reaches the terminals below it.
fn terminals_profiles(ctx: &Ctx) -> Job {
    let ctx = ctx.clone();
    Job::new(terminals::PROFILES_JOB, PROFILES_EVERY, move || {
        let ctx = ctx.clone();
        async move {
            let now = ctx.now();
            let spread = ctx.db.write(move |tx| terminals::spread(tx, now)).await?;
            if spread == terminals::Spread::Blocked {
                tokio::time::sleep(BLOCKED).await;
            }
            Ok(progress(spread != terminals::Spread::Done))
        }
    })
}

/// Certificates that end soon.
fn terminals_renew(ctx: &Ctx) -> Job {
    let ctx = ctx.clone();
    Job::new("terminals.renew", RENEW_EVERY, move || {
        let ctx = ctx.clone();
        async move {
            let now = ctx.now();
            let asked = ctx
                .db
                .write(move |tx| terminals::ask_for_renewals(tx, now, RENEW_STEP))
                .await?;
            Ok(progress(asked > 0))
        }
    })
}

/// Changes of status that are long ago.
fn monitoring_forget(ctx: &Ctx) -> Job {
    let ctx = ctx.clone();
    Job::new("monitoring.forget", HOUR, move || {
        let ctx = ctx.clone();
        async move {
            let before = ctx.now() - CHANGES_KEPT;
            let gone = ctx
                .db
                .write(move |tx| monitoring::forget_changes(tx, before, CHANGES_STEP))
                .await?;
            Ok(progress(gone > 0))
        }
    })
}

/// What the fleet comes to today.
fn monitoring_days(ctx: &Ctx) -> Job {
    let ctx = ctx.clone();
    Job::new("monitoring.days", HOUR, move || {
        let ctx = ctx.clone();
        async move {
            let today = Day::of(ctx.now());
            let mut left = Some(Stretch::Whole);
            while let Some(stretch) = left {
                left = ctx
                    .db
                    .write(move |tx| monitoring::keep_day(tx, today, stretch))
                    .await?;
            }
            Ok(Progress::Done)
        }
    })
}

/// Logs whose days are over.
fn monitoring_logs(ctx: &Ctx) -> Job {
    let ctx = ctx.clone();
    Job::new("monitoring.logs", HOUR, move || {
        let ctx = ctx.clone();
        async move {
            let (now, mut seen, mut failed) = (ctx.now(), None, 0);
            while let Some(overdue) = ctx
                .db
                .read(move |conn| monitoring::overdue_logs(conn, now, seen))
                .await?
            {
                for log in overdue.logs {
                    // One that cannot be deleted keeps no other from it.
                    if let Err(cause) = forget_log(&ctx, (log, overdue.before), now).await {
                        tracing::error!(log.id = %log, cause = %format!("{cause:#}"), "a log whose days are over could not be deleted");
                        failed += 1;
                        if failed >= LOGS_FAILED {
                            return Err(cause);
                        }
                    }
                }
                seen = Some(overdue.seen);
            }
            let purge = move |tx: &mut Tx| monitoring::forget_freed_logs(tx, now);
            ctx.db.write(purge).await?;
            Ok(Progress::Done)
        }
    })
}

/// Step by step, so that others may write in between.
async fn forget_log(ctx: &Ctx, log: (LogId, Millis), now: Millis) -> anyhow::Result<()> {
    let step = move |tx: &mut Tx| monitoring::forget_log(tx, log, now);
    while ctx.db.write(step).await? {
        tokio::task::yield_now().await;
    }
    Ok(())
}

fn progress(more: bool) -> Progress {
    if more { Progress::More } else { Progress::Done }
}
