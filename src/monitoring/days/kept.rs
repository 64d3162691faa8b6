//! Which properties are kept of each day.
use crate::terminals;

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

/// Whether counts of this name are kept.
pub(in crate::monitoring) fn is_kept(name: &str) -> bool {
    name == CONNECTIVITY || FACTS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_too_many_values_is_not_kept() {
        assert!(is_kept(CONNECTIVITY) && is_kept(terminals::ERROR_FACT));
        assert!(!is_kept(terminals::POINT_FACT) && !is_kept("version:pos"));
    }
}
