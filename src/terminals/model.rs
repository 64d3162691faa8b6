//! What every part of the slice shares: a terminal, its life, its presence, and when it is due.
use super::profile::LogLevel;
use crate::clock::Millis;
use crate::ids::{EstablishmentId, ModelId, PointOfServiceId, TerminalId, Tid};
use serde::{Deserialize, Serialize};

/// Where a terminal stands in its life.
///
/// ```text
/// registered -> active <-> suspended
///     \------------\-----------\---> retired
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Life {
    /// Known, but no device has activated yet.
    Registered,
    Active,
    /// Shut out for now; its credential is kept and works again after resuming.
    Suspended,
    /// Gone for good; no longer counted.
    Retired,
}

impl Life {
    pub const ALL: [Self; 4] = [
        Self::Registered,
        Self::Active,
        Self::Suspended,
        Self::Retired,
    ];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Retired => "retired",
        }
    }

    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|life| life.code() == code)
    }
}

/// How a terminal is reached right now. Kept as a column, moved on transition and by the sweeper.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// No device of this place was ever heard.
    Never,
    /// Online, and parked in a long poll: a click reaches it at once.
    Listening,
    Online,
    /// Its check-in is overdue.
    Late,
    /// Not heard for a day.
    Disconnected,
}

impl Presence {
    pub const ALL: [Self; 5] = [
        Self::Never,
        Self::Listening,
        Self::Online,
        Self::Late,
        Self::Disconnected,
    ];

    /// As stored.
    #[must_use]
    pub fn number(self) -> i32 {
        match self {
            Self::Never => 0,
            Self::Listening => 1,
            Self::Online => 2,
            Self::Late => 3,
            Self::Disconnected => 4,
        }
    }

    /// The presence stored as `number`; what nobody stored reads as never.
    #[must_use]
    pub fn of(number: i32) -> Self {
        Self::ALL
            .into_iter()
            .find(|presence| presence.number() == number)
            .unwrap_or(Self::Never)
    }

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Listening => "listening",
            Self::Online => "online",
            Self::Late => "late",
            Self::Disconnected => "disconnected",
        }
    }

    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|presence| presence.code() == code)
    }

    /// Heard when it should have been.
    #[must_use]
    pub fn is_connected(self) -> bool {
        matches!(self, Self::Listening | Self::Online)
    }
}

/// One terminal of the registry: a place, not a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terminal {
    pub id: TerminalId,
    pub tid: Tid,
    /// Of the device that serves here now.
    pub serial_number: String,
    pub model: ModelId,
    pub establishment: EstablishmentId,
    pub point_of_service: PointOfServiceId,
    pub life: Life,
    /// Seconds between check-ins that were set for this very terminal; inherited when absent.
    pub interval_s: Option<i32>,
    /// The log level that was set for this very terminal; inherited when absent.
    pub log_level: Option<LogLevel>,
    pub version: i64,
    pub created_at: Millis,
    pub updated_at: Millis,
}

/// How many non-retired terminals are in each presence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PresenceCounts {
    pub never: i64,
    pub listening: i64,
    pub online: i64,
    pub late: i64,
    pub disconnected: i64,
}

impl PresenceCounts {
    pub fn add(&mut self, presence: Presence, n: i64) {
        *match presence {
            Presence::Never => &mut self.never,
            Presence::Listening => &mut self.listening,
            Presence::Online => &mut self.online,
            Presence::Late => &mut self.late,
            Presence::Disconnected => &mut self.disconnected,
        } += n;
    }

    #[must_use]
    pub fn of(&self, presence: Presence) -> i64 {
        match presence {
            Presence::Never => self.never,
            Presence::Listening => self.listening,
            Presence::Online => self.online,
            Presence::Late => self.late,
            Presence::Disconnected => self.disconnected,
        }
    }

    #[must_use]
    pub fn total(&self) -> i64 {
        Presence::ALL.into_iter().map(|p| self.of(p)).sum()
    }
}

/// The shortest and longest check-in interval that may be set, in seconds.
pub const INTERVAL_S: std::ops::RangeInclusive<i32> = 10..=86_400;
/// The interval of a terminal for which no level sets one.
pub const DEFAULT_INTERVAL_S: i32 = 300;
const LATE_GRACE_MS: i64 = 30_000;
const DISCONNECTED_AFTER_MS: i64 = 24 * 3_600_000;

/// From this instant on a terminal last heard at `heard` is late.
#[must_use]
pub(super) fn late_at(heard: Millis, interval_s: i32) -> Millis {
    Millis(heard.0.saturating_add(late_after_ms(interval_s)))
}

/// How long after its last contact a terminal is late.
#[must_use]
pub(super) fn late_after_ms(interval_s: i32) -> i64 {
    i64::from(interval_s) * 1_500 + LATE_GRACE_MS
}

/// From this instant on a terminal last heard at `heard` is disconnected.
#[must_use]
pub(super) fn disconnected_at(heard: Millis) -> Millis {
    Millis(heard.0.saturating_add(DISCONNECTED_AFTER_MS))
}

/// The interval with the terminal's own jitter of up to ±10 %: always the same for one terminal,
/// spread evenly over the fleet, so that a fleet started at once does not stay in step.
#[must_use]
pub fn next_check_in_s(terminal: TerminalId, interval_s: i32) -> i32 {
    // splitmix64's finaliser: neighbouring ids land far apart.
    let mut x = u64::from_ne_bytes(terminal.0.to_ne_bytes()).wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^= x >> 31;
    let per_mille = i64::try_from(x % 201).unwrap_or(100) - 100;
    let seconds = i64::from(interval_s) * (1_000 + per_mille) / 1_000;
    i32::try_from(seconds.max(1)).unwrap_or(interval_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back_as_what_they_were() {
        for life in Life::ALL {
            assert_eq!(Life::parse(life.code()), Some(life));
        }
        for presence in Presence::ALL {
            assert_eq!(Presence::parse(presence.code()), Some(presence));
            assert_eq!(Presence::of(presence.number()), presence);
        }
    }

    #[test]
    fn jitter_is_stable_bounded_and_spread() {
        let mut seen = std::collections::BTreeSet::new();
        for id in 1..=2_000 {
            let s = next_check_in_s(TerminalId(id), 300);
            assert_eq!(s, next_check_in_s(TerminalId(id), 300));
            assert!((270..=330).contains(&s), "{s}");
            seen.insert(s);
        }
        assert!(seen.len() > 50, "only {} distinct intervals", seen.len());
    }

    #[test]
    fn late_comes_after_one_and_a_half_intervals_and_half_a_minute() {
        assert_eq!(late_at(Millis(0), 60), Millis(120_000));
        assert_eq!(disconnected_at(Millis(1)), Millis(86_400_001));
    }

    #[test]
    fn counts_add_up() {
        let mut counts = PresenceCounts::default();
        for (n, presence) in (1..).zip(Presence::ALL) {
            counts.add(presence, n);
        }
        assert_eq!((counts.total(), counts.of(Presence::Late)), (15, 4));
    }
}
