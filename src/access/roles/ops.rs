//! What is done to roles. They hold for the whole installation, so who sees only some of it changes
//! none; and nobody puts into a role, or takes out of one, what he may not do himself.
use super::model::{Edit, code};
use super::store::{self, Defined};
use super::{ADMINISTRATOR, model};
use crate::access::audit::change;
use crate::access::error::Error;
use crate::access::model::{Permissions, Scope};
use crate::access::operators::{Grantor, name};
use crate::clock::Millis;
use crate::db::Tx;
use serde_json::{Value, json};

/// Makes a role; its code is returned.
pub(super) fn create(
    tx: &mut Tx,
    by: &Grantor,
    (typed_code, typed_name): (&str, &str),
    permissions: &Permissions,
    now: Millis,
) -> Result<String, Error> {
    let (code, name) = (model::code(typed_code)?, name(typed_name)?);
    checked(by, permissions)?;
    if !store::insert(tx, (&code, &name), permissions, now)? {
        return Err(Error::RoleCodeTaken);
    }
    tx.record(change(&by.actor, now, "role.create", "role", &code).after(told(&name, permissions)));
    Ok(code)
}

/// Changes what a role is called and allows; whoever holds it may do the new from his next request on.
pub(super) fn amend(
    tx: &mut Tx,
    by: &Grantor,
    role: &str,
    edit: &Edit,
    now: Millis,
) -> Result<(), Error> {
    let before = known(tx, role)?;
    if before.code == ADMINISTRATOR {
        return Err(Error::RoleFixed);
    }
    checked(by, &before.permissions)?;
    checked(by, &edit.permissions)?;
    let new = match &edit.name {
        Some(typed) if !before.is_built_in => name(typed)?,
        _ => before.name.clone(),
    };
    let is_same = new == before.name && edit.permissions == before.permissions;
    if is_same && edit.seen == before.version {
        return Ok(());
    }
    if !store::update(tx, (before.id, edit.seen), &new, &edit.permissions)? {
        return Err(Error::Stale);
    }
    tx.record(
        change(&by.actor, now, "role.change", "role", &before.code)
            .before(told(&before.name, &before.permissions))
            .after(told(&new, &edit.permissions)),
    );
    Ok(())
}

/// Deletes a role that nobody holds and that no start would make again.
pub(super) fn delete(tx: &mut Tx, by: &Grantor, role: &str, now: Millis) -> Result<(), Error> {
    let it = known(tx, role)?;
    if it.is_built_in {
        return Err(Error::RoleFixed);
    }
    checked(by, &it.permissions)?;
    if !store::delete(tx, it.id)? {
        return Err(Error::RoleHeld);
    }
    tx.record(
        change(&by.actor, now, "role.delete", "role", &it.code)
            .before(told(&it.name, &it.permissions)),
    );
    Ok(())
}

/// A role with no permission at all would let people in who then find nothing.
fn checked(by: &Grantor, permissions: &Permissions) -> Result<(), Error> {
    if permissions.0.is_empty() {
        return Err(Error::NoPermissions);
    }
    by.check(permissions, &Scope::All)
}

/// A role that this person may change.
pub(super) fn governed(tx: &mut Tx, by: &Grantor, role: &str) -> Result<Defined, Error> {
    let it = known(tx, role)?;
    by.check(&it.permissions, &Scope::All)?;
    Ok(it)
}

fn told(name: &str, permissions: &Permissions) -> Value {
    json!({ "name": name, "permissions": permissions })
}

fn known(tx: &mut Tx, role: &str) -> Result<Defined, Error> {
    let code = code(role).map_err(|_| Error::NoSuchRole)?;
    store::defined(tx, &code)?.ok_or(Error::NoSuchRole)
}
