//! The times that logs state: as UTC milliseconds only where what they state leaves no doubt, else as the clock beside
//! them showed.
use super::Message;
use chrono::{
    DateTime, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone,
};
use chrono_tz::Tz;

/// Longer is no time.
const MOST: usize = 80;

/// Enters when a record says that it was logged.
pub(super) fn enter(message: &mut Message, stated: Option<String>) {
    let told = stated.as_deref().filter(|text| text.len() <= MOST);
    message.at_ms = told.and_then(milliseconds);
    let local = told.filter(|_| message.at_ms.is_none());
    message.wall_ms = local.and_then(wall);
    message.time = stated;
}

/// `Mon Nov 24 00:00:03 EST 2014.292`, as Java prints a date and jPOS its milliseconds behind it, or ISO 8601 with
/// an offset. A local time without a zone, and a zone of several meanings, are none.
fn milliseconds(text: &str) -> Option<i64> {
    let text = text.trim();
    let of_java = || {
        let (local, zone) = java(text)?;
        in_zone(local, zone)
    };
    iso(text).or_else(of_java)
}

/// What the clock showed, as if that were UTC: a time without a zone, as newer jPOS writes it, or of one that is not
/// known.
fn wall(text: &str) -> Option<i64> {
    let text = text.trim().replace(',', ".");
    let forms = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
    ];
    let read = |form| NaiveDateTime::parse_from_str(&text, form).ok();
    let shown = forms.into_iter().find_map(read);
    let shown = shown.or_else(|| Some(java(&text)?.0))?;
    Some(shown.and_utc().timestamp_millis())
}

