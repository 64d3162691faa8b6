//! How much may come in: the settings group `logs`.
use crate::db::{Conn, Error};
use crate::settings::{self, Field, Group, Kind};

const LOG: &str = "log_max_mib";
const DAY: &str = "log_day_mib";
const MIB: i64 = 1 << 20;

pub static SETTINGS: Group = Group {
    name: "logs",
    fields: &[
        Field {
            key: LOG,
            label_key: "settings-logs-max",
            hint_key: "settings-logs-max-hint",
            kind: Kind::Number {
                min: 1,
                max: 10_240,
                default: 1_024,
            },
        },
        Field {
            key: DAY,
            label_key: "settings-logs-day",
            hint_key: "settings-logs-day-hint",
            kind: Kind::Number {
                min: 1,
                max: 102_400,
                default: 2_048,
            },
        },
    ],
};

/// In bytes of what terminals write, unpacked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) log_bytes: i64,
    /// Of one terminal, in a day.
    pub(super) day_bytes: i64,
}

pub(super) fn limits(conn: &mut Conn) -> Result<Limits, Error> {
    let kept = settings::find(conn, &SETTINGS)?.values;
    Ok(Limits {
        log_bytes: kept.number(LOG).saturating_mul(MIB),
        day_bytes: kept.number(DAY).saturating_mul(MIB),
    })
}
