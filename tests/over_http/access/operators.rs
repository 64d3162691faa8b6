//! Links, passwords, and those who govern others.
use super::try_sign_in;
use crate::harness::{PASSWORD, Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access;
use posfleet::clock::Millis;
use std::time::Duration;

const NEW: &str = "a new and longer password";

async fn first_link(app: &TestApp) -> Option<String> {
    let ctx = app.ctx();
    let link =
        tokio::task::spawn_blocking(move || access::first_link(&ctx.db, &ctx.base_url, ctx.now()));
    link.await.unwrap().unwrap().map(|link| path_of(&link))
}

/// The path of a one-time link, wherever it stands.
fn path_of(text: &str) -> String {
    let at = text.find("/welcome?token").unwrap();
    let link = &text[at..];
    let end = link.find(['<', '"', '\n']).unwrap_or(link.len());
    link[..end].replace("&#x3D;", "=")
}

/// Chooses a password by a link.
async fn choose(who: &Persona, link: &str, password: &str, again: &str) -> u16 {
    let token = link.split_once("token=").unwrap().1;
    let fields = [
        ("token", token),
        ("password", password),
        ("password_again", again),
    ];
    who.submit(link, "/welcome", &fields).await.status
}

on_both_engines! {
    async fn the_first_link_makes_the_administrator(app: TestApp) {
        let lost = first_link(&app).await.unwrap();
        let link = first_link(&app).await.unwrap();
        let visitor = app.visitor();
        visitor.get(&lost).await.expect(410);
        assert_eq!(choose(&visitor, &link, "short", "short").await, 422);
        assert_eq!(choose(&visitor, &link, NEW, "another password").await, 422);
        assert_eq!(choose(&visitor, &link, NEW, NEW).await, 303);
        visitor.get("/admin/operators").await.expect(200);
        app.visitor().get(&link).await.expect(410);
        assert_eq!(first_link(&app).await, None);
        try_sign_in(&app.visitor(), "admin", NEW).await.expect(303);
    }

    async fn a_link_works_for_a_day(app: TestApp) {
        let link = first_link(&app).await.unwrap();
        app.advance(Duration::from_hours(24) - Duration::from_secs(1));
        app.visitor().get(&link).await.expect(200);
        app.advance(Duration::from_secs(1));
        app.visitor().get(&link).await.expect(410);
    }

    async fn a_password_that_is_guessed_first_is_refused(app: TestApp) {
        let link = first_link(&app).await.unwrap();
        let visitor = app.visitor();
        for common in ["password1234", "qwertyuiop12", "aaaaaaaaaaaaaaaa", "administrator1"] {
            assert_eq!(choose(&visitor, &link, common, common).await, 422, "{common}");
        }
        let token = link.split_once("token=").unwrap().1;
        let fields = [("token", token), ("password", "password1234"), ("password_again", "password1234")];
        let refused = visitor.submit(&link, "/welcome", &fields).await.expect(422).text();
        assert!(refused.contains("guessed early") && !refused.contains("password1234"), "{refused}");
        assert_eq!(choose(&visitor, &link, NEW, NEW).await, 303);
    }

    async fn an_administrator_ends_anothers_sessions(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        app.add_operator("bob", Role::Viewer).await;
        let (one, other) = (app.visitor(), app.visitor());
        one.sign_in("bob").await;
        other.sign_in("bob").await;
        let page = admin.get("/admin/operators/bob").await.expect(200).text();
        assert_eq!(page.matches("data-l=\"Last seen\"").count(), 2, "{page}");
        let end = "/admin/operators/bob/sessions/end";
        one.submit("/account", end, &[]).await.expect(403);
        admin.submit("/admin/operators/bob", end, &[]).await.expect(303);
        one.get("/account").await.expect(303);
        other.get("/account").await.expect(303);
        let page = admin.get("/admin/operators/bob").await.expect(200).text();
        assert!(page.contains("Not signed in anywhere"), "{page}");
        let own = format!("/admin/operators/{}/sessions/end", admin.login());
        admin.submit("/account", &own, &[]).await.expect(409);
        admin.get("/account").await.expect(200);
        let told = "SELECT count(*) AS n FROM access_audit WHERE action = 'operator.end-session' AND object = 'bob'";
        assert_eq!(app.database().count(told), 1);
    }

    async fn an_administrator_adds_resets_and_disables(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        let fields = [("login", "Bob"), ("name", "Боб"), ("role", "viewer")];
        let bad = [("login", "bob"), ("name", ""), ("role", "viewer")];
        let refused = admin.submit("/admin/operators", "/admin/operators", &bad).await.expect(422);
        assert!(refused.text().contains("Enter a name"), "{}", refused.text());
        let shown = admin.submit("/admin/operators", "/admin/operators", &fields).await.expect(200);
        let link = path_of(&shown.text());
        admin.submit("/admin/operators", "/admin/operators", &fields).await.expect(422);
        let bob = app.visitor();
        assert_eq!(choose(&bob, &link, NEW, NEW).await, 303);
        bob.get("/account").await.expect(200);
        let reset = admin.submit("/admin/operators", "/admin/operators/bob/link", &[]).await;
        let reset = path_of(&reset.expect(200).text());
        bob.get("/account").await.expect(200);
        assert_eq!(choose(&app.visitor(), &reset, PASSWORD, PASSWORD).await, 303);
        bob.get("/account").await.expect(303);
        bob.sign_in("bob").await;
        let off = "/admin/operators/bob/disable";
        admin.submit("/admin/operators", off, &[]).await.expect(303);
        bob.get("/account").await.expect(303);
        try_sign_in(&app.visitor(), "bob", PASSWORD).await.expect(422);
        admin.submit("/admin/operators", "/admin/operators/bob/link", &[]).await.expect(409);
        admin.submit("/admin/operators", "/admin/operators/bob/enable", &[]).await.expect(303);
        bob.sign_in("bob").await;
        admin.submit("/admin/operators", "/admin/operators/nobody/link", &[]).await.expect(404);
    }

    async fn nobody_disables_himself(app: TestApp) {
        app.add_operator("ann", Role::Administrator).await;
        let ann = app.visitor();
        ann.sign_in("ann").await;
        let own = "/admin/operators/ann/disable";
        ann.submit("/admin/operators", own, &[]).await.expect(409);
        ann.get("/account").await.expect(200);
    }

    async fn who_sees_nothing_governs_nobody(app: TestApp) {
        app.add_operator("ann", Role::Administrator).await;
        let ann = app.visitor();
        ann.sign_in("ann").await;
        app.add_operator("root", Role::Administrator).await;
        app.database().execute(
            "UPDATE access_operator SET all_establishments = FALSE WHERE login = 'ann'",
        );
        let fields = [("login", "eve"), ("name", "Eve"), ("role", "administrator")];
        ann.submit("/admin/operators", "/admin/operators", &fields).await.expect(403);
        ann.submit("/admin/operators", "/admin/operators/root/link", &[]).await.expect(404);
        let client = [("name", "robot"), ("scopes", "access.manage")];
        ann.submit("/admin/clients", "/admin/clients", &client).await.expect(403);
        let seen = ann.get("/admin/audit").await.expect(200).text();
        assert!(!seen.contains("operator.create"), "{seen}");
    }

    async fn changing_the_password_ends_other_sessions(app: TestApp) {
        app.add_operator("ann", Role::Viewer).await;
        let (desk, phone) = (app.visitor(), app.visitor());
        desk.sign_in("ann").await;
        phone.sign_in("ann").await;
        let change = |now: &'static str| {
            [("password_now", now), ("password", NEW), ("password_again", NEW)]
        };
        let path = "/account/password";
        desk.submit("/account", path, &change("not it at all")).await.expect(422);
        phone.get("/account").await.expect(200);
        desk.submit("/account", path, &change(PASSWORD)).await.expect(303);
        desk.get("/account").await.expect(200);
        phone.get("/account").await.expect(303);
        try_sign_in(&app.visitor(), "ann", PASSWORD).await.expect(422);
        try_sign_in(&app.visitor(), "ann", NEW).await.expect(303);
    }

    async fn the_console_lists_operators(app: TestApp) {
        app.add_operator("ann", Role::Viewer).await;
        let ctx = app.ctx();
        let list = tokio::task::spawn_blocking(move || access::list_operators(&ctx.db));
        let list = list.await.unwrap().unwrap();
        let ann = &list[0];
        assert_eq!((ann.login.as_str(), ann.state, ann.has_password), ("ann", "active", true));
        assert_eq!((ann.roles.as_slice(), ann.last_sign_in_at), (&["viewer".to_owned()][..], None));
        app.visitor().sign_in("ann").await;
        let seen = app.database().count("SELECT last_sign_in_at AS n FROM access_operator");
        assert_eq!(Millis(seen), app.now());
    }
}
