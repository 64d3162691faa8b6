//! What can go wrong below a slice. "No row" is not here: it is an `Option`.
use diesel::result::{DatabaseErrorKind, Error as Diesel};

/// A failure of the database itself, never an outcome that a slice should have foreseen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection or no place in the write queue within the time allowed; trying again helps.
    #[error("the database is busy")]
    Busy(#[source] anyhow::Error),
    /// The disk that holds the database is full.
    #[error("the database's disk is full")]
    Full(#[source] anyhow::Error),
    /// A text holds a zero byte, which PostgreSQL cannot keep or compare.
    #[error("text with a zero byte cannot be stored or searched")]
    ZeroByte(#[source] anyhow::Error),
    /// Anything else: a bug of ours or a broken database.
    #[error("the database failed")]
    Fault(#[source] anyhow::Error),
}

impl Error {
    /// The same again, for each of several callers who shared what failed.
    #[must_use]
    pub fn copy(&self) -> Self {
        let again = |cause: &anyhow::Error| anyhow::anyhow!("{cause:#}");
        match self {
            Self::Busy(cause) => Self::Busy(again(cause)),
            Self::Full(cause) => Self::Full(again(cause)),
            Self::ZeroByte(cause) => Self::ZeroByte(again(cause)),
            Self::Fault(cause) => Self::Fault(again(cause)),
        }
    }
}

impl From<Diesel> for Error {
    fn from(cause: Diesel) -> Self {
        match &cause {
            Diesel::DatabaseError(
                DatabaseErrorKind::SerializationFailure | DatabaseErrorKind::ClosedConnection,
                _,
            ) => Self::Busy(cause.into()),
            Diesel::DatabaseError(_, info) if is_busy(info.message()) => Self::Busy(cause.into()),
            Diesel::DatabaseError(_, info) if is_full(info.message()) => Self::Full(cause.into()),
            Diesel::DatabaseError(_, info) if is_zero_byte(info.message()) => {
                Self::ZeroByte(cause.into())
            }
            _ => Self::Fault(cause.into()),
        }
    }
}

/// Diesel passes neither engine's code on, so the engines' fixed (untranslated in SQLite's case)
/// words have to do.
fn is_busy(message: &str) -> bool {
    message.contains("database is locked") || message.contains("deadlock detected")
}

fn is_full(message: &str) -> bool {
    message.contains("database or disk is full") || message.contains("No space left on device")
}

fn is_zero_byte(message: &str) -> bool {
    message.contains("invalid byte sequence for encoding") && message.contains("0x00")
}
