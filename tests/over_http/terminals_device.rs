//! Terminals at work, over the wire: check-in, presence, work, long poll.

use crate::harness::{Device, Engine, TestApp};
use crate::on_both_engines;
use posfleet::access::{Actor, Scope};
use posfleet::clock::Millis;
use posfleet::db;
use posfleet::ids::Tid;
use posfleet::terminals::{self, Handlers, Presence, PresenceCounts, Terminal, WorkState};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const CHECK_IN: &str = "/terminal/v1/checkin";

/// Looks into the database.
async fn look<T: Send + 'static>(
    app: &TestApp,
    f: impl FnOnce(&mut db::Conn) -> Result<T, db::Error> + Send + 'static,
) -> T {
    let ctx = app.ctx();
    ctx.db.read(f).await.unwrap()
}

async fn place(app: &TestApp, tid: &str) -> Terminal {
    let tid = Tid::parse(tid).unwrap();
    let found = look(app, move |conn| terminals::find(conn, &Scope::All, &tid));
    found.await.unwrap()
}

async fn presence(app: &TestApp, tid: &str) -> Presence {
    let id = place(app, tid).await.id;
    let read = look(app, move |conn| terminals::contact(conn, id));
    read.await.unwrap().presence
}

async fn counts(app: &TestApp) -> PresenceCounts {
    let read = look(app, |conn| terminals::presence_counts(conn, &Scope::All));
    read.await
}

async fn sweep(app: &TestApp) {
    let now = app.now();
    let ctx = app.ctx();
    while ctx
        .db
        .write(move |tx| terminals::sweep(tx, now, 2))
        .await
        .unwrap()
        > 0
    {}
}

async fn tend(app: &TestApp) {
    let now = app.now();
    let ctx = app.ctx();
    let none = terminals::Handlers::default;
    while ctx
        .db
        .write(move |tx| terminals::tend(tx, &none(), now, 2))
        .await
        .unwrap()
        > 0
    {}
}

async fn state(app: &TestApp, tid: &str) -> WorkState {
    let id = place(app, tid).await.id;
    let read = look(app, move |conn| terminals::list_work(conn, id, 1));
    read.await[0].track.state
}

async fn refusals(app: &TestApp, tid: &str) -> Vec<(String, i64)> {
    let id = place(app, tid).await.id;
    let read = look(app, move |conn| terminals::refusals(conn, id));
    let all = read.await;
    all.into_iter()
        .map(|refusal| (refusal.code, refusal.times))
        .collect()
}

async fn sends(device: &Device, body: Value) -> Value {
    device.post(CHECK_IN, body).await.expect(200).json()
}

fn rows(app: &TestApp, table: &str) -> i64 {
    app.database()
        .count(&format!("SELECT count(*) AS n FROM {table}"))
}

