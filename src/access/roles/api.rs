//! Roles over the Management API: read only.
use super::store::{self, Defined};
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::model::{Needs, Permission, Permissions};
use crate::access::mount::Mount;
use crate::http::{Failure, Page};
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

pub(super) fn routes(mount: &mut Mount) {
    let view = Needs::Permission(Permission::AccessView);
    mount.api(Method::GET, "/api/v1/roles", view, roles);
}

pub(in crate::access) fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(roles))]
    struct Paths;
    Paths::openapi()
}

/// A role: a named set of permissions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Role)]
struct Dto {
    code: String,
    name: String,
    /// Whether it came with the program.
    is_built_in: bool,
    #[schema(value_type = Vec<String>, example = json!(["terminals.view"]))]
    permissions: Permissions,
    version: i64,
}

impl From<Defined> for Dto {
    fn from(it: Defined) -> Self {
        Self {
            code: it.code,
            name: it.name,
            is_built_in: it.is_built_in,
            permissions: it.permissions,
            version: it.version,
        }
    }
}

/// Every role, by code.
#[utoipa::path(get, path = "/api/v1/roles", tag = "Access",
    responses((status = 200, body = Page<Dto>)))]
async fn roles(authority: web::Data<Authority>, _caller: Caller) -> Result<HttpResponse, Failure> {
    let all = authority.db.read(store::all_defined).await?;
    Ok(HttpResponse::Ok().json(Page::whole(all).map(Dto::from)))
}
