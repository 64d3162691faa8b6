//! Migrations are twins, and every one of them can be taken back: down to nothing and up again
//! gives the schema that was there before.

use crate::harness::{Database, Engine};
use diesel::migration::{Migration, MigrationSource};
use diesel::{Connection, PgConnection, SqliteConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use posfleet::fold::{fold, natural, suffixes};
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

/// An empty database, open; it lasts as long as its folder.
fn fresh<C: Connection>(engine: Engine) -> (tempfile::TempDir, Database, C) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::fresh(engine, folder.path());
    let conn = C::establish(database.url()).unwrap();
    (folder, database, conn)
}

#[test]
fn sqlite_goes_down_and_up_again() {
    let (_folder, database, conn) = fresh::<SqliteConnection>(Engine::Sqlite);
    there_and_back(&database, "sqlite", conn);
}

#[test]
#[ignore = "needs TEST_POSTGRES_URL"]
fn postgres_goes_down_and_up_again() {
    let (_folder, database, conn) = fresh::<PgConnection>(Engine::Postgres);
    there_and_back(&database, "postgres", conn);
}

/// Names of places, and what they and a terminal there are called by; some are retired.
const CALLED: [(&str, &str, &str); 5] = [
    ("Café  du Port", "P-1", "SN 12/ab"),
    ("Ёлка «24/7»", "p.2_B", "x"),
    ("A", "3", "00-7"),
    ("ЁЁ зёрна", "Ab", "é9"),
    (
        "A name of many letters that is longer than any of the terms that a search looks for",
        "P5",
        "0123456789012345678901234567890123456789012345678901234567890123456789",
    ),
];

/// A fleet as it was before anything could be found by a part of its name.
fn seed(database: &Database) {
    database.execute(
        "INSERT INTO terminal_model (id, code, name, manufacturer, platform, platform_is_confirmed,
             component_updates, third_party_apps, key_loading, created_at)
         VALUES (1, 'm', 'M', 'M', 'x', TRUE, TRUE, TRUE, TRUE, 0)",
    );
    for (id, (name, code, serial)) in (1..).zip(CALLED) {
        let [found, tid, by_serial] = [name, code, serial].map(fold);
        let (sort_key, life) = (natural(code), ["active", "retired"][id % 2]);
        database.execute(&format!(
            "INSERT INTO network_establishment (id, code, name, search, time_zone, created_at)
                 VALUES ({id}, '{code}', '{name}', '{found}', 'Europe/Paris', 0);
             INSERT INTO network_point_of_service
                 (id, establishment_id, code, name, search, created_at)
                 VALUES ({id}, {id}, '{code}', '{name}', '{found}', 0);
             INSERT INTO terminal_place (id, tid, serial_number, search, serial_search, sort_key,
                 model_id, establishment_id, point_of_service_id, life, interval_s, created_at,
                 updated_at)
                 VALUES ({id}, '{code}', '{serial}', '{tid}', '{by_serial}', '{sort_key}', 1, {id},
                     {id}, '{life}', 300, 0, 0);
             INSERT INTO terminal_contact (terminal_id, establishment_id, admitted, presence,
                 has_work, interval_s) VALUES ({id}, {id}, TRUE, 0, FALSE, 300)"
        ));
    }
}

/// The terms that a migration wrote are those that the program writes.
fn assert_found(database: &Database) {
    let there = |what: &str| -> BTreeSet<String> { database.texts(what).into_iter().collect() };
    let (mut places, mut terminals) = (BTreeSet::new(), BTreeSet::new());
    for (id, (name, code, serial)) in (1..).zip(CALLED) {
        let all = |texts: [&str; 2]| texts.into_iter().flat_map(suffixes).collect::<Vec<_>>();
        places.extend(all([name, code]).iter().map(|term| format!("{id} {term}")));
        let retired = id % 2;
        let terms = all([code, serial]);
        terminals.extend(terms.iter().map(|term| format!("{id} {retired} {term}")));
    }
    let owners = "SELECT establishment_id || ' ' || term AS name FROM network_establishment_term";
    assert_eq!(there(owners), places);
    let points = "SELECT point_id || ' ' || term AS name FROM network_point_term";
    assert_eq!(there(points), places);
    let found =
        "SELECT terminal_id || CASE WHEN is_retired THEN ' 1 ' ELSE ' 0 ' END || term AS name
                 FROM terminal_term";
    assert_eq!(there(found), terminals);
    let counted = "SELECT count(*) AS n FROM network_establishment WHERE points = 1";
    assert_eq!(database.count(counted), 5);
}

fn a_fleet_goes_along<DB, C>(database: &Database, engine: &str, mut conn: C)
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
{
    let folder = Path::new("migrations").join(engine);
    let source = FileBasedMigrations::from_path(folder).expect("migrations");
    let mut all: Vec<Box<dyn Migration<DB>>> =
        MigrationSource::<DB>::migrations(&source).expect("readable migrations");
    all.sort_by_key(|m| m.name().version().as_owned());
    let later = all.partition_point(|m| m.name().to_string().as_str() < "000700");
    let none = conn.applied_migrations().expect("a table of migrations");
    assert!(none.is_empty());
    for migration in &all[..later] {
        conn.run_migration(migration).expect("up to before");
    }
    seed(database);
    for _ in 0..2 {
        conn.run_pending_migrations(source.clone()).expect("up");
        assert_found(database);
        for migration in all[later..].iter().rev() {
            conn.revert_migration(migration)
                .unwrap_or_else(|e| panic!("down of {}: {e}", migration.name()));
        }
        let left = "SELECT count(*) AS n FROM terminal_contact c
                    JOIN terminal_place p ON p.id = c.terminal_id AND p.interval_s = 300";
        assert_eq!(database.count(left), 5);
    }
}

