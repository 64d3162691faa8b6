//! Roles: made, edited, given, and what nobody may do with them.
use crate::harness::{Answer, Persona, Role, TestApp, value_of};
use crate::on_both_engines;
use posfleet::access::Permission;

const ROLES: &str = "/admin/roles";

/// Adds a role by the form.
async fn add(by: &Persona, code: &str, permissions: &[&str]) -> Answer {
    let mut fields = vec![("code", code), ("name", "The night's work")];
    fields.extend(permissions.iter().map(|one| ("permissions", *one)));
    by.submit(ROLES, ROLES, &fields).await
}

/// Sends a form again as its page has it, with these fields instead of its own.
async fn save(by: &Persona, page: &str, fields: &[(&str, &str)]) -> Answer {
    let shown = by.get(page).await.expect(200).text();
    let version = value_of(&shown, "version").expect("the form carries its version");
    let mut all = vec![("version", version.as_str())];
    all.extend_from_slice(fields);
    by.submit(page, page, &all).await
}

/// Gives an operator these roles and no others.
async fn give(by: &Persona, login: &str, roles: &[&str]) -> Answer {
    let mut fields = vec![("name", login), ("roles_said", "1")];
    fields.extend(roles.iter().map(|one| ("roles", *one)));
    save(by, &format!("/admin/operators/{login}/edit"), &fields).await
}

/// What a role allows, as stored.
fn allowed(app: &TestApp, code: &str) -> String {
    let sql = format!("SELECT permissions AS name FROM access_role WHERE code = '{code}'");
    app.database().texts(&sql).join("")
}

fn last_change(app: &TestApp, action: &str) -> String {
    let sql = format!(
        "SELECT object || ' ' || coalesce(before_json, '-') || ' ' || coalesce(after_json, '-') AS name
             FROM access_audit WHERE action = '{action}' ORDER BY id DESC LIMIT 1"
    );
    app.database().texts(&sql).join("")
}

async fn signed_in(app: &TestApp, login: &str, role: Role) -> Persona {
    app.add_operator(login, role).await;
    let it = app.visitor();
    it.sign_in(login).await;
    it
}

