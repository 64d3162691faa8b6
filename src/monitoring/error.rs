//! What monitoring refuses.
use crate::db;
use crate::http::{self, Args, FieldFault, Kind, Problem};
use crate::network;
use crate::storage;
use crate::terminals;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("some values cannot be accepted")]
    Invalid(Vec<FieldFault>),
    /// The same of a log of which this much is here.
    #[error("some values cannot be accepted")]
    Unfit {
        received: i64,
        field: &'static str,
        code: &'static str,
    },
    #[error("card numbers are not kept, so nobody can look for one")]
    CardNumber,
    /// There is no such log, or the caller may not know of it.
    #[error("there is no such log")]
    NoLog,
    /// Bytes are missing before what came, or far more of it than a broken connection explains is here.
    #[error("this is not where the log goes on: go on from {received}")]
    Gap { received: i64 },
    /// What came again is not what is here.
    #[error("another file came under this name before: send this one from its first byte")]
    AnotherFile,
    #[error("the terminal said that this log is whole, and it is here")]
    Closed { received: i64 },
    #[error(
        "another upload was faster, or the terminal or this log went elsewhere: go on from {received}"
    )]
    Overtaken { received: i64 },
    #[error("this log began in another format")]
    OtherFormat { received: i64 },
    #[error("a log has {limit_bytes} bytes at most")]
    LogTooLarge { received: i64, limit_bytes: i64 },
    #[error("this terminal sent enough for today: {limit_bytes} bytes")]
    Quota {
        received: i64,
        limit_bytes: i64,
        retry_after_s: u32,
    },
    #[error("the compressed data is damaged: go on from {received}")]
    BadCompression { received: i64 },
    /// What the connection brought cannot be read on.
    #[error("{cause}")]
    Broken { received: i64, cause: http::Error },
    /// Of all terminals, or more than one of this one.
    #[error("more logs come in than can be taken at once")]
    Crowded,
    #[error("more archives are being written than the server writes at once")]
    TooManyArchives,
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Network(#[from] network::Error),
    #[error(transparent)]
    Terminal(#[from] terminals::Error),
    #[error(transparent)]
    Work(#[from] terminals::WorkError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Error {
    /// From where a terminal goes on with a log, where that is the answer.
    pub(super) fn received(&self) -> Option<i64> {
        match self {
            Self::Unfit { received, .. }
            | Self::Gap { received }
            | Self::Closed { received }
            | Self::Overtaken { received }
            | Self::OtherFormat { received }
            | Self::LogTooLarge { received, .. }
            | Self::Quota { received, .. }
            | Self::BadCompression { received }
            | Self::Broken { received, .. } => Some(*received),
            Self::AnotherFile => Some(0),
            _ => None,
        }
    }

    pub(super) fn field(field: &'static str, code: &'static str) -> Self {
        Self::Invalid(vec![FieldFault::new(field, code)])
    }
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) | Self::Unfit { .. } | Self::CardNumber => Kind::Invalid,
            Self::NoLog => Kind::Missing,
            Self::Gap { .. }
            | Self::AnotherFile
            | Self::Closed { .. }
            | Self::Overtaken { .. }
            | Self::OtherFormat { .. } => Kind::Conflict,
            Self::LogTooLarge { .. } => Kind::TooLarge,
            Self::Quota { .. } => Kind::TooMany,
            Self::BadCompression { .. } => Kind::Malformed,
            Self::Broken { cause, .. } => cause.kind(),
            Self::Crowded | Self::TooManyArchives => Kind::Busy,
            Self::Storage(e) => e.kind(),
            Self::Network(e) => e.kind(),
            Self::Terminal(e) => e.kind(),
            Self::Work(e) => e.kind(),
            Self::Db(e) => e.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) | Self::Unfit { .. } => "monitoring.invalid",
            Self::CardNumber => "log.no-card-numbers",
            Self::NoLog => "log.unknown",
            Self::Gap { .. } => "log.gap",
            Self::AnotherFile => "log.another-file",
            Self::Closed { .. } => "log.closed",
            Self::Overtaken { .. } => "log.overtaken",
            Self::OtherFormat { .. } => "log.format-differs",
            Self::LogTooLarge { .. } => "log.too-large",
            Self::Quota { .. } => "log.quota",
            Self::BadCompression { .. } => "log.bad-compression",
            Self::Broken { cause, .. } => cause.code(),
            Self::Crowded => "log.crowded",
            Self::TooManyArchives => "log.too-many-archives",
            Self::Storage(e) => e.code(),
            Self::Network(e) => e.code(),
            Self::Terminal(e) => e.code(),
            Self::Work(e) => e.code(),
            Self::Db(e) => e.code(),
        }
    }
    fn args(&self) -> Args {
        match self {
            Self::Gap { received } | Self::Overtaken { received } => {
                vec![("received", received.to_string())]
            }
            Self::LogTooLarge { limit_bytes, .. } | Self::Quota { limit_bytes, .. } => {
                vec![("limit_bytes", limit_bytes.to_string())]
            }
            Self::Broken { cause, .. } => cause.args(),
            Self::Storage(e) => e.args(),
            Self::Network(e) => e.args(),
            Self::Terminal(e) => e.args(),
            Self::Work(e) => e.args(),
            _ => Vec::new(),
        }
    }
    fn fields(&self) -> Vec<FieldFault> {
        match self {
            Self::Invalid(fields) => fields.clone(),
            Self::Unfit { field, code, .. } => vec![FieldFault::new(field, code)],
            Self::Network(e) => e.fields(),
            Self::Terminal(e) => e.fields(),
            _ => Vec::new(),
        }
    }
    fn ends_connection(&self) -> bool {
        match self {
            Self::LogTooLarge { .. } | Self::Quota { .. } => true,
            Self::Broken { cause, .. } => cause.ends_connection(),
            _ => false,
        }
    }
    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Quota { retry_after_s, .. } => Some(*retry_after_s),
            Self::Db(e) => e.retry_after(),
            other => matches!(other.kind(), Kind::Busy).then_some(5),
        }
    }
}
