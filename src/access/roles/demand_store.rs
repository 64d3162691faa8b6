//! All SQL of the second factor that roles demand.
use crate::access::schema::{access_operator_role as held, access_role as role};
use crate::db::{Conn, Error};
use crate::ids::OperatorId;
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
