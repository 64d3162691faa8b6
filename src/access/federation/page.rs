//! The way to the provider and back, and the account that an operator links himself.
use super::arrival::{self, Arrived};
use super::error::Error as Refused;
use super::flow::Flow;
use super::provider::Provider;
use super::store;
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::cookies::{Jar, Name};
use crate::access::csrf::{Empty, Form};
use crate::access::error::Error;
use crate::access::failures::Cause;
use crate::access::look::{local, see_other};
use crate::access::model::{Needs, Permission};
use crate::access::mount::Mount;
use crate::access::operators::{self, knows_password};
use crate::access::sessions::{self, Entry};
use crate::db::{self, Conn};
use crate::http::{Failure, Problem as _};
use crate::ids::OperatorId;
use crate::sealing;
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

/// Where the provider sends people back to; it has to be registered there.
pub(in crate::access) const BACK: &str = "/sign-in/openid/back";

/// Where an operator links his own account.
const OWN: &str = "/account/provider";

pub(in crate::access) fn routes(mount: &mut Mount) {
    mount.web(Method::GET, "/sign-in/openid", Needs::Nothing, leave);
    mount.web(Method::GET, BACK, Needs::Nothing, back);
    let own = Needs::SignedIn;
    mount.web(Method::GET, OWN, own, show);
    mount.web(Method::POST, OWN, own, begin_link);
    mount.web(Method::POST, "/account/provider/forget", own, forget);
    let manage = Needs::Permission(Permission::AccessManage);
    let theirs = "/admin/operators/{login}/provider/forget";
    mount.web(Method::POST, theirs, manage, forget_theirs);
}

/// What pages show of an operator's account at the provider; nothing where there is none to have.
pub(in crate::access) fn shown(
    conn: &mut Conn,
    provider: Option<&Provider>,
    whose: OperatorId,
) -> Result<Value, db::Error> {
    let link = store::link_of(conn, whose)?;
    // One at a provider that was replaced is called by that one's address.
    let known = provider.filter(|it| {
        link.as_ref()
            .is_none_or(|link| link.issuer == it.config.issuer)
    });
    let name = match (known, &link) {
        (Some(provider), _) => provider.config.name.clone(),
        (None, Some(link)) => link.issuer.clone(),
        (None, None) => return Ok(Value::Null),
    };
    Ok(json!({
        "name": name,
        "called": link.as_ref().map(|link| link.called.clone()),
        "linked_at": link.as_ref().map(|link| link.created_at),
        "is_governed": link.is_some_and(|link| link.is_governed),
        "is_there": provider.is_some(),
    }))
}

fn provider(authority: &Authority) -> Result<&Provider, Error> {
    authority.provider.as_ref().ok_or(Error::NoSuchRoute)
}

#[derive(Deserialize)]
struct Next {
    next: Option<String>,
}

/// Sends the browser to the provider. A link leads here and no form: browsers let a form lead only where
/// `form-action` of the content security policy allows.
async fn leave(
    authority: web::Data<Authority>,
    req: HttpRequest,
    caller: Caller,
    query: web::Query<Next>,
) -> Result<HttpResponse, Failure> {
    let provider = provider(&authority)?;
    let next = local(query.next.as_deref().unwrap_or("/"));
    if caller.actor.is_some() {
        return Ok(see_other(next));
    }
    match provider.begin(next, None).await {
        Ok((address, flow)) => {
            let mut answer = see_other(&address);
            keep(&authority, &req, &flow, &mut answer);
            Ok(answer)
        }
        Err(refused) => sign_in_again(&authority, &req, &caller, next, refused.into()),
    }
}

fn keep(authority: &Authority, req: &HttpRequest, flow: &Flow, answer: &mut HttpResponse) {
    let sealed = flow.sealed(&authority.secret);
    let cookie = Jar::new(authority, req).set(Name::Flow, sealed);
    sessions::set(answer, &cookie);
}

