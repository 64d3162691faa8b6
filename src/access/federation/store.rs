//! All SQL of accounts at a provider.
use crate::access::schema::access_identity as identity;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::OperatorId;
use crate::on_backend;
use diesel::prelude::*;

/// An operator's account at a provider.
#[derive(Debug, Clone, Queryable)]
pub(in crate::access) struct Link {
    pub issuer: String,
    /// What people there call it.
    pub called: String,
    /// Whether the provider says what the operator may do.
    pub is_governed: bool,
    pub created_at: Millis,
}

/// Whose account that is, and whether the provider governs him.
pub(super) fn find(
    conn: &mut Conn,
    issuer: &str,
    subject: &str,
) -> Result<Option<(OperatorId, bool)>, Error> {
    Ok(identity::table
        .filter(identity::issuer.eq(issuer))
        .filter(identity::subject.eq(subject))
        .select((identity::operator_id, identity::is_governed))
        .first(conn)
        .optional()?)
}

pub(in crate::access) fn link_of(
    conn: &mut Conn,
    whose: OperatorId,
) -> Result<Option<Link>, Error> {
    Ok(identity::table
        .filter(identity::operator_id.eq(whose))
        .select((
            identity::issuer,
            identity::called,
            identity::is_governed,
            identity::created_at,
        ))
        .first(conn)
        .optional()?)
}

/// Whether a provider says what this operator may do.
pub(in crate::access) fn is_governed(conn: &mut Conn, whose: OperatorId) -> Result<bool, Error> {
    Ok(link_of(conn, whose)?.is_some_and(|link| link.is_governed))
}

/// An account about to be noted.
pub(super) struct New<'a> {
    pub issuer: &'a str,
    pub subject: &'a str,
    pub called: &'a str,
    pub is_governed: bool,
}

/// False when the account is somebody's already, or the operator has one.
pub(super) fn insert(
    conn: &mut Conn,
    whose: OperatorId,
    new: &New,
    now: Millis,
) -> Result<bool, Error> {
    let n = on_backend!(conn, |c| diesel::insert_into(identity::table)
        .values((
            identity::issuer.eq(new.issuer),
            identity::subject.eq(new.subject),
            identity::operator_id.eq(whose),
            identity::called.eq(new.called),
            identity::is_governed.eq(new.is_governed),
            identity::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(n == 1)
}

/// Forgets the account of an operator; true when there was one.
pub(super) fn delete(conn: &mut Conn, whose: OperatorId) -> Result<bool, Error> {
    let rows = identity::table.filter(identity::operator_id.eq(whose));
    Ok(diesel::delete(rows).execute(conn)? == 1)
}

/// Forgets the account that an operator linked himself: whoever recovers an account by a one-time link must
/// not find a stranger's way in still open.
pub(in crate::access) fn forget_own(conn: &mut Conn, whose: OperatorId) -> Result<(), Error> {
    let own = identity::table.filter(
        identity::operator_id
            .eq(whose)
            .and(identity::is_governed.eq(false)),
    );
    diesel::delete(own).execute(conn)?;
    Ok(())
}
