//! Signing in and out, and choosing a password by a one-time link.
use super::challenge::{self, Entry};
use super::ops::{self, Begun, Visitor};
use super::second;
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::cookies::{self, Jar, Name};
use crate::access::csrf::{Empty, Form};
use crate::access::error::Error;
use crate::access::failures::Cause;
use crate::access::look::{local, see_other};
use crate::access::model::{Needs, Permissions};
use crate::access::mount::Mount;
use crate::access::operators::{self, Proved, Setter};
use crate::access::password;
use crate::access::throttle::Account;
use crate::http::Failure;
use crate::sealing;
use actix_web::cookie::Cookie;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

pub(super) fn routes(mount: &mut Mount) {
    mount.web(Method::GET, "/sign-in", Needs::Nothing, sign_in_page);
    mount.web(Method::POST, "/sign-in", Needs::Nothing, sign_in);
    mount.web(Method::POST, "/sign-out", Needs::SignedIn, sign_out);
    mount.web(Method::GET, "/welcome", Needs::Nothing, welcome_page);
    mount.web(Method::POST, "/welcome", Needs::Nothing, welcome);
}

#[derive(Deserialize)]
struct Next {
    next: Option<String>,
}

async fn sign_in_page(
    authority: web::Data<Authority>,
    caller: Caller,
    query: web::Query<Next>,
) -> Result<HttpResponse, Failure> {
    let next = local(query.next.as_deref().unwrap_or("/"));
    if caller.actor.is_some() {
        return Ok(see_other(next));
    }
    authority.page(&caller, "access/sign-in", authority.sign_in_form("", next))
}

