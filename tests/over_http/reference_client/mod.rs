//! The reference terminal against a server that plays tricks which the real one never would: broken
//! ranges, wrong digests, foreign links, half answers. What it does against the real server stands
//! in `reference.rs`.
mod script;

use actix_web::{App, HttpServer, web};
use posfleet::reference::{
    Fault, Identity, Keep, Line, Note, Pace, Setup, Terminal, Watcher, Weather, sha256,
};
use script::{Shared, Trick, activate, checkin, licence, report};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
/// A scripted server and a terminal that calls it.
struct Stage {
    script: Shared,
    terminal: Terminal,
    notes: Arc<Mutex<Vec<String>>>,
    line: Line,
    keep: Keep,
}

fn identity() -> Identity {
    Identity {
        terminal_id: "T1".into(),
        serial_number: "S1".into(),
        activation_code: "AAAAA-AAAAA".into(),
    }
}

impl Stage {
    fn new(weather: Weather) -> Self {
        let script: Shared = web::Data::new(Mutex::default());
        let shared = script.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .route("/terminal/v1/activate", web::post().to(activate))
                .route("/terminal/v1/checkin", web::post().to(checkin))
                .route("/terminal/v1/work/{id}/report", web::post().to(report))
                .route("/terminal/v1/licence", web::get().to(licence))
        })
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
        let line = Line::new(&format!("http://{}", server.addrs()[0]), None).unwrap();
        actix_web::rt::spawn(server.run());
        let notes: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = notes.clone();
        let watcher: Watcher = Arc::new(move |_, note: &Note<'_>| {
            seen.lock().unwrap().push(format!("{note:?}"));
        });
        let setup = Setup {
            weather,
            pace: Pace {
                first: Duration::from_millis(5),
                longest: Duration::from_millis(50),
            },
            watcher,
            ..Setup::default()
        };
        let keep = Keep::memory();
        let terminal = Terminal::open(identity(), &line, keep.clone(), setup).unwrap();
        Self {
            script,
            terminal,
            notes,
            line,
            keep,
        }
    }

    /// Gives the terminal one licence to fetch.
    fn offer(&self, id: i32, bytes: &[u8]) {
        let mut script = self.script.lock().unwrap();
        script.licence = bytes.to_vec();
        script.etag = sha256(bytes);
        let payload = json!({ "file_name": "a.lic", "size_bytes": bytes.len(),
            "sha256": sha256(bytes) });
        script.work = vec![json!({ "id": id, "kind": "licence",
            "link": "/terminal/v1/licence", "payload": payload })];
    }

    fn states(&self) -> Vec<String> {
        let script = self.script.lock().unwrap();
        let word = |(_, report): &(i32, Value)| report["state"].as_str().unwrap().to_owned();
        script.reports.iter().map(word).collect()
    }

    fn last_code(&self) -> String {
        let script = self.script.lock().unwrap();
        let (_, report) = script.reports.last().unwrap();
        report["code"].as_str().unwrap_or_default().to_owned()
    }

    fn installed(&self) -> Option<Vec<u8>> {
        self.terminal.licence().unwrap().map(|(_, bytes)| bytes)
    }
}

fn bytes(len: usize) -> Vec<u8> {
    (0..len)
        .map(|i| u8::try_from(i * 7 % 251).unwrap())
        .collect()
}

#[actix_web::test]
async fn a_lost_activation_is_repeated_with_its_key_even_after_a_kill() {
    let mut stage = Stage::new(Weather::default());
    stage.script.lock().unwrap().refusals = [(503, "busy"), (503, "busy")].into();
    let fault = stage.terminal.activate(false).await.unwrap_err();
    assert!(fault.passes());
    assert_eq!(fault.retry_after(), Some(Duration::from_secs(1)));
    // The terminal is killed: another one takes up its storage.
    let mut again = Terminal::open(
        identity(),
        &stage.line,
        stage.keep.clone(),
        Setup::default(),
    )
    .unwrap();
    again.activate(false).await.unwrap_err();
    again.activate(false).await.unwrap();
    let keys = stage.script.lock().unwrap().activation_keys.clone();
    assert_eq!(keys.len(), 3);
    assert!(keys[0].len() == 32 && keys.iter().all(|key| *key == keys[0]));
    let third = Terminal::open(
        identity(),
        &stage.line,
        stage.keep.clone(),
        Setup::default(),
    )
    .unwrap();
    assert!(third.is_activated());
}

