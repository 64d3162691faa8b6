//! What a server itself reads when a terminal sends a log and somebody looks at what was freed: it costs the same
//! however much that terminal has told before, and however many establishments there are.
use crate::fleet::insert;
use crate::harness::{Database, Engine};
use crate::on_both_engines;
use crate::plan::Ear;
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use posfleet::access::Permission;
use posfleet::clock::Millis;
use reqwest::Method;
use serde_json::json;
use std::sync::Mutex;

/// What one terminal told, one a minute; a number comes again after three days and a half.
const EXCHANGES: i64 = 200_000;
/// Days on which establishments had something deleted.
const FREED: i64 = 200_000;
/// Rows that one statement may read.
const MOST: i64 = 200;
const BEGUN: i64 = 1_700_000_000_000;

/// Every statement of every server that is started meanwhile.
static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[expect(clippy::unnecessary_wraps, reason = "diesel asks for it so")]
fn listening() -> Option<Box<dyn Instrumentation>> {
    Some(Box::new(|event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            HEARD.lock().unwrap().push(query.to_string());
        }
    }))
}

/// What this engine was asked of a table since the last call.
fn heard(engine: Engine, table: &str) -> Vec<String> {
    let quote = match engine {
        Engine::Sqlite => '`',
        Engine::Postgres => '"',
    };
    let from = format!("FROM {quote}{table}{quote}");
    let mut all = HEARD.lock().unwrap();
    // The other engine may be tried at the same time.
    let (own, others) = std::mem::take(&mut *all)
        .into_iter()
        .partition(|sql: &String| sql.contains(quote));
    *all = others;
    let own: Vec<String> = own;
    own.into_iter()
        .filter(|sql| sql.starts_with("SELECT") && sql.contains(&from))
        .collect()
}

fn tell(database: &Database) {
    insert(
        database,
        "monitoring_exchange (terminal_id, establishment_id, log_id, request_at, pair_key, is_half, sort_ms,
             begun_ms, state, late, declined, tries, stan, said, original_key)",
        EXCHANGES,
        &format!(
            "1, 1, 1, 1000000 + n, CASE WHEN n % 10 = 3 THEN '0400/' ELSE '0200/' END || n % 5000, TRUE,
             {BEGUN} + n * 60000, {BEGUN} + n * 60000, 'unanswered', FALSE, FALSE, 1, CAST(n % 5000 AS TEXT), '{{}}',
             CASE WHEN n % 10 = 3 THEN '0200/' || (n - 1) % 5000 END"
        ),
    );
    insert(
        database,
        "monitoring_log_freed (establishment_id, kind, day, logs, size_bytes, stored_bytes)",
        FREED,
        "1 + n % 5000, 'ecr', 20800 + n / 5000, 1, 1, 1",
    );
    if database.engine == Engine::Postgres {
        for table in ["monitoring_exchange", "monitoring_log_freed"] {
            database.execute(&format!("VACUUM (ANALYZE) {table}"));
        }
    }
}

/// Requests, answers and reversals of numbers that came before.
fn log() -> String {
    let line = |n: i64| {
        let at = Millis(BEGUN + (100_000 + n) * 60_000 + 500).rfc3339();
        let mti = ["0200", "0210", "0400"][usize::try_from(n % 3).unwrap()];
        let named = json!({ "at": at, "mti": mti, "stan": (n % 50).to_string(),
            "original_mti": "0200", "original_stan": (n % 40).to_string() });
        format!("{named}\n")
    };
    (0..150).map(line).collect()
}

on_both_engines! {
    async fn what_is_read_of_logs_is_their_own(app: TestApp) {
        let engine = app.database().engine;
        set_default_instrumentation(listening).unwrap();
        app.restart().await;
        set_default_instrumentation(|| None).unwrap();
        let device = app.device("T1").await;
        let put = async |place: &str, body: String| {
            let request = device.request(Method::PUT, &format!("/terminal/v1/logs/pos/{place}?format=ndjson"));
            device.send(request.body(body)).await.expect(200);
        };
        put("old", "{\"mti\":\"0800\"}\n".to_owned()).await;
        tell(app.database());
        let mut wrong = Vec::new();
        let mut ear = Ear::new(engine, app.database().url());

        heard(engine, "");
        put("new", log()).await;
        let known = heard(engine, "monitoring_exchange");
        for key in ["pair_key", "original_key"] {
            let asks = |sql: &&String| sql.rsplit_once("WHERE").is_some_and(|(_, after)| after.contains(key));
            assert!(known.iter().any(|sql| asks(&sql)), "{key} was not asked for: {known:#?}");
        }
        wrong.extend(ear.faults_of(&known, MOST));
        let page = app.client(&[Permission::MonitoringView]).await;
        let one = page.get("/api/v1/exchanges?q=3&page_size=1").await.expect(200).json();
        heard(engine, "");
        page.get(&format!("/api/v1/exchanges/{}", one["items"][0]["id"])).await.expect(200);
        wrong.extend(ear.faults_of(&heard(engine, "monitoring_exchange"), MOST));

        // One number again and again: of each key the last ones are read.
        insert(
            app.database(),
            "monitoring_exchange (terminal_id, establishment_id, log_id, request_at, pair_key, is_half, sort_ms,
                 state, late, declined, tries, stan, said)",
            5_000,
            &format!("1, 1, 1, 5000000 + n, '0200/7', TRUE, {BEGUN} + 6000000000 + n, 'unanswered', FALSE, FALSE, 1,
                '7', '{{}}'"),
        );
        heard(engine, "");
        put("more", log()).await;
        wrong.extend(ear.faults_of(&heard(engine, "monitoring_exchange"), 2_000 + MOST));

        for narrow in [false, true] {
            let by = app.client(&[Permission::MonitoringView]).await;
            if narrow {
                app.limit(&by, &["E1"]).await;
            }
            heard(engine, "");
            by.get("/api/v1/logs/keeping").await.expect(200);
            // The rows; what all of them come to is read from all of them.
            let mut rows = heard(engine, "monitoring_log_freed");
            rows.retain(|sql| !sql.contains("count(*)"));
            assert_eq!(rows.len(), 1, "{rows:#?}");
            // SQLite finds the few rows of a narrowed scope by their key, and puts them in order.
            if !(narrow && engine == Engine::Sqlite) {
                let most = if narrow { MOST } else { 1_000 };
                wrong.extend(ear.faults_of(&rows, most));
            }
        }
        assert!(wrong.is_empty(), "{} statements are wrong:\n{}", wrong.len(), wrong.join("\n\n"));
    }
}
