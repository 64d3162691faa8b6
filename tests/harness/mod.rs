//! What every test binary shares: a server started through the real composition root on a free
//! port, real HTTP, people and machines who act on it, and a clock that the test moves.
//!
//! [`on_both_engines!`] makes two tests of one body. After the body the server is stopped and the
//! harness asserts that nothing was left undone.
#![allow(
    dead_code,
    unused_imports,
    reason = "every test binary compiles the whole harness and uses a part of it"
)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a harness may panic"
)]
mod database;
mod fleet;
mod mutual;
mod people;
mod persona;
mod picture;
mod provider;
pub(crate) mod raw;

pub(crate) use database::Database;
pub(crate) use fleet::{Device, ESTABLISHMENT, POINT, serial_of};
pub(crate) use mutual::{Pair, Purpose, Shows, csr_of, s_client};
pub(crate) use people::{PASSWORD, Role};
pub(crate) use persona::{Answer, Persona, value_of};
pub(crate) use picture::png;
pub(crate) use provider::provider;

use futures_util::FutureExt;
use posfleet::app::{self, Running};
use posfleet::clock::{Clock, Millis};
use posfleet::config::{self, Config, Listen, Transport};
use posfleet::context::Ctx;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Where a manual clock starts: 2027-01-15T08:00:00Z.
pub(crate) const START: Millis = Millis(1_800_000_000_000);

/// How long a server may take to finish what it began.
const STOP_WITHIN: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// How a [`TestApp`] starts when the usual way does not fit.
#[derive(Clone)]
pub(crate) struct Setup {
    clock: Clock,
    change: Arc<dyn Fn(&mut Config) + Send + Sync>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            clock: Clock::manual(START),
            change: Arc::new(|_| ()),
        }
    }
}

impl Setup {
    /// The machine's clock, for what must be measured or seen in a browser.
    pub(crate) fn real_time() -> Self {
        Self {
            clock: Clock::system(),
            ..Self::default()
        }
    }

    /// A clock that the test moves, and that starts at the machine's time: where others have a say whose
    /// clocks cannot be moved.
    pub(crate) fn from_now() -> Self {
        Self {
            clock: Clock::manual(Clock::system().now()),
            ..Self::default()
        }
    }

    /// Three listeners: plain, TLS, and TLS for those who show a certificate.
    pub(crate) fn with_certificates(self) -> Self {
        self.config(|config| {
            let any = "127.0.0.1:0".parse().unwrap();
            config.server.listen = vec![Listen::plain(any), Listen::tls(any), Listen::mutual(any)];
        })
    }

    /// With an OpenID Connect provider that nobody reaches.
    pub(crate) fn with_provider(self, issuer: &'static str, name: &'static str) -> Self {
        self.config(move |config| config.openid = Some(provider(issuer, name)))
    }

    /// Changes the configuration before the server starts.
    pub(crate) fn config(mut self, change: impl Fn(&mut Config) + Send + Sync + 'static) -> Self {
        self.change = Arc::new(change);
        self
    }
}

/// A running server with an empty database. Clones share it.
#[derive(Clone)]
pub(crate) struct TestApp(Arc<Inner>);

struct Inner {
    setup: Setup,
    config: Config,
    running: Mutex<Option<Running>>,
    database: Database,
    folder: tempfile::TempDir,
}

impl TestApp {
    pub(crate) async fn start(engine: Engine, setup: Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::fresh(engine, folder.path());
        let mut config = config(&database, folder.path());
        (setup.change)(&mut config);
        let running = app::start(config.clone(), setup.clock.clone())
            .await
            .expect("the server starts");
        Self(Arc::new(Inner {
            setup,
            config,
            running: Mutex::new(Some(running)),
            database,
            folder,
        }))
    }

    /// What the server's own handlers hold: for arranging through ops and for looking at the
    /// database.
    pub(crate) fn ctx(&self) -> Ctx {
        let running = self.0.running.lock().unwrap();
        running.as_ref().expect("the server runs").ctx.clone()
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.setup.clock
    }

    pub(crate) fn now(&self) -> Millis {
        self.clock().now()
    }

    /// Moves the clock forward.
    pub(crate) fn advance(&self, by: Duration) {
        self.clock().advance(by);
    }

