//! A fleet of 100,000 terminals at 2,000 points of service of 50 establishments, put straight into
//! the database: seconds instead of minutes.
use crate::harness::{Database, Engine, TestApp};
use posfleet::fold::suffixes;
use std::collections::BTreeSet;
use std::path::Path;

const TERMINALS: i64 = 100_000;
const POINTS: i64 = 2_000;
const ESTABLISHMENTS: i64 = 50;

/// Everything that lists read.
pub(crate) fn build(app: &TestApp) {
    let database = app.database();
    let began = std::time::Instant::now();
    for (what, put) in [
        ("network", network as fn(&Database)),
        ("terminals", terminals),
        ("licences", licences),
        ("tags", tags),
        ("facts", facts),
        ("people", people),
        ("history", history),
        ("tasks and sessions", crate::one::history),
        ("logs", crate::logs::build),
        ("exchanges", crate::logs::exchanges),
    ] {
        let clock = std::time::Instant::now();
        put(database);
        eprintln!("{:?}: {what} in {:?}", database.engine, clock.elapsed());
    }
    assert_terms(database);
    match database.engine {
        Engine::Sqlite => {}
        // What autovacuum does by itself, and what plans are made from.
        Engine::Postgres => {
            for table in database.tables() {
                database.execute(&format!("VACUUM (ANALYZE) {table}"));
            }
        }
    }
    eprintln!("{:?}: built in {:?}", database.engine, began.elapsed());
}

/// The migrations make the terms that the program makes.
fn assert_terms(database: &Database) {
    let made = |table: &str, owner: &str, id: i64| {
        database.texts(&format!(
            "SELECT DISTINCT term AS name FROM {table} WHERE {owner} = {id} ORDER BY name"
        ))
    };
    let wanted = |texts: &[&str]| -> Vec<String> {
        let all: BTreeSet<String> = texts.iter().flat_map(|text| suffixes(text)).collect();
        all.into_iter().collect()
    };
    let serial = database.texts("SELECT serial_number AS name FROM terminal_place WHERE id = 777");
    let terms = made("terminal_term", "terminal_id", 777);
    assert_eq!(terms, wanted(&["T00000777", &serial[0]]));
    let terms = made("network_point_term", "point_id", 77);
    assert_eq!(terms, wanted(&["Café 77", "P77"]));
    let terms = made("network_establishment_term", "establishment_id", 7);
    assert_eq!(terms, wanted(&["Établissement 7", "E7"]));
}

/// `INSERT INTO into SELECT values`, for every n from 1.
pub(crate) fn insert(database: &Database, into: &str, to: i64, values: &str) {
    database.execute(&format!(
        "INSERT INTO {into} WITH RECURSIVE s (n) AS (
             SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM s WHERE n < {to}) SELECT {values} FROM s"
    ));
}

/// Runs the statement by which a migration filled a table, so that it is tried here too.
fn fill(database: &Database, migration: &str, table: &str) {
    let engine = match database.engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    };
    let path = Path::new("migrations")
        .join(engine)
        .join(migration)
        .join("up.sql");
    let sql = std::fs::read_to_string(path).unwrap();
    let start = sql.find(&format!("INSERT INTO {table}")).unwrap();
    let length = sql[start..].find(";\n").unwrap();
    database.execute(&sql[start..start + length]);
}

fn network(database: &Database) {
    insert(
        database,
        "network_establishment (code, name, search, time_zone, version, points, created_at, status)",
        ESTABLISHMENTS,
        "'E' || n, 'Établissement ' || n, 'etablissement ' || n, 'Europe/Paris', 1, 40, 0,
         CASE WHEN n % 7 = 0 THEN 'closed' ELSE 'open' END",
    );
    insert(
        database,
        "network_point_of_service (establishment_id, code, name, search, version, created_at, status)",
        POINTS,
        "1 + n % 50, 'P' || n, 'Café ' || n, 'cafe ' || n, 1, 0,
         CASE WHEN n % 40 = 0 THEN 'closed' ELSE 'open' END",
    );
    fill(
        database,
        "000730_network_found",
        "network_establishment_term",
    );
    fill(database, "000730_network_found", "network_point_term");
}

