//! Many terminals at once, while the fleet goes on: what was looked at is what is done.
use super::bulk::{API, BULK, REVIEW, ended, everything, id_of, results};
use super::{fleet, to};
use crate::harness::{Persona, Role};
use crate::on_both_engines;
use posfleet::access::Scope;
use posfleet::ids::Tid;
use posfleet::{db, terminals};
use serde_json::json;
use std::time::Duration;

/// What the form of the review page carries along.
fn hidden(page: &str) -> Vec<(String, String)> {
    let form = page
        .split("action=\"/terminals/bulk\"")
        .nth(1)
        .expect("a form");
    let form = form.split("</form>").next().unwrap();
    let value = |input: &str, name: &str| {
        let rest = input.split(&format!(" {name}=\"")).nth(1)?;
        let text = rest.split('"').next()?;
        Some(text.replace("&#x3D;", "=").replace("&amp;", "&"))
    };
    let inputs = form.split("<input type=\"hidden\"").skip(1);
    let named = |input: &str| Some((value(input, "name")?, value(input, "value")?));
    inputs
        .filter_map(named)
        .filter(|(name, _)| name != "_csrf")
        .collect()
}

/// Presses the button of a review page.
async fn confirm(who: &Persona, page: &str, more: &[(&str, &str)]) -> i64 {
    let own = hidden(page);
    let own = own
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<(&str, &str)> = own.chain(more.iter().copied()).collect();
    id_of(&to(&who
        .submit("/terminals", BULK, &fields)
        .await
        .expect(303)))
}

fn row(tid: &str, outcome: &str, code: &str) -> (String, String, String) {
    (tid.to_owned(), outcome.to_owned(), code.to_owned())
}

/// Waits until something is so.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what}: it never comes to be");
}

