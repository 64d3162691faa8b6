//! A large log over a link that breaks twenty times: it arrives once, opens in its middle, and the program keeps
//! little of it in memory.
use super::{ENDS_WITHIN, peak};
use crate::harness::{self, Engine, Setup, TestApp};
use crate::server::Server;
use bytes::Bytes;
use posfleet::access::Permission;
use serde_json::Value;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const BREAKS: u64 = 20;
const LINE: u64 = 100;
const WRITE: usize = 64 << 10;
/// When nothing was added for so long, the program has worked up what it had.
const QUIET: Duration = Duration::from_secs(4);
const NAME: &str = "/terminal/v1/logs/ecr/large?format=text";

#[expect(clippy::disallowed_methods, reason = "no configuration of the server")]
fn megabytes() -> u64 {
    std::env::var("POSFLEET_LONG").map_or(50, |_| 500)
}

/// Bytes of the log from `at` on: lines of equal length, of which each says its number.
fn bytes(at: u64, length: usize) -> Vec<u8> {
    let mut all = Vec::with_capacity(length + 200);
    let mut line = at / LINE;
    while all.len() < length + 100 {
        let mut text = format!(
            "2026-11-25 10:00:00.{:03} operation {line:09} at till {}",
            line % 1000,
            line % 7
        );
        while text.len() < 99 {
            text.push('.');
        }
        text.push('\n');
        all.extend_from_slice(text.as_bytes());
        line += 1;
    }
    let skip = usize::try_from(at % LINE).unwrap();
    all[skip..skip + length].to_vec()
}

struct Terminal {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Terminal {
    async fn received(&self) -> u64 {
        let own = self
            .http
            .get(format!("{}/terminal/v1/logs/ecr/large", self.base));
        let answer = own.bearer_auth(&self.token).send().await.unwrap();
        let stands: Value = answer.json().await.unwrap();
        stands["received"].as_u64().unwrap_or(0)
    }

    /// Sends the log from `from` on, and hangs up at `until` where that is before the end; what was answered otherwise.
    async fn send(&self, from: u64, until: u64, total: u64) -> String {
        let host = self.base.trim_start_matches("http://");
        let mut wire = TcpStream::connect(host).await.unwrap();
        let head = format!(
            "PUT {NAME}&offset={from}&total={total} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {}\r\n\
             connection: close\r\ncontent-length: {}\r\n\r\n",
            self.token,
            total - from
        );
        wire.write_all(head.as_bytes()).await.unwrap();
        let mut at = from;
        while at < until {
            let length = usize::try_from(until - at).unwrap().min(WRITE);
            // Where the program hangs up it has said why.
            if wire.write_all(&bytes(at, length)).await.is_err() {
                break;
            }
            at += length as u64;
        }
        let mut answer = Vec::new();
        if until == total {
            wire.read_to_end(&mut answer).await.ok();
        }
        String::from_utf8(answer).unwrap()
    }

    /// Where it stands once the program has worked up what came until the link broke. What was on its way then
    /// goes with the link, and was not acknowledged.
    async fn settled(&self, sent: u64, until: u64) -> u64 {
        let begun = Instant::now();
        let (mut last, mut grew) = (sent, begun);
        loop {
            let now = self.received().await;
            if now != last {
                (last, grew) = (now, Instant::now());
            }
            if now + LINE > until || (now > sent && grew.elapsed() > QUIET) {
                return now;
            }
            assert!(begun.elapsed() < ENDS_WITHIN, "{now} of {until}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// Its middle opens, and it is the very bytes, each once; how long the middle took.
async fn reads_back(terminal: &Terminal, token: &str, total: u64) -> Duration {
    let get = |path: String| {
        let request = terminal.http.get(format!("{}{path}", terminal.base));
        let request = request.bearer_auth(token);
        async move { request.send().await.unwrap() }
    };
    let opened = Instant::now();
    let middle = total / LINE / 2;
    let leaf = get(format!("/api/v1/logs/1/records?record={middle}")).await;
    let leaf: Value = leaf.json().await.unwrap();
    let opened = opened.elapsed();
    let first = &leaf["items"][0];
    assert_eq!(first["number"], middle, "{leaf}");
    let text = first["text"].as_str().unwrap();
    assert!(
        text.contains(&format!("operation {:09}", middle - 1)),
        "{text}"
    );
    let mut content = get("/api/v1/logs/1/content?plain=1".to_owned()).await;
    let mut at = 0;
    while let Some(part) = content.chunk().await.unwrap() {
        let part: Bytes = part;
        assert!(part == bytes(at, part.len()), "it differs behind {at}");
        at += part.len() as u64;
    }
    assert_eq!(at, total);
    opened
}

async fn arrives_once(app: TestApp) {
    let total = (megabytes() << 20) / LINE * LINE;
    let device = app.device("T1").await;
    let script = app.client(Permission::ALL).await;
    let token = script.token().unwrap().to_owned();
    app.stop().await;
    let mut server = Server::start(&app).await;
    let terminal = Terminal {
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
        base: server.base.clone(),
        token: device.token().unwrap().to_owned(),
    };
    terminal.received().await;
    let rest = peak(&server);
    let begun = Instant::now();
    let (mut sent, mut again) = (0, 0);
    for n in 1..=BREAKS {
        let until = total / (BREAKS + 1) * n + 37;
        terminal.send(sent, until, total).await;
        let received = terminal.settled(sent, until).await;
        assert!(received <= until, "{received} of {until}");
        again += until - received;
        sent = received;
    }
    let answer = terminal.send(sent, total, total).await;
    assert!(answer.contains("\"whole\":true"), "{answer}");
    let took = begun.elapsed();
    let grown = peak(&server).saturating_sub(rest);

    let opened = reads_back(&terminal, &token, total).await;
    let after = peak(&server).saturating_sub(rest);
    eprintln!(
        "{} MB over a link that broke {BREAKS} times in {took:.0?}, {again} bytes sent again: {} KB at most over {} KB at \
         rest while it came, {} KB with reading it; its middle opened in {opened:.0?}",
        total >> 20,
        grown >> 10,
        rest >> 10,
        after >> 10
    );
    // Caches of the database fill up meanwhile, 32 MiB each at most, whatever the size of the log.
    assert!(after < 128 << 20, "{} MB", after >> 20);
    server.stop();
    let pieces = "SELECT CAST(sum(length) AS BIGINT) AS n FROM monitoring_log_piece";
    assert_eq!(app.database().count(pieces), i64::try_from(total).unwrap());
    app.start_again().await.unwrap();
}

#[actix_web::test]
async fn sqlite_takes_a_large_log_over_a_link_that_breaks() {
    harness::run(Engine::Sqlite, Setup::real_time(), arrives_once).await;
}

#[actix_web::test]
#[ignore = "needs TEST_POSTGRES_URL"]
async fn postgres_takes_a_large_log_over_a_link_that_breaks() {
    harness::run(Engine::Postgres, Setup::real_time(), arrives_once).await;
}
