//! All SQL of settings.
use super::schema::{setting_change, setting_group};
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::on_backend;
use diesel::prelude::*;

/// A group as stored.
#[derive(Debug, Queryable)]
pub(super) struct Row {
    pub(super) body: String,
    pub(super) version: i64,
    pub(super) changed_at: Millis,
    pub(super) changed_by: String,
}

/// One change of a group.
#[derive(Debug, Queryable)]
pub(super) struct Changed {
    pub(super) body: String,
    pub(super) at: Millis,
    pub(super) by: String,
}

pub(super) fn find(conn: &mut Conn, name: &str) -> Result<Option<Row>, Error> {
    Ok(setting_group::table
        .find(name)
        .select((
            setting_group::body,
            setting_group::version,
            setting_group::changed_at,
            setting_group::changed_by,
        ))
        .first(conn)
        .optional()?)
}

/// True when this call made the change: the version that was seen still stood, 0 being no row.
pub(super) fn put(
    conn: &mut Conn,
    name: &str,
    body: &str,
    seen: i64,
    (now, by): (Millis, &str),
) -> Result<bool, Error> {
    let fields = (
        setting_group::body.eq(body),
        setting_group::version.eq(seen + 1),
        setting_group::changed_at.eq(now),
        setting_group::changed_by.eq(by),
    );
    let n = if seen == 0 {
        on_backend!(conn, |c| diesel::insert_into(setting_group::table)
            .values((setting_group::name.eq(name), fields))
            .on_conflict(setting_group::name)
            .do_nothing()
            .execute(c))?
    } else {
        let row = setting_group::table.filter(
            setting_group::name
                .eq(name)
                .and(setting_group::version.eq(seen)),
        );
        diesel::update(row).set(fields).execute(conn)?
    };
    Ok(n == 1)
}

/// Keeps what a group is from now on.
pub(super) fn remember(
    conn: &mut Conn,
    name: &str,
    body: &str,
    (now, by): (Millis, &str),
) -> Result<(), Error> {
    let row = (
        setting_change::name.eq(name),
        setting_change::body.eq(body),
        setting_change::changed_at.eq(now),
        setting_change::changed_by.eq(by),
    );
    on_backend!(conn, |c| diesel::insert_into(setting_change::table)
        .values(row)
        .execute(c))?;
    Ok(())
}

/// The last changes of a group, the latest first.
pub(super) fn history(conn: &mut Conn, name: &str, limit: i64) -> Result<Vec<Changed>, Error> {
    Ok(setting_change::table
        .filter(setting_change::name.eq(name))
        .order(setting_change::id.desc())
        .limit(limit)
        .select((
            setting_change::body,
            setting_change::changed_at,
            setting_change::changed_by,
        ))
        .load(conn)?)
}
