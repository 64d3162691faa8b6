//! SQLite's write queue: one thread, one connection, first come first served.
//!
//! The thread takes what is waiting, runs each caller's change in a savepoint of one transaction,
//! commits, and only then answers them all: one `fsync` carries many callers. A change that fails
//! is undone alone; a commit that fails is told to everyone in it.
use super::checkpoint::Checkpoints;
use super::line::{Entrance, Exit, line};
use super::tx::Tx;
use super::{Conn, Error, Seal};
use anyhow::anyhow;
use diesel::connection::SimpleConnection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::TrySendError;
use std::time::{Duration, Instant};

/// Callers that may wait at once; one more is told "busy" early instead of late.
const PLACES: usize = 4096;
/// The most changes that share a transaction.
const GROUP: usize = 256;
/// How long a transaction takes on new callers before it commits.
const GATHER: Duration = Duration::from_millis(15);

/// Tells a caller how the commit went.
type Finish = Box<dyn FnOnce(Result<(), Error>) + Send>;

type Run = Box<dyn FnOnce(Result<&mut Conn, Error>, &Seal) -> Ran + Send>;

/// A change with the caller's answer inside; given an error instead of a connection, it only
/// passes that on.
pub(super) struct Job {
    run: Run,
    /// Nobody else joins its transaction.
    is_alone: bool,
}

enum Ran {
    /// Stands, if the commit does.
    Keep(Finish),
    /// Failed on its own; undo it, then tell the caller.
    Undo(Finish),
}

impl Job {
    /// Wraps `f`, so that its result reaches `answer` only after the commit.
    pub(super) fn new<T, E>(
        f: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
        answer: impl FnOnce(Result<T, E>) + Send + 'static,
    ) -> Self
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let run: Run = Box::new(move |conn, seal| {
            let conn = match conn {
                Ok(conn) => conn,
                Err(cause) => return Ran::Undo(Box::new(move |_| answer(Err(cause.into())))),
            };
            let mut tx = Tx::new(conn);
            // The thread serves everybody: one bad change must not end it.
            let run = || {
                let value = f(&mut tx)?;
                Ok((value, tx.close(seal).map_err(E::from)?))
            };
            let result = catch_unwind(AssertUnwindSafe(run))
                .unwrap_or_else(|_| Err(Error::Fault(anyhow!("a change panicked")).into()));
            match result {
                Ok((value, after)) => Ran::Keep(Box::new(move |committed| match committed {
                    Ok(()) => {
                        for then in after {
                            then();
                        }
                        answer(Ok(value));
                    }
                    Err(cause) => answer(Err(cause.into())),
                })),
                Err(refused) => Ran::Undo(Box::new(move |_| answer(Err(refused)))),
            }
        });
        Self {
            run,
            is_alone: false,
        }
    }

    /// The same change in a transaction of its own.
    pub(super) fn alone(self) -> Self {
        Self {
            is_alone: true,
            ..self
        }
    }
}

/// The callers' end. The thread ends when the last clone is dropped and the queue is empty.
#[derive(Clone)]
pub(super) struct Queue(Entrance<Job>);

impl Queue {
    /// Starts the thread; `checkpoints` is told of each commit.
    pub(super) fn start(conn: Conn, checkpoints: Checkpoints, seal: Seal) -> Result<Self, Error> {
        let (entrance, jobs) = line(PLACES);
        std::thread::Builder::new()
            .name("db-writer".to_owned())
            .spawn(move || work(conn, &jobs, &checkpoints, &seal))
            .map_err(|e| Error::Fault(e.into()))?;
        Ok(Self(entrance))
    }

    /// Whether a change waits for the one that is under way.
    pub(super) fn is_awaited(&self) -> bool {
        self.0.is_awaited()
    }

    /// How many changes were brought so far.
    pub(super) fn ever_waited(&self) -> usize {
        self.0.ever_waited()
    }

    pub(super) fn submit(&self, job: Job) -> Result<(), Error> {
        self.0.try_join(job).map_err(|e| refused(&e))
    }

    /// [`Queue::submit`] for a caller who listens for nothing but the job's own answer.
    pub(super) fn submit_or_tell(&self, job: Job, seal: &Seal) {
        let Err(refusal) = self.0.try_join(job) else {
            return;
        };
        let cause = refused(&refusal);
        let (TrySendError::Full(job) | TrySendError::Disconnected(job)) = refusal;
        let (Ran::Keep(tell) | Ran::Undo(tell)) = (job.run)(Err(cause.copy()), seal);
        tell(Err(cause));
    }
}

fn refused(cause: &TrySendError<Job>) -> Error {
    match cause {
        TrySendError::Full(_) => Error::Busy(anyhow!("{PLACES} changes are waiting")),
        TrySendError::Disconnected(_) => Error::Fault(anyhow!("the database writer is gone")),
    }
}