on_both_engines! {
    async fn a_role_is_made_given_edited_and_deleted(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        add(&admin, "Night Shift", &["dashboard.view"]).await.expect(422);
        add(&admin, "night-shift", &[]).await.expect(422);
        add(&admin, "night-shift", &["no.such"]).await.expect(422);
        let made = add(&admin, "night-shift", &["dashboard.view", "terminals.view"]).await.expect(303);
        assert_eq!(made.header("location"), Some("/admin/roles/night-shift?said=role-added"));
        add(&admin, "night-shift", &["dashboard.view"]).await.expect(422);
        assert_eq!(
            last_change(&app, "role.create"),
            r#"night-shift - {"name":"The night's work","permissions":["dashboard.view","terminals.view"]}"#
        );
        let bob = signed_in(&app, "bob", Role::Viewer).await;
        bob.get("/licences").await.expect(200);
        give(&admin, "bob", &[]).await.expect(422);
        give(&admin, "bob", &["no-such"]).await.expect(422);
        give(&admin, "bob", &["night-shift"]).await.expect(303);
        bob.get("/licences").await.expect(403);
        bob.get("/terminals").await.expect(200);
        assert_eq!(last_change(&app, "operator.set-roles"), r#"bob {"roles":["viewer"]} {"roles":["night-shift"]}"#);
        let page = admin.get("/admin/operators/bob").await.expect(200).text();
        assert!(page.contains("The night&#x27;s work"), "{page}");
        let one = "/admin/roles/night-shift";
        let fields = [("name", "Nights"), ("permissions", "licences.view")];
        save(&admin, one, &fields).await.expect(303);
        bob.get("/licences").await.expect(200);
        bob.get("/terminals").await.expect(403);
        let held = admin.submit(one, "/admin/roles/night-shift/delete", &[]).await.expect(422);
        assert!(held.text().contains("Operators still hold this role"), "{}", held.text());
        give(&admin, "bob", &["viewer", "support"]).await.expect(303);
        admin.submit(one, "/admin/roles/night-shift/delete", &[]).await.expect(303);
        admin.get(one).await.expect(404);
        bob.get("/terminals").await.expect(200);
        assert!(!admin.get(ROLES).await.expect(200).text().contains("night-shift"));
    }

    async fn who_comes_second_sees_what_stands(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        add(&admin, "nights", &["dashboard.view"]).await.expect(303);
        let one = "/admin/roles/nights";
        let shown = admin.get(one).await.expect(200).text();
        let version = value_of(&shown, "version").unwrap();
        save(&admin, one, &[("name", "First"), ("permissions", "audit.view")]).await.expect(303);
        let late = [("version", version.as_str()), ("name", "Second"), ("permissions", "terminals.view")];
        let refused = admin.submit(one, one, &late).await.expect(422).text();
        assert!(refused.contains("Read the audit log") && refused.contains("value=\"Second\""), "{refused}");
        assert_eq!(allowed(&app, "nights"), r#"["audit.view"]"#);
    }

    async fn nobody_gives_or_takes_what_he_lacks(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        add(&admin, "governor", &["access.view", "access.manage", "terminals.view"]).await.expect(303);
        add(&admin, "auditor", &["audit.view"]).await.expect(303);
        let gus = signed_in(&app, "gus", Role::Viewer).await;
        give(&admin, "gus", &["governor"]).await.expect(303);
        app.add_operator("bob", Role::Viewer).await;
        add(&gus, "more", &["audit.view"]).await.expect(403);
        add(&gus, "equal", &["terminals.view"]).await.expect(303);
        let page = gus.get("/admin/roles/auditor").await.expect(200).text();
        assert!(!page.contains("action=\"/admin/roles/auditor\""), "{page}");
        let forged = [("version", "1"), ("name", "x"), ("permissions", "terminals.view")];
        gus.submit(ROLES, "/admin/roles/auditor", &forged).await.expect(403);
        gus.submit(ROLES, "/admin/roles/auditor/delete", &[]).await.expect(403);
        give(&gus, "bob", &["equal"]).await.expect(403);
        let own = give(&gus, "gus", &["equal"]).await.expect(422).text();
        assert!(own.contains("your own account"), "{own}");
        assert_eq!(allowed(&app, "auditor"), r#"["audit.view"]"#);
        // Roles hold for the whole installation: who sees a part of it makes none.
        app.place("E1", "P1").await;
        let part = app.operator(Role::Administrator).await;
        app.limit(&part, &["E1"]).await;
        add(&part, "mine", &["terminals.view"]).await.expect(403);
    }

    async fn ready_made_roles_keep_what_was_edited(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        let fixed = [("version", "1"), ("permissions", "terminals.view")];
        admin.submit(ROLES, "/admin/roles/administrator", &fixed).await.expect(422);
        admin.submit(ROLES, "/admin/roles/viewer/delete", &[]).await.expect(422);
        save(&admin, "/admin/roles/viewer", &[("permissions", "terminals.view")]).await.expect(303);
        app.restart().await;
        assert_eq!(allowed(&app, "viewer"), r#"["terminals.view"]"#);
        // As if an older program had offered less: what is new comes, what was taken away does not.
        app.database().execute(
            "UPDATE access_role SET offered = '[\"dashboard.view\",\"network.view\",\"terminals.view\"]'
                 WHERE code = 'viewer'",
        );
        app.restart().await;
        assert_eq!(allowed(&app, "viewer"), r#"["monitoring.view","terminals.view","licences.view"]"#);
        app.database().execute("UPDATE access_role SET permissions = '[]' WHERE code = 'administrator'");
        app.restart().await;
        let all = allowed(&app, "administrator");
        assert_eq!(all.matches('.').count(), Permission::ALL.len(), "{all}");
    }

    async fn a_link_dies_when_its_owner_is_given_more(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        add(&admin, "nights", &["dashboard.view"]).await.expect(303);
        app.add_operator("bob", Role::Viewer).await;
        let link = async || {
            let made = admin.submit("/admin/operators", "/admin/operators/bob/link", &[]).await;
            let text = made.expect(200).text().replace("&#x3D;", "=");
            let (_, rest) = text.split_once("/welcome?token=").unwrap();
            format!("/welcome?token={}", &rest[..43])
        };
        let made = link().await;
        app.visitor().get(&made).await.expect(200);
        give(&admin, "bob", &["viewer", "nights"]).await.expect(303);
        app.visitor().get(&made).await.expect(410);
        // What he sees counts as well; what he is called does not.
        app.place("E1", "P1").await;
        let made = link().await;
        let page = "/admin/operators/bob/edit";
        save(&admin, page, &[("name", "Bob B.")]).await.expect(303);
        app.visitor().get(&made).await.expect(200);
        let fields = [("name", "Bob B."), ("limits", "some"), ("limits_were", "all"), ("codes", "E1")];
        save(&admin, page, &fields).await.expect(303);
        app.visitor().get(&made).await.expect(410);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_link WHERE used_at IS NULL"), 0);
    }

    async fn somebody_is_left_to_govern(app: TestApp) {
        let (ada, ben) = (signed_in(&app, "ada", Role::Administrator).await, signed_in(&app, "ben", Role::Administrator).await);
        let everything: Vec<&str> = Permission::ALL.iter().map(|one| one.code()).collect();
        add(&ada, "root", &everything).await.expect(303);
        let rob = signed_in(&app, "rob", Role::Viewer).await;
        give(&ada, "rob", &["root"]).await.expect(303);
        give(&rob, "ben", &["viewer"]).await.expect(303);
        let last = give(&rob, "ada", &["viewer"]).await.expect(422).text();
        assert!(last.contains("Somebody has to be left"), "{last}");
        rob.submit("/admin/operators", "/admin/operators/ada/disable", &[]).await.expect(409);
        ada.get("/admin/audit").await.expect(200);
        give(&rob, "ben", &["administrator"]).await.expect(303);
        // Two who take it from each other at once.
        for _ in 0..5 {
            let (one, other) = tokio::join!(give(&ada, "ben", &["viewer"]), give(&ben, "ada", &["viewer"]));
            assert!(one.status < 500 && other.status < 500, "{} {}", one.status, other.status);
            let left = app.database().count(
                "SELECT count(*) AS n FROM access_operator_role h JOIN access_role r ON r.id = h.role_id
                     WHERE r.code = 'administrator'",
            );
            assert!(left > 0);
            for login in ["ada", "ben"] {
                give(&rob, login, &["administrator"]).await.expect(303);
            }
        }
    }
}
