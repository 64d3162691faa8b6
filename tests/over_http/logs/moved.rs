//! A terminal that moved to another owner: who had it before keeps its old logs, and is told nothing of where it is now.
use super::pages::send;
use super::upload::{put, received};
use crate::harness::{ESTABLISHMENT, Persona, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::json;

/// Moves the terminal to another establishment.
async fn go(app: &TestApp, by: &Persona) {
    app.place("E2", "SECRET-SHOP").await;
    let place = "/api/v1/terminals/T1";
    let version = by.get(place).await.expect(200).json()["version"].clone();
    let moved = json!({ "point_of_service": "SECRET-SHOP", "version": version });
    by.patch(place, moved).await.expect(200);
}

on_both_engines! {
    async fn what_comes_after_a_move_is_the_new_owners(app: TestApp) {
        let t1 = app.device("T1").await;
        let said = |mti: &str, stan: &str, ms: i64| {
            let at = posfleet::clock::Millis(1_764_064_800_000 + ms).rfc3339();
            format!("{}\n", json!({ "at": at, "mti": mti, "stan": stan, "host": "h", "terminal": "T1" }))
        };
        let before = said("0200", "000007", 0);
        put(&t1, "pos/day?format=ndjson&till=K7", before.clone()).await.expect(200);
        put(&t1, "ecr/whole?format=text&whole=true", "one line\n").await.expect(200);
        let old = app.client(&[Permission::MonitoringView, Permission::LogsDownload]).await;
        app.limit(&old, &[ESTABLISHMENT]).await;
        let by = app.client(Permission::ALL).await;
        go(&app, &by).await;
        let new = app.client(&[Permission::MonitoringView, Permission::LogsDownload]).await;
        app.limit(&new, &["E2"]).await;
        // The terminal goes on as if nothing had been, and sends a little of what is there once more.
        let at = before.len();
        assert_eq!(received(&t1, "pos/day").await, i64::try_from(at).unwrap());
        let half = put(&t1, &format!("pos/day?offset={at}"), "{\"mti\"").await.expect(200).json();
        assert_eq!((&half["received"], &half["whole"]), (&json!(at), &json!(false)), "{half}");
        let after = said("0210", "000007", 900) + &said("0200", "000008", 2_000);
        let again = format!("{}{after}", &before[at - 20..]);
        let total = at + after.len();
        let stands = put(&t1, &format!("pos/day?offset={}&total={total}", at - 20), again).await.expect(200).json();
        assert_eq!((&stands["received"], &stands["whole"], &stands["records"]), (&json!(total), &json!(true), &json!(2)));
        assert_eq!(t1.get("/terminal/v1/logs/pos/day").await.expect(200).json()["received"], json!(total));
        assert_eq!(t1.get("/terminal/v1/logs/ecr/whole").await.expect(200).json()["whole"], true);
        // Each owner sees his part, and neither what the other's answer was.
        for (by, bytes, states) in [(&old, before.clone(), vec!["unanswered"]), (&new, after, vec!["alone", "unanswered"])] {
            let items = by.get("/api/v1/logs?kind=pos").await.expect(200).json()["items"].clone();
            assert_eq!(items.as_array().map(Vec::len), Some(1), "{items}");
            assert_eq!((&items[0]["name"], &items[0]["till"]), (&json!("day"), &json!("K7")));
            let plain = by.get(&format!("/api/v1/logs/{}/content?plain=1", items[0]["id"])).await.expect(200);
            assert_eq!(plain.text(), bytes);
            let told = by.get("/api/v1/exchanges?sort=at").await.expect(200).json();
            let told: Vec<_> = told["items"].as_array().unwrap().iter().map(|it| it["state"].clone()).collect();
            assert_eq!(told, states);
        }
        let first = old.get("/api/v1/logs?kind=pos").await.json()["items"][0].clone();
        assert_eq!((&first["ended"], &first["whole"], &first["before_bytes"]), (&json!(true), &json!(false), &json!(0)));
        let second = new.get("/api/v1/logs?kind=pos").await.json()["items"][0].clone();
        assert_eq!((&second["ended"], &second["before_bytes"]), (&json!(false), &json!(at)));
        let page = by.get(&format!("/api/v1/logs/{}", second["id"])).await.expect(200);
        assert_eq!(page.json()["establishment"], "E2");
    }

    async fn who_had_a_terminal_is_not_told_where_it_is_now(app: TestApp) {
        let t1 = app.device("T1").await;
        send(&t1, "ecr/old", "format=text", "one line\n").await;
        let pos = format!("{}\n", json!({ "mti": "0200", "stan": "7", "host": "h" }));
        send(&t1, "pos/old", "format=ndjson", pos).await;
        let sees = app.client(&[Permission::MonitoringView]).await;
        app.limit(&sees, &[ESTABLISHMENT]).await;
        let before = sees.get("/api/v1/logs/1").await.expect(200).json();
        assert!(before["point_of_service"].is_string() && before["model"].is_string(), "{before}");
        let by = app.client(Permission::ALL).await;
        go(&app, &by).await;
        for path in ["/api/v1/logs/1", "/api/v1/logs?kind=ecr", "/api/v1/exchanges"] {
            let told = sees.get(path).await.expect(200).text();
            assert!(told.contains("\"T1\"") && !told.contains("SECRET"), "{path}: {told}");
            assert!(path.contains("exchanges") || told.contains("\"model\":null"), "{path}: {told}");
        }
        let all = by.get("/api/v1/logs/1").await.expect(200).json();
        assert_eq!(all["point_of_service"], "SECRET-SHOP");
    }
}
