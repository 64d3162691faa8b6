//! A disk that runs full: who writes is told so, nothing half-done stays behind, and the server goes
//! on by itself when there is space again.
//!
//! The data folder is a small file system of its own, which only root may make; without it the tests
//! say so and pass.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
mod harness;

use harness::{Engine, Persona, Role, Setup, TestApp, serial_of};
use posfleet::access::Permission;
use posfleet::config;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// A small file system; gone with the value.
struct Disk(tempfile::TempDir);

impl Disk {
    fn mount(megabytes: usize) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m,mode=0700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path())
            .output();
        if mounted.is_ok_and(|ended| ended.status.success()) {
            return Some(Self(folder));
        }
        eprintln!("SKIPPED: a file system of its own cannot be mounted here");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }

    /// Takes all the space that is left, but for `bytes`.
    fn fill(&self, bytes: u64) {
        let mut filler = std::fs::File::create(self.filler()).unwrap();
        let piece = vec![0_u8; 4096];
        let mut size = 0;
        while filler.write_all(&piece).is_ok() {
            size += 4096;
        }
        filler.set_len(size - bytes.min(size)).unwrap();
    }

    fn free(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }

    /// Every file below `folder` and how long it is.
    fn files(&self, folder: &str) -> Vec<(PathBuf, u64)> {
        let (mut found, mut left) = (Vec::new(), vec![self.path().join(folder)]);
        while let Some(folder) = left.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let about = entry.metadata().unwrap();
                if about.is_dir() {
                    left.push(entry.path());
                } else {
                    found.push((entry.path(), about.len()));
                }
            }
        }
        found.sort();
        found
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let gone = Command::new("umount").arg("-l").arg(self.path()).status();
        if !gone.is_ok_and(|status| status.success()) {
            eprintln!("{} stays mounted", self.path().display());
        }
    }
}

async fn on_a_small_disk<F: Future<Output = ()>>(
    engine: Engine,
    body: impl FnOnce(TestApp, std::rc::Rc<Disk>) -> F,
) {
    let Some(disk) = Disk::mount(40) else { return };
    let disk = std::rc::Rc::new(disk);
    let home = disk.path().to_owned();
    let setup = Setup::default().config(move |config| {
        config.storage = config::Storage::Folder(home.join("firmware-store"));
        if !config.database.is_postgres() {
            let url = home.join("posfleet.db").to_str().unwrap().to_owned();
            config.database.url = url;
        }
    });
    let held = std::rc::Rc::clone(&disk);
    harness::run(engine, setup, |app| body(app, held)).await;
}

/// Rows of the import that meets a full disk; they fit beside the write-ahead log.
const ROWS: usize = 1_200;
const LONG: Duration = Duration::from_mins(1);

async fn script(app: &TestApp) -> Persona {
    app.client(Permission::ALL).await
}

async fn upload(by: &Persona, tid: &str, bytes: Vec<u8>) -> harness::Answer {
    let path = format!("/api/v1/terminals/{tid}/licence?file_name={tid}.lic");
    let request = by
        .request(Method::PUT, &path)
        .header("content-type", "application/octet-stream")
        .body(bytes);
    by.send(request).await
}

async fn an_upload_that_does_not_fit(app: TestApp, disk: std::rc::Rc<Disk>) {
    app.register(&["T1", "T2"]).await;
    let api = script(&app).await;
    upload(&api, "T1", vec![7; 1000]).await.expect(201);
    let before = disk.files("firmware-store");
    disk.fill(256 * 1024);
    let refused = upload(&api, "T2", vec![8; 900 * 1024]).await;
    assert!(
        matches!(refused.status, 503 | 507),
        "{} {}",
        refused.status,
        refused.text()
    );
    assert!(refused.code().contains("full"), "{}", refused.text());
    assert_eq!(
        disk.files("firmware-store"),
        before,
        "nothing half-done stays"
    );
    // Reading goes on, and what is small enough is still taken or refused as a whole.
    api.get("/api/v1/terminals/T1").await.expect(200);
    disk.free();
    upload(&api, "T2", vec![8; 900 * 1024]).await.expect(201);
    assert_eq!(disk.files("firmware-store").len(), before.len() + 1);
    let licences = api.get("/api/v1/licences").await.expect(200).json();
    assert_eq!(
        licences["items"].as_array().map(Vec::len),
        Some(2),
        "{licences}"
    );
}

