//! The life of a terminal: registered, moved, suspended, given another device, retired.
use super::{LIST, activates, found, list, look, put, script, verb, wish};
use crate::harness::{ESTABLISHMENT, POINT, Role};
use crate::on_both_engines;
use futures_util::future::join_all;
use insta::assert_json_snapshot;
use serde_json::json;

on_both_engines! {
    async fn a_terminal_is_registered_once(app: TestApp) {
        let api = script(&app).await;
        app.place(ESTABLISHMENT, POINT).await;
        app.place(ESTABLISHMENT, "P2").await;
        let first = wish("T1", "feitian-f20", POINT);
        let made = put(&api, "T1", first.clone()).await.expect(201).json();
        assert_json_snapshot!(made, @r#"
        {
          "tid": "T1",
          "serial_number": "SN-T1",
          "model": "feitian-f20",
          "establishment": "E1",
          "point_of_service": "P1",
          "life": "registered",
          "presence": "never",
          "interval_s": 300,
          "last_contact_at": null,
          "expected_at": null,
          "has_work": false,
          "tags": [],
          "version": 1,
          "created_at": "2027-01-15T08:00:00.000Z",
          "updated_at": "2027-01-15T08:00:00.000Z",
          "late_at": null,
          "seen_from": null,
          "clock_offset_ms": null,
          "status": null,
          "activation": null,
          "devices": [
            {
              "serial_number": "SN-T1",
              "from_at": "2027-01-15T08:00:00.000Z",
              "until_at": null
            }
          ]
        }
        "#);
        assert_eq!(put(&api, "T1", first.clone()).await.expect(200).json(), made);
        for (key, other) in [
            ("serial_number", json!("SN-9")),
            ("model", json!("ingenico-t3")),
            ("point_of_service", json!("P2")),
            ("interval_s", json!(60)),
        ] {
            let mut body = first.clone();
            body[key] = other;
            assert_eq!(put(&api, "T1", body).await.expect(409).code(), "terminal.tid-taken", "{key}");
        }
        let wrong = json!({ "serial_number": "a b", "model": "x", "point_of_service": "P9", "interval_s": 9 });
        let told = put(&api, "new", wrong).await.expect(422).json();
        assert_eq!(told["code"], "terminal.invalid");
        assert_eq!(told["errors"].as_array().map(Vec::len), Some(5), "{told}");
        put(&api, "T2", json!({ "model": "ingenico-t3" })).await.expect(422);
        let audited = "SELECT action AS name FROM access_audit WHERE object_kind = 'terminal'";
        assert_eq!(app.database().texts(audited), ["terminal.register"]);

        let admin = app.operator(Role::Administrator).await;
        let fields = [("tid", "T1"), ("serial_number", "SN-9"), ("model", "ingenico-t3"),
                      ("point_of_service", POINT), ("interval_s", "300")];
        let shown = admin.submit("/terminals/new", "/terminals/new", &fields).await.expect(422);
        assert!(shown.text().contains("This TID is taken"), "{}", shown.text());
    }

    async fn a_terminal_moves_with_its_counters(app: TestApp) {
        let api = script(&app).await;
        let device = app.device("T1").await;
        device.check_in().await;
        app.register(&["T2"]).await;
        app.place("E2", "P2").await;
        let t1 = format!("{LIST}/T1");
        let before = look(&api, "T1").await;
        let moved = api.patch(&t1, json!({ "point_of_service": "P2", "model": "ingenico-t3",
            "interval_s": 60, "version": before["version"] })).await.expect(200).json();
        assert_eq!((&moved["establishment"], &moved["point_of_service"]), (&json!("E2"), &json!("P2")));
        assert_eq!((&moved["model"], &moved["interval_s"]), (&json!("ingenico-t3"), &json!(60)));
        assert_eq!(list(&api, "establishment=E1").await["total"], 1);
        assert_eq!(found(&api, "establishment=E2&presence=online").await, "T1");
        let told = device.check_in().await;
        assert!((54..=66).contains(&told["next_check_in_s"].as_i64().unwrap_or_default()), "{told}");

        // The same again changes nothing; what was read long ago changes nothing either.
        let again = api.patch(&t1, json!({ "point_of_service": "P2", "interval_s": 60 })).await;
        assert_eq!(again.expect(200).json()["version"], moved["version"]);
        let stale = api.patch(&t1, json!({ "interval_s": 90, "version": before["version"] })).await;
        assert_eq!(stale.expect(409).code(), "terminal.stale");
        // One wrong value, and nothing of it is done.
        api.patch(&t1, json!({ "interval_s": 90, "point_of_service": "P9" })).await.expect(422);
        api.patch(&t1, json!({ "interval_s": 9 })).await.expect(422);
        api.patch(&t1, json!({ "model": "none" })).await.expect(422);
        api.patch(&t1, json!({ "serial_number": "SN-9" })).await.expect(422);
        assert_eq!(look(&api, "T1").await["version"], moved["version"]);
        api.patch(&format!("{LIST}/T9"), json!({})).await.expect(404);
        api.patch(&format!("{LIST}/%20"), json!({})).await.expect(404);
    }

    async fn a_suspended_terminal_is_shut_out_until_it_is_resumed(app: TestApp) {
        let api = script(&app).await;
        let device = app.device("T1").await;
        let checks_in = async || device.post("/terminal/v1/checkin", json!({})).await;
        let version = look(&api, "T1").await["version"].as_i64().expect("a number");
        let stale = verb(&api, "T1", &format!("suspend?version={}", version - 1)).await;
        assert_eq!(stale.expect(409).code(), "terminal.stale");
        assert_eq!(verb(&api, "T1", "resume").await.expect(409).code(), "terminal.not-suspended");
        let now = verb(&api, "T1", &format!("suspend?version={version}")).await.expect(200).json();
        assert_eq!(now["life"], "suspended");
        assert_eq!(checks_in().await.expect(403).code(), "terminal.suspended");
        assert_eq!(verb(&api, "T1", "suspend").await.expect(409).code(), "terminal.is-suspended");
        assert_eq!(verb(&api, "T1", "activation-code").await.expect(409).code(), "activation.suspended");
        assert_eq!(verb(&api, "T1", "resume").await.expect(200).json()["life"], "active");
        checks_in().await.expect(200);

        assert_eq!(verb(&api, "T1", "retire").await.expect(200).json()["life"], "retired");
        let refused = checks_in().await;
        assert!(matches!(refused.status, 401 | 403), "{}", refused.text());
        for done in ["suspend", "resume", "retire", "revoke"] {
            assert_eq!(verb(&api, "T1", done).await.expect(409).code(), "terminal.is-retired", "{done}");
        }
        assert_eq!(verb(&api, "T1", "activation-code").await.expect(409).code(), "activation.retired");
        let again = put(&api, "T1", wish("T1", "feitian-f20", POINT)).await;
        assert_eq!(again.expect(409).code(), "terminal.tid-taken");
        assert_eq!(list(&api, "").await["total"], 0);
        assert_eq!(list(&api, "life=all").await["total"], 1);
        verb(&api, "T9", "suspend").await.expect(404);
    }

    async fn a_replaced_device_is_shut_out_and_a_code_opens_once(app: TestApp) {
        let api = script(&app).await;
        let old = app.device("T1").await;
        app.assign("T1", "old-work").await;
        let unused = verb(&api, "T1", "activation-code").await.expect(201).json();
        let replace = format!("{LIST}/T1/replace");
        let same = api.post(&replace, json!({ "serial_number": old.serial })).await;
        assert_eq!(same.expect(422).json()["errors"][0]["code"], "terminal.same-device");
        let now = api.post(&replace, json!({ "serial_number": "SN-NEW" })).await.expect(200).json();
        assert_eq!((&now["serial_number"], &now["life"]), (&json!("SN-NEW"), &json!("registered")));
        assert_eq!(now["devices"][0]["serial_number"], "SN-NEW");
        assert_eq!(now["devices"][1]["serial_number"], old.serial);
        assert!(!now["devices"][1]["until_at"].is_null());
        let refused = old.post("/terminal/v1/checkin", json!({})).await;
        assert_eq!(refused.expect(401).code(), "terminal.credential-revoked");
        let work = api.get(&format!("{LIST}/T1/work")).await.expect(200).json();
        assert_eq!((&work["total"], &work["items"][0]["state"]), (&json!(1), &json!("cancelled")));

        for serial in [old.serial.as_str(), "SN-NEW"] {
            activates(&app, "T1", serial, &unused["activation_code"]).await.expect(403);
        }
        let answer = verb(&api, "T1", "activation-code").await.expect(201);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let mut made = answer.json();
        let code = made["activation_code"].take();
        assert_json_snapshot!(made, @r#"
        {
          "terminal_id": "T1",
          "serial_number": "SN-NEW",
          "activation_code": null,
          "expires_at": "2027-01-16T08:00:00.000Z"
        }
        "#);
        activates(&app, "T1", &old.serial, &code).await.expect(403);
        activates(&app, "T1", "SN-NEW", &code).await.expect(200);
        activates(&app, "T1", "SN-NEW", &code).await.expect(403);
        let it = look(&api, "T1").await;
        assert_eq!((&it["life"], &it["activation"]["state"]), (&json!("active"), &json!("used")));
        assert!(!it.to_string().contains(code.as_str().expect("a code")));

        assert_eq!(verb(&api, "T1", "revoke").await.expect(200).json()["life"], "registered");
        assert_eq!(verb(&api, "T1", "revoke").await.expect(409).code(), "terminal.no-credential");
    }

    async fn of_many_at_once_one_wins(app: TestApp) {
        let api = script(&app).await;
        app.place(ESTABLISHMENT, POINT).await;
        app.place("E2", "P2").await;
        let same = (0..8).map(|_| put(&api, "T1", wish("T1", "feitian-f20", POINT)));
        let answers = join_all(same).await;
        let of = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((of(201), of(200)), (1, 7));

        let place = format!("{LIST}/T1");
        let moves = (0..8).map(|_| api.patch(&place, json!({ "point_of_service": "P2", "version": 1 })));
        let answers = join_all(moves).await;
        let of = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((of(200), of(409)), (1, 7));
        let audited = "SELECT action AS name FROM access_audit WHERE object_kind = 'terminal' ORDER BY id";
        assert_eq!(app.database().texts(audited), ["terminal.register", "terminal.move"]);

        let retired = join_all((0..4).map(|_| verb(&api, "T1", "retire"))).await;
        assert_eq!(retired.iter().filter(|answer| answer.status == 200).count(), 1);
        assert_eq!(list(&api, "establishment=E2").await["total"], 0);
    }
}
