//! How long people stay signed in, as the installation has it.
use super::sessions::seen_now;
use crate::harness::{Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use posfleet::settings::SignIn;
use serde_json::json;
use std::time::Duration;

const SIGN_IN: &str = "/api/v1/settings/sign-in";

async fn set(api: &Persona, idle: i64, longest: i64) {
    let wish = json!({ "values": { "idle_minutes": idle, "longest_hours": longest } });
    api.patch(SIGN_IN, wish).await.expect(200);
}

fn minutes(app: &TestApp, n: u64) {
    app.advance(Duration::from_mins(n));
}

on_both_engines! {
    async fn what_is_shortened_ends_open_sessions(app: TestApp) {
        let api = app.client(&[Permission::SettingsManage]).await;
        let ann = app.operator(Role::Viewer).await;
        minutes(&app, 11);
        ann.get("/account").await.expect(200);
        seen_now(&app).await;
        set(&api, 10, 12).await;
        ann.get("/account").await.expect(200);
        minutes(&app, 9);
        ann.get("/account").await.expect(200);
        seen_now(&app).await;
        minutes(&app, 11);
        ann.get("/account").await.expect(303);
        // Not used for longer than the new limit allows.
        set(&api, 120, 12).await;
        ann.get("/account").await.expect(303);
        let bob = app.operator(Role::Viewer).await;
        minutes(&app, 30);
        set(&api, 30, 12).await;
        bob.get("/account").await.expect(303);
        // Older than the new limit allows, however busy.
        set(&api, 120, 12).await;
        // What has ended does not come back.
        bob.get("/account").await.expect(303);
        let cid = app.operator(Role::Viewer).await;
        minutes(&app, 59);
        cid.get("/account").await.expect(200);
        seen_now(&app).await;
        set(&api, 120, 1).await;
        cid.get("/account").await.expect(200);
        minutes(&app, 1);
        cid.get("/account").await.expect(303);
    }

    async fn what_is_lengthened_brings_nothing_back(app: TestApp) {
        let api = app.client(&[Permission::SettingsManage]).await;
        set(&api, 5, 1).await;
        let (ann, bob) = (app.operator(Role::Viewer).await, app.operator(Role::Viewer).await);
        minutes(&app, 4);
        ann.get("/account").await.expect(200);
        seen_now(&app).await;
        minutes(&app, 2);
        set(&api, 720, 168).await;
        bob.get("/account").await.expect(303);
        ann.get("/account").await.expect(200);
        seen_now(&app).await;
        app.advance(Duration::from_hours(11));
        ann.get("/account").await.expect(200);
        bob.get("/account").await.expect(303);
    }

    async fn it_is_shown_and_audited(app: TestApp) {
        let api = app.client(&[Permission::SettingsManage]).await;
        let admin = app.operator(Role::Administrator).await;
        let page = admin.get("/account").await.expect(200).text();
        assert!(page.contains("after 120 minutes without use, and 12 hours after"), "{page}");
        let page = admin.get("/admin/settings").await.expect(200).text();
        assert!(page.contains("Minutes without use until a session ends"), "{page}");
        for (idle, longest) in [(4, 12), (721, 12), (120, 0), (120, 169)] {
            let wish = json!({ "values": { "idle_minutes": idle, "longest_hours": longest } });
            api.patch(SIGN_IN, wish).await.expect(422);
        }
        let fields = [("version", "0"), ("idle_minutes", "21"), ("longest_hours", "1")];
        admin.submit("/admin/settings", "/admin/settings/sign-in", &fields).await.expect(303);
        for (lang, told) in [
            ("en", "after 21 minutes without use, and one hour after"),
            ("fr", "après 21 minutes d’inactivité, et au plus tard une heure après"),
            ("ru", "через 21 минуту без действий и не позже чем через 1 час после"),
        ] {
            admin.submit("/account", "/look", &[("lang", lang)]).await.expect(303);
            let page = admin.get("/account").await.expect(200).text();
            assert!(page.contains(told), "{page}");
        }
        let told = app.database().texts(
            "SELECT after_json AS name FROM access_audit WHERE action = 'settings.change'",
        );
        assert_eq!(told, [r#"{"idle_minutes":21,"longest_hours":1}"#]);
    }

    async fn every_node_soon_knows_what_one_was_told(app: TestApp) {
        let ctx = app.ctx();
        let other = ctx.db.read(SignIn::load).await.unwrap();
        let follower = tokio::spawn(other.clone().follow(ctx.db.clone(), ctx.hub.clone()));
        let api = app.client(&[Permission::SettingsManage]).await;
        set(&api, 5, 2).await;
        let is_there = || other.lasting().idle == Duration::from_mins(5);
        for _ in 0..200 {
            if is_there() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(is_there() && other.lasting().longest == Duration::from_hours(2));
        follower.abort();
    }
}
