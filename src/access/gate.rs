//! The gate in front of every handler: finds what the route declared, finds out who asks, and lets
//! nobody by who lacks it. What is not in the table does not exist.
use super::authority::Authority;
use super::caller::Caller;
use super::clients;
use super::cookies::{self, Jar, Name};
use super::csrf;
use super::error::Error;
use super::look::{self, Preferred};
use super::model::{Actor, Needs, Permissions, Scope, Surface, Who};
use super::mount::{Declared, Mount};
use super::{operators, roles, sessions};
use crate::db;
use crate::http::{self, Failure};
use crate::sealing;
use crate::views::Look;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use std::net::IpAddr;

/// actix middleware (`middleware::from_fn`). Needs `Data<Mount>` and `Data<Authority>`. A refusal
/// leaves as a response that carries its [`Failure`], as a handler's would, and the [`Caller`] is
/// among the request's extensions by then: whoever turns failures into pages finds both.
pub async fn gate<B: MessageBody>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let visit = match admit(req.request()).await {
        Ok(visit) => visit,
        Err(refusal) => {
            let answer = refusal.answer(req.request());
            // Not `into_response`, which would drop the failure.
            let (req, _) = req.into_parts();
            return Ok(ServiceResponse::new(req, answer).map_into_right_body());
        }
    };
    let mut answer = next.call(req).await?;
    if let Some(visit) = visit
        && wants_visit(answer.response())
    {
        answer.response_mut().add_cookie(&visit)?;
    }
    Ok(answer.map_into_left_body())
}

/// Only a page has a form that the visit cookie must fit; assets stay free of it.
fn wants_visit<B>(answer: &HttpResponse<B>) -> bool {
    let kind = answer.headers().get(header::CONTENT_TYPE);
    let is_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    is_page || answer.error().is_some()
}

/// Why a request goes no further.
enum Refusal {
    Failed(Failure),
    /// A known address that does not answer this method.
    Methods(Vec<Method>),
    /// A page for those who are signed in.
    SignIn,
}

impl<E: Into<Failure>> From<E> for Refusal {
    fn from(cause: E) -> Self {
        Self::Failed(cause.into())
    }
}

impl Refusal {
    fn answer(self, req: &HttpRequest) -> HttpResponse {
        match self {
            Self::Failed(failure) => HttpResponse::from_error(failure),
            Self::Methods(known) => {
                let failure = Failure::from(Error::MethodNotAllowed);
                let mut answer = HttpResponse::from_error(failure);
                let mut known: Vec<_> = known.iter().map(Method::as_str).collect();
                known.sort_unstable();
                if let Ok(allow) = header::HeaderValue::from_str(&known.join(", ")) {
                    answer.headers_mut().insert(header::ALLOW, allow);
                }
                answer
            }
            Self::SignIn => {
                let here = here(req);
                let next = serde_urlencoded::to_string([("next", here.as_str())]);
                match next {
                    Ok(next) if here != "/" => look::see_other(&format!("/sign-in?{next}")),
                    _ => look::see_other("/sign-in"),
                }
            }
        }
    }
}

/// Puts the caller among the request's extensions, then checks the need. Returns the visit cookie
/// that a page should set.
async fn admit(req: &HttpRequest) -> Result<Option<actix_web::cookie::Cookie<'static>>, Refusal> {
    let (Some(mount), Some(authority)) = (
        req.app_data::<web::Data<Mount>>(),
        req.app_data::<web::Data<Authority>>(),
    ) else {
        return Err(db::Error::Fault(anyhow::anyhow!("the gate was not set up")).into());
    };
    let found = req
        .match_pattern()
        .and_then(|pattern| mount.find(&pattern, req.method()));
    let surface = match &found {
        Some(Ok(declared)) => declared.surface,
        Some(Err(_)) | None => Surface::of_path(req.path()),
    };
    let mut visit = None;
    // What needs nobody shows no navigation.
    let needs_nobody = matches!(&found, Some(Ok(declared)) if declared.needs == Needs::Nothing);
    let caller = match surface {
        Surface::Web => by_session(authority, req, (&mut visit, !needs_nobody)).await?,
        Surface::Api => by_token(authority, req).await?,
        Surface::Terminal => nobody(req, Look::default()),
    };
    let checked = match found {
        Some(Ok(declared)) => check(authority, req, declared, &caller),
        Some(Err(known)) => Err(Refusal::Methods(known)),
        None => Err(Error::NoSuchRoute.into()),
    };
    req.extensions_mut().insert(caller);
    checked.map(|()| visit)
}

fn check(
    authority: &Authority,
    req: &HttpRequest,
    declared: Declared,
    caller: &Caller,
) -> Result<(), Refusal> {
    if declared.surface == Surface::Web {
        csrf::check_origin(authority, req)?;
    }
    let needs_caller = matches!(declared.needs, Needs::SignedIn | Needs::Permission(_));
    if needs_caller && caller.actor.is_none() {
        let reads = matches!(*req.method(), Method::GET | Method::HEAD);
        return match declared.surface {
            Surface::Web if reads => Err(Refusal::SignIn),
            _ => Err(Error::Unauthenticated.into()),
        };
    }
    match declared.needs {
        Needs::Permission(permission) if !caller.may(permission) => Err(Error::Forbidden.into()),
        _ => Ok(()),
    }
}

