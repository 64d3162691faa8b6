//! Jobs on several nodes over one database: one run at a time, whoever dies.

use crate::harness::{Engine, Setup, TestApp};
use crate::on_both_engines;
use anyhow::anyhow;
use posfleet::clock::Clock;
use posfleet::jobs::{Crew, Job, Jobs, Progress, Ran};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);

/// How often a job began, how many of its runs overlapped, and how long each takes.
#[derive(Default)]
struct Seen {
    began: AtomicUsize,
    running: AtomicUsize,
    overlapped: AtomicUsize,
}

impl Seen {
    fn began(&self) -> usize {
        self.began.load(Ordering::SeqCst)
    }

    fn job(self: &Arc<Self>, takes: Duration) -> Job {
        let seen = Arc::clone(self);
        Job::new("test.count", HOUR, move || {
            let seen = Arc::clone(&seen);
            async move {
                seen.began.fetch_add(1, Ordering::SeqCst);
                if seen.running.fetch_add(1, Ordering::SeqCst) > 0 {
                    seen.overlapped.fetch_add(1, Ordering::SeqCst);
                }
                tokio::time::sleep(takes).await;
                seen.running.fetch_sub(1, Ordering::SeqCst);
                Ok(Progress::Done)
            }
        })
    }
}

/// One more node over the test's database.
fn node(app: &TestApp, clock: Clock, job: Job) -> (Jobs, Crew) {
    let jobs = Jobs::new(app.ctx().db, clock);
    let crew = jobs.start(vec![job]);
    (jobs, crew)
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("waited in vain: {what}");
}

fn held(app: &TestApp) -> i64 {
    app.database().count(
        "SELECT COUNT(*) AS n FROM job_lease WHERE name = 'test.count' AND holder IS NOT NULL",
    )
}

on_both_engines! {
    async fn a_job_runs_on_one_node_at_a_time(app: TestApp) {
        let seen = Arc::new(Seen::default());
        let clock = app.clock().clone();
        let nodes: Vec<_> = (0..3)
            .map(|_| node(&app, clock.clone(), seen.job(Duration::from_millis(30))))
            .collect();
        until("the first run", || seen.began() == 1).await;
        for _ in 0..3 {
            until("the lease comes back", || held(&app) == 0).await;
            let before = seen.began();
            app.advance(HOUR);
            until("the next run", || seen.began() > before).await;
        }
        until("the lease comes back", || held(&app) == 0).await;
        assert_eq!(seen.began(), 4, "each hour had one run");
        assert_eq!(seen.overlapped.load(Ordering::SeqCst), 0);
        for (_, crew) in nodes {
            crew.stop().await;
        }
    }

    async fn a_nudge_is_not_lost_while_the_job_runs(app: TestApp) {
        let seen = Arc::new(Seen::default());
        let (jobs, crew) = node(&app, app.clock().clone(), seen.job(Duration::from_millis(200)));
        until("the first run", || seen.began() == 1).await;
        jobs.nudge("test.count");
        until("the run that was asked for", || seen.began() == 2).await;
        until("the lease comes back", || held(&app) == 0).await;
        assert_eq!(jobs.run_now("test.count").await.unwrap(), Ran::Here(Progress::Done));
        assert_eq!(seen.began(), 3);
        assert!(jobs.run_now("no.such-job").await.is_err());
        crew.stop().await;
    }

    async fn a_killed_holder_is_replaced(app: TestApp) {
        // What a killed node leaves: a lease that it will never give back.
        let until_at = (app.now() + Duration::from_mins(1)).0;
        app.database().execute(&format!(
            "INSERT INTO job_lease (name, holder, until_at, next_at) VALUES ('test.count', 'a dead node', {until_at}, 0)"
        ));
        let seen = Arc::new(Seen::default());
        let (jobs, crew) = node(&app, app.clock().clone(), seen.job(Duration::ZERO));
        assert_eq!(jobs.run_now("test.count").await.unwrap(), Ran::NotHere);
        assert_eq!(seen.began(), 0, "its lease still stands");
        app.advance(Duration::from_mins(1));
        until("somebody else goes on", || seen.began() == 1).await;
        crew.stop().await;
    }

    async fn a_shutdown_cuts_a_job_short_and_gives_its_lease_back(app: TestApp) {
        let seen = Arc::new(Seen::default());
        let (_, crew) = node(&app, app.clock().clone(), seen.job(HOUR));
        until("the run begins", || seen.began() == 1).await;
        tokio::time::timeout(Duration::from_secs(5), crew.stop()).await.unwrap();
        assert_eq!(held(&app), 0);
        let (_, crew) = node(&app, app.clock().clone(), seen.job(Duration::ZERO));
        until("another node takes it up at once", || seen.began() == 2).await;
        crew.stop().await;
    }

    async fn a_failing_job_is_tried_again_and_says_why(app: TestApp) {
        let tries = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&tries);
        let job = Job::new("test.count", HOUR, move || {
            let n = counted.fetch_add(1, Ordering::SeqCst);
            async move {
                assert!(n != 1, "the second try panics");
                Err(anyhow!("try {n} went wrong"))
            }
        });
        let (_, crew) = node(&app, app.clock().clone(), job);
        let why = |text: &str| app.database().count(&format!(
            "SELECT COUNT(*) AS n FROM job_lease WHERE name = 'test.count' AND last_error LIKE '%{text}%'"
        )) == 1;
        until("the first failure is kept", || why("try 0 went wrong")).await;
        app.advance(Duration::from_mins(1));
        until("the panic is kept", || why("panicked")).await;
        crew.stop().await;
    }
}

/// Files that this process has open below a folder.
fn open_below(folder: &std::path::Path) -> usize {
    let open = std::fs::read_dir("/proc/self/fd").expect("a list of open files");
    let below = open
        .flatten()
        .filter_map(|one| std::fs::read_link(one.path()).ok());
    below.filter(|path| path.starts_with(folder)).count()
}

#[actix_web::test]
async fn a_server_that_stopped_lets_go_of_its_database() {
    let app = TestApp::start(Engine::Sqlite, Setup::default()).await;
    app.visitor().get("/sign-in").await.expect(200);
    assert!(open_below(app.folder()) > 0);
    app.stop().await;
    // Threads end in their own time.
    for _ in 0..100 {
        if open_below(app.folder()) == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the database of a stopped server is still open");
}
