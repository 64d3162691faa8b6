//! All SQL of sessions.
use super::{IDLE, TOUCH_EVERY, challenge_store};
use crate::access::model::State;
use crate::access::schema::{
    access_operator as operator, access_operator_role as held, access_role as role,
    access_second_factor as factor, access_session as session,
};
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::OperatorId;
use crate::on_backend;
use crate::sealing::TokenHash;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

/// A session that opens the gate, with what the gate wants to know of its operator.
#[derive(Debug, Queryable)]
pub(in crate::access) struct Live {
    pub id: i64,
    pub last_seen_at: Millis,
    pub csrf: Vec<u8>,
    pub operator: OperatorId,
    pub login: String,
    pub all_establishments: bool,
    pub lang: Option<String>,
    pub theme: Option<String>,
    pub zone: Option<String>,
}

/// The session of a token, unless it is over, its operator may not sign in, or a role of his demands a
/// second factor that he does not have: then he signs in again and sets one up.
pub(in crate::access) fn find_live(
    conn: &mut Conn,
    hash: &TokenHash,
    now: Millis,
) -> Result<Option<Live>, Error> {
    let demanded = held::table
        .inner_join(role::table)
        .filter(held::operator_id.eq(operator::id))
        .filter(role::needs_second_factor.eq(true));
    let has = factor::table.filter(factor::operator_id.eq(operator::id));
    let live = session::table
        .inner_join(operator::table)
        .filter(session::hash.eq(hash.to_vec()))
        .filter(session::idle_until_at.gt(now))
        .filter(session::expires_at.gt(now))
        .filter(operator::state.eq(State::Active.code()))
        .filter(not(exists(demanded)).or(exists(has)))
        .select((
            session::id,
            session::last_seen_at,
            session::csrf,
            operator::id,
            operator::login,
            operator::all_establishments,
            operator::lang,
            operator::theme,
            operator::zone,
        ))
        .first(conn)
        .optional()?;
    Ok(live)
}

/// A session about to begin.
pub(super) struct New {
    pub hash: TokenHash,
    pub operator: OperatorId,
    pub csrf: [u8; 32],
    pub created_at: Millis,
    pub expires_at: Millis,
    pub ip: Option<String>,
    pub user_agent: String,
}

pub(super) fn insert(conn: &mut Conn, new: &New) -> Result<(), Error> {
    on_backend!(conn, |c| diesel::insert_into(session::table)
        .values((
            session::hash.eq(new.hash.to_vec()),
            session::operator_id.eq(new.operator),
            session::csrf.eq(new.csrf.to_vec()),
            session::created_at.eq(new.created_at),
            session::last_seen_at.eq(new.created_at),
            session::idle_until_at.eq(new.created_at + IDLE),
            session::expires_at.eq(new.expires_at),
            session::ip.eq(&new.ip),
            session::user_agent.eq(&new.user_agent),
        ))
        .execute(c))?;
    Ok(())
}

/// Notes that a session was used, unless that was noted a moment ago.
pub(in crate::access) fn touch(conn: &mut Conn, id: i64, now: Millis) -> Result<(), Error> {
    let due = session::table
        .filter(session::id.eq(id))
        .filter(session::last_seen_at.le(now - TOUCH_EVERY));
    diesel::update(due)
        .set((
            session::last_seen_at.eq(now),
            session::idle_until_at.eq(now + IDLE),
        ))
        .execute(conn)?;
    Ok(())
}

/// One of an operator's sessions, as he sees it.
#[derive(Debug, Queryable)]
pub(in crate::access) struct Session {
    pub id: i64,
    pub created_at: Millis,
    pub last_seen_at: Millis,
    pub ip: Option<String>,
    pub user_agent: String,
}

/// An operator's sessions that are still alive, the last used first.
pub(in crate::access) fn list_of(
    conn: &mut Conn,
    whose: OperatorId,
    now: Millis,
) -> Result<Vec<Session>, Error> {
    let all = session::table
        .filter(session::operator_id.eq(whose))
        .filter(session::idle_until_at.gt(now))
        .filter(session::expires_at.gt(now))
        .order((session::last_seen_at.desc(), session::id.desc()))
        .select((
            session::id,
            session::created_at,
            session::last_seen_at,
            session::ip,
            session::user_agent,
        ))
        .load(conn)?;
    Ok(all)
}

/// Ends one session of an operator; true when it was his.
pub(in crate::access) fn delete(
    conn: &mut Conn,
    whose: OperatorId,
    id: i64,
) -> Result<bool, Error> {
    let row = session::table.filter(session::id.eq(id).and(session::operator_id.eq(whose)));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Ends the session of a token.
pub(super) fn delete_token(conn: &mut Conn, hash: &TokenHash) -> Result<bool, Error> {
    let row = session::table.filter(session::hash.eq(hash.to_vec()));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Ends all sessions of an operator, and those that are about to begin.
pub(in crate::access) fn delete_of(conn: &mut Conn, whose: OperatorId) -> Result<usize, Error> {
    challenge_store::delete_of(conn, whose)?;
    let rows = session::table.filter(session::operator_id.eq(whose));
    Ok(diesel::delete(rows).execute(conn)?)
}

/// Ends all sessions of an operator but one, and those that are about to begin.
pub(in crate::access) fn delete_others(
    conn: &mut Conn,
    whose: OperatorId,
    but: i64,
) -> Result<usize, Error> {
    challenge_store::delete_of(conn, whose)?;
    let rows = session::table.filter(session::operator_id.eq(whose).and(session::id.ne(but)));
    Ok(diesel::delete(rows).execute(conn)?)
}

/// Deletes sessions that are over.
pub(in crate::access) fn purge(conn: &mut Conn, now: Millis) -> Result<usize, Error> {
    let over = session::table.filter(
        session::expires_at
            .le(now)
            .or(session::idle_until_at.le(now)),
    );
    Ok(diesel::delete(over).execute(conn)?)
}
