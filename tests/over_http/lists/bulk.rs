//! The same thing done to many terminals: looked at first, then done by a task.
use super::{fleet, to};
use crate::harness::{Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::{Value, json};
use std::time::Duration;

pub(crate) const REVIEW: &str = "/terminals/bulk/review";
pub(crate) const BULK: &str = "/terminals/bulk";
pub(crate) const API: &str = "/api/v1/terminals/bulk";

/// The task as it ended.
pub(crate) async fn ended(api: &Persona, task: i64) -> Value {
    for _ in 0..300 {
        let it = api
            .get(&format!("/api/v1/tasks/{task}"))
            .await
            .expect(200)
            .json();
        if !["queued", "running"].contains(&it["state"].as_str().unwrap()) {
            return it;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("task {task} never ends");
}

pub(crate) fn id_of(address: &str) -> i64 {
    let id = address.strip_prefix("/tasks/").expect("leads to the task");
    id.parse().unwrap()
}

/// What became of each: TID, outcome, code.
pub(crate) async fn results(api: &Persona, task: i64) -> Vec<(String, String, String)> {
    let rows = api
        .get(&format!("/api/v1/tasks/{task}/rows?page_size=200"))
        .await;
    let rows = rows.expect(200).json();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let rows = rows["items"].as_array().unwrap().iter();
    rows.map(|row| {
        (
            text(row, "subject"),
            text(row, "outcome"),
            text(row, "code"),
        )
    })
    .collect()
}

async fn with_life(api: &Persona, life: &str) -> Vec<String> {
    let list = api
        .get(&format!("/api/v1/terminals?page_size=200&life={life}"))
        .await;
    let list = list.expect(200).json();
    let items = list["items"].as_array().unwrap().iter();
    items
        .map(|it| it["tid"].as_str().unwrap().to_owned())
        .collect()
}

pub(crate) async fn everything(app: &TestApp) -> Persona {
    app.client(Permission::ALL).await
}

on_both_engines! {
    async fn those_who_are_ticked_are_suspended(app: TestApp) {
        fleet(&app, 5).await;
        let (root, api) = (app.operator(Role::Administrator).await, everything(&app).await);
        api.post("/api/v1/terminals/T2/suspend", json!({})).await.expect(200);
        let list = root.get("/terminals").await.expect(200).text();
        assert!(list.contains("name=\"row\" value=\"T3\""), "{list}");
        let fields = [("action", "suspend"), ("row", "T1"), ("row", "T2"), ("row", "T3"), ("row", "T99")];
        let page = root.submit("/terminals", REVIEW, &fields).await.expect(200).text();
        assert!(page.contains("<strong>2</strong>") && page.contains("<code>T3</code>"), "{page}");
        assert!(page.contains("Suspended already") && page.contains("Not known, or not yours"), "{page}");
        assert_eq!(with_life(&api, "suspended").await, ["T2"], "a review changes nothing");
        let task = id_of(&to(&root.submit("/terminals", BULK, &fields).await.expect(303)));
        let it = ended(&api, task).await;
        assert_eq!((it["state"].as_str(), it["done"].as_i64()), (Some("done"), Some(2)), "{it}");
        assert_eq!((it["skipped"].as_i64(), it["failed"].as_i64()), (Some(1), Some(1)), "{it}");
        assert_eq!(with_life(&api, "suspended").await, ["T1", "T2", "T3"]);
        let row = |tid: &str, outcome: &str, code: &str| (tid.to_owned(), outcome.to_owned(), code.to_owned());
        assert_eq!(results(&api, task).await, [
            row("T1", "done", "suspended"), row("T2", "skipped", "is-suspended"),
            row("T3", "done", "suspended"), row("T99", "failed", "terminal.unknown"),
        ]);
        // Each is in the log, by the one who asked.
        let told = app.database().count(&format!(
            "SELECT count(*) AS n FROM access_audit WHERE action = 'terminal.suspend'
             AND actor_name = '{}'", root.login()));
        assert_eq!(told, 2);
        let page = root.get(&format!("/tasks/{task}")).await.expect(200).text();
        assert!(page.contains("Suspended already") && page.contains("Suspend"), "{page}");
    }

    async fn all_that_match_are_meant_by_their_filter(app: TestApp) {
        fleet(&app, 60).await;
        let (root, api) = (app.operator(Role::Administrator).await, everything(&app).await);
        let fields = [("action", "suspend"), ("all", "1"), ("query", "q=T1"), ("row", "T2")];
        let page = root.submit("/terminals", REVIEW, &fields).await.expect(200).text();
        assert!(page.contains("<strong>11</strong>") && page.contains("and 1 more"), "{page}");
        let task = id_of(&to(&root.submit("/terminals", BULK, &fields).await.expect(303)));
        assert_eq!(ended(&api, task).await["done"], 11);
        assert_eq!(with_life(&api, "suspended").await.len(), 11);
        // What it does takes them out of the very filter that found them.
        let all = [("action", "resume"), ("all", "1"), ("query", "life=suspended")];
        let task = id_of(&to(&root.submit("/terminals", BULK, &all).await.expect(303)));
        assert_eq!(ended(&api, task).await["done"], 11);
        assert_eq!(with_life(&api, "suspended").await.len(), 0);
        // More than one step.
        let all = [("action", "set-interval"), ("all", "1"), ("query", ""), ("value", "600")];
        let task = id_of(&to(&root.submit("/terminals", BULK, &all).await.expect(303)));
        assert_eq!(ended(&api, task).await["done"], 60);
        let slow = app.database().count("SELECT count(*) AS n FROM terminal_contact WHERE interval_s = 600");
        assert_eq!(slow, 60);
    }

    async fn a_value_is_asked_for_and_checked(app: TestApp) {
        fleet(&app, 2).await;
        app.place("E2", "P2").await;
        let (root, api) = (app.operator(Role::Administrator).await, everything(&app).await);
        let wish = |value: &'static str| [("action", "move"), ("row", "T1"), ("row", "T2"), ("value", value)];
        let page = root.submit("/terminals", REVIEW, &wish("")).await.expect(200).text();
        assert!(page.contains("Code of the point of service"), "{page}");
        let page = root.submit("/terminals", BULK, &wish("nowhere")).await.expect(422).text();
        assert!(page.contains("aria-invalid") && page.contains("value=\"nowhere\""), "{page}");
        let task = id_of(&to(&root.submit("/terminals", BULK, &wish("P2")).await.expect(303)));
        assert_eq!(ended(&api, task).await["done"], 2);
        let there = api.get("/api/v1/terminals?point_of_service=P2").await.expect(200).json();
        assert_eq!(there["total"], 2);
        let task = id_of(&to(&root.submit("/terminals", BULK, &wish("P2")).await.expect(303)));
        assert_eq!(ended(&api, task).await["skipped"], 2);
        let slow = [("action", "set-interval"), ("row", "T1"), ("value", "1")];
        root.submit("/terminals", BULK, &slow).await.expect(422);
        root.submit("/terminals", REVIEW, &[("action", "explode")]).await.expect(422);
    }

    async fn a_tag_is_put_on_and_taken_off(app: TestApp) {
        fleet(&app, 3).await;
        let (root, api) = (app.operator(Role::Administrator).await, everything(&app).await);
        let wish = |action: &'static str, value: &'static str| {
            [("action", action), ("all", "1"), ("query", ""), ("value", value)]
        };
        root.submit("/terminals", BULK, &wish("tag", "a,b")).await.expect(422);
        let one = json!({ "action": "tag", "value": "Pilot", "tids": ["T1"] });
        let begun = api.post(API, one).await.expect(202).json();
        assert_eq!(ended(&api, begun["task"].as_i64().unwrap()).await["done"], 1);
        let task = id_of(&to(&root.submit("/terminals", BULK, &wish("tag", "pilot")).await.expect(303)));
        let it = ended(&api, task).await;
        assert_eq!((it["done"].as_i64(), it["skipped"].as_i64()), (Some(2), Some(1)), "{it}");
        assert_eq!(results(&api, task).await[0].1, "same");
        let page = root.get("/terminals?tag=pilot").await.expect(200).text();
        assert!(page.contains("1–3 of 3<") && page.contains("<span>Tag: pilot</span>"), "{page}");
        let off = [("action", "untag"), ("all", "1"), ("query", "tag=pilot"), ("value", "PILOT")];
        let task = id_of(&to(&root.submit("/terminals", BULK, &off).await.expect(303)));
        assert_eq!(ended(&api, task).await["done"], 3);
        let left = api.get("/api/v1/terminals?tag=pilot").await;
        assert!(left.status == 422 || left.json()["total"] == 0, "{}", left.text());
    }

    async fn retiring_needs_the_number_typed(app: TestApp) {
        fleet(&app, 12).await;
        let (root, api) = (app.operator(Role::Administrator).await, everything(&app).await);
        let wish = |typed: &'static str| {
            [("action", "retire"), ("all", "1"), ("query", "q=T1"), ("typed", typed)]
        };
        let page = root.submit("/terminals", REVIEW, &wish("")).await.expect(200).text();
        assert!(page.contains("Type 4 to confirm") && page.contains("cannot be undone"), "{page}");
        for typed in ["", "3", "four"] {
            root.submit("/terminals", BULK, &wish(typed)).await.expect(422);
        }
        let task = id_of(&to(&root.submit("/terminals", BULK, &wish("4")).await.expect(303)));
        assert_eq!(ended(&api, task).await["done"], 4);
        assert_eq!(with_life(&api, "retired").await, ["T1", "T10", "T11", "T12"]);
        let ask = |expect: Value| json!({ "action": "retire", "filter": "q=T2", "expect": expect });
        api.post(API, ask(Value::Null)).await.expect(422);
        api.post(API, ask(json!(7))).await.expect(422);
        let begun = api.post(API, ask(json!(1))).await.expect(202).json();
        assert_eq!((begun["chosen"].as_i64(), begun["concerned"].as_i64()), (Some(1), Some(1)));
        assert_eq!(ended(&api, begun["task"].as_i64().unwrap()).await["done"], 1);
        api.post(API, json!({ "action": "suspend" })).await.expect(422);
        api.post(API, json!({ "action": "suspend", "tids": ["T3"], "filter": "" })).await.expect(422);
        let begun = api.post(API, json!({ "action": "suspend", "tids": ["T3"] })).await.expect(202).json();
        assert_eq!(ended(&api, begun["task"].as_i64().unwrap()).await["done"], 1);
    }

    async fn who_may_only_look_selects_nothing(app: TestApp) {
        fleet(&app, 2).await;
        let ann = app.operator(Role::Viewer).await;
        assert!(!ann.get("/terminals").await.expect(200).text().contains("name=\"row\""));
        ann.submit("/terminals", REVIEW, &[("action", "suspend"), ("row", "T1")]).await.expect(403);
        let api = app.client(&[Permission::TerminalsView]).await;
        api.post(API, json!({ "action": "suspend", "tids": ["T1"] })).await.expect(403);
    }
}
