//! What people and programs see of logs: the lists, one log a leaf at a time, what is found in it, and the
//! files that carry it away.
use crate::harness::{Answer, Device, Persona, Role, TestApp};
use crate::on_both_engines;
use flate2::read::MultiGzDecoder;
use posfleet::access::Permission;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::Read as _;

/// Three lines as a till writes them; the second one is long enough to be told from the rest.
const LINES: &str = "2026-11-25 10:00:01 сумма 12.50\n\
                     2026-11-25 10:00:02 ОПЛАТА картой принята\n\
                     2026-11-25 10:00:03 чек 17 закрыт\n";

/// Sends a log whole.
pub(super) async fn send(
    device: &Device,
    place: &str,
    said: &str,
    body: impl Into<Vec<u8>>,
) -> Value {
    let body: Vec<u8> = body.into();
    let path = format!("/terminal/v1/logs/{place}?total={}&{said}", body.len());
    let request = device.request(Method::PUT, &path).body(body);
    device.send(request).await.expect(200).json()
}

async fn watcher(app: &TestApp) -> Persona {
    app.client(&[Permission::MonitoringView, Permission::LogsDownload])
        .await
}

async fn listed(by: &Persona, query: &str) -> Value {
    by.get(&format!("/api/v1/logs?{query}"))
        .await
        .expect(200)
        .json()
}

fn names(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("a page").iter();
    items
        .map(|it| it["name"].as_str().unwrap().to_owned())
        .collect()
}

fn unpacked(answer: &Answer) -> Vec<u8> {
    let mut bytes = Vec::new();
    MultiGzDecoder::new(answer.body.as_ref())
        .read_to_end(&mut bytes)
        .expect("it unpacks");
    bytes
}

/// A log of many lines, of which each says its number.
fn long(lines: usize) -> Vec<u8> {
    let line = |n| format!("2026-11-25 10:00:00 operation {n:06} of the shop, nothing to tell\n");
    (1..=lines).map(line).collect::<String>().into_bytes()
}

/// The numbers of the records of all leaves, on the way that `step` names.
async fn all_leaves(by: &Persona, own: &str, step: &str, begin: &str) -> Vec<i64> {
    let (mut all, mut query) = (Vec::new(), begin.to_owned());
    loop {
        let leaf = by
            .get(&format!("{own}/records?{query}"))
            .await
            .expect(200)
            .json();
        let items = leaf["items"].as_array().unwrap().iter();
        let these: Vec<i64> = items.map(|it| it["number"].as_i64().unwrap()).collect();
        assert!(these.len() <= 200, "{} records", these.len());
        if step == "prev_before" {
            all = [these, all].concat();
            query = format!("before={}", leaf[step]);
        } else {
            all.extend(these);
            query = format!("from={}", leaf[step]);
        }
        if leaf[step].is_null() {
            return all;
        }
    }
}

