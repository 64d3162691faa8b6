//! Work without a caller: sweeps, deadlines, purges, collections.
//!
//! A [`Job`] takes no input: it reads the state, moves it one bounded step, and says whether there
//! is more. On several nodes it runs on one at a time, by a lease row that is claimed and renewed
//! by guarded updates; the lease of a killed node ends by itself. A run may be cut short anywhere,
//! so every step has to be safe to repeat.
//!
//! The schedule is the truth. An op that wants a job sooner nudges it after its commit.
mod run;
mod schema;
mod store;

pub use run::{Crew, Ran};

use crate::clock::Clock;
use crate::db::Db;
use futures_util::future::BoxFuture;
use std::future::Future;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;
use tokio::sync::Notify;

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing is left to do until the next time.
    Done,
    /// The next step should follow at once.
    More,
}

type Run = Box<dyn Fn() -> BoxFuture<'static, anyhow::Result<Progress>> + Send + Sync>;

/// One background job.
pub struct Job {
    name: &'static str,
    every: Duration,
    run: Run,
}

impl Job {
    /// `name` is `room.what`, such as `storage.collect`: the lease's key and the metrics' label.
    pub fn new<F, R>(name: &'static str, every: Duration, run: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = anyhow::Result<Progress>> + Send + 'static,
    {
        Self {
            name,
            every,
            run: Box::new(move || Box::pin(run())),
        }
    }
}

/// The way to the jobs for everyone else. Clones share it.
#[derive(Clone)]
pub struct Jobs(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    /// Unique to this process, so that a restarted node never takes its old lease for its own.
    holder: String,
    /// The crew owns them: jobs hold what holds this, and would keep it for ever.
    slots: OnceLock<Vec<Weak<Slot>>>,
}

struct Slot {
    job: Job,
    nudge: Notify,
}

impl Jobs {
    /// Knows no job until [`Jobs::start`].
    #[must_use]
    pub fn new(db: Db, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            db,
            clock,
            holder: uuid::Uuid::now_v7().to_string(),
            slots: OnceLock::new(),
        }))
    }

    /// Asks for a run as soon as possible, on this node or where the job runs now. Returns at once.
    pub fn nudge(&self, name: &str) {
        if let Some(slot) = self.slot(name) {
            slot.nudge.notify_one();
        } else {
            tracing::debug!(job.name = name, "a job was nudged that does not run here");
        }
    }

    fn slot(&self, name: &str) -> Option<Arc<Slot>> {
        let mut slots = self.0.slots.get()?.iter().filter_map(Weak::upgrade);
        slots.find(|slot| slot.job.name == name)
    }
}
