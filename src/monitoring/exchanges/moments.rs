//! When messages were logged that tell no time in UTC, and what is told of it. Pure.
use super::model::Side;
use super::store::Row;
use crate::clock::Millis;
use crate::monitoring::days::Day;
use chrono::{Datelike, NaiveDate, NaiveTime};
use chrono_tz::Tz;

/// When an exchange began, as well as that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Moment {
    Utc(Millis),
    /// What the terminal's own clock showed, as if that were UTC.
    Wall(Millis),
    /// No more than what a log states that nothing could read.
    Stated(String),
    /// The log tells none, but the message when it was sent.
    Sent(Millis),
    /// No more than the day.
    Day(Day),
}

impl Moment {
    pub(super) fn of(row: &Row) -> Self {
        if let Some(at) = row.begun_ms.or(row.answered_ms) {
            return Self::Utc(at);
        }
        let sides = row.sides();
        let both = [sides.request.as_ref(), sides.answer.as_ref()];
        if let Some(shown) = both.iter().flatten().find_map(|side| side.wall) {
            return Self::Wall(Millis(shown));
        }
        if let Some(stated) = &row.stated_time {
            return Self::Stated(stated.clone());
        }
        let day = Day::of(Millis(row.sort_ms));
        let by_field = |side: &&Side| sent(side.transmitted.as_deref()?, day);
        match both.iter().flatten().find_map(by_field) {
            Some(at) if at == row.sort_ms => Self::Sent(Millis(at)),
            _ => Self::Day(day),
        }
    }

    /// True when it stands by a time of its own.
    pub(super) const fn is_timed(&self) -> bool {
        matches!(self, Self::Utc(_) | Self::Wall(_) | Self::Sent(_))
    }
}

/// Field 7: month, day and time in UTC, without a year. Of all such moments the nearest to a day is meant.
pub(super) fn sent(field: &str, day: Day) -> Option<i64> {
    let is_plain = field.len() == 10 && field.bytes().all(|b| b.is_ascii_digit());
    let two = |from: usize| field.get(from..from + 2)?.parse::<u32>().ok();
    let time = NaiveTime::from_hms_opt(two(4)?, two(6)?, two(8)?).filter(|_| is_plain)?;
    let (month, of_month) = (two(0)?, two(2)?);
    let year = day.start().to_utc()?.year();
    let in_year = |year| {
        let date = NaiveDate::from_ymd_opt(year, month, of_month)?;
        Some(date.and_time(time).and_utc().timestamp_millis())
    };
    let noon = day.start().0.saturating_add(43_200_000);
    (year.checked_sub(1)?..=year.checked_add(1)?)
        .filter_map(in_year)
        .min_by_key(|at| at.abs_diff(noon))
        .filter(|at| *at >= 0)
}

/// When a terminal's clock showed this, if it is set by this zone.
pub(super) fn by_zone(shown: i64, zone: Tz) -> Option<i64> {
    let shown = Millis(shown).to_utc()?.naive_utc();
    Some(Millis::of_wall(shown, zone)?.0).filter(|at| *at >= 0)
}

/// A local time as programs are told it: without a zone.
pub(super) fn local(shown: i64) -> String {
    let whole = Millis(shown).rfc3339();
    whole.trim_end_matches('Z').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_without_a_year_is_the_nearest() {
        for (field, day, at) in [
            ("1125101112", "2026-11-25", Some("2026-11-25T10:11:12.000Z")),
            ("1231235959", "2027-01-01", Some("2026-12-31T23:59:59.000Z")),
            ("0101000001", "2026-12-31", Some("2027-01-01T00:00:01.000Z")),
            ("0229120000", "2028-03-01", Some("2028-02-29T12:00:00.000Z")),
            ("0229120000", "2026-03-01", None),
            ("1325101112", "2026-11-25", None),
            ("1125246060", "2026-11-25", None),
            ("112510111", "2026-11-25", None),
            ("+1+1+1+1+1", "2026-11-25", None),
            ("éé25101112", "2026-11-25", None),
            ("", "2026-11-25", None),
        ] {
            let found = sent(field, Day::parse(day).unwrap());
            let found = found.map(|at| Millis(at).rfc3339());
            assert_eq!(found.as_deref(), at, "{field} on {day}");
        }
        assert_eq!(sent("1125101112", Day(i32::MAX)), None);
    }

    #[test]
    fn a_clock_is_set_by_its_zone() {
        let shown = Millis::parse("2026-03-29T02:30:00Z").unwrap().0;
        let told = |zone| by_zone(shown, zone).map(|at| Millis(at).rfc3339());
        assert_eq!(told(Tz::UTC).as_deref(), Some("2026-03-29T02:30:00.000Z"));
        // There is no such time of that day.
        assert_eq!(
            told(Tz::Europe__Paris).as_deref(),
            Some("2026-03-29T01:30:00.000Z")
        );
        assert_eq!(by_zone(i64::MAX, Tz::UTC), None);
        assert_eq!(local(shown), "2026-03-29T02:30:00.000");
    }
}
