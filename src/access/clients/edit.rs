//! An API client's name and limits, changed by those who govern it.
use super::limit_store::scope_of;
use super::ops::{self, Edit};
use super::page;
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::csrf::Form;
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

/// The form, as it stands or as it was `sent`.
async fn data(
    authority: &Authority,
    caller: &Caller,
    id: ClientId,
    sent: Option<(String, Said)>,
) -> Result<Value, Failure> {
    let (actor, establishments) = (caller.actor()?, authority.establishments);
    let data = authority.db.read(move |conn| {
        let client = ops::known(conn, &actor.scope, id)?;
        let scope = scope_of(conn, id, client.sees_all)?;
        let (name, said) = if let Some(sent) = sent {
            sent
        } else {
            let reach = Reach::of(conn, &establishments, &scope)?;
            (client.name.clone(), Said::standing(&reach))
        };
        let choice = said.data(conn, &establishments, &actor.scope)?;
        Ok::<_, Error>(json!({
            "crumbs": [
                { "key": "nav-clients", "href": page::HERE },
                { "text": client.name, "href": page::place(id) },
                { "key": "access-edit" },
            ],
            "it": {
                "id": id,
                "name": client.name,
                "limits": limits::shown(conn, &establishments, &scope)?,
            },
            "version": client.version,
            "form": { "name": name },
            "limits": choice,
        }))
    });
    Ok(data.await?)
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
    let field = |name: &str| form.iter().find(|(field, _)| field == name);
    let name = field("name").map(|(_, value)| value.clone());
    let seen = field("version").and_then(|(_, value)| value.trim().parse::<i64>().ok());
    let said = Said::of(&form);
    let sent = (name.clone().unwrap_or_default(), said.clone());
    if said.is_search() {
        let data = data(&authority, &caller, id, Some(sent)).await?;
        return authority.page(&caller, TEMPLATE, data);
    }
    let (by, now, establishments) = (caller.grantor()?, authority.now(), authority.establishments);
    let done = authority.db.write(move |tx| {
        let edit = Edit {
            name,
            limits: said.limits()?,
            // A form without its version was not made here: whatever it saw is stale.
            seen: Some(seen.unwrap_or_default()),
        };
        ops::amend(tx, &by, &establishments, id, &edit, now)
    });
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
