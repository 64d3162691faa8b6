//! All SQL of points of service.
use super::draft_model::PointDraft;
use super::model::{PointOfService, Status};
use super::schema::network_establishment as establishment;
use super::schema::network_point_of_service as point;
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::fold::fold;
use crate::ids::{EstablishmentId, PointOfServiceId};
use crate::on_backend;
use diesel::prelude::*;
use std::collections::HashMap;

type PointRow = (
    (
        PointOfServiceId,
        EstablishmentId,
        String,
        String,
        String,
        String,
        String,
        String,
        i64,
        Millis,
    ),
    (String, String),
);

macro_rules! points {
    () => {
        point::table.inner_join(establishment::table).select((
            (
                point::id,
                point::establishment_id,
                point::code,
                point::name,
                point::address,
                point::manager_name,
                point::opening_hours,
                point::status,
                point::version,
                point::created_at,
            ),
            (establishment::code, establishment::name),
        ))
    };
}

fn to_point(row: PointRow) -> PointOfService {
    let (
        (id, establishment, code, name, address, manager_name, hours, status, version, created_at),
        (establishment_code, establishment_name),
    ) = row;
    PointOfService {
        id,
        establishment,
        establishment_code,
        establishment_name,
        code,
        name,
        address,
        manager_name,
        opening_hours: hours,
        status: Status::parse(&status).unwrap_or_default(),
        version,
        created_at,
    }
}

/// By its code, in `scope`.
pub(super) fn point_by_code(
    conn: &mut Conn,
    scope: &Scope,
    code: &str,
) -> Result<Option<PointOfService>, Error> {
    let row: Option<PointRow> = points!()
        .filter(point::code.eq(code))
        .first(conn)
        .optional()?;
    Ok(row
        .map(to_point)
        .filter(|found| scope.holds(found.establishment)))
}

/// By its row id, whoever asks: for slices that hold the id and checked the scope by it.
pub fn point_by_id(conn: &mut Conn, id: PointOfServiceId) -> Result<Option<PointOfService>, Error> {
    let row: Option<PointRow> = points!().filter(point::id.eq(id)).first(conn).optional()?;
    Ok(row.map(to_point))
}

/// Code and name of each, for lists that show them.
pub fn names_of_points(
    conn: &mut Conn,
    ids: &[PointOfServiceId],
) -> Result<HashMap<PointOfServiceId, (String, String)>, Error> {
    let rows: Vec<(PointOfServiceId, String, String)> = point::table
        .filter(point::id.eq_any(ids.to_vec()))
        .select((point::id, point::code, point::name))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, code, name)| (id, (code, name)))
        .collect())
}

/// These points of service, each by its key.
pub(super) fn rows(conn: &mut Conn, ids: &[i64]) -> Result<Vec<PointOfService>, Error> {
    let rows: Vec<PointRow> = points!()
        .filter(point::id.eq_any(ids.to_vec()))
        .load(conn)?;
    Ok(rows.into_iter().map(to_point).collect())
}

/// `None` when the code is taken.
pub(super) fn insert_point(
    conn: &mut Conn,
    at: EstablishmentId,
    draft: &PointDraft,
    now: Millis,
) -> Result<Option<PointOfServiceId>, Error> {
    let values = (
        point::establishment_id.eq(at),
        point::code.eq(draft.code.clone()),
        point::name.eq(draft.name.clone()),
        point::search.eq(fold(&draft.name)),
        point::address.eq(draft.address.clone()),
        point::manager_name.eq(draft.manager_name.clone()),
        point::opening_hours.eq(draft.opening_hours.clone().unwrap_or_default()),
        point::status.eq(draft.status.clone().unwrap_or_default()),
        point::created_at.eq(now),
    );
    let id = on_backend!(conn, |c| diesel::insert_into(point::table)
        .values(values)
        .on_conflict(point::code)
        .do_nothing()
        .returning(point::id)
        .get_result(c)
        .optional())?;
    Ok(id)
}

/// True when this call made the change.
pub(super) fn update_point(
    conn: &mut Conn,
    id: PointOfServiceId,
    seen: i64,
    draft: &PointDraft,
) -> Result<bool, Error> {
    let row = point::table.filter(point::id.eq(id).and(point::version.eq(seen)));
    let n = diesel::update(row)
        .set((
            point::name.eq(draft.name.clone()),
            point::search.eq(fold(&draft.name)),
            point::address.eq(draft.address.clone()),
            point::manager_name.eq(draft.manager_name.clone()),
            point::opening_hours.eq(draft.opening_hours.clone().unwrap_or_default()),
            point::status.eq(draft.status.clone().unwrap_or_default()),
            point::version.eq(seen + 1),
        ))
        .execute(conn)?;
    Ok(n == 1)
}
