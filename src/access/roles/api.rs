//! Roles over the Management API: what their pages do, for programs.
use super::model::Edit;
use super::ops;
use super::store::{self, Defined};
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::error::Error;
use crate::access::model::{Needs, Permission, Permissions, Scope};
use crate::access::mount::Mount;
use crate::db::{self, Conn};
use crate::http::{Failure, Json, Page};
use crate::ids::RoleId;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{OpenApi, ToSchema};

pub(super) fn routes(mount: &mut Mount) {
    let view = Needs::Permission(Permission::AccessView);
    let manage = Needs::Permission(Permission::AccessManage);
    let (all, one) = ("/api/v1/roles", "/api/v1/roles/{role}");
    mount.api(Method::GET, all, view, roles);
    mount.api(Method::POST, all, manage, add_role);
    mount.api(Method::GET, one, view, role);
    mount.api(Method::PATCH, one, manage, patch_role);
    mount.api(Method::DELETE, one, manage, delete_role);
}

pub(in crate::access) fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(roles, add_role, role, patch_role, delete_role))]
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
    /// Whether whoever holds it has to have a second factor.
    needs_second_factor: bool,
    /// How many operators hold it, for a caller who sees every establishment.
    #[serde(skip_serializing_if = "Option::is_none")]
    holders: Option<i64>,
    /// Rises with every change; send it back to change only what you read.
    version: i64,
}

/// How many hold each role. How many there are elsewhere is nothing for one who sees a part of the fleet.
struct Holders(Option<HashMap<RoleId, i64>>);

impl Holders {
    fn of(conn: &mut Conn, scope: &Scope) -> Result<Self, db::Error> {
        let counts = match scope {
            Scope::All => Some(store::holders(conn)?.into_iter().collect()),
            Scope::Only(_) => None,
        };
        Ok(Self(counts))
    }

    fn dto(&self, it: Defined) -> Dto {
        let counts = self.0.as_ref();
        Dto {
            holders: counts.map(|counts| counts.get(&it.id).copied().unwrap_or_default()),
            code: it.code,
            name: it.name,
            is_built_in: it.is_built_in,
            permissions: it.permissions,
            needs_second_factor: it.needs_second_factor,
            version: it.version,
        }
    }
}

fn one(conn: &mut Conn, scope: &Scope, role: &str) -> Result<Dto, Error> {
    let it = ops::known(conn, role)?;
    Ok(Holders::of(conn, scope)?.dto(it))
}

/// Every role, by code.
#[utoipa::path(get, path = "/api/v1/roles", tag = "Access",
    responses((status = 200, body = Page<Dto>)))]
async fn roles(authority: web::Data<Authority>, caller: Caller) -> Result<HttpResponse, Failure> {
    let scope = caller.actor()?.scope;
    let read = authority.db.read(move |conn| {
        let holders = Holders::of(conn, &scope)?;
        let all = Page::whole(store::all_defined(conn)?);
        Ok::<_, db::Error>(all.map(|it| holders.dto(it)))
    });
    Ok(HttpResponse::Ok().json(read.await?))
}

/// One role.
#[utoipa::path(get, path = "/api/v1/roles/{role}", tag = "Access",
    params(("role" = String, Path)), responses((status = 200, body = Dto), (status = 404)))]
async fn role(
    authority: web::Data<Authority>,
    caller: Caller,
    role: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let scope = caller.actor()?.scope;
    let read = authority.db.read(move |conn| one(conn, &scope, &role));
    Ok(HttpResponse::Ok().json(read.await?))
}

fn permissions(codes: &[String]) -> Result<Permissions, Error> {
    let codes = codes.iter().map(String::as_str);
    Permissions::parse(codes).ok_or(Error::PermissionUnknown)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoleBody)]
struct Body {
    /// Letters a-z, digits and hyphens, 40 at most, a letter first. It never changes.
    code: String,
    name: String,
    /// What it allows, one at least: nobody gives what he lacks.
    #[schema(example = json!(["terminals.view"]))]
    permissions: Vec<String>,
    /// Whether whoever holds it has to have a second factor.
    #[serde(default)]
    needs_second_factor: bool,
}

/// Adds a role. Roles hold for the whole installation, so who sees a part of it changes none.
#[utoipa::path(post, path = "/api/v1/roles", tag = "Access", request_body = Body,
    responses((status = 201, body = Dto),
              (status = 403, description = "`access.beyond-own`"),
              (status = 409, description = "`access.role-code-taken`"),
              (status = 422)))]
async fn add_role(
    authority: web::Data<Authority>,
    caller: Caller,
    body: Json<Body>,
) -> Result<HttpResponse, Failure> {
    let (by, now, body) = (caller.grantor()?, authority.now(), body.into_inner());
    let written = authority.db.write(move |tx| {
        let permissions = permissions(&body.permissions)?;
        let code = ops::create(tx, &by, (&body.code, &body.name), &permissions, now)?;
        let demand = Edit {
            needs_second_factor: Some(body.needs_second_factor),
            ..Edit::default()
        };
        ops::amend(tx, &by, &code, &demand, now)?;
        one(tx, &by.actor.scope, &code)
    });
    Ok(HttpResponse::Created().json(written.await?))
}

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RolePatch)]
struct Patch {
    /// A ready-made role keeps its own.
    name: Option<String>,
    /// All that it is to allow. The administrator's role allows everything and cannot be changed.
    permissions: Option<Vec<String>>,
    /// Whether whoever holds it has to have a second factor: who has none is signed out, and sets one up
    /// when he signs in again.
    needs_second_factor: Option<bool>,
    /// When present, the change is made only if this is still the version.
    version: Option<i64>,
}

/// Changes a role, for whoever holds it from his next request on; all or nothing.
#[utoipa::path(patch, path = "/api/v1/roles/{role}", tag = "Access",
    params(("role" = String, Path)), request_body = Patch,
    responses((status = 200, body = Dto),
              (status = 403, description = "`access.beyond-own`"),
              (status = 404),
              (status = 409, description = "`access.role-fixed`, `access.stale`"),
              (status = 422)))]
async fn patch_role(
    authority: web::Data<Authority>,
    caller: Caller,
    role: web::Path<String>,
    body: Json<Patch>,
) -> Result<HttpResponse, Failure> {
    let (by, now, body) = (caller.grantor()?, authority.now(), body.into_inner());
    let written = authority.db.write(move |tx| {
        let codes = body.permissions.as_deref();
        let edit = Edit {
            name: body.name,
            permissions: codes.map(permissions).transpose()?,
            needs_second_factor: body.needs_second_factor,
            seen: body.version,
        };
        ops::amend(tx, &by, &role, &edit, now)?;
        one(tx, &by.actor.scope, &role)
    });
    Ok(HttpResponse::Ok().json(written.await?))
}

/// Deletes a role that was added and that nobody holds any more.
#[utoipa::path(delete, path = "/api/v1/roles/{role}", tag = "Access",
    params(("role" = String, Path)),
    responses((status = 204),
              (status = 403, description = "`access.beyond-own`"),
              (status = 404),
              (status = 409, description = "`access.role-fixed`, `access.role-held`")))]
async fn delete_role(
    authority: web::Data<Authority>,
    caller: Caller,
    role: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let (by, now) = (caller.grantor()?, authority.now());
    let write = authority
        .db
        .write(move |tx| ops::delete(tx, &by, &role, now));
    write.await?;
    Ok(HttpResponse::NoContent().finish())
}