#[actix_web::test]
async fn a_refused_activation_is_never_repeated_by_itself() {
    let mut stage = Stage::new(Weather::default());
    stage.script.lock().unwrap().refusals = [(403, "terminal.activation-refused")].into();
    let fault = stage.terminal.activate_patiently(false).await.unwrap_err();
    assert_eq!(fault.code(), Some("terminal.activation-refused"));
    assert_eq!(stage.script.lock().unwrap().activation_keys.len(), 1);
}

#[actix_web::test]
async fn a_download_goes_on_where_it_stopped() {
    let mut stage = Stage::new(Weather::default());
    stage.terminal.activate(false).await.unwrap();
    let file = bytes(50_000);
    stage.offer(1, &file);
    stage.script.lock().unwrap().tricks = [Trick::Cut(20_000), Trick::Cut(5_000)].into();
    stage.terminal.round().await.unwrap();
    assert_eq!(stage.installed().unwrap(), file);
    assert_eq!(stage.states(), ["downloading", "installing", "done"]);
    let ranges = stage.script.lock().unwrap().ranges.clone();
    assert_eq!(ranges.len(), 3);
    assert_eq!(ranges[2].as_deref(), Some("bytes=25000-"));
    // Offered again, it is reported again and not fetched again.
    stage.terminal.round().await.unwrap();
    assert_eq!(stage.states().last().unwrap(), "done");
    assert_eq!(stage.script.lock().unwrap().ranges.len(), 3);
    // The same file under another number is in use already.
    stage.offer(2, &file);
    stage.terminal.round().await.unwrap();
    assert_eq!(stage.script.lock().unwrap().reports.last().unwrap().0, 2);
    assert_eq!(stage.script.lock().unwrap().ranges.len(), 3);
}

#[actix_web::test]
async fn a_file_replaced_in_the_middle_is_fetched_from_its_start() {
    let mut stage = Stage::new(Weather::default());
    stage.terminal.activate(false).await.unwrap();
    stage.offer(1, &bytes(9_000));
    stage.script.lock().unwrap().tricks = (0..6).map(|_| Trick::Cut(1_000)).collect();
    stage.terminal.round().await.unwrap();
    assert_eq!(stage.states(), ["downloading", "try_later"]);
    let other: Vec<u8> = bytes(9_000).into_iter().rev().collect();
    stage.offer(2, &other);
    stage.terminal.round().await.unwrap();
    assert_eq!(stage.installed().unwrap(), other);
    assert_eq!(*stage.script.lock().unwrap().ranges.last().unwrap(), None);
}

#[actix_web::test]
async fn a_damaged_file_is_never_installed() {
    let mut stage = Stage::new(Weather::default());
    stage.terminal.activate(false).await.unwrap();
    stage.offer(1, &bytes(4_000));
    stage.script.lock().unwrap().tricks = [Trick::WrongBytes].into();
    stage.terminal.round().await.unwrap();
    assert_eq!(stage.last_code(), "digest-mismatch");
    assert_eq!(stage.installed(), None);
    // A resumed one that does not fit together is fetched anew.
    stage.offer(2, &bytes(4_000));
    stage.script.lock().unwrap().tricks = [
        Trick::Cut(1_000),
        Trick::WrongRange,
        Trick::Cut(500),
        Trick::WrongBytes,
    ]
    .into();
    stage.terminal.round().await.unwrap();
    assert_eq!(stage.installed().unwrap(), bytes(4_000));
    assert_eq!(stage.states().last().unwrap(), "done");
}

