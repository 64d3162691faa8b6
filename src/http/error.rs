//! What is wrong with a request before any slice looks at it.
use super::problem::{Args, Kind, Problem};
use actix_web::error::PayloadError;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("the body is not JSON: {why}")]
    BrokenJson { why: String },
    #[error("the value at {path} will not do: {why}")]
    WrongType { path: String, why: String },
    #[error("the body is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the body must be sent as {wanted}")]
    UnsupportedType { wanted: &'static str },
    #[error("the body may be compressed by gzip or zstd, not otherwise")]
    UnsupportedEncoding,
    #[error("the body's compressed data is damaged")]
    BrokenEncoding,
    #[error("the body ended before it was complete")]
    Truncated,
    #[error("the body arrived too slowly")]
    TooSlow,
    #[error("the address is not well formed: {why}")]
    BadPath { why: String },
    #[error("the query is not well formed: {why}")]
    BadQuery { why: String },
    #[error("the form is not well formed: {why}")]
    BadForm { why: String },
    #[error("the request's head is larger than {limit} bytes")]
    HeadTooLarge { limit: usize },
    #[error("the request must name one host")]
    BadHost,
    #[error("this server is not known as {host}; name it in server.base_url or server.extra_hosts")]
    UnknownHost { host: String },
    #[error("the handler panicked")]
    Panicked,
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::BrokenJson { .. }
            | Self::BrokenEncoding
            | Self::Truncated
            | Self::BadQuery { .. }
            | Self::BadForm { .. }
            | Self::BadHost => Kind::Malformed,
            Self::WrongType { .. } => Kind::Invalid,
            Self::TooLarge { .. } => Kind::TooLarge,
            Self::UnsupportedType { .. } | Self::UnsupportedEncoding => Kind::UnsupportedType,
            Self::TooSlow => Kind::TimedOut,
            Self::BadPath { .. } => Kind::Missing,
            Self::HeadTooLarge { .. } => Kind::HeadTooLarge,
            Self::UnknownHost { .. } => Kind::Misdirected,
            Self::Panicked => Kind::Fault,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::BrokenJson { .. } => "http.broken-json",
            Self::WrongType { .. } => "http.wrong-type",
            Self::TooLarge { .. } => "http.too-large",
            Self::UnsupportedType { .. } => "http.unsupported-type",
            Self::UnsupportedEncoding => "http.unsupported-encoding",
            Self::BrokenEncoding => "http.broken-encoding",
            Self::Truncated => "http.truncated",
            Self::TooSlow => "http.too-slow",
            Self::BadPath { .. } => "http.bad-path",
            Self::BadQuery { .. } => "http.bad-query",
            Self::BadForm { .. } => "http.bad-form",
            Self::HeadTooLarge { .. } => "http.head-too-large",
            Self::BadHost => "http.bad-host",
            Self::UnknownHost { .. } => "http.unknown-host",
            Self::Panicked => "http.panicked",
        }
    }

    fn args(&self) -> Args {
        match self {
            Self::BrokenJson { why }
            | Self::BadPath { why }
            | Self::BadQuery { why }
            | Self::BadForm { why } => vec![("why", why.clone())],
            Self::WrongType { path, why } => vec![("path", path.clone()), ("why", why.clone())],
            Self::TooLarge { limit } | Self::HeadTooLarge { limit } => {
                vec![("limit", limit.to_string())]
            }
            Self::UnsupportedType { wanted } => vec![("wanted", (*wanted).to_owned())],
            Self::UnknownHost { host } => vec![("host", host.clone())],
            _ => Vec::new(),
        }
    }

    fn pointer(&self) -> Option<String> {
        match self {
            Self::WrongType { path, .. } => Some(path.clone()),
            _ => None,
        }
    }

    /// What follows on the connection cannot be told from the rest of a body that nobody read.
    fn ends_connection(&self) -> bool {
        matches!(
            self,
            Self::TooLarge { .. } | Self::TooSlow | Self::Truncated | Self::HeadTooLarge { .. }
        )
    }
}

impl Error {
    /// As an error of the body's stream; [`Error::of_payload`] finds it again behind extractors.
    pub(super) fn into_payload(self) -> PayloadError {
        PayloadError::Io(std::io::Error::other(self))
    }

    /// What went wrong while a body was read. `limit` is the reader's own.
    #[must_use]
    pub fn of_payload(cause: &PayloadError, limit: usize) -> Self {
        match cause {
            PayloadError::Overflow => Self::TooLarge { limit },
            PayloadError::EncodingCorrupted => Self::BrokenEncoding,
            PayloadError::Io(e) => e
                .get_ref()
                .and_then(|inner| inner.downcast_ref::<Self>())
                .cloned()
                .unwrap_or(Self::Truncated),
            _ => Self::Truncated,
        }
    }
}
