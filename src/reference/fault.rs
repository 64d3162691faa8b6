//! What can go wrong between a terminal and its server, and whether waiting helps.
use super::wire::Problem;
use std::time::Duration;

/// The server understood and said no.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{status} {code}: {detail}")]
pub struct Refusal {
    pub status: u16,
    /// The problem document's stable code; empty when the answer carried none.
    pub code: String,
    pub detail: String,
    pub retry_after: Option<Duration>,
    /// What the server has of a log, where that is the trouble.
    pub received: Option<usize>,
}

impl Refusal {
    #[must_use]
    pub fn new(status: u16, problem: Problem, retry_after: Option<Duration>) -> Self {
        Self {
            status,
            code: problem.code,
            detail: problem.detail,
            retry_after,
            received: problem.received,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// No answer, or not all of one: the request may or may not have had its effect.
    #[error("no answer: {0}")]
    Network(String),
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// An answer that cannot be read.
    #[error("the answer makes no sense: {0}")]
    Nonsense(String),
    /// The terminal's own folder.
    #[error("the terminal's folder: {0}")]
    Folder(#[from] std::io::Error),
    #[error("this terminal is not activated")]
    NotActivated,
}

impl Fault {
    /// True when the same request may succeed later, unchanged.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Self::Network(_) | Self::Nonsense(_) => true,
            Self::Refused(refusal) => {
                matches!(refusal.status, 408 | 425 | 429) || refusal.status >= 500
            }
            Self::Folder(_) | Self::NotActivated => false,
        }
    }

    /// The time that the server asked for.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => refusal.retry_after,
            _ => None,
        }
    }

    /// The stable code of a refusal.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => Some(&refusal.code),
            _ => None,
        }
    }

    /// True when the credential itself is refused: nothing but a new activation helps.
    #[must_use]
    pub fn is_about_credential(&self) -> bool {
        matches!(
            self.code(),
            Some("terminal.not-activated" | "terminal.credential-revoked" | "terminal.retired")
        ) || matches!(self, Self::NotActivated)
    }
}

/// An error with its chain of sources on one line: a failed connection says why.
#[must_use]
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(e) = cause {
        let next = e.to_string();
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = e.source();
    }
    text
}
