//! Programs and their tokens.
use crate::harness::{Engine, Persona, Role, Setup, TestApp, value_of};
use crate::on_both_engines;
use posfleet::access::Permission;
use std::time::Duration;

const CLIENTS: &str = "/admin/clients";
const WHOAMI: &str = "/api/v1/whoami";
const DAY: Duration = Duration::from_hours(24);

/// The token on the page that shows it once.
fn token_on(page: &str) -> String {
    let at = page.find("pfc_").unwrap();
    let end = page[at..].find(['<', '"']).unwrap();
    page[at..at + end].to_owned()
}

on_both_engines! {
    async fn a_token_opens_the_api_and_nothing_else(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        let fields = [("name", "robot"), ("scopes", "licences.view"), ("scopes", "terminals.view")];
        let made = admin.submit("/admin/clients", "/admin/clients", &fields).await.expect(200);
        let robot = app.visitor().bearing(token_on(&made.text()));
        let me = robot.get("/api/v1/whoami").await.expect(200).json();
        let expected = serde_json::json!({
            "client": "robot", "scopes": ["terminals.view", "licences.view"],
        });
        assert_eq!(me, expected);
        robot.get("/account").await.expect(303);
        robot.get("/admin/clients").await.expect(303);
        let refused = admin.get("/api/v1/whoami").await.expect(401);
        assert_eq!(refused.code(), "access.unauthenticated");
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
        app.visitor().bearing("pfc_wrong").get("/api/v1/whoami").await.expect(401);
    }

    async fn a_token_can_be_replaced_without_a_gap(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        let fields = [("name", "robot"), ("scopes", "licences.view")];
        let made = admin.submit("/admin/clients", "/admin/clients", &fields).await.expect(200);
        let old = app.visitor().bearing(token_on(&made.text()));
        let id = app.database().count("SELECT max(id) AS n FROM access_client");
        let more = format!("/admin/clients/{id}/token");
        let made = admin.submit("/admin/clients", &more, &[]).await.expect(200);
        let new = app.visitor().bearing(token_on(&made.text()));
        old.get("/api/v1/whoami").await.expect(200);
        new.get("/api/v1/whoami").await.expect(200);
        let first = app.database().count("SELECT min(id) AS n FROM access_client_token");
        let revoke = format!("/admin/clients/{id}/tokens/{first}/revoke");
        admin.submit("/admin/clients", &revoke, &[]).await.expect(303);
        old.get("/api/v1/whoami").await.expect(401);
        new.get("/api/v1/whoami").await.expect(200);
        admin.submit("/admin/clients", &revoke, &[]).await.expect(404);
        let off = format!("/admin/clients/{id}/disable");
        admin.submit("/admin/clients", &off, &[]).await.expect(303);
        new.get("/api/v1/whoami").await.expect(401);
        let on = format!("/admin/clients/{id}/enable");
        admin.submit("/admin/clients", &on, &[]).await.expect(303);
        new.get("/api/v1/whoami").await.expect(200);
    }

    async fn a_client_needs_a_name_of_its_own_and_scopes(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        for (name, scope, words) in [
            ("robot", "", "Choose permissions from the list"),
            ("robot", "everything", "Choose permissions from the list"),
            ("", "licences.view", "Enter a name"),
        ] {
            let fields = [("name", name), ("scopes", scope)];
            let refused = admin.submit("/admin/clients", "/admin/clients", &fields).await.expect(422);
            assert!(refused.text().contains(words), "{}", refused.text());
        }
        let bare = admin.submit("/admin/clients", "/admin/clients", &[("name", "robot")]).await;
        assert!(bare.expect(422).text().contains("Choose at least one thing"));
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_client"), 0);
    }

    async fn a_token_opens_nothing_after_its_days(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        let fields = [("name", "robot"), ("scopes", "licences.view"), ("lasts", "30")];
        let made = admin.submit(CLIENTS, CLIENTS, &fields).await.expect(200).text();
        let old = app.visitor().bearing(token_on(&made));
        let id = app.database().count("SELECT max(id) AS n FROM access_client");
        let place = format!("{CLIENTS}/{id}");
        let token = format!("{place}/token");
        let made = admin.submit(&place, &token, &[("lasts", "always")]).await.expect(200).text();
        assert!(made.contains("Until it is revoked"), "{made}");
        let new = app.visitor().bearing(token_on(&made));
        admin.submit(&place, &token, &[("lasts", "31")]).await.expect(422);
        app.advance(DAY * 29 + Duration::from_secs(86_399));
        old.get(WHOAMI).await.expect(200);
        app.advance(Duration::from_secs(1));
        assert_eq!(old.get(WHOAMI).await.expect(401).code(), "access.unauthenticated");
        new.get(WHOAMI).await.expect(200);
        let again = app.operator(Role::Administrator).await;
        let page = again.get(&place).await.expect(200).text();
        assert!(page.contains(">Expired") && page.contains("Until it is revoked"), "{page}");
        // In the list only those count that open something.
        let list = again.get("/admin/clients.csv").await.expect(200).text();
        let line = list.lines().find(|line| line.contains("robot")).unwrap();
        assert!(line.contains(",1,"), "{line}");
        let audited = app.database().texts(
            "SELECT coalesce(after_json, '') AS name FROM access_audit
                 WHERE action = 'client.add-token'",
        );
        assert_eq!(audited, [r#"{"until":null}"#]);
    }

    async fn a_client_is_given_other_permissions(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        let robot = app.client(&[Permission::NetworkView, Permission::TerminalsView]).await;
        let name = robot.login();
        let place = format!("{CLIENTS}/1");
        let fields = [("name", name.as_str()), ("scopes", "network.view"), ("limits", "all"),
            ("per_minute", "90")];
        let stale = admin.get(&format!("{place}/edit")).await.expect(200).text();
        change(&admin, &place, &fields).await.expect(303);
        robot.get("/api/v1/establishments").await.expect(200);
        robot.get("/api/v1/terminals").await.expect(403);
        let me = robot.get(WHOAMI).await.expect(200).json();
        assert_eq!(me["scopes"], serde_json::json!(["network.view"]));
        let told = app.database().texts(
            "SELECT action || ' ' || before_json || ' ' || after_json AS name FROM access_audit
                 WHERE object_kind = 'client' AND action <> 'client.create' ORDER BY id",
        );
        assert_eq!(told, [
            r#"client.set-scopes {"scopes":["terminals.view","network.view"]} {"scopes":["network.view"]}"#,
            r#"client.set-pace {"per_minute":null} {"per_minute":90}"#,
        ]);
        let page = admin.get(&format!("{place}/edit")).await.expect(200).text();
        assert_eq!(value_of(&page, "per_minute").as_deref(), Some("90"));
        assert!(page.contains("value=\"network.view\" checked"), "{page}");
        assert!(!page.contains("value=\"terminals.view\" checked"), "{page}");
        let seen = value_of(&stale, "version").unwrap();
        let late = [&fields[..], &[("version", seen.as_str())]].concat();
        let edit = format!("{place}/edit");
        let refused = admin.submit(&edit, &edit, &late).await.expect(422).text();
        assert!(refused.contains("Someone else changed it in the meantime"), "{refused}");
        for (wrong, words) in [
            (&[("name", "x"), ("limits", "all")][..], "Choose at least one thing"),
            (&[("name", "x"), ("scopes", "everything")], "Choose permissions from the list"),
            (&[("name", "x"), ("scopes", "network.view"), ("per_minute", "0")],
                "Enter a whole number from 1 to"),
        ] {
            let refused = change(&admin, &place, wrong).await.expect(422).text();
            assert!(refused.contains(words), "{refused}");
        }
        let viewer = app.operator(Role::Viewer).await;
        viewer.submit("/account", &edit, &fields).await.expect(403);
    }
}

/// The form that changes a client; `fields` stand beside its version.
async fn change(by: &Persona, place: &str, fields: &[(&str, &str)]) -> crate::harness::Answer {
    let path = format!("{place}/edit");
    let page = by.get(&path).await.expect(200).text();
    let version = value_of(&page, "version").expect("the form carries its version");
    let all = [&[("version", version.as_str())], fields].concat();
    by.submit(&path, &path, &all).await
}

#[actix_web::test]
async fn a_client_that_asks_too_often_waits_and_no_other_does() {
    let setup = Setup::default().config(|config| {
        config.server.limits.client_per_minute = 3;
    });
    let app = TestApp::start(Engine::Sqlite, setup).await;
    let admin = app.operator(Role::Administrator).await;
    let (hasty, calm) = (app.client(&[]).await, app.client(&[]).await);
    let token = format!("{CLIENTS}/1/token");
    let made = admin.submit(CLIENTS, &token, &[]).await.expect(200).text();
    let other = app.visitor().bearing(token_on(&made));
    for _ in 0..2 {
        hasty.get(WHOAMI).await.expect(200);
    }
    other.get(WHOAMI).await.expect(200);
    for again in [&hasty, &other] {
        let refused = again.get(WHOAMI).await.expect(429);
        assert_eq!(refused.code(), "access.too-often");
        assert_eq!(
            refused.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(refused.header("retry-after"), Some("21"));
    }
    calm.get(WHOAMI).await.expect(200);
    app.advance(Duration::from_secs(20));
    hasty.get(WHOAMI).await.expect(200);
    hasty.get(WHOAMI).await.expect(429);
    let page = admin.get("/admin/clients/1").await.expect(200).text();
    assert!(page.contains("3, as for every program"), "{page}");
    let fields = [
        ("name", "hasty"),
        ("scopes", "network.view"),
        ("limits", "all"),
        ("per_minute", "60"),
    ];
    change(&admin, "/admin/clients/1", &fields)
        .await
        .expect(303);
    // Its own rate counts from the next request that is let through.
    app.advance(Duration::from_mins(1));
    for _ in 0..20 {
        hasty.get(WHOAMI).await.expect(200);
    }
}
