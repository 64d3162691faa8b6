//! How operators get in, governed over the Management API: links, sessions, second factors.
use crate::harness::{Answer, ESTABLISHMENT, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::{Value, json};
use std::time::Duration;

const BOB: &str = "/api/v1/operators/bob";

fn at(path: &str) -> String {
    format!("{BOB}/{path}")
}

fn code(answer: Answer, status: u16) -> String {
    answer.expect(status).code()
}

/// A link without the server's own address.
fn path_of(told: &Value) -> String {
    let link = told["link"].as_str().expect("a link");
    link[link.find("/welcome?token=").expect("a way in")..].to_owned()
}

/// How many rows of the audit log or of the outbox tell of this.
fn written(app: &TestApp, what: &str) -> i64 {
    let audit = format!(
        "SELECT count(*) AS n FROM access_audit
             WHERE before_json LIKE '%{what}%' OR after_json LIKE '%{what}%' OR object LIKE '%{what}%'"
    );
    let events = format!("SELECT count(*) AS n FROM event_outbox WHERE body LIKE '%{what}%'");
    app.database().count(&audit) + app.database().count(&events)
}

on_both_engines! {
    async fn a_program_makes_one_time_links(app: TestApp) {
        let api = app.client(Permission::ALL).await;
        app.add_operator("bob", Role::Viewer).await;
        let made = api.post(&at("link"), json!({})).await.expect(201);
        assert_eq!(made.header("cache-control"), Some("no-store"));
        let made = made.json();
        let day = app.now() + Duration::from_hours(24);
        assert_eq!(made["expires_at"], json!(day));
        let lost = path_of(&made);
        // No body is as good as an empty one.
        let bare = api.request(reqwest::Method::POST, &at("link"));
        let link = path_of(&api.send(bare).await.expect(201).json());
        app.visitor().get(&lost).await.expect(410);
        app.visitor().sign_in("bob").await;
        let token = link.split_once("token=").unwrap().1;
        assert_eq!(written(&app, token), 0);
        let told = api.get(BOB).await.expect(200).text();
        assert!(!told.contains(token), "{told}");
        let fields = [("token", token), ("password", "a new and longer one"), ("password_again", "a new and longer one")];
        app.visitor().submit(&link, "/welcome", &fields).await.expect(303);
        app.visitor().get(&link).await.expect(410);
        let log = api.get("/api/v1/audit?action=operator.issue-link").await.expect(200).json();
        assert_eq!((&log["total"], &log["items"][0]["actor"]), (&json!(2), &json!(api.login())));
        api.patch(BOB, json!({ "state": "disabled" })).await.expect(200);
        assert_eq!(code(api.post(&at("link"), json!({})).await, 409), "access.operator-disabled");
    }

    async fn a_program_lists_and_ends_sessions(app: TestApp) {
        let api = app.client(&[Permission::AccessView, Permission::AccessManage, Permission::DashboardView,
            Permission::MonitoringView, Permission::TerminalsView, Permission::NetworkView, Permission::LicencesView]).await;
        app.add_operator("bob", Role::Viewer).await;
        app.add_operator("ann", Role::Viewer).await;
        let (one, other, third) = (app.visitor(), app.visitor(), app.visitor());
        let ann = app.visitor();
        for who in [&one, &other, &third] {
            who.sign_in("bob").await;
        }
        ann.sign_in("ann").await;
        let all = api.get(&at("sessions")).await.expect(200).json();
        assert_eq!(all["total"], 3);
        let first = all["items"][2].clone();
        assert_eq!((&first["from"], &first["created_at"]), (&json!("127.0.0.1"), &json!(app.now())));
        assert!(first["user_agent"].is_string() && first.get("hash").is_none(), "{first}");
        let path = at(&format!("sessions/{}", first["id"]));
        api.delete(&path).await.expect(204);
        assert_eq!(code(api.delete(&path).await, 404), "access.session-unknown");
        one.get("/account").await.expect(303);
        other.get("/account").await.expect(200);
        // Another's session is not found under his name.
        let hers = api.get("/api/v1/operators/ann/sessions").await.expect(200).json();
        api.delete(&at(&format!("sessions/{}", hers["items"][0]["id"]))).await.expect(404);
        api.delete(&at("sessions/no-number")).await.expect(404);
        api.delete(&at("sessions")).await.expect(204);
        api.delete(&at("sessions")).await.expect(204);
        other.get("/account").await.expect(303);
        third.get("/account").await.expect(303);
        ann.get("/account").await.expect(200);
        assert_eq!(api.get(&at("sessions")).await.expect(200).json()["total"], 0);
        let told = "SELECT before_json AS name FROM access_audit
            WHERE action = 'operator.end-session' AND object = 'bob' ORDER BY id";
        assert_eq!(app.database().texts(told), [r#"{"sessions":1}"#, r#"{"sessions":2}"#]);
        app.advance(Duration::from_hours(13));
        assert_eq!(api.get("/api/v1/operators/ann/sessions").await.expect(200).json()["total"], 0);
    }

    async fn no_program_lets_in_or_shuts_out_who_may_do_more(app: TestApp) {
        app.register(&["T1"]).await;
        app.place("E2", "P2").await;
        let boss = app.operator(Role::Administrator).await;
        let login = boss.login();
        let at = |path: &str| format!("/api/v1/operators/{login}/{path}");
        let session = |list: Value| list["items"][0]["id"].to_string();
        let governor = app.client(&[Permission::AccessView, Permission::AccessManage]).await;
        let one = at(&format!("sessions/{}", session(governor.get(&at("sessions")).await.expect(200).json())));
        assert_eq!(code(governor.post(&at("link"), json!({})).await, 403), "access.beyond-own");
        for path in [&at("sessions"), &one, &at("second-factor")] {
            assert_eq!(code(governor.delete(path).await, 403), "access.beyond-own");
        }
        // Who sees a part of the fleet does not find those who see more.
        let part = app.client(Permission::ALL).await;
        app.limit(&part, &[ESTABLISHMENT]).await;
        assert_eq!(code(part.get(&at("sessions")).await, 404), "access.operator-unknown");
        part.post(&at("link"), json!({})).await.expect(404);
        for path in [&at("sessions"), &one, &at("second-factor")] {
            part.delete(path).await.expect(404);
        }
        let looks = app.client(&[Permission::AccessView]).await;
        looks.get(&at("sessions")).await.expect(200);
        looks.post(&at("link"), json!({})).await.expect(403);
        looks.delete(&one).await.expect(403);
        boss.get("/account").await.expect(200);
        for path in ["link", "sessions", "sessions/1", "second-factor"] {
            let path = format!("/api/v1/operators/nobody/{path}");
            let method = if path.ends_with("link") { reqwest::Method::POST } else { reqwest::Method::DELETE };
            let asked = governor.request(method, &path);
            assert_eq!(code(governor.send(asked).await, 404), "access.operator-unknown");
        }
        app.visitor().sign_in(&login).await;
    }
}
