//! An operator's own second factor: setting it up, new recovery codes, turning it off.
use super::ops::{self, Owner};
use super::proof::{CODES, Offer};
use super::store;
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::csrf::Form;
use crate::access::error::Error;
use crate::access::look::see_other;
use crate::access::model::Needs;
use crate::access::mount::Mount;
use crate::access::{operators, roles};
use crate::http::Failure;
use crate::ids::OperatorId;
use crate::views;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

const HERE: &str = "/account/second-factor";
const OFF: &str = "access/factor-off";

pub(in crate::access) fn routes(mount: &mut Mount) {
    let needs = Needs::SignedIn;
    mount.web(Method::GET, HERE, needs, show);
    mount.web(Method::GET, "/account/second-factor/new", needs, new);
    mount.web(Method::POST, "/account/second-factor/new", needs, set_up);
    mount.web(Method::POST, "/account/second-factor/codes", needs, renew);
    mount.web(Method::GET, "/account/second-factor/off", needs, ask_off);
    mount.web(Method::POST, "/account/second-factor/off", needs, turn_off);
}

async fn show(authority: web::Data<Authority>, caller: Caller) -> Result<HttpResponse, Failure> {
    let data = data(&authority, &caller).await?;
    authority.page(&caller, "access/factor", data)
}

async fn data(authority: &Authority, caller: &Caller) -> Result<Value, Failure> {
    let (id, _) = caller.operator()?;
    let (since, left, demanded) = authority
        .db
        .read(move |conn| {
            let (since, left) = (store::since(conn, id)?, store::codes_left(conn, id)?);
            Ok::<_, Error>((since, left, roles::demand_second_factor(conn, id)?))
        })
        .await?;
    Ok(json!({
        "crumbs": [
            { "key": "account", "href": "/account" },
            { "key": "access-factor" },
        ],
        "it": {
            "login": caller.name(),
            "since": since,
            "codes_left": left,
            "codes": CODES,
            "demanded": demanded,
        },
    }))
}

async fn new(authority: web::Data<Authority>, caller: Caller) -> Result<HttpResponse, Failure> {
    let offer = Offer::new(authority.now());
    let data = offered(&authority, &caller, &offer)?;
    authority.page(&caller, "access/factor-new", data)
}

fn offered(authority: &Authority, caller: &Caller, offer: &Offer) -> Result<Value, Failure> {
    let (id, actor) = caller.operator()?;
    let login = actor.who.name();
    Ok(json!({
        "crumbs": [
            { "key": "account", "href": "/account" },
            { "key": "access-factor", "href": HERE },
            { "key": "access-factor-new" },
        ],
        "login": login,
        "offer": shown(authority, (id, login), offer),
    }))
}

/// What an operator's authenticator program needs of an offer, in every form that one takes it in.
pub(in crate::access) fn shown(
    authority: &Authority,
    (id, login): (OperatorId, &str),
    offer: &Offer,
) -> Value {
    let uri = offer.uri(&issuer(&authority.base_url), login);
    json!({
        "sealed": offer.sealed(&authority.secret, id),
        "key": offer.by_hand(),
        "qr": uri.as_deref().and_then(views::qr),
        "uri": uri,
    })
}

