//! `posfleet bench checkin`: what a durable check-in costs, held against an answer that never changes,
//! against a check-in that is parsed and not stored, and against one transaction for each.
//!
//! The four kinds take turns in short rounds on the same open connections, so that whatever else the
//! machine does meets all of them alike.
use super::fleet::{self, Body, Terminal};
use super::load::{Load, Outcome, Pace};
use super::machine::{self, Process};
use super::postgres::Postgres;
use super::server::{Order, Server, Target};
use super::table::{Table, number, ratio};
use super::wire::{Shot, request};
use super::{Site, progress, scratch};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const WARM_UP: Duration = Duration::from_millis(300);

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    site: Site,
    /// Seconds that each kind of request is measured, in all its rounds
    #[arg(long, value_name = "SECONDS", default_value_t = 4.0)]
    seconds: f64,
    /// Open connections, one number for each part of the measurement
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [64, 256])]
    connections: Vec<usize>,
    /// Turns that the kinds take
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: u32,
    /// Activated terminals that check in, in turn
    #[arg(long, value_name = "N", default_value_t = 2000)]
    terminals: usize,
}

/// What is measured, in the order of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Constant,
    Parsed,
    Durable,
    Alone,
    ParsedClock,
    DurableClock,
}

impl Kind {
    const WHOLE: [Self; 4] = [Self::Constant, Self::Parsed, Self::Durable, Self::Alone];
    const CLOCK: [Self; 2] = [Self::ParsedClock, Self::DurableClock];

    fn name(self) -> &'static str {
        match self {
            Self::Constant => "(a) constant JSON",
            Self::Parsed => "(b) parsed, not stored",
            Self::Durable => "(c) durable",
            Self::Alone => "(d) a transaction each",
            Self::ParsedClock => "(b) with the clock only",
            Self::DurableClock => "(c) with the clock only",
        }
    }

    fn shots(self, terminals: &[Terminal]) -> Arc<[Shot]> {
        let check_ins = |path, body| fleet::check_ins(terminals, path, body);
        match self {
            Self::Constant => [request("GET", "/terminal/v1/bench/constant", &[], b"")].into(),
            Self::Parsed => check_ins("/terminal/v1/bench/parsed", Body::Whole),
            Self::Durable => check_ins("/terminal/v1/checkin", Body::Whole),
            Self::Alone => check_ins("/terminal/v1/bench/alone", Body::Whole),
            Self::ParsedClock => check_ins("/terminal/v1/bench/parsed", Body::Clock),
            Self::DurableClock => check_ins("/terminal/v1/checkin", Body::Clock),
        }
    }
}

/// What one kind came to.
struct Measured {
    kind: Kind,
    outcome: Outcome,
    server_s: f64,
    postgres_s: f64,
    load_s: f64,
    /// Of everything that ran on the machine.
    busy_s: f64,
}

impl Measured {
    fn per_thousand(&self, seconds: f64) -> f64 {
        seconds * 1000.0 / self.outcome.count().max(1.0)
    }
}

/// All kinds on one set of connections.
struct Part {
    connections: usize,
    transport: &'static str,
    kinds: Vec<Measured>,
}

impl Part {
    fn rate(&self, kind: Kind) -> f64 {
        let found = self.kinds.iter().find(|measured| measured.kind == kind);
        found.map_or(0.0, |measured| measured.outcome.per_second())
    }

    /// Processor time of server and database for a thousand requests.
    fn cost(&self, kind: Kind) -> f64 {
        let found = self.kinds.iter().find(|measured| measured.kind == kind);
        found.map_or(0.0, |it| it.per_thousand(it.server_s + it.postgres_s))
    }

    fn ratio(&self, one: Kind, other: Kind) -> f64 {
        self.rate(one) / self.rate(other).max(f64::MIN_POSITIVE)
    }
}

pub(super) async fn run(args: &Args) -> anyhow::Result<()> {
    let folder = scratch(&args.site.folder)?;
    let sync = machine::sync_times(folder.path(), 500)?;
    println!("# Check-in benchmark\n\n{}.\n", machine::description());
    println!(
        "4 KiB written and made durable in the data folder: p50 {} ms, p99 {} ms ({} times).",
        number(machine::share_ms(&sync, 50)),
        number(machine::share_ms(&sync, 99)),
        sync.len()
    );
    let sqlite = on_engine(args, &folder.path().join("sqlite"), None).await?;
    println!(
        "\n{}",
        report("SQLite, synchronous=FULL", &sqlite, &AIMS_SQLITE)?
    );
    let Some(url) = &args.site.postgres else {
        println!("PostgreSQL was not measured: name a server with `--postgres URL`.");
        return Ok(());
    };
    let postgres = Postgres::create(url)?;
    let parts = on_engine(args, &folder.path().join("postgres"), Some(&postgres)).await?;
    println!("{}", report(&postgres.about, &parts, &AIMS_POSTGRES)?);
    Ok(())
}

