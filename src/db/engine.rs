//! Engines and pools: which database it is, how it is opened, how a read and a write run.
use super::checkpoint::Checkpoints;
use super::queue::{Job, Queue};
use super::tx::Tx;
use super::{Error, Seal};
use anyhow::{Context, anyhow};
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, Pool, R2D2Connection};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// One connection to whichever engine the URL names.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct Options {
    /// `postgres://…` or the path of a SQLite file, which is made when absent.
    pub url: String,
    /// Connections of the pool.
    pub connections: u32,
    /// How long a caller waits for a connection before it is told "busy".
    pub patience: Duration,
}

impl Options {
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres://") || self.url.starts_with("postgresql://")
    }
}

/// What a pooled connection is for: SQLite's readers may not write past the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Read,
    Write,
}

#[derive(Debug)]
struct Manager {
    options: Options,
    for_what: Use,
}

impl Manager {
    fn open(&self) -> Result<Conn, diesel::r2d2::Error> {
        let url = &self.options.url;
        if self.options.is_postgres() {
            let conn =
                PgConnection::establish(url).map_err(diesel::r2d2::Error::ConnectionError)?;
            return Ok(Conn::Postgres(conn));
        }
        let mut conn =
            SqliteConnection::establish(url).map_err(diesel::r2d2::Error::ConnectionError)?;
        // FULL: an acknowledged write survives a power cut, not only a killed process.
        conn.batch_execute(
            "PRAGMA busy_timeout=10000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
             PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32000;",
        )
        .map_err(diesel::r2d2::Error::QueryError)?;
        if self.for_what == Use::Read {
            conn.batch_execute("PRAGMA query_only=ON")
                .map_err(diesel::r2d2::Error::QueryError)?;
        }
        Ok(Conn::Sqlite(conn))
    }
}

/// A connection of the pool.
struct Pooled {
    conn: Conn,
    /// When it was last known to work.
    answered_at: Instant,
}

/// A connection that answered so recently is not asked again whether it lives: a question is a whole
/// round trip, a third of what a group of check-ins costs. Should it have died since, whoever gets it
/// is told "busy", and the pool makes another.
const TRUSTED: Duration = Duration::from_secs(1);

impl ManageConnection for Manager {
    type Connection = Pooled;
    type Error = diesel::r2d2::Error;
    fn connect(&self) -> Result<Pooled, Self::Error> {
        Ok(Pooled {
            conn: self.open()?,
            answered_at: Instant::now(),
        })
    }
    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), Self::Error> {
        if pooled.answered_at.elapsed() < TRUSTED {
            return Ok(());
        }
        let answer = pooled.conn.ping();
        answer.map_err(diesel::r2d2::Error::QueryError)?;
        pooled.answered_at = Instant::now();
        Ok(())
    }
    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.conn.is_broken()
    }
}

enum Writer {
    /// SQLite: one writer for the whole process.
    Queue(Queue),
    /// PostgreSQL: a transaction per caller, on the pool.
    Pool,
}

/// The database. Clones share it.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    pool: Pool<Manager>,
    writer: Writer,
    seal: Seal,
}

impl Db {
    /// Brings the schema up to date, then opens the pools.
    ///
    /// # Errors
    /// When the database cannot be reached, or is newer than this program.
    pub fn open(options: Options, seal: Seal) -> anyhow::Result<Self> {
        let for_writes = Manager {
            options: options.clone(),
            for_what: Use::Write,
        };
        let mut conn = for_writes
            .open()
            .map_err(|e| anyhow!(strip_secrets(&e.to_string(), &options.url)))
            .context("cannot open the database")?;
        super::migrate::up(&mut conn)?;
        let is_postgres = options.is_postgres();
        let writer = if is_postgres {
            Writer::Pool
        } else {
            let beside = for_writes.open()?;
            let checkpoints = Checkpoints::start(&mut conn, beside)?;
            Writer::Queue(Queue::start(conn, checkpoints, seal.clone())?)
        };
        let pool = Pool::builder()
            .max_size(options.connections)
            .connection_timeout(options.patience)
            .test_on_check_out(is_postgres)
            .build(Manager {
                options,
                for_what: if is_postgres { Use::Write } else { Use::Read },
            })
            .context("cannot fill the database pool")?;
        Ok(Self(Arc::new(Inner { pool, writer, seal })))
    }

