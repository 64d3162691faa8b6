//! One task, as every surface asks for it: looked at, ended, taken up again.
use super::ops::{self, Viewer};
use super::run::nudge;
use super::task::Task;
use crate::access::Caller;
use crate::context::Ctx;
use crate::http::Failure;
use crate::ids::TaskId;

/// The task, if the caller may know of it.
///
/// # Errors
/// When there is none that he may see.
pub async fn seen(ctx: &Ctx, caller: &Caller, id: TaskId) -> Result<Task, Failure> {
    let viewer = Viewer::of(caller)?;
    let reading = ctx.db.read(move |conn| ops::find(conn, &viewer, id));
    Ok(reading.await?)
}

pub(super) async fn cancelled(ctx: &Ctx, caller: &Caller, id: TaskId) -> Result<Task, Failure> {
    let (viewer, now) = (Viewer::of(caller)?, ctx.now());
    let ending = ctx.db.write(move |tx| ops::cancel(tx, &viewer, id, now));
    Ok(ending.await?)
}

pub(super) async fn continued(ctx: &Ctx, caller: &Caller, id: TaskId) -> Result<Task, Failure> {
    let (viewer, now) = (Viewer::of(caller)?, ctx.now());
    let beginning = ctx.db.write(move |tx| ops::go_on(tx, &viewer, id, now));
    let task = beginning.await?;
    nudge(&ctx.jobs);
    Ok(task)
}
