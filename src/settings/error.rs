//! What this room refuses.
use super::model::Faults;
use crate::db;
use crate::http::{Args, FieldFault, Kind, Problem};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("some values cannot be accepted")]
    Invalid(Vec<FieldFault>),
    #[error("there is no group of settings `{0}`")]
    NoGroup(String),
    #[error("someone changed it first: read it again")]
    Stale,
    #[error("only someone who sees every establishment may change these")]
    ScopeTooNarrow,
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Error {
    pub(super) fn invalid(faults: Faults) -> Self {
        let fault = |(field, code, args)| FieldFault { field, code, args };
        Self::Invalid(faults.into_iter().map(fault).collect())
    }
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) => Kind::Invalid,
            Self::NoGroup(_) => Kind::Missing,
            Self::Stale => Kind::Conflict,
            Self::ScopeTooNarrow => Kind::Forbidden,
            Self::Db(e) => e.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "settings.invalid",
            Self::NoGroup(_) => "settings.no-group",
            Self::Stale => "settings.stale",
            Self::ScopeTooNarrow => "settings.scope-too-narrow",
            Self::Db(e) => e.code(),
        }
    }
    fn args(&self) -> Args {
        match self {
            Self::NoGroup(name) => vec![("name", name.clone())],
            _ => Args::new(),
        }
    }
    fn fields(&self) -> Vec<FieldFault> {
        match self {
            Self::Invalid(fields) => fields.clone(),
            _ => Vec::new(),
        }
    }
}
