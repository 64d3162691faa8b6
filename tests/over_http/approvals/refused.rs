//! Who may not decide, and when nothing can be decided any more.
use super::{BULK, WHY};
use super::{
    approve, arranged, ask, audited, held, leads, reject, state, suspended, task_of, tasks,
    waiting, wish,
};
use crate::harness::{Persona, Role, TestApp};
use crate::on_both_engines;
use std::time::Duration;

/// From now on the role of those who only look holds these.
fn viewers_may(app: &TestApp, permissions: &[&str]) {
    let set = serde_json::json!(permissions);
    app.database().execute(&format!(
        "UPDATE access_role SET permissions = '{set}' WHERE code = 'viewer'"
    ));
}

/// Runs a job until it has done its work: it may be at it by itself.
async fn until(app: &TestApp, job: &str, mut is_done: impl AsyncFnMut() -> bool) {
    for _ in 0..100 {
        app.ctx().jobs.run_now(job).await.unwrap();
        if is_done().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{job} does nothing");
}

async fn two(app: &TestApp) -> (Persona, Persona) {
    (
        app.operator(Role::Administrator).await,
        app.operator(Role::Administrator).await,
    )
}

on_both_engines! {
    async fn nobody_decides_about_his_own(app: TestApp) {
        let api = arranged(&app, 3).await;
        let (ann, bob) = two(&app).await;
        let place = ask(&ann).await;
        let page = approve(&ann, &place).await.expect(403).text();
        assert!(page.contains("You asked for this yourself"), "{page}");
        reject(&ann, &place, "no").await.expect(403);
        assert_eq!((state(&api, &place).await.as_str(), tasks(&app)), ("pending", 0));
        // Nobody else takes it back, and he himself does.
        let back = format!("{place}/withdraw");
        bob.submit("/account", &back, &[]).await.expect(403);
        ann.submit("/account", &back, &[]).await.expect(303);
        assert_eq!((state(&api, &place).await.as_str(), held(&app)), ("withdrawn", 0));
        assert!(audited(&app, "approval.withdraw")[0].starts_with(&ann.login()));
        let page = approve(&bob, &place).await.expect(422).text();
        assert!(page.contains("decided or withdrawn already"), "{page}");
        ann.submit("/account", &back, &[]).await.expect(422);
        assert_eq!(tasks(&app), 0);
    }

    async fn a_rejection_says_why(app: TestApp) {
        let api = arranged(&app, 3).await;
        let (ann, bob) = two(&app).await;
        let place = ask(&ann).await;
        let page = reject(&bob, &place, " ").await.expect(422).text();
        assert!(page.contains("Give a reason") && page.contains("aria-invalid"), "{page}");
        let to = leads(&reject(&bob, &place, "Not on a Friday").await.expect(303));
        assert_eq!(to, format!("{place}?said=approval-rejected"));
        let page = ann.get(&place).await.expect(200).text();
        assert!(page.contains(&format!("Rejected by {}", bob.login())) && page.contains("Not on a Friday"), "{page}");
        assert_eq!((state(&api, &place).await.as_str(), tasks(&app), held(&app)), ("rejected", 0, 0));
        let told = audited(&app, "approval.reject");
        assert!(told[0].starts_with(&bob.login()) && told[0].contains("Friday"), "{told:?}");
        approve(&bob, &place).await.expect(422);
    }

    async fn whoever_could_not_do_it_cannot_decide(app: TestApp) {
        let api = arranged(&app, 3).await;
        let (ann, eve) = (app.operator(Role::Administrator).await, app.operator(Role::Viewer).await);
        let place = ask(&ann).await;
        // Nothing of it is his.
        eve.get(&place).await.expect(404);
        approve(&eve, &place).await.expect(403);
        viewers_may(&app, &["approvals.view"]);
        eve.get(&place).await.expect(200);
        approve(&eve, &place).await.expect(403);
        reject(&eve, &place, "no").await.expect(403);
        viewers_may(&app, &["approvals.decide", "terminals.manage"]);
        approve(&eve, &place).await.expect(404);
        // He may decide, and not do it himself.
        viewers_may(&app, &["approvals.view", "approvals.decide", "terminals.view"]);
        let page = eve.get(&place).await.expect(200).text();
        assert!(page.contains("you cannot decide about it") && !page.contains("Approve</button>"), "{page}");
        let page = approve(&eve, &place).await.expect(403).text();
        assert!(page.contains("you cannot decide about it"), "{page}");
        reject(&eve, &place, "no").await.expect(403);
        assert_eq!(waiting(&eve).await, 0);
        assert_eq!(state(&api, &place).await, "pending");
        viewers_may(&app, &["approvals.view", "approvals.decide", "terminals.manage"]);
        assert_eq!(waiting(&eve).await, 1);
        approve(&eve, &place).await.expect(303);
        assert_eq!(task_of(&api, &place).await["done"], 3);
    }

    async fn what_lies_out_of_sight_is_not_there(app: TestApp) {
        let api = arranged(&app, 3).await;
        let (ann, bob) = two(&app).await;
        let place = ask(&ann).await;
        app.limit(&bob, &["E2"]).await;
        bob.get(&place).await.expect(404);
        approve(&bob, &place).await.expect(404);
        reject(&bob, &place, "no").await.expect(404);
        let list = bob.get("/approvals").await.expect(200).text();
        assert!(!list.contains(&place) && waiting(&bob).await == 0, "{list}");
        app.limit(&bob, &["E1"]).await;
        assert!(bob.get("/approvals").await.expect(200).text().contains(&place));
        assert_eq!(waiting(&bob).await, 1);
        // Where they would go is a matter of who sees that, too.
        let fields = wish("move", &["T1", "T2", "T3"], &[("value", "P2"), ("reason", WHY)]);
        let to = leads(&ann.submit("/terminals", BULK, &fields).await.expect(303));
        let moving = to.split('?').next().unwrap().to_owned();
        approve(&bob, &moving).await.expect(404);
        assert_eq!(waiting(&bob).await, 1);
        approve(&bob, &place).await.expect(303);
        app.limit(&bob, &["E1", "E2"]).await;
        assert_eq!(waiting(&bob).await, 1);
        approve(&bob, &moving).await.expect(303);
        assert_eq!(task_of(&api, &moving).await["done"], 3);
    }

    async fn what_the_one_who_asked_has_lost_is_not_done_for_him(app: TestApp) {
        let api = arranged(&app, 3).await;
        let (ann, bob) = two(&app).await;
        let place = ask(&ann).await;
        let away = format!("/admin/operators/{}/disable", ann.login());
        bob.submit("/account", &away, &[]).await.expect(303);
        let page = approve(&bob, &place).await.expect(422).text();
        assert!(page.contains("has been disabled, so it cannot be approved"), "{page}");
        let back = format!("/admin/operators/{}/enable", ann.login());
        bob.submit("/account", &back, &[]).await.expect(303);
        app.limit(&ann, &["E2"]).await;
        let page = approve(&bob, &place).await.expect(422).text();
        assert!(page.contains("no longer sees all the establishments"), "{page}");
        app.limit(&ann, &["E1"]).await;
        let role = |code: &str| app.database().execute(&format!(
            "UPDATE access_operator_role SET role_id = (SELECT id FROM access_role WHERE code = '{code}')
             WHERE operator_id = (SELECT id FROM access_operator WHERE login = '{}')", ann.login()));
        role("viewer");
        let page = approve(&bob, &place).await.expect(422).text();
        assert!(page.contains("may no longer do it, so it cannot be approved"), "{page}");
        assert_eq!((state(&api, &place).await.as_str(), tasks(&app), suspended(&app)), ("pending", 0, 0));
        assert_eq!((held(&app), audited(&app, "approval.approve").len()), (1, 0));
        role("administrator");
        approve(&bob, &place).await.expect(303);
        assert_eq!(task_of(&api, &place).await["done"], 3);
    }

    async fn time_ends_what_nobody_decides(app: TestApp) {
        let api = arranged(&app, 3).await;
        let ann = app.operator(Role::Administrator).await;
        let soon = serde_json::json!({ "values": { "approval_hours": 1 } });
        api.patch("/api/v1/settings/governance", soon).await.expect(200);
        let (place, other) = (ask(&ann).await, ask(&ann).await);
        let bob = app.operator(Role::Administrator).await;
        app.advance(Duration::from_mins(59));
        assert_eq!(waiting(&bob).await, 2);
        approve(&bob, &other).await.expect(303);
        app.advance(Duration::from_mins(1));
        // At once, whether or not the job has noted it.
        let page = approve(&bob, &place).await.expect(422).text();
        assert!(page.contains("has expired") && waiting(&bob).await == 0, "{page}");
        assert_eq!(state(&api, &place).await, "expired");
        until(&app, "approvals.expire", async || !audited(&app, "approval.expire").is_empty()).await;
        assert_eq!(state(&api, &place).await, "expired");
        let told = audited(&app, "approval.expire");
        assert!(told.len() == 1 && told[0].starts_with("approvals.expire: 1 "), "{told:?}");
        approve(&bob, &place).await.expect(422);
        ann.submit("/account", &format!("{place}/withdraw"), &[]).await.expect(422);
        task_of(&api, &other).await;
        assert_eq!((tasks(&app), held(&app)), (1, 1), "only the other one's file is kept");
        let page = ann.get(&place).await.expect(200).text();
        assert!(page.contains("nobody decided in time"), "{page}");
        // A year later it is forgotten.
        app.advance(Duration::from_hours(366 * 24));
        let gone = format!("/api/v1{place}");
        until(&app, "approvals.purge", async || api.get(&gone).await.status == 404).await;
    }
}
