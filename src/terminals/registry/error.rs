//! What the registry refuses.
use crate::db;
use crate::http::{Args, BadTurn, FieldFault, Kind, Problem};
use crate::network;
use crate::terminals::activation;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("some values cannot be accepted")]
    Invalid(Vec<FieldFault>),
    /// Which terminals a filter means cannot be told, for the reason of this code.
    #[error("the filter does not say which terminals are meant: {0}")]
    NoChoice(&'static str),
    #[error("there is no terminal `{0}`")]
    NoTerminal(String),
    #[error("there is no model `{0}`")]
    NoModel(String),
    /// By another device, model or place, or by a terminal out of the caller's sight.
    #[error("the TID is taken")]
    TidTaken,
    /// Models are the whole installation's.
    #[error("only someone who sees every establishment may add or change models")]
    ScopeTooNarrow,
    #[error("someone changed it first: read it again")]
    Stale,
    #[error("the terminal is retired: nothing about it changes any more")]
    IsRetired,
    #[error("the terminal is suspended already")]
    IsSuspended,
    #[error("the terminal is not suspended")]
    NotSuspended,
    #[error("the terminal holds no credential")]
    NoCredential,
    #[error(transparent)]
    Activation(#[from] activation::Error),
    #[error(transparent)]
    Turn(#[from] BadTurn),
    #[error(transparent)]
    Network(#[from] network::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Error {
    /// One value at fault.
    pub(in crate::terminals) fn field(field: &'static str, code: &'static str) -> Self {
        Self::invalid(vec![(field, code)])
    }

    pub(in crate::terminals) fn invalid(faults: Vec<(&'static str, &'static str)>) -> Self {
        let fault = |(field, code)| FieldFault::new(field, code);
        Self::Invalid(faults.into_iter().map(fault).collect())
    }

    /// What was found wrong in two places.
    pub(super) fn and(
        mut faults: Vec<FieldFault>,
        more: Vec<(&'static str, &'static str)>,
    ) -> Self {
        let more = more.into_iter();
        faults.extend(more.map(|(field, code)| FieldFault::new(field, code)));
        Self::Invalid(faults)
    }
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) | Self::NoChoice(_) => Kind::Invalid,
            Self::NoTerminal(_) | Self::NoModel(_) => Kind::Missing,
            Self::ScopeTooNarrow => Kind::Forbidden,
            Self::TidTaken
            | Self::Stale
            | Self::IsRetired
            | Self::IsSuspended
            | Self::NotSuspended
            | Self::NoCredential => Kind::Conflict,
            Self::Turn(e) => e.kind(),
            Self::Network(e) => e.kind(),
            Self::Activation(e) => e.kind(),
            Self::Db(e) => e.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "terminal.invalid",
            Self::NoChoice(code) => code,
            Self::NoTerminal(_) => "terminal.unknown",
            Self::NoModel(_) => "model.unknown",
            Self::TidTaken => "terminal.tid-taken",
            Self::ScopeTooNarrow => "model.scope-too-narrow",
            Self::Stale => "terminal.stale",
            Self::IsRetired => "terminal.is-retired",
            Self::IsSuspended => "terminal.is-suspended",
            Self::NotSuspended => "terminal.not-suspended",
            Self::NoCredential => "terminal.no-credential",
            Self::Turn(e) => e.code(),
            Self::Network(e) => e.code(),
            Self::Activation(e) => e.code(),
            Self::Db(e) => e.code(),
        }
    }
    fn args(&self) -> Args {
        match self {
            Self::NoTerminal(code) | Self::NoModel(code) => vec![("code", code.clone())],
            Self::Network(e) => e.args(),
            Self::Activation(e) => e.args(),
            _ => Args::new(),
        }
    }
    fn fields(&self) -> Vec<FieldFault> {
        match self {
            Self::Invalid(fields) => fields.clone(),
            Self::NoChoice(code) => vec![FieldFault::new("filter", code)],
            Self::TidTaken => vec![FieldFault::new("tid", "terminal.tid-taken")],
            Self::Network(e) => e.fields(),
            Self::Activation(e) => e.fields(),
            _ => Vec::new(),
        }
    }
}
