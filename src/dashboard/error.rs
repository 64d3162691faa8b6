//! What the pages around the slices refuse.
use crate::db;
use crate::http::{Kind, Problem};

#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("there is no such file")]
    NoSuchAsset,
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::NoSuchAsset => Kind::Missing,
            Self::Db(e) => e.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::NoSuchAsset => "http.not-found",
            Self::Db(e) => e.code(),
        }
    }
}
