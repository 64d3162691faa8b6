//! Open pages follow logs over the stream; of what comes every day, timelines and the dashboard keep little.
use super::pages::send;
use super::upload::put;
use crate::harness::{Device, Persona, Role, TestApp};
use crate::on_both_engines;
use posfleet::access::Permission;
use reqwest::Method;
use std::time::Duration;

const PANEL: &str = "/terminals/T1/panels/logs";
/// For so long a stream is listened to that is not to tell anything: twice what it lets pass between two frames.
const SILENCE: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_mins(1);

/// The address that a page listens to, by what it says itself; `None` where it listens to nothing.
fn stream_of(page: &str) -> Option<String> {
    let said = |name: &str| {
        let (_, rest) = page.split_once(&format!(" {name}=\""))?;
        rest.split('"').next()
    };
    let subject = said("data-live-subject").unwrap_or_default();
    let want = said("data-live")?.replace(' ', ",");
    Some(format!("/live?want={want}&subject={subject}"))
}

/// Opens a page, and the stream that it listens to.
async fn opened(by: &Persona, path: &str) -> reqwest::Response {
    let page = by.get(path).await.expect(200).text();
    let stream = stream_of(&page).unwrap_or_else(|| panic!("{path} listens to nothing"));
    by.request(Method::GET, &stream).send().await.unwrap()
}

