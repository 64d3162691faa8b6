//! What is asked before something that cannot simply be taken back, and what pages tell after.
use crate::harness::{Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;

async fn page(who: &Persona, path: &str) -> String {
    who.get(path).await.expect(200).text()
}

fn demanded(app: &TestApp) -> i64 {
    app.database()
        .count("SELECT count(*) AS n FROM access_role WHERE needs_second_factor")
}

on_both_engines! {
    async fn a_role_that_signs_people_out_says_whom_first(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        app.add_operator("ann", Role::Viewer).await;
        app.add_operator("bob", Role::Viewer).await;
        let role = page(&admin, "/admin/roles/viewer").await;
        assert!(role.contains("href=\"/admin/operators/ann\"") && role.contains("/admin/operators/bob"), "{role}");
        assert!(!role.contains("name=\"demanded\" value=\"true\""), "{role}");
        let asked = page(&admin, "/admin/roles/viewer/second-factor").await;
        assert!(asked.contains("2 operators with this role") && !asked.contains("You are one of them"), "{asked}");
        let own = page(&admin, "/admin/roles/administrator/second-factor").await;
        assert!(own.contains("1 operator with this role") && own.contains("You are one of them"), "{own}");
        assert_eq!(demanded(&app), 0);
        let path = "/admin/roles/viewer/second-factor";
        admin.submit(path, path, &[("demanded", "true")]).await.expect(303);
        assert_eq!(demanded(&app), 1);
        // There is nothing to ask any more.
        admin.get(path).await.expect(303);
    }

    async fn a_role_that_is_held_is_not_offered_for_deletion(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        let fields = [("code", "night"), ("name", "Night"), ("permissions", "dashboard.view")];
        admin.submit("/admin/roles", "/admin/roles", &fields).await.expect(303);
        let role = page(&admin, "/admin/roles/night").await;
        assert!(role.contains("/admin/roles/night/delete") && role.contains("Nobody"), "{role}");
        assert!(page(&admin, "/admin/roles/night/delete").await.contains("Delete the role “Night”?"));
        app.database().execute(
            "INSERT INTO access_operator_role (operator_id, role_id)
                 SELECT o.id, r.id FROM access_operator o, access_role r WHERE r.code = 'night'",
        );
        let role = page(&admin, "/admin/roles/night").await;
        assert!(!role.contains("/admin/roles/night/delete") && role.contains("cannot be deleted"), "{role}");
        admin.get("/admin/roles/night/delete").await.expect(303);
    }

    async fn questions_name_their_object_and_do_nothing(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        app.add_operator("ann", Role::Viewer).await;
        let fields = [("name", "robot"), ("scopes", "licences.view")];
        admin.submit("/admin/clients", "/admin/clients", &fields).await.expect(200);
        let id = app.database().count("SELECT max(id) AS n FROM access_client");
        let token = app.database().count("SELECT max(id) AS n FROM access_client_token");
        let client = format!("/admin/clients/{id}");
        let revoke = format!("{client}/tokens/{token}/revoke");
        let disable = format!("{client}/disable");
        for (path, what) in [
            ("/admin/operators/ann/disable", "Disable ann?"),
            ("/admin/operators/ann/sessions/end", "End all sessions of ann?"),
            ("/admin/operators/ann/second-factor/reset", "Reset the second factor of ann?"),
            (disable.as_str(), "Disable robot?"),
            (revoke.as_str(), "Revoke a token of robot?"),
        ] {
            let asked = page(&admin, path).await;
            assert!(asked.contains(what) && asked.contains(&format!("action=\"{path}\"")), "{asked}");
        }
        let shown = page(&admin, &client).await;
        assert!(shown.contains(&format!("No. {token}")) && shown.contains(&revoke), "{shown}");
        admin.submit(&revoke, &revoke, &[]).await.expect(303);
        let shown = page(&admin, &client).await;
        assert!(shown.contains(">Revoked") && !shown.contains(&revoke), "{shown}");
        admin.get(&revoke).await.expect(404);
        let viewer = app.operator(Role::Viewer).await;
        viewer.get(&disable).await.expect(403);
    }

    async fn saved_settings_are_told_where_they_stand(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        let (all, group) = ("/admin/settings", "/admin/settings/branding");
        let version = |page: &str| {
            let (_, form) = page.split_once(&format!("action=\"{group}\"")).expect("its form");
            let (_, rest) = form.split_once("name=\"version\" value=\"").expect("its version");
            rest[..rest.find('"').unwrap()].to_owned()
        };
        for (verb, words) in [("saved", "have been changed"), ("same", "Nothing was changed")] {
            let seen = version(&page(&admin, all).await);
            let fields = [("version", seen.as_str()), ("operator_name", "Bank")];
            let saved = admin.submit(all, group, &fields).await.expect(303);
            let to = saved.header("location").unwrap().to_owned();
            assert_eq!(to, format!("{all}?{verb}=branding#group-branding"));
            let told = page(&admin, to.split('#').next().unwrap()).await;
            assert!(told.contains(words), "{told}");
        }
        let seen = version(&page(&admin, all).await);
        let fields = [("version", seen.as_str()), ("sender_address", "nobody")];
        let refused = admin.submit(all, group, &fields).await.expect(422).text();
        assert!(refused.contains("Sender of mails: Enter an address"), "{refused}");
    }

    async fn who_may_not_see_terminals_is_told_why_none_are_found(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        let fields = [("code", "net"), ("name", "Net"), ("permissions", Permission::NetworkView.code())];
        admin.submit("/admin/roles", "/admin/roles", &fields).await.expect(303);
        app.add_operator("ann", Role::Viewer).await;
        app.database().execute(
            "UPDATE access_operator_role SET role_id = (SELECT id FROM access_role WHERE code = 'net')
                 WHERE operator_id = (SELECT id FROM access_operator WHERE login = 'ann')",
        );
        let ann = app.visitor();
        ann.sign_in("ann").await;
        let found = page(&ann, "/search?q=nothing-like-it").await;
        assert!(found.contains("does not show terminals") && !found.contains("Only what belongs"), "{found}");
    }
}
