//! `GET /api/v1/whoami`: a program finds out whether its token is good, and for what.
use crate::access::Caller;
use crate::access::authority::Authority;
use crate::access::limits::Reach;
use crate::access::model::{Needs, Permissions, Scope};
use crate::access::mount::Mount;
use crate::http::Failure;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::OpenApi;

pub(super) fn routes(mount: &mut Mount) {
    mount.api(Method::GET, "/api/v1/whoami", Needs::SignedIn, whoami);
}

#[derive(OpenApi)]
#[openapi(paths(whoami), components(schemas(Whoami)))]
struct Doc;

/// This room's part of the Management API's description.
#[must_use]
pub(super) fn openapi() -> utoipa::openapi::OpenApi {
    Doc::openapi()
}

/// The API client that a token belongs to.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Whoami {
    /// Name of the API client.
    #[schema(example = "licence distributor")]
    client: String,
    /// What it may do.
    #[schema(value_type = Vec<String>, example = json!(["licences.view", "licences.manage"]))]
    scopes: Permissions,
    /// Codes of the establishments that it is limited to; absent when it sees every one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(["CAFE-PORT"]))]
    establishments: Option<Vec<String>>,
}

/// Who am I, and what may I do?
#[utoipa::path(
    get,
    path = "/api/v1/whoami",
    tag = "access",
    responses(
        (status = 200, description = "The token is good", body = Whoami),
        (status = 401, description = "There is no token, or it is not good"),
    )
)]
async fn whoami(authority: web::Data<Authority>, caller: Caller) -> Result<HttpResponse, Failure> {
    let (actor, establishments) = (caller.actor()?, authority.establishments);
    let client = actor.who.name().to_owned();
    let reach = match actor.scope {
        Scope::All => None,
        scope @ Scope::Only(_) => {
            let read = authority
                .db
                .read(move |conn| Reach::of(conn, &establishments, &scope));
            Some(read.await?.codes)
        }
    };
    Ok(HttpResponse::Ok().json(Whoami {
        client,
        scopes: caller.permissions,
        establishments: reach,
    }))
}