async fn on_engine(
    args: &Args,
    data: &Path,
    postgres: Option<&Postgres>,
) -> anyhow::Result<Vec<Part>> {
    let engine = postgres.map_or("SQLite", |_| "PostgreSQL");
    progress(&format!(
        "{engine}: activating {} terminals",
        args.terminals
    ));
    let server = Server::start(&Order {
        data: data.to_owned(),
        database: postgres.map(|postgres| postgres.url.clone()),
        members: args.terminals,
        password: crate::sealing::new_token(),
        ..Order::default()
    })?;
    let terminals = fleet::activate(&server.plain(), &server.ready.members).await?;
    settle(&server, &terminals).await?;
    let mut parts = Vec::new();
    for connections in &args.connections {
        for (transport, target) in [("plain", server.plain()), ("TLS", server.tls()?)] {
            let kinds: &[Kind] = if parts.is_empty() {
                &[&Kind::WHOLE[..], &Kind::CLOCK[..]].concat()
            } else {
                &Kind::WHOLE
            };
            progress(&format!("{engine}: {connections} connections, {transport}"));
            let processes = Processes {
                server: server.process(),
                postgres,
            };
            let part =
                measure(args, (&target, *connections), &terminals, kinds, &processes).await?;
            parts.push(Part {
                connections: *connections,
                transport,
                kinds: part,
            });
        }
    }
    server.stop()?;
    Ok(parts)
}

/// The first check-in of every terminal, which has news.
async fn settle(server: &Server, terminals: &[Terminal]) -> anyhow::Result<()> {
    let shots = Kind::Durable.shots(terminals);
    let mut connection = super::wire::Connection::open(&server.plain()).await?;
    for shot in shots.iter() {
        connection.exchange(shot).await?.expect(200)?;
    }
    Ok(())
}

/// Whose time is counted.
struct Processes<'a> {
    server: Process,
    postgres: Option<&'a Postgres>,
}

impl Processes<'_> {
    fn now(&self) -> [f64; 4] {
        [
            self.server.cpu_s(),
            self.postgres.map_or(0.0, Postgres::cpu_s),
            Process::own().cpu_s(),
            machine::busy_s(),
        ]
    }
}

async fn measure(
    args: &Args,
    (target, connections): (&Target, usize),
    terminals: &[Terminal],
    kinds: &[Kind],
    processes: &Processes<'_>,
) -> anyhow::Result<Vec<Measured>> {
    let mut load = Load::open(target, connections).await?;
    let mut all: Vec<_> = kinds
        .iter()
        .map(|kind| (*kind, kind.shots(terminals), Outcome::default(), [0.0; 4]))
        .collect();
    let each = Duration::from_secs_f64(args.seconds / f64::from(args.rounds.max(1)));
    for _ in 0..args.rounds.max(1) {
        for (_, shots, outcome, spent) in &mut all {
            load.fire(shots, Pace::Closed, WARM_UP).await;
            let before = processes.now();
            outcome.add(load.fire(shots, Pace::Closed, each).await);
            let after = processes.now();
            for (sum, (after, before)) in spent.iter_mut().zip(after.into_iter().zip(before)) {
                *sum += after - before;
            }
        }
    }
    let measured = all.into_iter().map(|(kind, _, outcome, spent)| Measured {
        kind,
        outcome: outcome.settle(),
        server_s: spent[0],
        postgres_s: spent[1],
        load_s: spent[2],
        busy_s: spent[3],
    });
    Ok(measured.collect())
}

