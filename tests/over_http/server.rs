//! The server's outer edge: what it refuses before any slice looks, what it says of itself, and
//! how it starts and stops.

use crate::harness::raw::{never_end, say, say_late};
use crate::harness::{Engine, Setup, TestApp};
use posfleet::access::Surface;
use posfleet::app;
use serde_json::json;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::Command;
use std::time::Duration;

/// Takes JSON from anybody, so the edge can be tried without credentials.
const OPEN: &str = "/terminal/v1/activate";
/// More than fits into the second for which a refused sender is still listened to, so that he sees
/// the answer before the connection ends.
const FAR: usize = 64 << 30;

fn post(length: &str, more: &str) -> String {
    format!(
        "POST {OPEN} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         {length}\r\n{more}\r\n"
    )
}

async fn packed(app: &TestApp, encoding: &str, body: &[u8]) -> crate::harness::raw::Heard {
    let length = format!("content-length: {}", body.len());
    let encoding = format!("content-encoding: {encoding}\r\n");
    say(app, &post(&length, &encoding), body).await
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    to.write_all(plain).unwrap();
    to.finish().unwrap()
}

async fn on_sqlite(setup: Setup) -> TestApp {
    TestApp::start(Engine::Sqlite, setup).await
}

#[actix_web::test]
async fn a_body_larger_than_the_limit_is_refused() {
    let app = on_sqlite(Setup::default()).await;
    let heard = say(&app, &post("content-length: 1000000000", ""), b"{").await;
    assert_eq!(heard.status, 413, "{}", heard.text);
    assert!(heard.text.contains("http.too-large"), "{}", heard.text);
    let (heard, took) = never_end(&app, &post("transfer-encoding: chunked", ""), FAR).await;
    assert_eq!(heard.status, 413, "{}", heard.text);
    assert!(took < FAR, "the server took {took} bytes");
    app.visitor().get("/sign-in").await.expect(200);
}

/// curl up to 7.88 loses an answer that overtakes the body it belongs to, over HTTP/2.
#[actix_web::test]
async fn a_refusal_does_not_overtake_a_small_body() {
    let app = on_sqlite(Setup::default()).await;
    let head = "POST /terminal/v1/checkin HTTP/1.1\r\nhost: localhost\r\n\
                content-type: application/json\r\ncontent-length: 2\r\n\r\n";
    let (early, heard) = say_late(&app, head, Duration::from_millis(300), b"{}").await;
    assert_eq!(heard.status, 401, "{}", heard.text);
    assert!(!early, "answered before the body came: {}", heard.text);
    let (head, endless) = (head.replace(": 2\r", ": 70000\r"), Duration::from_secs(20));
    let (early, heard) = say_late(&app, &head, endless, b"").await;
    assert_eq!(heard.status, 401, "{}", heard.text);
    assert!(early, "waited for a body that nobody reads");
}

#[actix_web::test]
async fn a_compressed_bomb_is_refused_and_honest_compression_is_not() {
    let app = on_sqlite(Setup::default()).await;
    let zeros = vec![b' '; 32 << 20];
    let zstd = zstd::encode_all(&zeros[..], 3).unwrap();
    for (encoding, bomb) in [("gzip", gzip(&zeros)), ("zstd", zstd)] {
        let heard = packed(&app, encoding, &bomb).await;
        assert_eq!(heard.status, 413, "{encoding}: {}", heard.text);
    }
    let honest = json!({"terminal_id": "T1", "serial_number": "S", "activation_code": "x"});
    let honest = honest.to_string().into_bytes();
    let zstd = zstd::encode_all(&honest[..], 3).unwrap();
    for (encoding, body) in [("gzip", gzip(&honest)), ("zstd", zstd)] {
        let heard = packed(&app, encoding, &body).await;
        assert_eq!(heard.status, 403, "{encoding}: {}", heard.text);
        let half = packed(&app, encoding, &body[..body.len() / 2]).await;
        assert_eq!(half.status, 400, "{encoding}: {}", half.text);
    }
    assert_eq!(packed(&app, "gzip", b"no gzip").await.status, 400);
    assert_eq!(packed(&app, "br", b"x").await.status, 415);
}

