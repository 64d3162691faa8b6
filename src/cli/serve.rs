//! `posfleet serve`: the server, until it is told to stop.
use super::Place;
use crate::app;
use crate::clock::Clock;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = args.place.load()?;
    super::runtime()?.block_on(async {
        let running = app::start(config, Clock::system()).await?;
        println!("posfleet listens on {}", running.ctx.base_url);
        told_to_stop().await?;
        println!("posfleet stops: finishing what was begun");
        running.stop().await;
        Ok(())
    })
}

/// Ends with SIGTERM or SIGINT.
pub(super) async fn told_to_stop() -> anyhow::Result<()> {
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    Ok(())
}
