//! Roles, for those who govern operators.
use super::model::Edit;
use super::store::{self, Defined, Role};
use super::{ADMINISTRATOR, all_defined};
use super::{demand, ops};
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::choice;
use crate::access::csrf::{Empty, Form, values, version};
use crate::access::error::Error;
use crate::access::look::see_other;
use crate::access::model::{Needs, Permission, Permissions, Scope};
use crate::access::mount::Mount;
use crate::db::{self, Tx};
use crate::http::Failure;
use crate::ids::RoleId;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};
use std::collections::HashMap;

const HERE: &str = "/admin/roles";
const LIST: &str = "access/roles";
const ONE: &str = "access/role";

pub(super) fn routes(mount: &mut Mount) {
    let (view, manage) = (
        Needs::Permission(Permission::AccessView),
        Needs::Permission(Permission::AccessManage),
    );
    mount.web(Method::GET, HERE, view, list);
    mount.web(Method::POST, HERE, manage, create);
    mount.web(Method::GET, "/admin/roles/{role}", view, show);
    mount.web(Method::POST, "/admin/roles/{role}", manage, save);
    mount.web(Method::POST, "/admin/roles/{role}/delete", manage, delete);
    demand::routes(mount);
}

/// Ready-made roles are named in the reader's language, others as they were called.
pub(in crate::access) fn shown(role: &Role) -> Value {
    if role.is_built_in {
        json!({ "value": role.code, "key": format!("role-{}", role.code) })
    } else {
        json!({ "value": role.code, "text": role.name })
    }
}

fn place(code: &str) -> String {
    format!("{HERE}/{code}")
}

/// What a form of a role sent.
struct Sent {
    code: String,
    name: String,
    permissions: Vec<String>,
    seen: i64,
}

impl Sent {
    fn of(form: &[(String, String)]) -> Self {
        let all = |name: &'static str| values(form, name).map(str::to_owned);
        let one = |name| all(name).next().unwrap_or_default();
        Self {
            code: one("code"),
            name: one("name"),
            permissions: all("permissions").collect(),
            seen: version(form),
        }
    }

    /// Those that were ticked and exist, to be shown again.
    fn ticked(&self) -> Permissions {
        let known = self
            .permissions
            .iter()
            .filter_map(|code| Permission::parse(code));
        Permissions(known.collect())
    }

    fn permissions(&self) -> Result<Permissions, Error> {
        let codes = self.permissions.iter().map(String::as_str);
        Permissions::parse(codes).ok_or(Error::PermissionUnknown)
    }
}

async fn list(authority: web::Data<Authority>, caller: Caller) -> Result<HttpResponse, Failure> {
    let data = all(&authority, &caller, json!({}), &Permissions::default()).await?;
    authority.page(&caller, LIST, data)
}

async fn all(
    authority: &Authority,
    caller: &Caller,
    form: Value,
    ticked: &Permissions,
) -> Result<Value, Failure> {
    let sees_all = caller.actor()?.scope == Scope::All;
    let (roles, holders) = authority
        .db
        .read(|conn| Ok::<_, db::Error>((all_defined(conn)?, store::holders(conn)?)))
        .await?;
    let holders: HashMap<RoleId, i64> = holders.into_iter().collect();
    let rows: Vec<Value> = roles
        .iter()
        .map(|it| {
            json!({
                "name": shown(&it.role()),
                "code": it.code,
                "href": place(&it.code),
                "is_built_in": it.is_built_in,
                "permissions": it.permissions.0.len(),
                "holders": holders.get(&it.id).copied().unwrap_or_default(),
            })
        })
        .collect();
    Ok(json!({
        "rows": rows,
        // How many operators there are elsewhere is nothing for one who sees a part of the fleet.
        "sees_all": sees_all,
        "may_add": sees_all && caller.permissions.has(Permission::AccessManage),
        "form": form,
        "offered": choice::offered(&caller.permissions, ticked),
    }))
}

