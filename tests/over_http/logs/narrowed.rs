//! Lists of logs that are narrowed.
use super::pages::send;
use crate::harness::ESTABLISHMENT;
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::json;

on_both_engines! {
    async fn a_point_has_what_its_terminals_sent_from_elsewhere(app: TestApp) {
        let t1 = app.device("T1").await;
        send(&t1, "ecr/old", "format=text", "one line\n").await;
        app.place("E2", "P2").await;
        let by = app.client(Permission::ALL).await;
        let place = "/api/v1/terminals/T1";
        let version = by.get(place).await.expect(200).json()["version"].clone();
        by.patch(place, json!({ "point_of_service": "P2", "version": version })).await.expect(200);
        // More of them than establishments are read side by side.
        for n in 0..70 {
            let wish = json!({ "serial_number": format!("S{n}"), "model": "feitian-f20", "point_of_service": "P2" });
            by.put(&format!("/api/v1/terminals/X{n:02}"), wish).await.expect(201);
        }
        for (query, n) in [("P2", 1), ("P1", 0), ("P2&establishment=E2", 0)] {
            let told = by.get(&format!("/api/v1/logs?kind=ecr&point_of_service={query}")).await.expect(200).json();
            assert_eq!((told["items"].as_array().map(Vec::len), &told["total"]), (Some(n), &json!(n)), "{query}: {told}");
        }
        // It stays whose it was.
        let new = app.client(&[Permission::MonitoringView]).await;
        app.limit(&new, &["E2"]).await;
        let old = app.client(&[Permission::MonitoringView]).await;
        app.limit(&old, &[ESTABLISHMENT]).await;
        let seen = new.get("/api/v1/logs?kind=ecr&point_of_service=P2").await.expect(200).json();
        assert_eq!(seen["items"], json!([]));
        assert_eq!(old.get("/api/v1/logs?kind=ecr&terminal=T1").await.expect(422).json()["errors"][0]["field"], "terminal");
        assert_eq!(old.get("/api/v1/logs?kind=ecr").await.expect(200).json()["total"], 1);
    }
}
