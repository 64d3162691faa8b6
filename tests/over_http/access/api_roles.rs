//! Roles over the Management API.
use crate::harness::{Answer, ESTABLISHMENT, Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::{Value, json};

const ROLES: &str = "/api/v1/roles";
const ONE: &str = "/api/v1/roles/night-shift";

async fn governor(app: &TestApp) -> Persona {
    let may = [
        Permission::AccessView,
        Permission::AccessManage,
        Permission::AuditView,
        Permission::TerminalsView,
        Permission::DashboardView,
    ];
    app.client(&may).await
}

fn wish(code: &str, permissions: &[&str]) -> Value {
    json!({ "code": code, "name": "The night's work", "permissions": permissions })
}

fn refused(answer: Answer, status: u16) -> String {
    answer.expect(status).code()
}

on_both_engines! {
    async fn a_program_makes_gives_changes_and_deletes_a_role(app: TestApp) {
        let api = governor(&app).await;
        let made = api.post(ROLES, wish(" Night-Shift ", &["dashboard.view"])).await.expect(201).json();
        assert_eq!((&made["code"], &made["version"]), (&json!("night-shift"), &json!(1)));
        assert_eq!((&made["is_built_in"], &made["holders"]), (&json!(false), &json!(0)));
        assert_eq!(api.get(ONE).await.expect(200).json(), made);
        assert_eq!(refused(api.post(ROLES, wish("night-shift", &["dashboard.view"])).await, 409), "access.role-code-taken");
        for (bad, code) in [
            (wish("2nd", &["dashboard.view"]), "access.role-code-form"),
            (wish("other", &[]), "access.no-permissions"),
            (wish("other", &["no.such"]), "access.permission-unknown"),
            (json!({ "code": "other", "name": " ", "permissions": ["dashboard.view"] }), "access.name-form"),
        ] {
            assert_eq!(refused(api.post(ROLES, bad).await, 422), code);
        }
        api.post(ROLES, json!({ "code": "other" })).await.expect(422);
        app.add_operator("bob", Role::Viewer).await;
        let bob = app.visitor();
        bob.sign_in("bob").await;
        let all = app.client(Permission::ALL).await;
        all.patch("/api/v1/operators/bob", json!({ "roles": ["night-shift"] })).await.expect(200);
        bob.get("/terminals").await.expect(403);
        let change = json!({ "permissions": ["dashboard.view", "terminals.view"], "version": 1 });
        let it = api.patch(ONE, change).await.expect(200).json();
        assert_eq!(it["permissions"], json!(["dashboard.view", "terminals.view"]));
        assert_eq!((&it["version"], &it["holders"], &it["name"]), (&json!(2), &json!(1), &made["name"]));
        bob.get("/terminals").await.expect(200);
        let late = json!({ "name": "Late", "version": 1 });
        assert_eq!(refused(api.patch(ONE, late).await, 409), "access.stale");
        assert_eq!(api.patch(ONE, json!({ "name": "Nights", "version": 2 })).await.expect(200).json()["name"], "Nights");
        assert_eq!(refused(api.patch(ONE, json!({ "permissions": [] })).await, 422), "access.no-permissions");
        assert_eq!(refused(api.delete(ONE).await, 409), "access.role-held");
        all.patch("/api/v1/operators/bob", json!({ "roles": ["viewer"] })).await.expect(200);
        api.delete(ONE).await.expect(204);
        api.delete(ONE).await.expect(404);
        assert_eq!(refused(api.get(ONE).await, 404), "access.no-such-role");
        let log = api.get("/api/v1/audit?object=night-shift&sort=number").await.expect(200).json();
        let verbs: Vec<_> = log["items"].as_array().unwrap().iter().map(|it| it["action"].clone()).collect();
        assert_eq!(verbs, ["role.create", "role.change", "role.change", "role.delete"]);
        assert_eq!(log["items"][2]["before"]["name"], "The night's work");
        assert_eq!(log["items"][0]["actor"], api.login());
    }

    async fn a_program_demands_a_second_factor_of_a_role(app: TestApp) {
        let all = app.client(Permission::ALL).await;
        app.add_operator("ann", Role::Viewer).await;
        let ann = app.visitor();
        ann.sign_in("ann").await;
        let viewer = "/api/v1/roles/viewer";
        let it = all.patch(viewer, json!({ "needs_second_factor": true, "version": 1 })).await.expect(200).json();
        assert_eq!((&it["needs_second_factor"], &it["version"]), (&json!(true), &json!(2)));
        ann.get("/account").await.expect(303);
        assert_eq!(refused(all.patch(viewer, json!({ "needs_second_factor": false, "version": 1 })).await, 409), "access.stale");
        all.patch(viewer, json!({ "needs_second_factor": false })).await.expect(200);
        ann.get("/account").await.expect(200);
        // What the administrator's role allows is fixed; what it demands is not.
        let root = "/api/v1/roles/administrator";
        let it = all.patch(root, json!({ "needs_second_factor": true })).await.expect(200).json();
        assert_eq!(it["needs_second_factor"], true);
        for fixed in [json!({ "permissions": ["terminals.view"] }), json!({ "name": "Root" })] {
            assert_eq!(refused(all.patch(root, fixed).await, 409), "access.role-fixed");
        }
        assert_eq!(refused(all.patch(viewer, json!({ "name": "Guest" })).await, 409), "access.role-fixed");
        assert_eq!(refused(all.delete(viewer).await, 409), "access.role-fixed");
        let mut strict = wish("strict", &["audit.view"]);
        strict["needs_second_factor"] = json!(true);
        assert_eq!(all.post(ROLES, strict).await.expect(201).json()["needs_second_factor"], true);
        let told = "SELECT count(*) AS n FROM access_audit WHERE action = 'role.demand-second-factor'";
        assert_eq!(app.database().count(told), 4);
    }

    async fn no_program_gives_or_takes_what_it_lacks(app: TestApp) {
        app.register(&["T1"]).await;
        let all = app.client(Permission::ALL).await;
        all.post(ROLES, wish("auditor", &["licences.view"])).await.expect(201);
        let api = governor(&app).await;
        assert_eq!(refused(api.post(ROLES, wish("more", &["licences.view"])).await, 403), "access.beyond-own");
        let auditor = "/api/v1/roles/auditor";
        for beyond in [json!({ "permissions": ["terminals.view"] }), json!({ "name": "Mine" }), json!({ "needs_second_factor": true })] {
            assert_eq!(refused(api.patch(auditor, beyond).await, 403), "access.beyond-own");
        }
        assert_eq!(refused(api.delete(auditor).await, 403), "access.beyond-own");
        api.post(ROLES, wish("equal", &["terminals.view"])).await.expect(201);
        let more = json!({ "permissions": ["terminals.view", "licences.view"] });
        assert_eq!(refused(api.patch("/api/v1/roles/equal", more).await, 403), "access.beyond-own");
        // Roles hold for the whole installation: who sees a part of it reads them, and makes none.
        let part = app.client(Permission::ALL).await;
        app.limit(&part, &[ESTABLISHMENT]).await;
        assert_eq!(part.get(auditor).await.expect(200).json().get("holders"), None);
        assert_eq!(refused(part.post(ROLES, wish("mine", &["terminals.view"])).await, 403), "access.beyond-own");
        part.patch(auditor, json!({ "name": "Mine" })).await.expect(403);
        part.delete(auditor).await.expect(403);
        let looks = app.client(&[Permission::AccessView]).await;
        looks.get(auditor).await.expect(200);
        looks.post(ROLES, wish("mine", &["access.view"])).await.expect(403);
        looks.delete("/api/v1/roles/equal").await.expect(403);
        assert_eq!(all.get(auditor).await.expect(200).json()["version"], 1);
    }
}
