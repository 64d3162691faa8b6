//! What the network refuses.
use super::model::Status;
use crate::db;
use crate::http::{Args, BadTurn, FieldFault, Kind, Problem};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("some values cannot be accepted")]
    Invalid(Vec<FieldFault>),
    #[error("there is no establishment `{0}`")]
    NoEstablishment(String),
    #[error("there is no point of service `{0}`")]
    NoPoint(String),
    #[error("someone changed it first: read it again")]
    Stale,
    #[error("only someone who sees every establishment may add one")]
    ScopeTooNarrow,
    #[error("the point of service `{0}` belongs to another establishment")]
    OtherEstablishment(String),
    #[error(transparent)]
    Turn(#[from] BadTurn),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Error {
    /// One value at fault.
    pub(super) fn field(field: &'static str, code: &'static str) -> Self {
        Self::Invalid(vec![FieldFault::new(field, code)])
    }
}

impl Status {
    /// What a list is narrowed to; empty is everything.
    pub(super) fn asked(code: &str) -> Result<Option<Self>, Error> {
        match code {
            "" => Ok(None),
            code => Self::parse(code)
                .map(Some)
                .ok_or_else(|| Error::field("status", "network.no-such-status")),
        }
    }
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) => Kind::Invalid,
            Self::NoEstablishment(_) | Self::NoPoint(_) => Kind::Missing,
            Self::Stale | Self::OtherEstablishment(_) => Kind::Conflict,
            Self::ScopeTooNarrow => Kind::Forbidden,
            Self::Turn(e) => e.kind(),
            Self::Db(e) => e.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "network.invalid",
            Self::NoEstablishment(_) => "network.no-establishment",
            Self::NoPoint(_) => "network.no-point-of-service",
            Self::Stale => "network.stale",
            Self::OtherEstablishment(_) => "network.other-establishment",
            Self::ScopeTooNarrow => "network.scope-too-narrow",
            Self::Turn(e) => e.code(),
            Self::Db(e) => e.code(),
        }
    }
    fn args(&self) -> Args {
        match self {
            Self::NoEstablishment(code) | Self::NoPoint(code) | Self::OtherEstablishment(code) => {
                vec![("code", code.clone())]
            }
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
