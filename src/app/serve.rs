//! A running server: its listeners and workers, and how it starts and stops.
use super::background::Background;
use super::{acquaint, context, handlers, operations, routes};
use crate::access::{self, Authority, Failures, Mount};
use crate::clock::Clock;
use crate::config::{Config, Limits, Listen, Transport};
use crate::context::Ctx;
use crate::dashboard;
use crate::http::{self, Certificate, Edge, Shutdown};
use crate::tasks::Waits;
use crate::terminals::Desk;
use actix_web::dev::Server;
use actix_web::middleware::Compress;
use actix_web::{App, HttpServer, middleware, web};
use anyhow::Context as _;
use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

/// A server that answers. Dropping it does not stop it; [`Running::stop`] does.
pub struct Running {
    /// Where its first listener is (the port is real even when 0 was asked for).
    pub at: SocketAddr,
    /// Every listener, in the order of the configuration.
    pub listeners: Vec<Listen>,
    /// Where health, readiness and metrics are.
    pub operations: Option<SocketAddr>,
    /// What terminals need to trust us, when the certificate is the fleet's own.
    pub authority: Option<PathBuf>,
    pub ctx: Ctx,
    certificate: Option<Certificate>,
    shutdown: Shutdown,
    handles: Vec<actix_web::dev::ServerHandle>,
    background: Background,
    /// Held while it runs.
    _alone: Option<File>,
}

impl Running {
    /// Finishes what was begun, then stops. What is still not done when the time allowed is over
    /// is cut off.
    pub async fn stop(self) {
        self.shutdown.begin();
        for handle in self.handles {
            handle.stop(true).await;
        }
        self.background.stop().await;
    }

    /// Reads the certificate files again.
    pub fn reload(&self) {
        if let Some(certificate) = &self.certificate {
            certificate.reload();
        }
    }
}

/// Starts everything `config` asks for. Needs a tokio runtime.
///
/// # Errors
/// When a file, the database or a port is not to be had.
pub async fn start(config: Config, clock: Clock) -> anyhow::Result<Running> {
    start_with(config, clock, |_| ()).await
}

/// [`start`] with routes besides those of every server: what a benchmark compares with.
///
/// # Errors
/// As [`start`].
pub async fn start_with(
    config: Config,
    clock: Clock,
    more: fn(&mut Mount),
) -> anyhow::Result<Running> {
    let mut mount = routes();
    more(&mut mount);
    if config.operations.listen.is_some() {
        operations::recorder()?;
    }
    let bound = bind(&config.server.listen)?;
    let listeners: Vec<Listen> = bound.iter().map(|(_, listen)| *listen).collect();
    let base_url = context::base_url(&config, &listeners);
    context::make_folders(&config)?;
    let alone = context::only_server(&config)?;
    let names = context::certificate_names(&config, &base_url, &listeners);
    let certificate = context::certificate(&config, &listeners, &names)?;
    let ctx = context::build(&config, clock, &base_url).await?;
    let shutdown = Shutdown::default();
    let edge = Edge::new(&config.server, &base_url, shutdown.clone());
    let per_minute = config.server.limits.terminal_per_minute;
    let desk = Desk::new(&ctx.db, &ctx.clock, handlers(), per_minute);
    let (waits, failures) = (Waits::default(), Failures::default());
    let authority = context::authority(&ctx, &config, &failures)?;
    let server = server(
        &config,
        (mount, authority),
        (&ctx, &desk, &waits, edge),
        bound,
        certificate.as_ref(),
    )?;
    let mut handles = vec![server.handle()];
    tokio::spawn(server);
    let operations = operations::start(&config, &ctx, &shutdown)?;
    let operations = operations.map(|(at, handle)| {
        handles.push(handle);
        at
    });
    let background = Background::start(
        &config,
        (&ctx, &desk, &waits, failures),
        certificate.clone(),
        names,
    );
    let fleet = certificate.is_some() && config.tls.files.is_none();
    Ok(Running {
        at: listeners[0].at,
        listeners,
        operations,
        authority: fleet.then(|| config.keys_folder.join("fleet-ca.pem")),
        ctx,
        certificate,
        shutdown,
        handles,
        background,
        _alone: alone,
    })
}

/// Every listener with its real port.
fn bind(wanted: &[Listen]) -> anyhow::Result<Vec<(TcpListener, Listen)>> {
    anyhow::ensure!(!wanted.is_empty(), "server.listen names no address");
    let bound = wanted.iter().map(|listen| {
        let socket = TcpListener::bind(listen.at)
            .with_context(|| format!("cannot listen on {} (server.listen)", listen.at))?;
        let at = socket.local_addr()?;
        Ok((socket, Listen { at, ..*listen }))
    });
    bound.collect()
}

fn server(
    config: &Config,
    (mount, authority): (Mount, Authority),
    (ctx, desk, waits, edge): (&Ctx, &Desk, &Waits, Edge),
    bound: Vec<(TcpListener, Listen)>,
    certificate: Option<&Certificate>,
) -> anyhow::Result<Server> {
    let mount = web::Data::new(mount);
    let shared = web::Data::new(ctx.clone());
    let desk = web::Data::new(desk.clone());
    let waits = web::Data::new(waits.clone());
    let authority = web::Data::new(authority);
    let board = web::Data::new(context::board(ctx));
    let edge = web::Data::new(edge);
    let server = HttpServer::new(move || {
        let (routes, edge) = (mount.clone(), edge.clone());
        let clock = shared.clock.clone();
        // The last one wrapped is the first to see a request.
        App::new()
            .app_data(shared.clone())
            .app_data(desk.clone())
            .app_data(waits.clone())
            .app_data(mount.clone())
            .app_data(authority.clone())
            .app_data(board.clone())
            .wrap(middleware::from_fn(access::gate))
            .wrap(middleware::from_fn(dashboard::failure_pages))
            .wrap(middleware::from_fn(http::choose_compression))
            .wrap(Compress::default())
            .wrap(middleware::from_fn(http::edge))
            .configure(move |at| Edge::configure(&edge, at))
            .configure(move |at| acquaint(at, &clock))
            .configure(move |at| routes.configure(at))
    });
    let Limits {
        connections,
        head_timeout,
        keep_alive,
        shutdown,
        ..
    } = config.server.limits;
    let mut server = server
        .disable_signals()
        .max_connections(connections)
        .client_request_timeout(head_timeout)
        .tls_handshake_timeout(head_timeout)
        .keep_alive(keep_alive)
        .tcp_nodelay(true)
        .shutdown_timeout(shutdown.as_secs())
        .on_connect(http::on_connect);
    if let Some(workers) = config.server.workers {
        server = server.workers(workers);
    }
    for (socket, listen) in bound {
        let tls = match (listen.transport, certificate, &ctx.fleet) {
            (Transport::Plain, ..) => None,
            (Transport::Tls, Some(certificate), _) => Some(certificate.server_config()?),
            (Transport::Mutual, Some(certificate), Some(fleet)) => {
                Some(certificate.mutual_config(fleet, &ctx.clock)?)
            }
            _ => anyhow::bail!("{listen} has no certificate"),
        };
        server = match tls {
            Some(tls) => server.listen_rustls_0_23(socket, tls)?,
            None => server.listen(socket)?,
        };
    }
    Ok(server.run())
}
