//! Programs ask, look, take back and reject; they never approve, and are no way round for people.
use super::{API, WHY, approve, arranged, audited, state, task_of, tasks};
use crate::harness::{Engine, Persona, Role};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::json;
use std::time::Duration;

const LIST: &str = "/api/v1/approvals";

/// Asks for three terminals to be suspended; where the request is.
async fn ask(who: &Persona) -> String {
    let wish = json!({ "action": "suspend", "tids": ["T1", "T2", "T3"], "reason": WHY });
    let asked = who.post(API, wish).await.expect(202);
    let to = asked.header("location").expect("leads on").to_owned();
    let told = asked.json();
    assert_eq!(to, format!("{LIST}/{}", told["approval"]));
    assert!(told["task"].is_null() && told["chosen"] == 3, "{told}");
    to.strip_prefix("/api/v1").unwrap().to_owned()
}

/// A program with everything, made by a person on the page.
async fn made_by(who: &Persona) -> Persona {
    let mut fields = vec![("name", "robot")];
    fields.extend(Permission::ALL.iter().map(|one| ("scopes", one.code())));
    let made = who
        .submit("/admin/clients", "/admin/clients", &fields)
        .await
        .expect(200)
        .text();
    who.app.visitor().bearing(token_on(&made))
}

fn token_on(page: &str) -> String {
    let at = page.find("pfc_").unwrap();
    let end = page[at..].find(['<', '"']).unwrap();
    page[at..at + end].to_owned()
}

/// The statement by which the migration finds out who made the tokens of before.
fn fill(engine: Engine) -> String {
    let folder = match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    };
    let path = format!("migrations/{folder}/000831_token_makers/up.sql");
    let sql = std::fs::read_to_string(path).expect("a migration");
    let (_, fill) = sql.split_once("UPDATE ").expect("it fills the column");
    format!("UPDATE {fill}")
}

