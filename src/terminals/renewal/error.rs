//! What renewal refuses.
use crate::db;
use crate::http::{Kind, Problem};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Said in the same words where a terminal is activated.
    #[error("this key is or was the key of a terminal; make a new one")]
    KeyTaken,
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::KeyTaken => Kind::Conflict,
            Self::Db(e) => e.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::KeyTaken => "terminal.key-taken",
            Self::Db(e) => e.code(),
        }
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Db(e) => e.retry_after(),
            Self::KeyTaken => None,
        }
    }
}
