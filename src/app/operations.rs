//! Health, readiness and metrics: for the machine room, on a listener of their own that is not
//! reached from outside.
use crate::config::Config;
use crate::context::Ctx;
use crate::db;
use crate::http::Shutdown;
use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context as _;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde_json::json;
use std::net::{SocketAddr, TcpListener};
use std::sync::OnceLock;
use std::time::Duration;

/// A part that takes longer to say that it is well is not.
const PATIENCE: Duration = Duration::from_secs(5);
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
    let socket = TcpListener::bind(at).with_context(|| format!("cannot listen on {at}"))?;
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

/// The process's one recorder.
fn recorder() -> anyhow::Result<PrometheusHandle> {
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

/// The process is alive and its event loop turns.
async fn healthz() -> HttpResponse {
    HttpResponse::Ok().body("ok\n")
}

/// Whether requests should be sent here: every part says so itself.
async fn readyz(ctx: web::Data<Ctx>, shutdown: web::Data<Shutdown>) -> HttpResponse {
    let database = tokio::time::timeout(PATIENCE, ctx.db.write(|_| Ok::<_, db::Error>(())));
    let database = match database.await {
        Ok(Ok(())) => "ok".to_owned(),
        Ok(Err(e)) => e.to_string(),
        Err(_) => "does not answer".to_owned(),
    };
    let serving = if shutdown.begun() { "stopping" } else { "ok" };
    let parts = json!({ "database": database, "serving": serving });
    let ready = database == "ok" && serving == "ok";
    let mut answer = if ready {
        HttpResponse::Ok()
    } else {
        HttpResponse::ServiceUnavailable()
    };
    answer.json(json!({ "ready": ready, "parts": parts }))
}

async fn render(metrics: web::Data<PrometheusHandle>) -> HttpResponse {
    metrics.run_upkeep();
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(metrics.render())
}
