//! Numbers, dates and times the way each language writes them, by ICU. Formatters are made once
//! per language: making one costs a thousand times what using it does.
use super::look::{Lang, Look};
use super::words::text;
use crate::clock::Millis;
use chrono::{Datelike, Timelike};
use icu_calendar::Gregorian;
use icu_datetime::FixedCalendarDateTimeFormatter as Formatter;
use icu_datetime::fieldsets::{T, YM, YMD, YMDT};
use icu_datetime::input::{Date, DateTime, Time};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_decimal::options::DecimalFormatterOptions;
use icu_locale_core::{Locale, locale};
use std::cell::LazyCell;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// What a language needs to write numbers and times. A part is `None` only if ICU's data lack the
/// locale; then the plain form is written.
struct Formats {
    number: Option<DecimalFormatter>,
    month: Option<Formatter<Gregorian, YM>>,
    day: Option<Formatter<Gregorian, YMD>>,
    moment: Option<Formatter<Gregorian, YMDT>>,
    clock: Option<Formatter<Gregorian, T>>,
}

thread_local! {
    // ICU's formatters stay on the thread that made them.
    static FORMATS: [LazyCell<Formats>; 3] = const {
        [
            LazyCell::new(|| Formats::new(Lang::En)),
            LazyCell::new(|| Formats::new(Lang::Fr)),
            LazyCell::new(|| Formats::new(Lang::Ru)),
        ]
    };
}

impl Formats {
    fn new(lang: Lang) -> Self {
        let locale = locale_of(lang);
        let moment = YMD::medium().with_time_hms();
        Self {
            number: DecimalFormatter::try_new((&locale).into(), DecimalFormatterOptions::default())
                .ok(),
            month: Formatter::try_new((&locale).into(), YM::long()).ok(),
            day: Formatter::try_new((&locale).into(), YMD::medium()).ok(),
            moment: Formatter::try_new((&locale).into(), moment).ok(),
            clock: Formatter::try_new((&locale).into(), T::hms()).ok(),
        }
    }

    fn with<T>(lang: Lang, f: impl FnOnce(&Self) -> T) -> T {
        FORMATS.with(|all| f(&all[lang as usize]))
    }
}

/// English is written the European way: day before month, 24 hours.
fn locale_of(lang: Lang) -> Locale {
    match lang {
        Lang::En => locale!("en-GB"),
        Lang::Fr => locale!("fr"),
        Lang::Ru => locale!("ru"),
    }
}

/// `9,480`, `9 480`.
#[must_use]
pub fn integer(lang: Lang, n: i64) -> String {
    written(lang, &Decimal::from(n))
}

/// With one digit after the separator where there is something to show: `1.5`, `1,5`, `2`.
#[must_use]
pub fn decimal(lang: Lang, n: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "beyond 2^63 nothing is counted here"
    )]
    let mut tenths = Decimal::from((n * 10.0).round() as i64);
    tenths.multiply_pow10(-1);
    tenths.trim_end();
    written(lang, &tenths)
}

fn written(lang: Lang, n: &Decimal) -> String {
    Formats::with(lang, |with| match &with.number {
        Some(formatter) => formatter.format(n).to_string(),
        None => n.to_string(),
    })
}

/// A share in whole percent, rounded down, so that 100 % means all. Nothing of nothing is 0 %.
#[must_use]
pub fn percent(lang: Lang, part: i64, whole: i64) -> String {
    let n = if whole > 0 {
        i128::from(part.max(0)) * 100 / i128::from(whole)
    } else {
        0
    };
    text(lang, "percent", &[("n", n.to_string())])
}

/// A share in tenths of a percent, always with its digit: `33.3 %`.
#[must_use]
pub fn tenths(lang: Lang, thousandths: i64) -> String {
    let mut n = Decimal::from(thousandths);
    n.multiply_pow10(-1);
    text(lang, "percent", &[("n", written(lang, &n))])
}

