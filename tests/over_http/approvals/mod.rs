//! What one person may not do alone: asked for, decided by another, and then done. Actions on many
//! terminals are what is asked for.
mod once;
mod programs;
mod refused;

use crate::harness::{Answer, Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::{Value, json};
use std::time::Duration;

const BULK: &str = "/terminals/bulk";
const REVIEW: &str = "/terminals/bulk/review";
const API: &str = "/api/v1/terminals/bulk";
const WHY: &str = "The shop <closes> tonight";

/// Terminals T1 to T`n` in E1, a place P2 in E2, and a rule: more than two need a second person. The
/// program may do everything.
async fn arranged(app: &TestApp, n: usize) -> Persona {
    let tids: Vec<String> = (1..=n).map(|n| format!("T{n}")).collect();
    let tids: Vec<&str> = tids.iter().map(String::as_str).collect();
    app.register(&tids).await;
    app.place("E2", "P2").await;
    let api = app.client(Permission::ALL).await;
    let rule = json!({ "values": { "bulk_above": 2 } });
    api.patch("/api/v1/settings/governance", rule)
        .await
        .expect(200);
    api
}

/// The form of an action on these terminals.
fn wish<'a>(
    action: &'a str,
    tids: &[&'a str],
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let rows = tids.iter().map(|tid| ("row", *tid));
    let all = [("action", action)].into_iter().chain(rows);
    all.chain(more.iter().copied()).collect()
}

/// Asks for T1, T2 and T3 to be suspended; where the request is.
async fn ask(who: &Persona) -> String {
    let fields = wish("suspend", &["T1", "T2", "T3"], &[("reason", WHY)]);
    let to = leads(&who.submit("/terminals", BULK, &fields).await.expect(303));
    let (place, said) = to.split_once('?').expect("it is said");
    assert_eq!(said, "said=approval-asked");
    assert!(place.starts_with("/approvals/"), "{place}");
    place.to_owned()
}

fn leads(answer: &Answer) -> String {
    answer.header("location").expect("leads on").to_owned()
}

async fn approve(who: &Persona, place: &str) -> Answer {
    let fields = [("remark", "Seen")];
    who.submit("/account", &format!("{place}/approve"), &fields)
        .await
}

async fn reject(who: &Persona, place: &str, why: &str) -> Answer {
    let fields = [("reason", why)];
    who.submit("/account", &format!("{place}/reject"), &fields)
        .await
}

/// The task as it ended.
async fn ended(api: &Persona, task: &Value) -> Value {
    let path = format!("/api/v1/tasks/{}", task.as_i64().expect("a task"));
    for _ in 0..300 {
        let it = api.get(&path).await.expect(200).json();
        if !["queued", "running"].contains(&it["state"].as_str().unwrap()) {
            return it;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("task {task} never ends");
}

/// What an approved request became, when that has ended.
async fn task_of(api: &Persona, place: &str) -> Value {
    let it = api.get(&format!("/api/v1{place}")).await.expect(200);
    ended(api, &it.json()["task"]).await
}

/// Moves one terminal to P2, which needs nobody else.
async fn move_away(api: &Persona, tid: &str) {
    let wish = json!({ "action": "move", "value": "P2", "tids": [tid] });
    let begun = api.post(API, wish).await.expect(202).json();
    assert_eq!(ended(api, &begun["task"]).await["done"], 1);
}

async fn state(api: &Persona, place: &str) -> String {
    let it = api.get(&format!("/api/v1{place}")).await.expect(200).json();
    it["state"].as_str().unwrap().to_owned()
}

fn suspended(app: &TestApp) -> i64 {
    app.database()
        .count("SELECT count(*) AS n FROM terminal_place WHERE life = 'suspended'")
}

fn tasks(app: &TestApp) -> i64 {
    app.database().count("SELECT count(*) AS n FROM task_task")
}

/// What the audit tells of a verb: who, and what is so now.
fn audited(app: &TestApp, verb: &str) -> Vec<String> {
    app.database().texts(&format!(
        "SELECT actor_name || ': ' || object || ' ' || coalesce(after_json, '') AS name
         FROM access_audit WHERE action = '{verb}' ORDER BY id"
    ))
}

/// References that are held to files: by requests and by tasks.
fn held(app: &TestApp) -> i64 {
    app.database()
        .count("SELECT CAST(coalesce(sum(ref_count), 0) AS BIGINT) AS n FROM storage_blob")
}

/// The number beside the entry of the navigation; 0 when there is none.
async fn waiting(who: &Persona) -> i64 {
    let page = who.get("/account").await.expect(200).text();
    let Some((before, _)) = page.split_once("</span><span class=\"vh\"> to be decided by you")
    else {
        return 0;
    };
    before.rsplit('>').next().unwrap().parse().unwrap()
}

on_both_engines! {
    async fn above_the_number_a_second_person_decides(app: TestApp) {
        let api = arranged(&app, 5).await;
        let (ann, bob) = (app.operator(Role::Operator).await, app.operator(Role::Operator).await);
        let three = ["T1", "T2", "T3"];
        let page = ann.submit("/terminals", REVIEW, &wish("suspend", &three, &[])).await.expect(200).text();
        assert!(page.contains("more than 2 terminals needs the approval") && page.contains("Ask for approval"), "{page}");
        for no_reason in ["", "  ", &"x".repeat(501)] {
            let fields = wish("suspend", &three, &[("reason", no_reason)]);
            let page = ann.submit("/terminals", BULK, &fields).await.expect(422).text();
            assert!(page.contains("Give a reason, in at most 500 characters"), "{page}");
        }
        let place = ask(&ann).await;
        assert_eq!((tasks(&app), suspended(&app), held(&app)), (0, 0, 1), "nothing is done yet");
        let own = ann.get(&place).await.expect(200).text();
        assert!(own.contains("another person has to decide") && own.contains("Withdraw</button>"), "{own}");
        assert!(!own.contains("Approve</button>"), "{own}");
        assert_eq!((waiting(&ann).await, waiting(&bob).await), (0, 1));
        let list = bob.get("/approvals?state=pending").await.expect(200).text();
        assert!(list.contains(&format!("href=\"{place}\"")) && list.contains("closes&gt; tonight"), "{list}");
        let page = bob.get(&place).await.expect(200).text();
        for told in ["Suspend", "<strong>3</strong>", "<code>T2</code>", &ann.login(), "&lt;closes&gt;", "To be decided"] {
            assert!(page.contains(told), "{told}: {page}");
        }
        let to = leads(&approve(&bob, &place).await.expect(303));
        assert_eq!(to, format!("{place}?said=approval-approved"));
        let task = task_of(&api, &place).await;
        assert_eq!((task["state"].as_str(), task["done"].as_i64()), (Some("done"), Some(3)), "{task}");
        assert_eq!(task["by"].as_str(), Some(ann.login().as_str()));
        assert_eq!((suspended(&app), waiting(&bob).await, held(&app)), (3, 0, 1));
        let page = ann.get(&place).await.expect(200).text();
        assert!(page.contains(&format!("Approved by {}", bob.login())) && page.contains("Seen"), "{page}");
        assert!(page.contains(&format!("href=\"/tasks/{}\"", task["id"])), "{page}");
        let page = ann.get(&format!("/tasks/{}", task["id"])).await.expect(200).text();
        assert!(page.contains(&format!("<a href=\"{place}\">{}</a>", bob.login())), "{page}");
    }

    async fn every_step_is_audited_under_the_name_of_who_took_it(app: TestApp) {
        let api = arranged(&app, 3).await;
        let (ann, bob) = (app.operator(Role::Administrator).await, app.operator(Role::Administrator).await);
        let place = ask(&ann).await;
        approve(&bob, &place).await.expect(303);
        task_of(&api, &place).await;
        let (ann_is, bob_is) = (ann.login(), bob.login());
        let told = audited(&app, "approval.request");
        assert!(told[0].starts_with(&format!("{ann_is}: 1 ")) && told[0].contains("closes"), "{told:?}");
        assert!(told[0].contains("\"size\":3") && !told[0].contains("T1"), "{told:?}");
        let told = audited(&app, "approval.approve");
        assert!(told[0].starts_with(&format!("{bob_is}: 1 ")) && told[0].contains("Seen"), "{told:?}");
        assert!(told[0].contains(&format!("\"requested_by\":\"{ann_is}\"")), "{told:?}");
        let told = audited(&app, "task.start");
        let by = format!("\"by\":\"{bob_is}\"");
        assert!(told.len() == 1 && told[0].starts_with(&ann_is) && told[0].contains(&by), "{told:?}");
        let done = audited(&app, "terminal.suspend");
        assert!(done.len() == 3 && done.iter().all(|it| it.starts_with(&ann_is)), "{done:?}");
        // Whoever audits this establishment alone sees it: it concerns no other.
        let cid = app.operator(Role::Administrator).await;
        app.limit(&cid, &["E1"]).await;
        let log = cid.get("/admin/audit?action=approval.").await.expect(200).text();
        assert!(log.contains("approval.request") && log.contains("approval.approve"), "{log}");
    }

    async fn up_to_the_number_and_without_one_nobody_is_asked(app: TestApp) {
        let api = arranged(&app, 4).await;
        let ann = app.operator(Role::Administrator).await;
        let two = wish("suspend", &["T1", "T2"], &[]);
        let to = leads(&ann.submit("/terminals", BULK, &two).await.expect(303));
        assert!(to.starts_with("/tasks/"), "{to}");
        let never = json!({ "values": { "bulk_above": 0 } });
        api.patch("/api/v1/settings/governance", never).await.expect(200);
        let all = wish("tag", &["T1", "T2", "T3", "T4"], &[("value", "x")]);
        let page = ann.submit("/terminals", REVIEW, &all).await.expect(200).text();
        assert!(!page.contains("Ask for approval"), "{page}");
        let to = leads(&ann.submit("/terminals", BULK, &all).await.expect(303));
        assert!(to.starts_with("/tasks/"), "{to}");
        assert_eq!(app.database().count("SELECT count(*) AS n FROM approval_request"), 0);
        let odd = json!({ "values": { "bulk_above": -1, "approval_hours": 0 } });
        api.patch("/api/v1/settings/governance", odd).await.expect(422);
        let page = ann.get("/admin/settings").await.expect(200).text();
        assert!(page.contains("Ask a second person above this many terminals"), "{page}");
    }

    async fn those_who_were_chosen_are_meant_and_nobody_else(app: TestApp) {
        let api = arranged(&app, 5).await;
        let bob = app.operator(Role::Administrator).await;
        let ask = json!({ "action": "tag", "value": "pilot", "filter": "life=registered", "reason": WHY });
        let asked = api.post(API, ask).await.expect(202).json();
        assert_eq!((asked["chosen"].as_i64(), asked["concerned"].as_i64()), (Some(5), Some(5)));
        // One comes to match, one does not match any more, and one goes where nobody was asked about.
        app.register(&["T0"]).await;
        api.post("/api/v1/terminals/T3/suspend", json!({})).await.expect(200);
        move_away(&api, "T4").await;
        let place = format!("/approvals/{}", asked["approval"]);
        let page = bob.get(&place).await.expect(200).text();
        assert!(page.contains("<strong>5</strong>") && page.contains("as they were chosen"), "{page}");
        approve(&bob, &place).await.expect(303);
        let task = task_of(&api, &place).await;
        assert_eq!((task["done"].as_i64(), task["skipped"].as_i64()), (Some(3), Some(2)), "{task}");
        let left = "SELECT subject AS name FROM task_row WHERE code = 'no-longer-matches' ORDER BY 1";
        assert_eq!(app.database().texts(left), ["T3", "T4"]);
        // Named one by one, they are left alone just so.
        let ask = json!({ "action": "untag", "value": "pilot", "tids": ["T1", "T2", "T5"], "reason": WHY });
        let asked = api.post(API, ask).await.expect(202).json();
        move_away(&api, "T5").await;
        let place = format!("/approvals/{}", asked["approval"]);
        approve(&bob, &place).await.expect(303);
        let task = task_of(&api, &place).await;
        assert_eq!((task["done"].as_i64(), task["skipped"].as_i64()), (Some(2), Some(1)), "{task}");
    }

    async fn the_files_of_two_days_ago_are_still_there(app: TestApp) {
        let api = arranged(&app, 3).await;
        let ann = app.operator(Role::Administrator).await;
        let place = ask(&ann).await;
        let ctx = app.ctx();
        for hours in [1, 25, 25] {
            app.advance(Duration::from_hours(hours));
            while ctx.storage.collect().await.unwrap().more {}
        }
        let bob = app.operator(Role::Administrator).await;
        approve(&bob, &place).await.expect(303);
        assert_eq!(task_of(&api, &place).await["done"], 3);
    }

    async fn the_file_of_what_was_refused_goes(app: TestApp) {
        arranged(&app, 3).await;
        let (ann, bob) = (app.operator(Role::Administrator).await, app.operator(Role::Administrator).await);
        let place = ask(&ann).await;
        reject(&bob, &place, "Not on a Friday").await.expect(303);
        let stored = "SELECT count(*) AS n FROM storage_blob";
        assert_eq!((app.database().count(stored), held(&app)), (1, 0));
        let ctx = app.ctx();
        for hours in [1, 25, 25] {
            app.advance(Duration::from_hours(hours));
            while ctx.storage.collect().await.unwrap().more {}
        }
        assert_eq!(app.database().count(stored), 0);
        let cid = app.operator(Role::Administrator).await;
        cid.get(&place).await.expect(200);
    }

    async fn who_sees_less_by_now_sees_nothing_of_what_he_asked_for(app: TestApp) {
        let api = arranged(&app, 3).await;
        let ann = app.operator(Role::Administrator).await;
        let place = ask(&ann).await;
        let two = wish("suspend", &["T1", "T2"], &[]);
        let task = leads(&ann.submit("/terminals", BULK, &two).await.expect(303));
        let task = task.split('?').next().unwrap().to_owned();
        let id = task.rsplit('/').next().unwrap().parse::<i64>().unwrap();
        ended(&api, &json!(id)).await;
        ann.get(&task).await.expect(200);
        app.limit(&ann, &["E2"]).await;
        let back = format!("{place}/withdraw");
        for there in [&place, &task] {
            let page = ann.get(there).await.expect(404).text();
            assert!(!page.contains("closes") && !page.contains("T2<"), "{page}");
        }
        ann.submit("/account", &back, &[]).await.expect(404);
        let cancel = format!("{task}/cancel");
        ann.submit("/account", &cancel, &[]).await.expect(404);
        for (list, there) in [("/approvals", &place), ("/approvals?whose=mine", &place), ("/tasks", &task)] {
            let page = ann.get(list).await.expect(200).text();
            assert!(!page.contains(there.as_str()), "{list}: {page}");
        }
        // The request concerns E1 alone; what he saw when he began the task was everything.
        app.limit(&ann, &["E1"]).await;
        ann.get(&place).await.expect(200);
        assert!(ann.get("/approvals?whose=mine").await.expect(200).text().contains(&place));
        ann.get(&task).await.expect(404);
        let again = leads(&ann.submit("/terminals", BULK, &wish("resume", &["T1"], &[])).await.expect(303));
        let again = again.split('?').next().unwrap().to_owned();
        app.limit(&ann, &["E1", "E2"]).await;
        ann.get(&again).await.expect(200);
        let page = ann.get("/tasks").await.expect(200).text();
        assert!(page.contains(&again) && !page.contains(&format!("{task}\"")), "{page}");
        app.limit(&ann, &["E2"]).await;
        ann.get(&again).await.expect(404);
    }
}