/// How authenticator programs call this server: people may have accounts on several.
fn issuer(base_url: &str) -> String {
    let rest = base_url
        .split_once("://")
        .map_or(base_url, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    format!("posfleet {name}")
}

#[derive(Deserialize)]
struct Taken {
    offer: String,
    code: String,
    password_now: String,
}

async fn set_up(
    authority: web::Data<Authority>,
    caller: Caller,
    Form(form): Form<Taken>,
) -> Result<HttpResponse, Failure> {
    let (id, _) = caller.operator()?;
    let now = authority.now();
    let offer = Offer::open(&authority.secret, id, &form.offer, now);
    match try_set_up(&authority, &caller, &form, offer.as_ref()).await {
        Ok(codes) => codes_once(&authority, &caller, &codes, HERE),
        Err(refused) => {
            let offer = offer.unwrap_or_else(|| Offer::new(now));
            let data = offered(&authority, &caller, &offer)?;
            authority.refused(&caller, "access/factor-new", data, refused)
        }
    }
}

async fn try_set_up(
    authority: &Authority,
    caller: &Caller,
    form: &Taken,
    offer: Option<&Offer>,
) -> Result<Vec<String>, Failure> {
    let by = owner(authority, caller, &form.password_now).await?;
    let (secret, now) = (authority.secret.clone(), authority.now());
    let offer = offer.ok_or(Error::OfferDead)?.clone();
    let step = offer.step(&form.code, now).ok_or(Error::CodeWrong)?;
    let codes = authority
        .db
        .write(move |tx| ops::set_up(tx, &secret, &by, (&offer, step), now))
        .await?;
    Ok(codes)
}

/// The caller, once he has proved that he is the owner of the account.
async fn owner(authority: &Authority, caller: &Caller, typed: &str) -> Result<Owner, Failure> {
    let proved = operators::knows_password(authority, caller, typed).await?;
    let (id, actor) = caller.operator()?;
    let session = caller.session.unwrap_or_default();
    Ok(Owner {
        actor,
        id,
        session,
        proved,
    })
}

/// Recovery codes stand on this one answer and nowhere else.
pub(in crate::access) fn codes_once(
    authority: &Authority,
    caller: &Caller,
    codes: &[String],
    next: &str,
) -> Result<HttpResponse, Failure> {
    let mut caller = caller.clone();
    // The page's own address answers no `GET`.
    next.clone_into(&mut caller.here);
    let data = json!({ "codes": codes, "all": codes.join(" "), "next": next });
    authority.page(&caller, "access/recovery", data)
}

#[derive(Deserialize)]
struct Proof {
    password_now: String,
}

async fn renew(
    authority: web::Data<Authority>,
    caller: Caller,
    Form(form): Form<Proof>,
) -> Result<HttpResponse, Failure> {
    match try_renew(&authority, &caller, &form.password_now).await {
        Ok(codes) => codes_once(&authority, &caller, &codes, HERE),
        Err(refused) => again(&authority, &caller, refused).await,
    }
}

async fn try_renew(
    authority: &Authority,
    caller: &Caller,
    typed: &str,
) -> Result<Vec<String>, Failure> {
    let by = owner(authority, caller, typed).await?;
    let (secret, now) = (authority.secret.clone(), authority.now());
    let codes = authority
        .db
        .write(move |tx| ops::renew_codes(tx, &secret, &by, now))
        .await?;
    Ok(codes)
}

/// The password is asked for on a page of its own, so that no other button of the account shares it.
async fn ask_off(authority: web::Data<Authority>, caller: Caller) -> Result<HttpResponse, Failure> {
    authority.page(&caller, OFF, off_data(&caller))
}

fn off_data(caller: &Caller) -> Value {
    json!({
        "crumbs": [
            { "key": "account", "href": "/account" },
            { "key": "access-factor", "href": HERE },
            { "key": "access-factor-turn-off" },
        ],
        "login": caller.name(),
    })
}

async fn turn_off(
    authority: web::Data<Authority>,
    caller: Caller,
    Form(form): Form<Proof>,
) -> Result<HttpResponse, Failure> {
    match try_turn_off(&authority, &caller, &form.password_now).await {
        Ok(()) => Ok(see_other("/account/second-factor?said=second-factor-off")),
        Err(refused) => {
            let data = off_data(&caller);
            authority.refused(&caller, OFF, data, refused)
        }
    }
}

async fn try_turn_off(authority: &Authority, caller: &Caller, typed: &str) -> Result<(), Failure> {
    let (by, now) = (owner(authority, caller, typed).await?, authority.now());
    authority
        .db
        .write(move |tx| ops::turn_off(tx, &by, now))
        .await?;
    Ok(())
}

async fn again(
    authority: &Authority,
    caller: &Caller,
    refused: Failure,
) -> Result<HttpResponse, Failure> {
    let data = data(authority, caller).await?;
    authority.refused(caller, "access/factor", data, refused)
}

#[cfg(test)]
mod tests {
    use super::issuer;

    #[test]
    fn programs_are_told_the_host() {
        assert_eq!(issuer("https://fleet.example"), "posfleet fleet.example");
        assert_eq!(
            issuer("https://fleet.example:8443"),
            "posfleet fleet.example"
        );
        assert_eq!(issuer("http://[::1]:80/at"), "posfleet [::1]");
    }
}
