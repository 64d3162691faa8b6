//! `kill -9` in the middle of everything: what the server has acknowledged is there afterwards, the
//! database is sound, and the terminals come back by themselves.
//!
//! The server is the real program; three quarters of the terminals check in all the time,
//! the others live the quiet life of the reference fleet; licences come in all the while.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
#[path = "../harness/mod.rs"]
mod harness;
mod ledger;
mod licences;
mod logs;
mod server;
use harness::{Engine, Setup, TestApp, serial_of};
use ledger::{Accounts, Ledger};
use posfleet::access::Permission;
use posfleet::clock::{Clock, Millis};
use posfleet::reference::{
    self, Counters, Dice, Fleet, Identity, Keep, Line, Member, Pace, Realism, Settings, Terminal,
    Watcher, sha256,
};
use server::Server;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

const BUSY: usize = 150;
const QUIET: usize = 50;
/// Licences on their way at one time.
const UPLOADS: usize = 8;
/// How long the whole fleet may take to be heard again.
const RECOVERS_WITHIN: Duration = Duration::from_secs(30);
const PACE: Pace = Pace {
    first: Duration::from_millis(200),
    longest: Duration::from_secs(2),
};

/// Checks in several times a second, each time with a new word in its session.
async fn hurry(mut terminal: Terminal, ledger: Arc<Ledger>) {
    let tid = terminal.terminal_id().to_owned();
    terminal.activate_patiently(false).await.unwrap();
    "crash".clone_into(&mut terminal.session.id);
    for n in 1.. {
        ledger.with(&tid, |account| account.sent = n);
        terminal.session.reference = Some(n.to_string());
        let pause = match terminal.round().await {
            Ok(_) => 150,
            Err(fault) => {
                assert!(fault.passes(), "{tid}: {fault}");
                250
            }
        };
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

/// Gives terminals new licences, several at a time, until it is dropped.
async fn hand_out(base: String, token: String, ledger: Arc<Ledger>, round: usize) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let lanes = (0..UPLOADS).map(async |lane| {
        for n in (lane..).step_by(UPLOADS) {
            let tid = tid((round * 53 + n * 7) % (BUSY + QUIET));
            let file = format!("licence {round}.{n} of {tid} ").repeat(60);
            let put = format!("{base}/api/v1/terminals/{tid}/licence?file_name=a.lic&replace=true");
            let request = http.put(put).bearer_auth(&token).body(file.clone());
            if let Ok(answer) = request.send().await
                && answer.status().is_success()
                && let Ok(taken) = answer.json::<serde_json::Value>().await
            {
                let (id, digest) = (taken["id"].as_i64().unwrap(), sha256(file.as_bytes()));
                assert_eq!(taken["sha256"], digest);
                ledger.with(&tid, |account| account.keeps(id, digest));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    futures_util::future::join_all(lanes).await;
}

/// How often to kill: usually, and where there is time.
#[expect(clippy::disallowed_methods, reason = "test configuration")]
fn rounds(usual: usize, long: usize) -> usize {
    std::env::var("POSFLEET_LONG").map_or(usual, |_| long)
}

fn tid(n: usize) -> String {
    format!("K{n:03}")
}

/// The lines of a query whose `name` joins its columns by bars, by their first `key` columns.
fn facts(app: &TestApp, key: usize, sql: &str) -> BTreeMap<String, Vec<String>> {
    let lines = app.database().texts(sql);
    let split = lines.iter().map(|line| {
        let cells: Vec<String> = line.split('|').map(ToOwned::to_owned).collect();
        (cells[..key].join("|"), cells[key..].to_vec())
    });
    split.collect()
}

/// Everything that was acknowledged is in the database.
fn assert_kept(app: &TestApp, told: &Accounts) {
    let contacts = facts(
        app,
        1,
        "SELECT p.tid || '|' || COALESCE(c.last_contact_at, 0) || '|' || COALESCE(s.reference, '0') \
         AS name FROM terminal_place p JOIN terminal_contact c ON c.terminal_id = p.id \
         LEFT JOIN terminal_session s ON s.terminal_id = p.id AND s.session_id = 'crash'",
    );
    let work = facts(
        app,
        2,
        "SELECT p.tid || '|' || w.number || '|' || w.state AS name FROM terminal_work w \
         JOIN terminal_place p ON p.id = w.terminal_id WHERE w.is_open = FALSE",
    );
    let licences = facts(
        app,
        2,
        "SELECT tid || '|' || sha256 || '|' || id AS name FROM licence_file",
    );
    for (tid, account) in told {
        let contact = &contacts[tid];
        let at: i64 = contact[0].parse().unwrap();
        let said: u64 = contact[1].parse().unwrap();
        assert!(
            at >= account.heard_at.0,
            "{tid} was heard at {at}: {account:?}"
        );
        assert!(said >= account.told, "{tid} said {said}: {account:?}");
        for (number, state) in &account.reports {
            let kept = work.get(&format!("{tid}|{number}"));
            let kept = kept.unwrap_or_else(|| panic!("{tid}: {number} is open: {account:?}"));
            let code = serde_json::to_value(state).unwrap();
            // What was no longer wanted is cancelled, whatever became of it.
            assert!(
                code == kept[0] || kept[0] == "cancelled",
                "{tid} {number}: {kept:?}"
            );
        }
        for digest in &account.licences {
            assert!(
                licences.contains_key(&format!("{tid}|{digest}")),
                "{tid} lost {digest}"
            );
        }
    }
}

/// The newest licence of every terminal can be had, byte for byte; those that were looked at in the
/// rounds before are left out. Returns the newest of all.
async fn assert_files(app: &TestApp, base: &str, token: &str, told: &Accounts, seen: i64) -> i64 {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let current = facts(
        app,
        1,
        "SELECT tid || '|' || id AS name FROM licence_file WHERE is_current = TRUE",
    );
    for (tid, account) in told {
        let newest = account.newest.as_ref().filter(|(id, _)| *id > seen);
        let Some((newest, digest)) = newest else {
            continue;
        };
        let id: i64 = current[tid][0].parse().unwrap();
        // One that was stored may have been killed before it was acknowledged.
        assert!(id >= *newest, "{tid}: {id} is current, not {newest}");
        let file = format!("{base}/api/v1/licences/{id}/file");
        let answer = http.get(file).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{tid}");
        let bytes = answer.bytes().await.unwrap();
        assert!(id > *newest || sha256(&bytes) == *digest, "{tid}");
    }
    let newest = told.values().filter_map(|account| account.newest.as_ref());
    newest.map(|(id, _)| *id).max().unwrap_or(0)
}

/// Waits until every terminal has been heard since `from`; how long that took.
async fn recovered(app: &TestApp, from: Millis) -> Duration {
    let begun = Instant::now();
    let sql = format!(
        "SELECT count(*) AS n FROM terminal_contact WHERE last_contact_at >= {}",
        from.0
    );
    let all = i64::try_from(BUSY + QUIET).unwrap();
    while app.database().count(&sql) < all {
        let heard = app.database().count(&sql);
        assert!(
            begun.elapsed() < RECOVERS_WITHIN,
            "{heard} of {all} came back"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    begun.elapsed()
}

fn assert_sound(app: &TestApp) {
    if app.database().engine == Engine::Sqlite {
        let check = "SELECT integrity_check AS name FROM pragma_integrity_check";
        assert_eq!(app.database().texts(check), ["ok"]);
    }
}

/// Registers the terminals and makes a client; the server of the test itself stops again.
async fn arrange(app: &TestApp) -> (Vec<Identity>, String) {
    let tids: Vec<String> = (0..BUSY + QUIET).map(tid).collect();
    let names: Vec<&str> = tids.iter().map(String::as_str).collect();
    app.register(&names).await;
    let mut identities = Vec::new();
    for tid in tids {
        identities.push(Identity {
            serial_number: serial_of(&tid),
            activation_code: app.activation_code(&tid).await,
            terminal_id: tid,
        });
    }
    let client = app
        .client(&[Permission::LicencesManage, Permission::LicencesView])
        .await;
    let token = client.token().unwrap().to_owned();
    app.stop().await;
    (identities, token)
}

/// Sets the terminals going; they stop with the token, or with the test.
fn let_live(
    base: &str,
    mut identities: Vec<Identity>,
    ledger: &Arc<Ledger>,
    stop: &CancellationToken,
) -> Arc<Counters> {
    let line = Line::new(base, None).unwrap();
    let book = Arc::clone(ledger);
    let watcher: Watcher = Arc::new(move |tid, note| book.note(tid, note));
    for (seed, identity) in (1..).zip(identities.split_off(QUIET)) {
        let setup = reference::Setup {
            seed,
            pace: PACE,
            watcher: watcher.clone(),
            ..reference::Setup::default()
        };
        let terminal = Terminal::open(identity, &line, Keep::memory(), setup).unwrap();
        let (ledger, stop) = (Arc::clone(ledger), stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = hurry(terminal, ledger) => {}
            }
        });
    }
    let quiet = identities.into_iter().map(|identity| Member {
        identity,
        model: None,
        country: None,
    });
    let settings = Settings {
        realism: Realism::Steady,
        ramp: Duration::from_secs(1),
        backoff: PACE,
        watcher,
        ..Settings::default()
    };
    let fleet = Fleet::new(line, quiet.collect(), settings);
    let counters = fleet.counters();
    tokio::spawn(fleet.run(stop.clone()));
    counters
}

async fn survives(engine: Engine) {
    let rounds = rounds(10, 50);
    let app = TestApp::start(engine, Setup::real_time()).await;
    let (identities, token) = arrange(&app).await;
    let mut server = Server::start(&app).await;
    let (ledger, stop) = (Arc::new(Ledger::default()), CancellationToken::new());
    let _end = stop.clone().drop_guard();
    let counters = let_live(&server.base, identities, &ledger, &stop);
    let mut longest = recovered(&app, Millis(1)).await;
    let (mut dice, mut seen) = (Dice::new(rounds as u64), 0);
    for round in 0..rounds {
        let (base, token_of_round) = (server.base.clone(), token.clone());
        let uploads = tokio::spawn(hand_out(base, token_of_round, Arc::clone(&ledger), round));
        let load = dice.time(Duration::from_millis(700), Duration::from_secs(2));
        tokio::time::sleep(load).await;
        server.kill();
        let told = ledger.copy();
        uploads.abort();
        drop(uploads.await);
        let from = Clock::system().now();
        server.start_again().await;
        longest = longest.max(recovered(&app, from).await);
        assert_kept(&app, &told);
        assert_sound(&app);
        seen = assert_files(&app, &server.base, &token, &told, seen).await;
    }
    stop.cancel();
    server.stop();
    server.assert_audit_is_whole();
    app.assert_counters_agree();
    let (check_ins, reports, licences) = totals(&ledger.copy());
    let gave_up = counters.gave_up.load(std::sync::atomic::Ordering::Relaxed);
    let line = format!(
        "{engine:?}: killed {rounds} times; {check_ins} check-ins, {reports} reports and \
         {licences} licences acknowledged, none lost; all terminals back within {longest:.1?}\n"
    );
    std::io::stderr().write_all(line.as_bytes()).unwrap();
    assert!(check_ins > 100 * rounds && reports > rounds && licences > rounds && gave_up == 0);
}

fn totals(told: &Accounts) -> (usize, usize, usize) {
    told.values().fold((0, 0, 0), |(c, r, l), account| {
        let check_ins = usize::try_from(account.check_ins).unwrap();
        (
            c + check_ins,
            r + account.reports.len(),
            l + account.licences.len(),
        )
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_survives_kill_9() {
    survives(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs TEST_POSTGRES_URL"]
async fn postgres_survives_kill_9() {
    survives(Engine::Postgres).await;
}
