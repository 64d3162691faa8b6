//! The server's side of a benchmark, in a process of its own so that its processor time can be told
//! from that of the load. It is told what to do in one line of JSON on its standard input, answers with
//! one line when it is ready, and ends when its input does.
use super::seed;
use super::server::{Order, Ready};
use crate::access::{self, Permissions};
use crate::app::{self, Running};
use crate::clock::Clock;
use crate::config::{Config, Listen};
use crate::context::Ctx;
use crate::terminals;
use anyhow::Context as _;
use std::io::{BufRead as _, Read as _, Write as _};
use std::net::SocketAddr;
use tokio::sync::oneshot;

const LOGIN: &str = "bench";

pub(super) fn run() -> anyhow::Result<()> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let order: Order = serde_json::from_str(&line).context("started by hand?")?;
    let config = config(&order);
    crate::cli::logs::begin(&config.log)?;
    crate::cli::runtime()?.block_on(async {
        let running = app::start_with(config, Clock::system(), terminals::yardsticks).await?;
        let ready = prepare(&running, &order).await?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", serde_json::to_string(&ready)?)?;
        out.flush()?;
        drop(out);
        input_ended()?.await.ok();
        running.stop().await;
        Ok(())
    })
}

/// As `serve` has it by default, metrics and log included, on ports that are free.
fn config(order: &Order) -> Config {
    let mut config = Config::in_folder(&order.data);
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    config.server.listen = vec![Listen::plain(any), Listen::tls(any)];
    config.operations.listen = Some(any);
    // A few terminals stand for many here.
    config.server.limits.terminal_per_minute = u32::MAX;
    config.server.limits.client_per_minute = u32::MAX;
    if let Some(url) = &order.database {
        config.database.url.clone_from(url);
    }
    config
}

/// Resolves when whoever started us lets go.
fn input_ended() -> anyhow::Result<oneshot::Receiver<()>> {
    let (tell, told) = oneshot::channel();
    std::thread::Builder::new()
        .name("bench-input".to_owned())
        .spawn(move || {
            let mut rest = Vec::new();
            std::io::stdin().read_to_end(&mut rest).ok();
            tell.send(()).ok();
        })?;
    Ok(told)
}

async fn prepare(running: &Running, order: &Order) -> anyhow::Result<Ready> {
    let ctx = running.ctx.clone();
    let (password, known) = (order.password.clone(), order.token.clone());
    let token = match known {
        Some(token) => token,
        None => tokio::task::spawn_blocking(move || people(&ctx, &password)).await??,
    };
    let members = seed::members(&running.ctx, order.members).await?;
    let have = order.have.max(order.members);
    seed::fill(&running.ctx, have..order.fleet, order.history).await?;
    Ok(Ready {
        plain: running.listeners[0].at,
        tls: running.listeners[1].at,
        authority: running.authority.clone(),
        login: LOGIN.to_owned(),
        token,
        members,
    })
}

/// An operator and an API client, both of whom may do everything; the client's token.
fn people(ctx: &Ctx, password: &str) -> anyhow::Result<String> {
    let (db, now) = (&ctx.db, ctx.now());
    let who = (LOGIN, "Benchmark", access::ADMINISTRATOR);
    access::add_operator(db, &ctx.base_url, who, Some(password), now)?;
    Ok(access::add_client(db, "bench", Permissions::all(), now)?)
}
