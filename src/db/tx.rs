//! A running transaction and what it writes last.
use super::{Conn, Error};
use crate::clock::Millis;
use crate::ids::EstablishmentId;
use diesel::connection::SimpleConnection;
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// One audited change: who did what to which object. Secrets never enter `before` and `after`.
#[derive(Debug, Clone)]
pub struct Change {
    pub at: Millis,
    /// `operator`, `client`, `terminal`, `job` or `console`.
    pub actor_kind: &'static str,
    pub actor_id: Option<i64>,
    pub actor_name: String,
    /// The address that the caller was seen at.
    pub from_ip: Option<String>,
    /// The verb, such as `terminal.retire`.
    pub action: &'static str,
    /// The object as kind and business code, such as `terminal` and `TG00221`.
    pub object_kind: &'static str,
    pub object: String,
    pub establishment: Option<EstablishmentId>,
    pub before: Option<serde_json::Value>,
    pub after: Option<serde_json::Value>,
}

impl Change {
    /// What the object was like; only what matters, never secrets.
    #[must_use]
    pub fn before(mut self, value: impl serde::Serialize) -> Self {
        self.before = serde_json::to_value(value).ok();
        self
    }

    /// What the object is like now; only what matters, never secrets.
    #[must_use]
    pub fn after(mut self, value: impl serde::Serialize) -> Self {
        self.after = serde_json::to_value(value).ok();
        self
    }

    /// Whose scope the change falls in.
    #[must_use]
    pub fn within(mut self, establishment: EstablishmentId) -> Self {
        self.establishment = Some(establishment);
        self
    }
}

/// One event of the outbox: something that changed, on the transition only.
#[derive(Debug, Clone)]
pub struct Event {
    pub at: Millis,
    /// Stable code, such as `terminal.online` or `work.assigned`.
    pub kind: &'static str,
    /// The TID or other code that the event is about.
    pub subject: String,
    /// Whose scope it falls in; `None` is for those who see every establishment.
    pub establishment: Option<EstablishmentId>,
    /// Code and arguments for the reader's language; never secrets.
    pub body: serde_json::Value,
}

/// What a transaction collected to be written as its last statement.
#[derive(Debug, Default)]
pub struct Tail {
    pub events: Vec<Event>,
    pub changes: Vec<Change>,
}

/// What one counter of a table goes by: two numbers, or a number and words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CountKey {
    pub of: i64,
    pub number: i32,
    pub words: [String; 2],
}

impl CountKey {
    #[must_use]
    pub fn number(of: i64, number: i32) -> Self {
        let words = [String::new(), String::new()];
        Self { of, number, words }
    }

    #[must_use]
    pub fn words(of: i64, first: &str, second: &str) -> Self {
        Self {
            of,
            number: 0,
            words: [first.to_owned(), second.to_owned()],
        }
    }
}

/// Adds to one counter.
type Add = fn(&mut Conn, &CountKey, i64) -> Result<(), Error>;

/// What a transaction adds to a counter when it closes.
struct Count {
    of: (&'static str, CountKey),
    by: i64,
    add: Add,
}

type WriteTail = dyn Fn(&mut Conn, Tail) -> Result<(), Error> + Send + Sync;
type Told = dyn Fn() + Send + Sync;

/// Writes a [`Tail`]; given by the composition root, because the rooms that own the tables stand
/// above this one.
#[derive(Clone)]
pub struct Seal {
    write: Arc<WriteTail>,
    on_events: Arc<Told>,
}

impl Seal {
    pub fn new(
        write: impl Fn(&mut Conn, Tail) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Self {
        Self {
            write: Arc::new(write),
            on_events: Arc::new(|| ()),
        }
    }

    /// `told` runs after each commit that brought events.
    #[must_use]
    pub fn on_events(self, told: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            on_events: Arc::new(told),
            ..self
        }
    }
}

pub(super) type AfterCommit = Box<dyn FnOnce() + Send>;

/// A transaction that holds the write lock. Stores take `&mut Conn`, to which it coerces.
pub struct Tx<'a> {
    conn: &'a mut Conn,
    tail: Tail,
    counts: Vec<Count>,
    after_commit: Vec<AfterCommit>,
    /// Why it cannot be closed any more.
    lost: Option<Error>,
}