async fn create(
    authority: web::Data<Authority>,
    caller: Caller,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Failure> {
    let sent = Sent::of(&form);
    let (by, now, ticked) = (caller.grantor()?, authority.now(), sent.ticked());
    let typed = json!({ "code": sent.code, "name": sent.name });
    let write = move |tx: &mut Tx| {
        let permissions = sent.permissions()?;
        ops::create(tx, &by, (&sent.code, &sent.name), &permissions, now)
    };
    match authority.db.write(write).await {
        Ok(code) => Ok(see_other(&format!("{}?said=role-added", place(&code)))),
        Err(refused) => {
            let data = all(&authority, &caller, typed, &ticked).await?;
            authority.refused(&caller, LIST, data, refused)
        }
    }
}

async fn show(
    authority: web::Data<Authority>,
    caller: Caller,
    role: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let it = read(&authority, &role).await?;
    let data = one(&caller, &it, None)?;
    authority.page(&caller, ONE, data)
}

async fn read(authority: &Authority, role: &str) -> Result<Defined, Failure> {
    let code = role.to_owned();
    let it = authority
        .db
        .read(move |conn| ops::known(conn, &code))
        .await?;
    Ok(it)
}

/// The page of a role: a form where the reader may change it, else what it allows.
fn one(
    caller: &Caller,
    it: &Defined,
    sent: Option<(String, Permissions)>,
) -> Result<Value, Failure> {
    let own = &caller.permissions;
    // What he lacks he neither gives nor takes.
    let governs = caller.actor()?.scope == Scope::All
        && own.has(Permission::AccessManage)
        && it.permissions.0.is_subset(&own.0);
    let may_edit = governs && it.code != ADMINISTRATOR;
    let (name, ticked) = sent.unwrap_or_else(|| (it.name.clone(), it.permissions.clone()));
    Ok(json!({
        "crumbs": [{ "key": "nav-roles", "href": HERE }, shown(&it.role())],
        "it": {
            "code": it.code,
            "name": shown(&it.role()),
            "is_built_in": it.is_built_in,
            "is_administrator": it.code == ADMINISTRATOR,
            "needs_second_factor": it.needs_second_factor,
            "permissions": choice::named(&it.permissions),
        },
        "version": it.version,
        "governs": governs,
        "may_edit": may_edit,
        "may_delete": may_edit && !it.is_built_in,
        "form": { "name": name },
        "offered": choice::offered(own, &ticked),
    }))
}

async fn save(
    authority: web::Data<Authority>,
    caller: Caller,
    role: web::Path<String>,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Failure> {
    let sent = Sent::of(&form);
    let (by, now, whose) = (caller.grantor()?, authority.now(), role.clone());
    let again = (sent.name.clone(), sent.ticked());
    let has_name = values(&form, "name").next().is_some();
    let write = move |tx: &mut Tx| {
        let edit = Edit {
            permissions: Some(sent.permissions()?),
            // The form of a ready-made role has no such field.
            name: has_name.then_some(sent.name),
            seen: Some(sent.seen),
            ..Edit::default()
        };
        ops::amend(tx, &by, &whose, &edit, now)
    };
    match authority.db.write(write).await {
        Ok(code) => Ok(see_other(&format!("{}?said=role-changed", place(&code)))),
        Err(refused) => {
            let it = read(&authority, &role).await?;
            let mut data = one(&caller, &it, Some(again))?;
            data["theirs"] = matches!(refused, Error::Stale).into();
            authority.refused(&caller, ONE, data, refused)
        }
    }
}

async fn delete(
    authority: web::Data<Authority>,
    caller: Caller,
    role: web::Path<String>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let (by, now, whose) = (caller.grantor()?, authority.now(), role.clone());
    let write = move |tx: &mut Tx| ops::delete(tx, &by, &whose, now);
    match authority.db.write(write).await {
        Ok(()) => Ok(see_other("/admin/roles?said=role-deleted")),
        Err(refused) => {
            let it = read(&authority, &role).await?;
            let data = one(&caller, &it, None)?;
            authority.refused(&caller, ONE, data, refused)
        }
    }
}
