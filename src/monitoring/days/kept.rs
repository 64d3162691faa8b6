//! Which properties are kept of each day, and how many values of each.
use super::store::Count;
use crate::ids::EstablishmentId;
use crate::terminals;
use crate::views::Lang;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What is kept, under the names of the facts that they are counted by; how terminals are connected is no
/// fact. Versions and places have too many values for a count of each on each day.
pub(in crate::monitoring) const CONNECTIVITY: &str = "connectivity";
pub(super) const FACTS: [&str; 6] = [
    terminals::MODEL_FACT,
    terminals::UPDATE_FACT,
    terminals::LICENCE_FACT,
    terminals::LAST_ACTION_FACT,
    terminals::ERROR_FACT,
    terminals::CLOCK_FACT,
];

/// Values that are kept of what terminals put into words themselves, in one place on one day: a terminal that
/// writes a number into its error would make a row of it on every day.
const MOST: usize = 50;

/// As which the values beyond are summed. No terminal tells it: where it tells nothing, that is `none`.
pub(in crate::monitoring) const OTHERS: &str = "";

/// Whether counts of this name are kept.
pub(in crate::monitoring) fn is_kept(name: &str) -> bool {
    name == CONNECTIVITY || FACTS.contains(&name)
}

/// Whether a value of a name can be nothing but one of ours; of what terminals say freely, whether we have words for it.
fn is_ours(name: &str, value: &str) -> bool {
    match name {
        terminals::LAST_ACTION_FACT => terminals::action_words(Lang::En, value).is_some(),
        terminals::ERROR_FACT => terminals::error_words(Lang::En, value).is_some(),
        _ => true,
    }
}

/// What is kept of these counts: of each name in each place all that is ours, and of what terminals say freely those that
/// we know and then the most frequent; the rest as one sum.
pub(super) fn condense(mut counts: Vec<Count>) -> Vec<Count> {
    let is_free = |name: &str| [terminals::LAST_ACTION_FACT, terminals::ERROR_FACT].contains(&name);
    counts.sort_by_cached_key(|(of, name, value, n)| {
        let is_strange = !is_ours(name, value);
        (*of, name.clone(), is_strange, Reverse(*n), value.clone())
    });
    let mut kept: Vec<Count> = Vec::new();
    let (mut place, mut taken) = (None, 0);
    for it in counts {
        let own = (it.0, it.1.clone());
        if place.as_ref() != Some(&own) {
            (place, taken) = (Some(own), 0);
        }
        taken += 1;
        match kept.last_mut() {
            _ if taken <= MOST || !is_free(&it.1) => kept.push(it),
            Some(others) if others.2 == OTHERS => others.3 = others.3.saturating_add(it.3),
            _ => kept.push((it.0, it.1, OTHERS.to_owned(), it.3)),
        }
    }
    kept
}

/// What would be kept of the counts of one name in one place.
pub(in crate::monitoring) fn condensed(
    name: &str,
    counts: BTreeMap<String, i64>,
) -> BTreeMap<String, i64> {
    let all = counts.into_iter();
    let all = all.map(|(value, n)| (EstablishmentId(0), name.to_owned(), value, n));
    let kept = condense(all.collect()).into_iter();
    kept.map(|(.., value, n)| (value, n)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_too_many_values_is_not_kept() {
        assert!(is_kept(CONNECTIVITY) && is_kept(terminals::ERROR_FACT));
        assert!(!is_kept(terminals::POINT_FACT) && !is_kept("version:pos"));
    }

    fn count(of: i64, name: &str, value: &str, n: i64) -> Count {
        (EstablishmentId(of), name.to_owned(), value.to_owned(), n)
    }

    #[test]
    fn of_what_terminals_say_freely_the_most_frequent_is_kept_and_the_rest_summed() {
        let mut all = Vec::new();
        for of in [1, 2] {
            let free = (0..1_000).map(|n| count(of, terminals::ERROR_FACT, &format!("E{n:04}"), 1));
            all.extend(free);
            all.push(count(of, terminals::ERROR_FACT, "frequent", 9));
            all.push(count(of, terminals::ERROR_FACT, terminals::NO_FACT, 1));
            all.push(count(of, terminals::LAST_ACTION_FACT, "info", 5));
            let models = (0..200).map(|n| count(of, terminals::MODEL_FACT, &format!("M{n}"), 1));
            all.extend(models);
        }
        let sum = |all: &[Count]| all.iter().map(|it| it.3).sum::<i64>();
        let before = sum(&all);
        let kept = condense(all);
        assert_eq!(sum(&kept), before);
        let of = |of: i64, name: &str| -> Vec<(&str, i64)> {
            let own = kept
                .iter()
                .filter(|it| it.0 == EstablishmentId(of) && it.1 == name);
            own.map(|it| (it.2.as_str(), it.3)).collect()
        };
        for place in [1, 2] {
            let errors = of(place, terminals::ERROR_FACT);
            assert_eq!(errors.len(), MOST + 1);
            assert_eq!(
                errors[..3],
                [(terminals::NO_FACT, 1), ("frequent", 9), ("E0000", 1)]
            );
            assert_eq!(errors.last(), Some(&(OTHERS, 1_002 - 50)));
            assert_eq!(of(place, terminals::LAST_ACTION_FACT), [("info", 5)]);
            assert_eq!(
                of(place, terminals::MODEL_FACT).len(),
                200,
                "the catalogue is ours"
            );
        }
    }
}
