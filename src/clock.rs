//! Time is an argument, never a global. Inside, an instant is a [`Millis`]; on the wire, RFC 3339.
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::BigInt;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, Sub};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// An instant: milliseconds since 1970-01-01T00:00:00Z, the finest time both engines keep alike.
/// Serialised as RFC 3339 with milliseconds (`2026-11-21T14:05:09.000Z`).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, AsExpression, FromSqlRow,
)]
#[diesel(sql_type = BigInt)]
pub struct Millis(pub i64);

impl Millis {
    /// As chrono's type, for calendars and time zones. `None` outside its 262,000 years.
    #[must_use]
    pub fn to_utc(self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(self.0)
    }

    /// RFC 3339 in UTC with milliseconds.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.to_utc().map_or_else(
            || "invalid".to_owned(),
            |at| at.to_rfc3339_opts(SecondsFormat::Millis, true),
        )
    }

    /// Reads RFC 3339 with any offset.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let at = DateTime::parse_from_rfc3339(text).ok()?;
        Some(Self(at.timestamp_millis()))
    }

    /// Reads where a span begins or ends: with a day of UTC, so many days later, or at an instant (RFC 3339), so
    /// many milliseconds later.
    #[must_use]
    pub fn parse_bound(text: &str, later: u8) -> Option<Self> {
        let text = text.trim();
        if text.parse::<NaiveDate>().is_ok() {
            return Self::day_begins(text, later, Tz::UTC);
        }
        Self::parse(text).map(|at| at + Duration::from_millis(later.into()))
    }

    /// When clocks of a zone show this: the first time where they show it twice, an hour later where they skip it.
    #[must_use]
    pub fn of_wall(shown: NaiveDateTime, zone: Tz) -> Option<Self> {
        let at = |shown: NaiveDateTime| zone.from_local_datetime(&shown).earliest();
        let later = || at(shown.checked_add_signed(chrono::Duration::hours(1))?);
        let at = at(shown).or_else(later)?;
        Some(Self(at.timestamp_millis()))
    }

    /// The first moment of a day (`2026-11-25`) in a zone, or of the day so many days later.
    #[must_use]
    pub fn day_begins(text: &str, later: u8, zone: Tz) -> Option<Self> {
        let day = text.trim().parse::<NaiveDate>().ok()?;
        let day = day.checked_add_days(Days::new(later.into()))?;
        Self::of_wall(day.and_time(NaiveTime::MIN), zone)
    }

    /// Milliseconds from `earlier` to `self`; negative when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Millis {
    type Output = Self;
    fn add(self, by: Duration) -> Self {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(ms))
    }
}

impl Sub<Duration> for Millis {
    type Output = Self;
    fn sub(self, by: Duration) -> Self {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(ms))
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl Serialize for Millis {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.rfc3339())
    }
}

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom("expected a time as RFC 3339, such as 2026-11-21T14:05:09Z")
        })
    }
}

impl utoipa::PartialSchema for Millis {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}
impl utoipa::ToSchema for Millis {}

impl<DB: Backend> ToSql<BigInt, DB> for Millis
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for Millis
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i64::from_sql(bytes).map(Self)
    }
}

/// Where `now` comes from: the machine, or a hand that a test moves.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until [`Clock::advance`] moves it. Clones share the hand.
    #[must_use]
    pub fn manual(at: Millis) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(at.0))))
    }

    #[must_use]
    pub fn now(&self) -> Millis {
        match &self.0 {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place that asks the system"
            )]
            Source::System => Millis(Utc::now().timestamp_millis()),
            Source::Manual(at) => Millis(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock forward; the system's clock is not ours to move, so it stays.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual(at) = &self.0 {
            at.fetch_add(
                i64::try_from(by.as_millis()).unwrap_or(i64::MAX),
                Ordering::SeqCst,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_survives_the_wire() {
        let at = Millis(1_800_000_000_123);
        assert_eq!(at.rfc3339(), "2027-01-15T08:00:00.123Z");
        assert_eq!(Millis::parse("2027-01-15T09:00:00.123+01:00"), Some(at));
        assert_eq!(Millis::parse("yesterday"), None);
    }

    #[test]
    fn a_span_is_bounded_by_days_or_instants() {
        const DAY: i64 = 86_400_000;
        for (text, later, bound) in [
            ("1970-01-02", 0, Some(DAY)),
            (" 1970-01-02 ", 1, Some(2 * DAY)),
            ("1970-01-01T00:00:01Z", 1, Some(1_001)),
            ("+262142-12-31", 1, None),
            ("yesterday", 0, None),
            ("", 0, None),
        ] {
            assert_eq!(
                Millis::parse_bound(text, later),
                bound.map(Millis),
                "{text}"
            );
        }
    }

    #[test]
    fn a_day_begins_where_its_zone_says_so() {
        for (day, later, zone, begins) in [
            ("2026-11-25", 0, Tz::UTC, "2026-11-25T00:00:00.000Z"),
            (
                "2026-11-25",
                1,
                Tz::America__New_York,
                "2026-11-26T05:00:00.000Z",
            ),
            (
                "2026-03-29",
                0,
                Tz::Europe__Paris,
                "2026-03-28T23:00:00.000Z",
            ),
            (
                "2026-03-29",
                1,
                Tz::Europe__Paris,
                "2026-03-29T22:00:00.000Z",
            ),
            // Midnight is skipped, and comes twice.
            (
                "2026-03-29",
                0,
                Tz::Asia__Beirut,
                "2026-03-28T22:00:00.000Z",
            ),
            (
                "2026-11-01",
                0,
                Tz::America__Havana,
                "2026-11-01T04:00:00.000Z",
            ),
        ] {
            let found = Millis::day_begins(day, later, zone).map(Millis::rfc3339);
            assert_eq!(found.as_deref(), Some(begins), "{day} in {zone}");
        }
        assert_eq!(Millis::day_begins("2026-11-25T10:00:00Z", 0, Tz::UTC), None);
    }

    #[test]
    fn a_manual_clock_moves_by_hand_only() {
        let clock = Clock::manual(Millis(5));
        let twin = clock.clone();
        twin.advance(Duration::from_secs(1));
        assert_eq!(clock.now(), Millis(1005));
    }
}