on_both_engines! {
    async fn a_log_is_listed_and_read(app: TestApp) {
        let device = app.device("T1").await;
        let told = send(&device, "ecr/kassa-1.log", "format=text&till=kassa%201&day=2026-11-25", LINES).await;
        assert_eq!((told["whole"].as_bool(), told["records"].as_i64()), (Some(true), Some(3)), "{told}");
        let root = app.operator(Role::Viewer).await;
        let page = root.get("/monitoring/logs/ecr").await.expect(200).text();
        for part in ["kassa-1.log", "/terminals/T1", "kassa 1", "/monitoring/logs/1", "data-live=\"log.*\""] {
            assert!(page.contains(part), "{part} is not in {page}");
        }
        let other = root.get("/monitoring/logs/pos").await.expect(200).text();
        assert!(!other.contains("kassa-1.log"), "{other}");
        let log = root.get("/monitoring/logs/1").await.expect(200).text();
        for part in ["ОПЛАТА картой принята", "чек 17 закрыт", "<code>T1</code>", "record-0", "00000000  "] {
            assert!(log.contains(part), "{part} is not in {log}");
        }
        let api = watcher(&app).await;
        let it = api.get("/api/v1/logs/1").await.expect(200).json();
        assert_eq!(it["terminal"], "T1");
        assert_eq!((&it["till"], &it["day"]), (&json!("kassa 1"), &json!("2026-11-25")));
        assert_eq!((&it["format"], &it["encoding"]), (&json!("text"), &json!("utf-8")));
        assert_eq!(it["size_bytes"].as_u64(), Some(LINES.len() as u64));
        let leaf = api.get("/api/v1/logs/1/records").await.expect(200).json();
        assert_eq!(leaf["items"].as_array().unwrap().len(), 3);
        assert!(leaf["next_from"].is_null() && leaf["prev_before"].is_null());
        assert!(leaf["items"][1]["text"].as_str().unwrap().contains("ОПЛАТА"), "{leaf}");
        for gone in ["/monitoring/logs/2", "/monitoring/logs/x", "/monitoring/logs/2/content"] {
            app.operator(Role::Support).await.get(gone).await.expect(404);
        }
        for odd in ["record=x", "at=-1", "q=hex:0", "percent=many"] {
            root.get(&format!("/monitoring/logs/1?{odd}")).await.expect(422);
        }
        let far = root.get("/monitoring/logs/1?at=99999999").await.expect(200).text();
        assert!(far.contains("No record here"), "{far}");
    }

    async fn a_list_is_narrowed_by_everything(app: TestApp) {
        app.place("E2", "P2").await;
        let (one, two) = (app.device("T1").await, app.device("T2").await);
        send(&one, "ecr/a.log", "format=text&till=1&day=2026-11-20", LINES).await;
        send(&one, "ecr/b.log", "format=text&till=2&day=2026-11-21", LINES).await;
        send(&two, "ecr/c.log", "format=text&till=1&day=2026-11-22", LINES).await;
        send(&two, "pos/d.log", "format=ndjson&day=2026-11-22", "{}\n").await;
        let api = watcher(&app).await;
        for (query, expected) in [
            ("kind=ecr", "c.log b.log a.log"),
            ("kind=ecr&sort=day", "a.log b.log c.log"),
            ("kind=pos", "d.log"),
            ("kind=ecr&terminal=T1", "b.log a.log"),
            ("kind=ecr&till=1", "c.log a.log"),
            ("kind=ecr&till=1&terminal=T1", "a.log"),
            ("kind=ecr&from=2026-11-21", "c.log b.log"),
            ("kind=ecr&from=2026-11-21&until=2026-11-21", "b.log"),
            ("kind=ecr&until=2026-11-20&sort=day", "a.log"),
            ("kind=ecr&format=text", "c.log b.log a.log"),
            ("kind=ecr&format=zvt", ""),
            ("kind=ecr&establishment=E1", "c.log b.log a.log"),
            ("kind=ecr&establishment=E2", ""),
            ("kind=ecr&point_of_service=P1&till=2", "b.log"),
            ("kind=ecr&point_of_service=P2", ""),
            ("kind=ecr&unread=yes", ""),
        ] {
            let page = listed(&api, query).await;
            assert_eq!(names(&page).join(" "), expected, "{query}");
            assert_eq!(page["total"].as_u64(), Some(expected.split_whitespace().count() as u64), "{query}");
        }
        for (query, code) in [
            ("kind=both", "log.no-such-kind"), ("", "log.no-such-kind"),
            ("kind=ecr&terminal=T9", "log.no-such-terminal"), ("kind=ecr&from=soon", "log.day-form"),
            ("kind=ecr&format=jpos", "log.no-such-format"), ("kind=ecr&unread=maybe", "log.no-such-choice"),
            ("kind=ecr&point_of_service=P9", "terminal.no-such-point"),
        ] {
            let refused = api.get(&format!("/api/v1/logs?{query}")).await.expect(422).json();
            assert_eq!(refused["errors"][0]["code"], code, "{query}: {refused}");
        }
        let file = api.get("/api/v1/ecr-logs.csv?till=1&columns=name,day").await.expect(200).text();
        assert_eq!(file.lines().count(), 3, "{file}");
        let root = app.operator(Role::Viewer).await;
        let page = root.get("/monitoring/logs/ecr?till=1&format=text").await.expect(200).text();
        assert!(page.contains("c.log") && !page.contains("b.log"), "{page}");
        root.get("/monitoring/logs/ecr.xlsx").await.expect(200);
    }

    async fn many_logs_are_paged_and_none_is_lost(app: TestApp) {
        app.register(&["T1", "T2"]).await;
        let now = app.now().0;
        app.database().execute(&format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
             INSERT INTO monitoring_log (terminal_id, establishment_id, kind, name, format, encoding, till, day,
                 begun_at, changed_at, whole, size_bytes, stored_bytes, records, unread, pans, tracks, pins, cvvs)
             SELECT 1 + i % 2, 1, 'ecr', 'n' || i, 'text', 'utf-8', 'k' || (i % 3),
                 '2026-11-' || substr('0' || (1 + i % 28), length('0' || (1 + i % 28)) - 1), {now}, {now}, TRUE, 1, 1, 1,
                 CASE WHEN i % 7 = 0 THEN 1 ELSE 0 END, 0, 0, 0, 0 FROM n"));
        let api = watcher(&app).await;
        for (query, n) in [("", 1200), ("till=k0", 400), ("till=k0&terminal=T1", 200), ("unread=yes", 171),
                           ("terminal=T1&sort=day", 600), ("format=text&till=k1&sort=day", 400)] {
            for (way, begin) in [("next", ""), ("prev", "last")] {
                let (mut all, mut cursor) = (Vec::new(), begin.to_owned());
                loop {
                    let page = listed(&api, &format!("kind=ecr&{query}&page_size=90&cursor={cursor}")).await;
                    let these = names(&page);
                    all = if way == "next" { [all, these].concat() } else { [these, all].concat() };
                    match page[way].as_str() {
                        Some(on) => on.clone_into(&mut cursor),
                        None => break,
                    }
                }
                let told = all.len();
                all.sort();
                all.dedup();
                assert_eq!((told, all.len()), (n, n), "{query}, {way}");
            }
        }
    }

    async fn a_long_log_is_read_from_anywhere(app: TestApp) {
        let device = app.device("T1").await;
        let body = long(20_000);
        let told = send(&device, "ecr/long.log", "format=text&day=2026-11-25", body.clone()).await;
        assert_eq!(told["records"], 20_000, "{told}");
        let (api, own) = (watcher(&app).await, "/api/v1/logs/1");
        let all: Vec<i64> = (1..=20_000).collect();
        assert_eq!(all_leaves(&api, own, "next_from", "").await, all);
        let end = format!("before={}", body.len());
        assert_eq!(all_leaves(&api, own, "prev_before", &end).await, all);
        for n in [1, 2, 9_999, 20_000] {
            let leaf = api.get(&format!("{own}/records?record={n}")).await.expect(200).json();
            assert_eq!(leaf["items"][0]["number"], n);
            let text = leaf["items"][0]["text"].as_str().unwrap();
            assert!(text.contains(&format!("operation {n:06}")), "{text}");
        }
        // In the middle of a record is where it begins.
        let line = body.len() / 20_000;
        let leaf = api.get(&format!("{own}/records?from={}", line + 7)).await.expect(200).json();
        assert_eq!((&leaf["items"][0]["number"], &leaf["items"][0]["at"]), (&json!(2), &json!(line)));
        let root = app.operator(Role::Viewer).await;
        let page = root.get("/monitoring/logs/1?percent=50").await.expect(200).text();
        assert!(page.contains("operation 010001") && page.contains("rel=\"next\""), "{page}");
        assert!(page.len() < 1_500_000, "a page of {} bytes", page.len());
        let last = root.get(&format!("/monitoring/logs/1?before={}", body.len())).await.expect(200).text();
        assert!(last.contains("operation 020000") && !last.contains("rel=\"next\""));
        let one = root.get("/monitoring/logs/1?record=12345").await.expect(200).text();
        assert!(one.contains("operation 012345") && !one.contains("operation 012344"));
    }

    async fn a_log_is_searched(app: TestApp) {
        let device = app.device("T1").await;
        let mut body = long(15_000);
        let before = body.len();
        body.extend_from_slice(LINES.as_bytes());
        send(&device, "ecr/a.log", "format=text&day=2026-11-25", body).await;
        let (api, root) = (watcher(&app).await, app.operator(Role::Viewer).await);
        let search = async |q: &str| {
            let (mut found, mut from) = (Vec::new(), 0);
            loop {
                let path = format!("/api/v1/logs/1/search?q={q}&from={from}");
                let answer = api.get(&path).await.expect(200).json();
                let items = answer["items"].as_array().unwrap().iter();
                found.extend(items.map(|it| it["number"].as_i64().unwrap()));
                match answer["next_from"].as_i64() {
                    Some(on) => from = on,
                    None => return found,
                }
            }
        };
        // Case makes no difference, in Cyrillic either.
        assert_eq!(search("оплата%20КАРТОЙ").await, [15_002]);
        assert_eq!(search("OPERATION%20007777").await, [7_777]);
        assert_eq!(search("hex:30%2030%2037%2037%2037%2037").await, [7_777]);
        let many = search("operation%200001").await;
        assert_eq!(many, (100..=199).collect::<Vec<i64>>(), "found in more answers than one");
        assert!(search("nowhere").await.is_empty());
        let first = api.get("/api/v1/logs/1/search?q=operation").await.expect(200).json();
        assert_eq!(first["items"].as_array().unwrap().len(), 50);
        for (query, code) in [("", "log.nothing-sought"), ("q=hex:0g", "log.no-hex")] {
            let refused = api.get(&format!("/api/v1/logs/1/search?{query}")).await.expect(422).json();
            assert_eq!(refused["errors"][0]["code"], code);
        }
        // One answer searches for three seconds, which may not be enough for all of it.
        let near = format!("/monitoring/logs/1?q=%D0%BE%D0%BF%D0%BB%D0%B0%D1%82%D0%B0&from={before}");
        let page = root.get(&near).await.expect(200).text();
        assert!(page.contains("ОПЛАТА картой") && page.contains("#record-"), "{page}");
        let more = root.get("/monitoring/logs/1?q=operation").await.expect(200).text();
        assert!(more.contains("Search on from here"), "{more}");
    }

    async fn what_leaves_is_what_is_stored(app: TestApp) {
        let device = app.device("T1").await;
        let body = long(9_000);
        send(&device, "ecr/a.log", "format=text&day=2026-11-25", body.clone()).await;
        send(&device, "ecr/b.log", "format=text&day=2026-11-26", LINES).await;
        let (api, person) = (watcher(&app).await, app.operator(Role::Support).await);
        for (by, path) in [(&api, "/api/v1/logs/1/content"), (&person, "/monitoring/logs/1/content")] {
            let packed = by.get(path).await.expect(200);
            assert_eq!(unpacked(&packed), body);
            assert_eq!(packed.header("content-type"), Some("application/gzip"));
            assert_eq!(packed.header("content-disposition"),
                Some("attachment; filename=\"T1-ecr-2026-11-25-a.log.gz\""));
            assert_eq!(packed.header("content-length"), Some(packed.body.len().to_string().as_str()));
            let plain = by.get(&format!("{path}?plain=1")).await.expect(200);
            assert_eq!(plain.body, body);
            assert_eq!(plain.header("content-type"), Some("text/plain; charset=utf-8"));
            assert_eq!(plain.header("content-disposition"),
                Some("attachment; filename=\"T1-ecr-2026-11-25-a.log\""));
        }
        let taken = "SELECT count(*) AS n FROM access_audit WHERE action = 'log.download'";
        assert_eq!(app.database().count(taken), 4);
        let viewer = app.operator(Role::Viewer).await;
        viewer.get("/monitoring/logs/1/content").await.expect(403);
        app.place("E2", "P2").await;
        app.limit(&api, &["E2"]).await;
        api.get("/api/v1/logs/1/content").await.expect(404);
        api.get("/api/v1/logs/1/records").await.expect(404);
        assert_eq!(listed(&api, "kind=ecr").await["total"], 0);
    }

    async fn many_logs_leave_as_one_archive(app: TestApp) {
        let device = app.device("T1").await;
        let body = long(9_000);
        send(&device, "ecr/a.log", "format=text&day=2026-11-25&till=1", body.clone()).await;
        send(&device, "ecr/b.log", "format=text&day=2026-11-26&till=2", LINES).await;
        send(&device, "pos/c.log", "format=ndjson&day=2026-11-26", "{}\n").await;
        let (api, person) = (watcher(&app).await, app.operator(Role::Support).await);
        let (list, zip) = ("/monitoring/logs/ecr", "/monitoring/logs/ecr/zip");
        for (answer, expected) in [
            (api.get("/api/v1/logs.zip?kind=ecr").await, &["a", "b"][..]),
            (api.get("/api/v1/logs.zip?kind=ecr&till=2").await, &["b"]),
            (api.get("/api/v1/logs.zip?kind=ecr&id=1,3").await, &["a"]),
            (person.submit(list, zip, &[("action", "zip"), ("row", "1"), ("row", "2")]).await, &["a", "b"]),
            (person.submit(list, zip, &[("all", "1"), ("query", "till=1")]).await, &["a"]),
        ] {
            let answer = answer.expect(200);
            assert_eq!(answer.header("content-type"), Some("application/zip"));
            let mut archive = zip::ZipArchive::new(std::io::Cursor::new(answer.body.clone())).unwrap();
            assert_eq!(archive.len(), expected.len());
            for n in 0..archive.len() {
                let mut file = archive.by_index(n).unwrap();
                let name = file.name().unwrap().into_owned();
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).unwrap();
                if name == "T1/T1-ecr-2026-11-25-a.log" {
                    assert_eq!(bytes, body);
                } else {
                    assert_eq!((name.as_str(), bytes.as_slice()), ("T1/T1-ecr-2026-11-26-b.log", LINES.as_bytes()));
                }
            }
        }
        api.get("/api/v1/logs.zip?kind=ecr&till=9").await.expect(422);
        person.submit(list, zip, &[("action", "zip")]).await.expect(422);
        app.operator(Role::Viewer).await.submit("/account", zip, &[("row", "1")]).await.expect(403);
    }

    async fn a_terminals_page_shows_its_logs_and_asks_for_more(app: TestApp) {
        let device = app.device("T1").await;
        let person = app.operator(Role::Support).await;
        let empty = person.get("/terminals/T1/panels/logs").await.expect(200).text();
        assert!(empty.contains("None yet."), "{empty}");
        send(&device, "ecr/a.log", "format=text&day=2026-11-25", LINES).await;
        let asked = [("kind", "ecr"), ("from", "2026-11-01"), ("until", "")];
        let panel = "/terminals/T1/panels/logs";
        person.submit(panel, "/terminals/T1/logs/ask", &asked).await.expect(303);
        let work = device.check_in().await["work"].clone();
        assert_eq!(work[0]["kind"], "log", "{work}");
        let page = person.get(panel).await.expect(200).text();
        for part in ["/monitoring/logs/1", "a.log", "2026-11-01", "Asked for"] {
            assert!(page.contains(part), "{part} is not in {page}");
        }
        let viewer = app.operator(Role::Viewer).await.get(panel).await.expect(200).text();
        assert!(!viewer.contains("/terminals/T1/logs/ask"), "{viewer}");
    }
}
