//! Where a request stands, and what may be written beside it.
use crate::clock::Millis;
use serde::Serialize;

/// The longest reason or remark, in characters.
pub(super) const TEXT_MAX: usize = 500;

/// See the diagram in `mod.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ApprovalState)]
pub enum State {
    Pending,
    Approved,
    Rejected,
    Withdrawn,
    Expired,
}

impl State {
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Approved,
        Self::Rejected,
        Self::Withdrawn,
        Self::Expired,
    ];

    /// As stored, as said in JSON, and the end of its message key.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// What a request that was left in this state is by now: time ends it before the job notes that.
    #[must_use]
    pub fn at(self, expires_at: Millis, now: Millis) -> Self {
        match self {
            Self::Pending if expires_at <= now => Self::Expired,
            state => state,
        }
    }
}

/// A reason or a remark, as it is kept: `None` when it is too long or holds what nobody types. Lines
/// may be broken.
#[must_use]
pub(super) fn text(typed: &str) -> Option<String> {
    let text = typed.trim().replace("\r\n", "\n");
    let is_fine = |c: char| c == '\n' || !c.is_control();
    (text.chars().count() <= TEXT_MAX && text.chars().all(is_fine)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_comes_back_as_what_it_was() {
        for state in State::ALL {
            assert_eq!(State::parse(state.code()), Some(state));
        }
        assert_eq!(State::parse(""), None);
    }

    #[test]
    fn time_ends_what_nobody_decided() {
        let at = |state: State, now| state.at(Millis(10), Millis(now));
        assert_eq!(at(State::Pending, 9), State::Pending);
        assert_eq!(at(State::Pending, 10), State::Expired);
        assert_eq!(at(State::Approved, 99), State::Approved);
    }

    #[test]
    fn what_is_written_is_short_and_plain() {
        assert_eq!(text(" a\r\nb ").as_deref(), Some("a\nb"));
        assert_eq!(text("").as_deref(), Some(""));
        assert!(text(&"é".repeat(TEXT_MAX)).is_some());
        assert!(text(&"é".repeat(TEXT_MAX + 1)).is_none() && text("a\0b").is_none());
    }
}
