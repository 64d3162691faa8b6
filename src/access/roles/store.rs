//! All SQL of roles.
use super::{from_json, to_json};
use crate::access::model::Permissions;
use crate::access::schema::{access_operator_role as held, access_role as role};
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::{OperatorId, RoleId};
use crate::on_backend;
use diesel::prelude::*;

/// A role, without its permissions.
#[derive(Debug, Clone, Queryable)]
pub(in crate::access) struct Role {
    pub id: RoleId,
    pub code: String,
    pub name: String,
    pub is_built_in: bool,
}

pub(super) fn upsert_built_in(
    conn: &mut Conn,
    code: &str,
    name: &str,
    permissions: &Permissions,
    now: Millis,
) -> Result<(), Error> {
    let permissions = to_json(permissions);
    on_backend!(conn, |c| diesel::insert_into(role::table)
        .values((
            role::code.eq(code),
            role::name.eq(name),
            role::permissions.eq(&permissions),
            role::is_built_in.eq(true),
            role::created_at.eq(now),
        ))
        .on_conflict(role::code)
        .do_update()
        .set(role::permissions.eq(&permissions))
        .execute(c))?;
    Ok(())
}

/// All roles, by code.
pub(in crate::access) fn list(conn: &mut Conn) -> Result<Vec<Role>, Error> {
    let all = role::table
        .order(role::code.asc())
        .select((role::id, role::code, role::name, role::is_built_in))
        .load(conn)?;
    Ok(all)
}

pub(in crate::access) fn find_by_code(conn: &mut Conn, code: &str) -> Result<Option<Role>, Error> {
    let found = role::table
        .filter(role::code.eq(code))
        .select((role::id, role::code, role::name, role::is_built_in))
        .first(conn)
        .optional()?;
    Ok(found)
}

/// The roles of each operator, by operator.
pub(in crate::access) fn of_operator(
    conn: &mut Conn,
    operators: Vec<OperatorId>,
) -> Result<Vec<(OperatorId, Role)>, Error> {
    let all = held::table
        .inner_join(role::table)
        .filter(held::operator_id.eq_any(operators))
        .order((held::operator_id.asc(), role::code.asc()))
        .select((
            held::operator_id,
            (role::id, role::code, role::name, role::is_built_in),
        ))
        .load(conn)?;
    Ok(all)
}

/// What all roles of an operator allow together.
pub(in crate::access) fn permissions_of(
    conn: &mut Conn,
    operator: OperatorId,
) -> Result<Permissions, Error> {
    let sets: Vec<String> = held::table
        .inner_join(role::table)
        .filter(held::operator_id.eq(operator))
        .select(role::permissions)
        .load(conn)?;
    let mut all = Permissions::default();
    for set in sets {
        all.0.extend(from_json(&set)?.0);
    }
    Ok(all)
}
