//! What becomes of a licence when its terminal goes elsewhere, gets another device or leaves, and
//! who is told of it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
mod harness;

use harness::{Answer, Device, Persona, Role, TestApp};
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

        app.database().execute(
            "UPDATE access_operator SET all_establishments = FALSE;
             INSERT INTO access_operator_establishment (operator_id, establishment_id)
                 SELECT o.id, e.id FROM access_operator o, network_establishment e
                 WHERE e.code = 'E2'",
        );
        let narrow = timeline(&viewer).await;
        assert!(!narrow.contains(REGISTERED), "it stood elsewhere then: {narrow}");
        assert!(narrow.contains("The terminal was moved"), "{narrow}");
    }
}
