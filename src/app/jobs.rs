//! What runs without a caller, and how often.
use crate::context::Ctx;
use crate::events;
use crate::jobs::{Job, Progress};
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// How long what happened can be read back.
const EVENTS_KEPT: Duration = Duration::from_hours(90 * 24);
const EVENTS_STEP: i64 = 1000;

/// Every job of every slice.
pub(super) fn all(ctx: &Ctx) -> Vec<Job> {
    vec![storage_collect(ctx), events_purge(ctx)]
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

fn progress(more: bool) -> Progress {
    if more { Progress::More } else { Progress::Done }
}