/// A twentieth is retired. Presences, models and stages of life are mixed unevenly, as in life.
fn terminals(database: &Database) {
    insert(
        database,
        "terminal_place (tid, serial_number, search, serial_search, sort_key, is_retired, model_id,
             establishment_id, point_of_service_id, life, interval_s, created_at, updated_at)",
        TERMINALS,
        "'T' || substr('00000000' || n, length(CAST(n AS TEXT)) + 1, 8),
         'S' || substr(CAST(10000000000 + n * 7368787 % 10000000000 AS TEXT), 2, 10),
         't' || substr('00000000' || n, length(CAST(n AS TEXT)) + 1, 8),
         's' || substr(CAST(10000000000 + n * 7368787 % 10000000000 AS TEXT), 2, 10),
         't00' || length(CAST(n AS TEXT)) || n, n % 20 = 0, 1 + n % 10 / 5 + n % 10 / 9,
         1 + (1 + n % 2000) % 50, 1 + n % 2000,
         CASE WHEN n % 20 = 0 THEN 'retired' WHEN n % 50 = 7 THEN 'suspended'
              WHEN n % 10 = 3 THEN 'registered' ELSE 'active' END, 300, 0, 0",
    );
    database.execute(
        "INSERT INTO terminal_contact (terminal_id, establishment_id, admitted, presence, has_work,
                 interval_s, last_contact_at, sweep_at, is_retired, sort_key, quiet_since)
             SELECT id, establishment_id, NOT is_retired, p, FALSE, 300, at,
                 CASE WHEN p BETWEEN 1 AND 3 THEN 4000000000000 END, is_retired, sort_key,
                 CASE WHEN p = 0 THEN 0 WHEN p < 3 THEN 9223372036854775807 ELSE at END
             FROM (SELECT id, establishment_id, is_retired, sort_key,
                     CASE WHEN id % 10 < 3 THEN 0 WHEN id % 10 < 5 THEN 1 WHEN id % 10 < 8 THEN 2
                          WHEN id % 100 < 95 THEN 3 ELSE 4 END AS p,
                     CASE WHEN id % 10 < 3 THEN NULL ELSE 1700000000000 + id * 7919 % 100000 END AS at
                 FROM terminal_place) AS known;
         INSERT INTO terminal_count SELECT establishment_id, presence, count(*)
             FROM terminal_contact WHERE NOT is_retired GROUP BY establishment_id, presence;",
    );
    fill(database, "000720_terminals_found", "terminal_term");
}

/// Versions and packages as they are in life, of a few components many versions; and what follows from
/// all that was put in before.
fn facts(database: &Database) {
    database.execute(
        "INSERT INTO terminal_report (terminal_id, digest, body, reported_at)
             SELECT terminal_id, {nothing}, '{\"packages\":[{\"name\":\"app\",\"version\":\"' || terminal_id % 9
                 || '\"}],\"versions\":{\"emv\":\"2.' || terminal_id % 3 || '\",\"pos\":\"4.' || terminal_id % 300
                 || '\"}}', 0
             FROM terminal_contact WHERE presence > 0"
            .replace("{nothing}", no_bytes(database))
            .as_str(),
    );
    fill(database, "000900_terminals_facts", "terminal_fact (");
    fill(database, "000900_terminals_facts", "terminal_fact_count");
}

fn no_bytes(database: &Database) -> &'static str {
    match database.engine {
        Engine::Sqlite => "x'00'",
        Engine::Postgres => "'\\x00'::bytea",
    }
}

fn tags(database: &Database) {
    insert(
        database,
        "terminal_tag (folded, name)",
        5,
        "'tag ' || n, 'Tag ' || n",
    );
    database.execute(
        "INSERT INTO terminal_tagged (terminal_id, tag_id, establishment_id, is_retired, sort_key)
             SELECT id, 1 + id % 5, establishment_id, is_retired, sort_key
             FROM terminal_place WHERE id % 4 = 0",
    );
}