/// Money with the letters of its currency, as minor units of so many digits: `1,234.05 EUR`, `1 234,05 EUR`.
#[must_use]
pub fn amount(lang: Lang, (minor, places): (i64, u8), unit: &str) -> String {
    let mut n = Decimal::from(minor);
    n.multiply_pow10(-i16::from(places));
    format!("{}\u{a0}{unit}", written(lang, &n))
}

/// The same number as programs write it: `1234.05`.
#[must_use]
pub fn plain_amount(minor: i64, places: u8) -> String {
    let mut n = Decimal::from(minor);
    n.multiply_pow10(-i16::from(places));
    n.to_string()
}

/// `512 B`, `1.5 MB`: decimal units.
#[must_use]
pub fn bytes(lang: Lang, n: i64) -> String {
    const UNITS: [&str; 5] = ["bytes-b", "bytes-kb", "bytes-mb", "bytes-gb", "bytes-tb"];
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut size = n.max(0) as f64;
    let mut unit = 0;
    while size >= 999.95 && unit + 1 < UNITS.len() {
        size /= 1000.0;
        unit += 1;
    }
    text(lang, UNITS[unit], &[("n", format!("{size:.1}"))])
}

/// How long ago `at` was, in one unit; of the future, how long until then.
#[must_use]
pub fn ago(lang: Lang, at: Millis, now: Millis) -> String {
    let passed = now.since(at);
    let (key, n) = match passed.abs() {
        ..MINUTE => return text(lang, "ago-now", &[]),
        size @ MINUTE..HOUR => ("minutes", size / MINUTE),
        size @ HOUR..DAY => ("hours", size / HOUR),
        size => ("days", size / DAY),
    };
    let key = if passed < 0 {
        format!("in-{key}")
    } else {
        format!("ago-{key}")
    };
    text(lang, &key, &[("n", n.to_string())])
}

/// A duration in one unit: `45 seconds`, `3 hours`.
#[must_use]
pub fn lasting(lang: Lang, seconds: i64) -> String {
    let (key, n) = match seconds.max(0) * SECOND {
        ms @ ..MINUTE => ("lasting-seconds", ms / SECOND),
        ms @ MINUTE..HOUR => ("lasting-minutes", ms / MINUTE),
        ms @ HOUR..DAY => ("lasting-hours", ms / HOUR),
        ms => ("lasting-days", ms / DAY),
    };
    text(lang, key, &[("n", n.to_string())])
}

/// An instant in the viewer's zone.
fn local(look: Look, at: Millis) -> Option<DateTime<Gregorian>> {
    let there = at.to_utc()?.with_timezone(&look.zone);
    let part = |n: u32| u8::try_from(n).ok();
    Some(DateTime {
        date: Date::try_new_gregorian(there.year(), part(there.month())?, part(there.day())?)
            .ok()?,
        time: Time::try_new(
            part(there.hour())?,
            part(there.minute())?,
            part(there.second())?,
            0,
        )
        .ok()?,
    })
}

/// Date and time to the second: `27 Aug 2021, 12:54:26`.
#[must_use]
pub fn moment(look: Look, at: Millis) -> String {
    Formats::with(look.lang, |with| {
        let (t, formatter) = (local(look, at)?, with.moment.as_ref()?);
        Some(formatter.format(&t).to_string())
    })
    .unwrap_or_else(|| at.rfc3339())
}

/// The date alone: `27 Aug 2021`.
#[must_use]
pub fn day(look: Look, at: Millis) -> String {
    Formats::with(look.lang, |with| {
        let (t, formatter) = (local(look, at)?, with.day.as_ref()?);
        Some(formatter.format(&t.date).to_string())
    })
    .unwrap_or_else(|| at.rfc3339())
}

