//! A licence is bound to a serial number: it waits for its device, follows it, or moves to another
//! one where somebody says so; and each of a terminal's programs has its own.

use crate::harness::{Answer, Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use reqwest::Method;
use serde_json::{Value, json};

const TERMINALS: &str = "/api/v1/terminals";

async fn script(app: &TestApp) -> Persona {
    let may = [
        Permission::LicencesView,
        Permission::LicencesManage,
        Permission::TerminalsView,
        Permission::TerminalsManage,
        Permission::TerminalsActivate,
    ];
    app.client(&may).await
}

/// Deposits a licence for a serial number.
async fn deposit(by: &Persona, query: &str, bytes: &[u8]) -> Answer {
    let path = format!("/api/v1/licences?file_name=a.lic&{query}");
    let request = by
        .request(Method::PUT, &path)
        .header("content-type", "application/octet-stream");
    by.send(request.body(bytes.to_vec())).await
}

async fn look(by: &Persona, id: i64) -> Value {
    let answer = by.get(&format!("/api/v1/licences/{id}")).await;
    answer.expect(200).json()
}

async fn register(by: &Persona, tid: &str, serial: &str) {
    let wish = json!({ "serial_number": serial, "model": "feitian-f20", "point_of_service": "P1" });
    by.put(&format!("{TERMINALS}/{tid}"), wish)
        .await
        .expect(201);
}

async fn replace(by: &Persona, tid: &str, wish: Value) -> Answer {
    by.post(&format!("{TERMINALS}/{tid}/replace"), wish).await
}

fn bare(app: &TestApp) -> Vec<String> {
    app.database()
        .texts("SELECT tid || ' ' || serial_number AS name FROM licence_bare ORDER BY 1")
}

on_both_engines! {
    async fn a_file_waits_for_its_device(app: TestApp) {
        let api = script(&app).await;
        app.place("E1", "P1").await;
        deposit(&api, "serial_number=sn-t1&lic_id=L1", b"one").await.expect(201);
        let licence = look(&api, 1).await;
        assert_eq!((&licence["state"], &licence["terminal"]), (&json!("unmatched"), &json!(null)));
        // Registered over the API, and then activated as any other.
        register(&api, "T1", "SN-T1").await;
        let licence = look(&api, 1).await;
        let seen = (&licence["state"], &licence["terminal"], &licence["platform"]);
        assert_eq!(seen, (&json!("waiting"), &json!("T1"), &json!("android")));
        assert_eq!(bare(&app), Vec::<String>::new());
        let code = app.activation_code("T1").await;
        let device = app.activate("T1", &code).await;
        let work = device.check_in().await["work"].clone();
        assert_eq!(work[0]["link"], "/terminal/v1/licences/1", "{work}");
        let got = device.get("/terminal/v1/licences/1").await.expect(200);
        assert_eq!(got.body.as_ref(), b"one");
        // The same instance cannot be given another licence unasked.
        let again = deposit(&api, "serial_number=SN-T1", b"two").await.expect(409);
        assert_eq!(again.code(), "licence.exists");
        deposit(&api, "serial_number=SN-T1&platform=Android", b"one").await.expect(200);
    }

    async fn who_has_no_licence_is_known(app: TestApp) {
        let api = script(&app).await;
        app.place("E1", "P1").await;
        register(&api, "T1", "SN-1").await;
        register(&api, "T2", "SN-2").await;
        assert_eq!(bare(&app), ["T1 SN-1", "T2 SN-2"]);
        deposit(&api, "serial_number=SN-1", b"one").await.expect(201);
        assert_eq!(bare(&app), ["T2 SN-2"]);
        api.delete("/api/v1/licences/1").await.expect(204);
        assert_eq!(bare(&app), ["T1 SN-1", "T2 SN-2"]);
        replace(&api, "T2", json!({ "serial_number": "SN-3" })).await.expect(200);
        api.post(&format!("{TERMINALS}/T1/retire"), json!({})).await.expect(200);
        assert_eq!(bare(&app), ["T2 SN-3"]);
    }

    async fn what_becomes_of_the_old_devices_licences_is_chosen(app: TestApp) {
        let (admin, api) = (app.operator(Role::Administrator).await, script(&app).await);
        app.place("E1", "P1").await;
        register(&api, "T1", "SN-OLD").await;
        let form = admin.get("/terminals/T1/replace").await.expect(200).text();
        assert!(!form.contains("name=\"licences\""), "there is nothing to choose yet");
        deposit(&api, "serial_number=SN-OLD", b"one").await.expect(201);
        let form = admin.get("/terminals/T1/replace").await.expect(200).text();
        assert!(form.contains("name=\"licences\"") && form.contains("Move them to the new device"));

        let wish = json!({ "serial_number": "SN-NEW", "licences": "burn" });
        let refused = replace(&api, "T1", wish).await.expect(422).json();
        assert_eq!(refused["errors"][0], json!({ "field": "licences", "code": "terminal.no-such-choice" }));
        let wish = json!({ "serial_number": "SN-NEW", "slips": "move" });
        replace(&api, "T1", wish).await.expect(422);

        let wish = json!({ "serial_number": "SN-NEW", "licences": "leave" });
        replace(&api, "T1", wish).await.expect(200);
        let licence = look(&api, 1).await;
        let seen = (&licence["state"], &licence["terminal"], &licence["serial_number"]);
        assert_eq!(seen, (&json!("unmatched"), &json!(null), &json!("SN-OLD")));
        assert_eq!(bare(&app), ["T1 SN-NEW"]);
        // The old device comes back elsewhere, and its licence with it.
        register(&api, "T2", "SN-OLD").await;
        assert_eq!(look(&api, 1).await["terminal"], "T2");

        let fields = [("version", "1"), ("serial_number", "SN-3"), ("licences", "move")];
        admin.submit("/terminals/T2/replace", "/terminals/T2/replace", &fields).await.expect(303);
        let licence = look(&api, 1).await;
        let seen = (&licence["state"], &licence["terminal"], &licence["serial_number"]);
        assert_eq!(seen, (&json!("waiting"), &json!("T2"), &json!("SN-3")));
        let audited = app.database().texts(
            "SELECT action AS name FROM access_audit WHERE action LIKE 'licence.%' ORDER BY id",
        );
        assert_eq!(audited, ["licence.upload", "licence.detach", "licence.attach", "licence.rebind"]);
    }

    async fn the_new_devices_own_licence_comes_first(app: TestApp) {
        let api = script(&app).await;
        app.place("E1", "P1").await;
        register(&api, "T1", "SN-OLD").await;
        deposit(&api, "serial_number=SN-OLD", b"old").await.expect(201);
        deposit(&api, "serial_number=SN-OLD&software=kiosk", b"kiosk").await.expect(201);
        deposit(&api, "serial_number=SN-NEW&platform=android", b"new").await.expect(201);
        replace(&api, "T1", json!({ "serial_number": "SN-NEW", "licences": "move" })).await.expect(200);
        let (old, kiosk, new) = (look(&api, 1).await, look(&api, 2).await, look(&api, 3).await);
        assert_eq!((&old["state"], &old["serial_number"]), (&json!("unmatched"), &json!("SN-OLD")));
        assert_eq!((&kiosk["state"], &kiosk["serial_number"]), (&json!("waiting"), &json!("SN-NEW")));
        assert_eq!((&new["state"], &new["terminal"]), (&json!("waiting"), &json!("T1")));
    }

    async fn each_program_of_a_terminal_has_its_licence(app: TestApp) {
        let (api, admin) = (script(&app).await, app.operator(Role::Administrator).await);
        let (device, other) = (app.device("T1").await, app.device("T2").await);
        deposit(&api, "serial_number=SN-T1&software=Kiosk", b"kiosk").await.expect(201);
        let only = device.get("/terminal/v1/licence").await.expect(200);
        assert_eq!(only.body.as_ref(), b"kiosk", "the only one needs no name");
        deposit(&api, "serial_number=SN-T1&software=Fuel", b"fuel").await.expect(201);
        let which = device.get("/terminal/v1/licence").await.expect(409);
        assert_eq!(which.code(), "licence.which");
        let fuel = device.get("/terminal/v1/licence?software=fuel").await.expect(200);
        assert_eq!(fuel.body.as_ref(), b"fuel");
        deposit(&api, "serial_number=SN-T1&lic_id=7&valid_until=2027-03-31", b"pos").await.expect(201);
        let pos = device.get("/terminal/v1/licence").await.expect(200);
        assert_eq!(pos.body.as_ref(), b"pos");
        let listed = device.get("/terminal/v1/licences").await.expect(200).json();
        let listed = listed["licences"].as_array().unwrap();
        assert_eq!(listed.len(), 3);
        assert_eq!(listed[2]["valid_until"], "2027-03-31");
        for licence in listed {
            let link = licence["link"].as_str().unwrap();
            device.get(link).await.expect(200);
            assert_eq!(other.get(link).await.expect(404).code(), "licence.none");
        }
        assert_eq!(other.get("/terminal/v1/licences").await.expect(200).json()["licences"], json!([]));
        app.visitor().get("/terminal/v1/licences").await.expect(401);
        let work = device.check_in().await["work"].clone();
        assert_eq!(work.as_array().unwrap().len(), 3, "{work}");
        assert_eq!(work[0]["payload"]["software"], "Kiosk");
        // Replacing one of them leaves the others alone.
        deposit(&api, "serial_number=SN-T1&software=fuel&replace=true", b"fuel 2").await.expect(201);
        let links: Vec<_> = device.check_in().await["work"].as_array().unwrap().iter()
            .map(|item| item["link"].clone()).collect();
        assert_eq!(links, ["/terminal/v1/licences/1", "/terminal/v1/licences/3", "/terminal/v1/licences/4"]);
        let tab = admin.get("/terminals/T1/panels/licence").await.expect(200).text();
        for id in [1, 3, 4] {
            assert!(tab.contains(&format!("/licences/{id}/delete")), "{tab}");
        }
    }

    async fn of_other_establishments_nothing_is_learnt(app: TestApp) {
        let api = script(&app).await;
        app.register(&["T1"]).await;
        app.place("E2", "P2").await;
        deposit(&api, "serial_number=SN-9", b"waits").await.expect(201);
        app.limit(&api, &["E2"]).await;
        for serial in ["SN-T1", "SN-NOBODY"] {
            let refused = deposit(&api, &format!("serial_number={serial}"), b"x").await.expect(422);
            assert_eq!(refused.code(), "licence.no-serial");
        }
        api.get("/api/v1/licences/1").await.expect(404);
        api.delete("/api/v1/licences/1").await.expect(404);
        assert_eq!(api.get("/api/v1/licences").await.expect(200).json()["total"], 0);
    }

    async fn of_two_deposits_for_one_key_one_wins(app: TestApp) {
        let api = script(&app).await;
        app.register(&["T1"]).await;
        for serial in ["SN-T1", "SN-UNKNOWN"] {
            let query = format!("serial_number={serial}");
            let many = (0..8_u8).map(|n| deposit(&api, &query, vec![n; 9].leak()));
            let answers = futures_util::future::join_all(many).await;
            let count = |status| answers.iter().filter(|answer| answer.status == status).count();
            assert_eq!((count(201), count(409)), (1, 7), "{serial}");
        }
        assert_eq!(app.database().count("SELECT count(*) AS n FROM licence_file WHERE is_current"), 2);
    }

    async fn a_deposit_and_a_registration_at_once_find_each_other(app: TestApp) {
        let api = script(&app).await;
        app.place("E1", "P1").await;
        for n in 0..12 {
            let (tid, serial) = (format!("T{n}"), format!("SN-{n}"));
            let query = format!("serial_number={serial}");
            let (put, ()) = tokio::join!(
                deposit(&api, &query, serial.as_bytes()),
                register(&api, &tid, &serial),
            );
            if put.status == 503 {
                deposit(&api, &query, serial.as_bytes()).await.expect(201);
            }
        }
        let lost = app.database().count("SELECT count(*) AS n FROM licence_file WHERE terminal_id IS NULL");
        assert_eq!(lost, 0, "none waits for a device that serves");
        assert_eq!(app.database().count("SELECT count(*) AS n FROM licence_file"), 12);
    }

    async fn what_is_said_of_a_licence_is_checked(app: TestApp) {
        let api = script(&app).await;
        for (query, field) in [
            ("serial_number=", "serial_number"),
            ("serial_number=a%20b", "serial_number"),
            ("serial_number=S&valid_from=1.2.2027", "valid_from"),
            ("serial_number=S&valid_from=2027-02-01&valid_until=2027-01-31", "valid_until"),
        ] {
            let refused = deposit(&api, query, b"x").await.expect(422).json();
            assert_eq!(refused["errors"][0]["field"], field, "{query}");
        }
        app.register(&["T1"]).await;
        let path = format!("{TERMINALS}/T1/licence?file_name=a&serial_number=SN-OTHER");
        let request = api.request(Method::PUT, &path).body("x");
        assert_eq!(api.send(request).await.expect(422).code(), "licence.other-device");
        assert_eq!(app.database().count("SELECT count(*) AS n FROM storage_blob WHERE ref_count > 0"), 0);
    }
}
