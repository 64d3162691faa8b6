//! The reference terminal against the real server: activation, a licence that arrives within a
//! second of the click, kills in the middle of everything, and links that lose a third of it.

use crate::harness::{Persona, Setup, TestApp, serial_of};
use crate::on_both_engines;
use posfleet::access::Permission;
use posfleet::reference::{
    Fleet, Identity, Keep, Line, Member, Note, Pace, Realism, Settings, Setup as Terms, State,
    Terminal, Watcher, Weather, sha256,
};
use reqwest::Method;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(30);

/// Everything that a terminal did, with its id and when.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<(Instant, String, String)>>>);

impl Notes {
    fn watcher(&self) -> Watcher {
        let notes = self.clone();
        Arc::new(move |id: &str, note: &Note<'_>| {
            let line = (Instant::now(), id.to_owned(), format!("{note:?}"));
            notes.0.lock().unwrap().push(line);
        })
    }

    /// When something of that beginning first happened.
    fn when(&self, id: &str, begins: &str) -> Option<Instant> {
        let notes = self.0.lock().unwrap();
        let mut fits = notes
            .iter()
            .filter(|(_, who, what)| who == id && what.starts_with(begins));
        fits.next().map(|(at, ..)| *at)
    }

    fn count(&self, id: &str, begins: &str) -> usize {
        let notes = self.0.lock().unwrap();
        notes
            .iter()
            .filter(|(_, who, what)| who == id && what.starts_with(begins))
            .count()
    }
}

fn fast() -> Pace {
    Pace {
        first: Duration::from_millis(20),
        longest: Duration::from_millis(200),
    }
}

fn bytes(len: usize, seed: u8) -> Vec<u8> {
    (0..len)
        .map(|i| u8::try_from(i * 31 % 251).unwrap() ^ seed)
        .collect()
}

/// Comes back when `done` is true; a panic after [`PATIENCE`].
async fn until(what: &str, mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < PATIENCE, "still waiting: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn identity(app: &TestApp, tid: &str) -> Identity {
    app.register(&[tid]).await;
    Identity {
        terminal_id: tid.to_owned(),
        serial_number: serial_of(tid),
        activation_code: app.activation_code(tid).await,
    }
}

fn line(app: &TestApp) -> Line {
    Line::new(&app.url(""), None).unwrap()
}

async fn distributor(app: &TestApp) -> Persona {
    app.client(&[Permission::LicencesManage, Permission::LicencesView])
        .await
}

async fn upload(distributor: &Persona, tid: &str, bytes: &[u8]) {
    let path = format!("/api/v1/terminals/{tid}/licence?file_name={tid}.lic&replace=true");
    let request = distributor
        .request(Method::PUT, &path)
        .header("content-type", "application/octet-stream")
        .body(bytes.to_vec());
    distributor.send(request).await.expect(201);
}

/// How many events of that kind the outbox holds for a terminal.
fn events(app: &TestApp, kind: &str, tid: &str) -> i64 {
    app.database().count(&format!(
        "SELECT count(*) AS n FROM event_outbox WHERE kind = '{kind}' AND subject = '{tid}'"
    ))
}

fn listening(app: &TestApp) -> i64 {
    app.database()
        .count("SELECT count(*) AS n FROM terminal_contact WHERE presence = 1")
}

