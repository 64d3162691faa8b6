//! All SQL of sign-ins that failed.
use super::model::{Failed, Reason, Whose};
use crate::access::model::State;
use crate::access::schema::{access_failed_sign_in as failed, access_operator as operator};
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::OperatorId;
use crate::on_backend;
use diesel::prelude::*;
use std::collections::HashMap;

/// One row, with the login of the operator that it is about.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Row {
    pub id: i64,
    pub at: Millis,
    pub operator: Option<OperatorId>,
    pub address: Option<String>,
    pub reason: String,
    pub times: i64,
    pub login: Option<String>,
}

/// Writes these, and of each login no more than whose it is.
pub(super) fn insert(conn: &mut Conn, these: &[Failed]) -> Result<(), Error> {
    let typed = these.iter().filter_map(|one| match one {
        Failed::One { login, .. } => login.clone(),
        Failed::Dropped { .. } => None,
    });
    let known = known(conn, typed.collect())?;
    let rows: Vec<_> = these
        .iter()
        .map(|one| {
            let (at, whose, address, reason, times) = match one {
                Failed::One {
                    at,
                    login,
                    address,
                    cause,
                } => {
                    let whose = login.as_ref().and_then(|login| known.get(login));
                    let reason = cause.reason(whose.map(|(_, state)| *state));
                    (at, whose.map(|(id, _)| *id), *address, reason, 1)
                }
                Failed::Dropped { at, times } => (at, None, None, Reason::Dropped, *times),
            };
            (
                failed::at.eq(*at),
                failed::operator_id.eq(whose),
                failed::address.eq(address.map(|ip| ip.to_string())),
                failed::reason.eq(reason.code()),
                failed::times.eq(times),
            )
        })
        .collect();
    on_backend!(conn, |c| diesel::insert_into(failed::table)
        .values(&rows)
        .execute(c))?;
    Ok(())
}

/// Whose logins these are, where they are somebody's.
fn known(
    conn: &mut Conn,
    logins: Vec<String>,
) -> Result<HashMap<String, (OperatorId, Whose)>, Error> {
    let rows: Vec<(String, OperatorId, String, Option<String>)> = operator::table
        .filter(operator::login.eq_any(logins))
        .select((
            operator::login,
            operator::id,
            operator::state,
            operator::password_hash,
        ))
        .load(conn)?;
    let known = rows.into_iter().map(|(login, id, state, hash)| {
        let whose = Whose {
            is_active: state == State::Active.code(),
            has_password: hash.is_some(),
        };
        (login, (id, whose))
    });
    Ok(known.collect())
}

/// The operator of a folded login.
pub(super) fn operator_of(conn: &mut Conn, login: &str) -> Result<Option<OperatorId>, Error> {
    Ok(operator::table
        .filter(operator::login.eq(login))
        .select(operator::id)
        .first(conn)
        .optional()?)
}

/// Which index, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lead {
    All,
    Operator(OperatorId),
    Address(String),
    Reason(String),
}

/// The next `n` numbers of a lead after one of them.
pub(super) fn ids(
    conn: &mut Conn,
    lead: &Lead,
    after: Option<i64>,
    is_down: bool,
    n: i64,
) -> Result<Vec<i64>, Error> {
    let mut query = failed::table.select(failed::id).limit(n).into_boxed();
    query = match lead {
        Lead::All => query,
        Lead::Operator(id) => query.filter(failed::operator_id.eq(id)),
        Lead::Address(address) => query.filter(failed::address.eq(address)),
        Lead::Reason(code) => query.filter(failed::reason.eq(code)),
    };
    query = match (after, is_down) {
        (None, _) => query,
        (Some(at), true) => query.filter(failed::id.lt(at)),
        (Some(at), false) => query.filter(failed::id.gt(at)),
    };
    query = if is_down {
        query.order(failed::id.desc())
    } else {
        query.order(failed::id.asc())
    };
    Ok(query.load(conn)?)
}

/// These rows, each by its number.
pub(super) fn rows(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Row>, Error> {
    Ok(failed::table
        .left_join(operator::table)
        .filter(failed::id.eq_any(ids.to_vec()))
        .select((
            failed::id,
            failed::at,
            failed::operator_id,
            failed::address,
            failed::reason,
            failed::times,
            operator::login.nullable(),
        ))
        .load(conn)?)
}

pub(super) fn newest(conn: &mut Conn) -> Result<Option<i64>, Error> {
    Ok(failed::table
        .order(failed::id.desc())
        .select(failed::id)
        .first(conn)
        .optional()?)
}

/// The first of them, with their times.
pub(super) fn oldest(conn: &mut Conn, limit: i64) -> Result<Vec<(i64, Millis)>, Error> {
    Ok(failed::table
        .order(failed::id.asc())
        .select((failed::id, failed::at))
        .limit(limit)
        .load(conn)?)
}

pub(super) fn delete(conn: &mut Conn, ids: Vec<i64>) -> Result<usize, Error> {
    Ok(diesel::delete(failed::table.filter(failed::id.eq_any(ids))).execute(conn)?)
}
