//! All SQL of the second factor that roles demand.
use crate::access::model::State;
use crate::access::schema::{
    access_operator as operator, access_operator_role as held, access_role as role,
    access_second_factor as factor,
};
use crate::db::{Conn, Error};
use crate::ids::{OperatorId, RoleId};
use diesel::dsl::exists;
use diesel::prelude::*;

/// Whether a role of this operator demands a second factor.
pub(in crate::access) fn demand_second_factor(
    conn: &mut Conn,
    operator: OperatorId,
) -> Result<bool, Error> {
    let demanding = held::table
        .inner_join(role::table)
        .filter(held::operator_id.eq(operator))
        .filter(role::needs_second_factor.eq(true));
    Ok(diesel::select(exists(demanding)).get_result(conn)?)
}

/// How many operators who may come in hold a role and have no second factor.
pub(super) fn lacking(conn: &mut Conn, id: RoleId) -> Result<i64, Error> {
    let have = factor::table.select(factor::operator_id);
    Ok(held::table
        .inner_join(operator::table)
        .filter(held::role_id.eq(id))
        .filter(held::operator_id.ne_all(have))
        .filter(operator::state.eq(State::Active.code()))
        .count()
        .get_result(conn)?)
}

/// Some of those who hold a role, by login, and how many there are.
pub(super) fn holders(
    conn: &mut Conn,
    id: RoleId,
    most: i64,
) -> Result<(Vec<(OperatorId, String)>, i64), Error> {
    let some = held::table
        .inner_join(operator::table)
        .filter(held::role_id.eq(id))
        .order(operator::login.asc())
        .select((operator::id, operator::login))
        .limit(most)
        .load(conn)?;
    let all = held::table.filter(held::role_id.eq(id));
    Ok((some, all.count().get_result(conn)?))
}

pub(super) fn is_held_by(conn: &mut Conn, id: RoleId, whose: OperatorId) -> Result<bool, Error> {
    let own = held::table
        .filter(held::role_id.eq(id))
        .filter(held::operator_id.eq(whose));
    Ok(diesel::select(exists(own)).get_result(conn)?)
}
