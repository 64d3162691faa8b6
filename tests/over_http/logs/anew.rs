//! A file that comes to several logs: another device sends it, or another file comes under its name, or it is sent for
//! longer than logs are kept, or goes while its terminal sends.
use super::keeping::until_logs_are;
use super::upload::{kept, lines, put, received};
use crate::harness::{Persona, TestApp, raw};
use crate::on_both_engines;
use posfleet::access::Permission;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

const DAY: Duration = Duration::from_hours(24);

/// The logs of a kind: size, what stands before them, and state; the first ones first.
async fn all(app: &TestApp, kind: &str) -> Vec<(i64, i64, &'static str)> {
    let by = app.client(&[Permission::MonitoringView]).await;
    let found = by
        .get(&format!("/api/v1/logs?kind={kind}"))
        .await
        .expect(200)
        .json();
    let mut items: Vec<Value> = found["items"].as_array().unwrap().clone();
    items.sort_by_key(|it| it["id"].as_i64());
    let n = |it: &Value, of: &str| it[of].as_i64().unwrap();
    let state = |it: &Value| match (it["whole"] == true, it["ended"] == true) {
        (true, false) => "whole",
        (true, true) => "whole and ended",
        (false, true) => "ended",
        (false, false) => "open",
    };
    let one = |it: &Value| (n(it, "size_bytes"), n(it, "before_bytes"), state(it));
    items.iter().map(one).collect()
}

async fn replaced(app: &TestApp, serial: &str) -> Persona {
    let by = app.client(Permission::ALL).await;
    let wish = json!({ "serial_number": serial });
    by.post("/api/v1/terminals/T1/replace", wish)
        .await
        .expect(200);
    let code = app.activation_code("T1").await;
    let wish = json!({ "terminal_id": "T1", "serial_number": serial, "activation_code": code });
    let answer = app.visitor().post("/terminal/v1/activate", wish).await;
    let token = answer.expect(200).json()["token"]
        .as_str()
        .unwrap()
        .to_owned();
    app.visitor().bearing(token)
}

