//! Logs that terminals send while the server is killed again and again: what was acknowledged stays, each byte
//! and each exchange is there once, and nothing stays behind that nobody names.
mod deleted;
mod kept;
mod sender;
mod written;

use crate::harness::{Device, Engine, Persona, Setup, TestApp};
use crate::rounds;
use crate::server::Server;
use kept::{assert_cleaned, assert_sound, strays};
use posfleet::access::Permission;
use posfleet::reference::Dice;
use reqwest::Method;
use sender::{Account, Ledger, Sender, name};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use written::{Sum, Written};

/// Who sends what, how long. Two send the very same.
const SENDERS: [(&str, Written, i64); 4] = [
    ("T1", Written::Text, 9_000),
    ("T2", Written::Text, 9_000),
    ("T3", Written::Ndjson, 1_500),
    ("T4", Written::Jpos, 700),
];

/// How long the last logs may take once nobody kills the server any more.
const ENDS_WITHIN: Duration = Duration::from_mins(3);

/// Sends the log of a terminal in one go.
async fn put(by: &Device, (kind, name, format): (&str, &str, &str), log: &[u8]) {
    let path = format!(
        "/terminal/v1/logs/{kind}/{name}?format={format}&total={}",
        log.len()
    );
    let request = by.request(Method::PUT, &path).body(log.to_vec());
    let told = by.send(request).await.expect(200).json();
    assert_eq!(told["whole"], true, "{told}");
}

async fn reader(app: &TestApp) -> Persona {
    app.client(&[Permission::MonitoringView, Permission::LogsDownload])
        .await
}

/// The terminal's logs by their names.
async fn logs(by: &Persona, kind: &str, tid: &str) -> BTreeMap<String, Value> {
    let path = format!("/api/v1/logs?kind={kind}&terminal={tid}&page_size=200");
    let page = by.get(&path).await.expect(200).json();
    let items = page["items"].as_array().unwrap();
    let named = |it: &Value| (it["name"].as_str().unwrap().to_owned(), it.clone());
    let all: BTreeMap<_, _> = items.iter().map(named).collect();
    assert_eq!(all.len(), items.len(), "each is there once");
    all
}

async fn content(by: &Persona, log: &Value) -> Vec<u8> {
    let path = format!("/api/v1/logs/{}/content?plain=1", log["id"]);
    by.get(&path).await.expect(200).body.to_vec()
}

/// How a terminal's logs stand, and what they tell, without the numbers of rows.
fn facts(app: &TestApp, tid: &str) -> Vec<String> {
    let own = format!("(SELECT id FROM terminal_place WHERE tid = '{tid}')");
    let stand = format!(
        "SELECT name || '|' || size_bytes || '|' || records || '|' || unread || '|' || pans || '|' || tracks || '|' \
         || pins || '|' || cvvs || '|' || encoding || '|' || format AS name FROM monitoring_log \
         WHERE whole AND terminal_id = {own} ORDER BY id"
    );
    let told = format!(
        "SELECT l.name || '|' || coalesce(x.request_at, -1) || '|' || coalesce(a.name, '') || '|' || \
         coalesce(x.answer_at, -1) || '|' || x.sort_ms || '|' || x.state || '|' || coalesce(x.round_trip_ms, -1) \
         || '|' || x.tries || '|' || coalesce(x.failure_at, -1) || '|' || x.said AS name FROM monitoring_exchange x \
         JOIN monitoring_log l ON l.id = x.log_id LEFT JOIN monitoring_log a ON a.id = x.answer_log \
         WHERE x.terminal_id = {own}"
    );
    let mut all = app.database().texts(&told);
    all.sort();
    all.extend(app.database().texts(&stand));
    all
}

/// Everything that was acknowledged is there.
fn assert_kept(app: &TestApp, told: &Account, when: &str) {
    let there = app.database().texts(
        "SELECT p.tid || ' ' || l.name || ' ' || l.size_bytes || ' ' || CASE WHEN l.whole THEN 1 ELSE 0 END AS name \
         FROM monitoring_log l JOIN terminal_place p ON p.id = l.terminal_id",
    );
    let stands = |line: &String| {
        let cells: Vec<&str> = line.split(' ').collect();
        let key = (cells[0].to_owned(), cells[1].to_owned());
        (key, (cells[2].parse::<i64>().unwrap(), cells[3] == "1"))
    };
    let there: BTreeMap<_, _> = there.iter().map(stands).collect();
    for (key, told) in &told.logs {
        let (size, whole) = there.get(key).copied().unwrap_or_default();
        assert!(
            size >= told.received && whole >= told.whole,
            "{when}: {key:?} has {size} {whole}, and was told {told:?}"
        );
    }
}

/// Starts a terminal each; how many logs it sent is known once it was stopped.
fn let_send(
    bases: &[String],
    tokens: Vec<String>,
    ledger: &Ledger,
    stop: &CancellationToken,
) -> Vec<JoinHandle<i64>> {
    let start = |(seed, (token, (tid, written, length)))| {
        let sender = Sender {
            tid,
            written,
            length,
            token,
            bases: bases.to_vec(),
            ledger: ledger.clone(),
        };
        tokio::spawn(sender.run(seed, stop.clone()))
    };
    let those = tokens.into_iter().zip(SENDERS);
    (1..).zip(those).map(start).collect()
}

