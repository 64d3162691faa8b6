//! How long a token lasts and how often a client may ask, as people say it.
use crate::access::error::Error;
use crate::clock::Millis;
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

/// What a form offers, as it is said and in words.
pub(super) const LASTS: [(&str, &str); 4] = [
    ("30", "access-token-lasts-30"),
    ("90", "access-token-lasts-90"),
    ("365", "access-token-lasts-365"),
    ("always", "access-token-lasts-always"),
];
/// The choice of who makes none.
pub(super) const USUAL: &str = "365";

/// How long a new token opens the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::access) enum Lasts {
    Days(u32),
    /// Until it is revoked.
    Always,
}

impl Lasts {
    pub(super) fn parse(said: &str) -> Result<Self, Error> {
        match said {
            "" => Self::parse(USUAL),
            "30" => Ok(Self::Days(30)),
            "90" => Ok(Self::Days(90)),
            "365" => Ok(Self::Days(365)),
            "always" => Ok(Self::Always),
            _ => Err(Error::LastsUnknown),
        }
    }

    pub(super) fn until(self, now: Millis) -> Option<Millis> {
        match self {
            Self::Days(days) => Some(now + DAY * days),
            Self::Always => None,
        }
    }
}

/// The most that one client may be allowed in a minute.
pub(in crate::access) const PACE_MAX: u32 = 60_000;

/// How many requests a client is to be allowed in a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::access) enum Pacing {
    /// As it stands.
    Unsaid,
    /// As many as every client of which nothing else is said.
    Usual,
    Own(u32),
}

impl Pacing {
    pub(super) fn parse(typed: &str) -> Result<Self, Error> {
        if typed.trim().is_empty() {
            return Ok(Self::Usual);
        }
        Self::own(typed.trim().parse().map_err(|_| Error::PaceForm)?)
    }

    pub(super) fn own(per_minute: u32) -> Result<Self, Error> {
        let fits = (1..=PACE_MAX).contains(&per_minute);
        fits.then_some(Self::Own(per_minute)).ok_or(Error::PaceForm)
    }

    /// What it comes to for a client that has `now`.
    pub(super) fn over(self, now: Option<u32>) -> Option<u32> {
        match self {
            Self::Unsaid => now,
            Self::Usual => None,
            Self::Own(own) => Some(own),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offer_is_understood() {
        for (said, _) in LASTS {
            assert!(Lasts::parse(said).is_ok(), "{said}");
        }
        assert_eq!(Lasts::parse("").unwrap(), Lasts::Days(365));
        assert!(Lasts::parse("31").is_err());
        let until = Lasts::Days(30).until(Millis(5));
        assert_eq!(until, Some(Millis(5 + 30 * 86_400_000)));
        assert_eq!(Lasts::Always.until(Millis(5)), None);
    }

    #[test]
    fn a_pace_is_a_number_or_nothing() {
        assert_eq!(Pacing::parse(" ").unwrap(), Pacing::Usual);
        assert_eq!(Pacing::parse(" 60000 ").unwrap(), Pacing::Own(60_000));
        for wrong in ["0", "-1", "60001", "1.5", "x"] {
            assert!(Pacing::parse(wrong).is_err(), "{wrong}");
        }
    }
}