fn work(mut conn: Conn, jobs: &Exit<Job>, checkpoints: &Checkpoints, seal: &Seal) {
    let mut held_over = None;
    while let Some(first) = held_over.take().or_else(|| jobs.take()) {
        held_over = group(&mut conn, first, jobs, seal);
        checkpoints.committed();
    }
}

/// One transaction: `first` and whoever queues up while it runs. Returns who came meanwhile and
/// wants one of his own.
fn group(conn: &mut Conn, first: Job, jobs: &Exit<Job>, seal: &Seal) -> Option<Job> {
    if let Err(cause) = conn.batch_execute("BEGIN IMMEDIATE") {
        let cause = Error::from(cause);
        tracing::error!(error = %Chain(&cause), "no write transaction could begin");
        let (Ran::Keep(tell) | Ran::Undo(tell)) = (first.run)(Err(cause.copy()), seal);
        tell(Err(cause));
        return None;
    }
    let begun = Instant::now();
    let takes_others = !first.is_alone;
    let mut kept = Vec::new();
    let mut next = Some(first);
    let mut held_over = None;
    while let Some(job) = next {
        if let Err(cause) = run_one(conn, job, seal, &mut kept) {
            abandon(conn, kept, &cause);
            return None;
        }
        let room = takes_others && kept.len() < GROUP && begun.elapsed() < GATHER;
        next = if room { jobs.take_now() } else { None };
        held_over = next.take_if(|job| job.is_alone);
    }
    metrics::histogram!("posfleet_db_group_size")
        .record(f64::from(u32::try_from(kept.len()).unwrap_or(u32::MAX)));
    match conn.batch_execute("COMMIT") {
        Ok(()) => kept.into_iter().for_each(|finish| finish(Ok(()))),
        Err(cause) => abandon(conn, kept, &Error::from(cause)),
    }
    held_over
}

/// Runs one job in a savepoint. An error means that the whole transaction is lost (SQLite rolls
/// back by itself when the disk is full).
fn run_one(conn: &mut Conn, job: Job, seal: &Seal, kept: &mut Vec<Finish>) -> Result<(), Error> {
    conn.batch_execute("SAVEPOINT job")?;
    match (job.run)(Ok(conn), seal) {
        Ran::Keep(finish) => {
            kept.push(finish);
            conn.batch_execute("RELEASE job")?;
        }
        Ran::Undo(finish) => {
            let undone = conn.batch_execute("ROLLBACK TO job; RELEASE job");
            finish(Ok(()));
            undone?;
        }
    }
    Ok(())
}

/// Tells everyone in a lost transaction, and leaves the connection clean for the next.
fn abandon(conn: &mut Conn, kept: Vec<Finish>, cause: &Error) {
    if let Err(e) = conn.batch_execute("ROLLBACK") {
        tracing::debug!(error = %e, "nothing to roll back: the engine had done it");
    }
    tracing::error!(error = %Chain(cause), lost = kept.len(), "a write transaction was lost");
    for finish in kept {
        finish(Err(cause.copy()));
    }
}

