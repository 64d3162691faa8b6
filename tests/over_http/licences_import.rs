//! Many licences at once: files, archives and tables that come in honestly, and those that do not.

use crate::harness::{Answer, Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::{Value, json};
use std::io::{Cursor, Write};
use std::time::Duration;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const IMPORT: &str = "/api/v1/licences/import";

async fn script(app: &TestApp) -> Persona {
    app.client(&[Permission::LicencesView, Permission::LicencesManage])
        .await
}

fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

async fn import(by: &Persona, typed: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Answer {
    by.send_files(IMPORT, typed, files).await
}

/// Waits for the task to end; what it says of itself.
async fn ended(by: &Persona, begun: Answer) -> Value {
    let link = begun.expect(202).json()["link"]
        .as_str()
        .unwrap()
        .to_owned();
    for _ in 0..2400 {
        let task = by.get(&link).await.expect(200).json();
        if !["queued", "running"].contains(&task["state"].as_str().unwrap()) {
            return task;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the task never ends: {}", by.get(&link).await.text());
}

/// Subject, outcome and code of each of its rows.
async fn rows(by: &Persona, task: &Value) -> Vec<(String, String, String)> {
    let path = format!("/api/v1/tasks/{}/rows?page_size=200", task["id"]);
    let found = by.get(&path).await.expect(200).json();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let all = found["items"].as_array().unwrap().iter();
    all.map(|row| {
        (
            text(row, "subject"),
            text(row, "outcome"),
            text(row, "code"),
        )
    })
    .collect()
}

fn told(rows: &[(String, String, String)]) -> Vec<String> {
    rows.iter()
        .map(|(file, outcome, code)| format!("{file}: {outcome} {code}"))
        .collect()
}

on_both_engines! {
    async fn an_archive_and_files_are_deposited_by_their_names(app: TestApp) {
        let (api, admin) = (script(&app).await, app.operator(Role::Administrator).await);
        app.register(&["T1"]).await;
        let zip = packed(&[
            ("2027/SN-T1_android_pos_L1.lic", b"one"),
            ("SN-2_android_pos_L2.lic", b"two"),
            ("__MACOSX/._x", b"clutter"),
            ("readme.txt", b"hello"),
        ]);
        let csrf = admin.csrf("/licences/import").await;
        let files: [(&str, &str, &[u8]); 3] = [
            ("file", "many.zip", &zip),
            ("file", "SN-3_android__.lic", b"three"),
            ("file", "SN-3_android__.lic", b"three again"),
        ];
        let begun = admin.send_files("/licences/import", &[("_csrf", &csrf)], &files).await.expect(303);
        let page = begun.header("location").unwrap().to_owned();
        assert!(page.starts_with("/tasks/"), "{page}");
        let id = page.rsplit('/').next().unwrap().to_owned();
        let mut state = Value::Null;
        for _ in 0..1200 {
            let count = "SELECT count(*) AS n FROM task_task WHERE state = 'done'";
            if app.database().count(count) == 1 {
                state = json!("done");
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(state, "done");
        let all = app.client(Permission::ALL).await;
        let rows = rows(&all, &json!({ "id": id.parse::<i64>().unwrap() })).await;
        assert_eq!(told(&rows), [
            "many.zip/2027/SN-T1_android_pos_L1.lic: done licence.new",
            "many.zip/SN-2_android_pos_L2.lic: done licence.unmatched",
            "many.zip/readme.txt: failed licence.not-named",
            "SN-3_android__.lic: done licence.unmatched",
            "SN-3_android__.lic: failed licence.exists",
        ]);
        let shown = admin.get(&page).await.expect(200).text();
        assert!(shown.contains("does not fit the pattern"), "{shown}");
        let found = api.get("/api/v1/licences?lic_id=L1").await.expect(200).json();
        assert_eq!((&found["items"][0]["terminal"], &found["items"][0]["software"]), (&json!("T1"), &json!("pos")));

        // The same again changes nothing.
        let again = ended(&api, import(&api, &[], &[("file", "many.zip", &zip)]).await).await;
        assert_eq!((&again["done"], &again["skipped"], &again["failed"]), (&json!(0), &json!(2), &json!(1)));
        // And others take their place only when told to.
        let other = packed(&[("SN-2_android_pos_L9.lic", b"nine")]);
        let refused = ended(&api, import(&api, &[], &[("file", "o.zip", &other)]).await).await;
        assert_eq!(refused["failed"], 1);
        let wish = [("replace", "true")];
        let replaced = ended(&api, import(&api, &wish, &[("file", "o.zip", &other)]).await).await;
        assert_eq!(replaced["done"], 1);
        assert_eq!(api.get("/api/v1/licences?sn=SN-2").await.expect(200).json()["items"][0]["lic_id"], "L9");
    }

    async fn hostile_archives_are_told_apart_file_by_file(app: TestApp) {
        let api = script(&app).await;
        let inner = packed(&[("SN-9_a_b_c.lic", b"nested")]);
        let bomb = vec![0; 900_000];
        let large = vec![7; (1 << 20) + 1];
        let zip = packed(&[
            ("../SN-1_a_b_c.lic", b"out"),
            ("/SN-2_a_b_c.lic", b"absolute"),
            ("C:\\SN-3_a_b_c.lic", b"drive"),
            ("SN-4_a_b_c.zip", &inner),
            ("SN-5_a_b_c.lic", &bomb),
            ("SN-6_a_b_c.lic", &large),
            ("SN-7_a_b_c.lic", b""),
            ("SN-8_a_b_c.lic", b"good"),
        ]);
        let mut cut = zip.clone();
        cut.truncate(zip.len() / 2);
        let files: [(&str, &str, &[u8]); 4] = [
            ("file", "evil.zip", &zip),
            ("file", "cut.zip", &cut),
            ("file", "SN-10_a_b_c.lic", &large),
            ("file", "SN-11_a_b_c.lic", b"good too"),
        ];
        let task = ended(&api, import(&api, &[], &files).await).await;
        assert_eq!(task["state"], "done", "{task}");
        let found = told(&rows(&api, &task).await);
        assert_eq!(found, [
            "evil.zip/../SN-1_a_b_c.lic: failed licence.unsafe-name",
            "evil.zip//SN-2_a_b_c.lic: failed licence.unsafe-name",
            "evil.zip/C:\\SN-3_a_b_c.lic: failed licence.unsafe-name",
            "evil.zip/SN-4_a_b_c.zip: failed licence.is-archive",
            "evil.zip/SN-5_a_b_c.lic: failed licence.bomb",
            "evil.zip/SN-6_a_b_c.lic: failed licence.bomb",
            "evil.zip/SN-7_a_b_c.lic: failed licence.empty",
            "evil.zip/SN-8_a_b_c.lic: done licence.unmatched",
            "cut.zip: failed licence.bad-archive",
            "SN-10_a_b_c.lic: failed licence.too-large",
            "SN-11_a_b_c.lic: done licence.unmatched",
        ]);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM licence_file"), 2);
        let held = "SELECT count(*) AS n FROM storage_blob WHERE ref_count > 0";
        assert_eq!(app.database().count(held), 3, "two licences and the task's own input");
    }

    async fn a_lying_archive_gives_no_more_than_a_licence_has(app: TestApp) {
        let api = script(&app).await;
        // Says 10 bytes of an entry that unpacks to two million.
        let mut zip = packed(&[("SN-1_a_b_c.lic", &vec![0; 2_000_000])]);
        let size = 2_000_000_u32.to_le_bytes();
        let places: Vec<usize> = zip.windows(4).enumerate()
            .filter(|(_, four)| *four == size).map(|(at, _)| at).collect();
        for at in places {
            zip[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
        }
        // An encrypted one: the flag alone is enough.
        let mut locked = packed(&[("SN-2_a_b_c.lic", b"secret")]);
        for mark in [&b"PK\x03\x04"[..], b"PK\x01\x02"] {
            let at = locked.windows(4).position(|four| four == mark).unwrap();
            let flags = at + if mark[2] == 3 { 6 } else { 8 };
            locked[flags] |= 1;
        }
        let files: [(&str, &str, &[u8]); 2] = [("file", "lie.zip", &zip), ("file", "locked.zip", &locked)];
        let task = ended(&api, import(&api, &[], &files).await).await;
        let found = told(&rows(&api, &task).await);
        assert!(found[0].starts_with("lie.zip/SN-1_a_b_c.lic: failed licence."), "{found:?}");
        assert_eq!(found[1], "locked.zip/SN-2_a_b_c.lic: failed licence.encrypted");
        assert_eq!(app.database().count("SELECT count(*) AS n FROM licence_file"), 0);
    }

    async fn a_form_that_brings_nothing_begins_nothing(app: TestApp) {
        let (api, admin) = (script(&app).await, app.operator(Role::Administrator).await);
        assert_eq!(import(&api, &[], &[]).await.expect(422).code(), "licence.no-file");
        assert_eq!(import(&api, &[], &[("file", "", b"")]).await.expect(422).code(), "licence.no-file");
        let file: [(&str, &str, &[u8]); 1] = [("file", "a.lic", b"x")];
        admin.send_files("/licences/import", &[("_csrf", "made up")], &file).await.expect(403);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM task_task"), 0);
        assert_eq!(app.database().count("SELECT count(*) AS n FROM storage_blob"), 0);
    }

    async fn the_pattern_is_told_and_tried(app: TestApp) {
        let (admin, viewer) = (app.operator(Role::Administrator).await, app.operator(Role::Viewer).await);
        viewer.get("/licences/naming").await.expect(403);
        let page = "/licences/naming";
        let tried = [("pattern", "{serial}-{lic_id}.bin"), ("sample", "S1-77.bin"), ("look", "true"), ("version", "1")];
        let shown = admin.submit(page, page, &tried).await.expect(200).text();
        assert!(shown.contains("<code>S1</code>") && shown.contains("<code>77</code>"), "{shown}");
        let bad = [("pattern", "{serial}{lic_id}"), ("version", "1")];
        assert!(admin.submit(page, page, &bad).await.expect(422).text().contains("Put something between"));
        let good = [("pattern", "{serial}-{lic_id}.bin"), ("version", "1")];
        admin.submit(page, page, &good).await.expect(303);
        let late = [("pattern", "{serial}.lic"), ("version", "1")];
        admin.submit(page, page, &late).await.expect(422);
        let api = script(&app).await;
        let task = ended(&api, import(&api, &[], &[("file", "S1-77.bin", b"x")]).await).await;
        assert_eq!(task["done"], 1);
        assert_eq!(api.get("/api/v1/licences?lic_id=77").await.expect(200).json()["total"], 1);
    }

    async fn a_table_says_what_files_are_for(app: TestApp) {
        let api = script(&app).await;
        // As a Russian spreadsheet writes it: CP1251, semicolons, headers in Russian.
        let (csv, _, _) = encoding_rs::WINDOWS_1251.encode(
            "Файл;Серийный номер;Программа;Номер лицензии;Действует по\r\n\
             Ключ.BIN;00123;Касса;Л-7;2027-05-31\r\n\
             other.bin;S2;;;31.05.2027\r\n",
        );
        let files: [(&str, &str, &[u8]); 4] = [
            ("csv", "what.csv", &csv),
            ("file", "ключ.bin", b"key"),
            ("file", "OTHER.bin", b"other"),
            ("file", "SN-4_a_b_c.lic", b"by its name"),
        ];
        let task = ended(&api, import(&api, &[], &files).await).await;
        let found = told(&rows(&api, &task).await);
        assert_eq!(found, [
            "ключ.bin: done licence.unmatched",
            "OTHER.bin: failed licence.invalid",
            "SN-4_a_b_c.lic: done licence.unmatched",
        ]);
        let licence = api.get("/api/v1/licences?sn=00123").await.expect(200).json()["items"][0].clone();
        let seen = (&licence["software"], &licence["lic_id"], &licence["valid_until"]);
        assert_eq!(seen, (&json!("Касса"), &json!("Л-7"), &json!("2027-05-31")));
        let lacking: [(&str, &str, &[u8]); 2] = [("csv", "a.csv", b"platform\nx\n"), ("file", "a", b"x")];
        assert_eq!(import(&api, &[], &lacking).await.expect(422).code(), "sheet.column-missing");
    }

    async fn many_files_of_an_archive_all_arrive(app: TestApp) {
        let api = script(&app).await;
        let names: Vec<String> = (0..300).map(|n| format!("d{}/SN-{n:04}_a_b_{n}.lic", n % 7)).collect();
        let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), name.as_bytes())).collect();
        let task = ended(&api, import(&api, &[], &[("file", "all.zip", &packed(&files))]).await).await;
        assert_eq!((&task["done"], &task["total"]), (&json!(300), &json!(300)), "{task}");
        assert_eq!(app.database().count("SELECT count(*) AS n FROM licence_file"), 300);
    }

    async fn large_files_of_an_archive_are_taken_a_few_at_a_time(app: TestApp) {
        let api = script(&app).await;
        // Ten of nearly a mebibyte are more than one chunk has bytes for; the last two are alike.
        let large = |seed: u64| -> Vec<u8> {
            let mut x = seed;
            let mut next = || {
                x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                x.to_be_bytes()[0]
            };
            (0..1_000_000).map(|_| next()).collect()
        };
        let files: Vec<(String, Vec<u8>)> = (0..10).map(|n| (format!("SN-{n:04}_a_b_{n}.lic"), large(n.min(8)))).collect();
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let task = ended(&api, import(&api, &[], &[("file", "large.zip", &packed(&files))]).await).await;
        assert_eq!((&task["done"], &task["total"]), (&json!(10), &json!(10)), "{task}");
        let distinct = "SELECT count(DISTINCT sha256) AS n FROM licence_file";
        assert_eq!((app.database().count(distinct), app.database().count("SELECT count(*) AS n FROM licence_file")), (9, 10));
    }
}
