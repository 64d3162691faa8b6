//! The names of the installation and its logo: who may change them, where they are shown, what is
//! no logo, and that every node shows the same.
use crate::harness::{Answer, Persona, Role, TestApp, png};
use crate::on_both_engines;
use futures_util::future::join_all;
use posfleet::access::Permission;
use posfleet::settings::Brand;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

const BRANDING: &str = "/api/v1/settings/branding";
const DEFAULTS: &str = "/api/v1/settings/defaults";
const LOGO: &str = "/api/v1/logo";
const PAGE: &str = "/admin/settings";

async fn put(by: &Persona, path: &str, bytes: Vec<u8>) -> Answer {
    by.send(by.request(Method::PUT, path).body(bytes)).await
}

async fn script(app: &TestApp) -> Persona {
    app.client(&[Permission::SettingsManage]).await
}

fn audited(app: &TestApp) -> Vec<String> {
    app.database().texts(
        "SELECT action || ' ' || object AS name FROM access_audit
         WHERE action LIKE 'settings.%' ORDER BY id",
    )
}

on_both_engines! {
    async fn names_are_checked_kept_and_shown(app: TestApp) {
        let api = script(&app).await;
        let seen = api.get(BRANDING).await.expect(200).json();
        assert_eq!(seen["values"], json!({ "operator_name": "", "network_name": "", "sender_address": "" }));
        let page = app.visitor().get("/sign-in").await.expect(200).text();
        assert!(page.contains("· posfleet</title>"), "{page}");

        let wish = json!({ "values": {
            "operator_name": " Банк  «Мост» <b>", "network_name": "Réseau\nNord", "sender_address": "fleet@most.example",
        } });
        let kept = api.patch(BRANDING, wish.clone()).await.expect(200).json();
        assert_eq!(kept["values"]["network_name"], "Réseau Nord");
        api.patch(BRANDING, wish).await.expect(200);
        assert_eq!(audited(&app), ["settings.change branding"]);
        // At once, to strangers and to who is signed in, and as text.
        let admin = app.operator(Role::Administrator).await;
        for page in [app.visitor().get("/sign-in").await, admin.get("/dashboard").await] {
            let page = page.expect(200).text();
            for told in ["· Банк «Мост» &lt;b&gt;</title>", "Réseau Nord"] {
                assert!(page.contains(told), "{told}: {page}");
            }
        }
        app.restart().await;
        let page = app.visitor().get("/sign-in").await.expect(200).text();
        assert!(page.contains("Банк «Мост»"), "{page}");

        for (field, value, code) in [
            ("operator_name", "x".repeat(61), "settings.too-long"),
            ("sender_address", "a@b.example\r\nbcc: c@d.example".into(), "settings.email-form"),
            ("sender_address", "Bank <a@b.example>".into(), "settings.email-form"),
        ] {
            let told = api.patch(BRANDING, json!({ "values": { field: value } })).await.expect(422);
            assert_eq!(told.json()["errors"][0], json!({ "field": field, "code": code }), "{}", told.text());
        }
        let told = api.patch(BRANDING, json!({ "values": { "colour": "red" } })).await.expect(422);
        assert_eq!(told.json()["errors"][0]["code"], "settings.no-such-setting");
    }

    async fn people_change_names_and_see_what_they_were(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        let save = |version: &'static str, name: &'static str| {
            let fields = [("version", version), ("operator_name", name), ("network_name", ""), ("sender_address", "")];
            let admin = &admin;
            async move { admin.submit(PAGE, "/admin/settings/branding", &fields).await }
        };
        save("0", "First Bank").await.expect(303);
        save("1", "Second Bank").await.expect(303);
        let stale = save("1", "Third Bank").await.expect(422).text();
        assert!(stale.contains("value=\"Third Bank\"") && stale.contains("Someone else changed"), "{stale}");
        let page = admin.get(PAGE).await.expect(200).text();
        assert!(page.contains(">First Bank</td>") && page.contains("· Second Bank</title>"), "{page}");
        let fields = [("version", "0"), ("language", "fr"), ("time_zone", "Mars/Base"), ("currency", "QQQ")];
        let told = admin.submit(PAGE, "/admin/settings/defaults", &fields).await.expect(422).text();
        assert_eq!(told.matches("Choose from the list.").count(), 4, "{told}");
        let fields = [("version", "0"), ("language", "fr"), ("time_zone", "Asia/Almaty"), ("currency", "")];
        admin.submit(PAGE, "/admin/settings/defaults", &fields).await.expect(303);
        let kept = script(&app).await.get(DEFAULTS).await.expect(200).json();
        assert_eq!(kept["values"], json!({ "language": "fr", "time_zone": "Asia/Almaty", "currency": "" }));
        admin.submit(PAGE, "/admin/settings/nothing", &fields).await.expect(404);
    }

    async fn every_node_soon_shows_what_one_was_told(app: TestApp) {
        let ctx = app.ctx();
        // What another node keeps: it is told nothing by this one but through the database.
        let other = ctx.db.read(Brand::load).await.unwrap();
        let (following, db, hub) = (other.clone(), ctx.db.clone(), ctx.hub.clone());
        let follower = tokio::spawn(async move { following.follow(db, hub).await });
        let api = script(&app).await;
        api.patch(BRANDING, json!({ "values": { "operator_name": "Bank" } })).await.expect(200);
        put(&api, LOGO, png(64, 32, 1)).await.expect(200);
        let is_there = || {
            let known = other.known();
            known.operator == "Bank" && known.logo.is_some()
        };
        for _ in 0..200 {
            if is_there() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(is_there());
        follower.abort();
    }

    async fn a_logo_is_set_shown_replaced_and_removed(app: TestApp) {
        let (api, visitor) = (script(&app).await, app.visitor());
        assert_eq!(api.get(LOGO).await.expect(200).json()["link"], json!(null));
        visitor.get("/logo").await.expect(404);
        let first = put(&api, LOGO, png(64, 32, 1)).await.expect(200).json();
        assert_eq!((&first["width"], &first["content_type"], &first["version"]),
            (&json!(64), &json!("image/png"), &json!(1)));
        assert_eq!(put(&api, LOGO, png(64, 32, 1)).await.expect(200).json()["version"], 1);

        let shown = visitor.get("/logo").await.expect(200);
        assert_eq!(shown.body, png(64, 32, 1));
        for (name, value) in [("content-type", "image/png"), ("x-content-type-options", "nosniff")] {
            assert_eq!(shown.header(name), Some(value));
        }
        let tag = shown.header("etag").expect("a tag").to_owned();
        let again = visitor.request(Method::GET, "/logo").header("if-none-match", &tag);
        visitor.send(again).await.expect(304);
        let page = visitor.get("/sign-in").await.expect(200).text();
        assert!(page.contains("<img src=\"/logo?v&#x3D;1\"") || page.contains("<img src=\"/logo?v=1\""), "{page}");

        assert_eq!(put(&api, &format!("{LOGO}?version=0"), png(32, 32, 2)).await.expect(409).code(), "settings.stale");
        put(&api, &format!("{LOGO}?version=1"), png(32, 32, 2)).await.expect(200);
        let shown = visitor.request(Method::GET, "/logo").header("if-none-match", &tag);
        assert_eq!(visitor.send(shown).await.expect(200).body, png(32, 32, 2));
        assert_eq!(owned(&app), 1);
        api.delete(LOGO).await.expect(204);
        api.delete(LOGO).await.expect(204);
        visitor.get("/logo").await.expect(404);
        assert_eq!(owned(&app), 0);
        put(&api, LOGO, png(64, 32, 1)).await.expect(200);
        assert_eq!(audited(&app), ["settings.set-logo logo", "settings.set-logo logo",
            "settings.remove-logo logo", "settings.set-logo logo"]);
        visitor.get("/logo").await.expect(200);
    }

    async fn what_is_no_picture_becomes_no_logo(app: TestApp) {
        let api = script(&app).await;
        let admin = app.operator(Role::Administrator).await;
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".to_vec();
        let mut trailed = png(64, 32, 1);
        trailed.extend(b"<script>");
        let mut large = png(64, 32, 1);
        large.resize(256 * 1024 + 1, 0);
        for (bytes, code) in [
            (svg, "settings.logo-form"), (Vec::new(), "settings.logo-form"), (trailed, "settings.logo-form"),
            (png(8, 32, 1), "settings.logo-size"), (png(64, 4000, 1), "settings.logo-size"),
            (large, "settings.logo-too-large"),
        ] {
            let told = put(&api, LOGO, bytes.clone()).await.expect(422).json();
            assert_eq!(told["errors"][0], json!({ "field": "logo", "code": code }));
            let csrf = admin.csrf(PAGE).await;
            let typed = [("_csrf", csrf.as_str()), ("version", "0")];
            let told = admin.send_files("/admin/settings/logo", &typed, &[("logo", "a.png", &bytes)]).await;
            assert!(told.expect(422).text().contains("f-logo-fault"), "{code}");
        }
        assert_eq!(app.database().count("SELECT count(*) AS n FROM storage_blob"), 0);
        app.visitor().get("/logo").await.expect(404);
    }

    async fn people_choose_a_logo_by_the_form(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        let picture = png(64, 32, 1);
        let send = |csrf: String, version: &'static str, name: &'static str| {
            let (admin, picture) = (&admin, &picture);
            async move {
                let typed = [("_csrf", csrf.as_str()), ("version", version)];
                admin.send_files("/admin/settings/logo", &typed, &[("logo", name, picture)]).await
            }
        };
        send(admin.csrf(PAGE).await, "0", "").await.expect(422);
        send("x".into(), "0", "a.png").await.expect(403);
        send(admin.csrf(PAGE).await, "0", "a.png").await.expect(303);
        let page = admin.get(PAGE).await.expect(200).text();
        assert!(page.contains("64 × 32 pixels"), "{page}");
        let stale = send(admin.csrf(PAGE).await, "0", "a.png").await.expect(422).text();
        assert!(stale.contains("Someone else changed"), "{stale}");
        let remove = "/admin/settings/logo/remove";
        admin.submit(PAGE, remove, &[("version", "0")]).await.expect(422);
        admin.submit(PAGE, remove, &[]).await.expect(422);
        admin.submit(PAGE, remove, &[("version", "1")]).await.expect(303);
        app.visitor().get("/logo").await.expect(404);
        let viewer = app.operator(Role::Viewer).await;
        viewer.get(PAGE).await.expect(403);
    }

    async fn of_many_logos_at_once_one_stays_and_owns_its_file(app: TestApp) {
        let api = script(&app).await;
        for round in 0..3_u8 {
            let all = (0..8_u8).map(|n| put(&api, LOGO, png(64, 32, round * 8 + n)));
            for answer in join_all(all).await {
                assert!(matches!(answer.status, 200 | 409), "{}", answer.text());
            }
            assert_eq!(owned(&app), 1);
        }
        assert_eq!(app.database().count("SELECT CAST(sum(ref_count) AS BIGINT) AS n FROM storage_blob"), 1);
        let told = api.get(LOGO).await.expect(200).json();
        let shown = app.visitor().get("/logo").await.expect(200);
        let tag = format!("\"{}\"", told["sha256"].as_str().unwrap());
        assert_eq!(shown.header("etag"), Some(tag.as_str()));
    }

    async fn whoever_sees_a_part_changes_nothing_of_the_whole(app: TestApp) {
        app.place("E2", "P2").await;
        let api = script(&app).await;
        app.limit(&api, &["E2"]).await;
        let told = api.patch(BRANDING, json!({ "values": { "operator_name": "x" } })).await.expect(403);
        assert_eq!(told.code(), "settings.scope-too-narrow");
        assert_eq!(put(&api, LOGO, png(64, 32, 1)).await.expect(403).code(), "settings.scope-too-narrow");
        api.delete(LOGO).await.expect(403);
        let none = app.client(&[Permission::NetworkView]).await;
        none.patch(BRANDING, json!({ "values": {} })).await.expect(403);
        put(&none, LOGO, png(64, 32, 1)).await.expect(403);
    }
}

/// Files that somebody owns.
fn owned(app: &TestApp) -> i64 {
    app.database()
        .count("SELECT count(*) AS n FROM storage_blob WHERE ref_count > 0")
}
