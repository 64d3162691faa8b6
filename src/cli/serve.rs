//! `posfleet serve`: the server, until it is told to stop.
use super::{Place, logs};
use crate::access;
use crate::app::{self, Running};
use crate::clock::Clock;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = args.place.load()?;
    logs::begin(&config.log)?;
    super::runtime()?.block_on(async {
        let running = app::start(config, Clock::system()).await?;
        let (ctx, now) = (running.ctx.clone(), running.ctx.now());
        let first =
            tokio::task::spawn_blocking(move || access::first_link(&ctx.db, &ctx.base_url, now));
        greet(&running, first.await??.as_deref());
        until_told_to_stop(&running).await?;
        tracing::info!("stopping: what was begun is finished first");
        running.stop().await;
        Ok(())
    })
}

fn greet(running: &Running, first_link: Option<&str>) {
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
    if let Some(link) = first_link {
        println!("\nNobody can sign in yet. Open this link, once, to become the administrator:");
        println!("  {link}");
    }
}

/// Ends with SIGTERM or SIGINT; SIGHUP reads the certificate again.
async fn until_told_to_stop(running: &Running) -> anyhow::Result<()> {
    let mut hup = signal(SignalKind::hangup())?;
    let told = told_to_stop();
    tokio::pin!(told);
    loop {
        tokio::select! {
            told = &mut told => return told,
            _ = hup.recv() => running.reload(),
        }
    }
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