/// A ratio that is wanted at the first number of connections, over plain HTTP.
type Aim = (&'static str, Kind, Kind, f64);

const AIMS_SQLITE: [Aim; 2] = [
    ("(c)/(b)", Kind::Durable, Kind::Parsed, 0.5),
    ("(c)/(d)", Kind::Durable, Kind::Alone, 8.0),
];
const AIMS_POSTGRES: [Aim; 1] = [("(c)/(b)", Kind::Durable, Kind::Parsed, 0.4)];

fn report(engine: &str, parts: &[Part], aims: &[Aim]) -> anyhow::Result<String> {
    let mut out = format!("## {engine}\n\n{}\n{}\n", costs(parts), ratios(parts));
    if let Some(first) = parts.first() {
        for (what, of, to, at_least) in aims.iter().copied() {
            let reached = first.ratio(of, to);
            let verdict = if reached >= at_least {
                "reached"
            } else {
                "**not reached**"
            };
            writeln!(
                out,
                "- {} at {} connections: {} (aim: at least {}): {verdict}",
                what,
                first.connections,
                number(reached),
                at_least
            )?;
        }
    }
    let all = || parts.iter().flat_map(|part| &part.kinds);
    let busy: f64 = all().map(|it| it.busy_s).sum();
    let ours: f64 = all()
        .map(|it| it.server_s + it.postgres_s + it.load_s)
        .sum();
    writeln!(
        out,
        "- of the machine's work meanwhile, other processes did {:.0} %",
        100.0 * (busy - ours).max(0.0) / busy.max(f64::MIN_POSITIVE)
    )?;
    let failed: u64 = all().map(|it| it.outcome.failed).sum();
    writeln!(out, "- failed requests: {failed}")?;
    if let Some(cause) = all().find_map(|it| it.outcome.first_failure.as_ref()) {
        writeln!(out, "- the first failure: {cause}")?;
    }
    Ok(out)
}

fn costs(parts: &[Part]) -> Table {
    let mut table = Table::new(&[
        "Request",
        "connections",
        "transport",
        "requests/s",
        "p50 ms",
        "p99 ms",
        "server CPU s/1000",
        "PostgreSQL CPU s/1000",
        "load's share of CPU",
    ]);
    for part in parts {
        for it in &part.kinds {
            let spent = it.server_s + it.postgres_s + it.load_s;
            table.row(vec![
                it.kind.name().to_owned(),
                part.connections.to_string(),
                part.transport.to_owned(),
                number(it.outcome.per_second()),
                number(it.outcome.percentile(50)),
                number(it.outcome.percentile(99)),
                number(it.per_thousand(it.server_s)),
                number(it.per_thousand(it.postgres_s)),
                ratio(it.load_s, spent),
            ]);
        }
    }
    table
}

fn ratios(parts: &[Part]) -> Table {
    let mut table = Table::new(&[
        "Requests/s, ratio",
        "transport",
        "(b)/(a)",
        "(c)/(a)",
        "(c)/(b)",
        "(c)/(d)",
        "CPU (b)/(c)",
        "CPU (d)/(c)",
        "TLS/plain of (b)",
        "TLS/plain of (c)",
    ]);
    for part in parts {
        let plain = parts
            .iter()
            .find(|other| other.connections == part.connections && other.transport == "plain");
        let to_plain = |kind| match plain {
            Some(plain) if part.transport == "TLS" => ratio(part.rate(kind), plain.rate(kind)),
            _ => String::new(),
        };
        let of = |one, other| ratio(part.rate(one), part.rate(other));
        table.row(vec![
            format!("{} connections", part.connections),
            part.transport.to_owned(),
            of(Kind::Parsed, Kind::Constant),
            of(Kind::Durable, Kind::Constant),
            of(Kind::Durable, Kind::Parsed),
            of(Kind::Durable, Kind::Alone),
            ratio(part.cost(Kind::Parsed), part.cost(Kind::Durable)),
            ratio(part.cost(Kind::Alone), part.cost(Kind::Durable)),
            to_plain(Kind::Parsed),
            to_plain(Kind::Durable),
        ]);
    }
    if let Some(first) = parts
        .iter()
        .find(|part| part.rate(Kind::DurableClock) > 0.0)
    {
        let none = String::new;
        table.row(vec![
            format!("{} connections, clock only", first.connections),
            first.transport.to_owned(),
            ratio(first.rate(Kind::ParsedClock), first.rate(Kind::Constant)),
            ratio(first.rate(Kind::DurableClock), first.rate(Kind::Constant)),
            ratio(
                first.rate(Kind::DurableClock),
                first.rate(Kind::ParsedClock),
            ),
            none(),
            ratio(
                first.cost(Kind::ParsedClock),
                first.cost(Kind::DurableClock),
            ),
            none(),
            none(),
            none(),
        ]);
    }
    table
}
