//! `posfleet bench growth`: what a check-in, the dashboard and the first page of each list cost as the
//! fleet grows, on one database that is filled up from size to size.
use super::fleet::{self, Body, Terminal};
use super::load::{Load, Outcome, Pace};
use super::machine;
use super::operator;
use super::postgres::Postgres;
use super::seed;
use super::server::{Order, Server};
use super::table::{Table, number, ratio};
use super::wire::{Connection, Shot, request};
use super::{Site, progress, scratch};
use std::path::Path;
use std::time::{Duration, Instant};

/// Terminals that check in, whatever the size of the fleet.
const ACTIVE: usize = 512;
const CONNECTIONS: usize = 16;
/// Check-ins per second: a load that leaves the server time.
const RATE: f64 = 400.0;
/// What is asked for as an operator (the first part) and as an API client.
const PAGES: &[&str] = &[
    "/dashboard",
    "/terminals",
    "/network",
    "/network/points-of-service",
    "/licences",
    "/admin/models",
    "/admin/operators",
    "/admin/clients",
    "/admin/audit",
    "/search?q=BENCH00",
    "/monitoring/status",
    "/monitoring/analysis",
    "/monitoring/analysis?by=model",
];
/// `{tid}` is a terminal that is there at every size, and is never heard.
const LISTS: &[&str] = &[
    "/api/v1/terminals",
    "/api/v1/points-of-service",
    "/api/v1/licences",
    "/api/v1/analysis",
    "/api/v1/analysis?by=model&establishment=O00000",
    "/api/v1/analysis?by=model&presence=never",
    "/api/v1/analysis/days",
    "/api/v1/terminals/{tid}/status/history",
];

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    site: Site,
    /// Sizes of the fleet, rising
    #[arg(long, value_name = "N", value_delimiter = ',',
          default_values_t = [1000, 10_000, 100_000, 1_000_000])]
    sizes: Vec<usize>,
    /// Changes of its status that each terminal has behind it
    #[arg(long, value_name = "N", default_value_t = 10)]
    history: usize,
    /// Seconds that the check-in is measured at each size, and each page at the most
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
    seconds: f64,
}

impl Args {
    /// The number of the last terminal of the smallest fleet.
    fn unheard(&self) -> usize {
        self.sizes
            .iter()
            .min()
            .map_or(0, |size| size.saturating_sub(1))
    }
}

/// The cost of one thing at one size, in milliseconds.
#[derive(Debug, Clone, Copy)]
struct Cost {
    p50: f64,
    p99: f64,
    /// Of processor time, server and database together.
    cpu: f64,
}

/// Every cost at one size, in the order of [`names`].
struct Size {
    terminals: usize,
    costs: Vec<Cost>,
    failed: Option<String>,
}

fn names() -> Vec<String> {
    let check_in = std::iter::once("check-in".to_owned());
    let pages = PAGES.iter().chain(LISTS).map(|path| (*path).to_owned());
    check_in.chain(pages).collect()
}

pub(super) async fn run(args: &Args) -> anyhow::Result<()> {
    let folder = scratch(&args.site.folder)?;
    println!("# Growth benchmark\n\n{}.\n", machine::description());
    let sizes = on_engine(args, &folder.path().join("sqlite"), None).await?;
    println!("## SQLite, synchronous=FULL\n\n{}", report(&sizes));
    let Some(url) = &args.site.postgres else {
        println!("PostgreSQL was not measured: name a server with `--postgres URL`.");
        return Ok(());
    };
    let postgres = Postgres::create(url)?;
    let sizes = on_engine(args, &folder.path().join("postgres"), Some(&postgres)).await?;
    println!("## {}\n\n{}", postgres.about, report(&sizes));
    Ok(())
}

async fn on_engine(
    args: &Args,
    data: &Path,
    postgres: Option<&Postgres>,
) -> anyhow::Result<Vec<Size>> {
    let engine = postgres.map_or("SQLite", |_| "PostgreSQL");
    let mut order = Order {
        data: data.to_owned(),
        database: postgres.map(|postgres| postgres.url.clone()),
        members: ACTIVE.min(args.unheard()).max(1),
        password: crate::sealing::new_token(),
        history: args.history,
        ..Order::default()
    };
    let (mut terminals, mut sizes) = (Vec::new(), Vec::new());
    for size in &args.sizes {
        order.fleet = *size;
        progress(&format!("{engine}: filling up to {size} terminals"));
        let server = Server::start(&order)?;
        if let Some(postgres) = postgres {
            postgres.analyze()?;
        }
        if terminals.is_empty() {
            terminals = fleet::activate(&server.plain(), &server.ready.members).await?;
        }
        order.members = 0;
        order.have = *size;
        order.token = Some(server.ready.token.clone());
        progress(&format!("{engine}: measuring at {size}"));
        sizes.push(at_size(args, &server, &order, &terminals, postgres).await?);
        server.stop()?;
    }
    Ok(sizes)
}