on_both_engines! {
    async fn those_who_were_reviewed_are_meant_and_nobody_else(app: TestApp) {
        fleet(&app, 5).await;
        let (root, api) = (app.operator(Role::Administrator).await, everything(&app).await);
        let wish = [("action", "tag"), ("all", "1"), ("query", "life=registered")];
        let page = root.submit("/terminals", REVIEW, &wish).await.expect(200).text();
        assert!(page.contains("<strong>5</strong>"), "{page}");
        // One more comes to match, and one does not match any more.
        app.register(&["T0"]).await;
        api.post("/api/v1/terminals/T3/suspend", json!({})).await.expect(200);
        let task = confirm(&root, &page, &[("value", "pilot")]).await;
        let it = ended(&api, task).await;
        assert_eq!((it["done"].as_i64(), it["skipped"].as_i64()), (Some(4), Some(1)), "{it}");
        assert_eq!(results(&api, task).await, [
            row("T1", "done", "tagged"), row("T2", "done", "tagged"),
            row("T3", "skipped", "no-longer-matches"),
            row("T4", "done", "tagged"), row("T5", "done", "tagged"),
        ]);
        let page = root.get(&format!("/tasks/{task}")).await.expect(200).text();
        assert!(page.contains("No longer among those that match"), "{page}");
        let tagged = api.get("/api/v1/terminals?tag=pilot").await.expect(200).json();
        assert_eq!(tagged["total"], 4);
    }

    async fn the_number_is_that_of_the_review(app: TestApp) {
        fleet(&app, 3).await;
        let (root, api) = (app.operator(Role::Administrator).await, everything(&app).await);
        let wish = [("action", "retire"), ("all", "1"), ("query", "q=T")];
        let page = root.submit("/terminals", REVIEW, &wish).await.expect(200).text();
        app.register(&["T4"]).await;
        let own = hidden(&page);
        let own: Vec<_> = own.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let wrong = [own.as_slice(), &[("typed", "4")]].concat();
        let page = root.submit("/terminals", BULK, &wrong).await.expect(422).text();
        assert!(page.contains("Type 3 to confirm"), "{page}");
        let task = confirm(&root, &page, &[("typed", "3")]).await;
        assert_eq!(ended(&api, task).await["done"], 3);
        let left = api.get("/api/v1/terminals").await.expect(200).json();
        assert_eq!((left["total"].as_i64(), left["items"][0]["tid"].as_str()), (Some(1), Some("T4")));
    }

    async fn what_was_chosen_is_its_choosers_and_is_kept_for_a_while(app: TestApp) {
        fleet(&app, 3).await;
        let (ann, bob) = (app.operator(Role::Administrator).await, app.operator(Role::Administrator).await);
        let wish = [("action", "suspend"), ("all", "1"), ("query", "q=T")];
        let page = ann.submit("/terminals", REVIEW, &wish).await.expect(200).text();
        let own = hidden(&page);
        let own: Vec<_> = own.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        // Somebody else, another action, a set that is none: all are shown the review again.
        let page = bob.submit("/terminals", BULK, &own).await.expect(422).text();
        assert!(page.contains("Look at it again before") && page.contains("<strong>3</strong>"), "{page}");
        let other: Vec<_> = own.iter().map(|(n, v)| (*n, if *n == "action" { "resume" } else { *v })).collect();
        ann.submit("/terminals", BULK, &other).await.expect(422);
        for odd in ["99999", "x", "-1"] {
            let odd: Vec<_> = own.iter().map(|(n, v)| (*n, if *n == "set" { odd } else { *v })).collect();
            ann.submit("/terminals", BULK, &odd).await.expect(422);
        }
        // Two days later the file of it is gone.
        let ctx = app.ctx();
        for hours in [1, 25, 1] {
            app.advance(Duration::from_hours(hours));
            while ctx.storage.collect().await.unwrap().more {}
        }
        let ann = app.operator(Role::Administrator).await;
        let page = ann.submit("/terminals", BULK, &own).await.expect(422).text();
        let task = confirm(&ann, &page, &[]).await;
        assert_eq!(ended(&everything(&app).await, task).await["done"], 3);
    }

    async fn a_task_that_goes_on_later_keeps_to_its_terminals(app: TestApp) {
        fleet(&app, 300).await;
        let api = everything(&app).await;
        let wish = json!({ "action": "tag", "value": "pilot", "filter": "life=registered" });
        let begun = api.post(API, wish).await.expect(202).json();
        let task = begun["task"].as_i64().unwrap();
        let path = format!("/api/v1/tasks/{task}");
        until("begun", async || api.get(&path).await.json()["done"].as_i64() > Some(0)).await;
        let cancelled = api.delete(&path).await.expect(200).json();
        let done = cancelled["done"].as_i64().unwrap();
        assert!(done < 290, "{cancelled}");
        api.post("/api/v1/terminals/T299/suspend", json!({})).await.expect(200);
        api.post("/api/v1/terminals/T300/retire", json!({})).await.expect(200);
        app.register(&["T298b", "T999"]).await;
        api.post(&format!("{path}/continue"), json!({})).await.expect(202);
        let it = ended(&api, task).await;
        assert_eq!((it["state"].as_str(), it["done"].as_i64()), (Some("done"), Some(298)), "{it}");
        assert_eq!((it["skipped"].as_i64(), it["failed"].as_i64()), (Some(2), Some(0)), "{it}");
        let stuck = "SELECT count(*) AS n FROM terminal_tagged";
        assert_eq!(app.database().count(stuck), 298);
        let left = "SELECT count(*) AS n FROM task_row WHERE code = 'no-longer-matches' \
                    AND subject IN ('T299', 'T300')";
        assert_eq!(app.database().count(left), 2);
    }

    async fn the_audit_tells_the_wish_and_not_ten_thousand_names(app: TestApp) {
        fleet(&app, 3).await;
        let api = everything(&app).await;
        let begun = async |wish| api.post(API, wish).await.expect(202).json()["task"].as_i64().unwrap();
        let named = json!({ "action": "tag", "value": "pilot", "tids": ["T1", "T3", "T1", "T\n2"] });
        let task = begun(named).await;
        ended(&api, task).await;
        assert_eq!(results(&api, task).await.len(), 3, "a TID that is named twice is one");
        let task = begun(json!({ "action": "suspend", "filter": "tag=pilot" })).await;
        assert_eq!(ended(&api, task).await["done"], 2);
        let told = app.database().texts(
            "SELECT after_json AS name FROM access_audit WHERE action = 'task.start' ORDER BY id");
        assert!(told.iter().all(|it| !it.contains("T1") && !it.contains("T3")), "{told:?}");
        assert!(told[0].contains("\"action\":\"tag\"") && told[0].contains("\"value\":\"pilot\""), "{told:?}");
        assert!(told[0].contains("\"chosen\":3") && told[1].contains("\"query\":\"tag=pilot\""), "{told:?}");
    }

    async fn a_search_that_finds_very_many_places_misses_no_terminal(app: TestApp) {
        for n in 0..51 {
            app.place("E1", &format!("Q{n}")).await;
        }
        fleet(&app, 3).await;
        let api = everything(&app).await;
        let wish = json!({ "action": "suspend", "filter": "q=shop" });
        let begun = api.post(API, wish).await.expect(202).json();
        assert_eq!(ended(&api, begun["task"].as_i64().unwrap()).await["done"], 3);
    }

    async fn nobody_waits_for_a_terminal_because_another_is_busy(app: TestApp) {
        fleet(&app, 3).await;
        let api = everything(&app).await;
        if app.ctx().db.has_one_writer() {
            // Whoever holds a row there holds everybody.
            return;
        }
        let held = app.hold_row("T2").await;
        let begun = api.post(API, json!({ "action": "suspend", "tids": ["T1", "T2", "T3"] })).await;
        let task = begun.expect(202).json()["task"].as_i64().unwrap();
        // The first is done and let go of while the second is waited for.
        until("let go", async || app.database().count(
            "SELECT count(*) AS n FROM terminal_place WHERE life = 'suspended'") == 1).await;
        let ctx = app.ctx();
        let free = ctx.db.write(|tx| {
            let tid = Tid::parse("T1").unwrap();
            Ok::<_, db::Error>(terminals::claim(tx, &Scope::All, &tid)?.is_some())
        });
        let free = tokio::time::timeout(Duration::from_secs(20), free).await;
        assert!(free.expect("nobody holds T1").unwrap());
        held.let_go().await;
        assert_eq!(ended(&api, task).await["done"], 3);
    }
}
