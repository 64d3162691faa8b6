//! Health, readiness and metrics: for the machine room, on a listener of their own that is not
//! reached from outside.
use crate::access::Scope;
use crate::config::Config;
use crate::context::Ctx;
use crate::db::{self, Conn};
use crate::http::Shutdown;
use crate::terminals::{self, Presence};
use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context as _;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde_json::json;
use std::borrow::Cow;
use std::net::{SocketAddr, TcpListener};
use std::sync::OnceLock;
use std::time::Duration;

/// A part that takes longer to say that it is well is not.
const PATIENCE: Duration = Duration::from_secs(5);
const UPKEEP_EVERY: Duration = Duration::from_secs(5);
const WELL: &str = "ok";
const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0,
];
const SIZES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// Starts the listener if one is wanted.
pub(super) fn start(
    config: &Config,
    ctx: &Ctx,
    shutdown: &Shutdown,
) -> anyhow::Result<Option<(SocketAddr, ServerHandle)>> {
    let Some(at) = config.operations.listen else {
        return Ok(None);
    };
    let socket = TcpListener::bind(at)
        .with_context(|| format!("cannot listen on {at} (operations.listen)"))?;
    let at = socket.local_addr()?;
    let metrics = web::Data::new(recorder()?);
    let ctx = web::Data::new(ctx.clone());
    let shutdown = web::Data::new(shutdown.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(metrics.clone())
            .app_data(ctx.clone())
            .app_data(shutdown.clone())
            .route("/healthz", web::get().to(healthz))
            .route("/readyz", web::get().to(readyz))
            .route("/metrics", web::get().to(render))
    })
    .workers(1)
    .disable_signals()
    .shutdown_timeout(1)
    .listen(socket)?
    .run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(Some((at, handle)))
}

/// What is counted when somebody asks.
fn count(conn: &mut Conn) -> Result<(), db::Error> {
    let presence = terminals::presence_counts(conn, &Scope::All)?;
    for one in Presence::ALL {
        gauge(
            "posfleet_terminals",
            "presence",
            one.code(),
            presence.of(one),
        );
    }
    for (state, n) in terminals::count_open_work(conn)? {
        gauge("posfleet_work_open", "state", state.code(), n);
    }
    Ok(())
}

fn gauge(name: &'static str, label: &'static str, value: &'static str, n: i64) {
    let n = i32::try_from(n).unwrap_or(i32::MAX);
    metrics::gauge!(name, label => value).set(f64::from(n));
}

/// The process's one recorder; begun before anything is measured.
pub(super) fn recorder() -> anyhow::Result<PrometheusHandle> {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = RECORDER.get() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_size".to_owned()), SIZES)?
        .install_recorder()
        .context("cannot install the metrics recorder")?;
    Ok(RECORDER.get_or_init(|| handle).clone())
}

/// Sorts what was measured into its buckets, for ever: where nobody asks for metrics, every single
/// sample would be kept in memory until somebody does.
pub(super) async fn upkeep(recorder: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP_EVERY).await;
        recorder.run_upkeep();
    }
}

/// The process is alive and its event loop turns.
async fn healthz() -> HttpResponse {
    HttpResponse::Ok().body("ok\n")
}

/// Whether requests should be sent here: every part says so itself.
async fn readyz(ctx: web::Data<Ctx>, shutdown: web::Data<Shutdown>) -> HttpResponse {
    // Migrations are done before there is a database to ask.
    let database = well(ctx.db.write(|_| Ok::<_, db::Error>(())));
    let storage = well(ctx.storage.ready());
    let (database, storage) = tokio::join!(database, storage);
    let serving = if shutdown.begun() { "stopping" } else { WELL };
    let ready = [&*database, &*storage, serving]
        .iter()
        .all(|part| *part == WELL);
    let parts = json!({ "database": database, "storage": storage, "serving": serving });
    let mut answer = if ready {
        HttpResponse::Ok()
    } else {
        HttpResponse::ServiceUnavailable()
    };
    answer.json(json!({ "ready": ready, "parts": parts }))
}

/// What a part says of itself.
async fn well<E: std::fmt::Display>(
    part: impl Future<Output = Result<(), E>>,
) -> Cow<'static, str> {
    match tokio::time::timeout(PATIENCE, part).await {
        Ok(Ok(())) => WELL.into(),
        Ok(Err(cause)) => cause.to_string().into(),
        Err(_) => "does not answer".into(),
    }
}

async fn render(metrics: web::Data<PrometheusHandle>, ctx: web::Data<Ctx>) -> HttpResponse {
    if let Err(cause) = ctx.db.read(count).await {
        tracing::warn!(error = %cause, "some metrics are stale");
    }
    metrics.run_upkeep();
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(metrics.render())
}
