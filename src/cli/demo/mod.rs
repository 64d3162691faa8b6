//! `posfleet demo`: a newcomer's first minute. A server on an embedded database, an invented network
//! and a live fleet of reference terminals against it, all in this one process.
//!
//! Everything lies in one folder; a second run on it continues where the first one stopped. The
//! browser gets plain HTTP on loopback, so that no warning stands between a newcomer and the first
//! page; the terminals come over TLS and trust the fleet's own authority, as real ones would.
mod network;
mod seed;

use crate::access::{self, Permission, Permissions};
use crate::app;
use crate::clock::Clock;
use crate::config::{Config, Listen};
use crate::db::Db;
use crate::reference::{Counters, Fleet, Keep, Pace, Settings};
use crate::sealing::random;
use anyhow::Context as _;
use seed::Seeder;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What the demo must remember between two runs; only its owner may read it.
const MEMORY: &str = "demo.json";
const LOGIN: &str = "admin";
/// A day of the demo's shops takes two hours.
const DAYS_PACE: f64 = 12.0;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where the demo keeps everything; delete it to begin anew
    #[arg(long, value_name = "DIR", default_value = "posfleet-demo")]
    folder: PathBuf,
    /// How many terminals live
    #[arg(long, value_name = "N", default_value_t = 200)]
    terminals: usize,
    /// Port of the web UI, on loopback
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Port at which the terminals reach the server over TLS, on loopback
    #[arg(long, default_value_t = 8443)]
    terminal_port: u16,
    /// What the log tells: error, warn, info, debug
    #[arg(long, value_name = "LEVEL", default_value = "warn")]
    log: String,
}

/// What a second run needs of the first.
#[derive(Debug, Serialize, Deserialize)]
struct Memory {
    password: String,
    /// Bearer token of the API client that hands out licences.
    client_token: String,
    /// So many terminals have been considered for a licence.
    #[serde(default)]
    licences: usize,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = config(args);
    super::logs::begin(&config.log)?;
    super::runtime()?.block_on(live(args, config))
}

async fn live(args: &Args, config: Config) -> anyhow::Result<()> {
    let keep = Keep::folder(&args.folder)
        .with_context(|| format!("cannot make the folder {}", args.folder.display()))?;
    let authority = config.keys_folder.join("fleet-ca.pem");
    let running = app::start(config, Clock::system())
        .await
        .context("the demo cannot start (other ports: --port, --terminal-port)")?;
    let (db, base_url, kept) = (
        running.ctx.db.clone(),
        running.ctx.base_url.clone(),
        keep.clone(),
    );
    let remembered = tokio::task::spawn_blocking(move || remember(&kept, &db, &base_url));
    let memory = remembered.await??;
    greet(args, &authority, &memory.password);
    let stop = CancellationToken::new();
    let terminals = format!("https://127.0.0.1:{}", args.terminal_port);
    let line = super::terminal::line(&terminals, Some(&authority))?;
    let seeder = Seeder::new(running.ctx.clone(), memory.client_token.clone())?;
    let folder = args.folder.join("terminals");
    let counters = Arc::new(std::sync::OnceLock::new());
    let (seen, count, token) = (counters.clone(), args.terminals, stop.clone());
    let mut show = tokio::spawn(async move {
        seeder.build_network().await?;
        let members = seeder.register(count, &folder).await?;
        let fleet = Fleet::new(line, members, settings(folder));
        seen.set(fleet.counters()).ok();
        let licences = async {
            seeder.hand_out_licences(memory.licences..count).await?;
            let licences = memory.licences.max(count);
            keep.write_json(MEMORY, &Memory { licences, ..memory })?;
            anyhow::Ok(())
        };
        let ((), licences) = tokio::join!(fleet.run(token), licences);
        licences
    });
    let told = tokio::select! {
        told = super::serve::told_to_stop() => told,
        ended = &mut show => ended.map_err(Into::into).and_then(|ended| ended),
    };
    println!("\nThe demo stops: finishing what was begun.");
    stop.cancel();
    show.abort();
    running.stop().await;
    if let Some(counters) = counters.get() {
        let counters: &Arc<Counters> = counters;
        println!("The terminals: {counters}");
    }
    told
}

fn config(args: &Args) -> Config {
    let mut config = Config::in_folder(&args.folder);
    config.server.listen = vec![
        Listen::plain(SocketAddr::from(([127, 0, 0, 1], args.port))),
        Listen::tls(SocketAddr::from(([127, 0, 0, 1], args.terminal_port))),
    ];
    config.server.base_url = Some(format!("http://127.0.0.1:{}", args.port));
    config.server.extra_hosts = vec!["localhost".into()];
    config.operations.listen = None;
    config.log.filter.clone_from(&args.log);
    config
}

fn settings(folder: PathBuf) -> Settings {
    Settings {
        seed: 20_261_121,
        ramp: Duration::from_secs(20),
        pace: DAYS_PACE,
        backoff: Pace {
            first: Duration::from_secs(2),
            longest: Duration::from_mins(1),
        },
        folder: Some(folder),
        ..Settings::default()
    }
}

/// The password and token of the first run, or new ones.
fn remember(keep: &Keep, db: &Db, base_url: &str) -> anyhow::Result<Memory> {
    if let Some(memory) = keep.read_json::<Memory>(MEMORY)? {
        return Ok(memory);
    }
    let now = Clock::system().now();
    let password = password();
    access::add_operator(
        db,
        base_url,
        (LOGIN, "Administrator", access::ADMINISTRATOR),
        Some(&password),
        now,
    )
    .context("cannot make the demo's administrator")?;
    let scopes = Permissions([Permission::LicencesManage].into());
    let memory = Memory {
        password,
        client_token: access::add_client(db, "demo", scopes, now)
            .context("cannot make the demo's API client")?,
        licences: 0,
    };
    keep.write_json(MEMORY, &memory)?;
    Ok(memory)
}

/// Four groups that can be read out and typed: 80 random bits.
fn password() -> String {
    let letters = b"abcdefghjkmnpqrstuvwxyz023456789";
    let bytes = random::<16>();
    let group = |group: &[u8]| {
        let chars = group
            .iter()
            .map(|b| char::from(letters[usize::from(b % 32)]));
        chars.collect::<String>()
    };
    bytes.chunks(4).map(group).collect::<Vec<_>>().join("-")
}

fn greet(args: &Args, authority: &Path, password: &str) {
    println!();
    println!(
        "  posfleet demo: {} terminals are about to come online",
        args.terminals
    );
    println!();
    println!("  Open      http://127.0.0.1:{}/", args.port);
    println!("  Sign in   {LOGIN}");
    println!("  Password  {password}");
    println!();
    println!(
        "  Terminals reach it at https://127.0.0.1:{}",
        args.terminal_port
    );
    println!("  and trust {}", authority.display());
    println!(
        "  Everything lies in {}; Ctrl-C stops, the same command goes on.",
        args.folder.display()
    );
    println!();
}
