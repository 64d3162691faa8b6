//! Two servers over one PostgreSQL: a terminal's log comes to either or both of them, is asked for at one and
//! sent to the other, is seen at both, and goes by one of them.
use super::upload::{kept, lines, put, received};
use crate::harness::{self, Engine, Persona, Setup, TestApp, raw};
use futures_util::future::join_all;
use posfleet::access::Permission;
use posfleet::app::Running;
use posfleet::jobs::{Progress, Ran};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// More than any machine needs.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs a test with a second server beside the first.
async fn with_two<F: Future<Output = ()>>(body: impl FnOnce(TestApp, Arc<Running>) -> F) {
    let both = |app: TestApp| async move {
        let second = app.start_beside().await;
        let second = Arc::new(second.expect("several servers share PostgreSQL"));
        body(app, Arc::clone(&second)).await;
        let second = Arc::try_unwrap(second).ok();
        second.expect("it is at its end").stop().await;
    };
    harness::run(Engine::Postgres, Setup::default(), both).await;
}

/// An activated terminal, as it turns to either server.
async fn terminal(app: &TestApp, second: &Running, tid: &str) -> [Persona; 2] {
    let device = app.device(tid).await;
    let token = device.token().unwrap();
    let beside = app.visitor().at(format!("http://{}", second.at));
    [app.visitor().bearing(token), beside.bearing(token)]
}

/// A POS log of so many requests, the answers to them behind others.
fn sales(n: i64) -> Vec<u8> {
    let said = |mti: &str, n: i64, ms: i64| {
        let at = posfleet::clock::Millis(1_764_064_800_000 + ms).rfc3339();
        let line = json!({ "at": at, "mti": mti, "stan": format!("{n:06}"), "host": "acquirer-a", "amount": 1_250 });
        format!("{line}\n")
    };
    let one = |n: i64| {
        let answer = (n > 2).then(|| said("0210", n - 2, n * 3_000));
        said("0200", n, n * 3_000) + &answer.unwrap_or_default()
    };
    let last = [n - 1, n].map(|it| said("0210", it, n * 3_000 + 4_000));
    let all = (1..=n).map(one).chain(last);
    all.collect::<String>().into_bytes()
}

/// What is written of logs agrees with itself, and each exchange is there once, with its answer.
fn assert_once(app: &TestApp, exchanges: i64) {
    let database = app.database();
    for wrong in [
        "SELECT count(*) AS n FROM monitoring_log l WHERE size_bytes <> \
             (SELECT coalesce(sum(length), 0) FROM monitoring_log_piece WHERE log_id = l.id)",
        "SELECT count(*) AS n FROM monitoring_log_piece p WHERE at > 0 AND NOT EXISTS \
             (SELECT 1 FROM monitoring_log_piece b WHERE b.log_id = p.log_id AND b.at + b.length = p.at)",
        "SELECT count(*) AS n FROM storage_blob b WHERE ref_count <> \
             (SELECT count(*) FROM monitoring_log_piece WHERE blob_id = b.id) AND content_type = 'application/gzip'",
        "SELECT count(*) AS n FROM monitoring_exchange WHERE state <> 'answered'",
    ] {
        assert_eq!(database.count(wrong), 0, "{wrong}");
    }
    let told = "SELECT count(*) AS n FROM monitoring_exchange";
    assert_eq!(database.count(told), exchanges);
}

fn told(app: &TestApp, kind: &str) -> i64 {
    let sql = format!("SELECT count(*) AS n FROM event_outbox WHERE kind = '{kind}'");
    app.database().count(&sql)
}