/// The page of signing in, with what was wrong; the way is over.
fn sign_in_again(
    authority: &Authority,
    req: &HttpRequest,
    caller: &Caller,
    next: &str,
    refused: Error,
) -> Result<HttpResponse, Failure> {
    let data = authority.sign_in_form("", next);
    let caller = sessions::bare(caller.clone());
    tracing::info!(from = ?caller.from, why = refused.code(), "sign-in by the provider refused");
    let cause = match refused {
        Error::TooManyTries(_) => Cause::Throttled,
        _ => Cause::Provider,
    };
    let now = authority.now();
    authority.failures.note(cause, None, caller.from, now);
    let mut answer = authority.refused(&caller, "access/sign-in", data, refused)?;
    sessions::set(&mut answer, &Jar::new(authority, req).forget(Name::Flow));
    Ok(answer)
}

/// What the provider sends along (OpenID Connect Core 1.0, 3.1.2.5 and 3.1.2.6; RFC 9207).
#[derive(Deserialize)]
struct Sent {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

async fn back(
    authority: web::Data<Authority>,
    req: HttpRequest,
    caller: Caller,
    query: web::Query<Sent>,
) -> Result<HttpResponse, Failure> {
    // Forms of the answer must not repeat the code in this address.
    let caller = Caller {
        here: "/".to_owned(),
        ..caller
    };
    let provider = provider(&authority)?;
    let cookie = Jar::new(&authority, &req).get(Name::Flow);
    let flow = cookie.and_then(|it| Flow::open(&authority.secret, &it, authority.now()));
    let next = flow.as_ref().map_or("/", |it| local(&it.next)).to_owned();
    let links = flow.as_ref().and_then(|it| it.links);
    let done = match links {
        Some(id) => link(&authority, &caller, provider, (flow, id), query.0).await,
        None => come_in(&authority, &req, &caller, provider, (flow, &next), query.0).await,
    };
    match done {
        Ok(entry) => {
            let mut answer = match entry {
                Some(entry) => sessions::enter(&authority, &req, &entry, &next),
                None => see_other("/account?said=provider-linked"),
            };
            sessions::set(&mut answer, &Jar::new(&authority, &req).forget(Name::Flow));
            Ok(answer)
        }
        // Who is signed in and came for something else is not asked to sign in.
        Err(refused) if links.is_some() && caller.actor.is_some() => {
            let mut answer = own_again(&authority, &caller, refused).await?;
            sessions::set(&mut answer, &Jar::new(&authority, &req).forget(Name::Flow));
            Ok(answer)
        }
        Err(refused) => sign_in_again(&authority, &req, &caller, &next, refused),
    }
}

/// Who it is that came back on this way.
async fn identity(
    authority: &Authority,
    caller: &Caller,
    provider: &Provider,
    flow: Option<Flow>,
    sent: Sent,
) -> Result<super::claims::Identity, Error> {
    authority.throttle.address(caller.from)?;
    let flow = flow.ok_or(Refused::FlowDead)?;
    if !sealing::same(flow.state.as_bytes(), sent.state.as_bytes()) {
        return Err(Refused::FlowDead.into());
    }
    if !provider.sent(sent.iss.as_deref()) {
        return Err(Refused::Unproved.into());
    }
    let Some(code) = sent.code.filter(|_| sent.error.is_none()) else {
        return Err(Refused::Refused.into());
    };
    Ok(provider.identify(&flow, code).await?)
}

async fn come_in(
    authority: &Authority,
    req: &HttpRequest,
    caller: &Caller,
    provider: &Provider,
    (flow, next): (Option<Flow>, &str),
    sent: Sent,
) -> Result<Option<Entry>, Error> {
    let identity = identity(authority, caller, provider, flow, sent).await?;
    let (visitor, now) = (sessions::visitor(authority, req, caller), authority.now());
    let (issuer, establishments) = (provider.config.issuer.clone(), authority.establishments);
    let (at, subject) = (issuer.clone(), identity.subject.clone());
    let next = next.to_owned();
    let arrived = authority.db.write(move |tx| {
        Ok::<_, Error>(
            match arrival::arrive(tx, &establishments, &at, &identity, now)? {
                Arrived::Known(id) => Ok(sessions::come_vouched(tx, id, &visitor, &next, now)?),
                Arrived::Refused(refused) => Err(refused),
            },
        )
    });
    match arrived.await {
        Ok(arrived) => Ok(Some(arrived?)),
        // He stays what he is, for nobody else governs; but he does not come in as that.
        Err(Error::LastAdministrator) => {
            let done = authority.db.write(move |tx| {
                let whose = arrival::governed(tx, &issuer, &subject)?;
                whose.map_or(Ok(()), |id| arrival::turn_away(tx, id, now))
            });
            done.await?;
            Err(Error::LastAdministrator)
        }
        Err(refused) => Err(refused),
    }
}

async fn link(
    authority: &Authority,
    caller: &Caller,
    provider: &Provider,
    (flow, links): (Option<Flow>, OperatorId),
    sent: Sent,
) -> Result<Option<Entry>, Error> {
    let (id, actor) = caller.operator().map_err(|_| Refused::FlowDead)?;
    // Somebody else signed in meanwhile.
    if id != links {
        return Err(Refused::FlowDead.into());
    }
    let identity = identity(authority, caller, provider, flow, sent).await?;
    let (issuer, now) = (provider.config.issuer.clone(), authority.now());
    authority
        .db
        .write(move |tx| arrival::link(tx, (id, &actor), &issuer, &identity, now))
        .await?;
    Ok(None)
}

async fn show(authority: web::Data<Authority>, caller: Caller) -> Result<HttpResponse, Failure> {
    let data = own(&authority, &caller).await?;
    authority.page(&caller, "access/provider", data)
}

async fn own(authority: &web::Data<Authority>, caller: &Caller) -> Result<Value, Failure> {
    let name = provider(authority)?.config.name.clone();
    let ((id, actor), at) = (caller.operator()?, web::Data::clone(authority));
    let provider = authority
        .db
        .read(move |conn| shown(conn, at.provider.as_ref(), id))
        .await?;
    let crumbs = json!([{ "key": "account", "href": "/account" }, { "text": name }]);
    let login = actor.who.name();
    Ok(json!({ "crumbs": crumbs, "heading": name, "login": login, "provider": provider }))
}

async fn own_again(
    authority: &web::Data<Authority>,
    caller: &Caller,
    refused: impl Into<Failure>,
) -> Result<HttpResponse, Failure> {
    let data = own(authority, caller).await?;
    authority.refused(caller, "access/provider", data, refused)
}

#[derive(Deserialize)]
struct Password {
    password_now: String,
}

/// Somebody in an open browser must not leave a way in for himself, so the password is asked for. The
/// answer is a page with a link, for the reason that [`leave`] gives.
async fn begin_link(
    authority: web::Data<Authority>,
    req: HttpRequest,
    caller: Caller,
    Form(form): Form<Password>,
) -> Result<HttpResponse, Failure> {
    let provider = provider(&authority)?;
    let (id, _) = caller.operator()?;
    if let Err(refused) = knows_password(&authority, &caller, &form.password_now).await {
        return own_again(&authority, &caller, refused).await;
    }
    let (address, flow) = match provider.begin("/account", Some(id)).await {
        Ok(begun) => begun,
        Err(refused) => return own_again(&authority, &caller, refused).await,
    };
    let data = json!({ "provider": provider.config.name, "address": address });
    let mut answer = authority.page(&caller, "access/provider-go", data)?;
    keep(&authority, &req, &flow, &mut answer);
    Ok(answer)
}

async fn forget(
    authority: web::Data<Authority>,
    caller: Caller,
    Form(form): Form<Password>,
) -> Result<HttpResponse, Failure> {
    let ((id, actor), now) = (caller.operator()?, authority.now());
    if let Err(refused) = knows_password(&authority, &caller, &form.password_now).await {
        return own_again(&authority, &caller, refused).await;
    }
    let done = authority
        .db
        .write(move |tx| arrival::unlink(tx, (id, &actor), now))
        .await;
    match done {
        Ok(()) => Ok(see_other("/account?said=provider-forgotten")),
        Err(refused) => own_again(&authority, &caller, refused).await,
    }
}

async fn forget_theirs(
    authority: web::Data<Authority>,
    caller: Caller,
    login: web::Path<String>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let (by, now, login) = (caller.grantor()?, authority.now(), login.into_inner());
    let login = authority
        .db
        .write(move |tx| {
            let operator = operators::another(tx, &by, &login)?;
            arrival::unlink_of(tx, &by, (operator.id, &operator.login), now)?;
            Ok::<_, Error>(operator.login)
        })
        .await?;
    Ok(see_other(&format!(
        "/admin/operators/{login}?said=provider-forgotten-theirs"
    )))
}
