//! A database of a test's own: a SQLite file in its folder, or a fresh PostgreSQL schema that is
//! dropped with it.
use super::Engine;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

pub(crate) struct Database {
    pub(crate) engine: Engine,
    url: String,
    /// PostgreSQL only: where to drop which schema.
    schema: Option<(String, String)>,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

impl Database {
    pub(crate) fn fresh(engine: Engine, folder: &Path) -> Self {
        match engine {
            Engine::Sqlite => Self {
                engine,
                url: folder.join("posfleet.db").to_str().unwrap().to_owned(),
                schema: None,
            },
            Engine::Postgres => {
                #[expect(clippy::disallowed_methods, reason = "test configuration")]
                let base = std::env::var("TEST_POSTGRES_URL")
                    .expect("TEST_POSTGRES_URL names a PostgreSQL server for tests");
                let name = new_schema(&base);
                let joint = if base.contains('?') { '&' } else { '?' };
                Self {
                    engine,
                    url: format!("{base}{joint}options=-csearch_path%3D{name}"),
                    schema: Some((base, name)),
                }
            }
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The single number that a query calls `n`.
    pub(crate) fn count(&self, sql: &str) -> i64 {
        let query = diesel::sql_query(sql);
        match self.engine {
            Engine::Sqlite => query.get_result::<Number>(&mut self.sqlite()),
            Engine::Postgres => query.get_result::<Number>(&mut self.postgres()),
        }
        .unwrap_or_else(|e| panic!("{sql}: {e}"))
        .n
    }

    /// The text column that a query calls `name`, row by row.
    pub(crate) fn texts(&self, sql: &str) -> Vec<String> {
        let query = diesel::sql_query(sql);
        match self.engine {
            Engine::Sqlite => query.load::<Name>(&mut self.sqlite()),
            Engine::Postgres => query.load::<Name>(&mut self.postgres()),
        }
        .unwrap_or_else(|e| panic!("{sql}: {e}"))
        .into_iter()
        .map(|row| row.name)
        .collect()
    }

    /// Statements past the server, for states that no op can reach.
    pub(crate) fn execute(&self, sql: &str) {
        match self.engine {
            Engine::Sqlite => self.sqlite().batch_execute(sql),
            Engine::Postgres => self.postgres().batch_execute(sql),
        }
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// Statements in a transaction that stays open until it is committed: whatever the server does
    /// meanwhile, it does in the very moment of that change.
    pub(crate) fn begin(&self, sql: &str) -> Open {
        let mut open = match self.engine {
            Engine::Sqlite => Open::Sqlite(self.sqlite()),
            Engine::Postgres => Open::Postgres(self.postgres()),
        };
        open.execute(match self.engine {
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN",
        });
        open.execute(sql);
        open
    }

    pub(crate) fn tables(&self) -> Vec<String> {
        self.texts(match self.engine {
            Engine::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' \
                 AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' ORDER BY name"
            }
            Engine::Postgres => {
                "SELECT table_name::text AS name FROM information_schema.tables \
                 WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_\\_%' \
                 ORDER BY table_name"
            }
        })
    }

    pub(crate) fn has_table(&self, name: &str) -> bool {
        self.tables().iter().any(|table| table == name)
    }

    /// Rows of every table but those in `except` and those that jobs write by themselves: equal
    /// before and after means that nothing was added or taken away.
    pub(crate) fn rows(&self, except: &[&str]) -> BTreeMap<String, i64> {
        let is_looked_at = |table: &String| {
            let is_by_job = table.starts_with("job_") || table == "monitoring_day";
            !except.contains(&table.as_str()) && !is_by_job
        };
        let count = |table: String| {
            format!("SELECT '{table} ' || cast(count(*) AS text) AS name FROM {table}")
        };
        let tables = self.tables().into_iter().filter(is_looked_at);
        // In one statement: some tests ask after every request.
        let all: Vec<String> = tables.map(count).collect();
        let told = self.texts(&all.join(" UNION ALL "));
        let row = |told: String| {
            let (table, n) = told.split_once(' ').unwrap();
            (table.to_owned(), n.parse().unwrap())
        };
        told.into_iter().map(row).collect()
    }

    fn sqlite(&self) -> SqliteConnection {
        let mut conn = SqliteConnection::establish(&self.url).unwrap();
        conn.batch_execute("PRAGMA busy_timeout=10000").unwrap();
        conn
    }

    fn postgres(&self) -> PgConnection {
        PgConnection::establish(&self.url).unwrap()
    }
}

/// A transaction of somebody else's.
pub(crate) enum Open {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Open {
    pub(crate) fn execute(&mut self, sql: &str) {
        match self {
            Self::Sqlite(conn) => conn.batch_execute(sql),
            Self::Postgres(conn) => conn.batch_execute(sql),
        }
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// Commits once the server had time to come as far as it can.
    pub(crate) async fn commit_soon(mut self, last: &str) {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        self.execute(last);
        self.execute("COMMIT");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some((base, name)) = &self.schema else {
            return;
        };
        let dropped = PgConnection::establish(base)
            .map_err(|e| e.to_string())
            .and_then(|mut conn| {
                conn.batch_execute(&format!("DROP SCHEMA {name} CASCADE"))
                    .map_err(|e| e.to_string())
            });
        if let Err(cause) = dropped {
            eprintln!("schema {name} stays behind: {cause}");
        }
    }
}

fn new_schema(base: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("t_{}_{number}", std::process::id());
    PgConnection::establish(base)
        .expect("PostgreSQL answers at TEST_POSTGRES_URL")
        .batch_execute(&format!(
            "SET client_min_messages=warning; DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}"
        ))
        .unwrap();
    name
}
