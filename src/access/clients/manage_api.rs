//! API clients over the Management API: what their pages do, for programs.
use super::certificate_store;
use super::limit_store::scopes_of;
use super::model::{Lasts, Pacing};
use super::ops::{self, Edit, Made};
use super::store::{self, Client, Token};
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::error::Error;
use crate::access::limits::{self, Establishments};
use crate::access::limits_api::Seen;
use crate::access::model::{Needs, Permission, Permissions, Scope, State};
use crate::access::mount::Mount;
use crate::clock::Millis;
use crate::db::{self, Conn};
use crate::http::{Failure, Json, Page, Turned};
use crate::ids::{ClientId, EstablishmentId};
use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{OpenApi, ToSchema};

pub(super) fn routes(mount: &mut Mount) {
    let view = Needs::Permission(Permission::AccessView);
    let manage = Needs::Permission(Permission::AccessManage);
    let (all, one) = ("/api/v1/clients", "/api/v1/clients/{id}");
    mount.api(Method::GET, all, view, clients);
    mount.api(Method::POST, all, manage, add_client);
    mount.api(Method::GET, one, view, client);
    mount.api(Method::PATCH, one, manage, patch_client);
    let tokens = "/api/v1/clients/{id}/tokens";
    mount.api(Method::POST, tokens, manage, add_client_token);
    let token = "/api/v1/clients/{id}/tokens/{token}";
    mount.api(Method::DELETE, token, manage, revoke_client_token);
}

pub(super) fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(
        clients,
        add_client,
        client,
        patch_client,
        add_client_token,
        revoke_client_token
    ))]
    struct Paths;
    Paths::openapi()
}

/// An API client: a program with an account of its own.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Client)]
struct Dto {
    id: ClientId,
    name: String,
    /// `active` or `disabled`.
    state: &'static str,
    /// What it may do.
    #[schema(value_type = Vec<String>, example = json!(["licences.view"]))]
    scopes: Permissions,
    establishments: Seen,
    /// Requests that it may make in a minute; absent when it is what the server allows every client.
    #[serde(skip_serializing_if = "Option::is_none")]
    per_minute: Option<u32>,
    /// Until when the certificate is good that its tokens count beside; absent when they count alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate_until: Option<Millis>,
    /// Those that were not revoked, oldest first.
    tokens: Vec<TokenDto>,
    /// Rises with every change; send it back to change only what you read.
    version: i64,
    created_at: Millis,
}

/// A token of a client; the token itself is not known any more.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClientToken)]
struct TokenDto {
    id: i64,
    /// `active` or `expired`.
    state: &'static str,
    created_at: Millis,
    /// Absent when it is valid until it is revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Millis>,
    /// To the minute.
    last_used_at: Option<Millis>,
}

impl TokenDto {
    fn of(token: &Token, now: Millis) -> Self {
        Self {
            id: token.id,
            state: token.state(now),
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
        }
    }
}

/// What stands around some clients.
struct Around {
    tokens: Vec<Token>,
    certificates: HashMap<ClientId, Millis>,
    scopes: HashMap<ClientId, Scope>,
    codes: HashMap<EstablishmentId, String>,
    now: Millis,
}

impl Around {
    fn of(
        conn: &mut Conn,
        establishments: &Establishments,
        these: &[Client],
        now: Millis,
    ) -> Result<Self, db::Error> {
        let ids: Vec<ClientId> = these.iter().map(|it| it.id).collect();
        let scopes = scopes_of(conn, these)?;
        Ok(Self {
            codes: limits::codes(conn, establishments, &scopes)?,
            scopes: ids.iter().copied().zip(scopes).collect(),
            certificates: certificate_store::until_of(conn, &ids)?,
            tokens: store::tokens_of(conn, ids)?,
            now,
        })
    }

    fn dto(&self, it: Client) -> Dto {
        let own = self.tokens.iter().filter(|token| token.client == it.id);
        let scope = self.scopes.get(&it.id).unwrap_or(&Scope::All);
        Dto {
            id: it.id,
            state: it.state.code(),
            establishments: Seen::of(scope, &self.codes),
            tokens: own.map(|token| TokenDto::of(token, self.now)).collect(),
            name: it.name,
            scopes: it.scopes,
            per_minute: it.per_minute,
            certificate_until: self.certificates.get(&it.id).copied(),
            version: it.version,
            created_at: it.created_at,
        }
    }
}

