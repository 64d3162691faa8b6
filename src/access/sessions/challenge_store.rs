//! All SQL of challenges.
use super::challenge::Purpose;
use crate::access::model::State;
use crate::access::schema::{access_challenge as challenge, access_operator as operator};
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::OperatorId;
use crate::on_backend;
use crate::sealing::TokenHash;
use diesel::prelude::*;

/// A challenge about to be set.
pub(super) struct New<'a> {
    pub hash: TokenHash,
    pub operator: OperatorId,
    pub purpose: Purpose,
    pub next: &'a str,
    pub tries: i64,
    pub expires_at: Millis,
}

pub(super) fn insert(conn: &mut Conn, new: &New) -> Result<(), Error> {
    on_backend!(conn, |c| diesel::insert_into(challenge::table)
        .values((
            challenge::hash.eq(new.hash.to_vec()),
            challenge::operator_id.eq(new.operator),
            challenge::purpose.eq(new.purpose.code()),
            challenge::next.eq(new.next),
            challenge::tries_left.eq(new.tries),
            challenge::expires_at.eq(new.expires_at),
        ))
        .execute(c))?;
    Ok(())
}

/// Whose challenge it is, while it works.
pub(super) fn find_live(
    conn: &mut Conn,
    hash: &TokenHash,
    purpose: Purpose,
    now: Millis,
) -> Result<Option<(OperatorId, String)>, Error> {
    Ok(challenge::table
        .inner_join(operator::table)
        .filter(challenge::hash.eq(hash.to_vec()))
        .filter(challenge::purpose.eq(purpose.code()))
        .filter(challenge::tries_left.gt(0))
        .filter(challenge::expires_at.gt(now))
        .filter(operator::state.eq(State::Active.code()))
        .select((operator::id, operator::login))
        .first(conn)
        .optional()?)
}

/// Counts one try: where he wanted to go, and the tries that are left. `None` when it does not work
/// (any more).
pub(super) fn take_try(
    conn: &mut Conn,
    hash: &TokenHash,
    purpose: Purpose,
    now: Millis,
) -> Result<Option<(String, i64)>, Error> {
    let live = challenge::table
        .filter(challenge::hash.eq(hash.to_vec()))
        .filter(challenge::purpose.eq(purpose.code()))
        .filter(challenge::tries_left.gt(0))
        .filter(challenge::expires_at.gt(now));
    let n = diesel::update(live)
        .set(challenge::tries_left.eq(challenge::tries_left - 1))
        .execute(conn)?;
    if n == 0 {
        return Ok(None);
    }
    Ok(challenge::table
        .filter(challenge::hash.eq(hash.to_vec()))
        .select((challenge::next, challenge::tries_left))
        .first(conn)
        .optional()?)
}

/// True when it was still there.
pub(super) fn delete(conn: &mut Conn, hash: &TokenHash) -> Result<bool, Error> {
    let row = challenge::table.filter(challenge::hash.eq(hash.to_vec()));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// All challenges of an operator.
pub(super) fn delete_of(conn: &mut Conn, whose: OperatorId) -> Result<(), Error> {
    let rows = challenge::table.filter(challenge::operator_id.eq(whose));
    diesel::delete(rows).execute(conn)?;
    Ok(())
}

/// Deletes challenges that are over.
pub(super) fn purge(conn: &mut Conn, now: Millis) -> Result<(), Error> {
    diesel::delete(challenge::table.filter(challenge::expires_at.le(now))).execute(conn)?;
    Ok(())
}
