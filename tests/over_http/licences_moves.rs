//! What becomes of a licence when its terminal goes elsewhere, gets another device or leaves, and
//! who is told of it.

use crate::harness::{Answer, Device, Persona, Role, TestApp};
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

async fn put(by: &Persona, tid: &str, bytes: &'static [u8]) -> Answer {
    let path = format!("{TERMINALS}/{tid}/licence?file_name=a.lic");
    let request = by
        .request(Method::PUT, &path)
        .header("content-type", "application/octet-stream");
    by.send(request.body(bytes)).await
}

/// What the Management API says of a licence.
async fn look(by: &Persona, id: i64) -> Value {
    let answer = by.get(&format!("/api/v1/licences/{id}")).await;
    answer.expect(200).json()
}

async fn fetch(device: &Device) -> Answer {
    device.get("/terminal/v1/licence").await
}

async fn timeline(by: &Persona) -> String {
    let answer = by.get("/terminals/T1/timeline").await;
    answer.expect(200).text()
}

/// A script that sees one establishment only.
async fn script_of(app: &TestApp, establishment: &str) -> Persona {
    let api = script(app).await;
    app.limit(&api, &[establishment]).await;
    api
}

/// Puts another device at the place and activates it.
async fn replace(app: &TestApp, api: &Persona) -> Persona {
    let new = json!({ "serial_number": "SN-NEW" });
    let path = format!("{TERMINALS}/T1/replace");
    api.post(&path, new).await.expect(200);
    let code = app.activation_code("T1").await;
    let wish = json!({
        "terminal_id": "T1", "serial_number": "SN-NEW", "activation_code": code,
    });
    let answer = app.visitor().post("/terminal/v1/activate", wish).await;
    let token = answer.expect(200).json()["token"].clone();
    app.visitor().bearing(token.as_str().unwrap())
}

async fn check_in(device: &Persona) -> Value {
    let answer = device.post("/terminal/v1/checkin", json!({})).await;
    answer.expect(200).json()["work"].clone()
}

/// As a timeline tells it.
const LICENCE_UPLOADED: &str = "Licence uploaded";
const REGISTERED: &str = "The terminal was registered";