/// `posfleet terminal` as a process of its own, on a slow link.
fn process(app: &TestApp, who: &Identity, folder: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_posfleet"))
        .args([
            "terminal",
            "--server",
            &app.url(""),
            "--tid",
            &who.terminal_id,
        ])
        .args([
            "--serial",
            &who.serial_number,
            "--code",
            &who.activation_code,
        ])
        .args(["--slow", "200000", "--folder"])
        .arg(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn kill(mut child: Child) {
    // SIGKILL: nothing of the process runs any more.
    child.kill().unwrap();
    child.wait().unwrap();
}

fn size(folder: &Path, name: &str) -> u64 {
    std::fs::metadata(folder.join(name)).map_or(0, |found| found.len())
}

on_both_engines! {
    with Setup::real_time();

    async fn a_licence_reaches_a_listening_terminal_within_a_second(app: TestApp) {
        let who = identity(&app, "TG00221").await;
        let distributor = distributor(&app).await;
        let home = tempfile::tempdir().unwrap();
        let notes = Notes::default();
        let terms = Terms { watcher: notes.watcher(), pace: fast(), ..Terms::default() };
        let keep = Keep::folder(home.path()).unwrap();
        let mut terminal = Terminal::open(who, &line(&app), keep.clone(), terms).unwrap();
        let stop = CancellationToken::new();
        let told = stop.clone();
        let life = tokio::spawn(async move {
            let end = terminal.run(false, &told).await;
            (end, terminal)
        });
        until("it listens", || listening(&app) == 1).await;
        let file = bytes(4_000, 1);
        let clicked = Instant::now();
        upload(&distributor, "TG00221", &file).await;
        until("it is installed", || notes.when("TG00221", "Installed").is_some()).await;
        let took = notes.when("TG00221", "Installed").unwrap() - clicked;
        assert!(took < Duration::from_secs(1), "{took:?}");
        until("it is reported", || events(&app, "work.done", "TG00221") == 1).await;
        stop.cancel();
        let (end, terminal) = life.await.unwrap();
        end.unwrap();
        assert!(terminal.licence().unwrap().unwrap().1 == file);
        let list = distributor.get("/api/v1/licences").await.expect(200).json();
        assert_eq!(list["items"][0]["state"], "confirmed", "{list}");
    }

    async fn each_program_has_its_licence(app: TestApp) {
        let who = identity(&app, "TG00223").await;
        let serial = who.serial_number.clone();
        let distributor = distributor(&app).await;
        let home = tempfile::tempdir().unwrap();
        let terms = Terms { pace: fast(), ..Terms::default() };
        let keep = Keep::folder(home.path()).unwrap();
        let mut terminal = Terminal::open(who, &line(&app), keep, terms).unwrap();
        terminal.activate_patiently(false).await.unwrap();
        for software in ["", "Kiosk", "Fuel"] {
            let path = format!(
                "/api/v1/licences?file_name=a.lic&serial_number={serial}&software={software}"
            );
            let request = distributor.request(reqwest::Method::PUT, &path);
            distributor.send(request.body(format!("for {software}"))).await.expect(201);
        }
        for _ in 0..3 {
            terminal.round().await.unwrap();
        }
        for software in ["", "Kiosk", "Fuel"] {
            let (_, bytes) = terminal.licence_of(software).unwrap().unwrap();
            assert_eq!(bytes, format!("for {software}").as_bytes());
        }
        let list = distributor.get("/api/v1/licences?state=confirmed").await.expect(200).json();
        assert_eq!(list["total"], 3, "{list}");
    }

    async fn killed_at_any_moment_it_goes_on_where_it_was(app: TestApp) {
        let who = identity(&app, "TG00222").await;
        let distributor = distributor(&app).await;
        let home = tempfile::tempdir().unwrap();
        let folder = home.path();
        for moment in [1, 5, 10, 20, 40, 80] {
            let child = process(&app, &who, folder);
            tokio::time::sleep(Duration::from_millis(moment)).await;
            kill(child);
        }
        let file = bytes(400_000, 2);
        upload(&distributor, "TG00222", &file).await;
        for part in [1, 100_000, 200_000, 300_000] {
            let child = process(&app, &who, folder);
            until("it fetches", || size(folder, "licence.part") > part).await;
            kill(child);
        }
        assert_eq!(size(folder, "licence.json"), 0);
        let child = process(&app, &who, folder);
        until("it is reported", || events(&app, "work.done", "TG00222") == 1).await;
        until("it is in use", || size(folder, "licence.json") > 0).await;
        kill(child);
        let installed = std::fs::read(folder.join("installed/TG00222.lic")).unwrap();
        assert!(installed == file);
        // One code, one credential: no lost answer made a second one.
        let credentials = app.database().count("SELECT count(*) AS n FROM terminal_credential");
        assert_eq!(credentials, 1);
        // The bytes that the kills had left were not fetched again.
        let list = distributor.get("/api/v1/licences").await.expect(200).json();
        assert_eq!(list["items"][0]["sha256"], sha256(&file));
        let left = std::fs::read_dir(folder).unwrap().flatten().map(|e| e.file_name());
        let left: Vec<_> = left.filter(|n| n.to_string_lossy().ends_with(".part")).collect();
        assert!(left.is_empty(), "{left:?}");
    }

    async fn on_a_link_that_loses_a_third_nothing_is_lost_or_doubled(app: TestApp) {
        let distributor = distributor(&app).await;
        let line = line(&app);
        let notes = Notes::default();
        let mut all = Vec::new();
        for number in 0..8u8 {
            let who = identity(&app, &format!("L{number}")).await;
            let terms = Terms {
                weather: Weather { loss: 0.3, doubled: 0.3, ..Weather::default() },
                seed: u64::from(number) + 11,
                pace: fast(),
                watcher: notes.watcher(),
                ..Terms::default()
            };
            all.push(Terminal::open(who, &line, Keep::memory(), terms).unwrap());
        }
        for terminal in &mut all {
            terminal.activate_patiently(false).await.unwrap();
        }
        for round in 0..3u8 {
            for number in 0..8u8 {
                let file = bytes(3_000, round * 8 + number);
                upload(&distributor, &format!("L{number}"), &file).await;
            }
            let rounds = all.iter_mut().map(async |terminal| {
                let done = usize::from(round) + 1;
                let began = Instant::now();
                while terminal.journal().iter().filter(|(_, e)| e.delivered).count() < done {
                    assert!(began.elapsed() < PATIENCE);
                    terminal.round().await.ok();
                }
            });
            futures_util::future::join_all(rounds).await;
        }
        for (number, terminal) in (0u8..).zip(&all) {
            let id = terminal.terminal_id();
            assert_eq!(events(&app, "work.done", id), 3, "{id}");
            assert_eq!(notes.count(id, "Installed"), 3, "{id}");
            let entries: Vec<_> = terminal.journal().iter().collect();
            assert!(entries.iter().all(|(_, e)| e.report.state == State::Done && e.delivered));
            assert!(terminal.licence().unwrap().unwrap().1 == bytes(3_000, 16 + number));
            assert!(notes.count(id, "Fault(Network") > 0, "{id} lost nothing: no test");
        }
        let open = app.database().count("SELECT count(*) AS n FROM terminal_work WHERE is_open");
        assert_eq!(open, 0);
    }

    async fn a_fleet_never_swaps_its_licences(app: TestApp) {
        let distributor = distributor(&app).await;
        let notes = Notes::default();
        let home = tempfile::tempdir().unwrap();
        let mut members = Vec::new();
        for number in 0..40u8 {
            let tid = format!("S{number:02}");
            members.push(Member {
                identity: identity(&app, &tid).await,
                model: None,
                country: None,
            });
            upload(&distributor, &tid, &bytes(2_000, number)).await;
        }
        let settings = Settings {
            ramp: Duration::from_millis(500),
            folder: Some(home.path().to_owned()),
            realism: Realism::Steady,
            watcher: notes.watcher(),
            ..Settings::default()
        };
        let fleet = Fleet::new(line(&app), members, settings);
        let counters = fleet.counters();
        let stop = CancellationToken::new();
        let running = tokio::spawn(fleet.run(stop.clone()));
        let done = || (0..40).all(|n| events(&app, "work.done", &format!("S{n:02}")) == 1);
        until("all have their licence", done).await;
        stop.cancel();
        running.await.unwrap();
        for number in 0..40u8 {
            let own = home.path().join(format!("S{number:02}/installed/S{number:02}.lic"));
            assert!(std::fs::read(own).unwrap() == bytes(2_000, number));
        }
        assert!(counters.to_string().starts_with("40 activated"), "{counters}");
    }
}
