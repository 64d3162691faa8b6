//! Operators, API clients and the audit log over the Management API.
use crate::harness::{ESTABLISHMENT, Persona, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::{Value, json};

const CLIENTS: &str = "/api/v1/clients";
const OPERATORS: &str = "/api/v1/operators";

async fn governor(app: &TestApp) -> Persona {
    let may = [
        Permission::AccessView,
        Permission::AccessManage,
        Permission::AuditView,
        Permission::NetworkView,
    ];
    app.client(&may).await
}

/// The values of one member of the items of a list.
fn each(list: &Value, member: &str) -> Vec<String> {
    let items = list["items"].as_array().expect("items").iter();
    items
        .map(|it| it[member].as_str().unwrap_or_default().to_owned())
        .collect()
}

on_both_engines! {
    async fn clients_are_governed_by_a_program(app: TestApp) {
        app.register(&["T1"]).await;
        let api = governor(&app).await;
        let wish = json!({
            "name": "robot", "scopes": ["network.view"], "establishments": [ESTABLISHMENT], "lasts": "30",
        });
        let made = api.post(CLIENTS, wish.clone()).await.expect(201);
        assert_eq!(made.header("cache-control"), Some("no-store"));
        let made = made.json();
        let robot = app.visitor().bearing(made["token"].as_str().unwrap());
        let me = robot.get("/api/v1/whoami").await.expect(200).json();
        assert_eq!(me["establishments"], json!([ESTABLISHMENT]));
        assert_eq!(made["client"]["establishments"], json!([ESTABLISHMENT]));
        assert_eq!(made["client"]["tokens"][0]["expires_at"], made["expires_at"]);
        assert_eq!(api.post(CLIENTS, wish).await.expect(409).code(), "access.client-name-taken");
        let beyond = json!({ "name": "x", "scopes": ["terminals.manage"] });
        assert_eq!(api.post(CLIENTS, beyond).await.expect(403).code(), "access.beyond-own");
        let one = format!("{CLIENTS}/{}", made["client"]["id"]);
        let patch = json!({ "establishments": "all", "per_minute": 90, "version": 1 });
        let it = api.patch(&one, patch.clone()).await.expect(200).json();
        assert_eq!((&it["establishments"], &it["per_minute"]), (&json!("all"), &json!(90)));
        let stale = json!({ "per_minute": 91, "version": 1 });
        assert_eq!(api.patch(&one, stale).await.expect(409).code(), "access.stale");
        assert_eq!(api.patch(&one, json!({ "per_minute": 0 })).await.expect(200).json()["per_minute"], Value::Null);
        api.patch(&one, json!({ "state": "off" })).await.expect(422);
        let second = api.post(&format!("{one}/tokens"), json!({ "lasts": "always" })).await.expect(201).json();
        assert_eq!(second.get("expires_at"), None);
        let first = made["client"]["tokens"][0]["id"].clone();
        api.delete(&format!("{one}/tokens/{first}")).await.expect(204);
        robot.get("/api/v1/whoami").await.expect(401);
        let new = app.visitor().bearing(second["token"].as_str().unwrap());
        new.get("/api/v1/whoami").await.expect(200);
        api.patch(&one, json!({ "state": "disabled" })).await.expect(200);
        new.get("/api/v1/whoami").await.expect(401);
        let page = api.get(&format!("{CLIENTS}?page_size=1")).await.expect(200).json();
        assert_eq!((page["total"].clone(), page["items"].as_array().unwrap().len()), (json!(2), 1));
        let next = page["next"].as_str().unwrap();
        let rest = api.get(&format!("{CLIENTS}?page_size=1&cursor={next}")).await.expect(200).json();
        assert_eq!([each(&page, "name"), each(&rest, "name")].concat(), [api.login().as_str(), "robot"]);
        let own = rest["items"][0]["id"].as_i64().unwrap() - 1;
        let own = format!("{CLIENTS}/{own}");
        api.patch(&own, json!({ "state": "disabled" })).await.expect(409);
        assert_eq!(api.patch(&own, json!({ "per_minute": 60000 })).await.expect(409).code(), "access.own-account");
    }

    async fn operators_are_governed_by_a_program(app: TestApp) {
        app.register(&["T1"]).await;
        app.place("E2", "P2").await;
        let all = app.client(Permission::ALL).await;
        let wish = json!({ "login": "Eve", "name": "Eve", "role": "viewer", "establishments": ["E2"] });
        let made = all.post(OPERATORS, wish).await.expect(201).json();
        assert_eq!(made["operator"]["login"], "eve");
        assert!(made["link"].as_str().unwrap().contains("/welcome"), "{made}");
        let narrow = governor(&app).await;
        app.limit(&narrow, &[ESTABLISHMENT]).await;
        let one = format!("{OPERATORS}/eve");
        narrow.get(&one).await.expect(404);
        narrow.patch(&one, json!({ "name": "Mine" })).await.expect(404);
        assert_eq!(narrow.get(OPERATORS).await.expect(200).json()["total"], 0);
        narrow.patch(&one, json!({ "establishments": "all" })).await.expect(404);
        let both = json!({ "name": "Eva", "establishments": ["E2", ESTABLISHMENT], "version": 1 });
        let it = all.patch(&one, both).await.expect(200).json();
        assert_eq!((&it["name"], &it["establishments"]), (&json!("Eva"), &json!([ESTABLISHMENT, "E2"])));
        assert_eq!(it["roles"], json!(["viewer"]));
        let roles = all.get("/api/v1/roles").await.expect(200).json();
        assert!(each(&roles, "code").contains(&"viewer".to_owned()), "{roles}");
        assert_eq!(all.patch(&one, json!({ "roles": [] })).await.expect(422).code(), "access.no-roles");
        let it = all.patch(&one, json!({ "roles": ["support"] })).await.expect(200).json();
        assert_eq!(it["roles"], json!(["support"]));
        assert_eq!(all.patch(&one, json!({ "state": "disabled" })).await.expect(200).json()["state"], "disabled");
        let log = all.get("/api/v1/audit?object=eve&sort=number").await.expect(200).json();
        let verbs = ["operator.create", "operator.rename", "operator.set-limits", "operator.set-roles",
            "operator.set-state"];
        assert_eq!(each(&log, "action"), verbs);
        assert_eq!(log["items"][1]["before"], json!({ "name": "Eve" }));
        assert_eq!(log["items"][1]["actor_kind"], "client");
        assert_eq!(narrow.get("/api/v1/audit?object=eve").await.expect(200).json()["total"], 0);
        let row = format!("/api/v1/audit/{}", log["items"][1]["number"]);
        assert_eq!(all.get(&row).await.expect(200).json(), log["items"][1]);
        narrow.get(&row).await.expect(404);
        all.get("/api/v1/audit/999999").await.expect(404);
        app.client(&[Permission::AccessView]).await.get(&row).await.expect(403);
    }
}
