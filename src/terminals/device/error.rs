//! What the Terminal API refuses, beside what activation and work do.
use crate::db;
use crate::http::{Args, Kind, Problem};
use crate::terminals::credential::Refused;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{}", told(*.0))]
    Refused(Refused),
    #[error("the status has a value that does not fit at {path}: {why}")]
    BadStatus { path: String, why: String },
    #[error("the status is larger or deeper than allowed")]
    StatusTooLarge,
    #[error("{field} is missing, or longer than {limit} characters")]
    BadField { field: &'static str, limit: usize },
    #[error("progress is a number from 0 to 100")]
    BadProgress,
    #[error("this terminal asks too often; wait {retry_after_s} s")]
    TooOften { retry_after_s: u32 },
    #[error(transparent)]
    Db(#[from] db::Error),
}

fn told(why: Refused) -> &'static str {
    match why {
        Refused::CredentialRevoked => "this terminal's credential was revoked; activate again",
        Refused::Suspended => "this terminal is suspended",
        Refused::Retired => "this terminal is retired",
        Refused::NotActivated
        | Refused::NoCode
        | Refused::WrongSerial
        | Refused::WrongCode
        | Refused::DeadCode => "this terminal is not activated",
    }
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Refused(Refused::Suspended | Refused::Retired) => Kind::Forbidden,
            Self::Refused(_) => Kind::Unauthenticated,
            Self::BadStatus { .. }
            | Self::StatusTooLarge
            | Self::BadField { .. }
            | Self::BadProgress => Kind::Invalid,
            Self::TooOften { .. } => Kind::TooMany,
            Self::Db(e) => e.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Refused(Refused::CredentialRevoked) => "terminal.credential-revoked",
            Self::Refused(Refused::Suspended) => "terminal.suspended",
            Self::Refused(Refused::Retired) => "terminal.retired",
            Self::Refused(_) => "terminal.not-activated",
            Self::BadStatus { .. } => "terminal.bad-status",
            Self::StatusTooLarge => "terminal.status-too-large",
            Self::BadField { .. } => "terminal.bad-field",
            Self::BadProgress => "terminal.bad-progress",
            Self::TooOften { .. } => "terminal.too-often",
            Self::Db(e) => e.code(),
        }
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::TooOften { retry_after_s } => Some(*retry_after_s),
            Self::Db(e) => e.retry_after(),
            _ => None,
        }
    }

    fn args(&self) -> Args {
        match self {
            Self::BadStatus { path, why } => vec![("path", path.clone()), ("why", why.clone())],
            Self::BadField { field, limit } => {
                vec![("field", (*field).to_owned()), ("limit", limit.to_string())]
            }
            _ => Vec::new(),
        }
    }

    fn pointer(&self) -> Option<String> {
        match self {
            Self::BadStatus { path, .. } => Some(path.clone()),
            Self::BadField { field, .. } => Some(format!("$.{field}")),
            Self::BadProgress => Some("$.progress".to_owned()),
            _ => None,
        }
    }
}
