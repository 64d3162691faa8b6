//! `posfleet config check`: what the server would start with, or every fault that keeps it from
//! starting.
use super::Place;
use crate::config::Config;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Check every setting and print what is in force, secrets masked
    Check(Place),
}

pub(super) fn run(command: &Command) -> anyhow::Result<()> {
    let Command::Check(place) = command;
    let (_, listing) = Config::load_with_listing(&place.sources())?;
    print!("{listing}");
    Ok(())
}
