//! Changes of an operator by those who govern him: name, roles, limits.
use super::model::{self, Edit, Operator};
use super::ops::{Grantor, held, stay_governed};
use super::{limit_store, store};
use crate::access::audit::change;
use crate::access::error::Error;
use crate::access::limits::{Establishments, Reach};
use crate::access::model::Permissions;
use crate::access::roles::{self, Defined, Role};
use crate::clock::Millis;
use crate::db::Tx;
use serde_json::json;

/// Changes an operator's name, what he may do and what he sees, from his next request on. Nobody moves
/// his own roles or limits.
pub(in crate::access) fn amend(
    tx: &mut Tx,
    by: &Grantor,
    establishments: &Establishments,
    login: &str,
    edit: &Edit,
    now: Millis,
) -> Result<(), Error> {
    let before = held(tx, &by.actor.scope, login)?;
    by.check_over(tx, &before)?;
    let name = match &edit.name {
        Some(name) => model::name(name)?,
        None => before.name.clone(),
    };
    let (had, gets) = reach(tx, by, establishments, &before, edit)?;
    let roles = roles::of_operator(tx, vec![before.id])?;
    let roles: Vec<Role> = roles.into_iter().map(|(_, role)| role).collect();
    let given = given(tx, &roles, edit)?;
    let is_moved = gets.scope != had.scope || given.is_some();
    if is_moved {
        if by.is(&before) {
            return Err(Error::OwnAccount);
        }
        let may = match &given {
            Some(given) => together(given),
            None => roles::permissions_of(tx, before.id)?,
        };
        by.check(&may, &gets.scope)?;
    }
    let seen = edit.seen.unwrap_or(before.version);
    if name == before.name && !is_moved && seen == before.version {
        return Ok(());
    }
    if !limit_store::change(tx, (before.id, seen), &name, &gets.scope)? {
        return Err(Error::Stale);
    }
    if let Some(given) = &given {
        hand_over(tx, &before, given)?;
    }
    if is_moved {
        // Whoever made a link for him might by now see or do less than he does.
        store::delete_open_links(tx, before.id)?;
        stay_governed(tx, by, roles.iter())?;
    }
    let verb = |verb| change(&by.actor, now, verb, "operator", &before.login);
    if name != before.name {
        tx.record(
            verb("operator.rename")
                .before(json!({ "name": before.name }))
                .after(json!({ "name": name })),
        );
    }
    if let Some(given) = &given {
        let had: Vec<&str> = roles.iter().map(|role| role.code.as_str()).collect();
        let has: Vec<&str> = given.iter().map(|role| role.code.as_str()).collect();
        tx.record(
            verb("operator.set-roles")
                .before(json!({ "roles": had }))
                .after(json!({ "roles": has })),
        );
    }
    if gets.scope != had.scope {
        tx.record(
            verb("operator.set-limits")
                .before(json!({ "establishments": had.told() }))
                .after(json!({ "establishments": gets.told() })),
        );
    }
    Ok(())
}

/// What he sees, and what he is to see.
fn reach(
    tx: &mut Tx,
    by: &Grantor,
    establishments: &Establishments,
    before: &Operator,
    edit: &Edit,
) -> Result<(Reach, Reach), Error> {
    let had = limit_store::scope_of(tx, before)?;
    let had = Reach::of(tx, establishments, &had)?;
    let own = &by.actor.scope;
    let gets = edit.limits.resolve(tx, establishments, own, &had.scope)?;
    Ok((had, gets))
}

/// The roles that he is to hold, where they are others than those he holds.
fn given(tx: &mut Tx, held: &[Role], edit: &Edit) -> Result<Option<Vec<Defined>>, Error> {
    let Some(codes) = &edit.roles else {
        return Ok(None);
    };
    if codes.is_empty() {
        return Err(Error::NoRoles);
    }
    let all = roles::all_defined(tx)?;
    let is_known = |code: &String| all.iter().any(|role| role.code == *code);
    if !codes.iter().all(is_known) {
        return Err(Error::RolesUnknown);
    }
    let chosen = all.into_iter().filter(|role| codes.contains(&role.code));
    let chosen: Vec<Defined> = chosen.collect();
    let is_same =
        held.len() == chosen.len() && held.iter().zip(&chosen).all(|(had, has)| had.id == has.id);
    Ok((!is_same).then_some(chosen))
}

fn together(roles: &[Defined]) -> Permissions {
    let all = roles
        .iter()
        .flat_map(|role| role.permissions.0.iter().copied());
    Permissions(all.collect())
}

/// Gives these roles, none of which anybody deletes meanwhile, and takes all others.
fn hand_over(tx: &mut Tx, whose: &Operator, given: &[Defined]) -> Result<(), Error> {
    let ids: Vec<_> = given.iter().map(|role| role.id).collect();
    if roles::hold(tx, ids.clone())? < ids.len() {
        return Err(Error::RolesUnknown);
    }
    store::set_roles(tx, whose.id, &ids)?;
    Ok(())
}
