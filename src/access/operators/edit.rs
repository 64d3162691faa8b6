//! An operator's name and limits, changed by those who govern him.
use super::model::Edit;
use super::{amend, ops, page, scope_of};
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::csrf::{Form, values, version};
use crate::access::error::Error;
use crate::access::limits::{self, Reach};
use crate::access::limits_form::Said;
use crate::access::look::see_other;
use crate::access::model::{Needs, Permission};
use crate::access::mount::Mount;
use crate::access::roles::{self, Defined};
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

/// What the form sent.
#[derive(Clone)]
struct Sent {
    /// What he is called, where the form had it.
    name: Option<String>,
    /// Codes of the roles that were ticked, where the form had them.
    roles: Option<Vec<String>>,
    limits: Said,
}

impl Sent {
    fn of(form: &[(String, String)]) -> Self {
        let all = |name: &'static str| values(form, name).map(str::to_owned);
        Self {
            name: all("name").next(),
            // No ticked box is sent, and neither is a box that the form did not have.
            roles: all("roles_said").next().map(|_| all("roles").collect()),
            limits: Said::of(form),
        }
    }
}

fn offer(role: &Defined, ticked: &[String]) -> Value {
    let mut it = roles::shown(&role.role());
    it["chosen"] = ticked.contains(&role.code).into();
    it
}

/// The form, as it stands or as it was `sent`.
async fn data(
    authority: &Authority,
    caller: &Caller,
    login: &str,
    sent: Option<Sent>,
) -> Result<Value, Failure> {
    let (actor, establishments) = (caller.actor()?, authority.establishments);
    let (login, own) = (login.to_owned(), caller.permissions.clone());
    let data = authority.db.read(move |conn| {
        let operator = ops::known(conn, &actor.scope, &login)?;
        let scope = scope_of(conn, &operator)?;
        let held = roles::of_operator(conn, vec![operator.id])?;
        let shown: Vec<Value> = held.iter().map(|(_, role)| roles::shown(role)).collect();
        let held: Vec<String> = held.into_iter().map(|(_, role)| role.code).collect();
        let sent = if let Some(sent) = sent {
            sent
        } else {
            Sent {
                name: Some(operator.name.clone()),
                roles: Some(held.clone()),
                limits: Said::standing(&Reach::of(conn, &establishments, &scope)?),
            }
        };
        let is_me = actor.who.id() == Some(operator.id.0);
        let choice = sent.limits.data(conn, &establishments, &actor.scope)?;
        let all = roles::all_defined(conn)?;
        let ticked = sent.roles.unwrap_or(held);
        // Nobody gives what he lacks, so only that is offered.
        let offered = all
            .iter()
            .filter(|role| role.permissions.0.is_subset(&own.0));
        let offered: Vec<Value> = offered.map(|role| offer(role, &ticked)).collect();
        Ok::<_, Error>(json!({
            "crumbs": [
                { "key": "nav-operators", "href": page::HERE },
                { "text": operator.login, "href": page::place(&operator.login) },
                { "key": "access-edit" },
            ],
            "it": {
                "login": operator.login,
                "name": operator.name,
                "roles": shown,
                "limits": limits::shown(conn, &establishments, &scope)?,
            },
            "version": operator.version,
            "form": { "name": sent.name },
            // Nobody moves his own roles and limits.
            "roles": (!is_me).then_some(offered),
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
    let seen = version(&form);
    let sent = Sent::of(&form);
    if sent.limits.is_search() {
        let data = data(&authority, &caller, &login, Some(sent)).await?;
        return authority.page(&caller, TEMPLATE, data);
    }
    let (by, now, establishments) = (caller.grantor()?, authority.now(), authority.establishments);
    let (whose, wish) = (login.clone(), sent.clone());
    let done = authority.db.write(move |tx| {
        let edit = Edit {
            name: wish.name,
            roles: wish.roles,
            limits: wish.limits.limits()?,
            seen: Some(seen),
        };
        amend(tx, &by, &establishments, &whose, &edit, now)
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