/// What every log of a terminal has come to, beside the same logs of another that sent them undisturbed.
async fn assert_as_sent(app: &TestApp, by: &Persona, nth: usize, sent: i64) {
    let (tid, written, length) = SENDERS[nth];
    let (kind, format) = (written.kind(), written.format());
    let calm = app.device(&format!("C{nth}")).await;
    for number in 0..sent {
        let (log, _) = written.log(number, length);
        put(&calm, (kind, &name(number), format), &log).await;
    }
    let disturbed = logs(by, kind, tid).await;
    let undisturbed = logs(by, kind, &calm.tid).await;
    assert_eq!(i64::try_from(disturbed.len()).unwrap(), sent, "{tid}");
    let mut all = Sum::default();
    for number in 0..sent {
        let (log, sum) = written.log(number, length);
        let own = &disturbed[&name(number)];
        let kept = content(by, own).await;
        if written == Written::Text {
            assert!(kept == log, "{tid}: {own} differs");
        } else {
            assert_eq!(kept.len(), log.len(), "{tid}: {own}");
            let other = content(by, &undisturbed[&name(number)]).await;
            assert!(kept == other, "{tid}: {own} differs");
        }
        all.add(&sum);
    }
    assert_eq!(came(app, tid), all, "{tid}");
    let (own, other) = (facts(app, tid), facts(app, &calm.tid));
    for (own, other) in own.iter().zip(&other) {
        assert_eq!(own, other, "{tid}");
    }
    assert_eq!(own.len(), other.len(), "{tid}");
}

/// What the server counts of a terminal's logs.
fn came(app: &TestApp, tid: &str) -> Sum {
    let own = format!("terminal_id = (SELECT id FROM terminal_place WHERE tid = '{tid}')");
    let count = |what: &str| app.database().count(&format!("SELECT {what} AND {own}"));
    let state = |code: &str| {
        let these = format!("count(*) AS n FROM monitoring_exchange WHERE state = '{code}'");
        count(&these)
    };
    let pans = "CAST(coalesce(sum(pans), 0) AS BIGINT) AS n FROM monitoring_log WHERE whole";
    Sum {
        pans: count(pans),
        answered: state("answered"),
        unanswered: state("unanswered"),
        failed: state("failed"),
        malformed: state("malformed"),
    }
}

/// Kills one server or the other, whichever the dice say, and starts it again a while later.
async fn kill_often(
    app: &TestApp,
    servers: &mut [Server],
    ledger: &Ledger,
    kills: usize,
) -> (i64, i64) {
    let (mut dice, mut stray) = (Dice::new(kills as u64), (0, 0));
    for kill in 1..=kills {
        let load = dice.time(Duration::from_millis(50), Duration::from_millis(2_500));
        tokio::time::sleep(load).await;
        let which = dice.between(0, u32::try_from(servers.len()).unwrap() - 1) as usize;
        servers[which].kill();
        let told = ledger.copy();
        let when = format!("kill {kill}");
        assert_kept(app, &told, &when);
        assert_sound(app, &when);
        let (blobs, keys) = strays(app);
        stray = (blobs.max(stray.0), keys.max(stray.1));
        servers[which].start_again().await;
    }
    stray
}

async fn survives(engine: Engine, nodes: usize) {
    let kills = rounds(12, 60);
    let app = TestApp::start(engine, Setup::from_now()).await;
    let mut tokens = Vec::new();
    for (tid, ..) in SENDERS {
        tokens.push(app.device(tid).await.token().unwrap().to_owned());
    }
    app.stop().await;
    let mut servers = Vec::new();
    for _ in 0..nodes {
        servers.push(Server::start(&app).await);
    }
    let (ledger, stop) = (Ledger::default(), CancellationToken::new());
    let _end = stop.clone().drop_guard();
    let bases: Vec<String> = servers.iter().map(|it| it.base.clone()).collect();
    let senders = let_send(&bases, tokens, &ledger, &stop);
    let stray = kill_often(&app, &mut servers, &ledger, kills).await;
    stop.cancel();
    let mut sent = Vec::new();
    for sender in senders {
        let ended = tokio::time::timeout(ENDS_WITHIN, sender).await;
        sent.push(ended.expect("its last log ends").unwrap());
    }
    servers.iter_mut().for_each(Server::stop);
    servers[0].assert_audit_is_whole();
    let told = ledger.copy();
    assert_kept(&app, &told, "in the end");
    assert!(told.logs.values().all(|told| told.whole));
    eprintln!(
        "{engine:?}, {nodes} nodes: killed {kills} times; {sent:?} logs in {} bodies, of which {} broke; refused for \
         now {:?}; at most {} blobs and {} keys that nobody names",
        told.bodies, told.broken, told.refused, stray.0, stray.1
    );
    let ended = "SELECT count(*) AS n FROM event_outbox WHERE kind = 'log.received'";
    assert_eq!(app.database().count(ended), sent.iter().sum::<i64>());
    // The clock of the test stood still meanwhile.
    app.advance(Duration::from_hours(1));
    app.start_again().await.unwrap();
    assert_cleaned(&app).await;
    let by = reader(&app).await;
    for (nth, sent) in sent.into_iter().enumerate() {
        assert_as_sent(&app, &by, nth, sent).await;
    }
    assert_sound(&app, "in the end");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_survive_kill_9_on_sqlite() {
    survives(Engine::Sqlite, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs TEST_POSTGRES_URL"]
async fn logs_survive_kill_9_on_postgres() {
    survives(Engine::Postgres, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs TEST_POSTGRES_URL"]
async fn logs_survive_kill_9_of_either_node_on_postgres() {
    survives(Engine::Postgres, 2).await;
}
