//! Tokens of an API client: made, shown once, taken back.
use super::model::{LASTS, Lasts};
use super::ops::{self, Made};
use super::page::{HERE, place};
use super::token_store::Known;
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::csrf::{Empty, Form};
use crate::access::look::see_other;
use crate::access::model::{Needs, Permission};
use crate::access::mount::Mount;
use crate::clock::Millis;
use crate::http::Failure;
use crate::ids::{ClientId, OperatorId};
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;

pub(super) fn routes(mount: &mut Mount) {
    let manage = Needs::Permission(Permission::AccessManage);
    mount.web(Method::POST, "/admin/clients/{id}/token", manage, add);
    mount.web(
        Method::POST,
        "/admin/clients/{id}/tokens/{token}/revoke",
        manage,
        revoke,
    );
}

/// How long a token may be said to last, as a list to choose from.
pub(super) fn choices() -> Vec<Value> {
    let one = |(said, key): (&str, &str)| json!({ "value": said, "key": key });
    LASTS.into_iter().map(one).collect()
}

/// A token as the page of its client shows it.
pub(super) fn shown(token: &Known, makers: &HashMap<OperatorId, String>, now: Millis) -> Value {
    let state = token.state(now);
    json!({
        "id": token.id,
        "number": token.id.to_string(),
        "state": state,
        // An expired token opens nothing; there is nothing to take back.
        "may_revoke": state == "active",
        "made_by": token.made_by.and_then(|id| makers.get(&id)),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
    })
}

/// The token stands on this one answer and nowhere else.
pub(super) fn once(
    authority: &Authority,
    caller: &Caller,
    made: &Made,
) -> Result<HttpResponse, Failure> {
    let mut caller = caller.clone();
    let back = place(made.client.id);
    back.clone_into(&mut caller.here);
    let data = json!({
        "crumbs": [
            { "key": "nav-clients", "href": HERE },
            { "text": made.client.name, "href": back },
            { "key": "access-token-title" },
        ],
        "back": back,
        "client": made.client.name, "token": made.token, "until": made.until,
    });
    authority.page(&caller, "access/token", data)
}

#[derive(Deserialize)]
struct New {
    #[serde(default)]
    lasts: String,
}

async fn add(
    authority: web::Data<Authority>,
    caller: Caller,
    id: web::Path<ClientId>,
    Form(new): Form<New>,
) -> Result<HttpResponse, Failure> {
    let (by, now) = (caller.grantor()?, authority.now());
    let made = authority
        .db
        .write(move |tx| ops::add_token(tx, &by, *id, Lasts::parse(&new.lasts)?, now))
        .await?;
    once(&authority, &caller, &made)
}

async fn revoke(
    authority: web::Data<Authority>,
    caller: Caller,
    ids: web::Path<(ClientId, i64)>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let (by, now) = (caller.grantor()?, authority.now());
    let (client, token) = ids.into_inner();
    authority
        .db
        .write(move |tx| ops::revoke_token(tx, &by, client, token, now))
        .await?;
    Ok(see_other(&format!("{}?said=token-revoked", place(client))))
}
