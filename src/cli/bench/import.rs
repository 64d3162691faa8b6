//! `posfleet bench import`: a whole fleet comes in by the import API while terminals keep checking in:
//! how long it takes, what it takes of memory, and what the terminals feel of it.
use super::fleet::{self, Body};
use super::load::{Load, Outcome, Pace};
use super::machine;
use super::postgres::Postgres;
use super::rows::{self, File, Job, Sizes};
use super::server::{Order, Server, Target};
use super::table::{Table, number, ratio};
use super::wire::{Connection, Shot, request};
use super::{Site, progress, scratch};
use anyhow::{Context as _, bail};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How often a task is asked how far it is.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// No import takes longer.
const LONGEST: Duration = Duration::from_hours(2);

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    site: Site,
    /// Terminals to import
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    terminals: usize,
    /// Points of service to import
    #[arg(long, value_name = "N", default_value_t = 2000)]
    points: usize,
    /// Licences to deposit; one for each terminal by default
    #[arg(long, value_name = "N")]
    licences: Option<usize>,
    /// Terminals that check in meanwhile
    #[arg(long, value_name = "N", default_value_t = 500)]
    active: usize,
    /// Check-ins per second of all of them together
    #[arg(long, value_name = "N", default_value_t = 250.0)]
    rate: f64,
    /// Seconds of check-ins before and after
    #[arg(long, value_name = "SECONDS", default_value_t = 20.0)]
    seconds: f64,
}

/// What one import, or a time without one, came to.
struct Step {
    what: String,
    took: Duration,
    tally: Tally,
    peak: u64,
    check_ins: Outcome,
}

/// What the server says of an import's rows.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    done: u64,
    failed: u64,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<()> {
    let folder = scratch(&args.site.folder)?;
    println!("# Import benchmark\n\n{}.\n", machine::description());
    let steps = on_engine(args, &folder.path().join("sqlite"), None).await?;
    println!("## SQLite, synchronous=FULL\n\n{}", report(args, &steps));
    let Some(url) = &args.site.postgres else {
        println!("PostgreSQL was not measured: name a server with `--postgres URL`.");
        return Ok(());
    };
    let postgres = Postgres::create(url)?;
    let steps = on_engine(args, &folder.path().join("postgres"), Some(&postgres)).await?;
    println!("## {}\n\n{}", postgres.about, report(args, &steps));
    Ok(())
}

async fn on_engine(
    args: &Args,
    data: &Path,
    postgres: Option<&Postgres>,
) -> anyhow::Result<Vec<Step>> {
    let engine = postgres.map_or("SQLite", |_| "PostgreSQL");
    progress(&format!("{engine}: activating {} terminals", args.active));
    let server = Server::start(&Order {
        data: data.to_owned(),
        database: postgres.map(|postgres| postgres.url.clone()),
        members: args.active,
        password: crate::sealing::new_token(),
        ..Order::default()
    })?;
    let at = server.plain();
    let terminals = fleet::activate(&at, &server.ready.members).await?;
    let shots = fleet::check_ins(&terminals, "/terminal/v1/checkin", Body::Whole);
    let mut load = Load::open(&at, args.active).await?;
    let quiet = Duration::from_secs_f64(args.seconds);
    // The first check-ins have news, and make the connections warm.
    load.fire(&shots, Pace::PerSecond(args.rate), quiet / 4 + second(args))
        .await;
    let mut client = Client::open(&at, &server.ready.token).await?;
    client.establishments().await?;
    drop(client);
    let sizes = Sizes {
        terminals: args.terminals,
        points: args.points,
        licences: args.licences.unwrap_or(args.terminals),
    };
    let jobs = tokio::task::spawn_blocking(move || rows::jobs(sizes)).await??;
    let bench = Bench {
        server: &server,
        shots: &shots,
        pace: Pace::PerSecond(args.rate),
    };
    let mut steps = vec![bench.quiet("before", &mut load, quiet).await];
    for job in &jobs {
        progress(&format!("{engine}: {}", job.what));
        steps.push(bench.job(job, &mut load).await?);
    }
    steps.push(bench.quiet("after", &mut load, quiet).await);
    server.stop()?;
    Ok(steps)
}

/// The time in which every terminal checks in once.
fn second(args: &Args) -> Duration {
    let active = f64::from(u32::try_from(args.active).unwrap_or(u32::MAX));
    Duration::from_secs_f64(active / args.rate)
}

struct Bench<'a> {
    server: &'a Server,
    shots: &'a Arc<[Shot]>,
    pace: Pace,
}

impl Bench<'_> {
    async fn quiet(&self, what: &str, load: &mut Load, lasts: Duration) -> Step {
        self.server.process().forget_peak();
        let check_ins = load.fire(self.shots, self.pace, lasts).await.settle();
        Step {
            what: what.to_owned(),
            took: lasts,
            tally: Tally::default(),
            peak: self.server.process().memory().1,
            check_ins,
        }
    }

    async fn job(&self, job: &Job, load: &mut Load) -> anyhow::Result<Step> {
        self.server.process().forget_peak();
        let over = CancellationToken::new();
        let begun = Instant::now();
        let importing = async {
            let tally = import(&self.server.plain(), &self.server.ready.token, job).await;
            over.cancel();
            (tally, begun.elapsed())
        };
        let checking_in = load.fire_until(self.shots, self.pace, LONGEST, &over);
        let ((tally, took), check_ins) = tokio::join!(importing, checking_in);
        Ok(Step {
            what: job.what.clone(),
            took,
            tally: tally.with_context(|| job.what.clone())?,
            peak: self.server.process().memory().1,
            check_ins: check_ins.settle(),
        })
    }
}

