//! The command line: one file per command. Commands print for people; what went wrong goes to
//! standard error, with exit code 1 (2 for arguments that cannot be read).
mod audit;
mod bench;
mod config;
mod demo;
mod fleet;
mod health;
mod logs;
mod openapi;
mod serve;
mod terminal;
mod user;

use crate::config::{Config, Faults, Sources};
use anyhow::Context as _;
use clap::{Parser, Subcommand};
use rustix::process::{Resource, getrlimit, setrlimit};
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
    /// Try it: a server with a living fleet, from an empty folder
    Demo(demo::Args),
    /// Be one terminal: a complete client of the Terminal API
    Terminal(terminal::Args),
    /// Be many terminals with realistic habits
    Fleet(fleet::Args),
    /// Measure what this machine makes of the server
    #[command(subcommand)]
    Bench(bench::Command),
    /// Add operators, and help those who lost their way in
    #[command(subcommand)]
    User(user::Command),
    /// Check the audit log
    #[command(subcommand)]
    Audit(audit::Command),
    /// Look at the configuration
    #[command(subcommand)]
    Config(config::Command),
    /// Ask a running server on this machine whether it is ready
    Health(health::Args),
    /// Print the description of every JSON API (OpenAPI 3.1)
    Openapi,
    /// Print the version
    Version,
}

/// Where the configuration comes from; every command that needs it takes these.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Place {
    /// Configuration file (TOML); also in the environment as `POSFLEET_CONFIG`
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder that holds the database, keys/ and firmware-store/
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Address to listen on, such as <https://0.0.0.0:8443>; may be repeated
    #[arg(long, value_name = "URL")]
    pub listen: Vec<String>,
    /// Any other setting, such as server.workers=4; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub set: Vec<(String, String)>,
}

impl Place {
    /// # Errors
    /// All faults of the configuration at once.
    pub fn load(&self) -> Result<Config, Faults> {
        Config::load(&self.sources())
    }

    fn sources(&self) -> Sources {
        let mut flags = self.set.clone();
        if let Some(data) = &self.data {
            flags.push(("data".to_owned(), data.to_string_lossy().into_owned()));
        }
        if !self.listen.is_empty() {
            flags.push(("server.listen".to_owned(), self.listen.join(",")));
        }
        Sources::of_process(self.config.clone(), flags)
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(name, value)| (name.trim().to_owned(), value.to_owned()))
        .ok_or_else(|| "write NAME=VALUE, such as server.workers=4".to_owned())
}

/// As many open files as the system grants: every connection is one.
fn allow_open_files() {
    let mut files = getrlimit(Resource::Nofile);
    files.current = files.maximum;
    // Where this is refused, the limit that stands has to do.
    setrlimit(Resource::Nofile, files).ok();
}

/// Threads for as many tasks as a command has, and open files for as many connections.
///
/// # Errors
/// When the system has no threads left.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    allow_open_files();
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
        Command::Demo(args) => demo::run(&args),
        Command::Terminal(args) => terminal::run(&args),
        Command::Fleet(args) => fleet::run(&args),
        Command::Bench(command) => bench::run(&command),
        Command::User(command) => user::run(&command),
        Command::Audit(command) => audit::run(&command),
        Command::Config(command) => config::run(&command),
        Command::Health(args) => health::run(&args),
        Command::Openapi => openapi::run(),
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
