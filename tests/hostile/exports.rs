//! `kill -9` in the middle of an export: afterwards there is the whole file, once, or none.
use crate::harness::{self, Engine, Setup, TestApp};
use crate::server::Server;
use posfleet::access::Permission;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const ROWS: i64 = 30_000;
const ENDS_WITHIN: Duration = Duration::from_mins(3);

/// Terminals past the server, as an import of many would leave them.
async fn many(app: &TestApp) {
    app.register(&["M0"]).await;
    app.database().execute(&format!(
        "INSERT INTO terminal_place (tid, serial_number, search, serial_search, sort_key, model_id,
             establishment_id, point_of_service_id, life, version, created_at, updated_at)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS} - 1)
         SELECT 'M' || i, 'S' || i, 'm' || i, 's' || i, 'm' || i, p.model_id, p.establishment_id,
             p.point_of_service_id, 'active', 1, p.created_at, p.updated_at
         FROM n, terminal_place p WHERE p.tid = 'M0';
         INSERT INTO terminal_contact (terminal_id, establishment_id, admitted, presence, has_work,
             interval_s, sort_key)
         SELECT p.id, p.establishment_id, TRUE, 0, FALSE, 300, p.sort_key FROM terminal_place p
         WHERE NOT EXISTS (SELECT 1 FROM terminal_contact c WHERE c.terminal_id = p.id);
         UPDATE terminal_count SET n = n + {ROWS} - 1 WHERE presence = 0"
    ));
}

struct Watcher {
    http: reqwest::Client,
    token: String,
    base: String,
}

impl Watcher {
    async fn begin(&self, format: &str) -> Value {
        let wish = json!({ "list": "terminals", "format": format });
        let request = self.http.post(format!("{}/api/v1/exports", self.base));
        let answer = request
            .bearer_auth(&self.token)
            .json(&wish)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        answer.json::<Value>().await.unwrap()["task"].clone()
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        let request = self.http.get(format!("{}{path}", self.base));
        request.bearer_auth(&self.token).send().await.unwrap()
    }

    async fn until(&self, id: &Value, is_so: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let task: Value = self
                .get(&format!("/api/v1/tasks/{id}"))
                .await
                .json()
                .await
                .unwrap();
            if is_so(&task) {
                return task;
            }
            assert!(begun.elapsed() < ENDS_WITHIN, "{task}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn is_over(task: &Value) -> bool {
    !matches!(task["state"].as_str(), Some("queued" | "running"))
}

/// Half of a file that nobody will ever finish goes when its day is over.
async fn forgets_what_was_cut_short(app: &TestApp) {
    let database = app.database();
    database.execute("UPDATE storage_loose SET due_at = 0");
    let storage = app.ctx().storage;
    while storage.collect().await.unwrap().more {}
    let left = database.count("SELECT count(*) AS n FROM storage_loose");
    assert_eq!(left, 0, "files that were cut short");
}

fn assert_whole(format: &str, bytes: &[u8]) {
    if format == "csv" {
        let lines = std::str::from_utf8(bytes).unwrap().lines().count();
        assert_eq!(
            i64::try_from(lines).unwrap(),
            ROWS + 1,
            "rows and the header"
        );
    } else {
        assert!(
            bytes.starts_with(b"PK") && bytes.len() > 100_000,
            "{} bytes",
            bytes.len()
        );
        // The directory stands at the end of an archive that was written to its end.
        let tail = &bytes[bytes.len() - 64..];
        assert!(
            tail.windows(4).any(|at| at == b"PK\x05\x06"),
            "half an archive"
        );
    }
}

async fn is_whole_or_absent(app: TestApp) {
    many(&app).await;
    let script = app.client(Permission::ALL).await;
    let token = script.token().unwrap().to_owned();
    app.stop().await;
    let mut server = Server::start(&app).await;
    let watcher = Watcher {
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
        token,
        base: server.base.clone(),
    };
    let mut killed_midway = 0;
    for (format, pause) in [("csv", 30), ("xlsx", 300)] {
        let id = watcher.begin(format).await;
        watcher
            .until(&id, |task| task["state"] == "running" || is_over(task))
            .await;
        tokio::time::sleep(Duration::from_millis(pause)).await;
        server.kill();
        let states = format!("SELECT state AS name FROM task_task WHERE id = {id}");
        let state = app.database().texts(&states);
        killed_midway += i32::from(state == ["running"]);
        server.start_again().await;
        let file = format!("/api/v1/tasks/{id}/file");
        let task = watcher.until(&id, is_over).await;
        let answer = watcher.get(&file).await;
        if task["state"] != "done" {
            assert!(
                !answer.status().is_success(),
                "a file of a task that is {}",
                task["state"]
            );
            continue;
        }
        assert!(answer.status().is_success(), "{}", answer.status());
        let bytes = answer.bytes().await.unwrap();
        assert_whole(format, &bytes);
    }
    eprintln!("killed {killed_midway} of 2 exports while they ran");
    assert!(
        killed_midway > 0,
        "every export was over before it could be killed"
    );
    server.stop();
    server.assert_audit_is_whole();
    app.start_again().await.unwrap();
    forgets_what_was_cut_short(&app).await;
}

#[actix_web::test]
async fn sqlite_export_is_whole_or_absent_after_a_kill() {
    harness::run(Engine::Sqlite, Setup::real_time(), is_whole_or_absent).await;
}

#[actix_web::test]
#[ignore = "needs TEST_POSTGRES_URL"]
async fn postgres_export_is_whole_or_absent_after_a_kill() {
    harness::run(Engine::Postgres, Setup::real_time(), is_whole_or_absent).await;
}
