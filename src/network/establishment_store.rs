//! All SQL of establishments.
use super::draft_model::EstablishmentDraft;
use super::model::{Establishment, Status};
use super::schema::network_establishment as establishment;
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::fold::fold;
use crate::ids::EstablishmentId;
use crate::on_backend;
use diesel::prelude::*;
use std::collections::HashMap;

type EstablishmentRow = (
    EstablishmentId,
    String,
    String,
    String,
    Option<String>,
    String,
    Option<String>,
    String,
    i64,
    Millis,
);
type EstablishmentColumns = (
    establishment::id,
    establishment::code,
    establishment::name,
    establishment::time_zone,
    establishment::country,
    establishment::language,
    establishment::currency,
    establishment::status,
    establishment::version,
    establishment::created_at,
);
const ESTABLISHMENT: EstablishmentColumns = (
    establishment::id,
    establishment::code,
    establishment::name,
    establishment::time_zone,
    establishment::country,
    establishment::language,
    establishment::currency,
    establishment::status,
    establishment::version,
    establishment::created_at,
);

fn to_establishment(row: EstablishmentRow) -> Establishment {
    let (id, code, name, time_zone, country, language, currency, status, version, created_at) = row;
    Establishment {
        id,
        code,
        name,
        time_zone,
        country,
        language,
        currency,
        status: Status::parse(&status).unwrap_or_default(),
        version,
        created_at,
    }
}

/// By its code, in `scope`.
pub(super) fn establishment_by_code(
    conn: &mut Conn,
    scope: &Scope,
    code: &str,
) -> Result<Option<Establishment>, Error> {
    let row: Option<EstablishmentRow> = establishment::table
        .filter(establishment::code.eq(code))
        .select(ESTABLISHMENT)
        .first(conn)
        .optional()?;
    Ok(row
        .map(to_establishment)
        .filter(|found| scope.holds(found.id)))
}

/// Those that have one of these codes, in `scope`.
pub(super) fn establishments_by_codes(
    conn: &mut Conn,
    scope: &Scope,
    codes: &[String],
) -> Result<Vec<Establishment>, Error> {
    let rows: Vec<EstablishmentRow> = establishment::table
        .filter(establishment::code.eq_any(codes.to_vec()))
        .select(ESTABLISHMENT)
        .load(conn)?;
    let all = rows.into_iter().map(to_establishment);
    Ok(all.filter(|found| scope.holds(found.id)).collect())
}

/// By its row id, whoever asks: for slices that hold the id and checked the scope by it.
pub fn establishment_by_id(
    conn: &mut Conn,
    id: EstablishmentId,
) -> Result<Option<Establishment>, Error> {
    let row: Option<EstablishmentRow> = establishment::table
        .filter(establishment::id.eq(id))
        .select(ESTABLISHMENT)
        .first(conn)
        .optional()?;
    Ok(row.map(to_establishment))
}

/// Code and name of each, for lists that show them.
pub fn names_of_establishments(
    conn: &mut Conn,
    ids: &[EstablishmentId],
) -> Result<HashMap<EstablishmentId, (String, String)>, Error> {
    let rows: Vec<(EstablishmentId, String, String)> = establishment::table
        .filter(establishment::id.eq_any(ids.to_vec()))
        .select((establishment::id, establishment::code, establishment::name))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, code, name)| (id, (code, name)))
        .collect())
}

/// These establishments, each by its key.
pub(super) fn rows(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Establishment>, Error> {
    let rows: Vec<EstablishmentRow> = establishment::table
        .filter(establishment::id.eq_any(ids.to_vec()))
        .select(ESTABLISHMENT)
        .load(conn)?;
    Ok(rows.into_iter().map(to_establishment).collect())
}

/// How many points of service these establishments have, or all.
pub(super) fn points_of(conn: &mut Conn, these: Option<&[EstablishmentId]>) -> Result<i64, Error> {
    let mut query = establishment::table
        .select(establishment::points)
        .into_boxed();
    if let Some(these) = these {
        query = query.filter(establishment::id.eq_any(these.to_vec()));
    }
    let counts: Vec<i64> = query.load(conn)?;
    Ok(counts.into_iter().sum())
}

/// `None` when the code is taken.
pub(super) fn insert_establishment(
    conn: &mut Conn,
    draft: &EstablishmentDraft,
    now: Millis,
) -> Result<Option<EstablishmentId>, Error> {
    let values = (
        establishment::code.eq(draft.code.clone()),
        establishment::name.eq(draft.name.clone()),
        establishment::search.eq(fold(&draft.name)),
        establishment::time_zone.eq(draft.time_zone.clone()),
        establishment::country.eq(some(&draft.country)),
        establishment::language.eq(text(draft.language.as_ref())),
        establishment::currency.eq(some(text(draft.currency.as_ref()))),
        establishment::status.eq(text(draft.status.as_ref())),
        establishment::points.eq(0),
        establishment::created_at.eq(now),
    );
    let id = on_backend!(conn, |c| diesel::insert_into(establishment::table)
        .values(values)
        .on_conflict(establishment::code)
        .do_nothing()
        .returning(establishment::id)
        .get_result(c)
        .optional())?;
    Ok(id)
}

/// True when this call made the change.
pub(super) fn update_establishment(
    conn: &mut Conn,
    id: EstablishmentId,
    seen: i64,
    draft: &EstablishmentDraft,
) -> Result<bool, Error> {
    let row = establishment::table.filter(
        establishment::id
            .eq(id)
            .and(establishment::version.eq(seen)),
    );
    let n = diesel::update(row)
        .set((
            establishment::name.eq(draft.name.clone()),
            establishment::search.eq(fold(&draft.name)),
            establishment::time_zone.eq(draft.time_zone.clone()),
            establishment::country.eq(some(&draft.country)),
            establishment::language.eq(text(draft.language.as_ref())),
            establishment::currency.eq(some(text(draft.currency.as_ref()))),
            establishment::status.eq(text(draft.status.as_ref())),
            establishment::version.eq(seen + 1),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// Counts `n` more points of service.
pub(super) fn add_points(conn: &mut Conn, id: EstablishmentId, n: i64) -> Result<(), Error> {
    diesel::update(establishment::table.filter(establishment::id.eq(id)))
        .set(establishment::points.eq(establishment::points + n))
        .execute(conn)?;
    Ok(())
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// What a checked draft says, which says everything.
fn text(said: Option<&String>) -> &str {
    said.map_or("", String::as_str)
}
