//! What is kept of monitoring is bounded whatever terminals tell, and what the bounds cut off is told.
use crate::harness::{Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use posfleet::jobs::{Progress, Ran};
use posfleet::monitoring::Day;
use serde_json::{Value, json};
use std::time::Duration;

const CHECK_IN: &str = "/terminal/v1/checkin";

async fn viewer(app: &TestApp) -> Persona {
    app.client(&[Permission::TerminalsView, Permission::MonitoringView])
        .await
}

/// As every hour. The server's own run may be at it.
async fn keep(app: &TestApp) {
    for _ in 0..100 {
        let ran = app.ctx().jobs.run_now("monitoring.days").await;
        if ran.unwrap() == Ran::Here(Progress::Done) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the days are not kept");
}

/// `n` terminals of every establishment counter whose errors are all different, and one error that many have.
fn tell_errors(app: &TestApp, n: i64) {
    app.database().execute(&format!(
        "INSERT INTO terminal_fact_count (establishment_id, name, value, n)
             WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {n})
             SELECT e.establishment_id, 'error', 'E' || s.n, 1 FROM s,
                 (SELECT establishment_id FROM terminal_fact_count WHERE name = 'error' AND value = 'none') e;
         INSERT INTO terminal_fact_count (establishment_id, name, value, n)
             SELECT establishment_id, 'error', 'often', 7 FROM terminal_fact_count WHERE name = 'error' AND value = 'none'"
    ));
}

fn sum(parts: &Value) -> i64 {
    let parts = parts.as_array().unwrap().iter();
    parts.map(|it| it["n"].as_i64().unwrap()).sum()
}

on_both_engines! {
    async fn a_number_in_an_error_makes_no_row_of_every_terminal(app: TestApp) {
        let api = viewer(&app).await;
        app.register(&["T1"]).await;
        tell_errors(&app, 300);
        let day = Day::of(app.now());
        keep(&app).await;
        keep(&app).await;
        let rows = "SELECT count(*) AS n FROM monitoring_day WHERE name = 'error'";
        // Fifty, and the sum of the others: of the fleet, and of the establishment.
        assert_eq!(app.database().count(rows), 2 * 51);
        let days = api.get("/api/v1/analysis/days?by=error").await.expect(200).json();
        let today = &days["items"][0];
        assert_eq!((&today["total"], sum(&today["parts"])), (&json!(308), 308), "{today}");
        assert_eq!(today["parts"].as_array().unwrap().len(), 51, "today is told as it is kept");
        app.advance(Duration::from_hours(24));
        for of in ["", "&establishment=E1"] {
            let then = api.get(&format!("/api/v1/analysis?by=error&on={day}{of}&page_size=200")).await.expect(200).json();
            let parts = then["parts"].as_array().unwrap();
            assert_eq!((parts.len(), &then["total"]), (51, &json!(308)), "{then}");
            assert_eq!((&parts[0]["value"], &parts[0]["n"]), (&json!("often"), &json!(7)));
            let last = parts.last().unwrap();
            assert_eq!((&last["value"], &last["n"]), (&json!(""), &json!(308 - 7 - 49)), "{last}");
            assert_eq!(last["label"], "Others, kept as one sum");
            assert!(parts.iter().any(|it| it["value"] == "none"), "what we have words for is kept first: {then}");
        }
        // A day later, as nobody stays signed in for one.
        let root = app.operator(Role::Viewer).await;
        let place = format!("/monitoring/analysis?by=error&on={day}&from=50");
        let page = root.get(&place).await.expect(200).text();
        assert!(page.contains("Others, kept as one sum"), "{page}");
        let page = root.get(&format!("/monitoring/analysis?by=error&on={day}")).await.expect(200).text();
        assert_eq!(page.matches("<polygon").count(), 7, "six, and the rest");
        assert!(page.contains("class=\"bars\""), "{page}");
        // No terminals stand behind these counters, as there must at the end of a test.
        app.database().execute("DELETE FROM terminal_fact_count WHERE name = 'error' AND value <> 'none'");
    }

    async fn every_terminal_has_its_history_cut_whoever_reports_beside_it(app: TestApp) {
        let t1 = app.device("T1").await;
        let t2 = app.device("T2").await;
        let told = |n: i32| json!({ "status": { "n": n } });
        t2.post(CHECK_IN, told(0)).await.expect(200);
        app.database().execute(
            "INSERT INTO monitoring_change (terminal_id, establishment_id, at, body_diff)
             WITH RECURSIVE s (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM s WHERE n < 1501)
             SELECT (SELECT id FROM terminal_place WHERE tid = 'T1'), 1, n, '{\"told\":[]}' FROM s",
        );
        // In turn, so that none of the numbers of one is even.
        for n in 1..=150 {
            t1.post(CHECK_IN, told(n)).await.expect(200);
            t2.post(CHECK_IN, told(n)).await.expect(200);
        }
        let kept = app.database().count(
            "SELECT count(*) AS n FROM monitoring_change
                 WHERE terminal_id = (SELECT id FROM terminal_place WHERE tid = 'T1')");
        assert!((1_000..1_150).contains(&kept), "the newest thousand stay: {kept}");
        let newest = app.database().count("SELECT max(id) AS n FROM monitoring_change");
        assert_eq!(newest, 1 + 1_501 + 300, "the numbers are in turn");
    }

    async fn what_was_freed_is_summed_however_many_rows_tell_of_it(app: TestApp) {
        let api = viewer(&app).await;
        let root = app.operator(Role::Viewer).await;
        app.register(&["T1"]).await;
        let Day(today) = Day::of(app.now());
        app.database().execute(&format!(
            "INSERT INTO monitoring_log_freed (establishment_id, kind, day, logs, size_bytes, stored_bytes)
             WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 1200)
             SELECT n, 'ecr', {today}, 2, 1000, 100 FROM s;
             INSERT INTO monitoring_log_freed (establishment_id, kind, day, logs, size_bytes, stored_bytes)
                 VALUES (1, 'pos', {today} - 31, 5, 5, 5)"
        ));
        let path = "/api/v1/logs/keeping";
        let told = api.get(path).await.expect(200).json();
        assert_eq!(told["freed"].as_array().unwrap().len(), 1_000);
        assert_eq!(told["freed_more"], 200, "{}", told["freed_total"]);
        let total = json!({ "logs": 2_400, "size_bytes": 1_200_000, "stored_bytes": 120_000 });
        assert_eq!(told["freed_total"], total);
        let page = root.get("/monitoring/logs/keeping").await.expect(200).text();
        assert!(page.contains("200 earlier lines are not shown"), "{page}");
        assert!(page.contains("Together 2,400 logs"), "{page}");
        // Whoever sees one establishment sees its sum.
        app.limit(&api, &["E1"]).await;
        let own = api.get(path).await.expect(200).json();
        assert_eq!((&own["freed_more"], &own["freed_total"]["logs"]), (&json!(0), &json!(2)), "{own}");
    }
}
