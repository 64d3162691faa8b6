//! What is known of why a terminal does or does not come in: who was turned away, whether its device asks
//! under another code, and what to do about it.
use super::activation::CodeState;
use super::credential::{Refusal, Stranger, has_lapsed, refusals, strangers};
use super::model::Life;
use super::registry::Error;
use super::shown::One;
use crate::clock::Millis;
use crate::db::{self, Conn};

/// Unregistered codes looked through for a device that was given a mistyped TID.
const STRANGERS: i64 = 200;

pub(super) struct Reach {
    /// The latest first.
    pub(super) refusals: Vec<Refusal>,
    /// Unregistered codes under which the device of this terminal asked for activation.
    pub(super) mistyped: Vec<Stranger>,
    /// `terminals-advice-` and this is its message.
    pub(super) advice: &'static str,
}

impl Reach {
    pub(super) fn of(conn: &mut Conn, it: &One, now: Millis) -> Result<Self, Error> {
        let serial = &it.terminal.serial_number;
        let mut mistyped = strangers(conn, STRANGERS)?;
        mistyped.retain(|stranger| stranger.serial_number == *serial);
        Ok(Self {
            refusals: refusals(conn, it.terminal.id)?,
            mistyped,
            advice: advice(conn, it, now)?,
        })
    }
}

fn advice(conn: &mut Conn, it: &One, now: Millis) -> Result<&'static str, db::Error> {
    let code = it.activation.as_ref().map(|a| a.state);
    Ok(match (it.terminal.life, code) {
        (Life::Retired, _) => "retired",
        (Life::Suspended, _) => "suspended",
        (Life::Registered, Some(CodeState::Pending)) => "code-waits",
        (Life::Registered, Some(CodeState::Dead)) => "code-dead",
        (Life::Registered, Some(CodeState::Expired)) => "code-expired",
        (Life::Registered, _) => "no-code",
        (Life::Active, _) if it.presence().is_connected() => "connected",
        (Life::Active, _) if has_lapsed(conn, it.terminal.id, now)? => "certificate-expired",
        (Life::Active, _) => "silent",
    })
}
