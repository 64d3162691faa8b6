//! The server is killed while it deletes logs whose days are over: it goes on, each is there or gone, and what that
//! freed is told once.
use super::kept::{assert_cleaned, assert_sound};
use super::written::Written;
use super::{content, logs, name, put};
use crate::harness::{Engine, Setup, TestApp};
use crate::rounds;
use crate::server::Server;
use posfleet::access::Permission;
use posfleet::reference::Dice;
use serde_json::json;
use std::time::{Duration, Instant};

const KEEPING: &str = "/api/v1/logs/keeping";
const KEPT: &str = "kept.log";
/// Logs of each terminal whose days are over, and the sales of each of them: more than one step takes.
const OLD: i64 = 8;
const SALES: i64 = 1_200;
const ENDS_WITHIN: Duration = Duration::from_mins(3);

/// Logs, what they say, and what they take: those that are there and those that are told as freed.
const OF_ALL: [&str; 3] = ["logs", "size_bytes", "stored_bytes"];

fn there(what: &str) -> String {
    let sum = match what {
        "logs" => "count(*)".to_owned(),
        of => format!("coalesce(sum({of}), 0)"),
    };
    format!("(SELECT {sum} FROM monitoring_log)")
}

/// What is there and what is told as freed, together.
fn sums(app: &TestApp) -> [i64; 3] {
    OF_ALL.map(|what| {
        let freed = format!("(SELECT coalesce(sum({what}), 0) FROM monitoring_log_freed)");
        let both = format!("SELECT CAST({} + {freed} AS BIGINT) AS n", there(what));
        app.database().count(&both)
    })
}

/// Exchanges and logs that are still to go.
fn left(app: &TestApp) -> i64 {
    app.database().count(&format!(
        "SELECT (SELECT count(*) FROM monitoring_log WHERE name <> '{KEPT}') + \
         (SELECT count(*) FROM monitoring_exchange x JOIN monitoring_log l ON l.id = x.log_id WHERE l.name <> '{KEPT}') \
         + (SELECT count(*) FROM monitoring_exchange x JOIN monitoring_log l ON l.id = x.answer_log \
         WHERE l.name <> '{KEPT}' AND x.log_id <> l.id) AS n"
    ))
}

/// Two terminals with logs that are old, and with one each that is not: the same bytes as an old one, and the requests
/// to which an old one holds the answers.
async fn arrange(app: &TestApp) -> Vec<u8> {
    let (t1, t2) = (app.device("T1").await, app.device("T2").await);
    let by = app
        .client(&[Permission::MonitoringView, Permission::SettingsManage])
        .await;
    for kind in ["ecr", "pos"] {
        by.put(KEEPING, json!({ "kind": kind, "days": 5 }))
            .await
            .expect(200);
    }
    for number in 0..OLD {
        let (log, _) = Written::Text.log(number, 5_000);
        put(&t1, ("ecr", &name(number), "text"), &log).await;
        let (log, _) = Written::Ndjson.log(number, SALES);
        put(&t2, ("pos", &name(number), "ndjson"), &log).await;
    }
    let (shared, _) = Written::Text.log(0, 5_000);
    put(&t1, ("ecr", KEPT, "text"), &shared).await;
    let (all, _) = Written::Ndjson.log(OLD, SALES);
    let all = String::from_utf8(all).unwrap();
    let of = |mti: &str| -> String {
        let lines = all.split_inclusive('\n');
        lines.filter(|line| line.contains(mti)).collect()
    };
    put(&t2, ("pos", KEPT, "ndjson"), of("\"0200\"").as_bytes()).await;
    put(
        &t2,
        ("pos", "answers.log", "ndjson"),
        of("\"0210\"").as_bytes(),
    )
    .await;
    shared
}

/// The job is due at once, and nobody waits until the lease of the killed one ends.
fn make_due(app: &TestApp) {
    app.database().execute(
        "UPDATE job_lease SET next_at = 0, until_at = 0, holder = NULL WHERE name = 'monitoring.logs'",
    );
}

async fn goes_on(engine: Engine) {
    let kills = i64::try_from(rounds(8, 40)).unwrap();
    let app = TestApp::start(engine, Setup::from_now()).await;
    let shared = arrange(&app).await;
    app.stop().await;
    let mut server = Server::start(&app).await;
    server.kill();
    app.database().execute(&format!(
        "UPDATE monitoring_log SET changed_at = changed_at - 1728000000 WHERE name <> '{KEPT}'"
    ));
    let (all, first) = (sums(&app), left(&app));
    let answered = "SELECT count(*) AS n FROM monitoring_exchange x JOIN monitoring_log l ON l.id = x.log_id \
                    WHERE l.name = 'kept.log' AND x.state = 'answered'";
    let pairs = app.database().count(answered);
    let (mut dice, mut hit, begun) = (Dice::new(7), 0, Instant::now());
    for kill in 1..=kills {
        make_due(&app);
        server.begin_again();
        let enough = first - first * kill / (kills + 1);
        while left(&app) > enough {
            assert!(begun.elapsed() < ENDS_WITHIN, "{} of {first}", left(&app));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(dice.time(Duration::ZERO, Duration::from_millis(30))).await;
        server.kill();
        assert_eq!(
            sums(&app),
            all,
            "kill {kill}: a log is there or told as freed"
        );
        assert_sound(&app, &format!("kill {kill}"));
        hit += i64::from(left(&app) > 0);
    }
    make_due(&app);
    server.start_again().await;
    while left(&app) > 0 {
        assert!(begun.elapsed() < ENDS_WITHIN, "{} of {first}", left(&app));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.stop();
    server.assert_audit_is_whole();
    eprintln!("{engine:?}: killed {kills} times, of which {hit} while {first} rows were deleted");
    assert!(hit > 0, "it is killed in the middle");
    assert_eq!(sums(&app), all, "what was freed is told once");
    assert_eq!(app.database().count(answered), pairs);
    ends_well(&app, all, &shared).await;
}

/// What was freed is told, what had to stay is there, and nothing else is.
async fn ends_well(app: &TestApp, all: [i64; 3], shared: &[u8]) {
    app.advance(Duration::from_hours(1));
    app.start_again().await.unwrap();
    assert_cleaned(app).await;
    let by = super::reader(app).await;
    let freed = by.get(KEEPING).await.expect(200).json()["freed"].clone();
    let told = OF_ALL.map(|what| {
        let rows = freed.as_array().unwrap().iter();
        let freed: i64 = rows.map(|it| it[what].as_i64().unwrap()).sum();
        let sql = format!("SELECT CAST({} AS BIGINT) AS n", there(what));
        freed + app.database().count(&sql)
    });
    assert_eq!(told, all, "{freed}");
    assert_eq!(
        app.database()
            .count("SELECT count(*) AS n FROM monitoring_log"),
        2
    );
    let kept = logs(&by, "ecr", "T1").await;
    assert!(content(&by, &kept[KEPT]).await == shared);
    let half = "SELECT count(*) AS n FROM monitoring_exchange WHERE answer_log IS NOT NULL OR request_at IS NULL";
    assert_eq!(app.database().count(half), 0);
    let told = "SELECT count(*) AS n FROM monitoring_exchange";
    assert_eq!(app.database().count(told), SALES);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_that_is_killed_goes_on_on_sqlite() {
    goes_on(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs TEST_POSTGRES_URL"]
async fn deleting_that_is_killed_goes_on_on_postgres() {
    goes_on(Engine::Postgres).await;
}
