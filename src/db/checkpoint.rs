//! Takes what SQLite's writer has committed from its log (the WAL) into the database file, beside the
//! writer. SQLite would do it in the thread of whoever commits when the log has grown, and all who wait
//! for a commit would wait for that as well.
use super::{Conn, Error};
use diesel::connection::SimpleConnection;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// How often it is looked whether there is anything to take.
const EVERY: Duration = Duration::from_millis(250);
/// So many commits are taken at the next look; fewer when the last time was [`AGO`].
const MANY: usize = 25;
const AGO: Duration = Duration::from_secs(10);
/// Pages of the log, 4 KiB each, at which the writer takes over: its log only starts afresh when all of it
/// was taken while nobody wrote, which a busy fleet may not leave time for.
const LOG_PAGES: usize = 3072;

/// The writer's end. The thread ends with it.
pub(super) struct Checkpoints {
    commits: Arc<AtomicUsize>,
    _alive: std::sync::mpsc::Sender<()>,
}

impl Checkpoints {
    /// Starts the thread on a connection of its own, and tells the writer's to leave it the work.
    pub(super) fn start(writer: &mut Conn, own: Conn) -> Result<Self, Error> {
        writer.batch_execute(&format!("PRAGMA wal_autocheckpoint={LOG_PAGES}"))?;
        let commits = Arc::new(AtomicUsize::new(0));
        let (alive, over) = channel();
        let counted = Arc::clone(&commits);
        std::thread::Builder::new()
            .name("db-checkpoint".to_owned())
            .spawn(move || work(own, &counted, &over))
            .map_err(|e| Error::Fault(e.into()))?;
        Ok(Self {
            commits,
            _alive: alive,
        })
    }

    pub(super) fn committed(&self) {
        self.commits.fetch_add(1, Ordering::Relaxed);
    }
}

fn work(mut conn: Conn, commits: &AtomicUsize, over: &Receiver<()>) {
    let mut since = Duration::ZERO;
    while over.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
        since += EVERY;
        let waiting = commits.load(Ordering::Relaxed);
        if waiting == 0 || (waiting < MANY && since < AGO) {
            continue;
        }
        since = Duration::ZERO;
        commits.fetch_sub(waiting, Ordering::Relaxed);
        // Passive: it waits for nobody, and nobody for it; what a reader still needs stays for the next time.
        if let Err(cause) = conn.batch_execute("PRAGMA wal_checkpoint(PASSIVE)") {
            tracing::warn!(error = %cause, "the database's log stays as it is for now");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::prelude::*;
    use diesel::sql_types::{Integer, Text};

    #[derive(QueryableByName)]
    struct Answer {
        #[diesel(sql_type = Integer)]
        log: i32,
        #[diesel(sql_type = Integer)]
        checkpointed: i32,
    }

    #[derive(QueryableByName)]
    struct Setting {
        #[diesel(sql_type = Text)]
        compile_options: String,
    }

    fn connect(path: &std::path::Path) -> Conn {
        let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        conn.batch_execute("PRAGMA journal_mode=WAL").unwrap();
        Conn::Sqlite(conn)
    }

    fn ask<T>(conn: &mut Conn, sql: &str) -> Vec<T>
    where
        T: QueryableByName<diesel::sqlite::Sqlite> + 'static,
    {
        let Conn::Sqlite(conn) = conn else {
            unreachable!("the test opens SQLite")
        };
        diesel::sql_query(sql).load(conn).unwrap()
    }

    #[test]
    fn what_was_committed_is_taken_out_of_the_log_by_another() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c.db");
        let mut writer = connect(&path);
        writer
            .batch_execute("CREATE TABLE note (text TEXT NOT NULL)")
            .unwrap();
        let checkpoints = Checkpoints::start(&mut writer, connect(&path)).unwrap();
        for _ in 0..2 * MANY {
            writer
                .batch_execute("INSERT INTO note VALUES ('x')")
                .unwrap();
            checkpoints.committed();
        }
        let begun = std::time::Instant::now();
        while checkpoints.commits.load(Ordering::Relaxed) > 0 {
            assert!(begun.elapsed() < Duration::from_secs(20), "nobody took it");
            std::thread::park_timeout(Duration::from_millis(5));
        }
        // The count was taken before the work; whoever asks waits for its end.
        loop {
            let it = &ask::<Answer>(&mut writer, "PRAGMA wal_checkpoint(NOOP)")[0];
            if it.log == it.checkpointed {
                break;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "it was not taken"
            );
        }
    }

    #[test]
    fn statements_are_planned_once_whatever_their_values() {
        let dir = tempfile::tempdir().unwrap();
        let mut conn = connect(&dir.path().join("c.db"));
        let options: Vec<Setting> = ask(&mut conn, "PRAGMA compile_options");
        let has = |name| options.iter().any(|it| it.compile_options == name);
        assert!(has("ENABLE_QPSG"), "see .cargo/config.toml");
    }
}