#[actix_web::test]
#[ignore = "needs TEST_POSTGRES_URL"]
async fn a_log_goes_on_at_the_other_node() {
    with_two(|app, second| async move {
        let nodes = terminal(&app, &second, "T1").await;
        let log = sales(3_000);
        let (mut at, mut bodies) = (0, 0);
        while at < log.len() {
            let (here, there) = (&nodes[bodies % 2], &nodes[(bodies + 1) % 2]);
            let end = log.len().min(at + 70_001);
            let place = format!("pos/a?format=ndjson&offset={at}&total={}", log.len());
            let stands = put(here, &place, &log[at..end]).await.expect(200).json();
            assert_eq!(received(there, "pos/a").await, stands["received"]);
            at = usize::try_from(stands["received"].as_i64().unwrap()).unwrap();
            bodies += 1;
        }
        assert!(bodies > 8, "{bodies}");
        assert!(kept(&app, "pos", "a").await == log);
        assert_once(&app, 3_000);
        assert_eq!(
            (told(&app, "log.begun"), told(&app, "log.received")),
            (1, 1)
        );
        // A link breaks, and the terminal comes to the other node before the first has worked up what came.
        let log = lines(20_000);
        let head = format!(
            "PUT /terminal/v1/logs/ecr/b?format=text&total={} HTTP/1.1\r\nhost: localhost\r\n\
             authorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
            log.len(),
            nodes[0].token().unwrap(),
            log.len()
        );
        raw::hang_up(&app, &head, &log[..log.len() / 2]).await;
        let (mut tries, mut at) = (0, 0);
        loop {
            tries += 1;
            let place = format!("ecr/b?format=text&offset={at}&total={}", log.len());
            let answer = put(&nodes[1], &place, &log[at..]).await;
            if answer.status == 200 {
                assert_eq!(answer.json()["whole"], true);
                break;
            }
            assert!(answer.status == 409, "{}: {}", answer.status, answer.text());
            at = usize::try_from(answer.json()["received"].as_i64().unwrap()).unwrap();
        }
        println!("{tries} tries at the other node");
        assert!(kept(&app, "ecr", "b").await == log);
        assert_once(&app, 3_000);
    })
    .await;
}

#[actix_web::test]
#[ignore = "needs TEST_POSTGRES_URL"]
async fn the_same_body_at_both_nodes_is_kept_once() {
    with_two(|app, second| async move {
        let mut codes: BTreeMap<String, usize> = BTreeMap::new();
        for round in 0..6 {
            let tid = format!("T{round}");
            let nodes = terminal(&app, &second, &tid).await;
            let log = sales(2_000);
            let mut at = 0;
            loop {
                let place = format!("pos/a?format=ndjson&offset={at}&total={}", log.len());
                let both = join_all(nodes.iter().map(|node| put(node, &place, &log[at..]))).await;
                for one in &both {
                    let is_fine = one.status == 200 || (one.status == 409 && one.code() == "log.overtaken");
                    assert!(is_fine, "{}: {}", one.status, one.text());
                    *codes.entry(format!("{} {}", one.status, one.code())).or_default() += 1;
                }
                let stands = nodes[round % 2].get("/terminal/v1/logs/pos/a").await.expect(200).json();
                for one in &both {
                    assert!(one.json()["received"].as_i64() <= stands["received"].as_i64(), "{}", one.text());
                }
                at = usize::try_from(stands["received"].as_i64().unwrap()).unwrap();
                if stands["whole"] == true {
                    break;
                }
            }
            assert!(kept_of(&app, &tid).await == log, "{tid}");
        }
        println!("{codes:?}");
        // It counts once for the day, too: as much as for one who sends it to one node.
        let calm = app.device("T9").await;
        put(&calm, "pos/a?format=ndjson&whole=true", sales(2_000)).await.expect(200);
        assert_once(&app, 14_000);
        assert_eq!((told(&app, "log.begun"), told(&app, "log.received")), (7, 7));
        let counts = "SELECT count(DISTINCT t.bytes - p.bytes) AS n FROM monitoring_log_taken t JOIN (SELECT l.terminal_id, \
            sum(greatest(length, 4096)) AS bytes FROM monitoring_log_piece p JOIN monitoring_log l ON l.id = p.log_id \
            GROUP BY l.terminal_id) p ON p.terminal_id = t.terminal_id";
        assert_eq!(app.database().count(counts), 1);
    })
    .await;
}

/// The bytes of the only POS log of a terminal.
async fn kept_of(app: &TestApp, tid: &str) -> Vec<u8> {
    let by = app
        .client(&[Permission::MonitoringView, Permission::LogsDownload])
        .await;
    let found = by
        .get(&format!("/api/v1/logs?kind=pos&terminal={tid}"))
        .await;
    let items = found.expect(200).json()["items"].clone();
    assert_eq!(items.as_array().map(Vec::len), Some(1), "{items}");
    let own = format!("/api/v1/logs/{}/content?plain=1", items[0]["id"]);
    by.get(&own).await.expect(200).body.to_vec()
}

