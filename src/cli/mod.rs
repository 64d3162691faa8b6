//! The command line: one file per command. Commands print for people; what went wrong goes to
//! standard error, with exit code 1 (2 for arguments that cannot be read).
mod serve;

use crate::config::Config;
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