struct Chain<'a>(&'a Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Error::Busy(e) | Error::Full(e) | Error::ZeroByte(e) | Error::Fault(e)) = self.0;
        write!(f, "{}: {e:#}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Event;
    use diesel::prelude::*;
    use diesel::sql_types::BigInt;
    use std::sync::mpsc::{Receiver, channel};

    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }

    fn count(conn: &mut Conn) -> i64 {
        let Conn::Sqlite(c) = conn else {
            unreachable!("the test opens SQLite")
        };
        diesel::sql_query("SELECT count(*) AS n FROM note")
            .get_result::<Count>(c)
            .unwrap()
            .n
    }

    fn open(setup: &str) -> (Queue, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("q.db");
        let connect = || {
            let conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
            Conn::Sqlite(conn)
        };
        let mut conn = connect();
        conn.batch_execute("PRAGMA journal_mode=WAL; CREATE TABLE note (text TEXT NOT NULL)")
            .unwrap();
        conn.batch_execute(setup).unwrap();
        let seal = Seal::new(|_, _| Ok(()));
        let checkpoints = Checkpoints::start(&mut conn, connect()).unwrap();
        (Queue::start(conn, checkpoints, seal).unwrap(), dir)
    }

    fn ask<T: Send + 'static>(
        queue: &Queue,
        f: impl FnOnce(&mut Tx) -> Result<T, Error> + Send + 'static,
    ) -> Receiver<Result<T, Error>> {
        let (answer, waiting) = channel();
        let job = Job::new(f, move |result| drop(answer.send(result)));
        queue.submit(job).unwrap();
        waiting
    }

    fn ask_alone(queue: &Queue, text: &'static str) -> Receiver<Result<i64, Error>> {
        let (answer, waiting) = channel();
        let change = move |tx: &mut Tx| {
            note(tx, text)?;
            Ok(count(tx))
        };
        let job = Job::new(change, move |result| drop(answer.send(result)));
        queue.submit(job.alone()).unwrap();
        waiting
    }

    fn note(tx: &mut Tx, text: &str) -> Result<(), Error> {
        tx.batch_execute(&format!("INSERT INTO note VALUES ('{text}')"))?;
        Ok(())
    }

    #[test]
    fn a_failed_change_is_undone_alone() {
        let (queue, _dir) = open("");
        // The first job holds the thread until the other three wait behind it in one group.
        let (go, wait) = channel::<()>();
        let first = ask(&queue, move |tx| {
            wait.recv().unwrap();
            note(tx, "first")
        });
        let refused = ask(&queue, |tx| {
            note(tx, "refused")?;
            Err::<(), _>(Error::Fault(anyhow!("no")))
        });
        let panicked = ask(&queue, |tx| {
            note(tx, "panicked")?;
            assert!(tx.batch_execute("SELECT 1").is_err(), "on purpose");
            Ok(())
        });
        let last = ask(&queue, |tx| note(tx, "last"));
        go.send(()).unwrap();
        first.recv().unwrap().unwrap();
        assert!(refused.recv().unwrap().is_err());
        assert!(panicked.recv().unwrap().is_err());
        last.recv().unwrap().unwrap();
        let n = ask(&queue, |tx| Ok(count(tx))).recv().unwrap().unwrap();
        assert_eq!(n, 2);
    }

    #[test]
    fn a_part_that_ends_the_whole_tells_why_and_leaves_nothing() {
        let (queue, _dir) = open("");
        for swallows in [false, true] {
            let answer = ask(&queue, move |tx| {
                note(tx, "before")?;
                let part = tx.attempt(|tx| {
                    // As SQLite does when the disk is full.
                    tx.batch_execute("ROLLBACK")?;
                    Err::<(), _>(Error::Full(anyhow!("no room")))
                })?;
                note(tx, "after")?;
                if swallows { Ok(()) } else { part }
            });
            let told = answer.recv().unwrap().unwrap_err();
            assert_eq!(matches!(told, Error::Full(_)), !swallows, "{told}");
        }
        let n = ask(&queue, |tx| Ok(count(tx))).recv().unwrap().unwrap();
        assert_eq!(n, 0);
    }

    #[test]
    fn who_wants_a_transaction_of_his_own_gets_it_in_his_turn() {
        let (queue, dir) = open("");
        let path = dir.path().join("q.db");
        let (go, wait) = channel::<()>();
        let first = ask(&queue, move |tx| {
            wait.recv().unwrap();
            note(tx, "first")
        });
        let alone = ask_alone(&queue, "alone");
        let after = ask(&queue, move |tx| {
            note(tx, "after")?;
            // What others see is what was committed before.
            let other = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
            Ok(count(&mut Conn::Sqlite(other)))
        });
        go.send(()).unwrap();
        first.recv().unwrap().unwrap();
        assert_eq!(alone.recv().unwrap().unwrap(), 2);
        assert_eq!(after.recv().unwrap().unwrap(), 2);
    }

    #[test]
    fn a_full_disk_is_told_to_everyone_it_hit_and_the_queue_goes_on() {
        let (queue, _dir) = open("PRAGMA max_page_count=20");
        let big = "x".repeat(200_000);
        let full = ask(&queue, move |tx| note(tx, &big)).recv().unwrap();
        assert!(matches!(full, Err(Error::Full(_))), "{full:?}");
        ask(&queue, |tx| note(tx, "small")).recv().unwrap().unwrap();
        let n = ask(&queue, |tx| Ok(count(tx))).recv().unwrap().unwrap();
        assert_eq!(n, 1);
    }

    #[test]
    fn what_waits_for_the_commit_runs_after_it_only() {
        let (queue, _dir) = open("");
        let (tell, told) = channel();
        let kept = tell.clone();
        ask(&queue, move |tx| {
            tx.after_commit(move || kept.send("kept").unwrap());
            tx.emit(Event {
                at: crate::clock::Millis(0),
                kind: "test.kept",
                subject: String::new(),
                establishment: None,
                body: serde_json::Value::Null,
            });
            Ok(())
        })
        .recv()
        .unwrap()
        .unwrap();
        let undone = ask(&queue, move |tx| {
            tx.after_commit(move || tell.send("undone").unwrap());
            Err::<(), _>(Error::Fault(anyhow!("no")))
        });
        assert!(undone.recv().unwrap().is_err());
        assert_eq!(told.iter().collect::<Vec<_>>(), ["kept"]);
    }
}