on_both_engines! {
    async fn a_program_asks_and_a_person_approves(app: TestApp) {
        let api = arranged(&app, 3).await;
        let bob = app.operator(Role::Administrator).await;
        let wish = json!({ "action": "suspend", "tids": ["T1", "T2", "T3"] });
        let refused = api.post(API, wish).await.expect(422).json();
        assert_eq!(refused["errors"][0], json!({ "field": "reason", "code": "approval.reason-form" }));
        let place = ask(&api).await;
        let it = api.get(&format!("/api/v1{place}")).await.expect(200).json();
        assert_eq!((it["state"].as_str(), it["reason"].as_str()), (Some("pending"), Some(WHY)), "{it}");
        assert_eq!((it["kind"].as_str(), it["size"].as_i64()), (Some("terminals.bulk"), Some(3)), "{it}");
        assert_eq!(it["params"]["action"], "suspend");
        assert_eq!(it["expires_at"], "2027-01-18T08:00:00.000Z", "three days");
        // It cannot approve that, and no other program can.
        let robot = app.client(Permission::ALL).await;
        for who in [&api, &robot] {
            let told = who.post(&format!("/api/v1{place}/approve"), json!({})).await.expect(403);
            assert_eq!(told.code(), "approval.not-by-a-program");
        }
        assert_eq!((state(&api, &place).await.as_str(), tasks(&app)), ("pending", 0));
        approve(&bob, &place).await.expect(303);
        assert_eq!(task_of(&api, &place).await["done"], 3);
        let it = api.get(&format!("/api/v1{place}")).await.expect(200).json();
        assert_eq!((it["state"].as_str(), it["ended_by"].as_str()), (Some("approved"), Some(bob.login().as_str())));
    }

    async fn who_made_its_token_is_no_second_person(app: TestApp) {
        let api = arranged(&app, 3).await;
        let (ann, bob) = (app.operator(Role::Administrator).await, app.operator(Role::Administrator).await);
        let robot = made_by(&ann).await;
        app.advance(Duration::from_secs(1));
        let place = ask(&robot).await;
        // What she may not decide is neither offered to her nor counted.
        let shown = ann.get(&place).await.expect(200).text();
        assert!(shown.contains("you have made a token for it"), "{shown}");
        assert!(!shown.contains(&format!("action=\"{place}/approve\"")), "{shown}");
        assert!(!shown.contains("to be decided by you"), "{shown}");
        let shown = bob.get(&place).await.expect(200).text();
        assert!(shown.contains("Suspend 3 terminals") && shown.contains("to be decided by you"), "{shown}");
        assert!(shown.contains(&format!("action=\"{place}/approve\"")), "{shown}");
        let page = approve(&ann, &place).await.expect(403).text();
        assert!(page.contains("you have made a token for it"), "{page}");
        // Nor who made it another one, be it taken back since.
        let id = app.database().count("SELECT max(id) AS n FROM access_client");
        bob.submit("/account", &format!("/admin/clients/{id}/token"), &[]).await.expect(200);
        let token = app.database().count("SELECT max(id) AS n FROM access_client_token");
        let back = format!("/admin/clients/{id}/tokens/{token}/revoke");
        bob.submit("/account", &back, &[]).await.expect(303);
        approve(&bob, &place).await.expect(403);
        // Those of before the program kept that are found in the audit log.
        app.database().execute("UPDATE access_client_token SET made_by_id = NULL");
        app.database().execute(&fill(app.database().engine));
        approve(&ann, &place).await.expect(403);
        approve(&bob, &place).await.expect(403);
        assert_eq!((state(&api, &place).await.as_str(), tasks(&app)), ("pending", 0));
        approve(&app.operator(Role::Administrator).await, &place).await.expect(303);
        assert_eq!(task_of(&api, &place).await["done"], 3);
    }

    async fn a_program_takes_back_its_own_and_rejects_others(app: TestApp) {
        let api = arranged(&app, 3).await;
        let robot = app.client(Permission::ALL).await;
        let blind = app.client(&[Permission::TerminalsView, Permission::ApprovalsDecide]).await;
        let (one, other) = (ask(&api).await, ask(&api).await);
        let at = |place: &str, verb: &str| format!("/api/v1{place}/{verb}");
        let told = robot.post(&at(&one, "withdraw"), json!({})).await.expect(403);
        assert_eq!(told.code(), "approval.not-yours");
        let told = api.post(&at(&one, "reject"), json!({ "reason": "no" })).await.expect(403);
        assert_eq!(told.code(), "approval.own");
        blind.get(&format!("/api/v1{one}")).await.expect(404);
        for verb in ["approve", "reject", "withdraw"] {
            blind.post(&at(&one, verb), json!({ "reason": "no" })).await.expect(404);
        }
        let told = api.post(&at(&one, "withdraw"), json!({})).await.expect(200).json();
        assert_eq!(told["state"], "withdrawn");
        let told = robot.post(&at(&other, "reject"), json!({})).await.expect(422).json();
        assert_eq!(told["errors"][0]["field"], "reason");
        let told = robot.post(&at(&other, "reject"), json!({ "reason": "no" })).await.expect(200).json();
        assert_eq!((told["state"].as_str(), told["remark"].as_str()), (Some("rejected"), Some("no")));
        for (who, verb) in [(&robot, "reject"), (&api, "withdraw")] {
            let told = who.post(&at(&other, verb), json!({ "reason": "no" })).await.expect(409);
            assert_eq!(told.code(), "approval.ended");
        }
        assert_eq!((audited(&app, "approval.withdraw").len(), audited(&app, "approval.reject").len()), (1, 1));
        assert_eq!(tasks(&app), 0);
    }

    async fn lists_are_turned_and_narrowed(app: TestApp) {
        let api = arranged(&app, 3).await;
        let (robot, bob) = (app.client(Permission::ALL).await, app.operator(Role::Administrator).await);
        for n in 0..7 {
            let who = if n % 3 == 0 { &robot } else { &api };
            let place = ask(who).await;
            if n == 5 {
                api.post(&format!("/api/v1{place}/withdraw"), json!({})).await.expect(200);
            }
        }
        let ids = async |who: &Persona, query: &str| -> Vec<i64> {
            let page = who.get(&format!("{LIST}?{query}")).await.expect(200).json();
            let items = page["items"].as_array().unwrap().iter();
            items.map(|it| it["id"].as_i64().unwrap()).collect()
        };
        assert_eq!(ids(&api, "").await, [7, 6, 5, 4, 3, 2, 1]);
        assert_eq!(ids(&api, "whose=mine").await, [6, 5, 3, 2]);
        assert_eq!(ids(&api, "state=withdrawn").await, [6]);
        assert_eq!(ids(&robot, "whose=mine&state=pending").await, [7, 4, 1]);
        let page = api.get(&format!("{LIST}?page_size=3")).await.expect(200).json();
        assert_eq!(page["total"], 7);
        let next = page["next"].as_str().unwrap();
        assert_eq!(ids(&api, &format!("page_size=3&cursor={next}")).await, [4, 3, 2]);
        assert_eq!(ids(&api, "page_size=3&cursor=last").await, [3, 2, 1]);
        for odd in ["state=lost", "cursor=x", "page_size=0"] {
            api.get(&format!("{LIST}?{odd}")).await.expect(422);
            bob.get(&format!("/approvals?{odd}")).await.expect(422);
        }
        // Without the permission only one's own are there; limited, those of one's establishments.
        let poor = app.client(&[Permission::TerminalsManage]).await;
        assert_eq!(ids(&poor, "").await, [0_i64; 0]);
        app.limit(&bob, &["E1"]).await;
        let page = bob.get("/approvals?state=pending&page_size=5").await.expect(200).text();
        assert!(page.contains("1–5 of 6<") && page.contains("rel=\"next\""), "{page}");
        app.limit(&bob, &["E2"]).await;
        let page = bob.get("/approvals").await.expect(200).text();
        assert!(page.contains("No requests"), "{page}");
        app.visitor().get(LIST).await.expect(401);
    }
}