on_both_engines! {
    async fn another_device_begins_anew(app: TestApp) {
        let old = app.device("T1").await;
        put(&old, "ecr/open?format=text", "old one\nold two\n").await.expect(200);
        put(&old, "ecr/whole?format=text&whole=true", "old one\n").await.expect(200);
        let new = replaced(&app, "SN-NEW").await;
        for name in ["open", "whole"] {
            new.get(&format!("/terminal/v1/logs/ecr/{name}")).await.expect(404);
            // It asks, or sends what it has, which is longer than what the old one sent.
            let far = put(&new, &format!("ecr/{name}?format=text&offset=8"), "new two\n").await.expect(409);
            assert_eq!((far.code(), &far.json()["received"]), ("log.gap".to_owned(), &json!(0)));
            let file = "new line one\nnew line two\nnew line three\n";
            let stands = put(&new, &format!("ecr/{name}?format=text&whole=true"), file).await.expect(200).json();
            assert_eq!((&stands["received"], &stands["whole"], &stands["records"]), (&json!(41), &json!(true), &json!(3)));
            assert_eq!(received(&new, &format!("ecr/{name}")).await, 41);
        }
        assert_eq!(all(&app, "ecr").await, [
            (16, 0, "ended"), (8, 0, "whole and ended"), (41, 0, "whole"), (41, 0, "whole"),
        ]);
    }

    async fn another_file_under_a_name_is_told_from_the_one_before(app: TestApp) {
        let t1 = app.device("T1").await;
        let file = |day: &str| -> String {
            let lines = (0..30).map(|n| format!("{day} 10:00:{n:02} card 4111{}1111 sold\n", "11111111"));
            lines.collect::<Vec<String>>().concat()
        };
        let (first, second) = (file("2026-11-25"), file("2026-11-26"));
        put(&t1, "ecr/pos.log?format=text", first.clone()).await.expect(200);
        // The same once more is the same, though cards are masked in what is here.
        put(&t1, "ecr/pos.log?whole=true", first.clone()).await.expect(200);
        put(&t1, "ecr/pos.log", first[..200].to_owned()).await.expect(200);
        assert_eq!(all(&app, "ecr").await.len(), 1);
        // Begun afresh: shorter by now than what is here.
        let short = second[..400].to_owned();
        let refused = put(&t1, "ecr/pos.log", short.clone()).await.expect(409);
        assert_eq!((refused.code(), &refused.json()["received"]), ("log.another-file".to_owned(), &json!(0)));
        let begun = put(&t1, "ecr/pos.log?format=text", short).await.expect(200).json();
        let at = usize::try_from(begun["received"].as_i64().unwrap()).unwrap();
        assert!(at > 300 && at <= 400, "{begun}");
        put(&t1, &format!("ecr/pos.log?offset={at}&whole=true"), second[at..].to_owned()).await.expect(200);
        let length = i64::try_from(first.len()).unwrap();
        assert_eq!(all(&app, "ecr").await, [(length, 0, "whole and ended"), (length, 0, "whole")]);
        // Far behind, too.
        put(&t1, "ecr/far?format=text", lines(20_000)).await.expect(200);
        let other = put(&t1, "ecr/far", second.clone()).await.expect(409);
        assert_eq!(other.code(), "log.another-file");
        put(&t1, "ecr/far?format=text&whole=true", second.clone()).await.expect(200);
        assert_eq!(received(&t1, "ecr/far").await, length);
        // Both may be saved at once.
        let by = app.client(&[Permission::MonitoringView, Permission::LogsDownload]).await;
        let zip = by.get("/api/v1/logs.zip?kind=ecr&id=1,2").await.expect(200).body.to_vec();
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
        let names: Vec<String> = (0..2).map(|n| zip.by_index(n).unwrap().name().unwrap().into_owned()).collect();
        assert!(zip.len() == 2 && names[0] != names[1], "{names:?}");
    }

    async fn a_log_that_grows_for_too_long_goes_on_in_another(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = app.client(&[Permission::MonitoringView, Permission::SettingsManage]).await;
        by.put("/api/v1/logs/keeping", json!({ "kind": "ecr", "days": 5 })).await.expect(200);
        put(&t1, "ecr/a?format=text", "day 0\n").await.expect(200);
        for day in 1..=12 {
            app.advance(DAY);
            let at = received(&t1, "ecr/a").await;
            // A part of what is there comes again, over the end of a log or not.
            let again = format!("day {}\nday {}\n", (day - 1) % 10, day % 10);
            let stands = put(&t1, &format!("ecr/a?offset={}", at - 6), again).await.expect(200).json();
            assert_eq!(stands["received"], at + 6, "{day}");
        }
        until_logs_are(&app, 2).await;
        assert_eq!(all(&app, "ecr").await, [(36, 36, "ended"), (6, 72, "open")]);
        assert_eq!(received(&t1, "ecr/a").await, 78);
        put(&t1, "ecr/a?offset=78&total=78", "").await.expect(200);
        assert_eq!(all(&app, "ecr").await, [(36, 36, "ended"), (6, 72, "whole")]);
    }

    async fn what_comes_while_a_log_is_deleted_is_kept(app: TestApp) {
        let t1 = app.device("T1").await;
        put(&t1, "ecr/a?format=text", "one\ntwo\n").await.expect(200);
        let database = app.database();
        // As the first step towards deleting it leaves it, of a log of which much was told.
        let long_ago = app.now().0 - 400 * 86_400_000;
        database.execute(&format!("UPDATE monitoring_log SET name = 'a/1', changed_at = {long_ago}"));
        t1.get("/terminal/v1/logs/ecr/a").await.expect(404);
        let more = put(&t1, "ecr/a?format=text&offset=8", "three\n").await.expect(409);
        assert_eq!((more.code(), &more.json()["received"]), ("log.gap".to_owned(), &json!(0)));
        put(&t1, "ecr/a?format=text", "one\ntwo\nthree\n").await.expect(200);
        until_logs_are(&app, 1).await;
        assert_eq!(kept(&app, "ecr", "a").await, b"one\ntwo\nthree\n");
        assert_eq!(all(&app, "ecr").await.len(), 1);
    }

    async fn a_day_that_ends_while_a_log_comes_has_its_own_measure(app: TestApp) {
        let t1 = app.device("T1").await;
        let by = app.client(&[Permission::SettingsManage]).await;
        by.patch("/api/v1/settings/logs", json!({ "values": { "log_day_mib": 1 } })).await.expect(200);
        let log = lines(22_000);
        let half = log.len() / 2;
        assert!(half < 1 << 20 && log.len() > 1 << 20);
        let head = format!(
            "PUT /terminal/v1/logs/ecr/a?format=text&whole=true HTTP/1.1\r\nhost: localhost\r\n\
             authorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
            t1.token().unwrap(), log.len()
        );
        let mut stream = raw::begin(&app, &head).await;
        stream.write_all(&log[..half]).await.unwrap();
        // All of it but what is no whole piece yet.
        for _ in 0..400 {
            let stands = t1.get("/terminal/v1/logs/ecr/a").await.json();
            if stands["received"].as_i64().is_some_and(|at| at > 400_000) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        app.advance(DAY);
        stream.write_all(&log[half..]).await.unwrap();
        for _ in 0..400 {
            if received(&t1, "ecr/a").await == i64::try_from(log.len()).unwrap() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(kept(&app, "ecr", "a").await == log);
    }
}
