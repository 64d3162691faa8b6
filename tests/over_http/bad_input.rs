//! Nonsense, malice and bad luck on the wire: each gets a clear answer, and nothing changes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::similar_names,
    reason = "a test may panic, and what is heard follows from a head"
)]
use crate::harness::{Answer, Device, TestApp, raw};
use crate::on_both_engines;
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeMap;
use std::future::Future;
use std::process::Command;

const CHECK_IN: &str = "/terminal/v1/checkin";
const MIB: usize = 1024 * 1024;
/// Refusals are remembered for the operator: the one thing that nonsense may leave behind.
const MEMORY: &[&str] = &["terminal_refusal", "terminal_stranger"];

/// A terminal that has been heard, so that hearing it again is no news.
async fn settled(app: &TestApp) -> Device {
    let device = app.device("T1").await;
    device.check_in().await;
    device
}

/// Runs something that must fail and asserts that no row came or went, and that the terminal is
/// served as before.
async fn unchanged<F: Future>(app: &TestApp, device: &Device, what: F) -> F::Output {
    let before = rows(app);
    let outcome = what.await;
    assert_eq!(rows(app), before);
    device.check_in().await;
    assert_eq!(rows(app), before);
    outcome
}

fn rows(app: &TestApp) -> BTreeMap<String, i64> {
    app.database().rows(MEMORY)
}

fn head(app: &TestApp, device: &Device, extra: &str) -> String {
    let host = app.url("").replace("http://", "");
    let token = device.token().unwrap();
    format!(
        "POST {CHECK_IN} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\n{extra}\r\n\r\n"
    )
}

/// Sends a body to the check-in as it is.
async fn sent(device: &Device, encoding: &str, body: Vec<u8>) -> Answer {
    let mut request = device
        .request(Method::POST, CHECK_IN)
        .header("content-type", "application/json")
        .body(body);
    if !encoding.is_empty() {
        request = request.header("content-encoding", encoding);
    }
    device.send(request).await
}

#[track_caller]
fn assert_refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (status, code),
        "{}",
        answer.text()
    );
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    let detail = answer.json()["detail"].as_str().unwrap_or_default().len();
    assert!(detail > 10, "says what is wrong: {}", answer.text());
}

/// `megabytes` of blanks in a few kilobytes of gzip.
fn gzip_bomb(megabytes: usize) -> Vec<u8> {
    let script = format!("head -c {megabytes}M /dev/zero | tr '\\0' ' ' | gzip -9");
    let made = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert!(made.stdout.len() > 1000 && made.stdout.len() < megabytes * 2000);
    made.stdout
}

/// `megabytes` of blanks as a zstd frame of run-length blocks: four bytes for every 128 KiB.
fn zstd_bomb(megabytes: usize) -> Vec<u8> {
    const BLOCK: usize = 128 * 1024;
    // Magic number; no sizes and no checksum; a window of 128 KiB.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
    let blocks = megabytes * MIB / BLOCK;
    for block in 1..=blocks {
        let (is_last, run_length) = (usize::from(block == blocks), 1 << 1);
        let header = is_last | run_length | BLOCK << 3;
        frame.extend_from_slice(&header.to_le_bytes()[..3]);
        frame.push(b' ');
    }
    frame
}

