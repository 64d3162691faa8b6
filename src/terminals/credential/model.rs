//! What is known of credentials and refusals.
use crate::clock::Millis;
use serde::Serialize;
use std::time::Duration;

/// How long a certificate is good.
const CERTIFICATE_TTL: Duration = Duration::from_hours(365 * 24);

/// The end of a certificate that is issued now. Certificates know whole seconds.
pub(in crate::terminals) fn certificate_until(now: Millis) -> Millis {
    let until = now + CERTIFICATE_TTL;
    Millis(until.0.div_euclid(1000) * 1000)
}

/// How long before its end a terminal is asked to renew it.
const RENEW_BEFORE: Duration = Duration::from_hours(30 * 24);

/// When to ask for the next certificate.
pub(super) fn renew_at(not_after: Option<Millis>) -> Option<Millis> {
    not_after.map(|end| end - RENEW_BEFORE)
}

/// What a credential is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CredentialKind {
    Token,
    Certificate,
}

impl CredentialKind {
    pub(super) fn of(not_after: Option<Millis>) -> Self {
        match not_after {
            Some(_) => Self::Certificate,
            None => Self::Token,
        }
    }

    /// `credential-kind-` and this is its message.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Certificate => "certificate",
        }
    }
}

/// One credential that a terminal holds or held; never the token itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Credential {
    pub kind: CredentialKind,
    /// Of the device that it was issued to.
    pub serial_number: String,
    pub issued_at: Millis,
    /// The end of a certificate.
    pub not_after: Option<Millis>,
    pub revoked_at: Option<Millis>,
    /// A code of [`RevokedWhy`].
    pub revoked_why: Option<String>,
}

impl Credential {
    /// Whether it opens anything: `valid`, `expired` or `revoked`.
    #[must_use]
    pub fn state(&self, now: Millis) -> &'static str {
        match (self.revoked_at, self.not_after) {
            (Some(_), _) => "revoked",
            (None, Some(end)) if end < now => "expired",
            (None, _) => "valid",
        }
    }
}

/// Why a credential stopped working.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevokedWhy {
    /// An operator took it back.
    Operator,
    /// The terminal activated again.
    Reactivated,
    /// The device at this place was replaced.
    Replaced,
    /// The terminal was retired.
    Retired,
    /// The terminal confirmed its next certificate.
    Renewed,
}

impl RevokedWhy {
    pub const ALL: [Self; 5] = [
        Self::Operator,
        Self::Reactivated,
        Self::Replaced,
        Self::Retired,
        Self::Renewed,
    ];

    /// As stored; `credential-revoked-` and this is its message.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Reactivated => "reactivated",
            Self::Replaced => "replaced",
            Self::Retired => "retired",
            Self::Renewed => "renewed",
        }
    }
}

/// Why a terminal was turned away, as its operators read it. The terminal itself hears less where
/// more would help someone who guesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refused {
    /// Neither token nor certificate, or one that nobody ever held.
    NotActivated,
    CredentialRevoked,
    /// An offered certificate that the terminal has not confirmed.
    NotConfirmed,
    Suspended,
    Retired,
    /// Activation: there is no code for this terminal.
    NoCode,
    WrongSerial,
    WrongCode,
    /// Activation: the code ran out, was used, or died after three failures.
    DeadCode,
}

impl Refused {
    pub const ALL: [Self; 9] = [
        Self::NotActivated,
        Self::CredentialRevoked,
        Self::NotConfirmed,
        Self::Suspended,
        Self::Retired,
        Self::NoCode,
        Self::WrongSerial,
        Self::WrongCode,
        Self::DeadCode,
    ];

    /// As stored; `refusal-` and this, dots as hyphens, is its message.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotActivated => "terminal.not-activated",
            Self::CredentialRevoked => "terminal.credential-revoked",
            Self::NotConfirmed => "terminal.certificate-not-confirmed",
            Self::Suspended => "terminal.suspended",
            Self::Retired => "terminal.retired",
            Self::NoCode => "activation.no-code",
            Self::WrongSerial => "activation.wrong-serial",
            Self::WrongCode => "activation.wrong-code",
            Self::DeadCode => "activation.dead-code",
        }
    }
}

/// One of the last refusals of a terminal; equal ones in a row stand as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Refusal {
    /// The last time.
    pub at: Millis,
    /// A code of [`Refused`].
    pub code: String,
    pub seen_from: Option<String>,
    pub times: i64,
}

/// An unregistered code that asked for activation: mostly a mistyped TID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Stranger {
    pub terminal_id: String,
    pub serial_number: String,
    pub at: Millis,
    pub seen_from: Option<String>,
    pub times: i64,
}