impl<'a> Tx<'a> {
    pub(super) fn new(conn: &'a mut Conn) -> Self {
        Self {
            conn,
            tail: Tail::default(),
            counts: Vec::new(),
            after_commit: Vec::new(),
            lost: None,
        }
    }

    /// Puts an event into the outbox together with this change.
    pub fn emit(&mut self, event: Event) {
        self.tail.events.push(event);
    }

    /// Puts a change into the audit chain together with this transaction.
    pub fn record(&mut self, change: Change) {
        self.tail.changes.push(change);
    }

    /// Adds `by` to the counter `key` of `table` when the transaction closes. Counters are what many
    /// transactions share, so all take them last and in the order of their names: then no two wait for
    /// each other, and none waits longer than for a commit.
    pub fn count(&mut self, table: &'static str, key: CountKey, by: i64, add: Add) {
        let of = (table, key);
        self.counts.push(Count { of, by, add });
    }

    /// Runs `f` once the change is durable; not at all when it is undone.
    pub fn after_commit(&mut self, f: impl FnOnce() + Send + 'static) {
        self.after_commit.push(Box::new(f));
    }

    /// A part of the change that may fail alone: then all that it did, said and asked for is undone,
    /// and the rest stands.
    ///
    /// # Errors
    /// The outer one when the database fails; the inner one is the part's own.
    pub fn attempt<T, E>(
        &mut self,
        f: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<Result<T, E>, Error> {
        let (events, changes) = (self.tail.events.len(), self.tail.changes.len());
        let (counts, after) = (self.counts.len(), self.after_commit.len());
        self.conn.batch_execute("SAVEPOINT part")?;
        let outcome = f(self);
        if self.lost.is_some() {
            // A part of this part found the whole undone.
            return Ok(outcome);
        }
        if outcome.is_ok() {
            self.conn.batch_execute("RELEASE SAVEPOINT part")?;
        } else if let Err(cause) = self
            .conn
            .batch_execute("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part")
        {
            // SQLite undoes the whole transaction by itself when the disk is full. The part says that;
            // whatever is written from here on must not stand.
            let is_undone = matches!(self.conn, Conn::Sqlite(_));
            if !is_undone || self.conn.batch_execute("BEGIN").is_err() {
                return Err(cause.into());
            }
            self.lost = Some(cause.into());
        } else {
            self.tail.events.truncate(events);
            self.tail.changes.truncate(changes);
            self.counts.truncate(counts);
            self.after_commit.truncate(after);
        }
        Ok(outcome)
    }

    fn settle(&mut self) -> Result<(), Error> {
        let mut sums = BTreeMap::new();
        for Count { of, by, add } in self.counts.drain(..) {
            sums.entry(of).or_insert((0, add)).0 += by;
        }
        for ((_, key), (by, add)) in sums {
            if by != 0 {
                add(self.conn, &key, by)?;
            }
        }
        Ok(())
    }

    /// Writes the counters and the tail, and hands out what waits for the commit.
    pub(super) fn close(mut self, seal: &Seal) -> Result<Vec<AfterCommit>, Error> {
        if let Some(cause) = self.lost.take() {
            return Err(cause);
        }
        self.settle()?;
        if !self.tail.events.is_empty() {
            let told = Arc::clone(&seal.on_events);
            self.after_commit(move || told());
        }
        if !self.tail.events.is_empty() || !self.tail.changes.is_empty() {
            hold_tail_lock(self.conn)?;
            (seal.write)(self.conn, self.tail)?;
        }
        Ok(self.after_commit)
    }
}

/// Sequences of PostgreSQL number rows before they commit, so a reader could step over a row that
/// commits late. Holding one lock from the first number to the commit makes numbers rise in commit
/// order; readers then need no horizon. SQLite has one writer anyway.
fn hold_tail_lock(conn: &mut Conn) -> Result<(), Error> {
    use diesel::RunQueryDsl;
    if let Conn::Postgres(pg) = conn {
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.tail'))")
            .execute(pg)?;
    }
    Ok(())
}

impl Deref for Tx<'_> {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        self.conn
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Conn {
        self.conn
    }
}