    pub(crate) fn database(&self) -> &Database {
        &self.0.database
    }

    /// The folder that holds all that this server keeps outside its database.
    pub(crate) fn folder(&self) -> &Path {
        self.0.folder.path()
    }

    /// `path` as an absolute address of this server.
    pub(crate) fn url(&self, path: &str) -> String {
        let running = self.0.running.lock().unwrap();
        format!("http://{}{path}", running.as_ref().unwrap().at)
    }

    /// The address of its TLS listener, and the authority that certifies it.
    pub(crate) fn tls(&self) -> (String, PathBuf) {
        let running = self.0.running.lock().unwrap();
        let running = running.as_ref().expect("the server runs");
        let tls = running
            .listeners
            .iter()
            .find(|listen| listen.transport == Transport::Tls);
        let authority = running.authority.clone().expect("a fleet certificate");
        (tls.expect("a TLS listener").to_string(), authority)
    }

    /// The address of its listener for certificates, and the authority that certifies it.
    pub(crate) fn mutual(&self) -> (std::net::SocketAddr, PathBuf) {
        let running = self.0.running.lock().unwrap();
        let running = running.as_ref().expect("the server runs");
        let mutual = running.listeners.iter().find(|listen| listen.is_mutual());
        let authority = running.authority.clone().expect("a fleet certificate");
        (mutual.expect("a listener for certificates").at, authority)
    }

    /// Where health, readiness and metrics are, if anywhere.
    pub(crate) fn operations(&self) -> Option<std::net::SocketAddr> {
        self.0.running.lock().unwrap().as_ref().unwrap().operations
    }

    /// Stops the server and starts it again on the same database, as an update of it would.
    pub(crate) async fn restart(&self) {
        self.start_again().await.expect("the server starts again");
    }

    /// [`TestApp::restart`] where the start itself is what is tested.
    pub(crate) async fn start_again(&self) -> anyhow::Result<()> {
        self.stop().await;
        let again = app::start(self.0.config.clone(), self.0.setup.clock.clone()).await?;
        *self.0.running.lock().unwrap() = Some(again);
        Ok(())
    }

    /// A second server on the same database and folder, beside the first.
    pub(crate) async fn start_beside(&self) -> anyhow::Result<Running> {
        app::start(self.0.config.clone(), self.0.setup.clock.clone()).await
    }

    /// A stranger with a browser.
    pub(crate) fn visitor(&self) -> Persona {
        Persona::new(self.clone())
    }

    pub(crate) async fn stop(&self) {
        let running = self.0.running.lock().unwrap().take();
        if let Some(running) = running {
            tokio::time::timeout(STOP_WITHIN, running.stop())
                .await
                .expect("the server stops in time");
        }
    }

    /// Fails when a finished test left something half done.
    fn assert_nothing_left_undone(&self) {
        self.assert_done(LEFT_UNDONE);
    }

    /// Fails when the counters of terminals disagree with what they count.
    pub(crate) fn assert_counters_agree(&self) {
        self.assert_done(&LEFT_UNDONE[2..]);
    }

    fn assert_done(&self, all: &[(&str, &str)]) {
        for (what, sql) in all {
            if self.0.database.has_table(what) {
                assert_eq!(self.0.database.count(sql), 0, "left undone: {what}");
            }
        }
    }
}

