//! Heavy and hostile input against the real program, whose memory the kernel measures: however much
//! is sent, the server takes little of it and answers everyone else meanwhile.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
mod alike;
mod corpus;
mod exports;
mod fuzzed;
#[path = "../harness/mod.rs"]
mod harness;
mod licences;
mod logs;
mod scrub;
#[path = "../crash/server.rs"]
#[allow(dead_code, reason = "it is killed elsewhere")]
mod server;

use bytes::Bytes;
use futures_util::stream;
use harness::{ESTABLISHMENT, Engine, POINT, Setup, TestApp};
use posfleet::access::Permission;
use serde_json::Value;
use server::Server;
use std::convert::Infallible;
use std::time::{Duration, Instant};

const TERMINALS: &str = "/api/v1/imports/terminals";
const PIECE: usize = 64 << 10;
const ENDS_WITHIN: Duration = Duration::from_mins(2);

/// The most memory that the process ever had, in bytes.
fn peak(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    let kilobytes: String = line.chars().filter(char::is_ascii_digit).collect();
    kilobytes.parse::<u64>().unwrap() * 1024
}

/// `megabytes` of `make`'s pieces, none of which is held.
fn endless(
    megabytes: usize,
    make: impl Fn(usize) -> Bytes + Send + Sync + 'static,
) -> reqwest::Body {
    let pieces = (megabytes << 20) / PIECE;
    let all = (0..pieces).map(move |n| Ok::<_, Infallible>(make(n)));
    reqwest::Body::wrap_stream(stream::iter(all))
}

struct Sender {
    http: reqwest::Client,
    token: String,
    base: String,
}

impl Sender {
    /// Status and code; nothing when the server hung up on what was still under way.
    async fn send(&self, path: &str, kind: &str, body: reqwest::Body) -> Option<(u16, String)> {
        let request = self.http.post(format!("{}{path}", self.base));
        let request = request
            .bearer_auth(&self.token)
            .header("content-type", kind);
        let answer = request.body(body).send().await.ok()?;
        let status = answer.status().as_u16();
        let document: Value = answer.json().await.unwrap_or_default();
        Some((
            status,
            document["code"].as_str().unwrap_or_default().to_owned(),
        ))
    }

    /// Whatever became of the files, it is over soon, and nothing half-done is left.
    async fn until_all_is_over(&self) {
        let begun = Instant::now();
        loop {
            let tasks = self.get("/api/v1/tasks?page_size=200").await;
            let open = tasks["items"].as_array().into_iter().flatten();
            let open =
                open.filter(|task| matches!(task["state"].as_str(), Some("queued" | "running")));
            if open.count() == 0 {
                break;
            }
            assert!(begun.elapsed() < ENDS_WITHIN, "{tasks}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.base));
        let answer = request.bearer_auth(&self.token).send().await.unwrap();
        answer.json().await.unwrap_or_default()
    }
}

async fn stays_small(app: TestApp) {
    app.place(ESTABLISHMENT, POINT).await;
    let script = app.client(Permission::ALL).await;
    let token = script.token().unwrap().to_owned();
    app.stop().await;
    let mut server = Server::start(&app).await;
    let sender = Sender {
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
        token,
        base: server.base.clone(),
    };
    sender.get("/api/v1/terminals").await;
    let before = peak(&server);

    // One line of 200 MB; a good header and then one; and one that never closes its quote.
    let header = "tid,serial_number,model,point_of_service\n";
    let line = Bytes::from(vec![b'x'; PIECE]);
    let begun = Bytes::from(format!("{header}T1,S1,feitian-f20,{POINT}\n"));
    let quote = Bytes::from(format!("{header}T1,\"S1"));
    for first in [line.clone(), begun, quote] {
        let line = line.clone();
        let body = endless(
            200,
            move |n| if n == 0 { first.clone() } else { line.clone() },
        );
        if let Some((status, code)) = sender.send(TERMINALS, "text/csv", body).await {
            assert!(matches!(status, 202 | 413 | 422), "{status} {code}");
        }
    }
    // What claims to be JSON, a form and a terminal's check-in is bounded too.
    for (path, kind) in [
        ("/api/v1/activation-codes", "application/json"),
        ("/terminal/v1/checkin", "application/json"),
        ("/sign-in", "application/x-www-form-urlencoded"),
    ] {
        let letter = Bytes::from(vec![b'['; PIECE]);
        let body = endless(50, move |_| letter.clone());
        if let Some((status, _)) = sender.send(path, kind, body).await {
            assert!((400..500).contains(&status), "{path}: {status}");
        }
    }
    let grown = peak(&server).saturating_sub(before);
    assert!(
        grown < 64 << 20,
        "650 MB were sent and {} MB kept",
        grown >> 20
    );

    sender.until_all_is_over().await;
    let grown = peak(&server).saturating_sub(before);
    eprintln!(
        "650 MB sent, {} KB kept at most, {} KB at rest",
        grown >> 10,
        before >> 10
    );
    assert!(grown < 64 << 20, "{} MB", grown >> 20);
    server.stop();
    let placed = app
        .database()
        .count("SELECT count(*) AS n FROM terminal_place");
    assert!(placed <= 1, "{placed} terminals of broken files");
    app.start_again().await.unwrap();
}

#[actix_web::test]
async fn sqlite_server_stays_small_whatever_is_sent() {
    harness::run(Engine::Sqlite, Setup::real_time(), stays_small).await;
}

#[actix_web::test]
#[ignore = "needs TEST_POSTGRES_URL"]
async fn postgres_server_stays_small_whatever_is_sent() {
    harness::run(Engine::Postgres, Setup::real_time(), stays_small).await;
}
