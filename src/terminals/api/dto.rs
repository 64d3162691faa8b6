//! Terminals as scripts see them.
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::Conn;
use crate::ids::Tid;
use crate::terminals::activation::Activation;
use crate::terminals::contact::{Reported, reported};
use crate::terminals::model::{Life, Presence};
use crate::terminals::registry::{Device, Error, Listed, devices};
use crate::terminals::shown::{Names, One, read_one};
use serde::Serialize;
use utoipa::ToSchema;

/// A terminal as lists show it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TerminalLine)]
pub(super) struct Line {
    tid: Tid,
    /// Of the device that serves there now.
    serial_number: String,
    /// Code of its model.
    model: String,
    /// Code of the establishment that runs its point of service.
    establishment: String,
    /// Code of the point of service where it stands.
    point_of_service: String,
    life: Life,
    presence: Presence,
    /// Seconds between check-ins, before jitter; where they are set, `…/profile` tells.
    interval_s: i32,
    last_contact_at: Option<Millis>,
    /// When it should be heard next, if it was ever heard and is let in.
    expected_at: Option<Millis>,
    /// Something waits for it.
    has_work: bool,
    /// Words that it is tagged with.
    tags: Vec<String>,
    /// Rises with every change; send it back to change only what you read.
    version: i64,
}

impl Line {
    pub(super) fn of(names: &Names, it: Listed) -> Self {
        let code = |pair: Option<&(String, String)>| pair.map_or_else(String::new, |p| p.0.clone());
        let model = names.models.iter().find(|model| model.id == it.model);
        Self {
            expected_at: it.expected_at(),
            tags: names.tags.get(&it.id).cloned().unwrap_or_default(),
            model: model.map_or_else(String::new, |model| model.code.clone()),
            establishment: code(names.establishments.get(&it.establishment)),
            point_of_service: code(names.points.get(&it.point_of_service)),
            tid: it.tid,
            serial_number: it.serial_number,
            life: it.life,
            presence: it.presence,
            interval_s: it.interval_s,
            last_contact_at: it.last_contact_at,
            has_work: it.has_work,
            version: it.version,
        }
    }
}

impl From<&One> for Line {
    fn from(one: &One) -> Self {
        let it = &one.terminal;
        let code = |code: Option<&String>| code.cloned().unwrap_or_default();
        Self {
            tid: it.tid.clone(),
            serial_number: it.serial_number.clone(),
            model: code(one.model.as_ref().map(|model| &model.code)),
            establishment: code(one.establishment.as_ref().map(|owner| &owner.code)),
            point_of_service: code(one.point.as_ref().map(|point| &point.code)),
            life: it.life,
            presence: one.presence(),
            interval_s: one.interval_s(),
            last_contact_at: one.heard(),
            expected_at: one.expected_at(),
            has_work: one.contact.as_ref().is_some_and(|contact| contact.has_work),
            tags: one.tags.clone(),
            version: it.version,
        }
    }
}

/// A terminal with how it is reached, what it said of itself, and the devices that served there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Terminal)]
pub(super) struct Whole {
    #[serde(flatten)]
    line: Line,
    created_at: Millis,
    updated_at: Millis,
    /// Not heard by then, it counts as late.
    late_at: Option<Millis>,
    /// The address that it was last seen at.
    seen_from: Option<String>,
    /// The terminal's clock minus the server's.
    clock_offset_ms: Option<i64>,
    /// Its last status, with every key that it sent.
    status: Option<Reported>,
    /// Its activation code, without the code itself.
    activation: Option<Activation>,
    /// The present device first.
    devices: Vec<Device>,
}

/// Reads a terminal in `scope`.
pub(super) fn whole(
    conn: &mut Conn,
    scope: &Scope,
    tid: &Tid,
    now: Millis,
) -> Result<Whole, Error> {
    let one = read_one(conn, scope, tid, now)?;
    let id = one.terminal.id;
    let (status, devices) = (reported(conn, id)?, devices(conn, id)?);
    let line = Line::from(&one);
    let (late_at, seen_from, clock_offset_ms) = match one.contact {
        Some(contact) => (contact.late_at, contact.seen_from, contact.clock_offset_ms),
        None => (None, None, None),
    };
    Ok(Whole {
        line,
        created_at: one.terminal.created_at,
        updated_at: one.terminal.updated_at,
        late_at,
        seen_from,
        clock_offset_ms,
        status,
        activation: one.activation,
        devices,
    })
}
