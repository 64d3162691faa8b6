//! Operators over the Management API: what their pages do, for programs.
use super::model::Edit;
use super::{NewOperator, Operator, amend, ops, scopes_of, store};
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::console::address;
use crate::access::error::Error;
use crate::access::factors;
use crate::access::limits::{self, Establishments};
use crate::access::limits_api::Seen;
use crate::access::model::{Needs, Permission, Scope, State};
use crate::access::mount::Mount;
use crate::access::roles::{self, Role};
use crate::clock::Millis;
use crate::db::{self, Conn};
use crate::http::{Failure, Json, Page, Turned};
use crate::ids::{EstablishmentId, OperatorId};
use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{OpenApi, ToSchema};

pub(super) fn routes(mount: &mut Mount) {
    let view = Needs::Permission(Permission::AccessView);
    let manage = Needs::Permission(Permission::AccessManage);
    let (all, one) = ("/api/v1/operators", "/api/v1/operators/{login}");
    mount.api(Method::GET, all, view, operators);
    mount.api(Method::POST, all, manage, add_operator);
    mount.api(Method::GET, one, view, operator);
    mount.api(Method::PATCH, one, manage, patch_operator);
}

pub(in crate::access) fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(operators, add_operator, operator, patch_operator))]
    struct Paths;
    Paths::openapi()
}

/// An operator: a person who signs in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Operator)]
struct Dto {
    login: String,
    name: String,
    /// `active` or `disabled`.
    state: &'static str,
    /// Codes of the roles.
    roles: Vec<String>,
    establishments: Seen,
    /// False until the one-time link was used.
    has_password: bool,
    has_second_factor: bool,
    last_sign_in_at: Option<Millis>,
    /// Rises with every change; send it back to change only what you read.
    version: i64,
    created_at: Millis,
}

/// What stands around some operators.
struct Around {
    roles: Vec<(OperatorId, Role)>,
    scopes: HashMap<OperatorId, Scope>,
    codes: HashMap<EstablishmentId, String>,
    with_factor: Vec<OperatorId>,
}

impl Around {
    fn of(
        conn: &mut Conn,
        establishments: &Establishments,
        these: &[Operator],
    ) -> Result<Self, db::Error> {
        let ids: Vec<OperatorId> = these.iter().map(|it| it.id).collect();
        let scopes = scopes_of(conn, these)?;
        Ok(Self {
            codes: limits::codes(conn, establishments, &scopes)?,
            with_factor: factors::holders(conn, &ids)?,
            scopes: ids.iter().copied().zip(scopes).collect(),
            roles: roles::of_operator(conn, ids)?,
        })
    }

    fn dto(&self, it: Operator) -> Dto {
        let held = self.roles.iter().filter(|(whose, _)| *whose == it.id);
        let scope = self.scopes.get(&it.id).unwrap_or(&Scope::All);
        Dto {
            roles: held.map(|(_, role)| role.code.clone()).collect(),
            establishments: Seen::of(scope, &self.codes),
            login: it.login,
            name: it.name,
            state: it.state.code(),
            has_password: it.has_password,
            has_second_factor: self.with_factor.contains(&it.id),
            last_sign_in_at: it.last_sign_in_at,
            version: it.version,
            created_at: it.created_at,
        }
    }
}

fn dto(conn: &mut Conn, establishments: &Establishments, it: Operator) -> Result<Dto, db::Error> {
    let around = Around::of(conn, establishments, std::slice::from_ref(&it))?;
    Ok(around.dto(it))
}

/// Operators by login: those who see nothing the caller does not.
#[utoipa::path(get, path = "/api/v1/operators", tag = "Access", params(Turned),
    responses((status = 200, body = Page<Dto>)))]
async fn operators(
    authority: web::Data<Authority>,
    caller: Caller,
    asked: web::Query<Turned>,
) -> Result<HttpResponse, Failure> {
    let turn = asked.turn()?;
    let (scope, establishments) = (caller.actor()?.scope, authority.establishments);
    let read = authority.db.read(move |conn| {
        let (rows, counted) = store::page(conn, &scope, &turn)?;
        let page = turn.page(rows, counted, |it| (it.login.clone(), it.id.0));
        let around = Around::of(conn, &establishments, &page.items)?;
        Ok::<_, db::Error>(page.map(|it| around.dto(it)))
    });
    Ok(HttpResponse::Ok().json(read.await?))
}

