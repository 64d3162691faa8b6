//! Licences end to end: an operator or a script gives a terminal its file, the terminal fetches it
//! over real HTTP and says so, and every page tells no more than what happened.

use crate::harness::{Answer, Device, Persona, Role};
use crate::on_both_engines;
use insta::assert_json_snapshot;
use posfleet::access::Permission;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// What a licence file may hold: anything at all.
const LICENCE: &[u8] = b"\x00\xff\r\nlicence of T1\r\n--boundary\r\n\x1a";

/// Fills in the upload form as a browser does: the token, what is typed, the file.
async fn upload(by: &Persona, tid: &str, file: (&str, &[u8]), replace: bool) -> Answer {
    let csrf = by.csrf("/licences/new").await;
    let mut typed = vec![("_csrf", csrf.as_str()), ("terminal", tid)];
    if replace {
        typed.push(("replace", "true"));
    }
    post_form(by, &typed, Some(file)).await
}

async fn post_form(by: &Persona, typed: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Answer {
    const EDGE: &str = "----form-edge-7d1";
    let mut body = Vec::new();
    for (name, value) in typed {
        let part = format!(
            "--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend_from_slice(part.as_bytes());
    }
    if let Some((name, bytes)) = file {
        let head = format!(
            "--{EDGE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{EDGE}--\r\n").as_bytes());
    let form = by
        .request(Method::POST, "/licences")
        .header(
            "content-type",
            format!("multipart/form-data; boundary={EDGE}"),
        )
        .body(body);
    by.send(form).await
}

/// Puts a licence over the Management API.
async fn put(by: &Persona, tid: &str, query: &str, bytes: &[u8]) -> Answer {
    let path = format!("/api/v1/terminals/{tid}/licence?{query}");
    let request = by
        .request(Method::PUT, &path)
        .header("content-type", "application/octet-stream")
        .body(bytes.to_vec());
    by.send(request).await
}

/// Where a form led, without what it said.
fn led_to(answer: Answer) -> String {
    let answer = answer.expect(303);
    let place = answer.header("location").unwrap_or_default();
    place.split('?').next().unwrap_or_default().to_owned()
}

/// The work that tells a terminal of its licence.
async fn told(device: &Device) -> Value {
    let answer = device.check_in().await;
    let work = answer["work"].as_array().unwrap();
    assert_eq!(work.len(), 1, "{answer}");
    work[0].clone()
}

async fn fetch(device: &Device) -> Answer {
    device.get("/terminal/v1/licence").await
}

/// What the Management API says of a licence.
async fn look(by: &Persona, id: i64) -> Value {
    by.get(&format!("/api/v1/licences/{id}"))
        .await
        .expect(200)
        .json()
}

async fn script(app: &crate::harness::TestApp) -> Persona {
    app.client(&[Permission::LicencesView, Permission::LicencesManage])
        .await
}

on_both_engines! {
    async fn an_operator_uploads_and_the_terminal_gets_its_bytes(app: TestApp) {
        let (admin, api) = (app.operator(Role::Administrator).await, script(&app).await);
        let device = app.device("T1").await;
        fetch(&device).await.expect(404);

        let page = led_to(upload(&admin, "T1", ("лицензия T1.lic", LICENCE), false).await);
        assert_eq!(page, "/licences/1");
        assert!(admin.get(&page).await.expect(200).text().contains("лицензия T1.lic"));
        assert_eq!(look(&api, 1).await["state"], "waiting");

        let work = told(&device).await;
        assert_json_snapshot!(work, @r#"
        {
          "id": 1,
          "kind": "licence",
          "link": "/terminal/v1/licences/1",
          "payload": {
            "file_name": "лицензия T1.lic",
            "size_bytes": 32,
            "sha256": "1fdde0c234716208aee2ae6ac33ad92cd1bdd5e889ab5a08b66236524ff87c37"
          },
          "expires_at": null
        }
        "#);
        assert_eq!(look(&api, 1).await["state"], "waiting", "told is not fetched");

        app.advance(Duration::from_secs(1));
        let got = fetch(&device).await.expect(200);
        assert_eq!(got.body, LICENCE);
        let tag = format!("\"{}\"", work["payload"]["sha256"].as_str().unwrap());
        assert_eq!(got.header("etag"), Some(tag.as_str()));
        assert_eq!(got.header("content-type"), Some("application/octet-stream"));
        assert_eq!(look(&api, 1).await["state"], "fetched", "fetched is not confirmed");

        app.advance(Duration::from_secs(1));
        device.report(1, "done").await.expect(200);
        assert_json_snapshot!(look(&api, 1).await, { ".uploaded_by" => "[operator]" }, @r#"
        {
          "id": 1,
          "serial_number": "SN-T1",
          "platform": "android",
          "software": "",
          "lic_id": "",
          "valid_from": null,
          "valid_until": null,
          "file_name": "лицензия T1.lic",
          "size_bytes": 32,
          "sha256": "1fdde0c234716208aee2ae6ac33ad92cd1bdd5e889ab5a08b66236524ff87c37",
          "state": "confirmed",
          "is_current": true,
          "outcome_code": null,
          "fetched_at": "2027-01-15T08:00:01.000Z",
          "confirmed_at": "2027-01-15T08:00:02.000Z",
          "ended_at": null,
          "terminal": "T1",
          "uploaded_at": "2027-01-15T08:00:00.000Z",
          "uploaded_by": "[operator]",
          "ended_by": null
        }
        "#);
        device.report(1, "done").await.expect(200);
        assert_eq!(device.check_in().await["work"], json!([]));
    }

    async fn a_terminal_fetches_in_pieces_and_only_what_it_lacks(app: TestApp) {
        let (api, device) = (script(&app).await, app.device("T1").await);
        put(&api, "T1", "file_name=a.lic", LICENCE).await.expect(201);
        let ask = async |method: Method, name: &str, value: &str| {
            let request = device.request(method, "/terminal/v1/licence").header(name, value);
            device.send(request).await
        };
        let head = ask(Method::HEAD, "accept", "*/*").await.expect(200);
        assert_eq!(head.header("content-length"), Some("32"));
        let begun = ask(Method::GET, "range", "bytes=0-9").await.expect(206);
        assert_eq!(begun.body, LICENCE[..10]);
        assert_eq!(look(&api, 1).await["state"], "waiting", "a beginning is no delivery");
        let rest = ask(Method::GET, "range", "bytes=10-").await.expect(206);
        assert_eq!(rest.body, LICENCE[10..]);
        assert_eq!(look(&api, 1).await["state"], "fetched");
        let tag = head.header("etag").unwrap();
        assert!(ask(Method::GET, "if-none-match", tag).await.expect(304).body.is_empty());
        ask(Method::GET, "range", "bytes=32-").await.expect(416);
    }

    async fn a_licence_is_nobody_elses(app: TestApp) {
        let (api, other) = (script(&app).await, app.device("T2").await);
        app.register(&["T1"]).await;
        put(&api, "T1", "file_name=a.lic", LICENCE).await.expect(201);
        assert_eq!(fetch(&other).await.expect(404).code(), "licence.none");
        assert_eq!(other.check_in().await["work"], json!([]));
        let stranger = app.visitor().bearing("not-a-token");
        assert_eq!(stranger.get("/terminal/v1/licence").await.expect(401).code(), "terminal.not-activated");
        assert_eq!(put(&api, "T9", "file_name=a.lic", LICENCE).await.expect(404).code(), "licence.no-terminal");
    }

    async fn done_without_a_fetch_is_not_believed(app: TestApp) {
        let (admin, api) = (app.operator(Role::Administrator).await, script(&app).await);
        let device = app.device("T1").await;
        put(&api, "T1", "file_name=a.lic", LICENCE).await.expect(201);
        told(&device).await;
        device.report(1, "done").await.expect(200);
        let licence = look(&api, 1).await;
        assert_eq!((&licence["state"], &licence["outcome_code"]), (&json!("failed"), &json!("licence.not-fetched")));
        // Somebody sends it again, and now it goes as it should.
        admin.submit("/licences/1", "/licences/1/send-again", &[]).await.expect(303);
        assert_eq!(told(&device).await["id"], 2);
        device.report(2, "done").await.expect(200);
        // And a program once more.
        let path = "/api/v1/licences/1/send-again";
        let sent = api.post(path, json!({})).await.expect(200).json();
        assert_eq!((&sent["id"], &sent["state"]), (&json!(1), &json!("waiting")));
        assert_eq!(told(&device).await["id"], 3);
        fetch(&device).await.expect(200);
        device.report(3, "done").await.expect(200);
        assert_eq!(look(&api, 1).await["state"], "confirmed");
        assert_eq!(api.post(path, json!({})).await.expect(409).code(), "licence.nothing-to-send");
        let again = admin.submit("/licences/1/delete", "/licences/1/send-again", &[]).await;
        assert_eq!(again.status, 409, "what is confirmed is not sent again");
    }

    async fn a_refused_licence_says_why(app: TestApp) {
        let (api, device) = (script(&app).await, app.device("T1").await);
        put(&api, "T1", "file_name=a.lic", LICENCE).await.expect(201);
        told(&device).await;
        fetch(&device).await.expect(200);
        let why = json!({ "state": "refused", "code": "E12", "detail": "another serial number" });
        device.post("/terminal/v1/work/1/report", why).await.expect(200);
        let licence = look(&api, 1).await;
        assert_eq!((&licence["state"], &licence["outcome_code"]), (&json!("failed"), &json!("E12")));
    }

    async fn another_licence_takes_its_place_only_when_asked(app: TestApp) {
        let (admin, api) = (app.operator(Role::Administrator).await, script(&app).await);
        let device = app.device("T1").await;
        put(&api, "T1", "file_name=old.lic", b"old").await.expect(201);
        put(&api, "T1", "file_name=old.lic", b"old").await.expect(200);
        assert_eq!(put(&api, "T1", "file_name=new.lic", b"new").await.expect(409).code(), "licence.exists");
        told(&device).await;
        fetch(&device).await.expect(200);

        let refused = upload(&admin, "T1", ("new.lic", b"new"), false).await.expect(422);
        assert!(refused.text().contains("value=\"T1\""), "what was typed is kept");
        assert_eq!(led_to(upload(&admin, "T1", ("new.lic", b"new"), true).await), "/licences/2");

        // The old work says nothing about the new licence.
        device.report(1, "done").await;
        assert_eq!(look(&api, 2).await["state"], "waiting");
        let old = look(&api, 1).await;
        assert_eq!((&old["state"], &old["is_current"]), (&json!("superseded"), &json!(false)));
        assert_eq!(api.get("/api/v1/licences/1/file").await.expect(410).code(), "licence.file-gone");
        assert_eq!(fetch(&device).await.expect(200).body.as_ref(), b"new");
    }

    async fn what_was_delivered_leaves_a_tombstone(app: TestApp) {
        let (admin, api) = (app.operator(Role::Administrator).await, script(&app).await);
        let device = app.device("T1").await;
        app.register(&["T2"]).await;
        put(&api, "T1", "file_name=a.lic", LICENCE).await.expect(201);
        put(&api, "T2", "file_name=a.lic", LICENCE).await.expect(201);
        told(&device).await;
        fetch(&device).await.expect(200);

        let tab = admin.get("/terminals/T1/panels/licence").await.expect(200).text();
        assert!(tab.contains("a.lic") && tab.contains("/licences/1/delete"), "{tab}");
        let warning = admin.get("/licences/1/delete").await.expect(200).text();
        assert!(warning.contains("has fetched this licence"), "{warning}");
        admin.submit("/licences/1/delete", "/licences/1/delete", &[]).await.expect(303);
        fetch(&device).await.expect(404);
        assert_eq!(look(&api, 1).await["state"], "deleted");
        api.delete("/api/v1/licences/1").await.expect(409);

        // Nobody ever saw the other: nothing of it is kept but the audit.
        api.delete("/api/v1/licences/2").await.expect(204);
        api.get("/api/v1/licences/2").await.expect(404);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM storage_blob WHERE ref_count <> 0"), 0);
        let audited = app.database().texts("SELECT action AS name FROM access_audit WHERE action LIKE 'licence.%' ORDER BY id");
        assert_eq!(audited, ["licence.upload", "licence.upload", "licence.delete", "licence.delete"]);
    }

    async fn what_is_no_licence_is_refused_and_leaves_nothing(app: TestApp) {
        let (admin, api) = (app.operator(Role::Administrator).await, script(&app).await);
        app.register(&["T1"]).await;
        let large = vec![7; (1 << 20) + 1];
        for (name, bytes, status, code) in [
            ("a.lic", &b""[..], 422, "licence.empty"),
            ("a.lic", &large, 413, "licence.too-large"),
            ("..", b"x", 422, "licence.file-name"),
        ] {
            let answer = put(&api, "T1", &format!("file_name={name}"), bytes).await.expect(status);
            assert_eq!(answer.code(), code);
            let form = upload(&admin, "T1", (name, bytes), false).await.expect(422).text();
            assert!(form.contains("id=\"f-file-fault\""), "{code}: {form}");
        }
        put(&api, "T1", "", b"x").await.expect(400);
        upload(&admin, "T9", ("a.lic", LICENCE), false).await.expect(422);
        let csrf = admin.csrf("/licences/new").await;
        post_form(&admin, &[("_csrf", &csrf), ("terminal", "T1")], None).await.expect(422);
        let nothing_chosen = upload(&admin, "T1", ("", b""), false).await.expect(422);
        assert!(nothing_chosen.text().contains("Choose a licence file"));
        assert_eq!(app.database().count("SELECT count(*) AS n FROM licence_file"), 0);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM storage_blob"), 0);
    }

    async fn a_form_without_its_token_counts_for_nothing(app: TestApp) {
        let admin = app.operator(Role::Administrator).await;
        app.register(&["T1"]).await;
        let file = Some(("a.lic", LICENCE));
        post_form(&admin, &[("terminal", "T1")], file).await.expect(403);
        post_form(&admin, &[("_csrf", "made up"), ("terminal", "T1")], file).await.expect(403);
        // Behind the file it comes too late.
        let csrf = admin.csrf("/licences/new").await;
        post_form(&admin, &[("terminal", "T1"), ("_csrf", &csrf)], file).await.expect(403);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM storage_blob"), 0);
    }

    async fn of_many_uploads_at_once_one_wins(app: TestApp) {
        let api = script(&app).await;
        app.register(&["T1"]).await;
        let uploads = (0..8_u8).map(|n| put(&api, "T1", "file_name=a.lic", vec![n; 9].leak()));
        let answers = futures_util::future::join_all(uploads).await;
        let won = answers.iter().filter(|answer| answer.status == 201).count();
        let lost = answers.iter().filter(|answer| answer.status == 409).count();
        assert_eq!((won, lost), (1, 7));
        assert_eq!(app.database().count("SELECT count(*) AS n FROM storage_blob WHERE ref_count > 0"), 1);
    }

    async fn the_list_is_searched_and_turned(app: TestApp) {
        let (viewer, api) = (app.operator(Role::Viewer).await, script(&app).await);
        let tids: Vec<String> = (10..17).map(|n| format!("Shop-{n}")).collect();
        app.register(&tids.iter().map(String::as_str).collect::<Vec<_>>()).await;
        for tid in &tids {
            put(&api, tid, &format!("file_name=Lizenz%20{tid}.lic"), tid.as_bytes()).await.expect(201);
        }
        let list = async |query: &str| api.get(&format!("/api/v1/licences?{query}")).await.expect(200).json();
        let first = list("page_size=3").await;
        assert_eq!(first["total"], 7);
        assert_eq!(first["items"][0]["terminal"], "Shop-16", "newest first");
        let next = list(&format!("page_size=3&cursor={}", first["next"].as_str().unwrap())).await;
        assert_eq!(next["items"][0]["terminal"], "Shop-13");
        assert_eq!(list("q=shop-1").await["total"], 7);
        assert_eq!(list("q=lizenz%20shop-12").await["items"][0]["terminal"], "Shop-12");
        assert_eq!(list("state=confirmed").await["total"], 0);
        api.get("/api/v1/licences?state=lost").await.expect(422);
        let page = viewer.get("/licences?q=SHOP-14").await.expect(200).text();
        assert!(page.contains("Shop-14") && !page.contains("Shop-15"), "{page}");
        assert!(!page.contains("/licences/new"), "a viewer is not offered what he may not do");
        viewer.get("/licences/new").await.expect(403);
    }
}
