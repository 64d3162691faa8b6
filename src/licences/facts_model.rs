//! What is known of a licence beside its bytes: as somebody said it, checked, and as it is kept.
use crate::clock::Millis;
use serde::Deserialize;

const WORD_MAX: usize = 64;

/// What is known of a licence beside its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Of the device that it is for, as it stands there.
    pub serial_number: String,
    /// Empty when nobody said: then it is that of the terminal's model.
    pub platform: String,
    /// Which of the terminal's software it is for; empty where there is only one.
    pub software: String,
    /// The distributor's own number of the licence.
    pub lic_id: String,
    /// The first and the last day that it holds, at 00:00 UTC.
    pub valid_from: Option<Millis>,
    pub valid_until: Option<Millis>,
}

impl Facts {
    /// The values as they are kept, or field and code of all that is wrong.
    pub(super) fn check(&self) -> Result<Self, Vec<(&'static str, &'static str)>> {
        let clean = Self {
            serial_number: self.serial_number.trim().to_owned(),
            platform: tidy(&self.platform).to_lowercase(),
            software: tidy(&self.software),
            lic_id: tidy(&self.lic_id),
            ..*self
        };
        let mut wrong = Vec::new();
        if !is_serial(&clean.serial_number) {
            wrong.push(("serial_number", "licence.serial-form"));
        }
        for (field, text) in [
            ("platform", &clean.platform),
            ("software", &clean.software),
            ("lic_id", &clean.lic_id),
        ] {
            if text.chars().count() > WORD_MAX || text.chars().any(char::is_control) {
                wrong.push((field, "licence.word-form"));
            }
        }
        if let (Some(from), Some(until)) = (clean.valid_from, clean.valid_until)
            && until < from
        {
            wrong.push(("valid_until", "licence.ends-before"));
        }
        if wrong.is_empty() {
            Ok(clean)
        } else {
            Err(wrong)
        }
    }
}

/// The facts as somebody typed them: into a form, an address or a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Said {
    /// Of the device that the licence is for.
    #[serde(default)]
    pub(super) serial_number: String,
    /// The device's platform; that of the terminal's model when absent.
    #[serde(default)]
    pub(super) platform: String,
    /// Which of the terminal's software it is for; may be left out where there is only one.
    #[serde(default)]
    pub(super) software: String,
    /// The distributor's own number of the licence.
    #[serde(default)]
    pub(super) lic_id: String,
    /// The first day that it holds, such as `2026-11-21`.
    #[serde(default)]
    pub(super) valid_from: String,
    /// The last day that it holds.
    #[serde(default)]
    pub(super) valid_until: String,
}

impl Said {
    /// The facts, unless a day is none.
    pub(super) fn facts(&self) -> Result<Facts, Vec<(&'static str, &'static str)>> {
        let mut wrong = Vec::new();
        let mut read = |field, text: &str| match text.trim() {
            "" => None,
            text => {
                let at = day(text);
                if at.is_none() {
                    wrong.push((field, "licence.day-form"));
                }
                at
            }
        };
        let valid_from = read("valid_from", &self.valid_from);
        let valid_until = read("valid_until", &self.valid_until);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Facts {
            serial_number: self.serial_number.clone(),
            platform: self.platform.clone(),
            software: self.software.clone(),
            lic_id: self.lic_id.clone(),
            valid_from,
            valid_until,
        })
    }
}

/// A day as `2026-11-21`: its 00:00 UTC. Of a whole time, the day alone counts.
pub(super) fn day(text: &str) -> Option<Millis> {
    let date = text.get(..10).filter(|_| {
        let rest = text.get(10..).unwrap_or_default();
        rest.is_empty() || rest.starts_with('T') || rest.starts_with(' ')
    })?;
    let date = chrono::NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    let year = chrono::Datelike::year(&date);
    let at = date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis();
    (1970..=9999).contains(&year).then_some(Millis(at))
}

/// The span of a month such as `2027-03`: from its first moment to that of the next one.
pub(super) fn month(text: &str) -> Option<(i64, i64)> {
    let first = day(&format!("{text}-01"))?;
    let next = first.to_utc()?.checked_add_months(chrono::Months::new(1))?;
    Some((first.0, next.timestamp_millis()))
}

/// The first moments of the month that `now` lies in and of those after it, `n` spans in all.
pub(super) fn months(now: Millis, n: usize) -> Vec<(i64, i64)> {
    let mut spans = Vec::new();
    let name = |at: Millis| day_text(at).chars().take(7).collect::<String>();
    let mut text = name(now);
    while let Some((from, to)) = month(&text).filter(|_| spans.len() < n) {
        spans.push((from, to));
        text = name(Millis(to));
    }
    spans
}

/// The day of [`day`] as text.
pub(super) fn day_text(at: Millis) -> String {
    at.to_utc()
        .map_or_else(String::new, |at| at.format("%Y-%m-%d").to_string())
}

fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_serial(text: &str) -> bool {
    (1..=WORD_MAX).contains(&text.chars().count())
        && text.chars().all(|c| !c.is_whitespace() && !c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_tidied_and_checked() {
        let typed = Facts {
            serial_number: " 1240-7 ".into(),
            platform: " Android  10".into(),
            software: "POS\tMain".into(),
            lic_id: " L 1 ".into(),
            valid_from: Some(Millis(0)),
            valid_until: Some(Millis(0)),
        };
        let kept = typed.check().unwrap();
        let words = (&*kept.serial_number, &*kept.platform, &*kept.software);
        assert_eq!(words, ("1240-7", "android 10", "POS Main"));
        let bad = Facts {
            serial_number: "a b".into(),
            platform: "x".repeat(65),
            valid_from: Some(Millis(1)),
            valid_until: Some(Millis(0)),
            ..Facts::default()
        };
        let wrong: Vec<_> = bad.check().unwrap_err().into_iter().map(|w| w.0).collect();
        assert_eq!(wrong, ["serial_number", "platform", "valid_until"]);
    }

    #[test]
    fn a_day_is_read_and_written() {
        let at = day("2027-01-15").unwrap();
        assert_eq!(
            (at, day_text(at)),
            (Millis(1_799_971_200_000), "2027-01-15".into())
        );
        assert_eq!(day("2027-01-15T08:00:00Z"), Some(at));
        for bad in [
            "15.01.2027",
            "2027-02-30",
            "0001-01-01",
            "2027-1-5",
            "",
            "é",
        ] {
            assert_eq!(day(bad), None, "{bad}");
        }
    }
}
