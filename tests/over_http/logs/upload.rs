//! How a terminal sends its log: in parts, twice, packed, in two tries at once, too much of it, never to the end.
use crate::harness::{Answer, Persona, Role, TestApp, raw};
use crate::on_both_engines;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::future::join_all;
use posfleet::access::Permission;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::Write as _;
use std::time::{Duration, Instant};

/// What goes in as a part of a log.
pub(super) async fn put(by: &Persona, place: &str, body: impl Into<Vec<u8>>) -> Answer {
    put_packed(by, place, "identity", body).await
}

async fn put_packed(by: &Persona, place: &str, how: &str, body: impl Into<Vec<u8>>) -> Answer {
    let request = by.request(Method::PUT, &format!("/terminal/v1/logs/{place}"));
    let request = request.header("content-encoding", how).body(body.into());
    by.send(request).await
}

/// How far a log is.
pub(super) async fn received(by: &Persona, place: &str) -> i64 {
    let stands = by
        .get(&format!("/terminal/v1/logs/{place}"))
        .await
        .expect(200)
        .json();
    stands["received"].as_i64().unwrap()
}

/// A log as it is kept, by its name.
pub(super) async fn kept(app: &TestApp, kind: &str, name: &str) -> Vec<u8> {
    let by = app
        .client(&[Permission::MonitoringView, Permission::LogsDownload])
        .await;
    let all = by
        .get(&format!("/api/v1/logs?kind={kind}"))
        .await
        .expect(200)
        .json();
    let all = all["items"].as_array().unwrap();
    let it = all.iter().find(|it| it["name"] == name).unwrap();
    let own = format!("/api/v1/logs/{}/content?plain=1", it["id"]);
    by.get(&own).await.expect(200).body.to_vec()
}

pub(super) fn lines(n: usize) -> Vec<u8> {
    let line = |n| format!("2026-11-25 10:00:00 step {n:06} of the day's work at the till\n");
    (0..n).map(line).collect::<String>().into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut zip = GzEncoder::new(Vec::new(), Compression::fast());
    zip.write_all(bytes).unwrap();
    zip.finish().unwrap()
}

/// Code and place to go on from of a refusal.
fn refused(answer: Answer, status: u16) -> (String, Option<i64>) {
    let answer = answer.expect(status);
    (answer.code(), answer.json()["received"].as_i64())
}

async fn set(app: &TestApp, values: Value) {
    let by = app.client(&[Permission::SettingsManage]).await;
    let put = by
        .patch("/api/v1/settings/logs", json!({ "values": values }))
        .await;
    put.expect(200);
}

