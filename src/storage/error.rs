//! What storage refuses, and how it fails. How a caller hears of it: `http`.
use crate::db;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing came: an empty file is never what somebody meant to store.
    #[error("the file is empty")]
    Empty,
    #[error("the file is larger than {limit_bytes} bytes")]
    TooLarge { limit_bytes: u64 },
    /// The sender broke off, or was not done within a day.
    #[error("the upload broke off before its end: {0}")]
    Interrupted(String),
    #[error("there is no space left where files are stored")]
    DiskFull(#[source] anyhow::Error),
    /// The folder or bucket does not answer; trying again helps.
    #[error("the file storage cannot be reached")]
    Unreachable(#[source] anyhow::Error),
    /// A blob's bytes are gone or shorter than its row says.
    #[error("a stored file is damaged")]
    Damaged(#[source] anyhow::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<object_store::Error> for Error {
    fn from(cause: object_store::Error) -> Self {
        if is_disk_full(&cause) {
            return Self::DiskFull(cause.into());
        }
        match cause {
            object_store::Error::NotFound { .. } => Self::Damaged(cause.into()),
            _ => Self::Unreachable(cause.into()),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(cause: std::io::Error) -> Self {
        // What writes in the background wraps the true cause into a kind of its own.
        if is_disk_full(&cause) {
            return Self::DiskFull(cause.into());
        }
        match cause.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::UnexpectedEof => {
                Self::Damaged(cause.into())
            }
            _ => Self::Unreachable(cause.into()),
        }
    }
}

/// The system's "no space" or "over quota" may stand anywhere in the chain of causes; S3-compatible
/// servers say it in words of their own.
fn is_disk_full(cause: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(cause);
    while let Some(e) = next {
        if let Some(io) = e.downcast_ref::<std::io::Error>()
            && matches!(
                io.kind(),
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded
            )
        {
            return true;
        }
        next = e.source();
    }
    let words = cause.to_string();
    ["XMinioStorageFull", "507 Insufficient", "QuotaExceeded"]
        .iter()
        .any(|known| words.contains(known))
}
