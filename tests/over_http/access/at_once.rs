//! What is changed in the very moment in which it is used.
use crate::harness::{Answer, PASSWORD, Persona, Role, TestApp};
use crate::on_both_engines;
use reqwest::{Method, RequestBuilder};

/// A form, ready to be sent.
async fn ready(who: &Persona, page: &str, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
    let csrf = who.csrf(page).await;
    let mut all = vec![("_csrf", csrf.as_str())];
    all.extend_from_slice(fields);
    let form = serde_urlencoded::to_string(all).unwrap();
    who.request(Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
}

/// Sends a form while somebody changes `first`, and then `last`, in a transaction that ends only when
/// the form has waited for it.
async fn meanwhile(who: &Persona, form: RequestBuilder, (first, last): (&str, &str)) -> Answer {
    let open = who.app.database().begin(first);
    let (answer, ()) = tokio::join!(who.send(form), open.commit_soon(last));
    answer
}

fn sessions(app: &TestApp, login: &str) -> i64 {
    app.database().count(&format!(
        "SELECT count(*) AS n FROM access_session s JOIN access_operator o ON o.id = s.operator_id
         WHERE o.login = '{login}'"
    ))
}

/// As whoever changes Ann's password begins, and ends.
const CHANGED: (&str, &str) = (
    "UPDATE access_operator SET password_hash = '$argon2id$other', version = version + 1
         WHERE login = 'ann'",
    "DELETE FROM access_link; DELETE FROM access_challenge; DELETE FROM access_session
         WHERE operator_id = (SELECT id FROM access_operator WHERE login = 'ann')",
);

on_both_engines! {
    async fn no_session_begins_with_a_password_that_is_changed_just_then(app: TestApp) {
        app.add_operator("ann", Role::Viewer).await;
        let ann = app.visitor();
        let fields = [("login", "ann"), ("password", PASSWORD)];
        let form = ready(&ann, "/sign-in", "/sign-in", &fields).await;
        meanwhile(&ann, form, CHANGED).await.expect(422);
        assert_eq!(sessions(&app, "ann"), 0);
    }

    async fn no_link_outlives_a_password_that_is_changed_just_then(app: TestApp) {
        app.add_operator("ann", Role::Viewer).await;
        let admin = app.operator(Role::Administrator).await;
        let made = admin.submit("/admin/operators", "/admin/operators/ann/link", &[]).await;
        let text = made.expect(200).text().replace("&#x3D;", "=");
        let token = &text.split_once("/welcome?token=").unwrap().1[..43];
        let ann = app.visitor();
        let new = "nebula orchard staple-47";
        let fields = [("token", token), ("password", new), ("password_again", new)];
        let form = ready(&ann, &format!("/welcome?token={token}"), "/welcome", &fields).await;
        meanwhile(&ann, form, CHANGED).await.expect(410);
        assert_eq!(sessions(&app, "ann"), 0);
    }

    async fn nobody_governs_who_is_given_more_just_then(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        let fields = [("code", "governor"), ("name", "Governor"), ("permissions", "access.view"),
            ("permissions", "access.manage"), ("permissions", "dashboard.view")];
        admin.submit("/admin/roles", "/admin/roles", &fields).await.expect(303);
        let gus = app.operator(Role::Viewer).await;
        let role = |login: &str, code: &str| format!(
            "UPDATE access_operator SET version = version + 1 WHERE login = '{login}';
             DELETE FROM access_operator_role WHERE operator_id =
                 (SELECT id FROM access_operator WHERE login = '{login}');
             INSERT INTO access_operator_role (operator_id, role_id) SELECT o.id, r.id
                 FROM access_operator o, access_role r WHERE o.login = '{login}' AND r.code = '{code}';
             DELETE FROM access_link"
        );
        app.database().execute(&role(&gus.login(), "governor"));
        for verb in ["link", "disable", "second-factor/reset", "sessions/end"] {
            let bob = app.operator(Role::Viewer).await.login();
            app.database().execute(&role(&bob, "governor"));
            let path = format!("/admin/operators/{bob}/{verb}");
            let form = ready(&gus, "/account", &path, &[]).await;
            let promoted = role(&bob, "administrator");
            meanwhile(&gus, form, (&promoted, "DELETE FROM access_link")).await.expect(403);
            let untouched = format!(
                "SELECT count(*) AS n FROM access_operator WHERE login = '{bob}' AND state = 'active'"
            );
            assert_eq!((app.database().count(&untouched), sessions(&app, &bob)), (1, 1), "{verb}");
        }
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_link"), 0);
    }
}
