//! Sign-ins that failed: what is kept of them, for whom, and what never is.
use super::second_factor::{second, waiting_for_a_code};
use super::try_sign_in;
use crate::harness::{Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use reqwest::Method;
use serde_json::Value;
use std::time::Duration;

const API: &str = "/api/v1/failed-sign-ins";
const PAGE: &str = "/admin/failed-sign-ins";
const WRONG: &str = "a wrong password";

/// Waits until so many are written, which no request waits for.
async fn written(app: &TestApp, n: i64) {
    let sql = "SELECT count(*) AS n FROM access_failed_sign_in";
    for _ in 0..100 {
        if app.database().count(sql) >= n {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(app.database().count(sql), n);
}

/// Reasons and logins, oldest first.
async fn told(api: &Persona, query: &str) -> Vec<String> {
    let page = api
        .get(&format!("{API}?sort=number&{query}"))
        .await
        .expect(200)
        .json();
    let items = page["items"].as_array().unwrap();
    let tell = |it: &Value| {
        let part = |name: &str| it[name].as_str().unwrap_or("-").to_owned();
        format!(
            "{} {} {} {}",
            part("reason"),
            part("login"),
            part("address"),
            it["times"]
        )
    };
    items.iter().map(tell).collect()
}

on_both_engines! {
    async fn each_is_told_with_its_reason(app: TestApp) {
        let api = app.client(&[Permission::AuditView]).await;
        let admin = app.operator(Role::Administrator).await;
        for login in ["ann", "bob"] {
            app.add_operator(login, Role::Viewer).await;
        }
        admin.submit("/admin/operators", "/admin/operators/bob/disable", &[]).await.expect(303);
        let fields = [("login", "cid"), ("name", "Cid"), ("role", "viewer")];
        admin.submit("/admin/operators", "/admin/operators", &fields).await.expect(200);
        let who = app.visitor();
        for login in [" Ann ", "bob", "cid", "nobody", "my secret pass-phrase 77", "hunter2hunter2"] {
            try_sign_in(&who, login, WRONG).await.expect(422);
        }
        // Too long to be anybody's.
        try_sign_in(&who, "ann", &"x".repeat(129)).await.expect(422);
        written(&app, 7).await;
        let all = [
            "wrong-password ann 127.0.0.1 1",
            "disabled bob 127.0.0.1 1",
            "no-password cid 127.0.0.1 1",
            "unknown - 127.0.0.1 1",
            "unknown - 127.0.0.1 1",
            "unknown - 127.0.0.1 1",
            "wrong-password ann 127.0.0.1 1",
        ];
        assert_eq!(told(&api, "").await, all);
        assert_eq!(told(&api, "login=ANN").await, [all[0], all[6]]);
        assert_eq!(told(&api, "reason=disabled").await, [all[1]]);
        assert_eq!(told(&api, "login=ann&reason=wrong-password&address=127.0.0.1").await.len(), 2);
        for none in ["login=nobody", "login=%20%20x%20y", "reason=no-such", "address=10.0.0.1"] {
            assert!(told(&api, none).await.is_empty(), "{none}");
        }
        let page = admin.get(PAGE).await.expect(200).text();
        for words in ["Wrong password", "Account disabled", "No password chosen yet", "No such operator", "<code>ann</code>"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let csv = admin.get(&format!("{PAGE}.csv")).await.expect(200).text();
        for text in [page, csv] {
            assert!(!text.contains("hunter2") && !text.contains("pass-phrase"), "{text}");
        }
        let kept = app.database().texts(
            "SELECT coalesce(address, '') || reason AS name FROM access_failed_sign_in",
        );
        assert!(kept.iter().all(|row| !row.contains("hunter2")), "{kept:?}");
        let page = admin.get("/admin/operators/ann").await.expect(200).text();
        assert!(page.contains("href=\"/admin/failed-sign-ins?login=ann\""), "{page}");
        assert!(admin.get("/admin/audit").await.text().contains("href=\"/admin/failed-sign-ins\""));
        let viewer = app.operator(Role::Viewer).await;
        viewer.get(PAGE).await.expect(403);
        app.client(&[Permission::AccessView]).await.get(API).await.expect(403);
    }

    async fn who_guesses_is_counted_and_not_kept_row_by_row(app: TestApp) {
        let api = app.client(&[Permission::AuditView]).await;
        app.add_operator("ann", Role::Viewer).await;
        let who = app.visitor();
        for _ in 0..25 {
            let answer = try_sign_in(&who, "ann", WRONG).await;
            assert!([422, 429].contains(&answer.status), "{}", answer.status);
        }
        // Ten that were tried, two of those that were not even tried.
        written(&app, 12).await;
        app.advance(Duration::from_mins(1));
        written(&app, 13).await;
        let all = told(&api, "").await;
        assert_eq!(all[12], "dropped - - 13", "{all:?}");
        // Another minute, and what still waits when the server stops.
        try_sign_in(&who, "nobody", WRONG).await.expect(422);
        app.restart().await;
        assert_eq!(told(&api, "").await.len(), 14);
        app.advance(Duration::from_hours(90 * 24));
        try_sign_in(&who, "ann", WRONG).await;
        // The job may be at it by itself.
        for _ in 0..100 {
            app.ctx().jobs.run_now("access.failures").await.unwrap();
            if told(&api, "").await.len() == 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(told(&api, "").await.len(), 1);
        assert_eq!(told(&api, "login=ann").await.len(), 1);
    }

    async fn who_sees_a_part_sees_those_of_his_like(app: TestApp) {
        app.place("E1", "P1").await;
        app.place("E2", "P2").await;
        let api = app.client(&[Permission::AuditView]).await;
        let (near, far, wide) = (
            app.operator(Role::Viewer).await,
            app.operator(Role::Viewer).await,
            app.operator(Role::Viewer).await,
        );
        app.limit(&near, &["E1"]).await;
        app.limit(&far, &["E2"]).await;
        let who = app.visitor();
        for login in [near.login(), far.login(), wide.login(), "nobody".to_owned()] {
            try_sign_in(&who, &login, WRONG).await.expect(422);
        }
        written(&app, 4).await;
        app.limit(&api, &["E1"]).await;
        let own = format!("wrong-password {} 127.0.0.1 1", near.login());
        assert_eq!(told(&api, "").await, [own.as_str()]);
        assert_eq!(told(&api, "reason=wrong-password").await, [own.as_str()]);
        assert!(told(&api, &format!("login={}", far.login())).await.is_empty());
        assert!(told(&api, "reason=unknown").await.is_empty());
    }

    async fn a_wrong_code_is_one_too(app: TestApp) {
        let api = app.client(&[Permission::AuditView]).await;
        let who = waiting_for_a_code(&app).await;
        for _ in 0..5 {
            second(&who, "000000").await.expect(422);
        }
        written(&app, 5).await;
        let all = told(&api, "").await;
        assert!(all.iter().all(|one| *one == "second-factor ann 127.0.0.1 1"), "{all:?}");
        // There is nothing left that a code would answer.
        let csrf = who.csrf("/sign-in").await;
        let forged = who.request(Method::POST, "/sign-in/second")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("_csrf={csrf}&code=000000"));
        who.send(forged).await.expect(422);
        tokio::time::sleep(Duration::from_secs(2)).await;
        written(&app, 5).await;
    }
}
