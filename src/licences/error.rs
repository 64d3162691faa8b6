//! What licences refuse.
use super::model::MAX_BYTES;
use crate::http::{Args, BadTurn, BrokenForm, FieldFault, Kind, Problem};
use crate::{db, sheets, storage, terminals};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no such licence")]
    NoLicence,
    /// A terminal asked for its licence and has none.
    #[error("this terminal has no licence")]
    None,
    #[error("there is no terminal `{0}`")]
    NoTerminal(String),
    /// The same, typed into a form: there it is one value at fault.
    #[error("there is no terminal `{0}`")]
    WrongTid(String),
    #[error("some values cannot be accepted")]
    Invalid(Vec<(&'static str, &'static str)>),
    /// To somebody who does not see every establishment.
    #[error("no terminal that you may see has the serial number `{0}`")]
    NoSerial(String),
    #[error("another device serves as `{0}`")]
    OtherDevice(String),
    /// Without saying which, a terminal can be given only the one for no software in particular.
    #[error("this terminal has several licences: say which")]
    Which,
    /// A row of a table names a device that has several.
    #[error("`{0}` has several licences: say platform and software")]
    WhichOf(String),
    #[error("`{0}` has no such licence")]
    NoneOf(String),
    #[error("the licence file is empty")]
    Empty,
    #[error("the licence file is larger than {MAX_BYTES} bytes")]
    TooLarge,
    #[error("the file's name is missing or longer than 200 characters")]
    FileName,
    #[error("no file came with the form")]
    NoFile,
    #[error("there is a licence for it already: say that this one is to replace it")]
    Exists,
    #[error(
        "the licence that it has was deposited by somebody else: an administrator can delete or \
         replace it"
    )]
    NotYours,
    #[error("this licence was replaced or deleted meanwhile")]
    NotCurrent,
    #[error("a delivery is under way or done already")]
    NothingToSend,
    #[error("the licence's file is no longer kept")]
    FileGone,
    /// The upload could not be read as a form.
    #[error("the upload broke off or is not a form")]
    BadForm,
    #[error("neither a table nor the file's name says what it is for")]
    NotNamed,
    #[error("a form brings one table at most")]
    TableTwice,
    #[error(transparent)]
    Sheet(#[from] sheets::Error),
    #[error("more files than one form may bring")]
    TooManyFiles,
    #[error("the files are larger than one form may be")]
    FormTooLarge,
    #[error("the archive cannot be read")]
    BadArchive,
    #[error("the archive holds no files")]
    ArchiveEmpty,
    #[error("the archive holds more files than are accepted")]
    ArchiveTooMany,
    #[error("the archive unpacks to more than is accepted")]
    ArchiveTooLarge,
    #[error("the file unpacks to far more than a licence has")]
    Bomb,
    #[error("the file is encrypted")]
    Encrypted,
    #[error("the file is packed in a way that is not known here")]
    Compression,
    #[error("the file's name leads out of the archive")]
    UnsafeName,
    #[error("the file is an archive itself")]
    IsArchive,
    #[error("a name stands twice in the archive: only the last file of that name was read")]
    NameTwice,
    #[error("somebody changed it first: read it again")]
    Stale,
    /// How files are named is the whole installation's.
    #[error("only someone who sees every establishment may change how files are named")]
    ScopeTooNarrow,
    #[error(transparent)]
    Turn(#[from] BadTurn),
    #[error(transparent)]
    Storage(storage::Error),
    #[error(transparent)]
    Work(terminals::WorkError),
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

impl From<terminals::WorkError> for Error {
    fn from(cause: terminals::WorkError) -> Self {
        match cause {
            terminals::WorkError::Db(e) => Self::Db(e),
            other => Self::Work(other),
        }
    }
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::NoLicence | Self::None | Self::NoTerminal(_) => Kind::Missing,
            Self::WrongTid(_)
            | Self::Invalid(_)
            | Self::NoSerial(_)
            | Self::NoneOf(_)
            | Self::OtherDevice(_)
            | Self::Empty
            | Self::FileName
            | Self::NoFile
            | Self::NotNamed
            | Self::TableTwice
            | Self::BadArchive
            | Self::ArchiveEmpty
            | Self::ArchiveTooMany
            | Self::ArchiveTooLarge
            | Self::Bomb
            | Self::Encrypted
            | Self::Compression
            | Self::UnsafeName
            | Self::IsArchive
            | Self::NameTwice => Kind::Invalid,
            Self::TooLarge | Self::TooManyFiles | Self::FormTooLarge => Kind::TooLarge,
            Self::Stale
            | Self::Which
            | Self::WhichOf(_)
            | Self::Exists
            | Self::NotYours
            | Self::NotCurrent
            | Self::NothingToSend => Kind::Conflict,
            Self::ScopeTooNarrow => Kind::Forbidden,
            Self::FileGone => Kind::Gone,
            Self::BadForm => Kind::Malformed,
            Self::Sheet(e) => e.kind(),
            Self::Turn(e) => e.kind(),
            Self::Storage(e) => e.kind(),
            Self::Work(e) => e.kind(),
            Self::Db(e) => e.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoLicence => "licence.unknown",
            Self::None => "licence.none",
            Self::NoTerminal(_) | Self::WrongTid(_) => "licence.no-terminal",
            Self::Invalid(_) => "licence.invalid",
            Self::NoSerial(_) => "licence.no-serial",
            Self::OtherDevice(_) => "licence.other-device",
            Self::Which => "licence.which",
            Self::WhichOf(_) => "licence.which-of",
            Self::NoneOf(_) => "licence.none-of",
            Self::Empty => "licence.empty",
            Self::TooLarge => "licence.too-large",
            Self::FileName => "licence.file-name",
            Self::NoFile => "licence.no-file",
            Self::Exists => "licence.exists",
            Self::NotYours => "licence.not-yours",
            Self::NotCurrent => "licence.not-current",
            Self::NothingToSend => "licence.nothing-to-send",
            Self::FileGone => "licence.file-gone",
            Self::BadForm => "licence.bad-form",
            Self::NotNamed => "licence.not-named",
            Self::TooManyFiles => "licence.too-many-files",
            Self::FormTooLarge => "licence.form-too-large",
            Self::BadArchive => "licence.bad-archive",
            Self::ArchiveEmpty => "licence.archive-empty",
            Self::ArchiveTooMany => "licence.archive-too-many",
            Self::ArchiveTooLarge => "licence.archive-too-large",
            Self::Bomb => "licence.bomb",
            Self::Encrypted => "licence.encrypted",
            Self::Compression => "licence.compression",
            Self::UnsafeName => "licence.unsafe-name",
            Self::IsArchive => "licence.is-archive",
            Self::NameTwice => "licence.name-twice",
            Self::Stale => "licence.stale",
            Self::ScopeTooNarrow => "licence.scope-too-narrow",
            Self::TableTwice => "licence.table-twice",
            Self::Sheet(e) => e.code(),
            Self::Turn(e) => e.code(),
            Self::Storage(e) => e.code(),
            Self::Work(e) => e.code(),
            Self::Db(e) => e.code(),
        }
    }

    fn args(&self) -> Args {
        match self {
            Self::NoTerminal(tid) | Self::WrongTid(tid) | Self::OtherDevice(tid) => {
                vec![("tid", tid.clone())]
            }
            Self::NoSerial(serial) | Self::WhichOf(serial) | Self::NoneOf(serial) => {
                vec![("serial", serial.clone())]
            }
            Self::TooLarge => vec![("max", MAX_BYTES.to_string())],
            Self::Sheet(e) => e.args(),
            Self::Storage(e) => e.args(),
            Self::Work(e) => e.args(),
            _ => Args::new(),
        }
    }

    fn fields(&self) -> Vec<FieldFault> {
        if let Self::Invalid(faults) = self {
            let faults = faults.iter();
            return faults
                .map(|(field, code)| FieldFault::new(field, code))
                .collect();
        }
        let field = match self {
            Self::NoSerial(_) | Self::OtherDevice(_) | Self::NoneOf(_) => "serial_number",
            Self::WhichOf(_) => "software",
            Self::NoTerminal(_) | Self::WrongTid(_) => "terminal",
            Self::Empty
            | Self::TooLarge
            | Self::FileName
            | Self::NoFile
            | Self::TooManyFiles
            | Self::FormTooLarge => "file",
            Self::Exists => "replace",
            Self::Sheet(_) | Self::TableTwice => "csv",
            _ => return Vec::new(),
        };
        vec![FieldFault::of(field, self)]
    }
}
