//! Why a sign-in failed.
use crate::clock::Millis;
use std::net::IpAddr;
use std::time::Duration;

/// How long they are kept.
pub(super) const KEPT: Duration = Duration::from_hours(90 * 24);
/// How many are kept, the newest, whatever their age.
pub(super) const MOST: i64 = 200_000;

/// What whoever refuses a sign-in knows of it, before anybody looks whose login it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::access) enum Cause {
    Password,
    SecondFactor,
    /// An OpenID Connect provider vouched for nobody who may come in.
    Provider,
    Throttled,
}

/// Why, as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    WrongPassword,
    /// He has not chosen one yet.
    NoPassword,
    Disabled,
    /// There is no such operator.
    Unknown,
    SecondFactor,
    Provider,
    Throttled,
    /// Several, of which nothing more was kept.
    Dropped,
}

impl Reason {
    pub(super) const ALL: &[Self] = &[
        Self::WrongPassword,
        Self::NoPassword,
        Self::Disabled,
        Self::Unknown,
        Self::SecondFactor,
        Self::Provider,
        Self::Throttled,
        Self::Dropped,
    ];

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::WrongPassword => "wrong-password",
            Self::NoPassword => "no-password",
            Self::Disabled => "disabled",
            Self::Unknown => "unknown",
            Self::SecondFactor => "second-factor",
            Self::Provider => "provider",
            Self::Throttled => "throttled",
            Self::Dropped => "dropped",
        }
    }
}

/// What is known of the login that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Whose {
    pub is_active: bool,
    pub has_password: bool,
}

impl Cause {
    /// Why, now that it is known whether that is somebody's login.
    pub(super) fn reason(self, whose: Option<Whose>) -> Reason {
        match (self, whose) {
            (Self::SecondFactor, _) => Reason::SecondFactor,
            (Self::Provider, _) => Reason::Provider,
            (Self::Throttled, _) => Reason::Throttled,
            (Self::Password, None) => Reason::Unknown,
            (Self::Password, Some(it)) if !it.is_active => Reason::Disabled,
            (Self::Password, Some(it)) if !it.has_password => Reason::NoPassword,
            (Self::Password, Some(_)) => Reason::WrongPassword,
        }
    }
}

/// A sign-in that failed, not yet written. It cannot be printed: its login may be anything.
pub(super) enum Failed {
    One {
        at: Millis,
        /// As typed, folded.
        login: Option<String>,
        address: Option<IpAddr>,
        cause: Cause,
    },
    /// So many of which nothing else is known.
    Dropped { at: Millis, times: i64 },
}
