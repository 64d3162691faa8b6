//! A terminal is asked for its log, hears of it at once, and sends it.
use super::upload::put;
use crate::harness::Role;
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::json;
use std::time::{Duration, Instant};

const ASK: &str = "/api/v1/terminals/T1/logs";

on_both_engines! {
    async fn a_listening_terminal_hears_within_a_second(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = app.client(&[Permission::LogsDownload, Permission::MonitoringView, Permission::TerminalsView]).await;
        t1.check_in().await;
        let asking = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            let wish = json!({ "kind": "ecr", "from": "2026-11-20", "until": "2026-11-25" });
            (by.post(ASK, wish).await.expect(202).json(), Instant::now())
        };
        let waiting = async {
            let heard = t1.get("/terminal/v1/wait").await;
            (heard, Instant::now())
        };
        let ((asked, at), (heard, then)) = tokio::join!(asking, waiting);
        assert_eq!(heard.status, 200, "{}", heard.text());
        assert!(then.saturating_duration_since(at) < Duration::from_secs(1));
        let work = t1.check_in().await["work"][0].clone();
        assert_eq!(work["id"], asked["work"]);
        assert_eq!((&work["kind"], &work["link"]), (&json!("log"), &json!("/terminal/v1/logs/ecr")));
        assert_eq!(work["payload"], json!({ "kind": "ecr", "from": "2026-11-20", "until": "2026-11-25" }));
        let number = work["id"].as_i64().unwrap();
        put(&t1, &format!("ecr/asked?format=text&whole=true&task={number}"), "one\n").await.expect(200);
        t1.report(number, "done").await.expect(200);
        let told = "SELECT count(*) AS n FROM monitoring_log l JOIN monitoring_log_asked a ON a.log_id = l.id \
                    JOIN terminal_work w ON w.id = a.work_id \
                    WHERE w.state = 'done' AND w.kind = 'log' AND l.whole";
        assert_eq!(app.database().count(told), 1);
        // That is no change of the terminal's software.
        let updates = "SELECT count(*) AS n FROM terminal_fact WHERE name = 'update' AND value <> 'none'";
        assert_eq!(app.database().count(updates), 0);
    }

    async fn it_is_asked_from_its_page(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = app.operator(Role::Support).await;
        let page = "/terminals/T1/panels/logs";
        let sent = by.submit(page, "/terminals/T1/logs/ask", &[("kind", "pos"), ("from", ""), ("until", "")]).await;
        assert!(sent.expect(303).header("location").unwrap().starts_with(page));
        // Asked again, it is asked once.
        by.submit(page, "/terminals/T1/logs/ask", &[("kind", "pos")]).await.expect(303);
        let work = t1.check_in().await["work"].clone();
        assert_eq!(work.as_array().map(Vec::len), Some(1), "{work}");
        assert_eq!(work[0]["payload"], json!({ "kind": "pos" }));
        let audit = "SELECT count(*) AS n FROM access_audit WHERE action = 'log.ask'";
        assert_eq!(app.database().count(audit), 2);
        let viewer = app.operator(Role::Viewer).await;
        let csrf = viewer.csrf("/me").await;
        let form = format!("_csrf={csrf}&kind=ecr");
        let request = viewer.request(reqwest::Method::POST, "/terminals/T1/logs/ask");
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        viewer.send(request).await.expect(403);
    }

    async fn a_wrong_day_is_told_beside_it(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = app.operator(Role::Support).await;
        let (page, ask) = ("/terminals/T1/panels/logs", "/terminals/T1/logs/ask");
        let wrong = [("kind", "pos"), ("from", "2026-11-25"), ("until", "2026-11-24")];
        let again = by.submit(page, ask, &wrong).await.expect(422).text();
        for part in [
            "There is a problem", "href=\"#f-until\"", "id=\"f-until-fault\"", "The last day comes before the first.",
            "value=\"2026-11-25\"", "value=\"2026-11-24\"", "<option value=\"pos\" selected>", "action=\"/terminals/T1/logs/ask\"",
        ] {
            assert!(again.contains(part), "{part} is not in {again}");
        }
        let again = by.submit(page, ask, &[("kind", "ecr"), ("from", "yesterday")]).await.expect(422).text();
        assert!(again.contains("id=\"f-from-fault\"") && !again.contains("id=\"f-until-fault\""), "{again}");
        assert_eq!(t1.check_in().await["work"], json!([]));
        let gone = by.submit(page, "/terminals/T9/logs/ask", &[("kind", "pos")]).await.expect(404).text();
        assert!(!gone.contains("f-until"), "{gone}");
    }

    async fn a_wish_has_to_make_sense(app: TestApp) {
        app.device("T1").await;
        let by = app.client(&[Permission::LogsDownload]).await;
        for (field, wish) in [
            ("kind", json!({})),
            ("kind", json!({ "kind": "all" })),
            ("from", json!({ "kind": "ecr", "from": "24.11.2026" })),
            ("until", json!({ "kind": "ecr", "from": "2026-11-25", "until": "2026-11-24" })),
        ] {
            let answer = by.post(ASK, wish).await.expect(422).json();
            assert_eq!(answer["errors"][0]["field"], field, "{answer}");
        }
        by.post("/api/v1/terminals/T9/logs", json!({ "kind": "ecr" })).await.expect(404);
        app.place("E2", "P2").await;
        app.limit(&by, &["E2"]).await;
        by.post(ASK, json!({ "kind": "ecr" })).await.expect(404);
        let other = app.client(&[Permission::MonitoringView]).await;
        other.post(ASK, json!({ "kind": "ecr" })).await.expect(403);
    }
}
