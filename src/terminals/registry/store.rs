//! What the registry writes.
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::fold::{fold, natural};
use crate::ids::{EstablishmentId, ModelId, PointOfServiceId, TerminalId, Tid};
use crate::on_backend;
use crate::terminals::model::{Life, Terminal};
use crate::terminals::schema::{terminal_device, terminal_place};
use crate::terminals::store::terminal;
use diesel::prelude::*;
use serde::Serialize;

/// A device that served at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Device {
    pub serial_number: String,
    pub from_at: Millis,
    pub until_at: Option<Millis>,
}

/// A terminal about to be registered, all of it checked.
pub(super) struct New<'a> {
    pub(super) tid: &'a Tid,
    pub(super) serial_number: &'a str,
    pub(super) model: ModelId,
    pub(super) establishment: EstablishmentId,
    pub(super) point_of_service: PointOfServiceId,
    pub(super) interval_s: Option<i32>,
}

/// `None` when the TID is taken.
pub(super) fn insert(
    conn: &mut Conn,
    new: &New<'_>,
    now: Millis,
) -> Result<Option<TerminalId>, Error> {
    let values = (
        terminal_place::tid.eq(new.tid),
        terminal_place::serial_number.eq(new.serial_number),
        terminal_place::search.eq(fold(new.tid.as_str())),
        terminal_place::serial_search.eq(fold(new.serial_number)),
        terminal_place::sort_key.eq(natural(new.tid.as_str())),
        terminal_place::is_retired.eq(false),
        terminal_place::model_id.eq(new.model),
        terminal_place::establishment_id.eq(new.establishment),
        terminal_place::point_of_service_id.eq(new.point_of_service),
        terminal_place::life.eq(Life::Registered.code()),
        terminal_place::interval_s.eq(new.interval_s),
        terminal_place::created_at.eq(now),
        terminal_place::updated_at.eq(now),
    );
    let id = on_backend!(conn, |c| diesel::insert_into(terminal_place::table)
        .values(values)
        .on_conflict(terminal_place::tid)
        .do_nothing()
        .returning(terminal_place::id)
        .get_result(c)
        .optional())?;
    Ok(id)
}

/// What changes of a place; `None` stays.
#[derive(AsChangeset, Default)]
#[diesel(table_name = terminal_place)]
pub(super) struct Changes {
    pub(super) serial_number: Option<String>,
    pub(super) serial_search: Option<String>,
    pub(super) model_id: Option<ModelId>,
    pub(super) establishment_id: Option<EstablishmentId>,
    pub(super) point_of_service_id: Option<PointOfServiceId>,
    pub(super) life: Option<&'static str>,
    pub(super) is_retired: Option<bool>,
    /// `Some(None)`: inherited from now on.
    pub(super) interval_s: Option<Option<i32>>,
    pub(super) log_level: Option<Option<String>>,
}

/// True when this call made the change: the guard is in the `WHERE`.
pub(super) fn update(
    conn: &mut Conn,
    id: TerminalId,
    seen: i64,
    changes: Changes,
    now: Millis,
) -> Result<bool, Error> {
    let row = terminal_place::table.filter(
        terminal_place::id
            .eq(id)
            .and(terminal_place::version.eq(seen)),
    );
    let n = diesel::update(row)
        .set((
            changes,
            terminal_place::version.eq(seen + 1),
            terminal_place::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// Begins the service of a device at a place, and ends that of the one before.
pub(super) fn install(
    conn: &mut Conn,
    terminal: TerminalId,
    serial_number: &str,
    now: Millis,
) -> Result<(), Error> {
    end_service(conn, terminal, now)?;
    let values = (
        terminal_device::terminal_id.eq(terminal),
        terminal_device::serial_number.eq(serial_number),
        terminal_device::from_at.eq(now),
    );
    on_backend!(conn, |c| diesel::insert_into(terminal_device::table)
        .values(values)
        .execute(c))?;
    Ok(())
}

/// Ends the service of whatever device is at a place.
pub(super) fn end_service(conn: &mut Conn, terminal: TerminalId, now: Millis) -> Result<(), Error> {
    let serving = terminal_device::table.filter(
        terminal_device::terminal_id
            .eq(terminal)
            .and(terminal_device::until_at.is_null()),
    );
    diesel::update(serving)
        .set(terminal_device::until_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// The devices that served at a place, the present one first.
pub(super) fn devices(conn: &mut Conn, terminal: TerminalId) -> Result<Vec<Device>, Error> {
    let rows: Vec<(String, Millis, Option<Millis>)> = terminal_device::table
        .filter(terminal_device::terminal_id.eq(terminal))
        .order(terminal_device::id.desc())
        .limit(50)
        .select((
            terminal_device::serial_number,
            terminal_device::from_at,
            terminal_device::until_at,
        ))
        .load(conn)?;
    let device = |(serial_number, from_at, until_at)| Device {
        serial_number,
        from_at,
        until_at,
    };
    Ok(rows.into_iter().map(device).collect())
}

/// The terminal in service that has this device, whatever the case of the serial number; of several
/// the one registered last.
pub fn serving(conn: &mut Conn, serial_number: &str) -> Result<Option<Terminal>, Error> {
    let id: Option<TerminalId> = terminal_place::table
        .filter(terminal_place::serial_search.eq(fold(serial_number)))
        .filter(terminal_place::is_retired.eq(false))
        .order(terminal_place::id.desc())
        .select(terminal_place::id)
        .first(conn)
        .optional()?;
    match id {
        Some(id) => terminal(conn, id),
        None => Ok(None),
    }
}