on_both_engines! {
    async fn what_did_not_change_is_stored_once(app: TestApp) {
        let device = app.device("T1").await;
        let first = sends(&device, json!({})).await;
        assert_eq!(first["status_wanted"], true);
        assert_eq!(first["wait_url"], "/terminal/v1/wait");
        let full = json!({
            "terminal_time": (app.now() + Duration::from_mins(12)),
            "session": { "id": "s1", "last_action": "fuel_rates_refresh", "country_code": "TG" },
            "status": { "paper": "ok", "battery": { "percent": 80 }, "odd": [1, { "b": 1, "a": 2 }] },
        });
        assert_eq!(sends(&device, full.clone()).await["status_wanted"], false);
        let id = place(&app, "T1").await.id;
        let read = look(&app, move |conn| {
            let contact = terminals::contact(conn, id)?.unwrap();
            Ok::<_, db::Error>((contact, terminals::reported(conn, id)?, terminals::sessions(conn, id)?))
        });
        let (contact, reported, sessions) = read.await;
        assert_eq!(contact.clock_offset_ms, Some(720_000), "twelve minutes ahead");
        assert_eq!(reported.unwrap().body["odd"][1]["a"], 2);
        assert_eq!(sessions[0].last_action.as_deref(), Some("fuel_rates_refresh"));
        assert_eq!(sessions[0].seen_from.as_deref(), Some("127.0.0.1"));

        let before = rows(&app, "event_outbox");
        app.advance(Duration::from_mins(1));
        sends(&device, full.clone()).await;
        assert_eq!(sends(&device, json!({})).await["status_wanted"], false);
        let changed = "SELECT max(changed_at) AS n FROM terminal_session";
        let stored = "SELECT max(reported_at) AS n FROM terminal_report";
        let start = app.now().0 - 60_000;
        assert_eq!(app.database().count(changed), start, "the session was not touched");
        assert_eq!(app.database().count(stored), start, "nor the status");
        assert_eq!(rows(&app, "event_outbox"), before);

        let mut next = full;
        next["session"]["last_action"] = "info".into();
        sends(&device, next).await;
        assert_eq!(rows(&app, "terminal_session"), 1, "one row per session");
        assert_eq!(app.database().count(changed), app.now().0);
    }

    async fn presence_fades_and_comes_back(app: TestApp) {
        app.register(&["T2", "T3"]).await;
        let device = app.device("T1").await;
        assert_eq!(presence(&app, "T1").await, Presence::Never);
        let answer = device.check_in().await;
        assert_eq!(presence(&app, "T1").await, Presence::Online);
        let interval = answer["next_check_in_s"].as_i64().unwrap();
        assert!((270..=330).contains(&interval), "{interval}");
        assert_eq!(device.check_in().await["next_check_in_s"], interval, "stable");

        app.advance(Duration::from_secs(400));
        device.check_in().await;
        app.advance(Duration::from_secs(479));
        sweep(&app).await;
        assert_eq!(presence(&app, "T1").await, Presence::Online);
        app.advance(Duration::from_secs(1));
        sweep(&app).await;
        assert_eq!(presence(&app, "T1").await, Presence::Late);
        app.advance(Duration::from_hours(24));
        sweep(&app).await;
        assert_eq!(presence(&app, "T1").await, Presence::Disconnected);
        let all = counts(&app).await;
        assert_eq!((all.total(), all.disconnected, all.never), (3, 1, 2));
        device.check_in().await;
        let all = counts(&app).await;
        assert_eq!((all.total(), all.online, all.disconnected), (3, 1, 0));
        let told = "SELECT kind AS name FROM event_outbox WHERE subject = 'T1' \
                    AND kind IN ('terminal.online', 'terminal.late', 'terminal.disconnected') \
                    ORDER BY id";
        assert_eq!(
            app.database().texts(told),
            ["terminal.online", "terminal.late", "terminal.disconnected", "terminal.online"]
        );
    }

    async fn listening_does_not_flap(app: TestApp) {
        let device = app.device("T1").await;
        device.get("/terminal/v1/wait?timeout_s=1").await.expect(200);
        assert_eq!(presence(&app, "T1").await, Presence::Listening);
        device.check_in().await;
        assert_eq!(presence(&app, "T1").await, Presence::Listening);
        app.advance(Duration::from_mins(2));
        device.check_in().await;
        assert_eq!(presence(&app, "T1").await, Presence::Online, "it stopped listening");
    }

    async fn work_is_told_until_it_is_reported(app: TestApp) {
        let device = app.device("T1").await;
        let number = app.assign("T1", "thing").await;
        assert_eq!(device.report(number.into(), "done").await.expect(409).code(), "work.bad-transition");
        for _ in 0..2 {
            let answer = device.check_in().await;
            assert_eq!(answer["work"][0]["id"], number, "told again: the answer may be lost");
            assert_eq!(answer["work"].as_array().unwrap().len(), 1);
        }
        for said in ["downloading", "downloading", "installing", "done", "done"] {
            let answer = device.report(number.into(), said).await.expect(200);
            assert_eq!(answer.json()["state"], said);
        }
        let answer = device.report(number.into(), "failed").await.expect(409);
        assert_eq!(answer.code(), "work.not-open");
        assert_eq!(device.check_in().await["work"], json!([]));
        let done = "SELECT count(*) AS n FROM event_outbox WHERE kind = 'work.done'";
        assert_eq!(app.database().count(done), 1);
        let other = app.device("T2").await;
        let answer = other.report(number.into(), "done").await.expect(404);
        assert_eq!(answer.code(), "work.unknown");
    }

    async fn newer_work_takes_the_place_of_older(app: TestApp) {
        let device = app.device("T1").await;
        let first = app.assign("T1", "thing").await;
        device.check_in().await;
        let second = app.assign("T1", "thing").await;
        assert!(second > first);
        let answer = device.check_in().await;
        assert_eq!(answer["work"].as_array().unwrap().len(), 1);
        assert_eq!(answer["work"][0]["id"], second);
        let answer = device.report(first.into(), "done").await.expect(409);
        assert_eq!(answer.code(), "work.not-open", "it was told by the list without it");
    }

    async fn what_was_put_off_comes_back_in_time(app: TestApp) {
        let device = app.device("T1").await;
        let number = app.assign("T1", "thing").await;
        device.check_in().await;
        let path = format!("/terminal/v1/work/{number}/report");
        let later = json!({ "state": "try_later", "code": "shop-busy", "retry_after_s": 600 });
        for _ in 0..2 {
            let answer = device.post(&path, later.clone()).await.expect(200);
            assert_eq!(answer.json()["state"], "waiting");
        }
        assert_eq!(device.check_in().await["work"], json!([]));
        app.advance(Duration::from_mins(10));
        tend(&app).await;
        assert_eq!(device.check_in().await["work"][0]["id"], number);
        app.advance(Duration::from_hours(3));
        tend(&app).await;
        assert_eq!(state(&app, "T1").await, WorkState::Waiting, "tried again");
    }

    async fn a_click_reaches_a_parked_terminal(app: TestApp) {
        let device = app.device("T1").await;
        device.get("/terminal/v1/wait?timeout_s=1").await.expect(200);
        let waits = async {
            let answer = device.get("/terminal/v1/wait?timeout_s=30").await.expect(200);
            (answer.json(), Instant::now())
        };
        let clicks = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            app.assign("T1", "thing").await;
            Instant::now()
        };
        let ((heard, woken), clicked) = tokio::join!(waits, clicks);
        assert_eq!(heard["work_waiting"], true);
        let took = woken.saturating_duration_since(clicked);
        assert!(took < Duration::from_secs(1), "{took:?}");
        let at_once = Instant::now();
        device.get("/terminal/v1/wait?timeout_s=30").await.expect(200);
        assert!(at_once.elapsed() < Duration::from_secs(5));
        device.check_in().await;
        let heard = device.get("/terminal/v1/wait?timeout_s=1").await.expect(200).json();
        assert_eq!(heard["work_waiting"], false, "what it is at is no news");
    }

    async fn the_shut_out_are_told_why(app: TestApp) {
        let device = app.device("T1").await;
        device.check_in().await;
        let (tid, actor, now) = (Tid::parse("T1").unwrap(), Actor::console(), app.now());
        let (name, who) = (tid.clone(), actor.clone());
        let write = app.ctx().db.clone();
        write.write(move |tx| terminals::suspend(tx, &who, &name, None, now)).await.unwrap();
        for _ in 0..2 {
            let answer = device.post(CHECK_IN, json!({})).await.expect(403);
            assert_eq!(answer.code(), "terminal.suspended");
        }
        assert_eq!(refusals(&app, "T1").await, [("terminal.suspended".to_owned(), 2)]);
        let (name, who) = (tid.clone(), actor.clone());
        write.write(move |tx| terminals::resume(tx, &who, &name, None, now)).await.unwrap();
        device.check_in().await;
        let (name, who) = (tid.clone(), actor.clone());
        write.write(move |tx| terminals::revoke(tx, &who, &name, now)).await.unwrap();
        let answer = device.get("/terminal/v1/wait?timeout_s=1").await.expect(401);
        assert_eq!(answer.code(), "terminal.credential-revoked");
        write.write(move |tx| terminals::retire(tx, &Handlers::default(), &actor, &tid, None, now)).await.unwrap();
        let answer = device.report(1, "done").await.expect(403);
        assert_eq!(answer.code(), "terminal.retired");
        assert_eq!(counts(&app).await.total(), 0);
        assert_eq!(refusals(&app, "T1").await.len(), 3);
    }

    async fn bad_input_changes_nothing(app: TestApp) {
        let device = app.device("T1").await;
        device.check_in().await;
        let before = rows(&app, "terminal_report") + rows(&app, "terminal_session");
        let mut deep = json!(1);
        for _ in 0..20 {
            deep = json!({ "x": deep });
        }
        let faulty = [
            (json!({ "status": { "battery": { "percent": "full" } } }), 422, "terminal.bad-status"),
            (json!({ "status": { "deep": deep } }), 422, "terminal.status-too-large"),
            (json!({ "session": { "id": "" } }), 422, "terminal.bad-field"),
            (json!({ "terminal_time": "yesterday" }), 422, "http.wrong-type"),
            (json!({ "status": { "x": "y".repeat(70_000) } }), 413, "http.too-large"),
        ];
        for (body, status, code) in faulty {
            assert_eq!(device.post(CHECK_IN, body).await.expect(status).code(), code);
        }
        let number = app.assign("T1", "thing").await;
        device.check_in().await;
        let path = format!("/terminal/v1/work/{number}/report");
        let odd = json!({ "state": "downloading", "progress": 101 });
        assert_eq!(device.post(&path, odd).await.expect(422).code(), "terminal.bad-progress");
        assert_eq!(rows(&app, "terminal_report") + rows(&app, "terminal_session"), before);
        sends(&device, json!({ "terminal_time": Millis(0), "unknown": { "field": 1 } })).await;
        let odd = json!({ "session": { "id": "a\u{0}b", "title": "x\u{0}" } });
        sends(&device, odd).await;
    }

    async fn many_at_once_are_all_received(app: TestApp) {
        let tids: Vec<String> = (0..40).map(|n| format!("M{n}")).collect();
        let mut devices = Vec::new();
        for tid in &tids {
            devices.push(app.device(tid).await);
        }
        let all = devices.iter().map(|device| async {
            for n in 0..5 {
                sends(device, json!({ "session": { "id": "s", "title": n.to_string() } })).await;
            }
        });
        futures_util::future::join_all(all).await;
        let twice = (0..10).map(|_| sends(&devices[0], json!({})));
        futures_util::future::join_all(twice).await;
        assert_eq!(counts(&app).await.online, 40);
        assert_eq!(rows(&app, "terminal_session"), 40);
    }
}

