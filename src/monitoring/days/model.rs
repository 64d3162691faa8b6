//! Days. Pure.
use crate::clock::Millis;

/// Days that a page offers to look back, the one it begins with, and the most that are read at once.
pub(in crate::monitoring) const PERIODS: [i32; 4] = [7, 30, 90, 365];
pub(in crate::monitoring) const USUAL: i32 = 30;
pub(in crate::monitoring) const LONGEST: i32 = 366;

const DAY_MS: i64 = 86_400_000;

/// A day in UTC, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub i32);

impl Day {
    /// The day of a moment.
    #[must_use]
    pub fn of(at: Millis) -> Self {
        Self(i32::try_from(at.0.div_euclid(DAY_MS)).unwrap_or(i32::MAX))
    }

    /// Reads `2026-11-25`, written just so.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let date = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        let midnight = date.and_hms_opt(0, 0, 0)?.and_utc();
        let day = Self::of(Millis(midnight.timestamp_millis()));
        (day.to_string() == text).then_some(day)
    }

    /// Its first moment.
    #[must_use]
    pub fn start(self) -> Millis {
        Millis(i64::from(self.0) * DAY_MS)
    }

    #[must_use]
    pub fn before(self, days: i32) -> Self {
        Self(self.0.saturating_sub(days))
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = self.start().rfc3339();
        f.write_str(text.get(..10).unwrap_or(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_told_and_read() {
        let day = Day::parse("2026-11-25").unwrap();
        assert_eq!(day.to_string(), "2026-11-25");
        assert_eq!(Day::of(day.start()), day);
        assert_eq!(Day::of(Millis(day.start().0 + DAY_MS - 1)), day);
        assert_eq!(Day::of(Millis(-1)), Day(-1));
        assert_eq!(day.before(25).to_string(), "2026-10-31");
        for odd in [
            "",
            "2026-02-30",
            "25.11.2026",
            "today",
            "99999999-01-01",
            "2026-1-05",
            " 2026-11-25",
            "+2026-11-25",
            "12026-11-25",
        ] {
            assert_eq!(Day::parse(odd), None, "{odd}");
        }
    }
}