on_both_engines! {
    async fn an_oversized_body_is_refused(app: TestApp) {
        let device = settled(&app).await;
        let body = vec![b' '; 2 * MIB];
        let answer = unchanged(&app, &device, sent(&device, "", body)).await;
        assert_refused(&answer, 413, "http.too-large");
    }

    async fn an_endless_body_is_cut_off(app: TestApp) {
        let device = settled(&app).await;
        let head = head(&app, &device, "transfer-encoding: chunked");
        let endless = raw::never_end(&app, &head, 64 * MIB);
        let (heard, _) = unchanged(&app, &device, endless).await;
        assert_eq!(heard.status, 413, "{}", heard.text);
    }

    async fn a_truncated_body_changes_nothing(app: TestApp) {
        let device = settled(&app).await;
        let head = head(&app, &device, "content-length: 1000");
        let body = br#"{"session":{"id":"half"}}"#;
        unchanged(&app, &device, raw::hang_up(&app, &head, body)).await;
    }

    async fn compressed_bombs_do_not_go_off(app: TestApp) {
        let device = settled(&app).await;
        for (encoding, bomb) in [("gzip", gzip_bomb(200)), ("zstd", zstd_bomb(2000))] {
            let answer = unchanged(&app, &device, sent(&device, encoding, bomb)).await;
            assert_refused(&answer, 413, "http.too-large");
        }
    }

    async fn damaged_and_unknown_compression_is_refused(app: TestApp) {
        let device = settled(&app).await;
        for encoding in ["gzip", "zstd"] {
            let answer = unchanged(&app, &device, sent(&device, encoding, b"{}".to_vec())).await;
            assert_eq!(answer.status, 400, "{}", answer.text());
            assert!(matches!(answer.code().as_str(), "http.broken-encoding" | "http.truncated"));
        }
        let answer = unchanged(&app, &device, sent(&device, "rot13", b"{}".to_vec())).await;
        assert_refused(&answer, 415, "http.unsupported-encoding");
    }

    async fn broken_json_is_told_so(app: TestApp) {
        let device = settled(&app).await;
        for body in ["{", "{\"session\":}", "nothing", "{} {}", "\u{0}"] {
            let answer = sent(&device, "", body.as_bytes().to_vec());
            let answer = unchanged(&app, &device, answer).await;
            assert_refused(&answer, 400, "http.broken-json");
        }
        let invalid = b"{\"session\":{\"id\":\"\xff\xfe\"}}".to_vec();
        let answer = unchanged(&app, &device, sent(&device, "", invalid)).await;
        assert_refused(&answer, 400, "http.broken-json");
    }

    async fn a_wrong_type_is_told_with_its_place(app: TestApp) {
        let device = settled(&app).await;
        for (body, place) in [
            (json!({ "session": 5 }), "$.session"),
            (json!({ "session": { "id": ["x"] } }), "$.session.id"),
            (json!({ "terminal_time": true }), "$.terminal_time"),
            (json!([1, 2]), "$"),
        ] {
            let answer = sent(&device, "", body.to_string().into_bytes());
            let answer = unchanged(&app, &device, answer).await;
            assert_eq!(answer.status, 422, "{body}: {}", answer.text());
            assert!(answer.text().contains(place), "{body}: {}", answer.text());
        }
    }

    async fn unknown_fields_are_welcome(app: TestApp) {
        let device = settled(&app).await;
        let body = json!({
            "novelty": { "deep": [1, 2, { "x": null }] },
            "session": { "id": "s1", "mood": "good" },
            "status": { "model": "F20", "new_sensor": { "level": 3 } },
        });
        device.post(CHECK_IN, body).await.expect(200);
    }

    async fn depth_and_size_of_a_status_have_limits(app: TestApp) {
        let device = settled(&app).await;
        let deep = format!("{{\"status\":{}1{}}}", "[".repeat(5000), "]".repeat(5000));
        let answer = unchanged(&app, &device, sent(&device, "", deep.into_bytes())).await;
        assert!((400..=422).contains(&answer.status), "{}", answer.text());
        assert!(!answer.code().is_empty());
    }

    async fn a_wrong_clock_is_noticed_and_not_believed(app: TestApp) {
        let device = settled(&app).await;
        for time in ["1999-01-01T00:00:00Z", "2099-12-31T23:59:59+05:30"] {
            let answer = device.post(CHECK_IN, json!({ "terminal_time": time })).await;
            let server = answer.expect(200).json()["server_time"].clone();
            assert_eq!(server, json!(app.now()));
        }
        for time in ["yesterday", "", "2026-13-45T99:00:00Z"] {
            let body = json!({ "terminal_time": time }).to_string().into_bytes();
            let answer = unchanged(&app, &device, sent(&device, "", body)).await;
            assert_eq!(answer.status, 422, "{time}: {}", answer.text());
        }
    }

    async fn a_flood_of_headers_is_refused(app: TestApp) {
        let device = settled(&app).await;
        let many: Vec<String> = (0..2000).map(|n| format!("x-{n}: {n}")).collect();
        let long = format!("x-long: {}", "a".repeat(200 * 1024));
        for flood in [many.join("\r\n"), long] {
            let head = head(&app, &device, &format!("content-length: 2\r\n{flood}"));
            let heard = unchanged(&app, &device, raw::say(&app, &head, b"{}")).await;
            assert!(matches!(heard.status, 0 | 400 | 431), "{}", heard.text);
        }
        let middling = format!("content-length: 2\r\nx-long: {}", "a".repeat(40 * 1024));
        let head = head(&app, &device, &middling);
        let heard = unchanged(&app, &device, raw::say(&app, &head, b"{}")).await;
        assert_eq!(heard.status, 431, "{}", heard.text);
    }

    async fn a_forged_host_is_not_believed(app: TestApp) {
        let device = settled(&app).await;
        let real = app.url("").replace("http://", "");
        let good = head(&app, &device, "content-length: 2");
        for (forged, status) in [
            (good.replace(&format!("host: {real}"), "host: evil.example"), 421),
            (good.replace(&format!("host: {real}\r\n"), ""), 400),
            (good.replace("\r\nauth", "\r\nhost: evil.example\r\nauth"), 400),
            (good.replace(&format!("host: {real}"), "host: a b\"<>"), 400),
        ] {
            let heard = unchanged(&app, &device, raw::say(&app, &forged, b"{}")).await;
            assert_eq!(heard.status, status, "{forged}: {}", heard.text);
            assert!(!heard.text.contains("location: http://evil"), "{}", heard.text);
        }
        let page = "GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n";
        let heard = raw::say(&app, page, b"").await;
        assert_eq!(heard.status, 421, "{}", heard.text);
        // A proxy that nobody trusts says nothing that counts.
        let forwarded = good.replace("\r\nauth", "\r\nx-forwarded-host: evil.example\r\nauth");
        let heard = raw::say(&app, &forwarded, b"{}").await;
        assert_eq!(heard.status, 200, "{}", heard.text);
        assert!(!heard.text.contains("evil"), "{}", heard.text);
    }

    async fn smuggled_requests_are_not_heard(app: TestApp) {
        let device = settled(&app).await;
        let both = "content-length: 2\r\ntransfer-encoding: chunked";
        for extra in [both, "content-length: 2\r\ncontent-length: 3", "content-length: -1"] {
            let head = head(&app, &device, extra);
            let heard = unchanged(&app, &device, raw::say(&app, &head, b"0\r\n\r\n")).await;
            assert!(matches!(heard.status, 0 | 400), "{extra}: {}", heard.text);
        }
    }
}
