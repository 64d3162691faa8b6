//! The reference terminal keeps logs of sales that it makes believe, and sends them when it is asked.
use super::upload::kept;
use crate::harness::{Setup, TestApp, serial_of};
use crate::on_both_engines;
use posfleet::access::Permission;
use posfleet::reference::{
    Identity, Keep, Line, Note, Pace, Setup as Terms, Terminal, Watcher, Weather,
};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

async fn terminal(app: &TestApp, tid: &str, weather: Weather, watcher: Watcher) -> Terminal {
    app.register(&[tid]).await;
    let who = Identity {
        terminal_id: tid.to_owned(),
        serial_number: serial_of(tid),
        activation_code: app.activation_code(tid).await,
    };
    let pace = Pace {
        first: Duration::from_millis(20),
        longest: Duration::from_millis(200),
    };
    let terms = Terms {
        weather,
        pace,
        watcher,
        ..Terms::default()
    };
    let line = Line::new(&app.url(""), None).unwrap();
    Terminal::open(who, &line, Keep::memory(), terms).unwrap()
}

on_both_engines! {
    with Setup::real_time();

    async fn asked_while_it_listens_it_sends_at_once(app: TestApp) {
        let heard: Arc<Mutex<Vec<(Instant, String)>>> = Arc::default();
        let to = Arc::clone(&heard);
        let watcher: Watcher = Arc::new(move |_: &str, note: &Note<'_>| {
            to.lock().unwrap().push((Instant::now(), format!("{note:?}")));
        });
        let mut terminal = terminal(&app, "T1", Weather::default(), watcher).await;
        terminal.sell(7).await.unwrap();
        let stop = CancellationToken::new();
        let told = stop.clone();
        let life = tokio::spawn(async move {
            let end = terminal.run(false, &told).await;
            (end, terminal)
        });
        let count = |sql: &str| app.database().count(sql);
        let begun = Instant::now();
        while count("SELECT count(*) AS n FROM terminal_contact WHERE presence = 1") == 0 {
            assert!(begun.elapsed() < Duration::from_secs(30), "it listens");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let by = app.client(&[Permission::LogsDownload, Permission::MonitoringView]).await;
        let asked = Instant::now();
        by.post("/api/v1/terminals/T1/logs", json!({ "kind": "ecr" })).await.expect(202);
        by.post("/api/v1/terminals/T1/logs", json!({ "kind": "pos" })).await.expect(202);
        let done = "SELECT count(*) AS n FROM terminal_work WHERE kind = 'log' AND state = 'done'";
        while count(done) < 2 {
            assert!(asked.elapsed() < Duration::from_secs(30), "{:?}", heard.lock().unwrap());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let notes = heard.lock().unwrap().clone();
        let woken = notes.iter().find(|(_, note)| note.contains("woken: true")).unwrap().0;
        let took = woken.saturating_duration_since(asked);
        println!("it heard of it within {took:?}");
        assert!(took < Duration::from_secs(1), "{took:?}");
        stop.cancel();
        life.await.unwrap().0.unwrap();
        let logs = by.get("/api/v1/logs?kind=ecr").await.expect(200).json()["items"].clone();
        let (ecr, size) = (&logs[0], logs[0]["size_bytes"].as_u64().unwrap());
        assert_eq!((&ecr["records"], &ecr["unread"], &ecr["format"]), (&json!(42), &json!(0), &json!("zvt-lines")));
        assert_eq!(kept(&app, "ecr", ecr["name"].as_str().unwrap()).await.len() as u64, size);
        let pos = by.get("/api/v1/logs?kind=pos").await.expect(200).json()["items"][0].clone();
        assert_eq!((&pos["records"], &pos["unread"]), (&json!(14), &json!(0)), "{pos}");
        assert_eq!(count("SELECT count(*) AS n FROM monitoring_exchange"), 7);
    }

    async fn over_a_bad_line_it_sends_all_and_once(app: TestApp) {
        let weather = Weather { loss: 0.3, doubled: 0.2, ..Weather::default() };
        let mut terminal = terminal(&app, "T1", weather, Arc::new(|_, _| ())).await;
        terminal.activate_patiently(false).await.unwrap();
        terminal.sell(40).await.unwrap();
        let by = app.client(&[Permission::LogsDownload, Permission::MonitoringView]).await;
        by.post("/api/v1/terminals/T1/logs", json!({ "kind": "pos" })).await.expect(202);
        let done = "SELECT count(*) AS n FROM terminal_work WHERE kind = 'log' AND state = 'done'";
        for _ in 0..200 {
            // A round that got lost is no reason to stop.
            let _ = terminal.round().await;
            if app.database().count(done) == 1 {
                break;
            }
        }
        assert_eq!(app.database().count(done), 1);
        let pos = by.get("/api/v1/logs?kind=pos").await.expect(200).json()["items"][0].clone();
        assert_eq!((&pos["records"], &pos["unread"]), (&json!(80), &json!(0)), "{pos}");
    }
}