/// Tables that may hold unfinished business, and how to count it.
const LEFT_UNDONE: &[(&str, &str)] = &[
    (
        "job_lease",
        "SELECT count(*) AS n FROM job_lease WHERE holder IS NOT NULL",
    ),
    (
        "storage_loose",
        "SELECT count(*) AS n FROM storage_loose WHERE state = 'uploading'",
    ),
    // Counters that disagree with what they count, either way round.
    (
        "terminal_count",
        "SELECT count(*) AS n FROM (
             SELECT establishment_id, presence, n FROM terminal_count WHERE n <> 0
             EXCEPT SELECT c.establishment_id, c.presence, count(*) FROM terminal_contact c
                 JOIN terminal_place p ON p.id = c.terminal_id WHERE p.life <> 'retired'
                 GROUP BY c.establishment_id, c.presence) AS wrong",
    ),
    (
        "terminal_contact",
        "SELECT count(*) AS n FROM (
             SELECT c.establishment_id, c.presence, count(*) FROM terminal_contact c
                 JOIN terminal_place p ON p.id = c.terminal_id WHERE p.life <> 'retired'
                 GROUP BY c.establishment_id, c.presence
             EXCEPT SELECT establishment_id, presence, n FROM terminal_count) AS wrong",
    ),
    (
        "terminal_fact_count",
        "SELECT count(*) AS n FROM (
             SELECT establishment_id, name, value, n FROM terminal_fact_count WHERE n <> 0
             EXCEPT SELECT f.establishment_id, f.name, f.value, count(*) FROM terminal_fact f
                 JOIN terminal_place p ON p.id = f.terminal_id WHERE p.life <> 'retired'
                 GROUP BY f.establishment_id, f.name, f.value
             EXCEPT SELECT 0, f.name, f.value, count(*) FROM terminal_fact f
                 JOIN terminal_place p ON p.id = f.terminal_id WHERE p.life <> 'retired'
                 GROUP BY f.name, f.value) AS wrong",
    ),
    (
        "terminal_fact",
        "SELECT count(*) AS n FROM (
             SELECT p.establishment_id, f.name, f.value, count(*) FROM terminal_fact f
                 JOIN terminal_place p ON p.id = f.terminal_id WHERE p.life <> 'retired'
                 GROUP BY p.establishment_id, f.name, f.value
             UNION ALL SELECT 0, f.name, f.value, count(*) FROM terminal_fact f
                 JOIN terminal_place p ON p.id = f.terminal_id WHERE p.life <> 'retired'
                 GROUP BY f.name, f.value
             EXCEPT SELECT establishment_id, name, value, n FROM terminal_fact_count) AS wrong",
    ),
];

fn config(database: &Database, folder: &Path) -> Config {
    let mut config = Config::in_folder(folder);
    config.server.listen = vec![Listen::plain("127.0.0.1:0".parse().unwrap())];
    config.server.workers = Some(1);
    config.operations.listen = None;
    // On a clock that stands still everything is asked at once.
    config.server.limits.client_per_minute = 1_000_000;
    config.database = config::Database {
        url: database.url().to_owned(),
        connections: 4,
    };
    config
}

/// Runs one test body on one engine; what [`on_both_engines!`] expands to.
pub(crate) async fn run<F: Future<Output = ()>>(
    engine: Engine,
    setup: Setup,
    body: impl FnOnce(TestApp) -> F,
) {
    let app = TestApp::start(engine, setup).await;
    let outcome = AssertUnwindSafe(body(app.clone())).catch_unwind().await;
    app.stop().await;
    match outcome {
        Ok(()) => app.assert_nothing_left_undone(),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// Two tests of each body: `sqlite::name` and `postgres::name`. The second is visibly ignored
/// unless it is asked for, because it needs `TEST_POSTGRES_URL`.
///
/// `on_both_engines! { with Setup::real_time(); async fn name(app: TestApp) {…} }` starts the
/// server another way.
#[macro_export]
macro_rules! on_both_engines {
    ($(async fn $name:ident($app:ident: TestApp) $body:block)+) => {
        $crate::on_both_engines! {
            with $crate::harness::Setup::default();
            $(async fn $name($app: TestApp) $body)+
        }
    };
    (with $setup:expr; $(async fn $name:ident($app:ident: TestApp) $body:block)+) => {
        mod sqlite {
            #[allow(unused_imports, reason = "a body may need nothing of its file")]
            use super::*;
            $(#[actix_web::test]
            async fn $name() {
                let engine = $crate::harness::Engine::Sqlite;
                $crate::harness::run(engine, $setup, |$app| async move $body).await;
            })+
        }
        mod postgres {
            #[allow(unused_imports, reason = "a body may need nothing of its file")]
            use super::*;
            $(#[actix_web::test]
            #[ignore = "needs TEST_POSTGRES_URL"]
            async fn $name() {
                let engine = $crate::harness::Engine::Postgres;
                $crate::harness::run(engine, $setup, |$app| async move $body).await;
            })+
        }
    };
}
