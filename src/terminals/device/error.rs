//! What the Terminal API refuses, beside what activation and work do.
use crate::db;
use crate::http::{Args, BadCsr, Kind, Problem};
use crate::terminals::credential::Refused;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{}", told(*.0))]
    Refused(Refused),
    #[error("the status has a value that does not fit at {path}: {why}")]
    BadStatus { path: String, why: String },
    #[error("the status is larger or deeper than allowed")]
    StatusTooLarge,
    #[error("{field} is missing, or longer than {limit} characters")]
    BadField { field: &'static str, limit: usize },
    #[error("progress is a number from 0 to 100")]
    BadProgress,
    #[error("the certificate of this connection has expired meanwhile")]
    CertificateExpired,
    #[error("no listener here asks for certificates; activate without `csr`")]
    NoCertificates,
    #[error("{}", of_csr(*.0))]
    BadCsr(BadCsr),
    #[error("this terminal asks too often; wait {retry_after_s} s")]
    TooOften { retry_after_s: u32 },
    #[error(transparent)]
    Db(#[from] db::Error),
}

fn told(why: Refused) -> &'static str {
    match why {
        Refused::CredentialRevoked => "this terminal's credential was revoked; activate again",
        Refused::NotConfirmed => "this certificate was not confirmed yet",
        Refused::Suspended => "this terminal is suspended",
        Refused::Retired => "this terminal is retired",
        Refused::NotActivated
        | Refused::NoCode
        | Refused::WrongSerial
        | Refused::WrongCode
        | Refused::DeadCode => "this terminal is not activated",
    }
}

fn of_csr(why: BadCsr) -> &'static str {
    match why {
        BadCsr::TooLarge => "the certificate signing request is too large",
        BadCsr::Unreadable => "this is no certificate signing request (PKCS #10) in PEM",
        BadCsr::WeakKey => "an RSA key has 2,048 to 4,096 bits",
        BadCsr::UnknownKey => "the key must be ECDSA on P-256 or P-384, Ed25519 or RSA",
        BadCsr::WrongSignature => {
            "the request is not signed with its own key, or is signed with SHA-1"
        }
    }
}

impl Problem for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Refused(Refused::Suspended | Refused::Retired) => Kind::Forbidden,
            Self::Refused(_) | Self::CertificateExpired => Kind::Unauthenticated,
            Self::BadCsr(BadCsr::TooLarge) => Kind::TooLarge,
            Self::BadStatus { .. }
            | Self::StatusTooLarge
            | Self::BadField { .. }
            | Self::BadProgress
            | Self::NoCertificates
            | Self::BadCsr(_) => Kind::Invalid,
            Self::TooOften { .. } => Kind::TooMany,
            Self::Db(e) => e.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Refused(Refused::CredentialRevoked) => "terminal.credential-revoked",
            Self::Refused(Refused::NotConfirmed) => "terminal.certificate-not-confirmed",
            Self::Refused(Refused::Suspended) => "terminal.suspended",
            Self::Refused(Refused::Retired) => "terminal.retired",
            Self::Refused(_) => "terminal.not-activated",
            Self::BadStatus { .. } => "terminal.bad-status",
            Self::StatusTooLarge => "terminal.status-too-large",
            Self::BadField { .. } => "terminal.bad-field",
            Self::BadProgress => "terminal.bad-progress",
            Self::CertificateExpired => "terminal.certificate-expired",
            Self::NoCertificates => "terminal.no-certificates",
            Self::BadCsr(BadCsr::TooLarge) => "terminal.csr-too-large",
            Self::BadCsr(BadCsr::Unreadable) => "terminal.csr-unreadable",
            Self::BadCsr(BadCsr::WeakKey) => "terminal.csr-weak-key",
            Self::BadCsr(BadCsr::UnknownKey) => "terminal.csr-unknown-key",
            Self::BadCsr(BadCsr::WrongSignature) => "terminal.csr-wrong-signature",
            Self::TooOften { .. } => "terminal.too-often",
            Self::Db(e) => e.code(),
        }
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::TooOften { retry_after_s } => Some(*retry_after_s),
            Self::Db(e) => e.retry_after(),
            _ => None,
        }
    }

    fn args(&self) -> Args {
        match self {
            Self::BadStatus { path, why } => vec![("path", path.clone()), ("why", why.clone())],
            Self::BadField { field, limit } => {
                vec![("field", (*field).to_owned()), ("limit", limit.to_string())]
            }
            _ => Vec::new(),
        }
    }

    fn pointer(&self) -> Option<String> {
        match self {
            Self::BadStatus { path, .. } => Some(path.clone()),
            Self::BadField { field, .. } => Some(format!("$.{field}")),
            Self::BadProgress => Some("$.progress".to_owned()),
            Self::NoCertificates | Self::BadCsr(_) => Some("$.csr".to_owned()),
            _ => None,
        }
    }
}
