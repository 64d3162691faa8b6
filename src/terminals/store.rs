//! Reading the registry, for every part of the slice.
use super::model::{Life, Terminal};
use super::profile::LogLevel;
use super::schema::terminal_place;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::{EstablishmentId, ModelId, PointOfServiceId, TerminalId, Tid};
use diesel::prelude::*;

type Row = (
    TerminalId,
    Tid,
    String,
    ModelId,
    EstablishmentId,
    PointOfServiceId,
    String,
    (Option<i32>, Option<String>),
    i64,
    Millis,
    Millis,
);

#[expect(clippy::type_complexity, reason = "the columns of `Row`, once")]
const COLUMNS: (
    terminal_place::id,
    terminal_place::tid,
    terminal_place::serial_number,
    terminal_place::model_id,
    terminal_place::establishment_id,
    terminal_place::point_of_service_id,
    terminal_place::life,
    (terminal_place::interval_s, terminal_place::log_level),
    terminal_place::version,
    terminal_place::created_at,
    terminal_place::updated_at,
) = (
    terminal_place::id,
    terminal_place::tid,
    terminal_place::serial_number,
    terminal_place::model_id,
    terminal_place::establishment_id,
    terminal_place::point_of_service_id,
    terminal_place::life,
    (terminal_place::interval_s, terminal_place::log_level),
    terminal_place::version,
    terminal_place::created_at,
    terminal_place::updated_at,
);

fn place(row: Row) -> Terminal {
    let (id, tid, serial_number, model, establishment, point_of_service, life, own, ..) = row;
    Terminal {
        id,
        tid,
        serial_number,
        model,
        establishment,
        point_of_service,
        life: Life::parse(&life).unwrap_or(Life::Retired),
        interval_s: own.0,
        log_level: own.1.as_deref().and_then(LogLevel::parse),
        version: row.8,
        created_at: row.9,
        updated_at: row.10,
    }
}

/// The terminal with this id.
pub(super) fn terminal(conn: &mut Conn, id: TerminalId) -> Result<Option<Terminal>, Error> {
    let row: Option<Row> = terminal_place::table
        .find(id)
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    Ok(row.map(place))
}

/// The terminal with this code, whoever asks.
pub(super) fn terminal_of(conn: &mut Conn, tid: &str) -> Result<Option<Terminal>, Error> {
    let row: Option<Row> = terminal_place::table
        .filter(terminal_place::tid.eq(tid))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    Ok(row.map(place))
}
