//! `kill -9` in the middle of an import: it goes on where it was, and no row counts twice.
use super::server::Server;
use super::{ENDS_WITHIN, TERMINALS, counts, importer, terminals};
use crate::harness::{ESTABLISHMENT, Engine, POINT, Setup, TestApp, run};
use serde_json::Value;
use std::time::{Duration, Instant};

const KILLS: i64 = 2;

/// A long run takes as many as a fleet has.
fn rows() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "test configuration")]
    std::env::var("POSFLEET_LONG").map_or(4_000, |_| 20_000)
}

/// Somebody who sends a file and looks at its task again and again.
struct Watcher {
    http: reqwest::Client,
    token: String,
    begun: Instant,
}

impl Watcher {
    async fn send(&self, base: &str, file: String) -> Value {
        let sent = self.http.post(format!("{base}{TERMINALS}"));
        let sent = sent
            .bearer_auth(&self.token)
            .header("content-type", "text/csv");
        let sent = sent.body(file).send().await.unwrap();
        assert_eq!(sent.status().as_u16(), 202);
        sent.json::<Value>().await.unwrap()["id"].clone()
    }

    /// The task, once it is as far as that.
    async fn until(&self, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        loop {
            let asked = self.http.get(path).bearer_auth(&self.token);
            let task: Value = asked.send().await.unwrap().json().await.unwrap();
            if is_so(&task) {
                return task;
            }
            assert!(self.begun.elapsed() < 2 * ENDS_WITHIN, "{task}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn killed_in_the_middle(app: TestApp) {
    app.place(ESTABLISHMENT, POINT).await;
    let who = importer(&app).await;
    let watcher = Watcher {
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
        token: who.token().unwrap().to_owned(),
        begun: Instant::now(),
    };
    app.stop().await;
    let mut server = Server::start(&app).await;
    let rows = rows();
    let file = terminals(0..usize::try_from(rows).unwrap());
    let id = watcher.send(&server.base, file).await;
    let path = format!("{}/api/v1/tasks/{id}", server.base);
    for kill in 1..=KILLS {
        let wanted = kill * rows / (KILLS + 2);
        let far = |task: &Value| task["done"].as_i64().unwrap() >= wanted;
        let task = watcher.until(&path, far).await;
        assert_eq!(task["state"], "running", "it is killed in the middle");
        server.kill();
        let count = |sql: &str| app.database().count(sql);
        let placed = count("SELECT count(*) AS n FROM terminal_place");
        let told = count("SELECT count(*) AS n FROM task_row");
        let counted = count("SELECT done AS n FROM task_task");
        assert_eq!((placed, told), (counted, counted), "after kill {kill}");
        server.start_again().await;
    }
    let over = |task: &Value| !matches!(task["state"].as_str(), Some("running" | "queued"));
    let whole = watcher.until(&path, over).await;
    assert_eq!(counts(&whole), format!("done {rows} 0 0"));
    server.stop();
    server.assert_audit_is_whole();
    assert_whole(&app, rows);
    app.start_again().await.unwrap();
}

/// Every row is there once.
fn assert_whole(app: &TestApp, rows: i64) {
    let audited = "FROM access_audit WHERE action = 'terminal.register'";
    let told = "FROM event_outbox WHERE kind = 'terminal.registered'";
    for what in [
        "FROM terminal_place",
        "FROM terminal_device",
        "FROM task_row WHERE code = 'created'",
        audited,
        told,
    ] {
        let sql = format!("SELECT count(*) AS n {what}");
        assert_eq!(app.database().count(&sql), rows, "{what}");
    }
    app.assert_counters_agree();
}

#[actix_web::test]
async fn sqlite_goes_on_where_it_was_killed() {
    run(Engine::Sqlite, Setup::real_time(), killed_in_the_middle).await;
}

#[actix_web::test]
#[ignore = "needs TEST_POSTGRES_URL"]
async fn postgres_goes_on_where_it_was_killed() {
    run(Engine::Postgres, Setup::real_time(), killed_in_the_middle).await;
}