async fn at_size(
    args: &Args,
    server: &Server,
    order: &Order,
    terminals: &[Terminal],
    postgres: Option<&Postgres>,
) -> anyhow::Result<Size> {
    let spent = || server.process().cpu_s() + postgres.map_or(0.0, Postgres::cpu_s);
    let lasts = Duration::from_secs_f64(args.seconds);
    let mut size = Size {
        terminals: order.fleet,
        costs: Vec::new(),
        failed: None,
    };
    let shots = fleet::check_ins(terminals, "/terminal/v1/checkin", Body::Whole);
    let mut load = Load::open(&server.plain(), CONNECTIONS).await?;
    let pace = Pace::PerSecond(RATE);
    // Every terminal is heard once before it counts.
    load.fire(&shots, Pace::Closed, lasts / 4).await;
    let before = spent();
    let outcome = load.fire(&shots, pace, lasts).await.settle();
    size.note(&outcome, spent() - before);
    drop(load);
    let cookie = operator::sign_in(&server.plain(), &server.ready, &order.password).await?;
    let bearer = format!("authorization: Bearer {}", server.ready.token);
    let pages = PAGES.iter().map(|path| (path, &cookie));
    let by_api = LISTS.iter().map(|path| (path, &bearer));
    let mut connection = Connection::open(&server.plain()).await?;
    let unheard = seed::tid(args.unheard());
    for (path, who) in pages.chain(by_api) {
        let shot = request("GET", &path.replace("{tid}", &unheard), &[who], b"");
        let before = spent();
        let outcome = ask(&mut connection, &shot, lasts).await?;
        size.note(&outcome, spent() - before);
    }
    Ok(size)
}

impl Size {
    fn note(&mut self, outcome: &Outcome, cpu_s: f64) {
        self.failed = self.failed.take().or(outcome.first_failure.clone());
        self.costs.push(Cost {
            p50: outcome.percentile(50),
            p99: outcome.percentile(99),
            cpu: cpu_s * 1000.0 / outcome.count().max(1.0),
        });
    }
}

/// One after the other, for as long as it takes to know.
async fn ask(connection: &mut Connection, shot: &Shot, lasts: Duration) -> anyhow::Result<Outcome> {
    const FEW: usize = 3;
    const MANY: usize = 300;
    let mut outcome = Outcome::default();
    connection.exchange(shot).await?;
    let begun = Instant::now();
    while outcome.micros.len() < FEW || (begun.elapsed() < lasts && outcome.micros.len() < MANY) {
        let one = Instant::now();
        let heard = connection.exchange(shot).await?;
        if heard.status != 200 {
            outcome.failed += 1;
            outcome.first_failure = Some(format!("{}: {}", heard.status, heard.text()));
            break;
        }
        outcome
            .micros
            .push(u32::try_from(one.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok(outcome.settle())
}

fn report(sizes: &[Size]) -> String {
    let Some((first, last)) = sizes.first().zip(sizes.last()) else {
        return String::new();
    };
    let heads = sizes
        .iter()
        .map(|size| format!("{} terminals: p50 / p99 / CPU ms", size.terminals));
    let ends = [
        "p50, last to first".to_owned(),
        "CPU, last to first".to_owned(),
    ];
    let head: Vec<String> = std::iter::once("Request".to_owned())
        .chain(heads)
        .chain(ends)
        .collect();
    let mut table = Table::new(&head.iter().map(String::as_str).collect::<Vec<_>>());
    for (at, name) in names().into_iter().enumerate() {
        let mut row = vec![name];
        let cost = |size: &Size| size.costs.get(at).copied();
        row.extend(sizes.iter().map(|size| {
            cost(size).map_or(String::new(), |it| {
                let all = [it.p50, it.p99, it.cpu].map(number);
                all.join(" / ")
            })
        }));
        if let (Some(first), Some(last)) = (cost(first), cost(last)) {
            row.push(ratio(last.p50, first.p50));
            row.push(ratio(last.cpu, first.cpu));
        }
        table.row(row);
    }
    let failed = sizes.iter().find_map(|size| size.failed.as_deref());
    let failed = failed.unwrap_or("none");
    format!("{table}\n- failed requests: {failed}\n")
}
