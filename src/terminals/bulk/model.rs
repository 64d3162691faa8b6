//! What can be done to many terminals, and whom it would leave out.
use crate::terminals::model::Life;
use serde::{Deserialize, Serialize};

/// One thing to do to each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = BulkAction)]
pub enum Action {
    /// `value`: code of the point of service.
    Move,
    /// `value`: seconds between check-ins; empty is inherited.
    SetInterval,
    /// `value`: the tag.
    Tag,
    /// `value`: the tag.
    Untag,
    Suspend,
    Resume,
    Retire,
}

impl Action {
    pub const ALL: [Self; 7] = [
        Self::Move,
        Self::SetInterval,
        Self::Tag,
        Self::Untag,
        Self::Suspend,
        Self::Resume,
        Self::Retire,
    ];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Move => "move",
            Self::SetInterval => "set-interval",
            Self::Tag => "tag",
            Self::Untag => "untag",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Retire => "retire",
        }
    }

    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.code() == code)
    }

    /// What has to be said beside the action, by its message key.
    pub(super) fn asks_for(self) -> Option<&'static str> {
        match self {
            Self::Move => Some("terminals-point-code"),
            Self::SetInterval => Some("terminals-interval-s"),
            Self::Tag | Self::Untag => Some("terminals-tag"),
            Self::Suspend | Self::Resume | Self::Retire => None,
        }
    }

    /// What cannot be taken back needs the number of terminals, typed.
    pub(super) fn is_grave(self) -> bool {
        self == Self::Retire
    }

    /// The code of what became of a terminal that it was done to.
    pub(super) fn done(self) -> &'static str {
        match self {
            Self::Move => "moved",
            Self::SetInterval => "interval-set",
            Self::Tag => "tagged",
            Self::Untag => "untagged",
            Self::Suspend => "suspended",
            Self::Resume => "resumed",
            Self::Retire => "retired",
        }
    }

    /// Why a terminal in that stage of its life would be left out.
    pub(super) fn leaves_out(self, life: Life) -> Option<&'static str> {
        match (self, life) {
            (_, Life::Retired) => Some("is-retired"),
            (Self::Suspend, Life::Suspended) => Some("is-suspended"),
            (Self::Resume, Life::Registered | Life::Active) => Some("not-suspended"),
            _ => None,
        }
    }
}

/// Which terminals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Selection {
    /// By their TIDs.
    These(Vec<String>),
    /// All that the query of the list leaves.
    Matching(String),
}

/// What is to be done to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) action: Action,
    pub(super) value: String,
    pub(super) selection: Selection,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retired_terminal_is_always_left_out() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.code()), Some(action));
            assert_eq!(action.leaves_out(Life::Retired), Some("is-retired"));
        }
        assert_eq!(Action::Suspend.leaves_out(Life::Active), None);
        assert_eq!(
            Action::Resume.leaves_out(Life::Active),
            Some("not-suspended")
        );
        assert_eq!(Action::Resume.leaves_out(Life::Suspended), None);
    }
}
