//! A running server: listeners, workers, and the tasks beside them.
use super::{jobs, nav, routes, seal};
use crate::access;
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::context::Ctx;
use crate::db::{Db, Options};
use crate::events::Hub;
use crate::jobs::{Crew, Jobs};
use crate::sealing::Secret;
use crate::storage::{self, Storage};
use crate::views::Views;
use actix_web::{App, HttpServer, middleware, web};
use anyhow::Context as _;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A server that answers. Dropping it does not stop it; [`Running::stop`] does.
pub struct Running {
    /// Where it listens (the port is real even when 0 was asked for).
    pub at: SocketAddr,
    pub ctx: Ctx,
    handle: actix_web::dev::ServerHandle,
    follower: tokio::task::JoinHandle<()>,
    crew: Crew,
}

impl Running {
    /// Finishes what was begun, then stops.
    pub async fn stop(self) {
        self.handle.stop(true).await;
        self.crew.stop().await;
        self.follower.abort();
    }
}

/// Starts everything `config` asks for. Needs a tokio runtime.
///
/// # Errors
/// When a file, the database or a port is not to be had.
pub async fn start(config: Config, clock: Clock) -> anyhow::Result<Running> {
    let listener = std::net::TcpListener::bind(config.server.listen)
        .with_context(|| format!("cannot listen on {}", config.server.listen))?;
    let at = listener.local_addr()?;
    make_folders(&config)?;
    let ctx = context(&config, clock, at)?;
    let mount = web::Data::new(routes());
    let shared = web::Data::new(ctx.clone());
    let authority = web::Data::new(authority(&config, &ctx));
    let mut server = HttpServer::new(move || {
        let routes = mount.clone();
        App::new()
            .app_data(shared.clone())
            .app_data(mount.clone())
            .app_data(authority.clone())
            .wrap(middleware::from_fn(access::gate))
            .configure(move |at| routes.configure(at))
    })
    .disable_signals();
    if let Some(workers) = config.server.workers {
        server = server.workers(workers);
    }
    let server = server.listen(listener)?.run();
    let handle = server.handle();
    tokio::spawn(server);
    let (hub, db) = (ctx.hub.clone(), ctx.db.clone());
    let follower = tokio::spawn(async move { hub.follow(db).await });
    let crew = ctx.jobs.start(jobs::all(&ctx));
    Ok(Running {
        at,
        ctx,
        handle,
        follower,
        crew,
    })
}

/// Makes what an empty folder lacks; only the owner may look into it.
fn make_folders(config: &Config) -> anyhow::Result<()> {
    let mut folders = vec![config.keys_folder.as_path()];
    if !config.database.is_postgres() {
        folders.extend(Path::new(&config.database.url).parent());
    }
    let config::Storage::Folder(blobs) = &config.storage;
    folders.push(blobs);
    for folder in folders {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    Ok(())
}

fn context(config: &Config, clock: Clock, at: SocketAddr) -> anyhow::Result<Ctx> {
    let options = Options {
        url: config.database.url.clone(),
        connections: config.database.connections,
        patience: Duration::from_secs(5),
    };
    let config::Storage::Folder(blobs) = &config.storage;
    let place = storage::Options::Folder(blobs.clone());
    let db = Db::open(options, seal())?;
    access::seed(&db, clock.now())?;
    Ok(Ctx {
        storage: Storage::open(&place, db.clone(), clock.clone())?,
        jobs: Jobs::new(db.clone(), clock.clone()),
        db,
        clock,
        views: Views::new()?,
        hub: Hub::default(),
        secret: Secret::load_or_create(&config.keys_folder.join("server.secret"))?,
        base_url: config
            .server
            .base_url
            .clone()
            .unwrap_or_else(|| format!("http://{at}"))
            .into(),
        nav: nav().into(),
    })
}

fn authority(config: &Config, ctx: &Ctx) -> access::Authority {
    access::Authority::new(access::Setup {
        db: ctx.db.clone(),
        clock: ctx.clock.clone(),
        secret: ctx.secret.clone(),
        base_url: ctx.base_url.to_string(),
        trusted_proxies: config.server.trusted_proxies.clone(),
        shell: Arc::new(ctx.clone()),
    })
}