/// A month of the calendar, by any moment of it in UTC: `August 2021`, `août 2021`.
#[must_use]
pub fn month(lang: Lang, at: Millis) -> String {
    Formats::with(lang, |with| {
        let (at, formatter) = (at.to_utc()?, with.month.as_ref()?);
        let month = u8::try_from(at.month()).ok()?;
        let first = Date::try_new_gregorian(at.year(), month, 1).ok()?;
        let told = formatter.format(&first).to_string();
        // Russian ends a date with the word "year"; a heading or a row of a table does without.
        let plain = told
            .strip_suffix("г.")
            .map(|rest| rest.trim_end().to_owned());
        Some(plain.unwrap_or(told))
    })
    .unwrap_or_else(|| at.rfc3339())
}

/// The time of day alone: `12:54:26`.
#[must_use]
pub fn clock(look: Look, at: Millis) -> String {
    Formats::with(look.lang, |with| {
        let (t, formatter) = (local(look, at)?, with.clock.as_ref()?);
        Some(formatter.format(&t.time).to_string())
    })
    .unwrap_or_else(|| at.rfc3339())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_the_readers_name() {
        let august = Millis(1_630_022_400_000);
        assert_eq!(month(Lang::En, august), "August 2021");
        assert_eq!(month(Lang::Fr, august), "août 2021");
        assert_eq!(month(Lang::Ru, august), "август 2021");
    }

    #[test]
    fn each_language_writes_its_own_way() {
        assert_eq!(integer(Lang::En, 9480), "9,480");
        assert_eq!(integer(Lang::Fr, 9480), "9\u{202f}480");
        assert_eq!(integer(Lang::Ru, 94800), "94\u{a0}800");
        assert_eq!(decimal(Lang::Fr, 1.25), "1,3");
        assert_eq!(amount(Lang::En, (123_405, 2), "EUR"), "1,234.05\u{a0}EUR");
        assert_eq!(
            amount(Lang::Fr, (123_405, 2), "EUR"),
            "1\u{202f}234,05\u{a0}EUR"
        );
        assert_eq!(amount(Lang::Ru, (-5, 3), "KWD"), "-0,005\u{a0}KWD");
        assert_eq!(amount(Lang::Ru, (500, 0), "JPY"), "500\u{a0}JPY");
        assert_eq!(plain_amount(-250, 2), "-2.50");
        assert_eq!(plain_amount(i64::MIN, 2), "-92233720368547758.08");
        assert_eq!(percent(Lang::En, 999, 1000), "99%");
        assert_eq!(percent(Lang::Fr, 0, 0), "0\u{a0}%");
        assert_eq!(bytes(Lang::En, 1_500_000), "1.5 MB");
        assert_eq!(bytes(Lang::Ru, 999), "999\u{a0}Б");
    }

    #[test]
    fn a_moment_stands_in_the_viewers_zone() {
        let at = Millis::parse("2021-08-27T12:54:26Z").unwrap();
        let see = |lang, zone: &str| {
            let look = Look {
                lang,
                zone: zone.parse().unwrap(),
                ..Look::default()
            };
            (moment(look, at), clock(look, at))
        };
        assert_eq!(
            see(Lang::En, "UTC"),
            ("27 Aug 2021, 12:54:26".into(), "12:54:26".into())
        );
        assert_eq!(see(Lang::Fr, "Africa/Lagos").0, "27 août 2021, 13:54:26");
        assert_eq!(
            see(Lang::Ru, "Europe/Moscow").0,
            "27 авг. 2021\u{202f}г., 15:54:26"
        );
    }

    #[test]
    fn the_past_is_told_in_one_unit() {
        let at = |s: i64| Millis(s * SECOND);
        assert_eq!(ago(Lang::En, at(0), at(59)), "just now");
        assert_eq!(ago(Lang::En, at(0), at(60)), "1 minute ago");
        assert_eq!(ago(Lang::Ru, at(0), at(5 * 3600)), "5 часов назад");
        assert_eq!(ago(Lang::Fr, at(7200), at(0)), "dans 2 heures");
    }
}
