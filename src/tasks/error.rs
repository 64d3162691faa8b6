//! What tasks refuse.
use crate::http::{Args, BadTurn, Kind, Problem};
use crate::{db, storage};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Also for who may not see it.
    #[error("there is no such task")]
    NoTask,
    /// Another node was faster, or somebody ended the task: undo the step.
    #[error("the task went on without this step")]
    Overtaken,
    #[error("the task has ended")]
    Ended,
    #[error("only a task that failed or was cancelled can be continued")]
    NothingToContinue,
    /// The trial was done in earnest already.
    #[error("this was done already, as another task")]
    FollowedAlready,
    #[error("whoever started the task may no longer do this")]
    NoLongerAllowed,
    #[error("this server does not know how to do the task")]
    NoKind,
    #[error("the task has no file to give")]
    NoFile,
    #[error("a file waited too long to be used")]
    FileGone,
    #[error("there is no state of that name")]
    NoState,
    #[error("there is no outcome of that name")]
    NoOutcome,
    #[error(transparent)]
    Turn(#[from] BadTurn),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::NoTask | Self::NoFile => Kind::Missing,
            Self::Overtaken | Self::Ended | Self::NothingToContinue | Self::FollowedAlready => {
                Kind::Conflict
            }
            Self::NoLongerAllowed => Kind::Forbidden,
            Self::FileGone => Kind::Gone,
            Self::NoKind | Self::NoState | Self::NoOutcome => Kind::Invalid,
            Self::Turn(e) => e.kind(),
            Self::Storage(e) => e.kind(),
            Self::Db(e) => e.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoTask => "task.unknown",
            Self::Overtaken => "task.overtaken",
            Self::Ended => "task.ended",
            Self::NothingToContinue => "task.nothing-to-continue",
            Self::FollowedAlready => "task.followed-already",
            Self::NoLongerAllowed => "task.no-longer-allowed",
            Self::NoKind => "task.no-kind",
            Self::NoFile => "task.no-file",
            Self::FileGone => "task.file-gone",
            Self::NoState => "task.no-state",
            Self::NoOutcome => "task.no-outcome",
            Self::Turn(e) => e.code(),
            Self::Storage(e) => e.code(),
            Self::Db(e) => e.code(),
        }
    }

    fn args(&self) -> Args {
        match self {
            Self::Storage(e) => e.args(),
            _ => Args::new(),
        }
    }
}
