//! Imports as people do them: the form, the trial, "import now".
use super::terminals;
use crate::harness::{Answer, ESTABLISHMENT, POINT, Persona, Role};
use crate::on_both_engines;
use posfleet::access::Permission;
use reqwest::Method;
use std::time::{Duration, Instant};

const EDGE: &str = "----a-form-of-the-tests";
const FORM: &str = "/imports/terminals";

/// Sends the upload form.
async fn upload(who: &Persona, file: Option<(&str, &[u8])>) -> Answer {
    let csrf = who.csrf(FORM).await;
    let part = |head: &str| format!("--{EDGE}\r\ncontent-disposition: form-data; {head}\r\n\r\n");
    let mut body = format!("{}{csrf}\r\n", part("name=\"_csrf\"")).into_bytes();
    body.extend_from_slice(format!("{}\r\n", part("name=\"encoding\"")).as_bytes());
    let (name, bytes) = file.unwrap_or_default();
    let head = format!("name=\"file\"; filename=\"{name}\"");
    body.extend_from_slice(part(&head).as_bytes());
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{EDGE}--\r\n").as_bytes());
    let kind = format!("multipart/form-data; boundary={EDGE}");
    let request = who.request(Method::POST, FORM).header("content-type", kind);
    who.send(request.body(body)).await
}

/// The page of a task that has ended.
async fn ended(who: &Persona, at: &str) -> String {
    let begun = Instant::now();
    loop {
        let page = who.get(at).await.expect(200).text();
        if !page.contains("/cancel\"") {
            return page;
        }
        assert!(begun.elapsed() < Duration::from_mins(2), "{page}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

on_both_engines! {
    async fn a_person_tries_a_file_and_imports_it_once(app: TestApp) {
        app.place(ESTABLISHMENT, POINT).await;
        let admin = app.operator(Role::Administrator).await;
        let form = admin.get(FORM).await.expect(200).text();
        assert!(form.contains("point_of_service") && form.contains("windows-1251"), "{form}");
        let refused = upload(&admin, None).await.expect(422).text();
        assert!(refused.contains("Choose a CSV file."), "{refused}");
        let refused = upload(&admin, Some(("x.csv", b"tid\nT1\n"))).await.expect(422).text();
        assert!(refused.contains("serial_number, model, point_of_service"), "{refused}");

        let file = terminals(0..20) + &format!("T00020,,feitian-f20,{POINT}\n");
        let tried = upload(&admin, Some((r"C:\x\fleet.csv", file.as_bytes()))).await.expect(303);
        let (at, _) = tried.header("location").unwrap().split_once('?').unwrap();
        let page = ended(&admin, at).await;
        for words in ["Only a check: nothing is changed", "fleet.csv", "UTF-8", "Would be added",
                      "Import now", "refused.csv", "serial_number"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let placed = "SELECT count(*) AS n FROM terminal_place";
        assert_eq!(app.database().count(placed), 0);
        let results = admin.get(&format!("{at}/rows.csv?outcome=failed")).await.expect(200).text();
        assert!(results.lines().count() == 2 && results.contains("22,T00020,Failed,"), "{results}");

        let id = at.rsplit('/').next().unwrap();
        let now = format!("/imports/{id}/now");
        let begun = admin.submit(at, &now, &[]).await.expect(303);
        let again = admin.submit(at, &now, &[]).await.expect(303);
        let to = begun.header("location").unwrap();
        assert_eq!(again.header("location"), Some(to), "it is done once");
        let page = ended(&admin, to.split_once('?').unwrap().0).await;
        assert!(page.contains("Added") && !page.contains("Import now"), "{page}");
        assert_eq!(app.database().count(placed), 20);
        let list = admin.get("/tasks").await.expect(200).text();
        assert_eq!(list.matches("fleet.csv").count(), 2, "{list}");
        for what in [">Check of terminals to import</a>", ">Import of terminals</a>"] {
            assert_eq!(list.matches(what).count(), 1, "{what}: {list}");
        }
        let forged = admin.submit(at, &format!("/imports/{}/now", 999), &[]).await;
        forged.expect(404);
    }

    async fn a_task_does_not_exist_for_who_may_not_do_such_things(app: TestApp) {
        app.place(ESTABLISHMENT, POINT).await;
        let admin = app.operator(Role::Administrator).await;
        let tried = upload(&admin, Some(("a.csv", terminals(0..2).as_bytes()))).await.expect(303);
        let (at, _) = tried.header("location").unwrap().split_once('?').unwrap();
        let id = at.rsplit('/').next().unwrap();
        let viewer = app.operator(Role::Viewer).await;
        viewer.get(FORM).await.expect(403);
        for path in [at.to_owned(), format!("{at}/rows.csv"), format!("{at}/file"),
                     format!("/imports/{id}/refused.csv")] {
            viewer.get(&path).await.expect(404);
        }
        let list = viewer.get("/tasks?whose=everyone").await.expect(200).text();
        assert!(!list.contains("a.csv"), "{list}");
        viewer.submit("/account", &format!("{at}/cancel"), &[]).await.expect(404);
        viewer.submit("/account", &format!("/imports/{id}/now"), &[]).await.expect(404);
        let other = app.client(&[Permission::NetworkManage]).await;
        for path in ["", "/rows", "/file"] {
            other.get(&format!("/api/v1/tasks/{id}{path}")).await.expect(404);
        }
        other.delete(&format!("/api/v1/tasks/{id}")).await.expect(404);
        let list = other.get("/api/v1/tasks?whose=everyone").await.expect(200).json();
        assert_eq!(list["items"].as_array().unwrap().len(), 0);
        ended(&admin, at).await;
    }

    async fn whoever_loses_the_right_loses_the_task(app: TestApp) {
        app.place(ESTABLISHMENT, POINT).await;
        let who = crate::imports::importer(&app).await;
        let sent = crate::imports::send(&who, crate::imports::TERMINALS, terminals(0..3000)).await.expect(202);
        let id = sent.json()["id"].clone();
        app.database().execute("UPDATE access_client SET state = 'disabled'");
        let admin = app.operator(Role::Administrator).await;
        let page = ended(&admin, &format!("/tasks/{id}")).await;
        assert!(page.contains("may no longer do such things"), "{page}");
        let placed = app.database().count("SELECT count(*) AS n FROM terminal_place");
        assert!(placed < 3000);
    }

    async fn a_task_is_forgotten_a_week_after_its_end(app: TestApp) {
        app.place(ESTABLISHMENT, POINT).await;
        let who = crate::imports::importer(&app).await;
        let done = crate::imports::import(&who, crate::imports::TERMINALS, terminals(0..10)).await;
        let owned = "SELECT count(*) AS n FROM storage_blob WHERE ref_count > 0";
        assert_eq!(app.database().count(owned), 1);
        let ctx = app.ctx();
        app.advance(Duration::from_hours(6 * 24));
        ctx.jobs.run_now("tasks.purge").await.unwrap();
        who.get(&format!("/api/v1/tasks/{}", done["id"])).await.expect(200);
        app.advance(Duration::from_hours(25));
        for _ in 0..3 {
            ctx.jobs.run_now("tasks.purge").await.unwrap();
        }
        who.get(&format!("/api/v1/tasks/{}", done["id"])).await.expect(404);
        assert_eq!(app.database().count(owned), 0);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM task_row"), 0);
    }
}