fn here(req: &HttpRequest) -> String {
    req.uri()
        .path_and_query()
        .map_or_else(|| "/".to_owned(), ToString::to_string)
}

fn nobody(req: &HttpRequest, look: Look) -> Caller {
    Caller {
        actor: None,
        permissions: Permissions::default(),
        csrf: String::new(),
        look,
        from: http::client_ip(req),
        here: here(req),
        waiting: 0,
        session: None,
    }
}

/// The operator whose session the cookie names. Without one, a visitor: his forms are tied to the
/// visit cookie, made here when he has none.
async fn by_session(
    authority: &Authority,
    req: &HttpRequest,
    (visit, counts): (&mut Option<actix_web::cookie::Cookie<'static>>, bool),
) -> Result<Caller, db::Error> {
    let jar = Jar::new(authority, req);
    let look = look::find(&jar, req, &Preferred::default());
    let mut caller = nobody(req, look);
    if let Some(token) = jar.get(Name::Session)
        && let Some(found) = session(authority, &token, (caller.from, counts)).await?
    {
        let Found {
            live,
            actor,
            permissions,
            waiting,
        } = found;
        let preferred = Preferred {
            lang: live.lang.as_deref(),
            theme: live.theme.as_deref(),
            zone: live.zone.as_deref(),
        };
        caller.look = look::find(&jar, req, &preferred);
        caller.actor = Some(actor);
        caller.permissions = permissions;
        caller.waiting = waiting;
        caller.session = Some(live.id);
        let secret = live.csrf.try_into().unwrap_or_else(|_| sealing::random());
        caller.csrf = csrf::mask(&secret);
        return Ok(caller);
    }
    let value = jar.get(Name::Visit).unwrap_or_else(|| {
        let value = sealing::new_token();
        *visit = Some(jar.set(Name::Visit, value.clone()));
        value
    });
    caller.csrf = csrf::mask(&cookies::visit_secret(authority, &value));
    Ok(caller)
}

/// Whose session it is.
struct Found {
    live: sessions::Live,
    actor: Actor,
    permissions: Permissions,
    waiting: i64,
}

async fn session(
    authority: &Authority,
    token: &str,
    (from, counts): (Option<IpAddr>, bool),
) -> Result<Option<Found>, db::Error> {
    let (hash, now) = (sealing::hash_token(token), authority.now());
    let (waiting, lasting) = (authority.waiting, authority.lasting());
    let found = authority
        .db
        .read(move |conn| {
            let Some(live) = sessions::find_live(conn, &hash, lasting, now)? else {
                return Ok::<_, db::Error>(None);
            };
            let permissions = roles::permissions_of(conn, live.operator)?;
            let scope = if live.all_establishments {
                Scope::All
            } else {
                Scope::Only(operators::establishments_of(conn, live.operator)?)
            };
            let actor = Actor {
                who: Who::Operator(live.operator, live.login.clone()),
                scope,
                from,
            };
            let waiting = if counts {
                waiting(conn, &actor, &permissions, now)?
            } else {
                0
            };
            Ok(Some(Found {
                live,
                actor,
                permissions,
                waiting,
            }))
        })
        .await?;
    if let Some(Found { live, .. }) = &found
        && live.last_seen_at + sessions::TOUCH_EVERY <= now
    {
        let (db, id) = (authority.db.clone(), live.id);
        // Nobody waits for it: were it lost, the next request would do it.
        tokio::spawn(async move {
            let noted = db.write(move |tx| sessions::touch(tx, id, lasting, now));
            if let Err(e) = noted.await {
                tracing::warn!(error = %e, "a session's last use could not be noted");
            }
        });
    }
    Ok(found)
}

/// The API client whose token stands in the `Authorization` header.
async fn by_token(authority: &Authority, req: &HttpRequest) -> Result<Caller, Error> {
    let jar = Jar::new(authority, req);
    let look = look::find(&jar, req, &Preferred::default());
    let mut caller = nobody(req, look);
    let Some(token) = bearer(req) else {
        return Ok(caller);
    };
    let (hash, now) = (sealing::hash_token(token), authority.now());
    if let Some(seconds) = authority.pace.too_often(&hash, now) {
        return Err(Error::TooOften(seconds));
    }
    let found = authority
        .db
        .read(move |conn| clients::find_live(conn, &hash, now))
        .await?;
    if found.is_none() {
        authority.pace.forget(&hash);
    }
    if let Some(live) = found {
        clients::check_certificate(&live, &authority.secret, req, now)?;
        let whose = (&hash, live.client);
        authority.pace.learn(whose, live.per_minute, now);
        if live.is_use_due(now) {
            let (db, id) = (authority.db.clone(), live.token);
            tokio::spawn(async move {
                if let Err(e) = db.write(move |tx| clients::note_use(tx, id, now)).await {
                    tracing::warn!(error = %e, "a token's last use could not be noted");
                }
            });
        }
        caller.actor = Some(Actor {
            who: Who::Client(live.client, live.name),
            scope: live.scope,
            from: caller.from,
        });
        caller.permissions = live.permissions;
    }
    Ok(caller)
}

fn bearer(req: &HttpRequest) -> Option<&str> {
    let value = req.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
