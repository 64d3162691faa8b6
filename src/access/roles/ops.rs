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
use crate::db::{Conn, Tx};
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

/// Changes what a role is called, allows and demands; it holds for whoever has it from his next request
/// on. The role's code is returned. That the administrator's role demands a second factor is no change of
/// what it allows, so it may.
pub(super) fn amend(
    tx: &mut Tx,
    by: &Grantor,
    role: &str,
    edit: &Edit,
    now: Millis,
) -> Result<String, Error> {
    let before = governed(tx, by, role)?;
    let after = edited(&before, edit)?;
    let is_moved = after.permissions != before.permissions;
    if is_moved {
        checked(by, &after.permissions)?;
    }
    let is_other = is_moved || after.name != before.name;
    let is_demand = after.needs_second_factor != before.needs_second_factor;
    let seen = edit.seen.unwrap_or(before.version);
    if !is_other && !is_demand && seen == before.version {
        return Ok(before.code);
    }
    if !store::update(tx, seen, &after)? {
        return Err(Error::Stale);
    }
    let verb = |verb| change(&by.actor, now, verb, "role", &before.code);
    if is_other {
        tx.record(
            verb("role.change")
                .before(told(&before.name, &before.permissions))
                .after(told(&after.name, &after.permissions)),
        );
    }
    if is_demand {
        tx.record(
            verb("role.demand-second-factor")
                .before(json!({ "second_factor": before.needs_second_factor }))
                .after(json!({ "second_factor": after.needs_second_factor })),
        );
    }
    Ok(before.code)
}

/// The role as it is to be.
fn edited(before: &Defined, edit: &Edit) -> Result<Defined, Error> {
    let mut after = before.clone();
    if let Some(typed) = &edit.name {
        after.name = name(typed)?;
    }
    if let Some(permissions) = &edit.permissions {
        after.permissions = permissions.clone();
    }
    if let Some(demanded) = edit.needs_second_factor {
        after.needs_second_factor = demanded;
    }
    let is_renamed = after.name != before.name;
    let is_moved = after.permissions != before.permissions;
    if (before.is_built_in && is_renamed) || (before.code == ADMINISTRATOR && is_moved) {
        return Err(Error::RoleFixed);
    }
    Ok(after)
}

/// Deletes a role that nobody holds and that no start would make again.
pub(super) fn delete(tx: &mut Tx, by: &Grantor, role: &str, now: Millis) -> Result<(), Error> {
    let it = governed(tx, by, role)?;
    if it.is_built_in {
        return Err(Error::RoleFixed);
    }
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
fn governed(tx: &mut Tx, by: &Grantor, role: &str) -> Result<Defined, Error> {
    let it = known(tx, role)?;
    by.check(&it.permissions, &Scope::All)?;
    Ok(it)
}

fn told(name: &str, permissions: &Permissions) -> Value {
    json!({ "name": name, "permissions": permissions })
}

/// A role of this code.
pub(super) fn known(conn: &mut Conn, role: &str) -> Result<Defined, Error> {
    let code = code(role).map_err(|_| Error::NoSuchRole)?;
    store::defined(conn, &code)?.ok_or(Error::NoSuchRole)
}
