//! What pages tell, told to programs: the dashboard, the search, how a terminal comes in, settings, shared
//! views, and how licence files are named.
use crate::harness::{ESTABLISHMENT, Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::{Value, json};

async fn told(by: &Persona, path: &str) -> Value {
    by.get(path).await.expect(200).json()
}

/// The values of one member of the items of a list.
fn each(list: &Value, member: &str) -> Vec<String> {
    let items = list["items"].as_array().expect("items").iter();
    items
        .map(|it| it[member].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// A program that may do everything, for the owner of another establishment.
async fn elsewhere(app: &TestApp) -> Persona {
    app.place("E2", "P2").await;
    let part = app.client(Permission::ALL).await;
    app.limit(&part, &["E2"]).await;
    part
}

on_both_engines! {
    async fn how_a_terminal_comes_in(app: TestApp) {
        let device = app.device("T1").await;
        device.check_in().await;
        app.register(&["T2"]).await;
        let all = app.client(Permission::ALL).await;
        let looks = app.client(&[Permission::TerminalsView]).await;
        let one = told(&looks, "/api/v1/terminals/T1/connection").await;
        assert_eq!((&one["advice"], &one["presence"]), (&json!("connected"), &json!("online")));
        assert_eq!((&one["refusals"], &one["mistyped"]), (&json!([]), &json!([])));
        let idle = "/api/v1/terminals/T2/connection";
        assert_eq!(told(&looks, idle).await["advice"], "no-code");
        app.activation_code("T2").await;
        assert_eq!(told(&looks, idle).await["advice"], "code-waits");
        let credentials = "/api/v1/terminals/T1/credentials";
        let held = looks.get(credentials).await.expect(200);
        assert!(!held.text().contains(device.token().unwrap()), "{}", held.text());
        let held = held.json();
        assert_eq!(held["total"], 1);
        assert_eq!((&held["items"][0]["state"], &held["items"][0]["kind"]), (&json!("valid"), &json!("token")));
        all.post("/api/v1/terminals/T1/revoke", json!({})).await.expect(200);
        let held = told(&looks, credentials).await;
        assert_eq!((&held["items"][0]["state"], &held["items"][0]["revoked_why"]), (&json!("revoked"), &json!("operator")));
        device.post("/terminal/v1/checkin", json!({})).await.expect(401);
        let refused = told(&looks, "/api/v1/terminals/T1/connection").await;
        assert_eq!(refused["refusals"][0]["code"], "terminal.credential-revoked");
        let timeline = told(&looks, "/api/v1/terminals/T1/timeline").await;
        let kinds = each(&timeline, "kind");
        assert_eq!(kinds.first().map(String::as_str), Some("terminal.credential-revoked"), "{timeline}");
        assert!(kinds.contains(&"terminal.registered".to_owned()), "{timeline}");
        assert_eq!(each(&timeline, "by").last().map(String::as_str), Some("console"), "{timeline}");
        assert_eq!(timeline["items"][0]["text"], "The terminal’s credential was revoked.");
        let part = elsewhere(&app).await;
        let blind = app.client(&[Permission::LicencesView]).await;
        for what in ["connection", "credentials", "timeline"] {
            let path = format!("/api/v1/terminals/T1/{what}");
            assert_eq!(part.get(&path).await.expect(404).code(), "terminal.unknown");
            blind.get(&path).await.expect(403);
            looks.get(&format!("/api/v1/terminals/no tid/{what}")).await.expect(404);
        }
        let model = told(&looks, "/api/v1/models/feitian-f20").await;
        assert_eq!(model["code"], "feitian-f20");
        assert_eq!(looks.get("/api/v1/models/nothing").await.expect(404).code(), "model.unknown");
    }

    async fn the_dashboard_and_the_search(app: TestApp) {
        app.device("T1").await.check_in().await;
        app.register(&["T12"]).await;
        let part = elsewhere(&app).await;
        let sees = app.client(&[Permission::DashboardView]).await;
        let fleet = told(&sees, "/api/v1/dashboard").await;
        let counts = json!({ "total": 2, "online": 1, "listening": 0, "late": 0, "disconnected": 0, "never": 1 });
        assert_eq!(fleet["terminals"], counts);
        assert_eq!((fleet.get("failures"), &fleet["events"]), (None, &json!([])));
        let both = app.client(&[Permission::DashboardView, Permission::TerminalsView]).await;
        let fleet = told(&both, "/api/v1/dashboard").await;
        assert_eq!((&fleet["failures"], &fleet["silent"]), (&json!([]), &json!([])));
        let subjects: Vec<_> = fleet["events"].as_array().unwrap().iter().map(|it| it["subject"].clone()).collect();
        assert!(subjects.contains(&json!("T12")), "{fleet}");
        let theirs = told(&part, "/api/v1/dashboard").await;
        assert_eq!((&theirs["terminals"]["total"], &theirs["silent"]), (&json!(0), &json!([])));
        assert!(!theirs.to_string().contains("T12"), "{theirs}");
        both.get("/api/v1/search").await.expect(400);
        assert_eq!(told(&both, "/api/v1/search?q=T1").await, json!({ "terminal": "T1" }));
        assert_eq!(told(&both, "/api/v1/search?q=%20").await, json!({}));
        let found = told(&both, "/api/v1/search?q=SN-T").await;
        assert_eq!(found["terminals"]["total"], 2);
        assert_eq!(found.get("establishments"), None);
        let network = app.client(&[Permission::NetworkView]).await;
        let found = told(&network, "/api/v1/search?q=T1").await;
        assert_eq!((found.get("terminal"), found.get("terminals")), (None, None));
        let found = told(&network, "/api/v1/search?q=P1").await;
        assert_eq!(found["points_of_service"]["items"][0]["establishment"], ESTABLISHMENT);
        let found = told(&part, "/api/v1/search?q=T1").await;
        assert_eq!((found.get("terminal"), &found["terminals"]["total"]), (None, &json!(0)));
        assert_eq!(told(&sees, "/api/v1/search?q=T1").await, json!({}));
        both.get("/api/v1/dashboard").await.expect(200);
        network.get("/api/v1/dashboard").await.expect(403);
    }

    async fn groups_of_settings_and_what_they_were(app: TestApp) {
        let api = app.client(&[Permission::SettingsManage]).await;
        let all = told(&api, "/api/v1/settings").await;
        let names = each(&all, "group");
        for name in ["branding", "defaults", "governance", "profile"] {
            assert!(names.contains(&name.to_owned()), "{all}");
        }
        let branding = "/api/v1/settings/branding";
        let history = "/api/v1/settings/branding/history";
        assert_eq!(told(&api, history).await["total"], 0);
        for name in ["First Bank", "Second Bank"] {
            api.patch(branding, json!({ "values": { "operator_name": name } })).await.expect(200);
        }
        let was = told(&api, history).await;
        assert_eq!(was["total"], 2);
        assert_eq!((&was["items"][0]["values"]["operator_name"], &was["items"][0]["by"]), (&json!("Second Bank"), &json!(api.login())));
        assert_eq!(was["items"][1]["values"]["operator_name"], "First Bank");
        api.get("/api/v1/settings/nothing/history").await.expect(404);
        let other = app.client(&[Permission::AuditView]).await;
        other.get("/api/v1/settings").await.expect(403);
        other.get(history).await.expect(403);
    }

    async fn lists_and_the_views_that_people_share(app: TestApp) {
        app.register(&["T1"]).await;
        let boss = app.operator(Role::Administrator).await;
        app.limit(&boss, &[ESTABLISHMENT]).await;
        for (name, shared) in [("Late ones", "true"), ("My own", "false")] {
            let fields = [("name", name), ("query", "presence=late"), ("is_shared", shared)];
            boss.submit("/terminals", "/lists/terminals/views", &fields).await.expect(303);
        }
        let views = "/api/v1/lists/terminals/views";
        let api = app.client(&[Permission::TerminalsView]).await;
        let all = told(&api, views).await;
        assert_eq!((each(&all, "name"), each(&all, "query")), (vec!["Late ones".to_owned()], vec!["presence=late".to_owned()]));
        let lists = told(&api, "/api/v1/lists").await;
        assert!(each(&lists, "name").contains(&"terminals".to_owned()), "{lists}");
        assert!(!each(&lists, "name").contains(&"operators".to_owned()), "{lists}");
        assert_eq!(lists["items"][0]["columns"].as_array().map(Vec::is_empty), Some(false));
        let part = elsewhere(&app).await;
        assert_eq!(told(&part, views).await["total"], 0);
        let blind = app.client(&[Permission::LicencesView]).await;
        assert_eq!(blind.get(views).await.expect(403).code(), "list.not-yours");
        assert_eq!(api.get("/api/v1/lists/nothing/views").await.expect(404).code(), "list.unknown");
    }

    async fn how_licence_files_are_named(app: TestApp) {
        let api = app.client(&[Permission::LicencesManage]).await;
        let naming = "/api/v1/licences/naming";
        let first = told(&api, naming).await;
        let version = first["version"].as_i64().unwrap();
        let wish = json!({ "pattern": "{serial}-{lic_id}.bin", "version": version });
        let it = api.put(naming, wish.clone()).await.expect(200).json();
        assert_eq!((&it["version"], &it["changed_by"]), (&json!(version + 1), &json!(api.login())));
        assert_eq!(api.put(naming, json!({ "pattern": "{serial}.lic", "version": version })).await.expect(409).code(), "licence.stale");
        assert_eq!(told(&api, naming).await, it);
        api.put(naming, json!({ "pattern": "{serial}-{lic_id}.bin" })).await.expect(200);
        api.put(naming, json!({ "pattern": "{nobody}" })).await.expect(422);
        let read = told(&api, "/api/v1/licences/naming/read?file_name=SN-7.bin").await;
        assert_eq!((&read["fits"], &read["serial_number"], &read["lic_id"]), (&json!(true), &json!("SN"), &json!("7")));
        let read = told(&api, "/api/v1/licences/naming/read?file_name=SN-7.lic&pattern=%7Bserial%7D.lic").await;
        assert_eq!((&read["fits"], &read["serial_number"]), (&json!(true), &json!("SN-7")));
        assert_eq!(told(&api, "/api/v1/licences/naming/read?file_name=x").await["fits"], false);
        api.get("/api/v1/licences/naming/read?file_name=x&pattern=%7B").await.expect(422);
        let part = elsewhere(&app).await;
        assert_eq!(part.put(naming, wish).await.expect(403).code(), "licence.scope-too-narrow");
        app.client(&[Permission::LicencesView]).await.get(naming).await.expect(403);
        let told = "SELECT count(*) AS n FROM access_audit WHERE action = 'licence.naming'";
        assert_eq!(app.database().count(told), 1);
    }
}
