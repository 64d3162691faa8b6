//! `posfleet bench`: what this machine makes of the server. Each benchmark starts servers of its own,
//! as processes of this same program on loopback, in a temporary folder; it makes the load itself,
//! and prints a report in Markdown. Only ratios within one run say anything: the load and the
//! server share the machine.
mod checkin;
mod fleet;
mod growth;
mod import;
mod load;
mod machine;
mod operator;
mod postgres;
mod rows;
mod seed;
mod server;
mod stand;
mod table;
mod wire;

use anyhow::Context as _;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum Command {
    /// Measure the check-in against its ceilings
    Checkin(checkin::Args),
    /// Measure what grows with the fleet, and what does not
    Growth(growth::Args),
    /// Measure what an import of a whole fleet takes, and what terminals feel of it
    Import(import::Args),
    /// Be the server of a benchmark (started by the benchmarks themselves)
    #[command(hide = true)]
    Stand,
}

/// Where a benchmark works, and what it works with.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Site {
    /// Where to make the temporary folder: a disk like that of the real data
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// Measure on PostgreSQL too: a server on which a database may be made and dropped again
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
}

pub(super) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Checkin(args) => load_runtime()?.block_on(checkin::run(args)),
        Command::Growth(args) => load_runtime()?.block_on(growth::run(args)),
        Command::Import(args) => load_runtime()?.block_on(import::run(args)),
        Command::Stand => stand::run(),
    }
}

/// One thread: the load must leave the machine to the server.
fn load_runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    super::allow_open_files();
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")
}

/// A folder that goes with the run.
fn scratch(within: &Path) -> anyhow::Result<tempfile::TempDir> {
    tempfile::Builder::new()
        .prefix("posfleet-bench-")
        .tempdir_in(within)
        .with_context(|| format!("cannot make a folder in {}", within.display()))
}

/// Tells a person who waits; the report alone goes to standard output.
fn progress(what: &str) {
    eprintln!("bench: {what}");
}