#[actix_web::test]
#[ignore = "needs TEST_POSTGRES_URL"]
async fn a_request_reaches_the_terminal_at_the_other_node_and_the_log_comes_back() {
    with_two(|app, second| async move {
        let nodes = terminal(&app, &second, "T1").await;
        let by = app
            .client(&[
                Permission::LogsDownload,
                Permission::MonitoringView,
                Permission::TerminalsView,
            ])
            .await;
        let sent = nodes[1].post("/terminal/v1/checkin", json!({})).await;
        sent.expect(200);
        let asking = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            let asked = by
                .post("/api/v1/terminals/T1/logs", json!({ "kind": "ecr" }))
                .await;
            (asked.expect(202).json(), Instant::now())
        };
        let waiting = async {
            let heard = nodes[1].get("/terminal/v1/wait?timeout_s=50").await;
            (heard.expect(200).json(), Instant::now())
        };
        let ((asked, from), (heard, then)) = tokio::join!(asking, waiting);
        println!(
            "asked at one node, heard at the other {:?} later",
            then.saturating_duration_since(from)
        );
        assert_eq!(heard["work_waiting"], true);
        assert!(then.saturating_duration_since(from) < PATIENCE);
        let work = nodes[1]
            .post("/terminal/v1/checkin", json!({}))
            .await
            .expect(200)
            .json()["work"][0]
            .clone();
        assert_eq!(
            (&work["id"], &work["kind"]),
            (&asked["work"], &json!("log"))
        );
        // Whoever looks on at the first node hears of what comes to the second.
        let mut ear = app.ctx().hub.listen();
        let place = format!("ecr/asked.log?format=text&whole=true&task={}", work["id"]);
        put(&nodes[1], &place, "one\ntwo\n").await.expect(200);
        let from = Instant::now();
        let received = async {
            loop {
                let event = ear.recv().await.unwrap();
                if event.kind == "log.received" {
                    break event.subject.clone();
                }
            }
        };
        let whose = tokio::time::timeout(PATIENCE, received)
            .await
            .expect("it is heard of");
        println!(
            "received at one node, told at the other {:?} later",
            from.elapsed()
        );
        assert_eq!(whose, "T1");
        let page = seen(&app, "/monitoring/logs/ecr").await;
        assert!(page.contains("asked.log"), "{page}");
        let all = by.get("/api/v1/logs?kind=ecr").await.expect(200).json();
        let own = format!("/monitoring/logs/{}", all["items"][0]["id"]);
        assert!(seen(&app, &own).await.contains("two"));
        assert_eq!(kept(&app, "ecr", "asked.log").await, b"one\ntwo\n");
    })
    .await;
}

/// A page as an operator of the first node sees it.
async fn seen(app: &TestApp, path: &str) -> String {
    let by = app.operator(harness::Role::Support).await;
    by.get(path).await.expect(200).text()
}

#[actix_web::test]
#[ignore = "needs TEST_POSTGRES_URL"]
async fn one_node_deletes_what_is_over() {
    with_two(|app, second| async move {
        let nodes = terminal(&app, &second, "T1").await;
        let by = app.client(&[Permission::MonitoringView, Permission::SettingsManage]).await;
        for n in 0..6 {
            put(&nodes[n % 2], &format!("ecr/old-{n}?format=text&whole=true"), "one line\n").await.expect(200);
        }
        by.put("/api/v1/logs/keeping", json!({ "kind": "ecr", "days": 5 })).await.expect(200);
        // The first of them cannot be deleted for a while: whoever deletes waits there.
        let held = app.database().begin("SELECT 1 FROM monitoring_log WHERE name = 'old-0' FOR UPDATE");
        app.advance(Duration::from_hours(24 * 6));
        let (first, other) = (app.ctx().jobs, second.ctx.jobs.clone());
        let tell = async |jobs: posfleet::jobs::Jobs| jobs.run_now("monitoring.logs").await.unwrap();
        let holders = "SELECT count(*) AS n FROM job_lease WHERE name = 'monitoring.logs' AND holder IS NOT NULL";
        let waited = Instant::now();
        while app.database().count(holders) == 0 {
            assert!(waited.elapsed() < PATIENCE, "it is due by itself");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // It runs at one of them by now; neither begins it again.
        assert_eq!((tell(first.clone()).await, tell(other).await), (Ran::NotHere, Ran::NotHere));
        let logs = "SELECT count(*) AS n FROM monitoring_log";
        assert_eq!(app.database().count(logs), 6);
        held.commit_soon("SELECT 1").await;
        while tell(first.clone()).await != Ran::Here(Progress::Done) {
            assert!(waited.elapsed() < PATIENCE, "it comes to its end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(app.database().count(logs), 0);
        let freed = by.get("/api/v1/logs/keeping").await.expect(200).json()["freed"].clone();
        let sum = |what: &str| -> i64 {
            let rows: &Vec<Value> = freed.as_array().unwrap();
            rows.iter().map(|it| it[what].as_i64().unwrap()).sum()
        };
        assert_eq!((sum("logs"), sum("size_bytes")), (6, 54), "{freed}");
    })
    .await;
}