/// One operator.
#[utoipa::path(get, path = "/api/v1/operators/{login}", tag = "Access",
    params(("login" = String, Path)), responses((status = 200, body = Dto), (status = 404)))]
async fn operator(
    authority: web::Data<Authority>,
    caller: Caller,
    login: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let (scope, establishments) = (caller.actor()?.scope, authority.establishments);
    let read = authority.db.read(move |conn| {
        let it = ops::known(conn, &scope, &login)?;
        Ok::<_, Error>(dto(conn, &establishments, it)?)
    });
    Ok(HttpResponse::Ok().json(read.await?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OperatorBody)]
struct Body {
    login: String,
    name: String,
    /// Code of a role: nobody gives what he lacks.
    role: String,
    /// What he is to see; as much as the caller when absent.
    establishments: Option<Seen>,
}

/// An operator who was just added, and the link by which he chooses a password: once, within 24 hours.
/// It is told here and never again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewOperator)]
struct MadeDto {
    operator: Dto,
    link: String,
}

/// Adds an operator.
#[utoipa::path(post, path = "/api/v1/operators", tag = "Access", request_body = Body,
    responses((status = 201, body = MadeDto), (status = 403), (status = 409), (status = 422)))]
async fn add_operator(
    authority: web::Data<Authority>,
    caller: Caller,
    body: Json<Body>,
) -> Result<HttpResponse, Failure> {
    let (by, now, establishments) = (caller.grantor()?, authority.now(), authority.establishments);
    let body = body.into_inner();
    let written = authority.db.write(move |tx| {
        let own = &by.actor.scope;
        let reach = Seen::wish(body.establishments).resolve(tx, &establishments, own, own)?;
        let new = NewOperator {
            login: body.login,
            name: body.name,
            role: body.role,
        };
        let (it, token) = ops::create(tx, &by, &new, &reach, now)?;
        Ok::<_, Error>((dto(tx, &establishments, it)?, token))
    });
    let (operator, token) = written.await?;
    let link = address(&authority.base_url, &token);
    Ok(HttpResponse::Created()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(MadeDto { operator, link }))
}

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OperatorPatch)]
struct Patch {
    name: Option<String>,
    /// Codes of all roles that he is to hold: nobody gives what he lacks.
    roles: Option<Vec<String>>,
    establishments: Option<Seen>,
    /// `active` or `disabled`; whoever is disabled is signed out everywhere.
    state: Option<String>,
    /// When present, the change is made only if this is still the version.
    version: Option<i64>,
}

/// Changes an operator, from his next request on; all or nothing.
#[utoipa::path(patch, path = "/api/v1/operators/{login}", tag = "Access",
    params(("login" = String, Path)), request_body = Patch,
    responses((status = 200, body = Dto), (status = 403), (status = 404), (status = 409),
              (status = 422)))]
async fn patch_operator(
    authority: web::Data<Authority>,
    caller: Caller,
    login: web::Path<String>,
    body: Json<Patch>,
) -> Result<HttpResponse, Failure> {
    let (by, now, establishments) = (caller.grantor()?, authority.now(), authority.establishments);
    let body = body.into_inner();
    let written = authority.db.write(move |tx| {
        let state = match body.state.as_deref() {
            None => None,
            Some(code) => Some(State::parse(code).ok_or(Error::StateUnknown)?),
        };
        let edit = Edit {
            name: body.name,
            roles: body.roles,
            limits: Seen::wish(body.establishments),
            seen: body.version,
        };
        amend(tx, &by, &establishments, &login, &edit, now)?;
        if let Some(to) = state {
            ops::set_state(tx, &by, &login, to, now)?;
        }
        let it = ops::known(tx, &by.actor.scope, &login)?;
        Ok::<_, Error>(dto(tx, &establishments, it)?)
    });
    Ok(HttpResponse::Ok().json(written.await?))
}