#[test]
fn a_fleet_in_sqlite_goes_along() {
    let (_folder, database, conn) = fresh::<SqliteConnection>(Engine::Sqlite);
    a_fleet_goes_along(&database, "sqlite", conn);
}

#[test]
#[ignore = "needs TEST_POSTGRES_URL"]
fn a_fleet_in_postgres_goes_along() {
    let (_folder, database, conn) = fresh::<PgConnection>(Engine::Postgres);
    a_fleet_goes_along(&database, "postgres", conn);
}

/// Logs with pieces and what they tell: two pieces share their bytes with somebody else, one has its own.
fn keep_logs(database: &Database) {
    database.execute(
        "INSERT INTO storage_blob (id, sha256, size_bytes, store_key, content_type, state, ref_count, created_at)
             VALUES (1, 'a', 1, 'a', 'x', 'live', 3, 0), (2, 'b', 1, 'b', 'x', 'live', 1, 0),
                 (3, 'c', 1, 'c', 'x', 'live', 1, 0);
         INSERT INTO monitoring_log (id, terminal_id, establishment_id, kind, name, format, encoding, till, day,
             begun_at, changed_at, whole, size_bytes, stored_bytes, records, unread, pans, tracks, pins, cvvs)
             VALUES (1, 1, 1, 'pos', 'a', 'ndjson', 'utf-8', '', '2026-11-25', 0, 0, TRUE, 2, 2, 2, 0, 0, 0, 0, 0),
                 (2, 2, 2, 'ecr', 'a', 'text', 'utf-8', '', '2026-11-25', 0, 0, TRUE, 1, 1, 1, 0, 0, 0, 0, 0);
         INSERT INTO monitoring_log_piece (log_id, at, length, stored_bytes, first_record, records, blob_id)
             VALUES (1, 0, 1, 1, 1, 1, 1), (1, 1, 1, 1, 2, 1, 2), (2, 0, 1, 1, 1, 1, 1);
         INSERT INTO monitoring_log_taken (terminal_id, day, bytes) VALUES (1, 1, 1);
         INSERT INTO monitoring_log_keeping (establishment_id, kind, days) VALUES (0, 'ecr', 5);
         INSERT INTO monitoring_log_freed (establishment_id, kind, day, logs, size_bytes, stored_bytes)
             VALUES (1, 'ecr', 1, 1, 1, 1);
         INSERT INTO monitoring_exchange (terminal_id, establishment_id, log_id, request_at, answer_log, answer_at,
             pair_key, is_half, sort_ms, state, late, declined, tries, said, original_key, reversed)
             VALUES (1, 1, 1, 0, 1, 1, '0200/7', FALSE, 0, 'answered', TRUE, FALSE, 1, '{}', NULL, TRUE),
                 (1, 1, 1, 1, NULL, NULL, '0400/8', TRUE, 0, 'unanswered', FALSE, FALSE, 1, '{}', '0200/7', FALSE)",
    );
}

/// Logs are taken back with their pieces, and nobody owns any more what only they owned.
fn logs_go_with_their_pieces<DB, C>(database: &Database, engine: &str, mut conn: C)
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
{
    let folder = Path::new("migrations").join(engine);
    let source = FileBasedMigrations::from_path(folder).expect("migrations");
    let mut all: Vec<Box<dyn Migration<DB>>> =
        MigrationSource::<DB>::migrations(&source).expect("readable migrations");
    all.sort_by_key(|m| m.name().version().as_owned());
    let place = |name: &str| all.partition_point(|m| m.name().to_string().as_str() < name);
    let (early, logs) = (place("000700"), place("000920"));
    let none = conn.applied_migrations().expect("a table of migrations");
    assert!(none.is_empty());
    for migration in &all[..early] {
        conn.run_migration(migration).expect("up to before");
    }
    seed(database);
    for _ in 0..2 {
        conn.run_pending_migrations(source.clone()).expect("up");
        database.execute("DELETE FROM storage_blob");
        keep_logs(database);
        for migration in all[logs..].iter().rev() {
            conn.revert_migration(migration)
                .unwrap_or_else(|e| panic!("down of {}: {e}", migration.name()));
        }
        let owned = "SELECT id || ' ' || ref_count AS name FROM storage_blob ORDER BY id";
        assert_eq!(database.texts(owned), ["1 1", "2 0", "3 1"]);
        let left = database.tables();
        let left: Vec<_> = left
            .iter()
            .filter(|it| it.starts_with("monitoring_log"))
            .collect();
        assert!(
            left.is_empty() && !database.has_table("monitoring_exchange"),
            "{left:?}"
        );
    }
}

#[test]
fn logs_in_sqlite_go_with_their_pieces() {
    let (_folder, database, conn) = fresh::<SqliteConnection>(Engine::Sqlite);
    logs_go_with_their_pieces(&database, "sqlite", conn);
}

#[test]
#[ignore = "needs TEST_POSTGRES_URL"]
fn logs_in_postgres_go_with_their_pieces() {
    let (_folder, database, conn) = fresh::<PgConnection>(Engine::Postgres);
    logs_go_with_their_pieces(&database, "postgres", conn);
}