/// Sends all files of a job, over as many connections as it wants.
async fn import(to: &Target, token: &str, job: &Job) -> anyhow::Result<Tally> {
    let each = job.files.len().div_ceil(job.at_once).max(1);
    let parts = job.files.chunks(each).map(|files| async move {
        let mut client = Client::open(to, token).await?;
        let mut tally = Tally::default();
        for file in files {
            let one = client.send(file).await?;
            tally.done += one.done;
            tally.failed += one.failed;
        }
        anyhow::Ok(tally)
    });
    let parts = futures_util::future::try_join_all(parts).await?;
    Ok(parts.into_iter().fold(Tally::default(), |sum, part| Tally {
        done: sum.done + part.done,
        failed: sum.failed + part.failed,
    }))
}

/// A script of an admin's, with a token that may do everything.
struct Client {
    connection: Connection,
    bearer: String,
}

impl Client {
    async fn open(to: &Target, token: &str) -> anyhow::Result<Self> {
        Ok(Self {
            connection: Connection::open(to).await?,
            bearer: format!("authorization: Bearer {token}"),
        })
    }

    async fn ask(
        &mut self,
        method: &str,
        path: &str,
        kind: &str,
        body: &[u8],
    ) -> anyhow::Result<Value> {
        let kind = format!("content-type: {kind}");
        let shot = request(method, path, &[&self.bearer, &kind], body);
        let heard = self.connection.exchange(&shot).await?;
        if !(200..300).contains(&heard.status) {
            bail!(
                "{method} {path} answered {}: {}",
                heard.status,
                heard.text()
            );
        }
        Ok(serde_json::from_slice(heard.body)?)
    }

    async fn establishments(&mut self) -> anyhow::Result<()> {
        for (code, body) in rows::establishments() {
            let path = format!("/api/v1/establishments/{code}");
            let body = body.to_string();
            self.ask("PUT", &path, "application/json", body.as_bytes())
                .await?;
        }
        Ok(())
    }

    /// Sends one file, and waits for what comes of it.
    async fn send(&mut self, file: &File) -> anyhow::Result<Tally> {
        let taken = self
            .ask(file.method, &file.path, &file.kind, &file.body)
            .await?;
        let is_import = taken["kind"]
            .as_str()
            .is_some_and(|kind| kind.starts_with("import."));
        let task = if is_import {
            &taken["id"]
        } else {
            &taken["task"]
        };
        match task.as_i64() {
            Some(task) => self.ended(task).await,
            None => Ok(Tally { done: 1, failed: 0 }),
        }
    }

    /// Waits for a task's end.
    async fn ended(&mut self, task: i64) -> anyhow::Result<Tally> {
        let path = format!("/api/v1/tasks/{task}");
        loop {
            let task = self.ask("GET", &path, "application/json", b"").await?;
            let count = |name: &str| task[name].as_u64().unwrap_or(0);
            match task["state"].as_str() {
                Some("done") => {
                    return Ok(Tally {
                        done: count("done"),
                        failed: count("failed"),
                    });
                }
                Some("queued" | "running") => tokio::time::sleep(LOOK_EVERY).await,
                _ => bail!("the import ended as {task}"),
            }
        }
    }
}

fn report(args: &Args, steps: &[Step]) -> String {
    let mut table = Table::new(&[
        "What",
        "seconds",
        "rows done",
        "rows failed",
        "rows/s",
        "peak RSS MiB",
        "check-ins",
        "p50 ms",
        "p99 ms",
        "p99 to before",
        "failed",
    ]);
    let before = steps
        .first()
        .map_or(0.0, |step| step.check_ins.percentile(99));
    for step in steps {
        let seconds = step.took.as_secs_f64();
        let done = f64::from(u32::try_from(step.tally.done).unwrap_or(u32::MAX));
        let p99 = step.check_ins.percentile(99);
        table.row(vec![
            step.what.clone(),
            number(seconds),
            step.tally.done.to_string(),
            step.tally.failed.to_string(),
            if done > 0.0 {
                number(done / seconds)
            } else {
                String::new()
            },
            (step.peak >> 20).to_string(),
            number(step.check_ins.count()),
            number(step.check_ins.percentile(50)),
            number(p99),
            ratio(p99, before),
            step.check_ins.failed.to_string(),
        ]);
    }
    let failure = steps
        .iter()
        .find_map(|step| step.check_ins.first_failure.clone());
    let failure = failure.unwrap_or_else(|| "none".to_owned());
    format!(
        "{} terminals check in, {} times per second together, each on a connection of its own.\n\n\
         {table}\n- the first failed check-in: {failure}\n",
        args.active, args.rate
    )
}
