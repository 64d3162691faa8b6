//! Which logs came because of which request.
use crate::db::{Conn, Error};
use crate::ids::{LogId, WorkId};
use crate::monitoring::schema::monitoring_log_asked as asked;
use crate::on_backend;
use diesel::prelude::*;

/// Notes that a log, or more of it, came because of this work.
pub(super) fn note(conn: &mut Conn, work: WorkId, log: LogId) -> Result<(), Error> {
    let row = (asked::work_id.eq(work), asked::log_id.eq(log));
    on_backend!(conn, |c| diesel::insert_into(asked::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// What came because of this work, so much at most, the newest first. Logs that were deleted are among it.
pub(super) fn answers(conn: &mut Conn, work: WorkId, most: usize) -> Result<Vec<LogId>, Error> {
    let these = asked::table
        .filter(asked::work_id.eq(work))
        .order(asked::log_id.desc())
        .select(asked::log_id)
        .limit(i64::try_from(most).unwrap_or(i64::MAX));
    Ok(these.load(conn)?)
}