#[actix_web::test]
async fn a_stopping_server_lets_the_parked_go() {
    let app = TestApp::start(Engine::Sqlite, crate::harness::Setup::default()).await;
    let device = app.device("T1").await;
    let waits = async {
        device
            .get("/terminal/v1/wait?timeout_s=50")
            .await
            .expect(200)
            .json()
    };
    let stops = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let begun = Instant::now();
        app.restart().await;
        begun.elapsed()
    };
    let (heard, took) = tokio::join!(waits, stops);
    assert_eq!(heard["work_waiting"], false);
    assert!(took < Duration::from_secs(20), "{took:?}");
}

/// Another process holds the database for longer than the server is willing to wait: whoever
/// knocks meanwhile is told so, and the desk works on when the lock is gone.
#[actix_web::test]
async fn a_locked_database_turns_terminals_away_instead_of_keeping_them() {
    let app = TestApp::start(Engine::Sqlite, crate::harness::Setup::default()).await;
    let device = app.device("T1").await;
    let path = app.folder().join("posfleet.db");
    let (held, holds) = std::sync::mpsc::channel();
    let (go, gone) = std::sync::mpsc::channel::<()>();
    let holder = std::thread::spawn(move || {
        use diesel::connection::{Connection, SimpleConnection};
        let mut conn = diesel::SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        // The server may be writing just then.
        conn.batch_execute("PRAGMA busy_timeout=10000; BEGIN IMMEDIATE")
            .unwrap();
        held.send(()).unwrap();
        gone.recv().unwrap();
        conn.batch_execute("ROLLBACK").unwrap();
    });
    holds.recv().unwrap();
    let knocks = (0..5).map(|_| device.post(CHECK_IN, json!({})));
    let answers = futures_util::future::join_all(knocks);
    let answers = tokio::time::timeout(Duration::from_mins(1), answers).await;
    for answer in answers.expect("nobody is kept waiting without end") {
        assert_eq!(answer.expect(503).code(), "db.busy");
    }
    go.send(()).unwrap();
    holder.join().unwrap();
    device.check_in().await;
}

#[actix_web::test]
async fn a_terminal_that_asks_too_often_waits_and_no_other_does() {
    let setup = crate::harness::Setup::default().config(|config| {
        config.server.limits.terminal_per_minute = 3;
    });
    let app = TestApp::start(Engine::Sqlite, setup).await;
    let (hasty, calm) = (app.device("T1").await, app.device("T2").await);
    for _ in 0..3 {
        hasty.check_in().await;
    }
    let answer = hasty.post(CHECK_IN, json!({})).await.expect(429);
    assert_eq!(answer.code(), "terminal.too-often");
    let wait: u32 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    calm.check_in().await;
}