/// As many licences as terminals: nine terminals of ten have one, every tenth one more that it took the
/// place of. Where a terminal is retired, its own is superseded.
fn licences(database: &Database) {
    let deposit = |is_current: &str, of: &str, from: &str| {
        database.execute(&format!(
            "INSERT INTO licence_file (terminal_id, tid, tid_search, establishment_id, serial_number,
                 serial_key, platform, platform_key, software, software_key, lic_id, lic_id_key,
                 valid_until, until_key, file_name, file_search, size_bytes, sha256, state, is_current,
                 uploaded_at, uploaded_by, source)
             SELECT id, tid, search, establishment_id, serial_number, serial_search, 'android',
                 'android', 'pos' || id % 7, 'pos' || id % 7, '{of}' || id, lower('{of}') || id,
                 until, until, 'lic-' || id || '.lic', 'lic-' || id || '.lic', 100, 'x',
                 CASE WHEN NOT ({is_current}) THEN 'superseded' WHEN id % 4 = 1 THEN 'waiting'
                      WHEN id % 40 = 2 THEN 'failed' ELSE 'confirmed' END, {is_current}, id, 'x', 'page'
             FROM (SELECT *, 1800000000000 + (id % 1000 - 100) * CAST(86400000 AS BIGINT) AS until
                 FROM terminal_place WHERE {from}) AS p"
        ));
    };
    deposit("NOT is_retired", "L", "id % 10 <> 9");
    deposit("FALSE", "O", "id % 10 = 1");
    database.execute(
        "INSERT INTO licence_bare (terminal_id, establishment_id, tid, sort_key, serial_number, since_at)
             SELECT id, establishment_id, tid, sort_key, serial_number, 0 FROM terminal_place
             WHERE NOT is_retired AND id % 10 = 9;
         INSERT INTO licence_term (field, term, owner_id)
             WITH RECURSIVE ending (field, term, owner_id) AS (
                 SELECT 's', serial_key, id FROM licence_file WHERE is_current
                 UNION ALL SELECT 'p', platform_key, id FROM licence_file WHERE is_current
                 UNION ALL SELECT 'l', lic_id_key, id FROM licence_file WHERE is_current
                 UNION ALL SELECT field, substr(term, 2), owner_id FROM ending WHERE length(term) > 1)
             SELECT DISTINCT field, term, owner_id FROM ending;",
    );
}

fn people(database: &Database) {
    insert(
        database,
        "access_operator (login, name, state, all_establishments, created_at)",
        300,
        "'operator-' || n, 'Operator ' || n, 'active', TRUE, 0",
    );
    insert(
        database,
        "access_client (name, state, scopes, all_establishments, created_at)",
        300,
        "'client-' || n, 'active', '[]', TRUE, 0",
    );
}

/// What was written about all this. What is looked for is rare: of a value that a third of the rows have, it is
/// as good to read three times as many in the order of their numbers, and which way is taken hangs on the
/// sample that an engine's statistics come from.
fn history(database: &Database) {
    let nothing = no_bytes(database);
    insert(
        database,
        "access_audit (id, at, actor_kind, actor_name, action, object_kind, object, establishment_id,
             prev_hash, hash)",
        TERMINALS,
        &format!(
            "n + 1000, n, 'operator', 'operator-' || n % 400,
             CASE WHEN n % 200 = 0 THEN 'terminal.move' ELSE 'terminal.register' END, 'terminal',
             'T' || substr('00000000' || n, length(CAST(n AS TEXT)) + 1, 8), 1 + n % 50,
             {nothing}, {nothing}"
        ),
    );
    insert(
        database,
        "access_failed_sign_in (at, operator_id, address, reason, times)",
        TERMINALS,
        "1799999000000 + n, CASE WHEN n % 3 = 0 THEN NULL ELSE 1 + n % 300 END, '10.0.0.' || n % 250,
         CASE WHEN n % 3 = 0 THEN 'unknown' WHEN n % 500 = 1 THEN 'dropped' ELSE 'wrong-password' END, 1",
    );
    // Of late, or they were purged meanwhile.
    insert(
        database,
        "event_outbox (at, kind, subject, establishment_id, body)",
        TERMINALS,
        "1799999000000 + n, 'terminal.online', 'T' || substr('00000000' || n, length(CAST(n AS TEXT)) + 1, 8),
         1 + n % 50, '{}'",
    );
    // What came since is no news, and much more.
    insert(
        database,
        "event_outbox (at, kind, subject, establishment_id, body)",
        2 * TERMINALS,
        "1799999200000 + n, 'log.received', 'T' || substr('00000000' || (1 + n % 100000), length(CAST(1 + n % 100000 AS TEXT)) + 1, 8),
         1 + n % 50, '{}'",
    );
    insert(
        database,
        "terminal_work (terminal_id, establishment_id, number, kind, natural_key, state, is_open,
             payload, created_at, created_by)",
        20_000,
        "1 + n % 400, 1 + n % 50, n, 'test', 'k' || n,
         CASE WHEN n % 9 = 0 THEN 'failed' ELSE 'done' END, FALSE, '{}', n, 'x'",
    );
}
