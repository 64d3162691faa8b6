//! What is refused of exchanges.
use crate::db;
use crate::http::{Args, FieldFault, Kind, Problem};
use crate::monitoring;

#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// There is none, or the caller may not know of it.
    #[error("there is no such exchange")]
    Unknown,
    #[error(transparent)]
    Monitoring(#[from] monitoring::Error),
}

impl From<db::Error> for Error {
    fn from(cause: db::Error) -> Self {
        Self::Monitoring(cause.into())
    }
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Unknown => Kind::Missing,
            Self::Monitoring(e) => e.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "exchange.unknown",
            Self::Monitoring(e) => e.code(),
        }
    }
    fn args(&self) -> Args {
        match self {
            Self::Unknown => Vec::new(),
            Self::Monitoring(e) => e.args(),
        }
    }
    fn fields(&self) -> Vec<FieldFault> {
        match self {
            Self::Unknown => Vec::new(),
            Self::Monitoring(e) => e.fields(),
        }
    }
    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Unknown => None,
            Self::Monitoring(e) => e.retry_after(),
        }
    }
}
