//! Migrations are twins, and every one of them can be taken back: down to nothing and up again
//! gives the schema that was there before.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
mod harness;

use diesel::migration::{Migration, MigrationSource};
use diesel::{Connection, PgConnection, SqliteConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use harness::{Database, Engine};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn names(engine: &str) -> BTreeSet<String> {
    fs::read_dir(Path::new("migrations").join(engine))
        .expect("a folder of migrations")
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn every_migration_has_its_twin_and_a_way_back() {
    assert_eq!(names("sqlite"), names("postgres"));
    let mut numbers = BTreeSet::new();
    for name in names("sqlite") {
        let number = name.split('_').next().unwrap().to_owned();
        assert!(numbers.insert(number), "{name}: its number is taken");
        for engine in ["sqlite", "postgres"] {
            for file in ["up.sql", "down.sql"] {
                let path = Path::new("migrations").join(engine).join(&name).join(file);
                let sql = fs::read_to_string(&path).unwrap_or_default();
                let says_something = sql
                    .lines()
                    .any(|line| !line.trim().is_empty() && !line.starts_with("--"));
                assert!(says_something, "{} is empty", path.display());
            }
        }
    }
}

/// Everything that makes the schema, in words, in a fixed order.
fn schema(database: &Database) -> Vec<String> {
    database.texts(match database.engine {
        Engine::Sqlite => {
            "SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS name \
             FROM sqlite_master WHERE name NOT LIKE '\\_\\_%' ESCAPE '\\' \
             AND name NOT LIKE 'sqlite_%' AND tbl_name NOT LIKE '\\_\\_%' ESCAPE '\\' ORDER BY 1"
        }
        Engine::Postgres => {
            "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable \
               || ' ' || coalesce(column_default, '') || ' ' || coalesce(collation_name, '') \
               AS name \
             FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_\\_%' \
             UNION ALL SELECT indexdef FROM pg_indexes \
             WHERE schemaname = current_schema() AND tablename NOT LIKE '\\_\\_%' ORDER BY 1"
        }
    })
}

/// Down one by one, so that a fault names its migration, then up again.
fn there_and_back<DB, C>(database: &Database, engine: &str, mut conn: C)
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
{
    let folder = Path::new("migrations").join(engine);
    let source = FileBasedMigrations::from_path(folder).expect("migrations");
    conn.run_pending_migrations(source.clone()).expect("up");
    let before = schema(database);
    assert!(!before.is_empty());
    let mut all: Vec<Box<dyn Migration<DB>>> =
        MigrationSource::<DB>::migrations(&source).expect("readable migrations");
    all.sort_by_key(|m| m.name().version().as_owned());
    for migration in all.iter().rev() {
        conn.revert_migration(migration)
            .unwrap_or_else(|e| panic!("down of {}: {e}", migration.name()));
    }
    assert_eq!(schema(database), Vec::<String>::new(), "left after down");
    conn.run_pending_migrations(source).expect("up again");
    assert_eq!(schema(database), before);
}

#[test]
fn sqlite_goes_down_and_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::fresh(Engine::Sqlite, folder.path());
    let conn = SqliteConnection::establish(database.url()).unwrap();
    there_and_back(&database, "sqlite", conn);
}

#[test]
#[ignore = "needs TEST_POSTGRES_URL"]
fn postgres_goes_down_and_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::fresh(Engine::Postgres, folder.path());
    let conn = PgConnection::establish(database.url()).unwrap();
    there_and_back(&database, "postgres", conn);
}
