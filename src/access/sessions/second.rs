//! The step after the password: a code of the second factor, or setting up the one that a role
//! demands.
use super::challenge::{self, Passed, Purpose};
use super::challenge_store as store;
use super::page::{bare, let_in, visitor};
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::cookies::{Jar, Name};
use crate::access::csrf::{self, Form};
use crate::access::error::Error;
use crate::access::factors::{self, Offer};
use crate::access::failures::Cause;
use crate::access::look::{local, see_other};
use crate::access::model::Needs;
use crate::access::mount::Mount;
use crate::http::Failure;
use crate::ids::OperatorId;
use crate::sealing::{self, TokenHash};
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

const CHECK: &str = "/sign-in/second";
const ENROL: &str = "/sign-in/enrol";

pub(super) fn routes(mount: &mut Mount) {
    mount.web(Method::GET, CHECK, Needs::Nothing, check_page);
    mount.web(Method::POST, CHECK, Needs::Nothing, check);
    mount.web(Method::GET, ENROL, Needs::Nothing, enrol_page);
    mount.web(Method::POST, ENROL, Needs::Nothing, enrol);
}

/// Where a challenge is answered.
pub(super) fn place(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Check => CHECK,
        Purpose::Enrol => ENROL,
    }
}

/// Whose challenge the browser holds, while it works.
async fn whose(
    authority: &Authority,
    req: &HttpRequest,
    purpose: Purpose,
) -> Result<Option<(OperatorId, String)>, Failure> {
    let (Some(hash), now) = (token(authority, req), authority.now()) else {
        return Ok(None);
    };
    let found = authority
        .db
        .read(move |conn| store::find_live(conn, &hash, purpose, now))
        .await?;
    Ok(found)
}

fn token(authority: &Authority, req: &HttpRequest) -> Option<TokenHash> {
    let token = Jar::new(authority, req).get(Name::Challenge)?;
    Some(sealing::hash_token(&token))
}

async fn check_page(
    authority: web::Data<Authority>,
    req: HttpRequest,
    caller: Caller,
) -> Result<HttpResponse, Failure> {
    match whose(&authority, &req, Purpose::Check).await? {
        Some((_, login)) => {
            authority.page(&bare(caller), "access/second", json!({ "login": login }))
        }
        None => Ok(see_other("/")),
    }
}

async fn enrol_page(
    authority: web::Data<Authority>,
    req: HttpRequest,
    caller: Caller,
) -> Result<HttpResponse, Failure> {
    match whose(&authority, &req, Purpose::Enrol).await? {
        Some((id, login)) => {
            let offer = Offer::new(authority.now());
            let data = offered(&authority, (id, &login), &offer);
            authority.page(&bare(caller), "access/enrol", data)
        }
        None => Ok(see_other("/")),
    }
}

fn offered(authority: &Authority, (id, login): (OperatorId, &str), offer: &Offer) -> Value {
    let offer = factors::shown(authority, (id, login), offer);
    json!({ "login": login, "offer": offer })
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

async fn check(
    authority: web::Data<Authority>,
    req: HttpRequest,
    caller: Caller,
    Form(form): Form<Code>,
) -> Result<HttpResponse, Failure> {
    let found = whose(&authority, &req, Purpose::Check).await?;
    let (Some((_, login)), Some(hash)) = (found, token(&authority, &req)) else {
        return over(&authority, &caller);
    };
    if let Err(wait) = authority.throttle.address(caller.from) {
        note(&authority, &caller, &login, Cause::Throttled);
        return check_again(&authority, caller, &login, wait.into());
    }
    let (secret, now) = (authority.secret.clone(), authority.now());
    let visitor = visitor(&authority, &req, &caller);
    let passed = authority
        .db
        .write(move |tx| challenge::pass(tx, &secret, &hash, &form.code, &visitor, now))
        .await;
    match &passed {
        Ok(Passed::Refused(Error::TooManyTries(_))) => {
            note(&authority, &caller, &login, Cause::Throttled);
        }
        Ok(Passed::Refused(_)) => note(&authority, &caller, &login, Cause::SecondFactor),
        Ok(Passed::In { .. }) | Err(_) => {}
    }
    match passed {
        Ok(Passed::Refused(Error::ChallengeDead)) | Err(Error::ChallengeDead) => {
            over(&authority, &caller)
        }
        Ok(Passed::Refused(refused)) | Err(refused) => {
            check_again(&authority, caller, &login, refused)
        }
        Ok(Passed::In { begun, next, .. }) => {
            let mut answer = see_other(local(&next));
            let_in(&authority, &req, &begun, &mut answer);
            Ok(answer)
        }
    }
}

fn note(authority: &Authority, caller: &Caller, login: &str, cause: Cause) {
    let (login, now) = (Some(login.to_owned()), authority.now());
    authority.failures.note(cause, login, caller.from, now);
}

fn check_again(
    authority: &Authority,
    caller: Caller,
    login: &str,
    refused: Error,
) -> Result<HttpResponse, Failure> {
    let data = json!({ "login": login });
    authority.refused(&bare(caller), "access/second", data, refused)
}

/// Back to the password.
fn over(authority: &Authority, caller: &Caller) -> Result<HttpResponse, Failure> {
    let data = authority.sign_in_form("", "/");
    let caller = bare(caller.clone());
    authority.refused(&caller, "access/sign-in", data, Error::ChallengeDead)
}

#[derive(Deserialize)]
struct Taken {
    offer: String,
    code: String,
}

async fn enrol(
    authority: web::Data<Authority>,
    req: HttpRequest,
    caller: Caller,
    Form(form): Form<Taken>,
) -> Result<HttpResponse, Failure> {
    let found = whose(&authority, &req, Purpose::Enrol).await?;
    let (Some((id, login)), Some(hash)) = (found, token(&authority, &req)) else {
        return over(&authority, &caller);
    };
    authority
        .throttle
        .address(caller.from)
        .map_err(Error::from)?;
    let (secret, now) = (authority.secret.clone(), authority.now());
    let offer = Offer::open(&secret, id, &form.offer, now);
    let visitor = visitor(&authority, &req, &caller);
    let passed = authority
        .db
        .write(move |tx| {
            let typed = (form.offer.as_str(), form.code.as_str());
            challenge::enrol(tx, &secret, &hash, typed, &visitor, now)
        })
        .await;
    match passed {
        Ok(Passed::Refused(Error::ChallengeDead)) | Err(Error::ChallengeDead) => {
            over(&authority, &caller)
        }
        Ok(Passed::Refused(refused)) | Err(refused) => {
            // The same key again: the program may have taken it.
            let offer = offer.unwrap_or_else(|| Offer::new(now));
            let data = offered(&authority, (id, &login), &offer);
            authority.refused(&bare(caller), "access/enrol", data, refused)
        }
        Ok(Passed::In { begun, next, codes }) => {
            let mut caller = bare(caller);
            // The page's forms are of the session that its answer begins.
            caller.csrf = csrf::mask(&begun.csrf);
            let mut answer = factors::codes_once(&authority, &caller, &codes, local(&next))?;
            let_in(&authority, &req, &begun, &mut answer);
            Ok(answer)
        }
    }
}
