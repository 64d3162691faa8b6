//! What work refuses.
use super::model::{State, Step};
use crate::db;
use crate::http::{Args, Kind, Problem};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no such terminal")]
    NoTerminal,
    #[error("the terminal is retired and takes no work")]
    Retired,
    #[error("this terminal has no work with that number")]
    Unknown,
    #[error("this work is {} already", .0.code())]
    NotOpen(State),
    #[error("work that is {} cannot become {}", .from.code(), .said.code())]
    BadTransition { from: State, said: Step },
    /// Two billion work items were numbered for one terminal.
    #[error("the terminal's work numbers are used up")]
    NumbersSpent,
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::NoTerminal | Self::Unknown => Kind::Missing,
            Self::Retired | Self::NotOpen(_) | Self::BadTransition { .. } | Self::NumbersSpent => {
                Kind::Conflict
            }
            Self::Db(e) => e.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoTerminal => "work.no-terminal",
            Self::Retired => "work.terminal-retired",
            Self::Unknown => "work.unknown",
            Self::NotOpen(_) => "work.not-open",
            Self::BadTransition { .. } => "work.bad-transition",
            Self::NumbersSpent => "work.numbers-spent",
            Self::Db(e) => e.code(),
        }
    }

    fn args(&self) -> Args {
        match self {
            Self::NotOpen(state) => vec![("state", state.code().to_owned())],
            Self::BadTransition { from, said } => vec![
                ("from", from.code().to_owned()),
                ("said", said.code().to_owned()),
            ],
            _ => Vec::new(),
        }
    }
}
