//! How a device becomes a terminal, over the wire: rows S-25 to S-32.

use crate::harness::{Answer, TestApp, serial_of};
use crate::on_both_engines;
use futures_util::future::join_all;
use posfleet::access::Scope;
use posfleet::db;
use posfleet::ids::Tid;
use posfleet::terminals::{self, Activation, Refusal};
use serde_json::{Value, json};
use std::time::Duration;

const ACTIVATE: &str = "/terminal/v1/activate";

/// Looks into the database.
async fn look<T: Send + 'static>(
    app: &TestApp,
    f: impl FnOnce(&mut db::Conn) -> Result<T, db::Error> + Send + 'static,
) -> T {
    let ctx = app.ctx();
    ctx.db.read(f).await.unwrap()
}

fn wish(tid: &str, serial: &str, code: &str) -> Value {
    json!({ "terminal_id": tid, "serial_number": serial, "activation_code": code })
}

async fn activate(app: &TestApp, body: Value, key: Option<&str>) -> Answer {
    let device = app.visitor();
    let mut request = device.request(reqwest::Method::POST, ACTIVATE).json(&body);
    if let Some(key) = key {
        request = request.header("Idempotency-Key", key);
    }
    device.send(request).await
}

/// The code and the refusals as the operators see them.
async fn seen(app: &TestApp, tid: &str) -> (Activation, Vec<Refusal>) {
    let (now, tid) = (app.now(), Tid::parse(tid).unwrap());
    let read = look(app, move |conn| {
        let there = terminals::find(conn, &Scope::All, &tid)?.unwrap();
        let code = terminals::activation(conn, there.id, now)?.unwrap();
        Ok::<_, db::Error>((code, terminals::refusals(conn, there.id)?))
    });
    read.await
}

async fn checks_in(app: &TestApp, token: &str) -> Answer {
    let device = app.visitor().bearing(token);
    device.post("/terminal/v1/checkin", json!({})).await
}