#[derive(Deserialize)]
struct SignIn {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

async fn sign_in(
    authority: web::Data<Authority>,
    req: HttpRequest,
    caller: Caller,
    Form(form): Form<SignIn>,
) -> Result<HttpResponse, Failure> {
    let next = local(&form.next).to_owned();
    let typed = form.login.clone();
    match try_sign_in(&authority, &req, &caller, form).await {
        Ok(entry) => Ok(enter(&authority, &req, &entry, &next)),
        Err(refused) => {
            note(&authority, &caller, &typed, &refused);
            let data = authority.sign_in_form(&typed, &next);
            authority.refused(&caller, "access/sign-in", data, refused)
        }
    }
}

/// Those who read the audit see it; whose login it is, is looked up later and beside the request, so
/// that the answer takes as long for all.
fn note(authority: &Authority, caller: &Caller, typed: &str, refused: &Error) {
    let cause = match refused {
        Error::WrongCredentials => Cause::Password,
        Error::TooManyTries(_) => Cause::Throttled,
        _ => return,
    };
    let login = operators::login(typed).ok();
    authority
        .failures
        .note(cause, login, caller.from, authority.now());
}

async fn try_sign_in(
    authority: &Authority,
    req: &HttpRequest,
    caller: &Caller,
    form: SignIn,
) -> Result<Entry, Error> {
    authority.throttle.address(caller.from)?;
    let login = operators::login(&form.login).map_err(|_| Error::WrongCredentials)?;
    let known = Jar::new(authority, req)
        .get(Name::Known)
        .and_then(|cookie| cookies::is_known(authority, &login, &cookie));
    authority.throttle.account(match &known {
        Some(browser) => Account::Known(browser),
        None => Account::Strangers(&login),
    })?;
    // What could never have been set is not worth hashing.
    if form.password.chars().count() > password::LONGEST {
        return Err(Error::WrongCredentials);
    }
    let found = authority
        .db
        .read(move |conn| operators::password_hash_of(conn, &login))
        .await?;
    let (id, hash) = found.unzip();
    let right = password::is_right(form.password, hash.clone()).await?;
    let (Some(operator), Some(hash), true) = (id, hash, right) else {
        tracing::warn!(operator.id = id.map(|id| id.0), from = ?caller.from, "sign-in refused");
        return Err(Error::WrongCredentials);
    };
    let proved = Proved { operator, hash };
    let (visitor, now) = (visitor(authority, req, caller), authority.now());
    let next = local(&form.next).to_owned();
    authority
        .db
        .write(move |tx| challenge::come_in(tx, &proved, &visitor, &next, now))
        .await
}

pub(in crate::access) fn visitor(
    authority: &Authority,
    req: &HttpRequest,
    caller: &Caller,
) -> Visitor {
    let jar = Jar::new(authority, req);
    let hash_of = |name| jar.get(name).map(|token| sealing::hash_token(&token));
    let user_agent = req.headers().get(header::USER_AGENT);
    Visitor {
        from: caller.from,
        user_agent: user_agent
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned(),
        replaces: hash_of(Name::Session),
        challenge: hash_of(Name::Challenge),
        lasting: authority.lasting(),
    }
}

/// Leads on to where the visitor wanted to go, or to the step before it.
pub(in crate::access) fn enter(
    authority: &Authority,
    req: &HttpRequest,
    entry: &Entry,
    next: &str,
) -> HttpResponse {
    match entry {
        Entry::In(begun) => {
            let mut answer = see_other(next);
            let_in(authority, req, begun, &mut answer);
            answer
        }
        Entry::Asked(token, purpose) => {
            let mut answer = see_other(second::place(*purpose));
            let cookie = Jar::new(authority, req).set(Name::Challenge, token.clone());
            set(&mut answer, &cookie);
            answer
        }
    }
}

/// Hands the new session to the browser; the visit is over.
pub(super) fn let_in(
    authority: &Authority,
    req: &HttpRequest,
    begun: &Begun,
    answer: &mut HttpResponse,
) {
    let jar = Jar::new(authority, req);
    let known = cookies::known_browser(authority, &begun.operator.login);
    for cookie in [
        jar.set(Name::Session, begun.token.clone()),
        jar.set(Name::Known, known),
        jar.forget(Name::Visit),
        jar.forget(Name::Challenge),
    ] {
        set(answer, &cookie);
    }
}

pub(in crate::access) fn set(answer: &mut HttpResponse, cookie: &Cookie) {
    if let Err(e) = answer.add_cookie(cookie) {
        tracing::error!(error = %e, "a cookie could not be set");
    }
}

async fn sign_out(
    authority: web::Data<Authority>,
    req: HttpRequest,
    caller: Caller,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let jar = Jar::new(&authority, &req);
    let (actor, now) = (caller.actor()?, authority.now());
    if let Some(token) = jar.get(Name::Session) {
        let hash = sealing::hash_token(&token);
        authority
            .db
            .write(move |tx| ops::end(tx, &actor, &hash, now))
            .await?;
    }
    let mut answer = see_other("/sign-in?said=signed-out");
    set(&mut answer, &jar.forget(Name::Session));
    // What the browser kept of pages is of no use to the next person.
    let (name, value) = ("clear-site-data", "\"cache\"");
    answer.headers_mut().insert(
        header::HeaderName::from_static(name),
        header::HeaderValue::from_static(value),
    );
    Ok(answer)
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: String,
}

/// The one-time link. Its token stands in the query because it has to work on paper and without
/// JavaScript; the request log strips queries, the page is not stored and tells no other site its
/// address, and the token is spent by the form, not by looking.
async fn welcome_page(
    authority: web::Data<Authority>,
    caller: Caller,
    query: web::Query<Token>,
) -> Result<HttpResponse, Failure> {
    let token = query.into_inner().token;
    let (hash, now) = (sealing::hash_token(&token), authority.now());
    authority
        .throttle
        .address(caller.from)
        .map_err(Error::from)?;
    let operator = authority
        .db
        .read(move |conn| operators::find_by_link(conn, &hash, now))
        .await?
        .ok_or(Error::LinkDead)?;
    let data = json!({ "form": { "token": token }, "operator": operator.login });
    authority.page(&bare(caller), "access/welcome", data)
}

/// The page is the link's, whoever happens to be signed in; and its address, which holds the token,
/// is not repeated in the page's other forms.
pub(in crate::access) fn bare(mut caller: Caller) -> Caller {
    caller.actor = None;
    caller.permissions = Permissions::default();
    "/".clone_into(&mut caller.here);
    caller
}

#[derive(Deserialize)]
struct Chosen {
    token: String,
    password: String,
    password_again: String,
}

async fn welcome(
    authority: web::Data<Authority>,
    req: HttpRequest,
    caller: Caller,
    Form(form): Form<Chosen>,
) -> Result<HttpResponse, Failure> {
    authority
        .throttle
        .address(caller.from)
        .map_err(Error::from)?;
    let (link, now) = (sealing::hash_token(&form.token), authority.now());
    let operator = authority
        .db
        .read(move |conn| operators::find_by_link(conn, &link, now))
        .await?
        .ok_or(Error::LinkDead)?;
    let about = vec![operator.login.clone(), operator.name.clone()];
    let chosen = password::check(form.password.clone(), about).await;
    let chosen = chosen.and_then(|()| {
        let same = form.password == form.password_again;
        same.then_some(()).ok_or(Error::PasswordsDiffer)
    });
    if let Err(refused) = chosen {
        let data = json!({ "form": { "token": form.token }, "operator": operator.login });
        return authority.refused(&bare(caller), "access/welcome", data, refused);
    }
    let hash = password::hash(form.password).await?;
    let visitor = visitor(&authority, &req, &caller);
    let next = "/?said=password-set";
    let entry = authority
        .db
        .write(move |tx| {
            let by = Setter::Himself(visitor.from);
            let operator = operators::set_password(tx, &link, &hash, by, now)?;
            let operator = operator.id;
            challenge::come_in(tx, &Proved { operator, hash }, &visitor, next, now)
        })
        .await?;
    Ok(enter(&authority, &req, &entry, next))
}
