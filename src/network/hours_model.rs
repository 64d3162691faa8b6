//! When a point of service is open, in the simple part of the `opening_hours` notation of
//! OpenStreetMap: `Mo-Fr 08:00-12:00,14:00-18:00; Sa 09:00-13:00; PH off`, or `24/7`.
use std::fmt;

/// Monday first, public holidays last.
const DAYS: [&str; 8] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH"];
const HOLIDAYS: usize = 7;
const RULES_MAX: usize = 14;
const SPANS_MAX: usize = 4;
const DAY_MINUTES: u16 = 24 * 60;

/// The rules, each for its days; of two for the same day the later one counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hours(Vec<Rule>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    /// First and last of each run of days, by their place in the week; empty is every day.
    pub(super) days: Vec<(usize, usize)>,
    /// Minutes of the day at which it opens and closes; empty is closed all day.
    pub(super) spans: Vec<(u16, u16)>,
}

impl Rule {
    /// Whether it says nothing but "always".
    pub(super) fn is_always(&self) -> bool {
        self.days.is_empty() && self.spans == [(0, DAY_MINUTES)]
    }
}

impl Hours {
    /// Case, blanks and the kind of dash make no difference; `None` for what is not understood.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.replace(['–', '—'], "-").to_lowercase();
        let rules = text.split(';').map(str::trim);
        let rules = rules.filter(|rule| !rule.is_empty()).map(rule);
        let rules: Vec<Rule> = rules.collect::<Option<_>>()?;
        (1..=RULES_MAX)
            .contains(&rules.len())
            .then_some(Self(rules))
    }

    pub(super) fn rules(&self) -> &[Rule] {
        &self.0
    }
}

fn name_of_day(day: usize) -> &'static str {
    DAYS.get(day).copied().unwrap_or_default()
}

/// `08:00` of minutes.
pub(super) fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn rule(text: &str) -> Option<Rule> {
    if text == "24/7" {
        return Some(Rule {
            days: Vec::new(),
            spans: vec![(0, DAY_MINUTES)],
        });
    }
    // Times begin at the first digit, "closed" at the last word.
    let close = ["off", "closed"]
        .iter()
        .find_map(|word| text.strip_suffix(word));
    if let Some(days) = close {
        let days = runs(days)?;
        return (!days.is_empty()).then(|| Rule {
            days,
            spans: Vec::new(),
        });
    }
    let at = text.find(|c: char| c.is_ascii_digit())?;
    let (days, times) = text.split_at(at);
    let (days, spans) = (runs(days)?, spans(times)?);
    Some(Rule { days, spans })
}

/// Runs of days that do not overlap; nothing at all is every day.
fn runs(text: &str) -> Option<Vec<(usize, usize)>> {
    let text: String = text.split_whitespace().collect();
    if text.is_empty() {
        return Some(Vec::new());
    }
    let day = |name: &str| DAYS.iter().position(|it| it.eq_ignore_ascii_case(name));
    let mut taken = [false; DAYS.len()];
    let mut all = Vec::new();
    for part in text.split(',') {
        let run = match part.split_once('-') {
            Some((first, last)) => (day(first)?, day(last)?),
            None => (day(part)?, day(part)?),
        };
        let is_single = run.0 == run.1;
        if part.contains('-') && (is_single || run.0 == HOLIDAYS || run.1 == HOLIDAYS) {
            return None;
        }
        let mut at = run.0;
        loop {
            if std::mem::replace(taken.get_mut(at)?, true) {
                return None;
            }
            if at == run.1 {
                break;
            }
            at = (at + 1) % HOLIDAYS;
        }
        all.push(run);
    }
    Some(all)
}

/// Spans in their order, of which only the last may go past midnight.
fn spans(text: &str) -> Option<Vec<(u16, u16)>> {
    let text: String = text.split_whitespace().collect();
    let all = text.split(',').map(|part| {
        let (from, to) = part.split_once('-')?;
        let (from, to) = (minutes(from)?, minutes(to)?);
        (from != to && from < DAY_MINUTES).then_some((from, to))
    });
    let all: Vec<(u16, u16)> = all.collect::<Option<_>>()?;
    let in_order = all.windows(2).all(|pair| {
        let ((from, to), (next, _)) = (pair[0], pair[1]);
        from < to && to < next
    });
    let past = all.last().filter(|(from, to)| to < from);
    let is_free = past.is_none_or(|(_, to)| all.len() == 1 || *to <= all[0].0);
    (in_order && is_free && all.len() <= SPANS_MAX).then_some(all)
}

fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str, most: usize| {
        let fits = (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    let whole = hours * 60 + minutes;
    (minutes < 60 && whole <= DAY_MINUTES).then_some(whole)
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, rule) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("; ")?;
            }
            if rule.is_always() {
                f.write_str("24/7")?;
                continue;
            }
            for (n, (first, last)) in rule.days.iter().enumerate() {
                let before = if n == 0 { "" } else { "," };
                write!(f, "{before}{}", name_of_day(*first))?;
                if first != last {
                    write!(f, "-{}", name_of_day(*last))?;
                }
            }
            if !rule.days.is_empty() {
                f.write_str(" ")?;
            }
            if rule.spans.is_empty() {
                f.write_str("off")?;
            }
            for (n, (from, to)) in rule.spans.iter().enumerate() {
                let before = if n == 0 { "" } else { "," };
                write!(f, "{before}{}-{}", clock(*from), clock(*to))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_written_in_one_way() {
        for (typed, kept) in [
            (
                "Mo-Fr 08:00-20:00; Sa 09:00-13:00",
                "Mo-Fr 08:00-20:00; Sa 09:00-13:00",
            ),
            (
                "mo – fr 8:00 – 12:00 , 14:00-18:00;",
                "Mo-Fr 08:00-12:00,14:00-18:00",
            ),
            ("24/7; PH off", "24/7; PH off"),
            ("10:00-22:00", "10:00-22:00"),
            (
                "Mo,We,Sa-Su 00:00-24:00; Tu closed",
                "Mo,We,Sa-Su 00:00-24:00; Tu off",
            ),
            ("Fr-Mo 22:00-02:00", "Fr-Mo 22:00-02:00"),
            ("SU,PH 09:00-13:00", "Su,PH 09:00-13:00"),
        ] {
            let found = Hours::parse(typed).map(|it| it.to_string());
            assert_eq!(found.as_deref(), Some(kept), "{typed}");
            assert_eq!(
                Hours::parse(kept).map(|it| it.to_string()).as_deref(),
                Some(kept)
            );
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for bad in [
            "",
            ";",
            "off",
            "Mo-Fr",
            "always",
            "Mo 8-20",
            "Mo 08:00",
            "Mo 08:60-09:00",
            "Mo 08:00-24:01",
            "Mo 24:00-02:00",
            "Mo 08:00-08:00",
            "Mo 08:00-12:00,11:00-13:00",
            "Mo 22:00-02:00,03:00-04:00",
            "Mo 01:00-05:00,22:00-02:00",
            "Mo,Mo 08:00-12:00",
            "Mo-Fr,We 08:00-12:00",
            "Mo-Mo 08:00-12:00",
            "Fr-PH 08:00-12:00",
            "Lu 08:00-12:00",
            "Mo 08:00-12:00 Tu 08:00-12:00",
            "Mo +8:00-12:00",
        ] {
            assert!(Hours::parse(bad).is_none(), "{bad}");
        }
        assert!(Hours::parse(&"Mo 08:00-12:00;".repeat(15)).is_none());
    }
}
