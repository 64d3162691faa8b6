//! What imports refuse.
use crate::http::{Args, BrokenForm, FieldFault, Kind, Problem};
use crate::{db, sheets, storage, tasks};

/// The most rows of one file.
pub(super) const MAX_ROWS: i64 = 1_000_000;
/// The largest file.
pub(super) const MAX_BYTES: u64 = 256 << 20;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no file came with the form")]
    NoFile,
    #[error("the file is empty")]
    Empty,
    #[error("the file is larger than {MAX_BYTES} bytes")]
    TooLarge,
    #[error("the file has more than {MAX_ROWS} rows")]
    TooManyRows,
    #[error("the upload broke off or is not a form")]
    BadForm,
    #[error("row {row} of this file says something else about it")]
    Twice { row: i64 },
    #[error("a value holds a zero byte")]
    ZeroByte,
    #[error("the row has values beyond the last column")]
    TooManyValues,
    #[error("this is no trial that could be done in earnest")]
    NotATrial,
    #[error("the file is no longer kept")]
    FileGone,
    #[error(transparent)]
    Sheet(#[from] sheets::Error),
    #[error(transparent)]
    Task(#[from] tasks::Error),
    #[error(transparent)]
    Storage(storage::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<BrokenForm> for Error {
    fn from(_: BrokenForm) -> Self {
        Self::BadForm
    }
}

impl From<storage::Error> for Error {
    fn from(cause: storage::Error) -> Self {
        match cause {
            storage::Error::Empty => Self::Empty,
            storage::Error::TooLarge { .. } => Self::TooLarge,
            storage::Error::Db(e) => Self::Db(e),
            other => Self::Storage(other),
        }
    }
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::NoFile
            | Self::Empty
            | Self::TooManyRows
            | Self::Twice { .. }
            | Self::ZeroByte
            | Self::TooManyValues => Kind::Invalid,
            Self::TooLarge => Kind::TooLarge,
            Self::BadForm => Kind::Malformed,
            Self::NotATrial => Kind::Conflict,
            Self::FileGone => Kind::Gone,
            Self::Sheet(e) => e.kind(),
            Self::Task(e) => e.kind(),
            Self::Storage(e) => e.kind(),
            Self::Db(e) => e.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoFile => "import.no-file",
            Self::Empty => "import.empty",
            Self::TooLarge => "import.too-large",
            Self::TooManyRows => "import.too-many-rows",
            Self::BadForm => "import.bad-form",
            Self::Twice { .. } => "import.twice",
            Self::ZeroByte => "import.zero-byte",
            Self::TooManyValues => "import.too-many-values",
            Self::NotATrial => "import.not-a-trial",
            Self::FileGone => "import.file-gone",
            Self::Sheet(e) => e.code(),
            Self::Task(e) => e.code(),
            Self::Storage(e) => e.code(),
            Self::Db(e) => e.code(),
        }
    }

    fn args(&self) -> Args {
        match self {
            Self::TooLarge => vec![("max", (MAX_BYTES >> 20).to_string())],
            Self::TooManyRows => vec![("max", MAX_ROWS.to_string())],
            Self::Twice { row } => vec![("row", row.to_string())],
            Self::Sheet(e) => e.args(),
            Self::Task(e) => e.args(),
            Self::Storage(e) => e.args(),
            _ => Args::new(),
        }
    }

    fn fields(&self) -> Vec<FieldFault> {
        match self {
            Self::NoFile | Self::Empty | Self::TooLarge | Self::TooManyRows => {
                vec![FieldFault::of("file", self)]
            }
            Self::Sheet(e) => e.fields(),
            _ => Vec::new(),
        }
    }

    /// What follows on the connection cannot be told from the rest of a file that nobody read.
    fn ends_connection(&self) -> bool {
        match self {
            Self::TooLarge | Self::Sheet(sheets::Error::TooLong { .. }) => true,
            Self::Storage(e) => e.ends_connection(),
            _ => false,
        }
    }
}