/// ISO 8601; what Java writes in brackets behind it only repeats the offset.
fn iso(text: &str) -> Option<i64> {
    let bare = text.split_once('[').map_or(text, |(before, _)| before);
    let moment = DateTime::parse_from_rfc3339(bare)
        .or_else(|_| DateTime::parse_from_str(bare, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .or_else(|_| DateTime::parse_from_str(bare, "%Y-%m-%d %H:%M:%S%.f %z"))
        .or_else(|_| DateTime::parse_from_str(bare, "%Y-%m-%dT%H:%M%:z"))
        .or_else(|_| DateTime::parse_from_str(bare, "%Y-%m-%dT%H:%MZ%z"));
    moment.ok().map(|moment| moment.timestamp_millis())
}

fn java(text: &str) -> Option<(NaiveDateTime, &str)> {
    let mut words = text.split_ascii_whitespace();
    let (_weekday, month, day) = (words.next()?, words.next()?, words.next()?);
    let (clock, zone, year) = (words.next()?, words.next()?, words.next()?);
    if words.next().is_some() {
        return None;
    }
    // The milliseconds are a number, not a fraction: jPOS writes 13 of them as `.13`.
    let (year, thousandths) = year.split_once('.').unwrap_or((year, "0"));
    let date = NaiveDate::from_ymd_opt(number(year)?, month_of(month)?, number(day)?)?;
    let time = NaiveTime::parse_from_str(clock, "%H:%M:%S").ok()?;
    let thousandths: i64 = number(thousandths).filter(|ms| (0..1000).contains(ms))?;
    let local = NaiveDateTime::new(date, time);
    let local = local.checked_add_signed(TimeDelta::milliseconds(thousandths))?;
    Some((local, zone))
}

fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn month_of(name: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let place = MONTHS.iter().position(|month| *month == name)?;
    u32::try_from(place).ok()?.checked_add(1)
}

fn in_zone(local: NaiveDateTime, zone: &str) -> Option<i64> {
    if let Some(minutes) = minutes_of(zone) {
        let offset = FixedOffset::east_opt(minutes.checked_mul(60)?)?;
        return single(offset.from_local_datetime(&local)).map(|moment| moment.timestamp_millis());
    }
    let zone = moved(zone)?;
    single(zone.from_local_datetime(&local)).map(|moment| moment.timestamp_millis())
}

fn single<T>(found: LocalResult<T>) -> Option<T> {
    match found {
        LocalResult::Single(one) => Some(one),
        LocalResult::Ambiguous(..) | LocalResult::None => None,
    }
}

/// Zones whose offset was always the same, in minutes east. IST and AST have several meanings and are none.
fn minutes_of(zone: &str) -> Option<i32> {
    Some(match zone {
        "UTC" | "GMT" | "UCT" | "Z" | "WET" => 0,
        "CET" | "MET" | "WEST" | "BST" | "WAT" => 60,
        "CEST" | "MEST" | "EET" | "SAST" | "CAT" => 120,
        "EEST" | "EAT" => 180,
        "GST" => 240,
        "HKT" | "SGT" | "AWST" => 480,
        "JST" | "KST" => 540,
        "ACST" => 570,
        "AEST" => 600,
        "ACDT" => 630,
        "AEDT" => 660,
        "NZST" => 720,
        "NZDT" => 780,
        "UYST" | "BRST" => -120,
        "UYT" | "BRT" | "ART" | "ADT" => -180,
        "NDT" => -150,
        "NST" => -210,
        "EDT" => -240,
        "EST" | "CDT" => -300,
        "CST" | "MDT" => -360,
        "MST" | "PDT" => -420,
        "PST" | "AKDT" => -480,
        "AKST" => -540,
        "HST" => -600,
        stated => return offset(stated),
    })
}

/// `GMT+03:00`, as Java calls a zone that it knows by its offset alone.
fn offset(zone: &str) -> Option<i32> {
    let stated = zone
        .strip_prefix("GMT")
        .or_else(|| zone.strip_prefix("UTC"))?;
    let (sign, digits) = match stated.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
    let (hours, minutes): (i32, i32) = (number(hours)?, number(minutes)?);
    let known = hours <= 14 && minutes < 60;
    known.then(|| sign * (hours * 60 + minutes))
}

/// Zones of Russia, whose offsets were changed in 2011 and 2014: those that were in force then.
fn moved(zone: &str) -> Option<Tz> {
    Some(match zone {
        "MSK" | "MSD" => Tz::Europe__Moscow,
        "SAMT" => Tz::Europe__Samara,
        "YEKT" | "YEKST" => Tz::Asia__Yekaterinburg,
        "OMST" => Tz::Asia__Omsk,
        "NOVT" | "NOVST" => Tz::Asia__Novosibirsk,
        "KRAT" | "KRAST" => Tz::Asia__Krasnoyarsk,
        "IRKT" | "IRKST" => Tz::Asia__Irkutsk,
        "YAKT" | "YAKST" => Tz::Asia__Yakutsk,
        "VLAT" | "VLAST" => Tz::Asia__Vladivostok,
        "MAGT" | "MAGST" => Tz::Asia__Magadan,
        "PETT" | "PETST" => Tz::Asia__Kamchatka,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{MOST, enter, milliseconds, wall};
    use crate::formats::{Message, Part};

    #[test]
    fn a_time_counts_only_where_its_zone_is_known() {
        let known = [
            ("Mon Nov 24 00:00:03 EST 2014.292", 1_416_805_203_292),
            ("Wed Dec 10 13:56:26 EST 2014.13", 1_418_237_786_013),
            ("Mon Nov 24 00:00:03 UYST 2014.292", 1_416_794_403_292),
            ("Mon Nov 24 13:10:55 UTC 2014", 1_416_834_655_000),
            ("Mon Nov 24 13:10:55 GMT+01:30 2014.7", 1_416_829_255_007),
            // Moscow was four hours ahead until October 2014.
            ("Fri Aug 01 12:00:00 MSK 2014.0", 1_406_880_000_000),
            ("Mon Nov 24 12:00:00 MSK 2014.0", 1_416_819_600_000),
            ("2014-11-24T05:00:03.292Z", 1_416_805_203_292),
            ("2014-11-24T00:00:03.292-05:00", 1_416_805_203_292),
            (
                "2014-11-24T00:00:03.292-05:00[America/New_York]",
                1_416_805_203_292,
            ),
            ("2014-11-24T00:00:03.292-0500", 1_416_805_203_292),
        ];
        for (text, expected) in known {
            assert_eq!(milliseconds(text), Some(expected), "{text}");
        }
        for unknown in [
            "2014-11-24T00:00:03.292",
            "Mon Nov 24 00:00:03 IST 2014.292",
            "Mon Nov 24 00:00:03 2014",
            "Mon Nov 24 25:00:03 EST 2014",
            "Sun Oct 26 01:30:00 MSK 2014",
            "",
            "GMT+",
        ] {
            assert_eq!(milliseconds(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_time_without_a_zone_is_what_the_clock_showed() {
        const SHOWN: i64 = 1_416_787_203_292;
        for (text, shown) in [
            ("2014-11-24T00:00:03.292", Some(SHOWN)),
            ("2014-11-24T00:00:03.292845", Some(SHOWN)),
            (" 2014-11-24 00:00:03,292", Some(SHOWN)),
            ("2014-11-24T00:00:03", Some(SHOWN - 292)),
            ("2014-11-24T00:00", Some(SHOWN - 3_292)),
            ("Mon Nov 24 00:00:03 IST 2014.292", Some(SHOWN)),
            ("Sun Oct 26 01:30:00 MSK 2014", Some(1_414_287_000_000)),
            ("2014-11-24T25:00:03", None),
            ("2014-02-30T10:00:00", None),
            ("2014-11-24T00:00:03+99:00", None),
            ("2014-11-24", None),
            ("10:00:03", None),
            ("", None),
        ] {
            assert_eq!(wall(text), shown, "{text}");
        }
    }

    #[test]
    fn a_time_is_in_utc_or_local() {
        let of = |text: String| {
            let mut message = Message::blank(0, 1, Part::Request);
            enter(&mut message, Some(text));
            (message.at_ms, message.wall_ms, message.time)
        };
        let utc = "2014-11-24T00:00:03Z".to_owned();
        assert_eq!(of(utc.clone()), (Some(1_416_787_203_000), None, Some(utc)));
        let local = "2014-11-24T00:00:03".to_owned();
        assert_eq!(
            of(local.clone()),
            (None, Some(1_416_787_203_000), Some(local))
        );
        let long = "2014-11-24T00:00:03.".to_owned() + &"0".repeat(MOST);
        assert_eq!(of(long.clone()), (None, None, Some(long)));
    }
}