on_both_engines! {
    async fn a_log_comes_in_parts(app: TestApp) {
        let t1 = app.device("T1").await;
        let log = lines(10);
        let length = i64::try_from(log.len()).unwrap();
        let line = length / 10;
        t1.get("/terminal/v1/logs/ecr/a.log").await.expect(404);
        // Cut within the third line: two are kept.
        let first = put(&t1, "ecr/a.log?format=text", &log[..150]).await.expect(200).json();
        assert_eq!(first["received"], 2 * line, "{first}");
        assert_eq!((&first["whole"], &first["records"]), (&json!(false), &json!(2)));
        // The same again, and more of it; then only what is old.
        let more = put(&t1, "ecr/a.log?offset=0", &log[..300]).await.expect(200).json();
        assert_eq!(more["received"], 4 * line);
        let second = usize::try_from(line).unwrap();
        let old = put(&t1, &format!("ecr/a.log?offset={line}"), &log[second..200]).await.expect(200);
        assert_eq!(old.json()["received"], 4 * line);
        let from = usize::try_from(4 * line).unwrap();
        let rest = format!("ecr/a.log?offset={}&total={length}", 4 * line);
        let all = put(&t1, &rest, &log[from..]).await.expect(200).json();
        assert_eq!((&all["received"], &all["whole"], &all["records"]), (&json!(length), &json!(true), &json!(10)));
        assert_eq!(t1.get("/terminal/v1/logs/ecr/a.log").await.expect(200).json(), all);
        assert_eq!(kept(&app, "ecr", "a.log").await, log);
        // It is whole: all of it once more is no news, more of it is refused.
        put(&t1, "ecr/a.log", log.clone()).await.expect(200);
        let beyond = put(&t1, &format!("ecr/a.log?offset={length}"), "more\n").await;
        assert_eq!(refused(beyond, 409), ("log.closed".to_owned(), Some(length)));
        // Another terminal's log of that name is another.
        let t2 = app.device("T2").await;
        t2.get("/terminal/v1/logs/ecr/a.log").await.expect(404);
    }

    async fn a_log_without_its_last_line_end_is_whole_when_said_so(app: TestApp) {
        let t1 = app.device("T1").await;
        let open = put(&t1, "ecr/a?format=text", "one\ntwo").await.expect(200).json();
        assert_eq!(open["received"], 4);
        let all = put(&t1, "ecr/a?offset=4&whole=true", "two").await.expect(200).json();
        assert_eq!((&all["received"], &all["whole"]), (&json!(7), &json!(true)));
        assert_eq!(kept(&app, "ecr", "a").await, b"one\ntwo");
        // An empty one, and one that ends with what is here already.
        let none = put(&t1, "ecr/none?format=text&whole=true", "").await.expect(200).json();
        assert_eq!((&none["received"], &none["whole"]), (&json!(0), &json!(true)));
        put(&t1, "ecr/b?format=text", "one\n").await.expect(200);
        let ended = put(&t1, "ecr/b?offset=4&total=4", "").await.expect(200).json();
        assert_eq!(ended["whole"], true);
    }

    async fn what_does_not_fit_is_refused(app: TestApp) {
        let t1 = app.device("T1").await;
        put(&t1, "ecr/a?format=text", "one\n").await.expect(200);
        let gap = put(&t1, "ecr/a?offset=10", "x\n").await;
        assert_eq!(refused(gap, 409), ("log.gap".to_owned(), Some(4)));
        let gap = put(&t1, "ecr/new?format=text&offset=1", "x\n").await;
        assert_eq!(refused(gap, 409), ("log.gap".to_owned(), Some(0)));
        let other = put(&t1, "ecr/a?offset=4&format=zvt", "x\n").await;
        assert_eq!(refused(other, 409), ("log.format-differs".to_owned(), Some(4)));
        for (field, code, place) in [
            ("format", "log.format-missing", "ecr/b"),
            ("format", "log.no-such-format", "ecr/b?format=docx"),
            ("format", "log.no-such-format", "ecr/b?format=jpos"),
            ("format", "log.no-such-format", "pos/b?format=text"),
            ("name", "log.name-form", "ecr/.b?format=text"),
            ("name", "log.name-form", "ecr/a%20b?format=text"),
            ("offset", "log.offset-form", "ecr/b?format=text&offset=-1"),
            ("total", "log.total-wrong", "ecr/b?format=text&total=3"),
            ("day", "log.day-form", "ecr/b?format=text&day=yesterday"),
            ("day", "log.day-form", "ecr/b?format=text&day=2027-1-05"),
            ("till", "log.till-form", "ecr/b?format=text&till=%01"),
        ] {
            let answer = put(&t1, place, "four\n").await.expect(422);
            assert_eq!(answer.json()["errors"], json!([{ "field": field, "code": code }]), "{place}");
        }
        put(&t1, "ecr/tomorrow?format=text&day=2027-01-16", "x\n").await.expect(200);
        // A clock that lost its time keeps no log out: it is of the day on which it comes.
        put(&t1, "ecr/reset?format=text&day=1999-12-31", "x\n").await.expect(200);
        put(&t1, "ecr/ahead?format=text&day=2027-01-17", "x\n").await.expect(200);
        let days = "SELECT count(*) AS n FROM monitoring_log WHERE name IN ('reset', 'ahead') AND day = '2027-01-15'";
        assert_eq!(app.database().count(days), 2);
        assert_eq!(put(&t1, "other/b?format=text", "x\n").await.expect(404).code(), "log.unknown");
        put(&t1, "ecr/b?format=text&offset=soon", "x\n").await.expect(400);
        put_packed(&t1, "ecr/b?format=text", "br", "x\n").await.expect(415);
        t1.get("/terminal/v1/logs/ecr/b").await.expect(404);
        app.visitor().get("/terminal/v1/logs/ecr/a").await.expect(401);
    }

    async fn a_log_may_come_packed(app: TestApp) {
        let t1 = app.device("T1").await;
        let log = lines(20_000);
        let total = log.len();
        let by_gzip = put_packed(&t1, &format!("ecr/g?format=text&total={total}"), "gzip", gzip(&log)).await;
        assert_eq!(by_gzip.expect(200).json()["whole"], true);
        let zstd = zstd::encode_all(&log[..], 1).unwrap();
        let by_zstd = put_packed(&t1, &format!("ecr/z?format=text&total={total}"), "zstd", zstd).await;
        assert_eq!(by_zstd.expect(200).json()["whole"], true);
        for name in ["g", "z"] {
            assert!(kept(&app, "ecr", name).await == log, "{name} is another");
        }
        // What was whole before the damage stays.
        let mut packed = gzip(&log);
        packed.truncate(packed.len() / 2);
        let cut = put_packed(&t1, "ecr/cut?format=text", "gzip", packed).await;
        let (code, at) = refused(cut, 400);
        assert!(code == "http.truncated" && at > Some(100_000), "{code} {at:?}");
        let from = usize::try_from(received(&t1, "ecr/cut").await).unwrap();
        assert_eq!(Some(i64::try_from(from).unwrap()), at);
        let rest = put(&t1, &format!("ecr/cut?offset={from}&total={total}"), &log[from..]).await;
        assert_eq!(rest.expect(200).json()["whole"], true);
        assert!(kept(&app, "ecr", "cut").await == log);
        let junk = put_packed(&t1, "ecr/junk?format=text", "gzip", "no gzip at all").await;
        assert_eq!(refused(junk, 400), ("log.bad-compression".to_owned(), Some(0)));
        // The only place where a log of nothing leaves no row.
        t1.get("/terminal/v1/logs/ecr/junk").await.expect(404);
    }

    async fn a_log_that_was_saved_may_come_again(app: TestApp) {
        let t1 = app.device("T1").await;
        let log = lines(10_000);
        put(&t1, "ecr/a?format=text&whole=true", log.clone()).await.expect(200);
        put(&t1, "ecr/none?format=text&whole=true", "").await.expect(200);
        let by = app.client(&[Permission::MonitoringView, Permission::LogsDownload]).await;
        for (id, length) in [(1, log.len()), (2, 0)] {
            // Of more gzip members than one, and of one with nothing in it.
            let saved = by.get(&format!("/api/v1/logs/{id}/content")).await.expect(200).body.to_vec();
            assert!(saved.len() >= 20, "{id}");
            let again = put_packed(&t1, &format!("ecr/again-{id}?format=text&whole=true"), "gzip", saved).await;
            let stands = again.expect(200).json();
            assert_eq!((&stands["received"], &stands["whole"]), (&json!(length), &json!(true)), "{id}");
        }
        assert!(kept(&app, "ecr", "again-1").await == log);
    }

    async fn a_log_is_not_closed_before_what_is_here_of_it(app: TestApp) {
        let t1 = app.device("T1").await;
        put(&t1, "ecr/a?format=text", "one\ntwo\nthree\n").await.expect(200);
        for (field, place) in [("whole", "ecr/a?whole=true"), ("total", "ecr/a?total=14"), ("total", "ecr/a?total=8")] {
            let short = put(&t1, place, "one\ntwo\n").await.expect(422).json();
            assert_eq!(short["errors"], json!([{ "field": field, "code": "log.total-wrong" }]), "{place}");
            assert_eq!(short["received"], 14, "{place}");
        }
        let more = put(&t1, "ecr/a?offset=14&total=16", "four\n").await.expect(422).json();
        assert_eq!(more["received"], 14);
        let ended = put(&t1, "ecr/a?whole=true", "one\ntwo\nthree\n").await.expect(200).json();
        assert_eq!((&ended["received"], &ended["whole"]), (&json!(14), &json!(true)));
        // What is far behind is not read again.
        put(&t1, "ecr/b?format=text", lines(20_000)).await.expect(200);
        let length = received(&t1, "ecr/b").await;
        let far = put(&t1, "ecr/b", lines(20_000)).await;
        assert_eq!(refused(far, 409), ("log.gap".to_owned(), Some(length)));
        let near = length - (1 << 20);
        let again = lines(20_000)[usize::try_from(near).unwrap()..][..1].to_vec();
        put(&t1, &format!("ecr/b?offset={near}"), again).await.expect(200);
    }

    async fn a_name_that_holds_a_card_number_is_refused(app: TestApp) {
        let t1 = app.device("T1").await;
        let pan = format!("4{}", "1".repeat(15));
        for (field, code, place) in [
            ("name", "log.name-form", format!("ecr/pos-{pan}.log?format=text")),
            ("name", "log.name-form", "ecr/4111_1111_1111_1111?format=text".to_owned()),
            ("till", "log.till-form", format!("ecr/b?format=text&till=K{pan}")),
            ("till", "log.till-form", "ecr/b?format=text&till=4111%201111%201111%201111".to_owned()),
        ] {
            let answer = put(&t1, &place, "four\n").await.expect(422);
            assert_eq!(answer.json()["errors"], json!([{ "field": field, "code": code }]), "{place}");
            assert!(!answer.text().contains("1111"), "{place}");
        }
        assert_eq!(app.database().count("SELECT count(*) AS n FROM monitoring_log"), 0);
    }

    async fn a_broken_connection_costs_the_unended_line_only(app: TestApp) {
        let t1 = app.device("T1").await;
        let log = lines(20_000);
        let total = log.len();
        let token = t1.token().unwrap().to_owned();
        let mut sent = 0;
        for share in [3, 2] {
            let head = format!(
                "PUT /terminal/v1/logs/ecr/a?format=text&total={total}&offset={sent} HTTP/1.1\r\n\
                 host: localhost\r\nauthorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n",
                total - sent
            );
            let some = (total - sent) / share;
            raw::hang_up(&app, &head, &log[sent..sent + some]).await;
            let mut now = 0;
            for _ in 0..200 {
                tokio::time::sleep(Duration::from_millis(50)).await;
                let stands = t1.get("/terminal/v1/logs/ecr/a").await;
                now = usize::try_from(stands.json()["received"].as_i64().unwrap_or(0)).unwrap();
                if now + 100 > sent + some {
                    break;
                }
            }
            assert!(now > sent && now <= sent + some, "{sent} + {some}: {now}");
            assert_eq!(log[now - 1], b'\n');
            sent = now;
        }
        // The server stops in between.
        app.restart().await;
        let rest = put(&t1, &format!("ecr/a?offset={sent}&total={total}"), &log[sent..]).await;
        assert_eq!(rest.expect(200).json()["records"], 20_000);
        assert!(kept(&app, "ecr", "a").await == log);
    }

    async fn of_tries_at_once_each_byte_counts_once(app: TestApp) {
        let t1 = app.device("T1").await;
        let log = lines(14_000);
        let place = format!("ecr/a?format=text&total={}", log.len());
        // Of one server only one upload of a terminal goes on at a time; of two, where the engine allows them, two.
        let second = app.start_beside().await.ok();
        let beside = second.as_ref().map(|it| format!("http://{}", it.at));
        let also = async {
            let Some(beside) = &beside else { return };
            let http = reqwest::Client::builder().no_proxy().build().unwrap();
            let request = http.put(format!("{beside}/terminal/v1/logs/{place}"));
            let answer = request.bearer_auth(t1.token().unwrap()).body(log.clone()).send().await.unwrap();
            assert!([200, 409].contains(&answer.status().as_u16()), "{}", answer.status());
        };
        let (tries, ()) = tokio::join!(join_all((0..4).map(|_| put(&t1, &place, log.clone()))), also);
        for one in &tries {
            let is_fine = one.status == 200
                || (one.status == 409 && one.code() == "log.overtaken")
                || (one.status == 503 && one.code() == "log.crowded");
            assert!(is_fine, "{}: {}", one.status, one.text());
        }
        if let Some(second) = second {
            second.stop().await;
        }
        let mut last = put(&t1, &place, log.clone()).await;
        while last.code() == "log.overtaken" {
            last = put(&t1, &place, log.clone()).await;
        }
        let stands = last.expect(200).json();
        assert_eq!((&stands["whole"], &stands["records"]), (&json!(true), &json!(14_000)));
        assert!(kept(&app, "ecr", "a").await == log);
        let pieces = "SELECT CAST(coalesce(sum(length), 0) AS BIGINT) AS n FROM monitoring_log_piece";
        assert_eq!(app.database().count(pieces), i64::try_from(log.len()).unwrap());
    }

    async fn enough_is_enough(app: TestApp) {
        let t1 = app.device("T1").await;
        set(&app, json!({ "log_max_mib": 1, "log_day_mib": 3 })).await;
        let log = lines(25_000);
        let large = put(&t1, "ecr/large?format=text", log.clone()).await;
        let (code, at) = refused(large, 413);
        assert!(code == "log.too-large" && at.is_some_and(|at| at > 700_000 && at <= 1 << 20), "{code} {at:?}");
        // Packed, the same is small, and still too large.
        let bomb = put_packed(&t1, "ecr/bomb?format=text", "gzip", gzip(&log)).await;
        assert_eq!(refused(bomb, 413).0, "log.too-large");
        set(&app, json!({ "log_day_mib": 2 })).await;
        let third = put(&t1, "ecr/third?format=text", lines(10_000)).await;
        assert!(third.header("retry-after").is_some());
        assert_eq!(refused(third, 429).0, "log.quota");
        // Another terminal has its own day, and tomorrow is another.
        let t2 = app.device("T2").await;
        put(&t2, "ecr/third?format=text", lines(10_000)).await.expect(200);
        app.advance(Duration::from_hours(24));
        let again = received_or(&t1, "ecr/third").await;
        put(&t1, &format!("ecr/third?format=text&offset={again}"), &lines(10_000)[again..]).await.expect(200);
    }

    async fn small_parts_are_not_free(app: TestApp) {
        let t1 = app.device("T1").await;
        set(&app, json!({ "log_day_mib": 1 })).await;
        // All but three pages of the day.
        let line = lines(1);
        let most = ((1 << 20) - 3 * 4_096 - 4_096) / line.len();
        put(&t1, "ecr/a?format=text", lines(most)).await.expect(200);
        put(&t1, "ecr/none?format=text&whole=true", "").await.expect(200);
        put(&t1, "ecr/b?format=text", "x\n").await.expect(200);
        let one = put(&t1, "ecr/b?offset=2", "x\n").await;
        assert_eq!(refused(one, 429), ("log.quota".to_owned(), Some(2)));
        let one = put(&t1, "ecr/more?format=text&whole=true", "").await;
        assert_eq!(refused(one, 429), ("log.quota".to_owned(), Some(0)));
    }

    async fn a_terminal_that_sends_slowly_keeps_nobody_out(app: TestApp) {
        let (t1, t2) = (app.device("T1").await, app.device("T2").await);
        let mut slow = Vec::new();
        for n in 0..30 {
            let head = format!(
                "PUT /terminal/v1/logs/ecr/{n}?format=text HTTP/1.1\r\nhost: localhost\r\n\
                 authorization: Bearer {}\r\ncontent-length: 1000\r\n\r\nfirst",
                t1.token().unwrap()
            );
            slow.push(raw::begin(&app, &head).await);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        let begun = Instant::now();
        put(&t2, "ecr/a?format=text", "one\n").await.expect(200);
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        let another = put(&t1, "ecr/a?format=text", "one\n").await;
        assert!(another.header("retry-after").is_some());
        assert_eq!(refused(another, 503).0, "log.crowded");
        drop(slow);
        let mut after = put(&t1, "ecr/a?format=text", "one\n").await;
        while after.status == 503 {
            after = put(&t1, "ecr/a?format=text", "one\n").await;
        }
        after.expect(200);
    }

    async fn a_log_belongs_where_its_terminal_stood(app: TestApp) {
        let t1 = app.device("T1").await;
        put(&t1, "ecr/a?format=text&till=K7&day=2026-11-24", "one\n").await.expect(200);
        let by = app.client(&[Permission::MonitoringView]).await;
        let it = by.get("/api/v1/logs?kind=ecr").await.expect(200).json()["items"][0].clone();
        assert_eq!((&it["till"], &it["day"], &it["encoding"]), (&json!("K7"), &json!("2026-11-24"), &json!("utf-8")));
        app.place("E2", "P2").await;
        app.limit(&by, &["E2"]).await;
        assert_eq!(by.get("/api/v1/logs?kind=ecr").await.expect(200).json()["items"], json!([]));
        by.get(&format!("/api/v1/logs/{}", it["id"])).await.expect(404);
        let seen = app.operator(Role::Viewer).await;
        seen.get("/monitoring/logs/ecr").await.expect(200);
    }
}

async fn received_or(by: &Persona, place: &str) -> usize {
    let stands = by.get(&format!("/terminal/v1/logs/{place}")).await;
    usize::try_from(stands.json()["received"].as_i64().unwrap_or(0)).unwrap()
}
