//! What this room refuses.
use super::model::Faults;
use crate::db;
use crate::http::{Args, BrokenForm, FieldFault, Kind, Problem};
use crate::storage;
use std::ops::RangeInclusive;

pub(super) const STALE: &str = "settings.stale";

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
    #[error("there is no logo")]
    NoLogo,
    #[error("the upload broke off or is not a form")]
    BadForm,
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<BrokenForm> for Error {
    fn from(_: BrokenForm) -> Self {
        Self::BadForm
    }
}

impl Error {
    pub(super) fn invalid(faults: Faults) -> Self {
        let fault = |(field, code, args)| FieldFault { field, code, args };
        Self::Invalid(faults.into_iter().map(fault).collect())
    }

    /// A file that cannot be the logo; `max` is for those messages that name a bound.
    pub(super) fn logo(code: &'static str, max: usize) -> Self {
        Self::invalid(vec![("logo", code, vec![("max", max.to_string())])])
    }

    pub(super) fn logo_size(side: &RangeInclusive<u32>) -> Self {
        let bounds = vec![
            ("min", side.start().to_string()),
            ("max", side.end().to_string()),
        ];
        Self::invalid(vec![("logo", "settings.logo-size", bounds)])
    }
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) => Kind::Invalid,
            Self::NoGroup(_) | Self::NoLogo => Kind::Missing,
            Self::BadForm => Kind::Malformed,
            Self::Stale => Kind::Conflict,
            Self::ScopeTooNarrow => Kind::Forbidden,
            Self::Storage(e) => e.kind(),
            Self::Db(e) => e.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "settings.invalid",
            Self::NoGroup(_) => "settings.no-group",
            Self::NoLogo => "settings.no-logo",
            Self::BadForm => "settings.bad-form",
            Self::Stale => STALE,
            Self::ScopeTooNarrow => "settings.scope-too-narrow",
            Self::Storage(e) => e.code(),
            Self::Db(e) => e.code(),
        }
    }
    fn args(&self) -> Args {
        match self {
            Self::NoGroup(name) => vec![("name", name.clone())],
            Self::Storage(e) => e.args(),
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
