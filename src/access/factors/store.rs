//! All SQL of second factors.
use crate::access::schema::{access_recovery_code as recovery, access_second_factor as factor};
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::OperatorId;
use crate::on_backend;
use diesel::prelude::*;
use std::time::Duration;

/// Wrong codes in a row that cost nothing but the sign-in.
const FREE_TRIES: i64 = 10;
/// From then on there is one try in so long: whoever knows the password but not the code would have to
/// guess for years.
const PAUSE: Duration = Duration::from_mins(15);

/// Whether an operator has set one up.
pub(in crate::access) fn has(conn: &mut Conn, whose: OperatorId) -> Result<bool, Error> {
    Ok(since(conn, whose)?.is_some())
}

/// Those of these operators who have set one up.
pub(in crate::access) fn holders(
    conn: &mut Conn,
    these: &[OperatorId],
) -> Result<Vec<OperatorId>, Error> {
    Ok(factor::table
        .filter(factor::operator_id.eq_any(these.to_vec()))
        .select(factor::operator_id)
        .load(conn)?)
}

/// Holds an operator's factor until the transaction ends; false when he has none.
pub(super) fn hold(conn: &mut Conn, whose: OperatorId) -> Result<bool, Error> {
    let row = factor::table.filter(factor::operator_id.eq(whose));
    let n = diesel::update(row)
        .set(factor::created_at.eq(factor::created_at))
        .execute(conn)?;
    Ok(n == 1)
}

/// Since when an operator has had his second factor.
pub(super) fn since(conn: &mut Conn, whose: OperatorId) -> Result<Option<Millis>, Error> {
    Ok(factor::table
        .filter(factor::operator_id.eq(whose))
        .select(factor::created_at)
        .first(conn)
        .optional()?)
}

/// The sealed key that his authenticator program shares.
pub(super) fn sealed_key(conn: &mut Conn, whose: OperatorId) -> Result<Option<Vec<u8>>, Error> {
    Ok(factor::table
        .filter(factor::operator_id.eq(whose))
        .select(factor::sealed_key)
        .first(conn)
        .optional()?)
}

/// A key that an authenticator program has taken, and the step of the code that proved it: that code
/// is spent.
pub(super) struct New {
    pub whose: OperatorId,
    pub sealed_key: Vec<u8>,
    pub step: i64,
    pub at: Millis,
}

/// True when there was none before.
pub(super) fn insert(conn: &mut Conn, new: &New) -> Result<bool, Error> {
    let n = on_backend!(conn, |c| diesel::insert_into(factor::table)
        .values((
            factor::operator_id.eq(new.whose),
            factor::sealed_key.eq(&new.sealed_key),
            factor::last_step.eq(new.step),
            factor::wrong_tries.eq(0),
            factor::created_at.eq(new.at),
        ))
        .on_conflict(factor::operator_id)
        .do_nothing()
        .execute(c))?;
    Ok(n == 1)
}

/// Counts one try; false while it has to wait because of those before it. Whoever tries counts it
/// before he looks at the code, so that many at once are all counted.
pub(super) fn take_try(conn: &mut Conn, whose: OperatorId, now: Millis) -> Result<bool, Error> {
    let may = factor::wrong_tries
        .lt(FREE_TRIES)
        .or(factor::tried_at.le(now - PAUSE).assume_not_null());
    let row = factor::table.filter(factor::operator_id.eq(whose).and(may));
    let n = diesel::update(row)
        .set((
            factor::wrong_tries.eq(factor::wrong_tries + 1),
            factor::tried_at.eq(now),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// When an operator who has to wait may try again.
pub(super) fn next_try_at(conn: &mut Conn, whose: OperatorId) -> Result<Option<Millis>, Error> {
    let tried: Option<Option<Millis>> = factor::table
        .filter(factor::operator_id.eq(whose))
        .select(factor::tried_at)
        .first(conn)
        .optional()?;
    Ok(tried.flatten().map(|at| at + PAUSE))
}

/// Forgets wrong tries.
pub(in crate::access) fn forgive(conn: &mut Conn, whose: OperatorId) -> Result<(), Error> {
    let row = factor::table.filter(factor::operator_id.eq(whose));
    diesel::update(row)
        .set(factor::wrong_tries.eq(0))
        .execute(conn)?;
    Ok(())
}

/// Spends a step and all before it; false when that was done already.
pub(super) fn use_step(conn: &mut Conn, whose: OperatorId, step: i64) -> Result<bool, Error> {
    let row = factor::table.filter(
        factor::operator_id
            .eq(whose)
            .and(factor::last_step.lt(step)),
    );
    let n = diesel::update(row)
        .set(factor::last_step.eq(step))
        .execute(conn)?;
    Ok(n == 1)
}

/// Takes the factor and its recovery codes away; true when there was one.
pub(in crate::access) fn delete(conn: &mut Conn, whose: OperatorId) -> Result<bool, Error> {
    delete_codes(conn, whose)?;
    let row = factor::table.filter(factor::operator_id.eq(whose));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

fn delete_codes(conn: &mut Conn, whose: OperatorId) -> Result<(), Error> {
    let rows = recovery::table.filter(recovery::operator_id.eq(whose));
    diesel::delete(rows).execute(conn)?;
    Ok(())
}

/// Puts new recovery codes in place of all before them.
pub(super) fn replace_codes(
    conn: &mut Conn,
    whose: OperatorId,
    hashes: &[[u8; 32]],
) -> Result<(), Error> {
    delete_codes(conn, whose)?;
    let rows: Vec<_> = hashes
        .iter()
        .map(|hash| {
            (
                recovery::operator_id.eq(whose),
                recovery::hash.eq(hash.to_vec()),
            )
        })
        .collect();
    on_backend!(conn, |c| diesel::insert_into(recovery::table)
        .values(&rows)
        .execute(c))?;
    Ok(())
}

/// Spends a recovery code; true when it was one and not spent yet.
pub(super) fn use_code(
    conn: &mut Conn,
    whose: OperatorId,
    hash: &[u8; 32],
    now: Millis,
) -> Result<bool, Error> {
    let row = recovery::table.filter(
        recovery::operator_id
            .eq(whose)
            .and(recovery::hash.eq(hash.to_vec()))
            .and(recovery::used_at.is_null()),
    );
    let n = diesel::update(row)
        .set(recovery::used_at.eq(now))
        .execute(conn)?;
    Ok(n == 1)
}

/// Recovery codes that are not spent yet.
pub(super) fn codes_left(conn: &mut Conn, whose: OperatorId) -> Result<i64, Error> {
    Ok(recovery::table
        .filter(recovery::operator_id.eq(whose))
        .filter(recovery::used_at.is_null())
        .count()
        .get_result(conn)?)
}