on_both_engines! {
    async fn every_failure_gets_the_same_answer(app: TestApp) {
        app.register(&["T1", "T2", "T3"]).await;
        let code = app.activation_code("T1").await;
        let late = app.activation_code("T3").await;
        let day = Duration::from_hours(24);
        app.advance(day);
        let fresh = app.activation_code("T1").await;
        assert_ne!(code, fresh);
        let serial = serial_of("T1");
        let wrong = [
            wish("T1", "other", &fresh),
            wish("T1", &serial, "AAAAA-AAAAA"),
            wish("T2", &serial_of("T2"), &fresh),
            wish("T3", &serial_of("T3"), &late),
            wish("T9", &serial, &fresh),
            wish("no such/form", &serial, &fresh),
        ];
        let mut answers = Vec::new();
        for body in wrong {
            let answer = activate(&app, body, None).await.expect(403);
            answers.push(answer.text());
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert!(answers[0].contains("terminal.activation-refused"));

        let (code, refusals) = seen(&app, "T1").await;
        assert_eq!(code.attempts_left, 1);
        let codes: Vec<_> = refusals.iter().map(|r| r.code.as_str()).collect();
        assert_eq!(codes, ["activation.wrong-code", "activation.wrong-serial"]);
        let (_, refusals) = seen(&app, "T3").await;
        assert_eq!(refusals[0].code, "activation.dead-code");
        let strangers = look(&app, |conn| terminals::strangers(conn, 9)).await;
        assert!(strangers.iter().any(|stranger| stranger.terminal_id == "T9"));
    }

    async fn the_third_failure_kills_the_code(app: TestApp) {
        app.register(&["T1"]).await;
        let code = app.activation_code("T1").await;
        for _ in 0..3 {
            activate(&app, wish("T1", &serial_of("T1"), "00000-00000"), None).await.expect(403);
        }
        let right = wish("T1", &serial_of("T1"), &code);
        activate(&app, right, None).await.expect(403);
        assert_eq!(seen(&app, "T1").await.0.attempts_left, 0);
        let again = app.activation_code("T1").await;
        app.activate("T1", &again.to_lowercase().replace('-', " ")).await;
    }

    async fn parallel_tries_never_get_more_than_three(app: TestApp) {
        app.register(&["T1"]).await;
        let code = app.activation_code("T1").await;
        let tries = (0..50).map(|n| {
            let app = app.clone();
            let guess = wish("T1", &serial_of("T1"), &format!("AAAAA-AAA{n:02}"));
            async move { activate(&app, guess, None).await.expect(403) }
        });
        join_all(tries).await;
        let (left, refusals) = seen(&app, "T1").await;
        assert_eq!(left.attempts_left, 0);
        let times = |code: &str| -> i64 {
            refusals.iter().filter(|r| r.code == code).map(|r| r.times).sum()
        };
        assert_eq!((times("activation.wrong-code"), times("activation.dead-code")), (3, 47));
        let right = wish("T1", &serial_of("T1"), &code);
        activate(&app, right, None).await.expect(403);
    }

    async fn a_code_works_once_however_many_come_at_once(app: TestApp) {
        app.register(&["T1"]).await;
        let code = app.activation_code("T1").await;
        let tries = (0..20).map(|_| {
            let (app, right) = (app.clone(), wish("T1", &serial_of("T1"), &code));
            async move { activate(&app, right, None).await.status }
        });
        let mut all = join_all(tries).await;
        all.retain(|status| *status == 200);
        assert_eq!(all.len(), 1);
    }

    async fn a_lost_answer_is_repeated(app: TestApp) {
        app.register(&["T1"]).await;
        let code = app.activation_code("T1").await;
        let right = wish("T1", &serial_of("T1"), &code);
        let tries = (0..8).map(|_| {
            let (app, right) = (app.clone(), right.clone());
            async move { activate(&app, right, Some("k1")).await.expect(200).json()["token"].clone() }
        });
        let mut tokens = join_all(tries).await;
        tokens.dedup();
        assert_eq!(tokens.len(), 1, "the same key and request get the same token");
        activate(&app, right.clone(), Some("k2")).await.expect(403);
        let other = wish("T1", "other", &code);
        activate(&app, other, Some("k1")).await.expect(403);
        checks_in(&app, tokens[0].as_str().unwrap()).await.expect(200);
    }

    async fn taking_a_place_over_needs_a_word(app: TestApp) {
        let old = app.device("T1").await;
        let code = app.activation_code("T1").await;
        let mut right = wish("T1", &serial_of("T1"), &code);
        let answer = activate(&app, right.clone(), None).await.expect(409);
        assert_eq!(answer.code(), "terminal.already-activated");
        assert_eq!(answer.json()["warning"], "already_activated");
        assert_eq!(seen(&app, "T1").await.0.attempts_left, 3, "nothing was spent");
        old.check_in().await;
        right["confirm"] = true.into();
        let answer = activate(&app, right, None).await.expect(200).json();
        assert_eq!(answer["warning"], "already_activated");
        let told = old.post("/terminal/v1/checkin", json!({})).await.expect(401);
        assert_eq!(told.code(), "terminal.credential-revoked");
        checks_in(&app, answer["token"].as_str().unwrap()).await.expect(200);
        let audited = "SELECT count(*) AS n FROM access_audit WHERE action = 'terminal.activate'";
        assert_eq!(app.database().count(audited), 2);
    }

    async fn a_dead_code_does_not_tell_that_it_was_right(app: TestApp) {
        app.device("T1").await;
        let code = app.activation_code("T1").await;
        for _ in 0..3 {
            activate(&app, wish("T1", "other", &code), None).await.expect(403);
        }
        activate(&app, wish("T1", &serial_of("T1"), &code), None).await.expect(403);
    }

    async fn before_activation_nothing_works(app: TestApp) {
        let stranger = app.visitor();
        for persona in [stranger, app.visitor().bearing("x".repeat(43))] {
            for path in ["/terminal/v1/checkin", "/terminal/v1/work/1/report"] {
                let answer = persona.post(path, json!({ "state": "done" })).await.expect(401);
                assert_eq!(answer.code(), "terminal.not-activated");
                assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            }
            let answer = persona.get("/terminal/v1/wait?timeout_s=1").await.expect(401);
            assert_eq!(answer.code(), "terminal.not-activated");
        }
    }

    async fn without_a_listener_for_them_there_are_no_certificates(app: TestApp) {
        app.register(&["T1"]).await;
        let code = app.activation_code("T1").await;
        let mut body = wish("T1", &serial_of("T1"), &code);
        body["csr"] = "-----BEGIN CERTIFICATE REQUEST-----".into();
        let answer = activate(&app, body.clone(), None).await.expect(422);
        assert_eq!(answer.code(), "terminal.no-certificates");
        body["csr"] = Value::Null;
        activate(&app, body, None).await.expect(200);
    }

    async fn guessing_is_slowed_down(app: TestApp) {
        let mut last = 0;
        for n in 0..101 {
            let body = wish("T1", "S", &format!("{n:010}"));
            last = activate(&app, body, None).await.status;
        }
        assert_eq!(last, 429);
        app.advance(Duration::from_mins(1));
        activate(&app, wish("T1", "S", "0"), None).await.expect(403);
    }
}
