//! Twin migrations, brought up at start. A database newer than the program is refused, because
//! an older program would write rows that the newer schema no longer means.
use super::{Conn, Error};
use anyhow::{anyhow, bail};
use diesel::connection::SimpleConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::collections::BTreeSet;

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

pub(super) fn up(conn: &mut Conn) -> anyhow::Result<()> {
    match conn {
        Conn::Sqlite(c) => run(c, SQLITE),
        Conn::Postgres(c) => {
            // Several nodes may start at once: the first migrates, the others find it done.
            c.batch_execute(
                "SELECT pg_advisory_lock(hashtext(current_schema() || '.migrations'))",
            )?;
            let result = run(c, POSTGRES);
            c.batch_execute(
                "SELECT pg_advisory_unlock(hashtext(current_schema() || '.migrations'))",
            )?;
            result
        }
    }
}

fn run<DB, C>(conn: &mut C, source: EmbeddedMigrations) -> anyhow::Result<()>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
{
    use diesel::migration::MigrationSource;
    let known: BTreeSet<String> = MigrationSource::<DB>::migrations(&source)
        .map_err(|e| anyhow!(e))?
        .iter()
        .map(|m| m.name().version().to_string())
        .collect();
    let applied = conn.applied_migrations().map_err(|e| anyhow!(e))?;
    let foreign: Vec<String> = applied
        .iter()
        .map(ToString::to_string)
        .filter(|version| !known.contains(version))
        .collect();
    if let Some(version) = foreign.iter().max() {
        bail!(
            "the database was last used by a newer posfleet (schema {version}): install that \
             version or newer, or restore a backup made by this one"
        );
    }
    conn.run_pending_migrations(source)
        .map_err(|e| anyhow!(e))?;
    Ok(())
}

pub(super) fn newest(conn: &mut Conn) -> Result<String, Error> {
    let applied = match conn {
        Conn::Sqlite(c) => c.applied_migrations(),
        Conn::Postgres(c) => c.applied_migrations(),
    }
    .map_err(|e| Error::Fault(anyhow!(e)))?;
    Ok(applied
        .iter()
        .map(ToString::to_string)
        .max()
        .unwrap_or_default())
}
