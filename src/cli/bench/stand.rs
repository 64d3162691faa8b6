//! The server's side of a benchmark, in a process of its own so that its processor time can be told
//! from that of the load. It is told what to do in one line of JSON on its standard input, answers with
//! one line when it is ready, and ends when its input does.
use super::server::{Member, Order, Ready};
use crate::access::{self, Actor, Permissions};
use crate::app::{self, Running};
use crate::clock::Clock;
use crate::config::{Config, Listen};
use crate::context::Ctx;
use crate::db::Tx;
use crate::network::{self, EstablishmentDraft, Expect, PointDraft};
use crate::terminals::{self, Registration};
use anyhow::Context as _;
use std::io::{BufRead as _, Read as _, Write as _};
use std::net::SocketAddr;
use std::ops::Range;
use tokio::sync::oneshot;

const ESTABLISHMENT: &str = "bench";
const POINT: &str = "bench-1";
const MODEL: &str = "feitian-f20";
const LOGIN: &str = "bench";
/// Terminals registered in one transaction.
const CHUNK: usize = 200;

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
    let is_new = order.token.is_none();
    if is_new {
        network(&running.ctx).await?;
    }
    let members = register(&running.ctx, 0..order.members, Wish::Code).await?;
    let have = order.have.max(order.members);
    register(&running.ctx, have..order.fleet.max(have), Wish::NoCode).await?;
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

async fn network(ctx: &Ctx) -> anyhow::Result<()> {
    let now = ctx.now();
    let built = ctx.db.write(move |tx| {
        let actor = Actor::console();
        let owner = EstablishmentDraft {
            code: ESTABLISHMENT.to_owned(),
            name: "Benchmark".to_owned(),
            time_zone: "UTC".to_owned(),
            country: "FR".to_owned(),
        };
        network::put_establishment(tx, &actor, &owner, Expect::New, now)?;
        let point = PointDraft {
            code: POINT.to_owned(),
            name: "Benchmark".to_owned(),
            address: String::new(),
            manager_name: String::new(),
        };
        network::put_point(tx, &actor, ESTABLISHMENT, &point, Expect::New, now)?;
        Ok::<_, network::Error>(())
    });
    Ok(built.await?)
}

/// Whether a terminal is about to be activated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Code,
    NoCode,
}

/// Registers the terminals with these numbers; those that get an activation code are returned.
async fn register(ctx: &Ctx, numbers: Range<usize>, wish: Wish) -> anyhow::Result<Vec<Member>> {
    let mut all = Vec::new();
    for first in numbers.clone().step_by(CHUNK) {
        let (own, chunk) = (ctx.clone(), first..numbers.end.min(first + CHUNK));
        let made = ctx.db.write(move |tx| {
            let made = chunk.map(|number| register_one(tx, &own, number, wish));
            made.collect::<anyhow::Result<Vec<_>>>()
        });
        if wish == Wish::Code {
            all.extend(made.await?);
        } else {
            made.await?;
        }
    }
    Ok(all)
}

fn register_one(tx: &mut Tx, ctx: &Ctx, number: usize, wish: Wish) -> anyhow::Result<Member> {
    let (actor, now) = (Actor::console(), ctx.now());
    let (tid, serial) = (format!("BENCH{number:07}"), format!("B-{number:08}"));
    let registration = Registration {
        tid: tid.clone(),
        serial_number: serial.clone(),
        model: MODEL.to_owned(),
        point_of_service: POINT.to_owned(),
        interval_s: String::new(),
    };
    let (place, _) = terminals::register(tx, &app::handlers(), &actor, &registration, now)?;
    let code = match wish {
        Wish::Code => terminals::make_code(tx, &actor, &ctx.secret, place.id, now)?.to_string(),
        Wish::NoCode => String::new(),
    };
    Ok(Member { tid, serial, code })
}
