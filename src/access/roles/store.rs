//! All SQL of roles.
use super::{ADMINISTRATOR, from_json, to_json};
use crate::access::model::{Permissions, State};
use crate::access::schema::{
    access_operator as operator, access_operator_role as held, access_role as role,
};
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::{OperatorId, RoleId};
use crate::on_backend;
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as Diesel};

/// A role, without its permissions.
#[derive(Debug, Clone, Queryable)]
pub(in crate::access) struct Role {
    pub id: RoleId,
    pub code: String,
    pub name: String,
    pub is_built_in: bool,
}

/// A role with what it allows.
#[derive(Debug, Clone)]
pub(in crate::access) struct Defined {
    pub id: RoleId,
    pub code: String,
    pub name: String,
    pub is_built_in: bool,
    pub permissions: Permissions,
    pub version: i64,
    pub needs_second_factor: bool,
}

impl Defined {
    /// The same, without its permissions.
    pub(in crate::access) fn role(&self) -> Role {
        Role {
            id: self.id,
            code: self.code.clone(),
            name: self.name.clone(),
            is_built_in: self.is_built_in,
        }
    }
}

type DefinedRow = (RoleId, String, String, bool, String, i64, bool);
type DefinedColumns = (
    role::id,
    role::code,
    role::name,
    role::is_built_in,
    role::permissions,
    role::version,
    role::needs_second_factor,
);
const DEFINED: DefinedColumns = (
    role::id,
    role::code,
    role::name,
    role::is_built_in,
    role::permissions,
    role::version,
    role::needs_second_factor,
);

fn to_defined(row: DefinedRow) -> Result<Defined, Error> {
    let (id, code, name, is_built_in, set, version, needs_second_factor) = row;
    Ok(Defined {
        id,
        code,
        name,
        is_built_in,
        permissions: from_json(&set)?,
        version,
        needs_second_factor,
    })
}

/// All roles with what they allow, by code.
pub(in crate::access) fn all_defined(conn: &mut Conn) -> Result<Vec<Defined>, Error> {
    let rows: Vec<DefinedRow> = role::table
        .order(role::code.asc())
        .select(DEFINED)
        .load(conn)?;
    rows.into_iter().map(to_defined).collect()
}

pub(in crate::access) fn defined(conn: &mut Conn, code: &str) -> Result<Option<Defined>, Error> {
    let row: Option<DefinedRow> = role::table
        .filter(role::code.eq(code))
        .select(DEFINED)
        .first(conn)
        .optional()?;
    row.map(to_defined).transpose()
}

/// How many operators hold each role that somebody holds.
pub(super) fn holders(conn: &mut Conn) -> Result<Vec<(RoleId, i64)>, Error> {
    let counts = held::table
        .group_by(held::role_id)
        .select((held::role_id, count_star()))
        .load(conn)?;
    Ok(counts)
}

/// Makes a ready-made role; true when it was not there.
pub(super) fn insert_ready(
    conn: &mut Conn,
    (code, name): (&str, &str),
    permissions: &Permissions,
    now: Millis,
) -> Result<bool, Error> {
    let permissions = to_json(permissions);
    let n = on_backend!(conn, |c| diesel::insert_into(role::table)
        .values((
            role::code.eq(code),
            role::name.eq(name),
            role::permissions.eq(&permissions),
            role::offered.eq(&permissions),
            role::is_built_in.eq(true),
            role::created_at.eq(now),
        ))
        .on_conflict(role::code)
        .do_nothing()
        .execute(c))?;
    Ok(n == 1)
}

/// A ready-made role, and what the program offered it before.
pub(super) fn offered(
    conn: &mut Conn,
    code: &str,
) -> Result<Option<(Defined, Permissions)>, Error> {
    let row: Option<(DefinedRow, String)> = role::table
        .filter(role::code.eq(code).and(role::is_built_in.eq(true)))
        .select((DEFINED, role::offered))
        .first(conn)
        .optional()?;
    row.map(|(row, offered)| Ok((to_defined(row)?, from_json(&offered)?)))
        .transpose()
}

/// Keeps what a ready-made role allows and was offered; true when nobody changed it meanwhile.
pub(super) fn set_offered(
    conn: &mut Conn,
    (id, seen): (RoleId, i64),
    permissions: &Permissions,
    offered: &Permissions,
) -> Result<bool, Error> {
    let row = role::table.filter(role::id.eq(id).and(role::version.eq(seen)));
    let n = diesel::update(row)
        .set((
            role::permissions.eq(to_json(permissions)),
            role::offered.eq(to_json(offered)),
            role::version.eq(seen + 1),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// True when no other role had the code.
pub(super) fn insert(
    conn: &mut Conn,
    (code, name): (&str, &str),
    permissions: &Permissions,
    now: Millis,
) -> Result<bool, Error> {
    let n = on_backend!(conn, |c| diesel::insert_into(role::table)
        .values((
            role::code.eq(code),
            role::name.eq(name),
            role::permissions.eq(to_json(permissions)),
            role::is_built_in.eq(false),
            role::created_at.eq(now),
        ))
        .on_conflict(role::code)
        .do_nothing()
        .execute(c))?;
    Ok(n == 1)
}

/// Keeps a role as it is to be; true when this call made the change: the version that was seen still
/// stood.
pub(super) fn update(conn: &mut Conn, seen: i64, after: &Defined) -> Result<bool, Error> {
    let row = role::table.filter(role::id.eq(after.id).and(role::version.eq(seen)));
    let n = diesel::update(row)
        .set((
            role::name.eq(&after.name),
            role::permissions.eq(to_json(&after.permissions)),
            role::needs_second_factor.eq(after.needs_second_factor),
            role::version.eq(seen + 1),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// True when nobody held the role and it is gone. On PostgreSQL somebody may be given it in this very
/// moment; his reference then keeps it, and the transaction has to end.
pub(super) fn delete(conn: &mut Conn, id: RoleId) -> Result<bool, Error> {
    let holders = held::table
        .filter(held::role_id.eq(id))
        .select(held::role_id);
    let free = role::table.filter(role::id.eq(id).and(role::id.ne_all(holders)));
    match diesel::delete(free).execute(conn) {
        Ok(n) => Ok(n == 1),
        Err(Diesel::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

/// Holds these roles until the transaction ends, so that none is deleted meanwhile; how many there
/// still are.
pub(in crate::access) fn hold(conn: &mut Conn, roles: Vec<RoleId>) -> Result<usize, Error> {
    let these = role::table.filter(role::id.eq_any(roles));
    Ok(diesel::update(these)
        .set(role::version.eq(role::version))
        .execute(conn)?)
}

/// Whether anybody is left who may come in and govern everything: an active administrator without
/// limits. Two who take that from each other at once are told apart by the role's own row, which the
/// first of them holds.
pub(in crate::access) fn is_governed(conn: &mut Conn) -> Result<bool, Error> {
    let administrator = role::table.filter(role::code.eq(ADMINISTRATOR));
    diesel::update(administrator)
        .set(role::version.eq(role::version))
        .execute(conn)?;
    let left: Option<OperatorId> = held::table
        .inner_join(role::table)
        .inner_join(operator::table)
        .filter(role::code.eq(ADMINISTRATOR))
        .filter(operator::state.eq(State::Active.code()))
        .filter(operator::all_establishments.eq(true))
        .select(held::operator_id)
        .first(conn)
        .optional()?;
    Ok(left.is_some())
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
