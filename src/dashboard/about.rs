//! Which posfleet this is: `/about` for people, `GET /api/v1/version` for programs.
use super::error::Error;
use crate::access::Caller;
use crate::context::Ctx;
use crate::db::Db;
use crate::http::Failure;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use serde_json::json;

/// The oldest Terminal API client that this server still serves.
const MINIMUM_CLIENT: &str = "1.0";
const CHANGELOG: &str = "/about/changes";

/// What this server is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ThisServer {
    /// Semantic version of the server.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// What the build was named when it was made.
    build: &'static str,
    /// Version of the database's schema.
    #[schema(example = "000600")]
    schema_version: String,
    /// `sqlite` or `postgresql`.
    engine: &'static str,
    /// Versions of the Terminal API.
    terminal_api: [&'static str; 1],
    /// The oldest terminal client that is still served.
    minimum_client: &'static str,
    /// Where the list of changes stands on this server.
    changelog: &'static str,
    license: &'static str,
}

async fn version(ctx: &Ctx) -> Result<ThisServer, Error> {
    let schema_version = ctx.db.read(Db::schema_version).await?;
    Ok(ThisServer {
        version: env!("CARGO_PKG_VERSION"),
        build: option_env!("POSFLEET_BUILD").unwrap_or("unnamed"),
        schema_version,
        engine: ctx.db.engine(),
        terminal_api: ["v1"],
        minimum_client: MINIMUM_CLIENT,
        changelog: CHANGELOG,
        license: env!("CARGO_PKG_LICENSE"),
    })
}

/// Which version of posfleet answers.
#[utoipa::path(
    get,
    path = "/api/v1/version",
    tag = "server",
    responses((status = 200, description = "What this server is", body = ThisServer)),
)]
pub(super) async fn api(ctx: web::Data<Ctx>) -> Result<HttpResponse, Failure> {
    Ok(HttpResponse::Ok().json(version(&ctx).await?))
}

pub(super) async fn page(ctx: web::Data<Ctx>, caller: Caller) -> Result<HttpResponse, Failure> {
    let version = version(&ctx).await?;
    ctx.page(&caller, "dashboard/about", json!({ "about": version }))
}

/// The list of changes, as it was when this version was built.
pub(super) async fn changes(ctx: web::Data<Ctx>, caller: Caller) -> Result<HttpResponse, Failure> {
    let crumbs = json!([
        { "key": "nav-about", "href": "/about" },
        { "key": "about-changes" },
    ]);
    let data = json!({ "crumbs": crumbs, "changes": include_str!("../../CHANGELOG.md") });
    ctx.page(&caller, "dashboard/changes", data)
}
