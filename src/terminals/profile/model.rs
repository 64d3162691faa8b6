//! What a level may set, which value is in effect, and from where it comes.
use crate::clock::Millis;
use crate::ids::{EstablishmentId, PointOfServiceId};
use serde::{Deserialize, Serialize};

/// How much a terminal writes into its log.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl LogLevel {
    pub const ALL: [Self; 5] = [
        Self::Error,
        Self::Warn,
        Self::Info,
        Self::Debug,
        Self::Trace,
    ];
    pub const CODES: [&'static str; 5] = ["error", "warn", "info", "debug", "trace"];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }

    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.code() == code)
    }

    /// As stored in the hot row.
    #[must_use]
    pub fn number(self) -> i32 {
        match self {
            Self::Error => 0,
            Self::Warn => 1,
            Self::Info => 2,
            Self::Debug => 3,
            Self::Trace => 4,
        }
    }

    /// What is stored as `number`; what nobody stored reads as the default.
    #[must_use]
    pub fn of(number: i32) -> Self {
        Self::ALL
            .into_iter()
            .find(|level| level.number() == number)
            .unwrap_or(Self::Info)
    }
}

/// Whose level it is, above the terminals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::terminals) enum Owner {
    Installation,
    Establishment(EstablishmentId),
    PointOfService(PointOfServiceId),
}

impl Owner {
    /// As stored.
    pub(in crate::terminals) fn key(self) -> (&'static str, i64) {
        match self {
            Self::Installation => ("installation", 0),
            Self::Establishment(id) => ("establishment", id.0),
            Self::PointOfService(id) => ("point-of-service", id.0),
        }
    }

    pub(super) fn of(kind: &str, id: i64) -> Option<Self> {
        match kind {
            "installation" => Some(Self::Installation),
            "establishment" => Some(Self::Establishment(EstablishmentId(id))),
            "point-of-service" => Some(Self::PointOfService(PointOfServiceId(id))),
            _ => None,
        }
    }
}

/// Where an effective value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::terminals) enum Source {
    Installation,
    Establishment,
    PointOfService,
    Terminal,
}

impl Source {
    #[must_use]
    pub(in crate::terminals) fn code(self) -> &'static str {
        match self {
            Self::Installation => "installation",
            Self::Establishment => "establishment",
            Self::PointOfService => "point-of-service",
            Self::Terminal => "terminal",
        }
    }
}

/// What one level sets; what it does not is inherited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::terminals) struct Own {
    pub interval_s: Option<i32>,
    pub log_level: Option<LogLevel>,
}

/// What is in effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::terminals) struct Effective {
    pub interval_s: i32,
    pub log_level: LogLevel,
}

impl Effective {
    /// Names the parameters that a terminal applies: equal exactly where they are. The interval is
    /// not among them, as every check-in's answer carries it. FNV-1a: what is compared was told by
    /// an earlier version of the program.
    #[must_use]
    pub(in crate::terminals) fn version(self) -> i64 {
        let text = format!("log_level={}", self.log_level.code());
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        i64::from_ne_bytes(hash.to_ne_bytes())
    }
}

/// A version as it goes over the wire.
#[must_use]
pub(in crate::terminals) fn version_text(version: i64) -> String {
    format!("{version:016x}")
}

/// The levels above a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::terminals) struct Chain {
    pub installation: Effective,
    pub establishment: Own,
    pub point: Own,
}

impl Chain {
    fn pick<T: Copy>(&self, own: Own, of: fn(&Own) -> Option<T>, last: T) -> (T, Source) {
        let levels = [
            (own, Source::Terminal),
            (self.point, Source::PointOfService),
            (self.establishment, Source::Establishment),
        ];
        levels
            .iter()
            .find_map(|(level, source)| of(level).map(|value| (value, *source)))
            .unwrap_or((last, Source::Installation))
    }

    /// The interval of whatever stands below and sets `own`, and where it comes from.
    #[must_use]
    pub(in crate::terminals) fn interval_s(&self, own: Own) -> (i32, Source) {
        self.pick(own, |level| level.interval_s, self.installation.interval_s)
    }

    #[must_use]
    pub(in crate::terminals) fn log_level(&self, own: Own) -> (LogLevel, Source) {
        self.pick(own, |level| level.log_level, self.installation.log_level)
    }

    #[must_use]
    pub(in crate::terminals) fn effective(&self, own: Own) -> Effective {
        Effective {
            interval_s: self.interval_s(own).0,
            log_level: self.log_level(own).0,
        }
    }
}

/// What a terminal says of the parameters that it uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::terminals) struct Said {
    /// Of the profile that it took them from.
    pub version: String,
    /// As it says, known or not.
    pub log_level: Option<String>,
}

impl Said {
    /// The version as the hot row keeps it; `None` when it is not one of ours.
    #[must_use]
    pub(in crate::terminals) fn number(&self) -> Option<i64> {
        let number = u64::from_str_radix(&self.version, 16).ok()?;
        (self.version.len() == 16).then(|| i64::from_ne_bytes(number.to_ne_bytes()))
    }
}

/// When and by whom a level was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::terminals) struct Touch {
    pub at: Millis,
    pub by: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_level_wins_and_is_named() {
        let mut chain = Chain {
            installation: Effective {
                interval_s: 300,
                log_level: LogLevel::Info,
            },
            establishment: Own::default(),
            point: Own::default(),
        };
        let own = Own::default();
        assert_eq!(chain.interval_s(own), (300, Source::Installation));
        chain.establishment.interval_s = Some(120);
        chain.establishment.log_level = Some(LogLevel::Warn);
        chain.point.log_level = Some(LogLevel::Debug);
        assert_eq!(chain.interval_s(own), (120, Source::Establishment));
        assert_eq!(
            chain.log_level(own),
            (LogLevel::Debug, Source::PointOfService)
        );
        let own = Own {
            interval_s: Some(60),
            log_level: None,
        };
        assert_eq!(chain.interval_s(own), (60, Source::Terminal));
        let effective = chain.effective(own);
        assert_eq!(
            (effective.interval_s, effective.log_level),
            (60, LogLevel::Debug)
        );
    }

    #[test]
    fn a_version_names_the_parameters_and_survives_the_wire() {
        let with = |interval_s, log_level| Effective {
            interval_s,
            log_level,
        };
        let version = with(60, LogLevel::Info).version();
        assert_eq!(version, with(300, LogLevel::Info).version());
        let all: std::collections::BTreeSet<i64> = LogLevel::ALL
            .into_iter()
            .map(|level| with(60, level).version())
            .collect();
        assert_eq!(all.len(), 5);
        for version in all {
            let said = Said {
                version: version_text(version),
                log_level: None,
            };
            assert_eq!(said.number(), Some(version));
        }
        for odd in ["", "1", "zzzzzzzzzzzzzzzz", "+0000000000000001"] {
            let said = Said {
                version: odd.to_owned(),
                log_level: None,
            };
            assert_eq!(said.number(), None, "{odd}");
        }
    }

    #[test]
    fn codes_and_numbers_come_back() {
        for level in LogLevel::ALL {
            assert_eq!(LogLevel::parse(level.code()), Some(level));
            assert_eq!(LogLevel::of(level.number()), level);
        }
        assert_eq!(LogLevel::CODES, LogLevel::ALL.map(LogLevel::code));
    }
}
