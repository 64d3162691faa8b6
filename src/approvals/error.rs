//! What approvals refuse.
use super::model::TEXT_MAX;
use crate::http::{Args, BadTurn, FieldFault, Kind, Problem};
use crate::{db, storage};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Also for who may not see it.
    #[error("there is no such request")]
    NoApproval,
    #[error("this server does not know how to do what was asked for")]
    NoKind,
    #[error("the request has been decided, withdrawn or has expired")]
    Ended,
    #[error("the request expired before anybody decided it")]
    Expired,
    #[error("only people and API clients can ask for approval")]
    NotByThis,
    #[error("only a person can approve")]
    NotByAProgram,
    #[error("you asked for this yourself: another person has to decide")]
    Own,
    #[error(
        "an API client asked for this with a token that you made: another person has to approve"
    )]
    OwnProgram,
    #[error("you may not do this yourself, so you cannot decide about it")]
    LacksPermission,
    #[error("only the one who asked can take it back")]
    NotYours,
    #[error("whoever asked for this may no longer come in")]
    RequesterGone,
    #[error("whoever asked for this may no longer do it")]
    RequesterLacks,
    #[error("whoever asked for this no longer sees all that it concerns")]
    RequesterNarrowed,
    #[error("say why, in at most {TEXT_MAX} characters")]
    Reason,
    #[error("a remark has at most {TEXT_MAX} characters")]
    Remark,
    #[error("a file waited too long to be used")]
    FileGone,
    #[error("there is no state of that name")]
    NoState,
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
            Self::NoApproval => Kind::Missing,
            Self::Ended
            | Self::Expired
            | Self::RequesterGone
            | Self::RequesterLacks
            | Self::RequesterNarrowed => Kind::Conflict,
            Self::NotByThis
            | Self::NotByAProgram
            | Self::Own
            | Self::OwnProgram
            | Self::LacksPermission
            | Self::NotYours => Kind::Forbidden,
            Self::NoKind | Self::Reason | Self::Remark | Self::NoState => Kind::Invalid,
            Self::FileGone => Kind::Gone,
            Self::Turn(e) => e.kind(),
            Self::Storage(e) => e.kind(),
            Self::Db(e) => e.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoApproval => "approval.unknown",
            Self::NoKind => "approval.no-kind",
            Self::Ended => "approval.ended",
            Self::Expired => "approval.expired",
            Self::NotByThis => "approval.not-by-this",
            Self::NotByAProgram => "approval.not-by-a-program",
            Self::Own => "approval.own",
            Self::OwnProgram => "approval.own-program",
            Self::LacksPermission => "approval.lacks-permission",
            Self::NotYours => "approval.not-yours",
            Self::RequesterGone => "approval.requester-gone",
            Self::RequesterLacks => "approval.requester-lacks",
            Self::RequesterNarrowed => "approval.requester-narrowed",
            Self::Reason => "approval.reason-form",
            Self::Remark => "approval.remark-form",
            Self::FileGone => "approval.file-gone",
            Self::NoState => "approval.no-state",
            Self::Turn(e) => e.code(),
            Self::Storage(e) => e.code(),
            Self::Db(e) => e.code(),
        }
    }

    fn args(&self) -> Args {
        match self {
            Self::Reason | Self::Remark => vec![("n", TEXT_MAX.to_string())],
            Self::Storage(e) => e.args(),
            _ => Args::new(),
        }
    }

    fn fields(&self) -> Vec<FieldFault> {
        let field = match self {
            Self::Reason => "reason",
            Self::Remark => "remark",
            _ => return Vec::new(),
        };
        vec![FieldFault::of(field, self)]
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Db(e) => e.retry_after(),
            _ => None,
        }
    }
}
