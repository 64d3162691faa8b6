//! Running jobs: one task each, which waits until its job is due, claims the lease, runs, and
//! gives the lease back.
use super::{Job, Jobs, Progress, Slot, store};
use crate::clock::Millis;
use crate::db::Error;
use anyhow::anyhow;
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long a lease outlives its holder.
const LEASE: Duration = Duration::from_mins(1);
/// How often it is renewed, in real time.
const RENEW: Duration = Duration::from_secs(15);
/// How long a task sleeps at most: bounds how late it notices a moved clock.
const NAP: Duration = Duration::from_millis(500);
/// How soon a node looks again at a job that another node runs.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How soon a failed job is tried again, unless it is due earlier.
const AFTER_FAILURE: Duration = Duration::from_mins(1);

/// The tasks that run the jobs of this node.
pub struct Crew {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Crew {
    /// Cuts running jobs short, gives their leases back, and waits for that.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ran {
    /// It ran here, to its end.
    Here(Progress),
    /// It was not due, or another node holds it.
    NotHere,
    /// It failed; the log and the lease row know why.
    Failed,
    /// It was cut short: by shutdown, or because the lease was lost.
    CutShort,
}

impl Jobs {
    /// Starts every job. Needs a tokio runtime; may be called once.
    #[must_use]
    pub fn start(&self, jobs: Vec<Job>) -> Crew {
        let slots: Vec<_> = jobs
            .into_iter()
            .map(|job| {
                Arc::new(Slot {
                    job,
                    nudge: tokio::sync::Notify::new(),
                })
            })
            .collect();
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        if self
            .0
            .slots
            .set(slots.iter().map(Arc::downgrade).collect())
            .is_ok()
        {
            for slot in slots {
                tasks.spawn(self.clone().work(slot, stopped.clone()));
            }
        } else {
            tracing::error!("the jobs of this node run already");
        }
        Crew { stop, tasks }
    }

    /// Runs a job now, whatever its schedule says, unless another node is running it.
    ///
    /// # Errors
    /// When there is no such job, or the database fails.
    pub async fn run_now(&self, name: &str) -> anyhow::Result<Ran> {
        let slot = self
            .slot(name)
            .ok_or_else(|| anyhow!("no job is called {name}"))?;
        self.make_due(&slot).await?;
        let (_open, never) = watch::channel(false);
        Ok(self.attempt(&slot, &never).await?)
    }

    async fn work(self, slot: Arc<Slot>, mut stopped: watch::Receiver<bool>) {
        let mut look_at = Millis(0);
        while !*stopped.borrow() {
            if look_at <= self.0.clock.now() {
                look_at = self.turn(&slot, &stopped).await;
            }
            let left = look_at.since(self.0.clock.now());
            let nap = Duration::from_millis(u64::try_from(left).unwrap_or(0)).min(NAP);
            tokio::select! {
                _ = stopped.changed() => {}
                () = slot.nudge.notified() => {
                    if let Err(cause) = self.make_due(&slot).await {
                        complain(&slot, &cause);
                    }
                    look_at = Millis(0);
                }
                () = tokio::time::sleep(nap) => {}
            }
        }
    }

    /// One look at the job, and a run if it is due; says when to look again.
    async fn turn(&self, slot: &Slot, stopped: &watch::Receiver<bool>) -> Millis {
        let name = slot.job.name;
        let soon = self.0.clock.now() + LOOK_AGAIN;
        let outcome = match self.attempt(slot, stopped).await {
            Ok(_) => self.0.db.read(move |conn| store::look(conn, name)).await,
            Err(cause) => Err(cause),
        };
        match outcome {
            Ok(Some(lease)) if lease.holder.is_some() => lease.until.min(soon),
            Ok(Some(lease)) => lease.next,
            Ok(None) => soon,
            Err(cause) => {
                complain(slot, &cause);
                soon
            }
        }
    }

    async fn make_due(&self, slot: &Slot) -> Result<(), Error> {
        let (name, now) = (slot.job.name, self.0.clock.now());
        self.0
            .db
            .write(move |tx| {
                store::ensure(tx, name, now)?;
                store::make_due(tx, name, now)
            })
            .await
    }

