//! Signing in, staying in, going out.
use super::{cookie, cookie_line, try_sign_in};
use crate::harness::{PASSWORD, Role, TestApp};
use crate::on_both_engines;
use std::time::Duration;

/// Waits until the last use of a session is noted, which no request waits for.
pub(super) async fn seen_now(app: &TestApp) {
    let now = app.now().0;
    let noted = format!("SELECT count(*) AS n FROM access_session WHERE last_seen_at = {now}");
    for _ in 0..200 {
        if app.database().count(&noted) > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nobody was seen at {now}");
}

on_both_engines! {
    async fn the_right_password_opens_a_session(app: TestApp) {
        app.add_operator("ann", Role::Administrator).await;
        let ann = app.visitor();
        let refused = try_sign_in(&ann, "ann", "wrong horse battery").await.expect(422);
        assert!(refused.text().contains("Login or password is wrong"), "{}", refused.text());
        assert_eq!(cookie_line(&refused, "posfleet"), None);
        let fields = [("login", " Ann "), ("password", PASSWORD), ("next", "/account")];
        let entered = ann.submit("/sign-in", "/sign-in", &fields).await.expect(303);
        assert_eq!(entered.header("location"), Some("/account"));
        let cookie = cookie_line(&entered, "posfleet").unwrap();
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        let page = ann.get("/account").await.expect(200);
        assert!(page.text().contains("ann"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        ann.get("/sign-in?next=/account").await.expect(303);
    }

    async fn nobody_learns_which_logins_exist(app: TestApp) {
        app.add_operator("ann", Role::Viewer).await;
        let words = |text: String| {
            let at = text.find("<main").unwrap();
            let shown = text[at..].replace("value=\"ann\"", "").replace("value=\"bob\"", "");
            let csrf = crate::harness::value_of(&text, "_csrf").unwrap();
            shown.replace(&csrf, "")
        };
        let one = try_sign_in(&app.visitor(), "ann", "wrong horse battery").await.expect(422);
        let other = try_sign_in(&app.visitor(), "bob", "wrong horse battery").await.expect(422);
        assert_eq!(words(one.text()), words(other.text()));
    }

    async fn a_planted_token_is_worth_nothing(app: TestApp) {
        app.add_operator("ann", Role::Viewer).await;
        let ann = app.visitor();
        ann.set_cookie("posfleet", "planted");
        ann.sign_in("ann").await;
        let thief = app.visitor();
        thief.set_cookie("posfleet", "planted");
        thief.get("/account").await.expect(303);
        // Signing in again in the same browser ends the session it had.
        let before = cookie(&ann, "posfleet").unwrap();
        let fields = [("login", "ann"), ("password", PASSWORD)];
        ann.submit("/account", "/sign-in", &fields).await.expect(303);
        assert_ne!(cookie(&ann, "posfleet").unwrap(), before);
        thief.set_cookie("posfleet", &before);
        thief.get("/account").await.expect(303);
    }

    async fn signing_out_ends_the_session_on_the_server(app: TestApp) {
        let ann = app.operator(Role::Viewer).await;
        let token = cookie(&ann, "posfleet").unwrap();
        let out = ann.submit("/account", "/sign-out", &[]).await.expect(303);
        assert!(cookie_line(&out, "posfleet").unwrap().contains("Max-Age=0"));
        let thief = app.visitor();
        thief.set_cookie("posfleet", &token);
        thief.get("/account").await.expect(303);
    }

    async fn a_session_ends_by_idling_and_by_age(app: TestApp) {
        let idle = app.operator(Role::Viewer).await;
        app.advance(Duration::from_mins(119));
        idle.get("/account").await.expect(200);
        seen_now(&app).await;
        app.advance(Duration::from_mins(119));
        idle.get("/account").await.expect(200);
        seen_now(&app).await;
        app.advance(Duration::from_mins(121));
        idle.get("/account").await.expect(303);
        let old = app.operator(Role::Viewer).await;
        for _ in 0..8 {
            app.advance(Duration::from_mins(89));
            old.get("/account").await.expect(200);
            seen_now(&app).await;
        }
        app.advance(Duration::from_mins(20));
        old.get("/account").await.expect(303);
    }

    async fn guessing_is_slowed_down_but_locks_nobody_out(app: TestApp) {
        app.add_operator("ann", Role::Viewer).await;
        let ann = app.visitor();
        ann.sign_in("ann").await;
        let stranger = app.visitor();
        for _ in 0..9 {
            try_sign_in(&stranger, "ann", "a wrong password").await.expect(422);
        }
        let slowed = try_sign_in(&stranger, "ann", PASSWORD).await.expect(429);
        let wait: u32 = slowed.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=31).contains(&wait), "{wait}");
        ann.get("/account").await.expect(200);
        ann.submit("/account", "/sign-out", &[]).await.expect(303);
        ann.sign_in("ann").await;
    }

    async fn no_link_leads_off_this_server(app: TestApp) {
        app.add_operator("ann", Role::Viewer).await;
        let far = ["https://evil.example/", "//evil.example", "/\\evil.example", "evil"];
        for next in far {
            let ann = app.visitor();
            let fields = [("login", "ann"), ("password", PASSWORD), ("next", next)];
            let entered = ann.submit("/sign-in", "/sign-in", &fields).await.expect(303);
            assert_eq!(entered.header("location"), Some("/"), "{next}");
            let query = serde_urlencoded::to_string([("next", next)]).unwrap();
            let again = ann.get(&format!("/sign-in?{query}")).await.expect(303);
            assert_eq!(again.header("location"), Some("/"), "{next}");
        }
    }

    async fn an_operator_sees_and_ends_his_sessions(app: TestApp) {
        app.add_operator("ann", Role::Viewer).await;
        let (desk, phone) = (app.visitor(), app.visitor());
        desk.sign_in("ann").await;
        phone.sign_in("ann").await;
        let page = desk.get("/account").await.expect(200).text();
        assert_eq!(page.matches("/end\"").count(), 1, "{page}");
        let stranger = app.operator(Role::Viewer).await;
        let id = app.database().count("SELECT max(id) - 1 AS n FROM access_session");
        let foreign = format!("/account/sessions/{id}/end");
        stranger.submit("/account", &foreign, &[]).await.expect(404);
        desk.submit("/account", "/account/sessions/end-others", &[]).await.expect(303);
        phone.get("/account").await.expect(303);
        desk.get("/account").await.expect(200);
    }
}
