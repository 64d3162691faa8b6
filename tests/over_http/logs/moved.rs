//! A terminal that moved to another owner: who had it before keeps its old logs, and is told nothing of where it is now.
use super::pages::send;
use crate::harness::ESTABLISHMENT;
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::json;

on_both_engines! {
    async fn who_had_a_terminal_is_not_told_where_it_is_now(app: TestApp) {
        let t1 = app.device("T1").await;
        send(&t1, "ecr/old", "format=text", "one line\n").await;
        let pos = format!("{}\n", json!({ "mti": "0200", "stan": "7", "host": "h" }));
        send(&t1, "pos/old", "format=ndjson", pos).await;
        let sees = app.client(&[Permission::MonitoringView]).await;
        app.limit(&sees, &[ESTABLISHMENT]).await;
        let before = sees.get("/api/v1/logs/1").await.expect(200).json();
        assert!(before["point_of_service"].is_string() && before["model"].is_string(), "{before}");
        app.place("E2", "SECRET-SHOP").await;
        let by = app.client(Permission::ALL).await;
        let place = "/api/v1/terminals/T1";
        let version = by.get(place).await.expect(200).json()["version"].clone();
        let moved = json!({ "point_of_service": "SECRET-SHOP", "version": version });
        by.patch(place, moved).await.expect(200);
        for path in ["/api/v1/logs/1", "/api/v1/logs?kind=ecr", "/api/v1/exchanges"] {
            let told = sees.get(path).await.expect(200).text();
            assert!(told.contains("\"T1\"") && !told.contains("SECRET"), "{path}: {told}");
            assert!(path.contains("exchanges") || told.contains("\"model\":null"), "{path}: {told}");
        }
        let all = by.get("/api/v1/logs/1").await.expect(200).json();
        assert_eq!(all["point_of_service"], "SECRET-SHOP");
    }
}
