//! How an operator gets in, governed by programs: his one-time link, his sessions, his second factor. What
//! is about one's own account stays with the pages: programs have none.
use super::{LINK_LASTS, ops};
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::console::address;
use crate::access::error::Error;
use crate::access::model::{Needs, Permission};
use crate::access::mount::Mount;
use crate::access::sessions::{self, Session};
use crate::clock::Millis;
use crate::http::{Failure, Page};
use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

pub(super) fn routes(mount: &mut Mount) {
    let view = Needs::Permission(Permission::AccessView);
    let manage = Needs::Permission(Permission::AccessManage);
    let link = "/api/v1/operators/{login}/link";
    mount.api(Method::POST, link, manage, make_operator_link);
    let all = "/api/v1/operators/{login}/sessions";
    mount.api(Method::GET, all, view, operator_sessions);
    mount.api(Method::DELETE, all, manage, end_operator_sessions);
    let one = "/api/v1/operators/{login}/sessions/{session}";
    mount.api(Method::DELETE, one, manage, end_operator_session);
    let factor = "/api/v1/operators/{login}/second-factor";
    mount.api(Method::DELETE, factor, manage, reset_second_factor);
}

pub(super) fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(
        make_operator_link,
        operator_sessions,
        end_operator_sessions,
        end_operator_session,
        reset_second_factor
    ))]
    struct Paths;
    Paths::openapi()
}

/// A link by which an operator chooses his password, once. It is told here and never again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OperatorLink)]
struct LinkDto {
    #[schema(example = "https://fleet.example.com/welcome?token=…")]
    link: String,
    expires_at: Millis,
}

/// Makes a new one-time link for an operator; the ones before it are void. His password works until the
/// link is used.
#[utoipa::path(post, path = "/api/v1/operators/{login}/link", tag = "Access",
    params(("login" = String, Path)),
    responses((status = 201, body = LinkDto),
              (status = 403, description = "`access.beyond-own`"),
              (status = 404),
              (status = 409, description = "`access.operator-disabled`")))]
async fn make_operator_link(
    authority: web::Data<Authority>,
    caller: Caller,
    login: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let (by, now) = (caller.grantor()?, authority.now());
    let token = authority
        .db
        .write(move |tx| ops::issue_link(tx, &by, &login, now))
        .await?;
    Ok(HttpResponse::Created()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(LinkDto {
            link: address(&authority.base_url, &token),
            expires_at: now + LINK_LASTS,
        }))
}

/// Where an operator is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OperatorSession)]
struct SessionDto {
    id: i64,
    created_at: Millis,
    /// To the minute.
    last_seen_at: Millis,
    /// Address that he came from.
    from: Option<String>,
    /// What his browser calls itself.
    user_agent: String,
}

impl From<Session> for SessionDto {
    fn from(it: Session) -> Self {
        Self {
            id: it.id,
            created_at: it.created_at,
            last_seen_at: it.last_seen_at,
            from: it.ip,
            user_agent: it.user_agent,
        }
    }
}

/// Where an operator is signed in, the last used first.
#[utoipa::path(get, path = "/api/v1/operators/{login}/sessions", tag = "Access",
    params(("login" = String, Path)),
    responses((status = 200, body = Page<SessionDto>), (status = 404)))]
async fn operator_sessions(
    authority: web::Data<Authority>,
    caller: Caller,
    login: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let (scope, now) = (caller.actor()?.scope, authority.now());
    let read = authority.db.read(move |conn| {
        let it = ops::known(conn, &scope, &login)?;
        Ok::<_, Error>(sessions::list_of(conn, it.id, now)?)
    });
    Ok(HttpResponse::Ok().json(Page::whole(read.await?).map(SessionDto::from)))
}

/// Signs an operator out everywhere.
#[utoipa::path(delete, path = "/api/v1/operators/{login}/sessions", tag = "Access",
    params(("login" = String, Path)),
    responses((status = 204), (status = 403, description = "`access.beyond-own`"), (status = 404)))]
async fn end_operator_sessions(
    authority: web::Data<Authority>,
    caller: Caller,
    login: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let (by, now) = (caller.grantor()?, authority.now());
    authority
        .db
        .write(move |tx| ops::end_sessions(tx, &by, &login, now))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends one session of an operator.
#[utoipa::path(delete, path = "/api/v1/operators/{login}/sessions/{session}", tag = "Access",
    params(("login" = String, Path), ("session" = i64, Path)),
    responses((status = 204), (status = 403, description = "`access.beyond-own`"), (status = 404)))]
async fn end_operator_session(
    authority: web::Data<Authority>,
    caller: Caller,
    place: web::Path<(String, i64)>,
) -> Result<HttpResponse, Failure> {
    let (by, now) = (caller.grantor()?, authority.now());
    let (login, session) = place.into_inner();
    authority
        .db
        .write(move |tx| ops::end_session(tx, &by, (&login, session), now))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes away the second factor of an operator who has lost it, and signs him out everywhere. Where he has
/// none nothing changes.
#[utoipa::path(delete, path = "/api/v1/operators/{login}/second-factor", tag = "Access",
    params(("login" = String, Path)),
    responses((status = 204), (status = 403, description = "`access.beyond-own`"), (status = 404)))]
async fn reset_second_factor(
    authority: web::Data<Authority>,
    caller: Caller,
    login: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let (by, now) = (caller.grantor()?, authority.now());
    authority
        .db
        .write(move |tx| ops::reset_second_factor(tx, &by, &login, now))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