#[actix_web::test]
async fn work_that_makes_no_sense_is_refused_with_its_reason() {
    let mut stage = Stage::new(Weather::default());
    stage.terminal.activate(false).await.unwrap();
    for (id, work, state, code) in [
        (1, json!({ "kind": "dance" }), "refused", "unsupported-kind"),
        (
            2,
            json!({ "kind": "licence", "payload": {} }),
            "failed",
            "bad-payload",
        ),
        (
            3,
            json!({ "kind": "licence", "link": "http://evil.example/x", "payload":
                { "file_name": "a", "size_bytes": 1, "sha256": "00" } }),
            "failed",
            "foreign-link",
        ),
    ] {
        let mut work = work;
        work["id"] = json!(id);
        stage.script.lock().unwrap().work = vec![work];
        stage.terminal.round().await.unwrap();
        assert_eq!(stage.states().last().unwrap(), state);
        assert_eq!(stage.last_code(), code);
    }
    assert!(stage.script.lock().unwrap().ranges.is_empty());
}

#[actix_web::test]
async fn an_outcome_is_kept_until_the_server_has_it() {
    let mut stage = Stage::new(Weather::default());
    stage.terminal.activate(false).await.unwrap();
    stage.script.lock().unwrap().work = vec![json!({ "id": 1, "kind": "dance" })];
    stage.script.lock().unwrap().refusals = [(200, ""), (503, "busy")].into();
    // The first refusal stands in for the check-in's answer and is no JSON that it understands.
    assert!(matches!(
        stage.terminal.round().await,
        Err(Fault::Nonsense(_))
    ));
    stage.script.lock().unwrap().refusals.clear();
    stage.terminal.check_in().await.unwrap();
    let work = serde_json::from_value(json!({ "id": 1, "kind": "dance" })).unwrap();
    stage.script.lock().unwrap().refusals = [(503, "busy")].into();
    assert!(stage.terminal.perform(&work).await.is_err());
    stage.script.lock().unwrap().work.clear();
    stage.terminal.round().await.unwrap();
    assert_eq!(stage.states(), ["refused"]);
    // What the server closed meanwhile is not insisted on.
    let work = serde_json::from_value(json!({ "id": 2, "kind": "dance" })).unwrap();
    stage.script.lock().unwrap().refusals = [(409, "work.not-open")].into();
    stage.terminal.perform(&work).await.unwrap();
    assert!(stage.terminal.journal().get(2).unwrap().delivered);
}

#[actix_web::test]
async fn news_is_told_once_and_packed() {
    let mut stage = Stage::new(Weather::default());
    stage.terminal.activate(false).await.unwrap();
    stage
        .terminal
        .status
        .more
        .insert("note".into(), json!("n".repeat(600)));
    stage.terminal.session.id = "s1".into();
    stage.terminal.check_in().await.unwrap();
    stage.terminal.check_in().await.unwrap();
    stage.terminal.session.last_action = Some("sale".into());
    stage.terminal.check_in().await.unwrap();
    let script = stage.script.lock().unwrap();
    assert_eq!(script.gzip, 1);
    assert_eq!(
        script.checkins[0]["status"]["note"].as_str().unwrap().len(),
        600
    );
    assert_eq!(script.checkins[1].as_object().unwrap().len(), 1);
    assert_eq!(script.checkins[2]["session"]["last_action"], "sale");
    assert!(script.checkins[2].get("status").is_none());
}

#[actix_web::test]
async fn on_a_lossy_link_everything_is_done_once() {
    let weather = Weather {
        loss: 0.3,
        doubled: 0.3,
        ..Weather::default()
    };
    let mut stage = Stage::new(weather);
    stage.terminal.activate_patiently(false).await.unwrap();
    let mut done = 0;
    for id in 1..=10 {
        let file = bytes(2_000 + usize::try_from(id).unwrap());
        stage.offer(id, &file);
        while stage
            .terminal
            .journal()
            .get(id)
            .is_none_or(|e| !e.delivered)
        {
            stage.terminal.round().await.ok();
        }
        assert_eq!(stage.installed().unwrap(), file);
        done += 1;
    }
    let installs = stage
        .notes
        .lock()
        .unwrap()
        .iter()
        .filter(|n| n.starts_with("Installed"))
        .count();
    assert_eq!(installs, done);
    assert!(
        stage
            .notes
            .lock()
            .unwrap()
            .iter()
            .any(|n| n.contains("was lost"))
    );
    let script = stage.script.lock().unwrap();
    assert!((1..=10).all(|id| {
        script
            .reports
            .iter()
            .any(|(i, r)| *i == id && r["state"] == "done")
    }));
}