async fn a_database_that_cannot_grow(app: TestApp, disk: std::rc::Rc<Disk>) {
    app.register(&["T1"]).await;
    let code = app.activation_code("T1").await;
    let device = app.activate("T1", &code).await;
    device.check_in().await;
    let api = script(&app).await;
    disk.fill(0);
    let mut refused = 0;
    let mut made = Vec::new();
    for n in 0..400 {
        let (code, name) = (format!("X{n}"), "x".repeat(190));
        let body = json!({ "name": name, "time_zone": "Europe/Paris" });
        let answer = api
            .put(&format!("/api/v1/establishments/{code}"), body)
            .await;
        match answer.status {
            201 => made.push(code),
            503 | 507 => {
                assert!(answer.code().contains("full"), "{}", answer.text());
                refused += 1;
            }
            other => panic!("{other}: {}", answer.text()),
        }
        if refused > 3 {
            break;
        }
    }
    assert!(refused > 0, "the disk never ran full");
    let knock = device
        .post(
            "/terminal/v1/checkin",
            json!({ "status": { "paper": "low" } }),
        )
        .await;
    let told = knock.text();
    assert!(matches!(knock.status, 200 | 503 | 507), "{told}");
    disk.free();
    device.check_in().await;
    for code in &made {
        api.get(&format!("/api/v1/establishments/{code}"))
            .await
            .expect(200);
    }
    let wish = json!({ "serial_number": serial_of("T9"), "model": "feitian-f20",
                       "point_of_service": harness::POINT });
    api.put("/api/v1/terminals/T9", wish).await.expect(201);
    let list = api
        .get("/api/v1/establishments?page_size=200")
        .await
        .expect(200)
        .json();
    assert_eq!(
        list["total"],
        made.len() + 1,
        "as many as were acknowledged, and E1"
    );
}