    /// Claims, runs, gives back.
    async fn attempt(&self, slot: &Slot, stopped: &watch::Receiver<bool>) -> Result<Ran, Error> {
        let Some(seen) = self.claim(slot).await? else {
            return Ok(Ran::NotHere);
        };
        let name = slot.job.name;
        let begun = Instant::now();
        let mut stop = stopped.clone();
        let ran = tokio::select! {
            ended = AssertUnwindSafe((slot.job.run)()).catch_unwind() => {
                Some(ended.unwrap_or_else(|_| Err(anyhow!("the job panicked"))))
            }
            () = self.keep(name) => {
                tracing::warn!(job.name = name, "the lease was lost; another node goes on");
                None
            }
            _ = stop.wait_for(|stop| *stop) => None,
        };
        let outcome = self.finish(slot, seen, ran).await?;
        measure(name, outcome, begun.elapsed());
        Ok(outcome)
    }

    /// The job's planned time when it is ours now.
    async fn claim(&self, slot: &Slot) -> Result<Option<Millis>, Error> {
        let (name, now, inner) = (slot.job.name, self.0.clock.now(), Arc::clone(&self.0));
        let lease = self.0.db.read(move |conn| store::look(conn, name)).await?;
        if lease.is_some_and(|lease| lease.next > now) {
            return Ok(None);
        }
        self.0
            .db
            .write(move |tx| {
                store::ensure(tx, name, now)?;
                if !store::claim(tx, name, &inner.holder, now, now + LEASE)? {
                    return Ok(None);
                }
                Ok(store::look(tx, name)?.map(|lease| lease.next))
            })
            .await
    }

    /// Ends when the lease is lost.
    async fn keep(&self, name: &'static str) {
        let mut good_until = Instant::now() + LEASE;
        while Instant::now() < good_until {
            tokio::time::sleep(RENEW).await;
            let (inner, until) = (Arc::clone(&self.0), self.0.clock.now() + LEASE);
            let renewed = self
                .0
                .db
                .write(move |tx| store::renew(tx, name, &inner.holder, until))
                .await;
            match renewed {
                Ok(true) => good_until = Instant::now() + LEASE,
                Ok(false) => return,
                Err(cause) => {
                    tracing::warn!(job.name = name, error = %cause, "cannot renew a lease yet");
                }
            }
        }
    }

    async fn finish(
        &self,
        slot: &Slot,
        seen: Millis,
        ran: Option<anyhow::Result<Progress>>,
    ) -> Result<Ran, Error> {
        let (name, now, inner) = (slot.job.name, self.0.clock.now(), Arc::clone(&self.0));
        let (outcome, next, error) = match ran {
            None => (Ran::CutShort, None, None),
            Some(Ok(Progress::More)) => (Ran::Here(Progress::More), None, None),
            Some(Ok(Progress::Done)) => {
                let next = now + slot.job.every;
                (Ran::Here(Progress::Done), Some(next), None)
            }
            Some(Err(cause)) => {
                let text = format!("{cause:#}");
                tracing::error!(job.name = name, error = text, "a job failed");
                let next = now + slot.job.every.min(AFTER_FAILURE);
                (Ran::Failed, Some(next), Some(text))
            }
        };
        self.0
            .db
            .write(move |tx| {
                if let Some(next) = next {
                    store::schedule(tx, name, seen, next)?;
                }
                if !matches!(outcome, Ran::CutShort) {
                    store::note(tx, name, error.as_deref(), now)?;
                }
                store::release(tx, name, &inner.holder)
            })
            .await?;
        Ok(outcome)
    }
}

fn measure(name: &'static str, outcome: Ran, took: Duration) {
    let word = match outcome {
        Ran::Here(_) => "done",
        Ran::Failed => "failed",
        Ran::CutShort | Ran::NotHere => "cut_short",
    };
    metrics::counter!("posfleet_job_runs_total", "job" => name, "outcome" => word).increment(1);
    metrics::histogram!("posfleet_job_seconds", "job" => name).record(took.as_secs_f64());
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(
        job.name = name,
        job.outcome = word,
        job.took_ms = took_ms,
        "a job ran"
    );
}

fn complain(slot: &Slot, cause: &Error) {
    tracing::warn!(job.name = slot.job.name, error = %cause, "a job waits for the database");
}