#[actix_web::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let app = on_sqlite(Setup::default().config(|config| {
        config.server.limits.body_timeout = Duration::from_secs(1);
    }))
    .await;
    let heard = say(&app, &post("content-length: 100", ""), b"{").await;
    assert_eq!(heard.status, 408, "{}", heard.text);
    assert!(heard.text.contains("http.too-slow"), "{}", heard.text);
}

#[actix_web::test]
async fn broken_json_and_wrong_types_say_where() {
    let app = on_sqlite(Setup::default()).await;
    let visitor = app.visitor();
    let send = async |body: &'static str, kind: &'static str| {
        let request = visitor.request(reqwest::Method::POST, OPEN);
        let request = request.header("content-type", kind).body(body);
        visitor.send(request).await
    };
    let broken = send(r#"{"terminal_id": "#, "application/json")
        .await
        .expect(400);
    assert_eq!(broken.code(), "http.broken-json");
    let typed = r#"{"terminal_id": {}, "serial_number": "S", "activation_code": "x"}"#;
    let wrong = send(typed, "application/json").await.expect(422);
    assert_eq!(wrong.code(), "http.wrong-type");
    assert_eq!(wrong.json()["path"], "$.terminal_id");
    let more = r#"{"terminal_id": "T", "serial_number": "S", "activation_code": "x", "new": 1}"#;
    send(more, "application/json").await.expect(403);
}

#[actix_web::test]
async fn a_request_for_another_host_is_refused() {
    let app = on_sqlite(Setup::default().config(|config| {
        config.server.base_url = Some("https://fleet.example.com".to_owned());
        config.server.extra_hosts = vec!["fleet.internal".to_owned()];
    }))
    .await;
    let ask = async |hosts: &str| {
        let head = format!("GET /sign-in HTTP/1.1\r\n{hosts}connection: close\r\n\r\n");
        say(&app, &head, b"").await
    };
    for ours in [
        "fleet.example.com",
        "FLEET.example.com:8443",
        "fleet.internal",
        "localhost",
        "127.0.0.1:1",
    ] {
        assert_eq!(
            ask(&format!("host: {ours}\r\n")).await.status,
            200,
            "{ours}"
        );
    }
    let forged = ask("host: evil.example\r\n").await;
    assert_eq!(forged.status, 421);
    assert!(forged.text.contains("http.unknown-host"), "{}", forged.text);
    assert!(
        forged.text.contains("server.extra_hosts"),
        "{}",
        forged.text
    );
    for malformed in [
        "",
        "host: a b\r\n",
        "host: localhost\r\nhost: evil.example\r\n",
        "host: localhost@evil.example\r\n",
    ] {
        assert_eq!(ask(malformed).await.status, 400, "{malformed}");
    }
    let forwarded = "host: localhost\r\nx-forwarded-host: evil.example\r\n";
    assert!(!ask(forwarded).await.text.contains("evil"));
}

#[actix_web::test]
async fn a_flood_of_headers_is_refused() {
    let app = on_sqlite(Setup::default()).await;
    let ask = async |headers: &str| {
        let head = format!("GET /sign-in HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");
        say(&app, &head, b"").await.status
    };
    assert_eq!(ask(&format!("x: {}\r\n", "y".repeat(40_000))).await, 431);
    for flood in [
        "x: y\r\n".repeat(500),
        format!("x: {}\r\n", "y".repeat(400_000)),
    ] {
        // Beyond what is read at all the connection may just end.
        let status = ask(&flood).await;
        assert!([0, 400, 431].contains(&status), "{status}");
    }
    app.visitor().get("/sign-in").await.expect(200);
}

#[actix_web::test]
async fn every_answer_is_dressed() {
    let app = on_sqlite(Setup::default()).await;
    for path in [
        "/sign-in",
        "/nowhere",
        "/api/v1/whoami",
        "/api/openapi.json",
    ] {
        let answer = app.visitor().get(path).await;
        let csp = answer.header("content-security-policy").unwrap();
        assert!(
            csp.contains("script-src 'self'") && !csp.contains("unsafe"),
            "{csp}"
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(
            answer.header("cross-origin-opener-policy"),
            Some("same-origin")
        );
        assert_eq!(answer.header("x-request-id").unwrap().len(), 32, "{path}");
        assert_eq!(answer.header("strict-transport-security"), None);
    }
    let visitor = app.visitor();
    let named = visitor.request(reqwest::Method::GET, "/sign-in");
    let answer = visitor
        .send(named.header("x-request-id", "chosen-by-a-stranger"))
        .await;
    assert_ne!(answer.header("x-request-id"), Some("chosen-by-a-stranger"));
}

#[actix_web::test]
async fn answers_are_compressed_as_asked() {
    let app = on_sqlite(Setup::default()).await;
    for encoding in ["gzip", "zstd"] {
        let head = format!(
            "GET /api/openapi.json HTTP/1.1\r\nhost: localhost\r\naccept-encoding: {encoding}\r\n\
             connection: close\r\n\r\n"
        );
        let heard = say(&app, &head, b"").await;
        let said = format!("content-encoding: {encoding}");
        assert!(heard.text.contains(&said), "{}", heard.text);
    }
}

#[actix_web::test]
async fn the_api_document_and_the_routes_agree() {
    let plain = |path: &str| {
        let parts = path.split('/').map(|part| {
            let name = part.strip_prefix('{').and_then(|p| p.split(':').next());
            name.map_or_else(
                || part.to_owned(),
                |name| format!("{{{}}}", name.trim_end_matches('}')),
            )
        });
        parts.collect::<Vec<_>>().join("/")
    };
    let mounted: BTreeSet<String> = app::routes()
        .declared()
        .into_iter()
        .filter(|(method, _, declared)| declared.surface != Surface::Web && method != "HEAD")
        .map(|(method, path, _)| format!("{method} {}", plain(&path)))
        .collect();
    let document = serde_json::to_value(app::openapi()).unwrap();
    let described: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods
                .filter(|method| !["parameters", "summary", "head"].contains(&method.as_str()))
                .map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    assert_eq!(mounted, described);
    assert_eq!(document["openapi"], "3.1.0");
}

#[actix_web::test]
async fn health_readiness_and_metrics_are_told_on_their_own_listener() {
    let app = on_sqlite(Setup::default().config(|config| {
        config.operations.listen = Some(([127, 0, 0, 1], 0).into());
    }))
    .await;
    app.visitor().get("/metrics").await.expect(404);
    app.visitor().get("/sign-in").await.expect(200);
    let at = app.operations().unwrap();
    let get = async |path: &str| {
        let answer = reqwest::get(format!("http://{at}{path}")).await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(get("/healthz").await.0, 200);
    let (status, parts) = get("/readyz").await;
    assert_eq!(status, 200, "{parts}");
    let (_, metrics) = get("/metrics").await;
    for name in [
        r#"posfleet_http_request_seconds_bucket{method="GET",route="/sign-in",status="2xx""#,
        "posfleet_db_group_size",
    ] {
        assert!(metrics.contains(name), "{name} is not in\n{metrics}");
    }
}

#[test]
fn every_fault_of_the_configuration_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("posfleet.toml");
    std::fs::write(
        &file,
        "[server]\nlisten = 'ftp://x'\nwokers = 3\n[log]\nformat = 1\n",
    )
    .unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_posfleet"))
        .args(["config", "check", "--config"])
        .arg(&file)
        .env("POSFLEET__DATABASE__CONNECTIONS", "0")
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(1));
    let told = String::from_utf8(out.stderr).unwrap();
    for place in [
        "4 faults",
        "server.listen (",
        "did you mean server.workers?",
        "log.format (",
        "database.connections (POSFLEET__DATABASE__CONNECTIONS)",
    ] {
        assert!(told.contains(place), "{place} is not in\n{told}");
    }
}
