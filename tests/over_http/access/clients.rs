//! Programs and their tokens.
use crate::harness::Role;
use crate::on_both_engines;

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
}