fn dto(
    conn: &mut Conn,
    establishments: &Establishments,
    it: Client,
    now: Millis,
) -> Result<Dto, db::Error> {
    let around = Around::of(conn, establishments, std::slice::from_ref(&it), now)?;
    Ok(around.dto(it))
}

/// API clients by name: those that see nothing the caller does not.
#[utoipa::path(get, path = "/api/v1/clients", tag = "Access", params(Turned),
    responses((status = 200, body = Page<Dto>)))]
async fn clients(
    authority: web::Data<Authority>,
    caller: Caller,
    asked: web::Query<Turned>,
) -> Result<HttpResponse, Failure> {
    let turn = asked.turn()?;
    let (scope, now, establishments) = (
        caller.actor()?.scope,
        authority.now(),
        authority.establishments,
    );
    let read = authority.db.read(move |conn| {
        let (rows, counted) = store::page(conn, &scope, &turn)?;
        let page = turn.page(rows, counted, |it| (it.name.clone(), it.id.0));
        let around = Around::of(conn, &establishments, &page.items, now)?;
        Ok::<_, db::Error>(page.map(|it| around.dto(it)))
    });
    Ok(HttpResponse::Ok().json(read.await?))
}

/// One API client.
#[utoipa::path(get, path = "/api/v1/clients/{id}", tag = "Access",
    params(("id" = i64, Path)), responses((status = 200, body = Dto), (status = 404)))]
async fn client(
    authority: web::Data<Authority>,
    caller: Caller,
    id: web::Path<ClientId>,
) -> Result<HttpResponse, Failure> {
    let (scope, now, establishments) = (
        caller.actor()?.scope,
        authority.now(),
        authority.establishments,
    );
    let read = authority.db.read(move |conn| {
        let it = ops::known(conn, &scope, *id)?;
        Ok::<_, Error>(dto(conn, &establishments, it, now)?)
    });
    Ok(HttpResponse::Ok().json(read.await?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClientBody)]
struct Body {
    /// Which program it is; no two have the same.
    name: String,
    /// What it is to do: nobody gives what he lacks.
    scopes: Vec<String>,
    /// What it is to see; as much as the caller when absent.
    establishments: Option<Seen>,
    /// How long its first token is valid: `30`, `90` or `365` days (as when absent), or `always`.
    #[serde(default)]
    lasts: String,
}

/// A token that was just made. It is told here and never again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewClientToken)]
struct MadeDto {
    client: Dto,
    #[schema(example = "pfc_…")]
    token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Millis>,
}

fn made(
    conn: &mut Conn,
    establishments: &Establishments,
    it: Made,
    now: Millis,
) -> Result<MadeDto, db::Error> {
    Ok(MadeDto {
        client: dto(conn, establishments, it.client, now)?,
        token: it.token,
        expires_at: it.until,
    })
}

fn told_once(it: &MadeDto) -> HttpResponse {
    HttpResponse::Created()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(it)
}

fn permissions(codes: &[String]) -> Result<Permissions, Error> {
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    ops::scopes(&codes)
}

/// Adds an API client with its first token.
#[utoipa::path(post, path = "/api/v1/clients", tag = "Access", request_body = Body,
    responses((status = 201, body = MadeDto), (status = 403), (status = 409), (status = 422)))]
async fn add_client(
    authority: web::Data<Authority>,
    caller: Caller,
    body: Json<Body>,
) -> Result<HttpResponse, Failure> {
    let (by, now, establishments) = (caller.grantor()?, authority.now(), authority.establishments);
    let body = body.into_inner();
    let written = authority.db.write(move |tx| {
        let (scopes, lasts) = (permissions(&body.scopes)?, Lasts::parse(&body.lasts)?);
        let own = &by.actor.scope;
        let reach = Seen::wish(body.establishments).resolve(tx, &establishments, own, own)?;
        let it = ops::create(tx, &by, (&body.name, &scopes), (&reach, lasts), now)?;
        Ok::<_, Error>(made(tx, &establishments, it, now)?)
    });
    Ok(told_once(&written.await?))
}

