//! `posfleet serve`: the server, until it is told to stop.
use super::{Place, logs};
use crate::app::{self, Running};
use crate::clock::Clock;
use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = args.place.load()?;
    logs::begin(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(async {
        let running = app::start(config, Clock::system()).await?;
        greet(&running);
        until_told_to_stop(&running).await?;
        tracing::info!("stopping: what was begun is finished first");
        running.stop().await;
        Ok(())
    })
}

fn greet(running: &Running) {
    println!("posfleet {} is up", env!("CARGO_PKG_VERSION"));
    println!("  address     {}", running.ctx.base_url);
    for listener in &running.listeners {
        println!("  listens on  {listener}");
    }
    if let Some(at) = running.operations {
        println!("  operations  http://{at}/readyz /metrics");
    }
    if let Some(authority) = &running.authority {
        println!("  terminals   trust {}", authority.display());
    }
}

/// Ends with SIGTERM or SIGINT; SIGHUP reads the certificate again.
async fn until_told_to_stop(running: &Running) -> anyhow::Result<()> {
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    let mut hup = signal(SignalKind::hangup())?;
    loop {
        tokio::select! {
            _ = term.recv() => return Ok(()),
            _ = int.recv() => return Ok(()),
            _ = hup.recv() => running.reload(),
        }
    }
}
