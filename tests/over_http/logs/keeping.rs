//! Logs are deleted when their days are over, by kind and establishment, and what that freed is told.
use super::upload::put;
use crate::harness::{ESTABLISHMENT, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::json;
use std::time::Duration;

const KEEPING: &str = "/api/v1/logs/keeping";
const DAY: Duration = Duration::from_hours(24);

pub(super) async fn until_logs_are(app: &TestApp, n: i64) {
    for _ in 0..200 {
        app.ctx().jobs.nudge("monitoring.logs");
        tokio::time::sleep(Duration::from_millis(50)).await;
        if app
            .database()
            .count("SELECT count(*) AS n FROM monitoring_log")
            == n
        {
            return;
        }
    }
    let left = app.database().texts("SELECT name FROM monitoring_log");
    panic!("{n} logs are to be left, not {left:?}");
}

on_both_engines! {
    async fn a_log_goes_when_its_days_are_over(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = app.client(&[Permission::MonitoringView, Permission::SettingsManage]).await;
        put(&t1, "ecr/old?format=text&whole=true", "one line\n").await.expect(200);
        put(&t1, "ecr/open?format=text", "one line\n").await.expect(200);
        put(&t1, "pos/old?format=ndjson&whole=true", "{\"a\":1}\n").await.expect(200);
        let rules = by.get(KEEPING).await.expect(200).json()["rules"].clone();
        assert_eq!(rules, json!([
            { "establishment": null, "name": null, "kind": "ecr", "days": 90 },
            { "establishment": null, "name": null, "kind": "pos", "days": 90 },
        ]));
        by.put(KEEPING, json!({ "kind": "ecr", "days": 5 })).await.expect(200);
        by.put(KEEPING, json!({ "kind": "pos", "days": 5 })).await.expect(200);
        // A rule of its own goes before.
        let own = json!({ "kind": "pos", "establishment": ESTABLISHMENT, "days": 30 });
        by.put(KEEPING, own).await.expect(200);
        app.advance(DAY * 4);
        put(&t1, "ecr/open?offset=9", "another\n").await.expect(200);
        until_logs_are(&app, 3).await;
        app.advance(DAY * 2);
        until_logs_are(&app, 2).await;
        assert_eq!(app.database().texts("SELECT name FROM monitoring_log ORDER BY id"), ["open", "old"]);
        t1.get("/terminal/v1/logs/ecr/old").await.expect(404);
        by.get("/api/v1/logs/1").await.expect(404);
        let freed = by.get(KEEPING).await.expect(200).json()["freed"].clone();
        assert_eq!((&freed[0]["logs"], &freed[0]["size_bytes"]), (&json!(1), &json!(9)), "{freed}");
        assert_eq!((&freed[0]["establishment"], &freed[0]["kind"]), (&json!(ESTABLISHMENT), &json!("ecr")));
        // The same bytes stay where another log has them.
        let orphans = "SELECT count(*) AS n FROM storage_blob WHERE ref_count = 0";
        assert_eq!(app.database().count(orphans), 0);
        by.put(KEEPING, json!({ "kind": "pos", "establishment": ESTABLISHMENT, "days": null })).await.expect(200);
        app.advance(DAY * 6);
        until_logs_are(&app, 0).await;
        let pieces = "SELECT count(*) AS n FROM monitoring_log_piece";
        assert_eq!(app.database().count(pieces), 0);
        assert!(app.database().count(orphans) > 0);
    }

    async fn what_a_long_log_told_goes_step_by_step(app: TestApp) {
        // More than one step takes, twice.
        const N: i64 = 1_100;
        let said = |mti: &'static str| move |n: i64| {
            let at = posfleet::clock::Millis(1_764_064_800_000 + n * 1_000).rfc3339();
            format!("{}\n", json!({ "at": at, "mti": mti, "stan": n.to_string(), "host": "h" }))
        };
        let t1 = app.device("T1").await;
        let by = app.client(&[Permission::MonitoringView, Permission::SettingsManage]).await;
        let answers: String = (0..N).map(said("0210")).collect();
        let others: String = (N..2 * N).map(said("0200")).collect();
        put(&t1, "pos/old?format=ndjson", answers + &others).await.expect(200);
        put(&t1, "ecr/old?format=text&whole=true", "one line\n").await.expect(200);
        by.put(KEEPING, json!({ "kind": "pos", "days": 5 })).await.expect(200);
        by.put(KEEPING, json!({ "kind": "ecr", "days": 5 })).await.expect(200);
        app.advance(DAY * 4);
        let requests: String = (0..N).map(said("0200")).collect();
        put(&t1, "pos/new?format=ndjson&whole=true", requests).await.expect(200);
        let database = app.database();
        let count = |of: &str| database.count(&format!("SELECT count(*) AS n FROM monitoring_exchange WHERE {of}"));
        assert_eq!(count("state = 'answered' AND answer_log = 1"), 1_100);
        assert_eq!(count("log_id = 1"), 1_100);
        database.execute("INSERT INTO monitoring_log_freed (establishment_id, kind, day, logs, size_bytes, stored_bytes)
            VALUES (1, 'ecr', 1, 1, 1, 1)");
        // Something holds a log: the others go nevertheless.
        database.execute("CREATE TABLE stuck (log_id BIGINT NOT NULL REFERENCES monitoring_log (id)); INSERT INTO stuck VALUES (2)");
        app.advance(DAY * 2);
        until_logs_are(&app, 2).await;
        assert_eq!(database.texts("SELECT name FROM monitoring_log WHERE kind = 'ecr'"), ["old"]);
        assert_eq!(count("state = 'answered' AND answer_log IS NULL AND log_id = 3"), 1_100);
        assert_eq!(count("log_id <> 3"), 0);
        assert_eq!(database.count("SELECT count(*) AS n FROM monitoring_log_freed WHERE day = 1"), 0);
        database.execute("DROP TABLE stuck");
        until_logs_are(&app, 1).await;
    }

    async fn rules_are_set_by_who_sees_whom_they_bind(app: TestApp) {
        app.device("T1").await;
        let by = app.client(&[Permission::MonitoringView, Permission::SettingsManage]).await;
        for (field, wish) in [
            ("kind", json!({ "days": 5 })),
            ("days", json!({ "kind": "ecr", "days": 0 })),
            ("days", json!({ "kind": "ecr", "days": 3651 })),
            ("establishment", json!({ "kind": "ecr", "days": 3, "establishment": "none" })),
        ] {
            let answer = by.put(KEEPING, wish).await.expect(422).json();
            assert_eq!(answer["errors"][0]["field"], field, "{answer}");
        }
        app.place("E2", "P2").await;
        by.put(KEEPING, json!({ "kind": "ecr", "establishment": ESTABLISHMENT, "days": 7 })).await.expect(200);
        app.limit(&by, &["E2"]).await;
        let told = by.get(KEEPING).await.expect(200).json();
        assert!(!told.to_string().contains(ESTABLISHMENT), "{told}");
        by.put(KEEPING, json!({ "kind": "ecr", "days": 5 })).await.expect(422);
        by.put(KEEPING, json!({ "kind": "ecr", "establishment": ESTABLISHMENT, "days": 5 })).await.expect(422);
        by.put(KEEPING, json!({ "kind": "ecr", "establishment": "E2", "days": 5 })).await.expect(200);
        let viewer = app.client(&[Permission::MonitoringView]).await;
        viewer.put(KEEPING, json!({ "kind": "ecr", "days": 5 })).await.expect(403);
        let root = app.operator(Role::Administrator).await;
        let page = "/monitoring/logs/keeping";
        let form = [("kind", "pos"), ("establishment", ""), ("days", "12")];
        let asked = root.submit(page, page, &form).await.expect(422).text();
        // Logs go by that: it is asked for, and what was typed is still there.
        assert!(asked.contains("name=\"confirmed\"") && asked.contains("value=\"12\""), "{asked}");
        let form = [("kind", "pos"), ("establishment", ""), ("days", "12"), ("confirmed", "true")];
        root.submit(page, page, &form).await.expect(303);
        assert!(root.get(page).await.expect(200).text().contains("12"));
        let form = [("kind", "pos"), ("establishment", ""), ("days", "many")];
        let refused = root.submit(page, page, &form).await.expect(422).text();
        assert!(refused.contains("value=\"many\"") && refused.contains("value=\"pos\" selected"), "{refused}");
    }
}