/// Whether a stream says within a time that something happened.
async fn is_told(stream: &mut reqwest::Response, within: Duration) -> bool {
    let mut heard = String::new();
    let telling = async {
        while !heard.contains("event: happened") {
            let chunk = stream.chunk().await.unwrap().expect("the stream goes on");
            heard.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    tokio::time::timeout(within, telling).await.is_ok()
}

fn told_of(app: &TestApp, kind: &str) -> i64 {
    let sql = format!("SELECT count(*) AS n FROM event_outbox WHERE kind = '{kind}'");
    app.database().count(&sql)
}

/// What stands in the box of the dashboard that tells what happened.
fn latest(page: &str) -> &str {
    let (_, rest) = page.split_once("data-live-id=\"latest\"").expect("a box");
    rest.split("</section>").next().unwrap_or_default()
}

/// What the tab says of the requests for logs, the latest first.
async fn answers(by: &Persona) -> Vec<String> {
    let page = by.get(PANEL).await.expect(200).text();
    let (_, asked) = page
        .split_once("data-live-id=\"logs-asked\"")
        .expect("requests");
    let rows = asked
        .split("<tr role=\"row\"><th role=\"rowheader\"")
        .skip(1);
    rows.map(ToOwned::to_owned).collect()
}

/// Asks a terminal for its logs, of which it hears; the number of the work.
async fn ask(by: &Persona, device: &Device) -> i64 {
    let form = [("kind", "ecr"), ("from", ""), ("until", "")];
    let asked = by.submit(PANEL, "/terminals/T1/logs/ask", &form).await;
    asked.expect(303);
    let told = device.check_in().await;
    told["work"][0]["id"].as_i64().expect("work")
}

on_both_engines! {
    async fn open_pages_hear_of_what_comes(app: TestApp) {
        let (one, two) = (app.device("T1").await, app.device("T2").await);
        put(&one, "pos/a.log?format=ndjson", "{\"mti\":\"0200\",\"stan\":\"1\"}\n").await.expect(200);
        app.place("E2", "P2").await;
        let (sees, elsewhere) = (app.operator(Role::Viewer).await, app.operator(Role::Viewer).await);
        app.limit(&elsewhere, &["E2"]).await;
        let mut streams = Vec::new();
        for path in ["/monitoring/logs/pos", "/monitoring/logs/1", "/monitoring/exchanges", PANEL] {
            streams.push((path, opened(&sees, path).await));
        }
        let mut other = opened(&elsewhere, "/monitoring/logs/pos").await;
        // It goes on, it is whole, and another one begins.
        for (place, body) in [
            ("pos/a.log?offset=26", "{\"mti\":\"0210\",\"stan\":\"1\"}\n"),
            ("pos/a.log?offset=52&whole=true", ""),
            ("pos/b.log?format=ndjson", "{\"mti\":\"0200\",\"stan\":\"2\"}\n"),
        ] {
            put(&one, place, body).await.expect(200);
            for (path, stream) in &mut streams {
                assert!(is_told(stream, PATIENCE).await, "{path} hears nothing of {place}");
            }
        }
        assert!(!is_told(&mut other, SILENCE).await, "an establishment hears of another's terminal");
        // Pages about one terminal hear of that one.
        put(&two, "pos/c.log?format=ndjson", "{\"mti\":\"0200\",\"stan\":\"3\"}\n").await.expect(200);
        let hears = [true, false, true, false];
        for ((path, stream), hears) in streams.iter_mut().zip(hears) {
            let within = if hears { PATIENCE } else { SILENCE };
            assert_eq!(is_told(stream, within).await, hears, "{path}");
        }
    }

    async fn that_a_log_grows_is_told_and_not_kept(app: TestApp) {
        let device = app.device("T1").await;
        let person = app.operator(Role::Viewer).await;
        for n in 0..5 {
            let place = format!("ecr/a.log?format=text&offset={}", n * 9);
            put(&device, &place, "one line\n").await.expect(200);
        }
        let told = ["log.begun", "log.grown", "log.received"].map(|kind| told_of(&app, kind));
        assert_eq!(told, [1, 0, 0]);
        let timeline = person.get("/terminals/T1/timeline").await.expect(200).text();
        assert_eq!(timeline.matches("a.log").count(), 1, "{timeline}");
        put(&device, "ecr/a.log?offset=45&whole=true", "").await.expect(200);
        let told = ["log.begun", "log.grown", "log.received"].map(|kind| told_of(&app, kind));
        assert_eq!(told, [1, 0, 1]);
    }

    async fn what_comes_every_day_is_no_news(app: TestApp) {
        let device = app.device("T1").await;
        device.check_in().await;
        app.place("E2", "P2").await;
        let body = r#"{"tid":"T1","kind":"pos","name":"day.log","log":1}"#;
        app.database().execute(&format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
             INSERT INTO event_outbox (at, kind, subject, establishment_id, body)
             SELECT 1764064800000, 'log.received', 'T1', 1 + i % 2, '{body}' FROM n"));
        let (everyone, some) = (app.operator(Role::Viewer).await, app.operator(Role::Viewer).await);
        app.limit(&some, &["E1"]).await;
        for who in [&everyone, &some] {
            let page = who.get("/dashboard").await.expect(200).text();
            let told = latest(&page);
            assert!(told.contains("came online") && !told.contains("day.log"), "{told}");
        }
        let program = app.client(&[Permission::DashboardView, Permission::TerminalsView]).await;
        let board = program.get("/api/v1/dashboard").await.expect(200).json();
        assert_eq!(board["events"][0]["kind"], "terminal.online", "{board}");
    }

    async fn what_a_reader_may_not_hear_hides_nothing_from_him(app: TestApp) {
        app.device("T1").await.check_in().await;
        app.database().execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
             INSERT INTO event_outbox (at, kind, subject, establishment_id, body)
             SELECT 1764064800000, 'settings.changed', 'x', 1, '{}' FROM n");
        let page = app.operator(Role::Viewer).await.get("/dashboard").await.expect(200).text();
        assert!(latest(&page).contains("came online"), "{page}");
    }

    async fn a_request_says_which_logs_answered_it(app: TestApp) {
        let device = app.device("T1").await;
        let by = app.operator(Role::Support).await;
        let first = ask(&by, &device).await;
        assert!(!answers(&by).await[0].contains("Nothing new"), "nothing can be said yet");
        put(&device, &format!("ecr/a.log?format=text&task={first}"), "one line\n").await.expect(200);
        device.report(first, "done").await.expect(200);
        let second = ask(&by, &device).await;
        put(&device, &format!("ecr/a.log?offset=9&task={second}"), "another\n").await.expect(200);
        put(&device, &format!("ecr/b.log?format=text&whole=true&task={second}"), "b\n").await.expect(200);
        device.report(second, "done").await.expect(200);
        // All of it is here already, so nothing is sent, or not kept again.
        let third = ask(&by, &device).await;
        put(&device, &format!("ecr/b.log?whole=true&task={third}"), "b\n").await.expect(200);
        device.report(third, "done").await.expect(200);
        let told = answers(&by).await;
        let [three, two, one] = told.as_slice() else { panic!("{told:?}") };
        assert!(three.contains("Nothing new") && !three.contains("/monitoring/logs/"), "{three}");
        for own in ["/monitoring/logs/1\">a.log", "/monitoring/logs/2\">b.log"] {
            assert!(two.contains(own), "{own} is not in {two}");
        }
        assert!(one.contains("/monitoring/logs/1\">a.log") && !one.contains("b.log"), "{one}");
        // Who had the terminal before is not told of what the next owner asked for.
        let elsewhere = app.operator(Role::Support).await;
        app.place("E2", "P2").await;
        app.database().execute("UPDATE monitoring_log SET establishment_id = 2 WHERE name = 'b.log'");
        app.limit(&elsewhere, &["E1"]).await;
        let told = answers(&elsewhere).await;
        assert!(told[1].contains("a.log") && !told[1].contains("b.log"), "{told:?}");
        app.database().execute("UPDATE monitoring_log SET establishment_id = 2");
        let told = answers(&elsewhere).await;
        assert!(!told[2].contains("a.log") && !told[2].contains("Nothing new"), "{told:?}");
        // What was deleted did come.
        app.database().execute("DELETE FROM monitoring_log_piece WHERE log_id = 1");
        app.database().execute("DELETE FROM monitoring_log WHERE id = 1");
        let told = answers(&by).await;
        assert!(told[2].contains("Deleted since") && told[1].contains("b.log"), "{told:?}");
    }

    async fn a_page_listens_to_what_it_shows(app: TestApp) {
        let device = app.device("T1").await;
        send(&device, "ecr/a.log", "format=text&day=2026-11-25", "one line\n").await;
        let by = app.operator(Role::Administrator).await;
        let page = by.get("/monitoring/logs/1").await.expect(200).text();
        assert_eq!(stream_of(&page).as_deref(), Some("/live?want=log.*&subject=T1"));
        // What is looked through from end to end is looked through when somebody asks.
        let found = by.get("/monitoring/logs/1?q=line").await.expect(200).text();
        assert!(found.contains("#record-") && stream_of(&found).is_none(), "{found}");
        for (panel, wants_logs) in [("logs", true), ("licence", false), ("history", false)] {
            let page = by.get(&format!("/terminals/T1/panels/{panel}")).await.expect(200).text();
            let stream = stream_of(&page).expect("it listens");
            assert_eq!(stream.contains("log.*"), wants_logs, "{panel}: {stream}");
            assert!(stream.contains("terminal.*"), "{panel}: {stream}");
        }
    }
}