    /// `sqlite` or `postgresql`, for people.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match self.0.writer {
            Writer::Queue(_) => "sqlite",
            Writer::Pool => "postgresql",
        }
    }

    /// True when every write waits for every other one: then nobody should write for long.
    #[must_use]
    pub fn has_one_writer(&self) -> bool {
        matches!(self.0.writer, Writer::Queue(_))
    }

    /// True while somebody's change waits for the one that is under way: then whoever could go on for
    /// a while should come to an end. Never where writers go on side by side.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        match &self.0.writer {
            Writer::Queue(queue) => queue.is_awaited(),
            Writer::Pool => false,
        }
    }

    /// How many changes were brought to the one writer so far; none where there are many.
    #[must_use]
    pub fn ever_waited(&self) -> usize {
        match &self.0.writer {
            Writer::Queue(queue) => queue.ever_waited(),
            Writer::Pool => 0,
        }
    }

    /// Runs `f` off the async threads, outside a transaction.
    pub async fn read<T, E>(
        &self,
        f: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let inner = Arc::clone(&self.0);
        off_thread(move || f(&mut inner.take()?.conn)).await
    }

    /// Runs `f` in one transaction that holds the write lock from its first statement. Returns
    /// after the commit is durable; an `Err` from `f` undoes everything it did.
    pub async fn write<T, E>(
        &self,
        f: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.write_as(f, |job| job).await
    }

    /// [`Db::write`] in a transaction that carries nothing else, on either engine: what a benchmark
    /// measures the grouping against.
    pub async fn write_alone<T, E>(
        &self,
        f: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.write_as(f, Job::alone).await
    }

    async fn write_as<T, E>(
        &self,
        f: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
        as_which: fn(Job) -> Job,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.0.writer {
            Writer::Queue(queue) => {
                let (answer, waiting) = oneshot::channel();
                let job = Job::new(f, move |result| drop(answer.send(result)));
                queue.submit(as_which(job))?;
                waiting
                    .await
                    .map_err(|_| Error::Fault(anyhow!("the database writer went away")))?
            }
            Writer::Pool => {
                let inner = Arc::clone(&self.0);
                off_thread(move || inner.transact(f)).await
            }
        }
    }

    /// [`Db::write`] for callers who do not wait in place: `answer` runs on the database's own
    /// thread once the change is durable or has failed. Needs a tokio runtime, as `write` does.
    pub fn write_then<T, E>(
        &self,
        f: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
        answer: impl FnOnce(Result<T, E>) + Send + 'static,
    ) where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.0.writer {
            Writer::Queue(queue) => queue.submit_or_tell(Job::new(f, answer), &self.0.seal),
            Writer::Pool => {
                let inner = Arc::clone(&self.0);
                // Not waited for: what it has to tell it tells through `answer`.
                drop(tokio::task::spawn_blocking(move || {
                    answer(inner.transact(f));
                }));
            }
        }
    }

    /// [`Db::read`] for callers without a runtime (commands).
    pub fn read_blocking<T, E: From<Error>>(
        &self,
        f: impl FnOnce(&mut Conn) -> Result<T, E>,
    ) -> Result<T, E> {
        f(&mut self.0.take()?.conn)
    }

    /// [`Db::write`] for callers without a runtime (commands).
    pub fn write_blocking<T, E>(
        &self,
        f: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.0.writer {
            Writer::Queue(queue) => {
                let (answer, waiting) = std::sync::mpsc::sync_channel(1);
                queue.submit(Job::new(f, move |result| drop(answer.send(result))))?;
                waiting
                    .recv()
                    .map_err(|_| Error::Fault(anyhow!("the database writer went away")))?
            }
            Writer::Pool => self.0.transact(f),
        }
    }

    /// The newest migration in the database, for the About page.
    pub fn schema_version(conn: &mut Conn) -> Result<String, Error> {
        super::migrate::newest(conn)
    }
}

impl Inner {
    fn take(&self) -> Result<diesel::r2d2::PooledConnection<Manager>, Error> {
        self.pool.get().map_err(|e| Error::Busy(e.into()))
    }

    fn transact<T, E: From<Error>>(&self, f: impl FnOnce(&mut Tx) -> Result<T, E>) -> Result<T, E> {
        type Plain = AnsiTransactionManager;
        let mut pooled = self.take()?;
        let conn = &mut pooled.conn;
        let Conn::Postgres(pg) = conn else {
            return Err(Error::Fault(anyhow!("SQLite writes go through the queue")).into());
        };
        Plain::begin_transaction(pg).map_err(Error::from)?;
        let mut tx = Tx::new(conn);
        let result = match catch_unwind(AssertUnwindSafe(|| f(&mut tx))) {
            Ok(Ok(value)) => tx
                .close(&self.seal)
                .map(|after| (value, after))
                .map_err(E::from),
            Ok(Err(refused)) => Err(refused),
            Err(_) => Err(Error::Fault(anyhow!("a change panicked")).into()),
        };
        let Conn::Postgres(pg) = conn else {
            unreachable!("the connection does not change its engine")
        };
        match result {
            Ok((value, after)) => {
                Plain::commit_transaction(pg).map_err(Error::from)?;
                for then in after {
                    then();
                }
                Ok(value)
            }
            Err(cause) => {
                if let Err(e) = Plain::rollback_transaction(pg) {
                    tracing::warn!(error = %e, "rollback failed; the pool drops the connection");
                }
                Err(cause)
            }
        }
    }
}

async fn off_thread<T, E>(f: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    match tokio::task::spawn_blocking(f).await {
        Ok(result) => result,
        Err(gone) => Err(Error::Fault(gone.into()).into()),
    }
}

/// libpq repeats the connection string in some of its errors; its password must not travel on.
fn strip_secrets(message: &str, url: &str) -> String {
    message.replace(url, "<database url>")
}
