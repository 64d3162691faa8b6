//! What the gate lets through: addresses, methods, forms.
use super::cookie_line;
use crate::harness::{PASSWORD, Role};
use crate::on_both_engines;
use reqwest::Method;

const FORM: &str = "application/x-www-form-urlencoded";

on_both_engines! {
    async fn pages_lead_to_the_sign_in_and_back(app: TestApp) {
        let visitor = app.visitor();
        let asked = visitor.get("/admin/audit?object=T%261").await.expect(303);
        let there = asked.header("location").unwrap().to_owned();
        assert_eq!(there, "/sign-in?next=%2Fadmin%2Faudit%3Fobject%3DT%25261");
        let page = visitor.get(&there).await.expect(200).text();
        let next = crate::harness::value_of(&page, "next").unwrap();
        assert_eq!(next, "/admin/audit?object&#x3D;T%261");
        visitor.post("/sign-out", serde_json::json!({})).await.expect(401);
    }

    async fn what_is_not_in_the_table_does_not_exist(app: TestApp) {
        let ann = app.operator(Role::Administrator).await;
        ann.get("/nothing/here").await.expect(404);
        let refused = ann.delete("/account").await.expect(405);
        assert_eq!(refused.header("allow"), Some("GET, HEAD, POST"));
        app.visitor().delete("/account").await.expect(405);
        let api = app.visitor().get("/api/v1/nothing").await.expect(404);
        assert_eq!(api.code(), "http.not-found");
    }

    async fn a_viewer_only_looks(app: TestApp) {
        let viewer = app.operator(Role::Viewer).await;
        for page in ["/admin/operators", "/admin/clients", "/admin/audit"] {
            viewer.get(page).await.expect(403);
        }
        let fields = [("login", "eve"), ("name", "Eve"), ("role", "administrator")];
        viewer.submit("/account", "/admin/operators", &fields).await.expect(403);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM access_operator"), 1);
    }

    async fn a_form_must_come_from_our_own_page(app: TestApp) {
        let ann = app.operator(Role::Administrator).await;
        let other = app.operator(Role::Administrator).await;
        let fields = "name=A&lang=en&theme=auto&zone=UTC";
        let post = |csrf: &str| {
            let body = format!("_csrf={csrf}&{fields}");
            ann.request(Method::POST, "/account").header("content-type", FORM).body(body)
        };
        let own = ann.csrf("/account").await;
        ann.send(post("")).await.expect(403);
        ann.send(post("AAAA")).await.expect(403);
        ann.send(post(&other.csrf("/account").await)).await.expect(403);
        ann.send(post(&app.visitor().csrf("/sign-in").await)).await.expect(403);
        let far = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"), ("origin", "null")];
        for (name, value) in far {
            ann.send(post(&own).header(name, value)).await.expect(403);
        }
        let typed = ann.request(Method::POST, "/account").json(&serde_json::json!({}));
        ann.send(typed).await.expect(415);
        let origin = app.url("");
        ann.send(post(&own).header("origin", origin)).await.expect(303);
        ann.send(post(&own).header("sec-fetch-site", "same-origin")).await.expect(303);
    }

    async fn the_sign_in_form_is_tied_to_its_visitor(app: TestApp) {
        app.add_operator("ann", Role::Viewer).await;
        let (visitor, other) = (app.visitor(), app.visitor());
        let csrf = visitor.csrf("/sign-in").await;
        other.get("/sign-in").await.expect(200);
        let form = format!("_csrf={csrf}&login=ann&password={PASSWORD}").replace(' ', "+");
        let post = other.request(Method::POST, "/sign-in").header("content-type", FORM).body(form);
        other.send(post).await.expect(403);
    }

    async fn language_and_theme_are_changed_without_javascript(app: TestApp) {
        let visitor = app.visitor();
        let fields = [("lang", "ru"), ("back", "/sign-in")];
        let changed = visitor.submit("/sign-in", "/look", &fields).await.expect(303);
        assert_eq!(changed.header("location"), Some("/sign-in"));
        assert!(cookie_line(&changed, "lang").unwrap().contains("lang=ru"));
        let page = visitor.get("/sign-in").await.expect(200).text();
        assert!(page.contains("<html lang=\"ru\"") && page.contains("Пароль"), "{page}");
        visitor.submit("/sign-in", "/look", &[("theme", "neon")]).await.expect(422);
        let spoken = visitor.request(Method::GET, "/sign-in").header("accept-language", "fr");
        assert!(visitor.send(spoken).await.text().contains("<html lang=\"ru\""));
        let ann = app.operator(Role::Viewer).await;
        let away = [("lang", "fr"), ("back", "https://evil.example")];
        let changed = ann.submit("/account", "/look", &away).await.expect(303);
        assert_eq!(changed.header("location"), Some("/"));
        ann.set_cookie("lang", "en");
        assert!(ann.get("/account").await.text().contains("<html lang=\"fr\""));
        // Only what was chosen is kept in the account.
        let kept = app.database().count(
            "SELECT count(*) AS n FROM access_operator WHERE lang = 'fr' AND zone IS NULL",
        );
        assert_eq!(kept, 1);
    }

    async fn a_choice_shows_what_is_in_force(app: TestApp) {
        let ann = app.operator(Role::Viewer).await;
        let fields = [("name", "Ann"), ("lang", "fr"), ("theme", "light"), ("zone", "Europe/Paris")];
        ann.submit("/account", "/account", &fields).await.expect(303);
        let page = ann.get("/account").await.expect(200).text();
        for value in ["fr", "light", "Europe/Paris"] {
            assert!(page.contains(&format!("<option value=\"{value}\" selected>")), "{value}");
        }
        assert_eq!(page.matches(" selected>").count(), 3);
        assert!(page.contains("<option value=\"ru\">"));
    }

    async fn every_page_speaks_three_languages(app: TestApp) {
        let ann = app.operator(Role::Administrator).await;
        let client = [("name", "робот"), ("scopes", "terminals.view")];
        ann.submit("/admin/clients", "/admin/clients", &client).await.expect(200);
        for lang in ["en", "fr", "ru"] {
            ann.submit("/account", "/look", &[("lang", lang)]).await.expect(303);
            for page in ["/account", "/admin/operators", "/admin/clients", "/admin/audit"] {
                let text = ann.get(page).await.expect(200).text();
                assert!(!text.contains('⟦'), "{page} in {lang}: {text}");
                assert!(text.contains(&format!("<html lang=\"{lang}\"")), "{page}");
            }
        }
    }
}
