//! How the distributor names his files, as it is kept: one row.
use super::schema::licence_setting as setting;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use diesel::prelude::*;

const ROW: i64 = 1;

/// The pattern, and the version that a change has to have seen.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Naming {
    pub(super) pattern: String,
    pub(super) version: i64,
    pub(super) updated_at: Option<Millis>,
    pub(super) updated_by: Option<String>,
}

pub(super) fn find(conn: &mut Conn) -> Result<Naming, Error> {
    Ok(setting::table
        .find(ROW)
        .select((
            setting::file_pattern,
            setting::version,
            setting::updated_at,
            setting::updated_by,
        ))
        .first(conn)?)
}

/// True when nobody was faster.
pub(super) fn change(
    conn: &mut Conn,
    pattern: &str,
    seen: i64,
    (by, now): (&str, Millis),
) -> Result<bool, Error> {
    let row = setting::table.filter(setting::id.eq(ROW).and(setting::version.eq(seen)));
    let n = diesel::update(row)
        .set((
            setting::file_pattern.eq(pattern),
            setting::version.eq(seen + 1),
            setting::updated_at.eq(Some(now)),
            setting::updated_by.eq(Some(by)),
        ))
        .execute(conn)?;
    Ok(n == 1)
}
