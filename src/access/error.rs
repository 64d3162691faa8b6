//! What access refuses.
use crate::db;
use crate::http::{Kind, Problem};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("sign in, or send a valid token")]
    Unauthenticated,
    #[error("your role does not allow this")]
    Forbidden,
    #[error("there is nothing at this address")]
    NoSuchRoute,
    #[error("this address does not answer that method")]
    MethodNotAllowed,
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Unauthenticated => Kind::Unauthenticated,
            Self::Forbidden => Kind::Forbidden,
            Self::NoSuchRoute => Kind::Missing,
            Self::MethodNotAllowed => Kind::MethodNotAllowed,
            Self::Db(e) => e.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "access.unauthenticated",
            Self::Forbidden => "access.forbidden",
            Self::NoSuchRoute => "http.not-found",
            Self::MethodNotAllowed => "http.method-not-allowed",
            Self::Db(e) => e.code(),
        }
    }
}
