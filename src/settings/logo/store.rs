//! All SQL of the logo. Its row stays when it is removed, so that its version goes on rising.
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::BlobId;
use crate::on_backend;
use crate::settings::schema::setting_logo as logo;
use diesel::prelude::*;

/// There is one.
const ONLY: i64 = 1;

/// The logo as stored.
#[derive(Debug, Queryable)]
pub(super) struct Row {
    pub(super) blob: Option<BlobId>,
    pub(super) content_type: String,
    pub(super) width: i64,
    pub(super) height: i64,
    pub(super) version: i64,
    pub(super) changed_at: Millis,
    pub(super) changed_by: String,
}

pub(super) fn find(conn: &mut Conn) -> Result<Option<Row>, Error> {
    Ok(logo::table
        .find(ONLY)
        .select((
            logo::blob_id,
            logo::content_type,
            logo::width,
            logo::height,
            logo::version,
            logo::changed_at,
            logo::changed_by,
        ))
        .first(conn)
        .optional()?)
}

/// True when this call made the change: the version that was seen still stood, 0 being no row.
pub(super) fn put(
    conn: &mut Conn,
    (blob, content_type, width, height): (Option<BlobId>, &str, i64, i64),
    seen: i64,
    (now, by): (Millis, &str),
) -> Result<bool, Error> {
    let fields = (
        logo::blob_id.eq(blob),
        logo::content_type.eq(content_type),
        logo::width.eq(width),
        logo::height.eq(height),
        logo::version.eq(seen + 1),
        logo::changed_at.eq(now),
        logo::changed_by.eq(by),
    );
    let n = if seen == 0 {
        on_backend!(conn, |c| diesel::insert_into(logo::table)
            .values((logo::id.eq(ONLY), fields))
            .on_conflict(logo::id)
            .do_nothing()
            .execute(c))?
    } else {
        let row = logo::table.filter(logo::id.eq(ONLY).and(logo::version.eq(seen)));
        diesel::update(row).set(fields).execute(conn)?
    };
    Ok(n == 1)
}
