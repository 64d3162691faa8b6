//! The command line: one file per command. Commands print for people; what went wrong goes to
//! standard error, with exit code 1 (2 for arguments that cannot be read).
mod fleet;
mod serve;
mod terminal;

use crate::config::Config;
use anyhow::Context as _;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Parser)]
#[command(name = "posfleet", version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve(serve::Args),
    /// Be one terminal: a complete client of the Terminal API
    Terminal(terminal::Args),
    /// Be many terminals with realistic habits
    Fleet(fleet::Args),
    /// Print the version
    Version,
}

/// Where the configuration comes from; every command that needs it takes these.
#[derive(Debug, Clone, clap::Args)]
pub struct Place {
    /// Folder that holds the database, keys/ and firmware-store/
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

impl Place {
    /// # Errors
    /// When the configuration has faults.
    pub fn load(&self) -> anyhow::Result<Config> {
        let data = self.data.clone().unwrap_or_else(|| PathBuf::from("data"));
        Ok(Config::in_folder(&data))
    }
}

/// Threads for as many tasks as a command has.
///
/// # Errors
/// When the system has no threads left.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")
}

/// Runs what the arguments ask for.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        eprintln!("posfleet: another TLS provider was installed before ours");
        return ExitCode::FAILURE;
    }
    let done = match cli.command {
        Command::Serve(args) => serve::run(&args),
        Command::Terminal(args) => terminal::run(&args),
        Command::Fleet(args) => fleet::run(&args),
        Command::Version => {
            println!("posfleet {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("posfleet: {cause:#}");
            ExitCode::FAILURE
        }
    }
}
