//! An operator's name and limits, changed by those who govern him.
use super::model::Edit;
use super::{ops, page, scope_of};
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
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

const TEMPLATE: &str = "access/operator_edit";

pub(super) fn routes(mount: &mut Mount) {
    let manage = Needs::Permission(Permission::AccessManage);
    let path = "/admin/operators/{login}/edit";
    mount.web(Method::GET, path, manage, show);
    mount.web(Method::POST, path, manage, save);
}

/// The form, as it stands or as it was `sent`.
async fn data(
    authority: &Authority,
    caller: &Caller,
    login: &str,
    sent: Option<(String, Said)>,
) -> Result<Value, Failure> {
    let (actor, establishments) = (caller.actor()?, authority.establishments);
    let login = login.to_owned();
    let data = authority.db.read(move |conn| {
        let operator = ops::known(conn, &actor.scope, &login)?;
        let scope = scope_of(conn, &operator)?;
        let (name, said) = if let Some(sent) = sent {
            sent
        } else {
            let reach = Reach::of(conn, &establishments, &scope)?;
            (operator.name.clone(), Said::standing(&reach))
        };
        let is_me = actor.who.id() == Some(operator.id.0);
        let choice = said.data(conn, &establishments, &actor.scope)?;
        Ok::<_, Error>(json!({
            "crumbs": [
                { "key": "nav-operators", "href": page::HERE },
                { "text": operator.login, "href": page::place(&operator.login) },
                { "key": "access-edit" },
            ],
            "it": {
                "login": operator.login,
                "name": operator.name,
                "limits": limits::shown(conn, &establishments, &scope)?,
            },
            "version": operator.version,
            "form": { "name": name },
            // Nobody moves his own limits.
            "limits": (!is_me).then_some(choice),
        }))
    });
    Ok(data.await?)
}

async fn show(
    authority: web::Data<Authority>,
    caller: Caller,
    login: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let data = data(&authority, &caller, &login, None).await?;
    authority.page(&caller, TEMPLATE, data)
}

async fn save(
    authority: web::Data<Authority>,
    caller: Caller,
    login: web::Path<String>,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Failure> {
    let field = |name: &str| form.iter().find(|(field, _)| field == name);
    let name = field("name").map(|(_, value)| value.clone());
    let seen = field("version").and_then(|(_, value)| value.trim().parse::<i64>().ok());
    let said = Said::of(&form);
    let sent = (name.clone().unwrap_or_default(), said.clone());
    if said.is_search() {
        let data = data(&authority, &caller, &login, Some(sent)).await?;
        return authority.page(&caller, TEMPLATE, data);
    }
    let (by, now, establishments) = (caller.grantor()?, authority.now(), authority.establishments);
    let whose = login.clone();
    let done = authority.db.write(move |tx| {
        let edit = Edit {
            name,
            limits: said.limits()?,
            // A form without its version was not made here: whatever it saw is stale.
            seen: Some(seen.unwrap_or_default()),
        };
        ops::amend(tx, &by, &establishments, &whose, &edit, now)
    });
    match done.await {
        Ok(()) => {
            let place = page::place(&login);
            Ok(see_other(&format!("{place}?said=operator-changed")))
        }
        Err(refused) => {
            let mut data = data(&authority, &caller, &login, Some(sent)).await?;
            data["theirs"] = matches!(refused, Error::Stale).into();
            authority.refused(&caller, TEMPLATE, data, refused)
        }
    }
}
