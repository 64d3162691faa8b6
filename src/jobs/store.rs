//! All SQL of leases. Who may run is decided by guarded updates alone.
use super::schema::job_lease as lease;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::on_backend;
use diesel::prelude::*;

/// A lease as it stands.
#[derive(Debug, Clone)]
pub(super) struct Lease {
    pub(super) holder: Option<String>,
    pub(super) until: Millis,
    pub(super) next: Millis,
}

/// Makes the job known; it is due at once the first time.
pub(super) fn ensure(conn: &mut Conn, name: &str, now: Millis) -> Result<(), Error> {
    on_backend!(conn, |c| diesel::insert_into(lease::table)
        .values((
            lease::name.eq(name),
            lease::until_at.eq(0_i64),
            lease::next_at.eq(now),
        ))
        .on_conflict(lease::name)
        .do_nothing()
        .execute(c))?;
    Ok(())
}

pub(super) fn look(conn: &mut Conn, name: &str) -> Result<Option<Lease>, Error> {
    let row: Option<(Option<String>, Millis, Millis)> = lease::table
        .find(name)
        .select((lease::holder, lease::until_at, lease::next_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(holder, until, next)| Lease {
        holder,
        until,
        next,
    }))
}

/// True when the job was due, nobody held it, and `holder` does now.
pub(super) fn claim(
    conn: &mut Conn,
    name: &str,
    holder: &str,
    now: Millis,
    until: Millis,
) -> Result<bool, Error> {
    let due = lease::table
        .filter(lease::name.eq(name).and(lease::next_at.le(now)))
        .filter(lease::holder.is_null().or(lease::until_at.le(now)));
    let n = diesel::update(due)
        .set((
            lease::holder.eq(Some(holder)),
            lease::until_at.eq(until),
            lease::last_began_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// False when the lease is lost: somebody else may be running already.
pub(super) fn renew(
    conn: &mut Conn,
    name: &str,
    holder: &str,
    until: Millis,
) -> Result<bool, Error> {
    let mine = lease::table.filter(lease::name.eq(name).and(lease::holder.eq(Some(holder))));
    let n = diesel::update(mine)
        .set(lease::until_at.eq(until))
        .execute(conn)?;
    Ok(n == 1)
}

/// Puts off the next run to `next`, unless somebody asked for another since `seen`.
pub(super) fn schedule(
    conn: &mut Conn,
    name: &str,
    seen: Millis,
    next: Millis,
) -> Result<(), Error> {
    diesel::update(lease::table.filter(lease::name.eq(name).and(lease::next_at.eq(seen))))
        .set(lease::next_at.eq(next))
        .execute(conn)?;
    Ok(())
}

/// Gives the lease back without a word about how it went: the run was cut short.
pub(super) fn release(conn: &mut Conn, name: &str, holder: &str) -> Result<(), Error> {
    let mine = lease::table.filter(lease::name.eq(name).and(lease::holder.eq(Some(holder))));
    diesel::update(mine)
        .set((lease::holder.eq(None::<String>), lease::until_at.eq(0_i64)))
        .execute(conn)?;
    Ok(())
}

/// Keeps how a run ended.
pub(super) fn note(
    conn: &mut Conn,
    name: &str,
    error: Option<&str>,
    now: Millis,
) -> Result<(), Error> {
    let row = lease::table.find(name);
    match error {
        None => diesel::update(row)
            .set((
                lease::last_done_at.eq(Some(now)),
                lease::last_error.eq(None::<String>),
            ))
            .execute(conn)?,
        Some(text) => diesel::update(row)
            .set(lease::last_error.eq(Some(text)))
            .execute(conn)?,
    };
    Ok(())
}

/// Makes the job due now. Where it is due or running already, its time still moves, so that the
/// end of the present run cannot swallow the wish.
pub(super) fn make_due(conn: &mut Conn, name: &str, now: Millis) -> Result<(), Error> {
    let ahead = lease::table.filter(lease::name.eq(name).and(lease::next_at.gt(now)));
    let moved = diesel::update(ahead)
        .set(lease::next_at.eq(now))
        .execute(conn)?;
    if moved == 0 {
        let due = lease::table.filter(lease::name.eq(name).and(lease::next_at.lt(now)));
        diesel::update(due)
            .set(lease::next_at.eq(lease::next_at + 1))
            .execute(conn)?;
    }
    Ok(())
}
