//! Lists of logs that are narrowed: what their terminals brought along, and what is too much to look through.
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

    async fn an_archive_of_few_among_many_is_not_told_to_be_too_large(app: TestApp) {
        let t1 = app.device("T1").await;
        send(&t1, "ecr/a", "format=zvt-lines&till=1", "no telegram\n").await;
        app.database().execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 13000)
             INSERT INTO monitoring_log (terminal_id, establishment_id, kind, name, format, encoding, till, day, begun_at,
                 changed_at, whole, size_bytes, stored_bytes, records, unread, pans, tracks, pins, cvvs)
             SELECT terminal_id, establishment_id, kind, 'n' || i, 'text', encoding, till, day, begun_at, changed_at,
                 whole, 0, 0, 0, 0, 0, 0, 0, 0 FROM monitoring_log CROSS JOIN n",
        );
        let by = app.client(&[Permission::MonitoringView, Permission::LogsDownload]).await;
        for (query, code) in [
            ("till=1&format=zvt-lines", "log.narrow-search"),
            ("till=1", "log.too-many-chosen"),
            ("till=2", "log.none-chosen"),
        ] {
            let refused = by.get(&format!("/api/v1/logs.zip?kind=ecr&{query}")).await.expect(422).json();
            assert_eq!(refused["errors"][0]["code"], code, "{query}");
        }
        by.get("/api/v1/logs.zip?kind=ecr&format=zvt-lines").await.expect(200);
    }
}
