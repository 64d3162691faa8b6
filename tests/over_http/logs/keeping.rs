//! Logs are deleted when their days are over, by kind and establishment, and what that freed is told.
use super::upload::put;
use crate::harness::{ESTABLISHMENT, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::json;
use std::time::Duration;

const KEEPING: &str = "/api/v1/logs/keeping";
const DAY: Duration = Duration::from_hours(24);

async fn until_logs_are(app: &TestApp, n: i64) {
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
        root.submit(page, page, &form).await.expect(303);
        assert!(root.get(page).await.expect(200).text().contains("12"));
        let form = [("kind", "pos"), ("establishment", ""), ("days", "many")];
        root.submit(page, page, &form).await.expect(422);
    }
}
