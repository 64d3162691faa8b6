//! What of it is a matter of the installation: the settings group `governance`.
use crate::clock::Millis;
use crate::db::{self, Conn};
use crate::settings::{self, Field, Group, Kind};
use std::time::Duration;

const BULK_ABOVE: &str = "bulk_above";
const HOURS: &str = "approval_hours";
const HOUR: Duration = Duration::from_hours(1);

/// Nobody is asked until somebody sets a number: an installation with one operator would otherwise
/// come to a stop.
pub static SETTINGS: Group = Group {
    name: "governance",
    fields: &[
        Field {
            key: BULK_ABOVE,
            label_key: "settings-governance-bulk-above",
            hint_key: "settings-governance-bulk-above-hint",
            kind: Kind::Number {
                min: 0,
                max: 1_000_000,
                default: 0,
            },
        },
        Field {
            key: HOURS,
            label_key: "settings-governance-hours",
            hint_key: "settings-governance-hours-hint",
            kind: Kind::Number {
                min: 1,
                max: 720,
                default: 72,
            },
        },
    ],
};

/// The number of terminals above which an action on them needs a second person; `None` when none does.
pub fn second_person_above(conn: &mut Conn) -> Result<Option<i64>, db::Error> {
    let above = settings::find(conn, &SETTINGS)?.values.number(BULK_ABOVE);
    Ok((above > 0).then_some(above))
}

/// Until when a request of now can be decided.
pub(super) fn expiry(conn: &mut Conn, now: Millis) -> Result<Millis, db::Error> {
    let hours = settings::find(conn, &SETTINGS)?.values.number(HOURS);
    Ok(now + HOUR * u32::try_from(hours).unwrap_or(1))
}
