//! Facts: what terminals are counted and filtered by follows everything that happens to them, and what
//! is counted adds up to the fleet.
use super::{LIST, put, script, verb, wish};
use crate::harness::{Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::{Permission, Scope};
use posfleet::db;
use posfleet::terminals;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many terminals in service have each value.
async fn counts(app: &TestApp, name: &'static str) -> BTreeMap<String, i64> {
    let ctx = app.ctx();
    let read = ctx
        .db
        .read(move |conn| terminals::fact_counts(conn, &Scope::All, None, name));
    let read: Result<_, db::Error> = read.await;
    read.unwrap().into_iter().collect()
}

fn are(all: &[(&str, i64)]) -> BTreeMap<String, i64> {
    all.iter()
        .map(|(value, n)| ((*value).to_owned(), *n))
        .collect()
}

/// The TIDs of a list that is narrowed so.
async fn found(by: &Persona, query: &str) -> String {
    let page = by.get(&format!("{LIST}?{query}")).await.expect(200).json();
    let tids = page["items"].as_array().unwrap().iter();
    let tids: Vec<&str> = tids.map(|it| it["tid"].as_str().unwrap()).collect();
    assert_eq!(page["total"], tids.len(), "{query}: {page}");
    tids.join(" ")
}

/// Every name that each terminal has once adds up to the fleet, and so do the presences.
async fn assert_sums(app: &TestApp, fleet: i64) {
    for name in terminals::FIXED_FACTS {
        let counts = counts(app, name).await;
        assert_eq!(counts.values().sum::<i64>(), fleet, "{name}: {counts:?}");
    }
}

fn status(pos: &str, app: &str) -> Value {
    json!({ "status": { "versions": { "pos": pos, "emv": "2.1" },
                        "packages": [{ "name": "com.x", "version": app }] } })
}

on_both_engines! {
    async fn facts_follow_what_terminals_tell(app: TestApp) {
        let api = script(&app).await;
        app.register(&["T1", "T2", "T3"]).await;
        let code = app.activation_code("T1").await;
        let t1 = app.activate("T1", &code).await;
        assert_sums(&app, 3).await;
        t1.post("/terminal/v1/checkin", status("4.2.1", "7")).await.expect(200);
        assert_eq!(counts(&app, "version:pos").await, are(&[("4.2.1", 1)]));
        assert_eq!(counts(&app, "app:com.x").await, are(&[("7", 1)]));
        for query in [
            "version=4.2.1", "version=pos:4.2.1", "fact=version:pos:4.2.1", "version=7",
            "fact=app:com.x:7", "version=2.1&presence=online", "version=pos:4.2.1&q=t1&sort=-serial",
        ] {
            assert_eq!(found(&api, query).await, "T1", "{query}");
        }
        assert_eq!(found(&api, "version=pos:none").await, "T2 T3");
        assert_eq!(found(&api, "version=none").await, "");
        assert_eq!(found(&api, "version=4.2").await, "");
        // A component that is gone is forgotten, another version takes the place of the old one.
        let less = json!({ "status": { "versions": { "pos": "4.3:b\u{7}" } } });
        let answer = t1.post("/terminal/v1/checkin", less).await;
        if answer.status == 200 {
            assert_eq!(counts(&app, "version:pos").await, are(&[("4.3:b", 1)]));
            assert_eq!(found(&api, "version=pos:4.3:b").await, "T1");
        }
        t1.post("/terminal/v1/checkin", json!({ "status": { "versions": { "pos": "4.3" } } }))
            .await.expect(200);
        assert_eq!(counts(&app, "version:pos").await, are(&[("4.3", 1)]));
        assert_eq!(counts(&app, "app:com.x").await, are(&[]));
        assert_eq!(counts(&app, "version:emv").await, are(&[]));

        let session = |id: &str, action: &str, result: &str| json!({ "session": {
            "id": id, "last_action": action, "action_result": result } });
        t1.post("/terminal/v1/checkin", session("1", "wash_hands", "no-soap")).await.expect(200);
        assert_eq!(counts(&app, "last-action").await, are(&[("none", 2), ("wash_hands", 1)]));
        assert_eq!(counts(&app, "error").await, are(&[("no-soap", 1), ("none", 2)]));
        assert_eq!(found(&api, "action=wash_hands&error=no-soap").await, "T1");
        t1.post("/terminal/v1/checkin", session("2", "info", "ok")).await.expect(200);
        assert_eq!(counts(&app, "error").await, are(&[("none", 3)]));
        assert_sums(&app, 3).await;
    }

    async fn what_one_terminal_tells_hides_no_other_and_leaves_nothing(app: TestApp) {
        let api = script(&app).await;
        let (t1, t2) = (app.device("T1").await, app.device("T2").await);
        let packages: Vec<Value> =
            (0..90).map(|n| json!({ "name": format!("com.a{n}"), "version": "4.2.1" })).collect();
        let told = json!({ "status": { "packages": packages } });
        t2.post("/terminal/v1/checkin", told).await.expect(200);
        t1.post("/terminal/v1/checkin", status("4.2.1", "7")).await.expect(200);
        assert_eq!(found(&api, "version=4.2.1").await, "T1 T2");
        t2.post("/terminal/v1/checkin", json!({ "status": { "versions": {} } })).await.expect(200);
        assert_eq!(found(&api, "version=4.2.1").await, "T1");
        let rows = "SELECT count(*) AS n FROM terminal_fact_count WHERE name LIKE 'app:com.a%'";
        assert_eq!(app.database().count(rows), 0);
        let spent = "SELECT count(*) AS n FROM terminal_fact_count WHERE n = 0";
        assert_eq!(app.database().count(spent), 0);
    }

    async fn facts_follow_the_clock_and_work(app: TestApp) {
        let api = script(&app).await;
        let t1 = app.device("T1").await;
        let ahead = |ms: i64| {
            let at = posfleet::clock::Millis(app.now().0 + ms);
            json!({ "terminal_time": at })
        };
        t1.post("/terminal/v1/checkin", ahead(720_000)).await.expect(200);
        assert_eq!(found(&api, "clock=off").await, "T1");
        t1.post("/terminal/v1/checkin", ahead(1_000)).await.expect(200);
        assert_eq!(counts(&app, "clock").await, are(&[("right", 1)]));

        let first = app.assign("T1", "a").await;
        assert_eq!(counts(&app, "update").await, are(&[("waiting", 1)]));
        t1.check_in().await;
        assert_eq!(counts(&app, "update").await, are(&[("under-way", 1)]));
        t1.report(first.into(), "failed").await.expect(200);
        assert_eq!(found(&api, "update=failed&error=failed").await, "T1");
        let second = app.assign("T1", "a").await;
        t1.check_in().await;
        t1.report(second.into(), "done").await.expect(200);
        assert_eq!(counts(&app, "update").await, are(&[("done", 1)]));
        assert_eq!(counts(&app, "error").await, are(&[("none", 1)]));
        assert_sums(&app, 1).await;

        let root = app.operator(Role::Administrator).await;
        root.upload_licence("T1", "a.lic", b"some licence").await;
        assert_eq!(found(&api, "licence=waiting").await, "T1");
        t1.get("/terminal/v1/licence").await.expect(200);
        assert_eq!(found(&api, "licence=fetched").await, "T1");
        let work = t1.check_in().await["work"][0]["id"].as_i64().unwrap();
        t1.report(work, "done").await.expect(200);
        assert_eq!(counts(&app, "licence").await, are(&[("confirmed", 1)]));
        assert_eq!(found(&api, "licence=confirmed&platform=android").await, "T1");
    }

    async fn facts_follow_the_registry(app: TestApp) {
        let api = script(&app).await;
        app.register(&["T1", "T2"]).await;
        app.place("E2", "P2").await;
        assert_eq!(counts(&app, "model").await, are(&[("feitian-f20", 2)]));
        let moved = json!({ "model": "wiseasy-wpos-3", "point_of_service": "P2" });
        api.patch(&format!("{LIST}/T1"), moved).await.expect(200);
        assert_eq!(counts(&app, "model").await, are(&[("feitian-f20", 1), ("wiseasy-wpos-3", 1)]));
        assert_eq!(counts(&app, "point").await.len(), 2);
        assert_sums(&app, 2).await;
        let e2 = app.client(&[Permission::TerminalsView]).await;
        app.limit(&e2, &["E2"]).await;
        assert_eq!(found(&e2, "fact=licence:none").await, "T1");
        assert_eq!(found(&e2, "fact=model:feitian-f20").await, "");
        verb(&api, "T1", "retire").await.expect(200);
        assert_sums(&app, 1).await;
        assert_eq!(found(&api, "fact=model:wiseasy-wpos-3").await, "");
        assert_eq!(found(&api, "fact=model:wiseasy-wpos-3&life=all").await, "T1");
        put(&api, "T4", wish("T4", "feitian-f20", "P2")).await.expect(201);
        assert_sums(&app, 2).await;
        for odd in ["licence=gone", "update=x", "clock=late", "fact=colour:red", "fact=model"] {
            let answer = api.get(&format!("{LIST}?{odd}")).await.expect(422);
            assert!(answer.text().contains("terminal.no-such-"), "{odd}");
        }
        let page = app.operator(Role::Viewer).await;
        let page = page.get("/terminals?licence=none&version=pos:none&action=info").await;
        assert!(page.expect(200).text().contains("Terminal") );
    }
}