on_both_engines! {
    async fn what_was_sent_again_is_not_forgotten(app: TestApp) {
        let (admin, api) = (app.operator(Role::Administrator).await, script(&app).await);
        let device = app.device("T1").await;
        put(&api, "T1", b"a").await.expect(201);
        device.check_in().await;
        fetch(&device).await.expect(200);
        let why = json!({ "state": "refused", "code": "E12" });
        device.post("/terminal/v1/work/1/report", why).await.expect(200);
        admin.submit("/licences/1", "/licences/1/send-again", &[]).await.expect(303);
        let licence = look(&api, 1).await;
        assert_eq!((&licence["state"], &licence["fetched_at"]), (&json!("waiting"), &json!(null)));
        let warning = admin.get("/licences/1/delete").await.expect(200).text();
        assert!(warning.contains("has fetched this licence"), "{warning}");

        api.delete("/api/v1/licences/1").await.expect(204);
        let tombstone = look(&api, 1).await;
        assert_eq!(tombstone["state"], "deleted");
        assert!(!tombstone["fetched_at"].is_null(), "when the terminal got it is told: {tombstone}");
    }

    async fn a_file_fetched_after_its_delivery_failed_leaves_a_trace_too(app: TestApp) {
        let (api, device) = (script(&app).await, app.device("T1").await);
        put(&api, "T1", b"a").await.expect(201);
        device.check_in().await;
        device.report(1, "done").await.expect(200);
        assert_eq!(look(&api, 1).await["state"], "failed");
        fetch(&device).await.expect(200);
        api.delete("/api/v1/licences/1").await.expect(204);
        assert_eq!(look(&api, 1).await["state"], "deleted");
    }

    async fn a_star_is_no_proof_of_having_the_file(app: TestApp) {
        let (api, device) = (script(&app).await, app.device("T1").await);
        put(&api, "T1", b"a").await.expect(201);
        let ask = async |tag: &str| {
            let request = device.request(Method::GET, "/terminal/v1/licence");
            device.send(request.header("if-none-match", tag)).await.expect(304)
        };
        let tag = ask("*").await.header("etag").unwrap().to_owned();
        assert_eq!(look(&api, 1).await["state"], "waiting");
        ask(&tag).await;
        assert_eq!(look(&api, 1).await["state"], "fetched", "whoever knows the tag has the file");
    }

    async fn a_timeline_tells_its_reader_what_he_may_hear(app: TestApp) {
        let (viewer, api) = (app.operator(Role::Viewer).await, script(&app).await);
        app.register(&["T1"]).await;
        app.place("E2", "P2").await;
        put(&api, "T1", b"a").await.expect(201);
        api.patch(&format!("{TERMINALS}/T1"), json!({ "point_of_service": "P2" })).await.expect(200);
        let all = timeline(&viewer).await;
        assert!(all.contains(LICENCE_UPLOADED) && all.contains(REGISTERED), "{all}");

        app.database().execute(
            "UPDATE access_role SET permissions = replace(permissions, 'licences.view', 'terminals.view')
                 WHERE code = 'viewer'",
        );
        let without = timeline(&viewer).await;
        assert!(!without.contains(LICENCE_UPLOADED), "{without}");
        assert!(without.contains(REGISTERED), "{without}");

        app.limit(&viewer, &["E2"]).await;
        let narrow = timeline(&viewer).await;
        assert!(!narrow.contains(REGISTERED), "it stood elsewhere then: {narrow}");
        assert!(narrow.contains("The terminal was moved"), "{narrow}");
    }

    async fn what_a_terminal_holds_moves_with_it(app: TestApp) {
        let (api, device) = (script(&app).await, app.device("T1").await);
        app.place("E2", "P2").await;
        put(&api, "T1", b"old").await.expect(201);
        device.check_in().await;
        fetch(&device).await.expect(200);
        device.report(1, "done").await.expect(200);
        api.delete("/api/v1/licences/1").await.expect(204);
        put(&api, "T1", b"new").await.expect(201);
        api.patch(&format!("{TERMINALS}/T1"), json!({ "point_of_service": "P2" })).await.expect(200);

        let (left, joined) = (script_of(&app, "E1").await, script_of(&app, "E2").await);
        left.get("/api/v1/licences/2").await.expect(404);
        left.delete("/api/v1/licences/2").await.expect(404);
        assert_eq!(look(&left, 1).await["state"], "deleted", "a tombstone stays where it fell");
        joined.get("/api/v1/licences/1").await.expect(404);
        assert_eq!(look(&joined, 2).await["state"], "waiting");
        let work = app.database().texts(
            "SELECT e.code AS name FROM terminal_work w
                 JOIN network_establishment e ON e.id = w.establishment_id ORDER BY w.number",
        );
        assert_eq!(work, ["E1", "E2"], "only what is still to be done goes along");

        device.check_in().await;
        fetch(&device).await.expect(200);
        device.report(2, "done").await.expect(200);
        assert_eq!(look(&joined, 2).await["state"], "confirmed");
        joined.delete("/api/v1/licences/2").await.expect(204);
    }

    async fn another_device_is_given_the_licence_again(app: TestApp) {
        let (api, old) = (script(&app).await, app.device("T1").await);
        put(&api, "T1", b"a").await.expect(201);
        old.check_in().await;
        fetch(&old).await.expect(200);
        old.report(1, "done").await.expect(200);
        assert_eq!(look(&api, 1).await["state"], "confirmed");

        let new = replace(&app, &api).await;
        let licence = look(&api, 1).await;
        let seen = (&licence["state"], &licence["fetched_at"], &licence["confirmed_at"]);
        assert_eq!(seen, (&json!("waiting"), &json!(null), &json!(null)));
        let work = check_in(&new).await;
        assert_eq!((&work[0]["id"], &work[0]["kind"]), (&json!(2), &json!("licence")), "{work}");
        new.get("/terminal/v1/licence").await.expect(200);
        new.post("/terminal/v1/work/2/report", json!({ "state": "done" })).await.expect(200);
        assert_eq!(look(&api, 1).await["state"], "confirmed");
        assert_eq!(check_in(&new).await, json!([]));
    }

    async fn a_delivery_under_way_begins_anew_for_another_device(app: TestApp) {
        let (api, old) = (script(&app).await, app.device("T1").await);
        put(&api, "T1", b"a").await.expect(201);
        old.check_in().await;
        fetch(&old).await.expect(200);
        let new = replace(&app, &api).await;
        assert_eq!(look(&api, 1).await["state"], "waiting");
        let work = check_in(&new).await;
        assert_eq!((work.as_array().unwrap().len(), &work[0]["id"]), (1, &json!(2)), "{work}");
        let told = app.database().count(
            "SELECT count(*) AS n FROM event_outbox WHERE kind = 'licence.failed'",
        );
        assert_eq!(told, 0, "the terminal refused nothing");
    }

    async fn who_retires_waits_for_no_licence(app: TestApp) {
        let (admin, api) = (app.operator(Role::Administrator).await, script(&app).await);
        let device = app.device("T1").await;
        put(&api, "T1", b"a").await.expect(201);
        device.check_in().await;
        fetch(&device).await.expect(200);
        api.post(&format!("{TERMINALS}/T1/retire"), json!({})).await.expect(200);
        let licence = look(&api, 1).await;
        let seen = (&licence["state"], &licence["terminal"]);
        assert_eq!(seen, (&json!("unmatched"), &json!(null)), "it waits for its device");
        assert!(timeline(&admin).await.contains("The delivery of the licence was taken back"));
    }
}
