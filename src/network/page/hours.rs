//! Opening hours as a reader says them.
use crate::network::hours_model::{Hours, clock};
use crate::views::{Lang, text};

/// Monday first, public holidays last.
const DAYS: [&str; 8] = [
    "network-day-mo",
    "network-day-tu",
    "network-day-we",
    "network-day-th",
    "network-day-fr",
    "network-day-sa",
    "network-day-su",
    "network-day-ph",
];

/// One line for each rule; empty where nobody knows.
pub(super) fn lines(lang: Lang, hours: &str) -> Vec<String> {
    let Some(hours) = Hours::parse(hours) else {
        return Vec::new();
    };
    let day = |day: usize| {
        DAYS.get(day)
            .map_or_else(String::new, |key| text(lang, key, &[]))
    };
    let rules = hours.rules().iter().map(|rule| {
        if rule.is_always() {
            return text(lang, "network-hours-always", &[]);
        }
        let days = rule.days.iter().map(|(first, last)| {
            if first == last {
                day(*first)
            } else {
                format!("{}–{}", day(*first), day(*last))
            }
        });
        let spans = rule
            .spans
            .iter()
            .map(|(from, to)| format!("{}–{}", clock(*from), clock(*to)));
        let days = match days.collect::<Vec<_>>() {
            none if none.is_empty() => text(lang, "network-hours-daily", &[]),
            some => some.join(", "),
        };
        match spans.collect::<Vec<_>>() {
            none if none.is_empty() => text(lang, "network-hours-off", &[("days", days)]),
            some => format!("{days} {}", some.join(", ")),
        }
    });
    rules.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_told_in_every_language() {
        let told = |lang| lines(lang, "Mo-Fr 08:00-20:00; Sa,PH off").join(" | ");
        assert_eq!(
            told(Lang::En),
            "Mon–Fri 08:00–20:00 | Sat, public holidays: closed"
        );
        assert_eq!(
            told(Lang::Fr),
            "lun.–ven. 08:00–20:00 | sam., jours fériés : fermé"
        );
        assert_eq!(told(Lang::Ru), "Пн–Пт 08:00–20:00 | Сб, праздники: закрыто");
        assert_eq!(lines(Lang::En, "24/7"), ["Around the clock"]);
        assert!(lines(Lang::En, "").is_empty());
    }
}