/// What to change; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClientPatch)]
struct Patch {
    name: Option<String>,
    scopes: Option<Vec<String>>,
    establishments: Option<Seen>,
    /// Requests that it may make in a minute, 1 to 60,000; 0 is what the server allows every client.
    per_minute: Option<u32>,
    /// `active` or `disabled`.
    state: Option<String>,
    /// When present, the change is made only if this is still the version.
    version: Option<i64>,
}

impl Patch {
    fn edit(self) -> Result<(Edit, Option<State>), Error> {
        let state = match self.state.as_deref() {
            None => None,
            Some(code) => Some(State::parse(code).ok_or(Error::StateUnknown)?),
        };
        let pacing = match self.per_minute {
            None => Pacing::Unsaid,
            Some(0) => Pacing::Usual,
            Some(n) => Pacing::own(n)?,
        };
        let edit = Edit {
            name: self.name,
            scopes: self.scopes.as_deref().map(permissions).transpose()?,
            limits: Seen::wish(self.establishments),
            pacing,
            seen: self.version,
        };
        Ok((edit, state))
    }
}

/// Changes an API client, from its next request on; all or nothing. No client changes what itself
/// sees or how often it may ask, or disables itself.
#[utoipa::path(patch, path = "/api/v1/clients/{id}", tag = "Access",
    params(("id" = i64, Path)), request_body = Patch,
    responses((status = 200, body = Dto), (status = 403), (status = 404), (status = 409),
              (status = 422)))]
async fn patch_client(
    authority: web::Data<Authority>,
    caller: Caller,
    id: web::Path<ClientId>,
    body: Json<Patch>,
) -> Result<HttpResponse, Failure> {
    let (by, now, establishments) = (caller.grantor()?, authority.now(), authority.establishments);
    let body = body.into_inner();
    let written = authority.db.write(move |tx| {
        let (edit, state) = body.edit()?;
        ops::amend(tx, &by, &establishments, *id, &edit, now)?;
        if let Some(to) = state {
            ops::set_state(tx, &by, *id, to, now)?;
        }
        let it = ops::known(tx, &by.actor.scope, *id)?;
        Ok::<_, Error>(dto(tx, &establishments, it, now)?)
    });
    Ok(HttpResponse::Ok().json(written.await?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClientTokenBody)]
struct TokenBody {
    /// `30`, `90` or `365` days (as when absent), or `always`.
    #[serde(default)]
    lasts: String,
}

/// Makes one more token for a client; those it has stay valid.
#[utoipa::path(post, path = "/api/v1/clients/{id}/tokens", tag = "Access",
    params(("id" = i64, Path)), request_body = TokenBody,
    responses((status = 201, body = MadeDto), (status = 403), (status = 404), (status = 422)))]
async fn add_client_token(
    authority: web::Data<Authority>,
    caller: Caller,
    id: web::Path<ClientId>,
    body: Json<TokenBody>,
) -> Result<HttpResponse, Failure> {
    let (by, now, establishments) = (caller.grantor()?, authority.now(), authority.establishments);
    let body = body.into_inner();
    let written = authority.db.write(move |tx| {
        let it = ops::add_token(tx, &by, *id, Lasts::parse(&body.lasts)?, now)?;
        Ok::<_, Error>(made(tx, &establishments, it, now)?)
    });
    Ok(told_once(&written.await?))
}

/// Revokes a token: from the next request on it opens nothing.
#[utoipa::path(delete, path = "/api/v1/clients/{id}/tokens/{token}", tag = "Access",
    params(("id" = i64, Path), ("token" = i64, Path)),
    responses((status = 204), (status = 403), (status = 404)))]
async fn revoke_client_token(
    authority: web::Data<Authority>,
    caller: Caller,
    ids: web::Path<(ClientId, i64)>,
) -> Result<HttpResponse, Failure> {
    let (by, now) = (caller.grantor()?, authority.now());
    let (client, token) = ids.into_inner();
    authority
        .db
        .write(move |tx| ops::revoke_token(tx, &by, client, token, now))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
