//! Archives of licences at their limits: how many files, how large, how they arrive.

use crate::harness::{Answer, Persona, Role, TestApp};
use crate::on_both_engines;
use futures_util::stream;
use posfleet::access::Permission;
use reqwest::Method;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::io::{Cursor, Write};
use std::time::Duration;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const IMPORT: &str = "/api/v1/licences/import";
const EDGE: &str = "----a-form-in-pieces";
/// Files that one archive may have.
const FILES_MAX: usize = 10_000;

fn is_long() -> bool {
    std::env::var_os("POSFLEET_LONG").is_some()
}

/// Licences of the archive that is imported whole.
fn many() -> usize {
    if is_long() { FILES_MAX } else { 2_000 }
}

async fn script(app: &TestApp) -> Persona {
    app.client(&[Permission::LicencesView, Permission::LicencesManage])
        .await
}

/// An archive of folders, then of so many licences, each with its own name as its content.
fn packed(folders: usize, files: usize) -> Vec<u8> {
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..folders {
        zip.add_directory(format!("folder {n}"), stored).unwrap();
    }
    for n in 0..files {
        let name = format!("SN-{n:05}_android_pos_L{n}.lic");
        zip.start_file(&name, stored).unwrap();
        zip.write_all(name.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

async fn import(by: &Persona, files: &[(&str, &str, &[u8])]) -> Answer {
    by.send_files(IMPORT, &[], files).await
}

/// The task as it ended.
async fn ended(by: &Persona, begun: Answer) -> Value {
    let link = begun.expect(202).json()["link"]
        .as_str()
        .unwrap()
        .to_owned();
    for _ in 0..4800 {
        let task = by.get(&link).await.expect(200).json();
        if !["queued", "running"].contains(&task["state"].as_str().unwrap()) {
            return task;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the task never ends: {}", by.get(&link).await.text());
}

/// The codes of its rows.
async fn codes(by: &Persona, task: &Value) -> Vec<String> {
    let path = format!("/api/v1/tasks/{}/rows?page_size=200", task["id"]);
    let found = by.get(&path).await.expect(200).json();
    let rows = found["items"].as_array().unwrap().iter();
    rows.map(|row| row["code"].as_str().unwrap().to_owned())
        .collect()
}

/// A form whose one file arrives in these pieces, each after a while.
async fn send_slowly(by: &Persona, name: &str, pieces: Vec<Vec<u8>>) -> Answer {
    let head = format!(
        "--{EDGE}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
    );
    let end = format!("\r\n--{EDGE}--\r\n").into_bytes();
    let all = [vec![head.into_bytes()], pieces, vec![end]].concat();
    let all = stream::unfold(all.into_iter(), |mut left| async move {
        let piece = left.next()?;
        tokio::time::sleep(Duration::from_millis(60)).await;
        Some((Ok::<_, Infallible>(piece), left))
    });
    let request = by
        .request(Method::POST, IMPORT)
        .header(
            "content-type",
            format!("multipart/form-data; boundary={EDGE}"),
        )
        .body(reqwest::Body::wrap_stream(all));
    by.send(request).await
}

on_both_engines! {
    async fn an_archive_of_many_licences_comes_in_whole(app: TestApp) {
        let (api, n) = (script(&app).await, many());
        let zip = packed(3, n);
        let begun = std::time::Instant::now();
        let task = ended(&api, import(&api, &[("file", "many.zip", &zip)]).await).await;
        eprintln!("{n} licences in {:?}", begun.elapsed());
        assert_eq!((&task["done"], &task["failed"], &task["total"]), (&json!(n), &json!(0), &json!(n)), "{task}");
        let count = "SELECT count(*) AS n FROM licence_file WHERE is_current AND lic_id <> ''";
        assert_eq!(app.database().count(count), i64::try_from(n).unwrap());
        let last = api.get(&format!("/api/v1/licences?lic_id=L{}", n - 1)).await.expect(200).json();
        let id = &last["items"][0]["id"];
        let file = api.get(&format!("/api/v1/licences/{id}/file")).await.expect(200);
        assert_eq!(file.text(), format!("SN-{:05}_android_pos_L{}.lic", n - 1, n - 1));
    }

    async fn an_archive_of_too_many_is_refused(app: TestApp) {
        let api = script(&app).await;
        // One file too many; and more folders than anybody has, whatever is beside them.
        for zip in [packed(0, FILES_MAX + 1), packed(2 * FILES_MAX + 1, 1)] {
            let task = ended(&api, import(&api, &[("file", "over.zip", &zip)]).await).await;
            assert_eq!(codes(&api, &task).await, ["licence.archive-too-many"]);
            assert_eq!((&task["state"], &task["failed"], &task["total"]), (&json!("done"), &json!(1), &json!(1)));
        }
        let page = app.operator(Role::Administrator).await.get("/tasks/1").await.expect(200).text();
        assert!(page.contains("more than 10,000 files"), "{page}");
        assert_eq!(app.database().count("SELECT count(*) AS n FROM licence_file"), 0);
    }

    async fn folders_are_no_files(app: TestApp) {
        let api = script(&app).await;
        let some = packed(3_000, 2);
        let task = ended(&api, import(&api, &[("file", "some.zip", &some)]).await).await;
        assert_eq!((&task["done"], &task["total"]), (&json!(2), &json!(2)), "{task}");
        let none = packed(3_000, 0);
        let files: [(&str, &str, &[u8]); 2] = [("file", "none.zip", &none), ("file", "SN-1_a_b_c.lic", b"one")];
        let task = ended(&api, import(&api, &files).await).await;
        assert_eq!(codes(&api, &task).await, ["licence.archive-empty", "licence.unmatched"]);
        assert_eq!((&task["done"], &task["failed"], &task["total"]), (&json!(1), &json!(1), &json!(2)), "{task}");
    }

    async fn an_archive_is_known_however_it_arrives(app: TestApp) {
        let api = script(&app).await;
        let zip = packed(0, 2);
        let pieces = vec![zip[..1].to_vec(), zip[1..3].to_vec(), zip[3..].to_vec()];
        let task = ended(&api, send_slowly(&api, "slow.zip", pieces).await).await;
        assert_eq!((&task["done"], &task["failed"]), (&json!(2), &json!(0)), "{task}");
        // What only begins like one is a licence, short as it may be.
        for (n, text) in ["P", "PK", "PK\u{3}", "PKI licence"].iter().enumerate() {
            let pieces = text.bytes().map(|byte| vec![byte]).collect();
            let begun = send_slowly(&api, &format!("SN-9{n}_a_b_c.lic"), pieces).await;
            let task = ended(&api, begun).await;
            assert_eq!(task["done"], 1, "{text}: {task}");
        }
        let found = api.get("/api/v1/licences?sn=SN-93").await.expect(200).json();
        assert_eq!(found["items"][0]["size_bytes"], 11);
    }

    async fn every_size_has_its_limit(app: TestApp) {
        let api = script(&app).await;
        // As large as a licence may be, and a byte more, packed and alone.
        let fits = vec![7; 1 << 20];
        let large = vec![7; (1 << 20) + 1];
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in [("SN-1_a_b_c.lic", &fits), ("SN-2_a_b_c.lic", &large)] {
            zip.start_file(name, stored).unwrap();
            zip.write_all(bytes).unwrap();
        }
        let zip = zip.finish().unwrap().into_inner();
        let files: [(&str, &str, &[u8]); 3] =
            [("file", "a.zip", &zip), ("file", "SN-3_a_b_c.lic", &fits), ("file", "SN-4_a_b_c.lic", &large)];
        let task = ended(&api, import(&api, &files).await).await;
        let expected = ["licence.unmatched", "licence.too-large", "licence.unmatched", "licence.too-large"];
        assert_eq!(codes(&api, &task).await, expected);

        // An archive that says of itself that it unpacks to more than two gigabytes.
        let mut huge = packed(0, 3);
        let heads: Vec<usize> = huge.windows(4).enumerate()
            .filter(|(_, four)| *four == b"PK\x01\x02").map(|(at, _)| at).collect();
        for at in heads {
            huge[at + 24..at + 28].copy_from_slice(&0x7000_0000_u32.to_le_bytes());
        }
        let task = ended(&api, import(&api, &[("file", "huge.zip", &huge)]).await).await;
        assert_eq!(codes(&api, &task).await, ["licence.archive-too-large"]);

        // More files than one form may bring.
        let few: Vec<(&str, &str, &[u8])> = vec![("file", "SN-7_a_b_c.lic", b"x"); 20_001];
        assert_eq!(import(&api, &few).await.expect(413).code(), "licence.too-many-files");
        assert_eq!(app.database().count("SELECT count(*) AS n FROM task_task"), 2);
    }
    async fn a_form_of_more_than_half_a_gibibyte_is_refused_on_its_way(app: TestApp) {
        if !is_long() {
            eprintln!("skipped: half a gibibyte is for --long");
            return;
        }
        let api = script(&app).await;
        let piece = bytes::Bytes::from(vec![7; 1 << 20]);
        let head = format!(
            "--{EDGE}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.zip\"\r\n\r\nPK\u{3}\u{4}"
        );
        let body = std::iter::once(bytes::Bytes::from(head)).chain(std::iter::repeat_n(piece, 640));
        let request = api
            .request(Method::POST, IMPORT)
            .header("content-type", format!("multipart/form-data; boundary={EDGE}"))
            .body(reqwest::Body::wrap_stream(stream::iter(body.map(Ok::<_, Infallible>))));
        // The server hangs up on what is still under way, so the answer may be lost.
        if let Ok(answer) = request.send().await {
            assert_eq!(answer.status().as_u16(), 413);
            let told: Value = answer.json().await.unwrap();
            assert_eq!(told["code"], "licence.form-too-large");
        }
        for table in ["task_task", "storage_blob"] {
            let count = format!("SELECT count(*) AS n FROM {table}");
            assert_eq!(app.database().count(&count), 0, "{table}");
        }
    }
}