/// The task, once it is so or has come no further for that long.
async fn watched(
    by: &Persona,
    id: &Value,
    is_so: impl Fn(&Value) -> bool,
    patience: Duration,
) -> Value {
    let (mut seen, mut since) = (Value::Null, Instant::now());
    loop {
        let path = format!("/api/v1/tasks/{id}");
        let task = by.get(&path).await.expect(200).json();
        if task["done"] != seen["done"] || task["state"] != seen["state"] {
            since = Instant::now();
        }
        seen = task;
        if is_so(&seen) || since.elapsed() > patience {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn is_over(task: &Value) -> bool {
    !matches!(task["state"].as_str(), Some("queued" | "running"))
}

async fn total(by: &Persona) -> Value {
    let list = by.get("/api/v1/terminals?page_size=1").await;
    list.expect(200).json()["total"].clone()
}

fn terminals(count: usize) -> String {
    let rows = (0..count).map(|n| format!("D{n},S{n},feitian-f20,{}\n", harness::POINT));
    let header = "tid,serial_number,model,point_of_service\n".to_owned();
    std::iter::once(header).chain(rows).collect()
}

async fn import(by: &Persona, csv: String) -> harness::Answer {
    let request = by.request(Method::POST, "/api/v1/imports/terminals");
    by.send(request.header("content-type", "text/csv").body(csv))
        .await
}

/// Over the API by its code, on its page in the reader's words.
async fn tells_why_it_waits(api: &Persona, root: &Persona, task: &Value) {
    let id = &task["id"];
    assert_eq!(task["waits_code"], "db.disk-full", "{task}");
    let told = task["waits_detail"].as_str().unwrap();
    assert!(told.contains("disk is full"), "{task}");
    let all = api.get("/api/v1/tasks").await.expect(200).json();
    assert_eq!(all["items"][0]["waits_code"], "db.disk-full", "{all}");
    for (lang, state, why) in [
        ("en", "Held up", "disk is full"),
        ("fr", "Bloquée", "disque du serveur est plein"),
        ("ru", "Приостановлено", "Диск сервера заполнен"),
    ] {
        root.set_cookie("lang", lang);
        let page = root.get(&format!("/tasks/{id}")).await.expect(200).text();
        assert!(page.contains(state) && page.contains(why), "{lang}: {page}");
    }
    let list = root.get("/tasks?whose=everyone").await.expect(200).text();
    assert!(list.contains("Приостановлено"), "{list}");
}

async fn an_import_meets_a_full_disk(app: TestApp, disk: std::rc::Rc<Disk>) {
    app.place(harness::ESTABLISHMENT, harness::POINT).await;
    let api = script(&app).await;
    let root = app.operator(Role::Administrator).await;
    // Its file finds no place: nothing has begun.
    let before = disk.files("firmware-store");
    disk.fill(64 * 1024);
    let refused = import(&api, terminals(60_000)).await;
    assert!(
        matches!(refused.status, 503 | 507),
        "{} {}",
        refused.status,
        refused.text()
    );
    assert_eq!(
        disk.files("firmware-store"),
        before,
        "nothing half-done stays"
    );
    disk.free();
    let none = api.get("/api/v1/tasks").await.expect(200).json();
    assert_eq!(none["items"].as_array().map(Vec::len), Some(0), "{none}");

    // Its rows find no place: it fails and says why, or waits. Each row is whole.
    let id = import(&api, terminals(ROWS)).await.expect(202).json()["id"].clone();
    let has_begun = |task: &Value| task["done"].as_i64() > Some(0);
    watched(&api, &id, has_begun, LONG).await;
    disk.fill(0);
    let task = watched(&api, &id, is_over, Duration::from_secs(5)).await;
    eprintln!("on a full disk: {task}");
    let done = task["done"].as_u64().unwrap();
    assert!(0 < done && done < ROWS as u64, "{task}");
    assert_eq!(total(&api).await, task["done"], "{task}");
    let has_failed = task["state"] == "failed";
    if has_failed {
        assert_eq!(task["error_code"], "db.disk-full", "{task}");
    } else {
        tells_why_it_waits(&api, &root, &task).await;
    }
    disk.free();
    if has_failed {
        let path = format!("/api/v1/tasks/{id}/continue");
        api.post(&path, json!({})).await.expect(202);
    }
    // A job that failed is tried again after a while.
    app.advance(Duration::from_mins(2));
    let task = watched(&api, &id, is_over, LONG).await;
    assert_eq!(
        (&task["state"], &task["waits_code"]),
        (&json!("done"), &Value::Null),
        "{task}"
    );
    assert_eq!((&task["done"], &task["failed"]), (&json!(ROWS), &json!(0)));
    assert_eq!(total(&api).await, ROWS);
}

#[actix_web::test]
async fn an_import_that_meets_a_full_disk_is_whole_in_the_end() {
    on_a_small_disk(Engine::Sqlite, an_import_meets_a_full_disk).await;
}

#[actix_web::test]
async fn an_upload_that_does_not_fit_leaves_nothing() {
    on_a_small_disk(Engine::Sqlite, an_upload_that_does_not_fit).await;
}

#[actix_web::test]
#[ignore = "needs TEST_POSTGRES_URL"]
async fn an_upload_that_does_not_fit_leaves_nothing_beside_postgres() {
    on_a_small_disk(Engine::Postgres, an_upload_that_does_not_fit).await;
}

#[actix_web::test]
async fn a_full_database_refuses_and_recovers() {
    on_a_small_disk(Engine::Sqlite, a_database_that_cannot_grow).await;
}
