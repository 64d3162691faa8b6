//! What logs told and the list does not hold, because a part of a log held too much.
use crate::db::{Conn, Error};
use crate::ids::LogId;
use crate::monitoring::schema::monitoring_exchange_left as left;
use crate::on_backend;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::upsert::excluded;

/// How much of a log that is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::monitoring) struct Left {
    /// Messages that became no exchange.
    pub(in crate::monitoring) unlisted: i64,
    /// Messages that were not compared with everything they may belong to.
    pub(in crate::monitoring) uncompared: i64,
}

/// Adds what is left of a part of a log.
pub(super) fn add(conn: &mut Conn, log: LogId, more: Left) -> Result<(), Error> {
    let row = (
        left::log_id.eq(log),
        left::unlisted.eq(more.unlisted),
        left::uncompared.eq(more.uncompared),
    );
    let unlisted = sql::<BigInt>("monitoring_exchange_left.unlisted") + excluded(left::unlisted);
    let uncompared =
        sql::<BigInt>("monitoring_exchange_left.uncompared") + excluded(left::uncompared);
    on_backend!(conn, |c| diesel::insert_into(left::table)
        .values(row)
        .on_conflict(left::log_id)
        .do_update()
        .set((left::unlisted.eq(unlisted), left::uncompared.eq(uncompared)))
        .execute(c))?;
    Ok(())
}

pub(in crate::monitoring) fn find(conn: &mut Conn, log: LogId) -> Result<Left, Error> {
    let row: Option<(i64, i64)> = left::table
        .find(log)
        .select((left::unlisted, left::uncompared))
        .first(conn)
        .optional()?;
    let (unlisted, uncompared) = row.unwrap_or_default();
    Ok(Left {
        unlisted,
        uncompared,
    })
}

pub(super) fn forget(conn: &mut Conn, log: LogId) -> Result<(), Error> {
    diesel::delete(left::table.find(log)).execute(conn)?;
    Ok(())
}
