//! What an API client is called, may do and sees, and how often it may ask, changed by those who govern it.
use super::limit_store::scope_of;
use super::model::Pacing;
use super::ops::{self, Edit};
use super::page;
use super::store::Client;
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::choice;
use crate::access::csrf::{Form, values, version};
use crate::access::error::Error;
use crate::access::limits::{self, Reach};
use crate::access::limits_form::Said;
use crate::access::look::see_other;
use crate::access::model::{Needs, Permission};
use crate::access::mount::Mount;
use crate::http::Failure;
use crate::ids::ClientId;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

const TEMPLATE: &str = "access/client_edit";

pub(super) fn routes(mount: &mut Mount) {
    let manage = Needs::Permission(Permission::AccessManage);
    let path = "/admin/clients/{id}/edit";
    mount.web(Method::GET, path, manage, show);
    mount.web(Method::POST, path, manage, save);
}

/// What the form holds.
#[derive(Debug, Clone)]
struct Sent {
    name: String,
    scopes: Vec<String>,
    per_minute: String,
    said: Said,
}

impl Sent {
    fn of(form: &[(String, String)]) -> Self {
        let all = |name: &'static str| values(form, name).map(str::to_owned);
        Self {
            name: all("name").next().unwrap_or_default(),
            scopes: all("scopes").collect(),
            per_minute: all("per_minute").next().unwrap_or_default(),
            said: Said::of(form),
        }
    }

    fn standing(client: &Client, reach: &Reach) -> Self {
        let scopes = client.scopes.0.iter();
        Self {
            name: client.name.clone(),
            scopes: scopes.map(|p| p.code().to_owned()).collect(),
            per_minute: client.per_minute.map(|n| n.to_string()).unwrap_or_default(),
            said: Said::standing(reach),
        }
    }

    fn edit(&self, seen: i64) -> Result<Edit, Error> {
        let scopes: Vec<&str> = self.scopes.iter().map(String::as_str).collect();
        Ok(Edit {
            name: Some(self.name.clone()),
            scopes: Some(ops::scopes(&scopes)?),
            limits: self.said.limits()?,
            pacing: Pacing::parse(&self.per_minute)?,
            seen: Some(seen),
        })
    }
}

/// The form, as it stands or as it was `sent`.
async fn data(
    authority: &Authority,
    caller: &Caller,
    id: ClientId,
    sent: Option<Sent>,
) -> Result<Value, Failure> {
    let (actor, establishments) = (caller.actor()?, authority.establishments);
    let read = authority.db.read(move |conn| {
        let client = ops::known(conn, &actor.scope, id)?;
        let scope = scope_of(conn, id, client.sees_all)?;
        let sent = if let Some(sent) = sent {
            sent
        } else {
            Sent::standing(&client, &Reach::of(conn, &establishments, &scope)?)
        };
        let reach = sent.said.data(conn, &establishments, &actor.scope)?;
        let limits = limits::shown(conn, &establishments, &scope)?;
        Ok::<_, Error>((client, limits, sent, reach))
    });
    let (client, limits, sent, reach) = read.await?;
    let ticked = page::ticked(sent.scopes.iter().map(String::as_str));
    Ok(json!({
        "crumbs": [
            { "key": "nav-clients", "href": page::HERE },
            { "text": client.name, "href": page::place(id) },
            { "key": "access-edit" },
        ],
        "it": {
            "id": id,
            "name": client.name,
            "scopes": choice::named(&client.scopes),
            "per_minute": client.per_minute,
            "usual": authority.pace.usual(),
            "limits": limits,
        },
        "version": client.version,
        "form": { "name": sent.name, "per_minute": sent.per_minute },
        "offered": choice::offered(&caller.permissions, &ticked),
        "limits": reach,
    }))
}

async fn show(
    authority: web::Data<Authority>,
    caller: Caller,
    id: web::Path<ClientId>,
) -> Result<HttpResponse, Failure> {
    let data = data(&authority, &caller, *id, None).await?;
    authority.page(&caller, TEMPLATE, data)
}

async fn save(
    authority: web::Data<Authority>,
    caller: Caller,
    id: web::Path<ClientId>,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Failure> {
    let id = *id;
    let seen = version(&form);
    let sent = Sent::of(&form);
    if sent.said.is_search() {
        let data = data(&authority, &caller, id, Some(sent)).await?;
        return authority.page(&caller, TEMPLATE, data);
    }
    let (by, now, establishments) = (caller.grantor()?, authority.now(), authority.establishments);
    let wish = sent.clone();
    let done = authority
        .db
        .write(move |tx| ops::amend(tx, &by, &establishments, id, &wish.edit(seen)?, now));
    match done.await {
        Ok(()) => {
            let place = page::place(id);
            Ok(see_other(&format!("{place}?said=client-changed")))
        }
        Err(refused) => {
            let mut data = data(&authority, &caller, id, Some(sent)).await?;
            data["theirs"] = matches!(refused, Error::Stale).into();
            authority.refused(&caller, TEMPLATE, data, refused)
        }
    }
}
