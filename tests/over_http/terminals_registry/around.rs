//! What surrounds a terminal: who may see it, its sessions and status, its model.
use super::{LIST, found, look, put, script, verb, wish};
use crate::harness::{ESTABLISHMENT, POINT, Role};
use crate::on_both_engines;
use insta::assert_json_snapshot;
use posfleet::access::Permission;
use serde_json::{Value, json};

on_both_engines! {
    async fn what_is_out_of_scope_does_not_exist(app: TestApp) {
        let all = script(&app).await;
        app.register(&["T1"]).await;
        app.place("E2", "P2").await;
        put(&all, "T2", wish("T2", "feitian-f20", "P2")).await.expect(201);
        let api = script(&app).await;
        app.limit(&api, &[ESTABLISHMENT]).await;
        assert_eq!(found(&api, "").await, "T1");
        assert_eq!(found(&api, "life=all").await, "T1");
        api.get(&format!("{LIST}?establishment=E2")).await.expect(422);
        for path in ["", "/sessions", "/work"] {
            api.get(&format!("{LIST}/T2{path}")).await.expect(404);
            api.get(&format!("{LIST}/T1{path}")).await.expect(200);
        }
        for done in ["suspend", "resume", "retire", "revoke", "activation-code"] {
            assert_eq!(verb(&api, "T2", done).await.expect(404).code(), "terminal.unknown", "{done}");
        }
        api.post(&format!("{LIST}/T2/replace"), json!({ "serial_number": "X" })).await.expect(404);
        api.patch(&format!("{LIST}/T2"), json!({ "interval_s": 60 })).await.expect(404);
        api.patch(&format!("{LIST}/T1"), json!({ "point_of_service": "P2" })).await.expect(422);
        let taken = put(&api, "T2", wish("T2", "feitian-f20", POINT)).await;
        assert_eq!(taken.expect(409).code(), "terminal.tid-taken");
        put(&api, "T3", wish("T3", "feitian-f20", "P2")).await.expect(422);
    }

    async fn sessions_and_status_are_told_as_they_came(app: TestApp) {
        let api = script(&app).await;
        let device = app.device("T1").await;
        let told = json!({
            "session": { "id": "s-1", "reference": "r", "title": "Station", "terminal_version": "3.4",
                "action_result": "ok", "last_action": "terminal_refresh", "country_code": "FR" },
            "status": { "paper": "low", "fan": { "rpm": 900 } },
        });
        device.post("/terminal/v1/checkin", told).await.expect(200);
        for (text, hits) in [("STATION", 1), ("3.4", 1), ("127.0", 1), ("nowhere", 0)] {
            let found = api.get(&format!("{LIST}/T1/sessions?q={text}")).await.expect(200).json();
            assert_eq!(found["total"], hits, "{text}");
        }
        let seen = api.get(&format!("{LIST}/T1/sessions")).await.expect(200).json();
        assert_json_snapshot!(seen, @r#"
        {
          "items": [
            {
              "session_id": "s-1",
              "reference": "r",
              "title": "Station",
              "seen_from": "127.0.0.1",
              "terminal_version": "3.4",
              "action_result": "ok",
              "last_action": "terminal_refresh",
              "country_code": "FR",
              "started_at": "2027-01-15T08:00:00.000Z",
              "changed_at": "2027-01-15T08:00:00.000Z"
            }
          ],
          "next": null,
          "prev": null,
          "total": 1,
          "total_is_exact": true,
          "capped": false
        }
        "#);
        let root = app.operator(Role::Administrator).await;
        let page = root.get("/terminals/T1/sessions").await.expect(200).text();
        assert!(page.contains(">Station</td>"), "{page}");
        let it = look(&api, "T1").await;
        assert_eq!(it["status"]["body"], json!({ "fan": { "rpm": 900 }, "paper": "low" }));
        assert_eq!((&it["presence"], &it["life"]), (&json!("online"), &json!("active")));
        assert_eq!(it["seen_from"], "127.0.0.1");
    }

    async fn models_are_put_by_their_code(app: TestApp) {
        let api = script(&app).await;
        let codes = async || {
            let page = api.get("/api/v1/models").await.expect(200).json();
            let items = page["items"].as_array().expect("a list").clone();
            let code = |item: Value| item["code"].as_str().expect("a code").to_owned();
            items.into_iter().map(code).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(codes().await, "feitian-f20 ingenico-t3 wiseasy-wpos-3");
        let place = "/api/v1/models/pax-a920";
        let body = json!({ "name": "A920", "manufacturer": "PAX", "platform": "Android",
                           "aliases": ["A 920"], "key_loading": true });
        let made = api.put(place, body.clone()).await.expect(201).json();
        assert_json_snapshot!(made, @r#"
        {
          "code": "pax-a920",
          "name": "A920",
          "manufacturer": "PAX",
          "platform": "android",
          "platform_is_confirmed": false,
          "aliases": [
            "A 920"
          ],
          "component_updates": false,
          "third_party_apps": false,
          "key_loading": true,
          "version": 1,
          "created_at": "2027-01-15T08:00:00.000Z"
        }
        "#);
        assert_eq!(api.put(place, body.clone()).await.expect(200).json(), made);
        let mut other = body;
        other["third_party_apps"] = true.into();
        let changed = api.put(place, other.clone()).await.expect(200).json();
        assert_eq!((&changed["version"], &changed["third_party_apps"]), (&json!(2), &json!(true)));
        other["version"] = 1.into();
        assert_eq!(api.put(place, other.clone()).await.expect(409).code(), "terminal.stale");
        assert_eq!(api.put("/api/v1/models/none", other.clone()).await.expect(404).code(), "model.unknown");
        let empty = json!({ "name": "", "manufacturer": " ", "platform": "" });
        let told = api.put("/api/v1/models/UPPER", empty).await.expect(422).json();
        assert_eq!(told["errors"].as_array().map(Vec::len), Some(4), "{told}");
        assert_eq!(codes().await, "feitian-f20 ingenico-t3 pax-a920 wiseasy-wpos-3");

        let viewer = app.client(&[Permission::TerminalsView]).await;
        viewer.get("/api/v1/models").await.expect(200);
        viewer.put(place, other).await.expect(403);
        put(&viewer, "T1", wish("T1", "feitian-f20", POINT)).await.expect(403);
        verb(&viewer, "T1", "activation-code").await.expect(403);
        app.visitor().get(LIST).await.expect(401);
    }
}
