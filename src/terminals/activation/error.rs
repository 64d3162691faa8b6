//! What activation refuses.
use crate::db;
use crate::http::{Kind, Problem};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no such terminal")]
    NoTerminal,
    #[error("the terminal is suspended: resume it first")]
    Suspended,
    #[error("the terminal is retired")]
    Retired,
    /// The one answer to every failed try, whatever was wrong.
    #[error("the terminal could not be activated with this TID, serial number and code")]
    Refused,
    #[error("another device is active as this terminal; confirm to take its place")]
    AlreadyActivated,
    #[error("this key is or was the key of a terminal; make a new one")]
    KeyTaken,
    #[error("too many failed tries; wait {retry_after_s} s")]
    TooMany { retry_after_s: u32 },
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::NoTerminal => Kind::Missing,
            Self::Suspended | Self::Retired | Self::AlreadyActivated | Self::KeyTaken => {
                Kind::Conflict
            }
            Self::Refused => Kind::Forbidden,
            Self::TooMany { .. } => Kind::TooMany,
            Self::Db(e) => e.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoTerminal => "activation.no-terminal",
            Self::Suspended => "activation.suspended",
            Self::Retired => "activation.retired",
            Self::Refused => "terminal.activation-refused",
            Self::AlreadyActivated => "terminal.already-activated",
            Self::KeyTaken => "terminal.key-taken",
            Self::TooMany { .. } => "terminal.too-many-tries",
            Self::Db(e) => e.code(),
        }
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::TooMany { retry_after_s } => Some(*retry_after_s),
            Self::Db(e) => e.retry_after(),
            _ => None,
        }
    }
}
