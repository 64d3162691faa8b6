//! What the facts are called, and the words that they hold.
use serde_json::Value;
use std::collections::BTreeMap;

/// The code of the model in the catalogue.
pub const MODEL: &str = "model";
/// The id of the point of service.
pub const POINT: &str = "point";
/// What the latest session tells as the last action, raw.
pub const LAST_ACTION: &str = "last-action";
/// The state of its licences, the one that needs somebody before the others.
pub const LICENCE: &str = "licence";
/// How the latest work stands that changes the terminal.
pub const UPDATE: &str = "update";
/// Why the last work or session failed, until one goes well.
pub const ERROR: &str = "error";
/// `right`, or `off` by more than five minutes.
pub const CLOCK: &str = "clock";

/// Every terminal has exactly one of each.
pub const FIXED: [&str; 7] = [MODEL, POINT, LAST_ACTION, LICENCE, UPDATE, ERROR, CLOCK];

/// Before the name of a component that has a version.
pub const VERSION: &str = "version:";
/// Before the name of an installed package.
pub const APP: &str = "app:";

/// The words of the names that have few, for filters; those of the others are whatever was told.
pub const VALUES: [(&str, &[&str]); 3] = [
    (
        LICENCE,
        &["none", "waiting", "fetched", "confirmed", "failed"],
    ),
    (UPDATE, &["none", "waiting", "under-way", "failed", "done"]),
    (CLOCK, &["right", "off"]),
];

/// There is nothing to say.
pub const NONE: &str = "none";
pub(super) const RIGHT: &str = "right";
pub(super) const OFF: &str = "off";

/// A clock further off than this deserves attention.
const CLOCK_OFF_MS: i64 = 5 * 60_000;
const NAME_MAX: usize = 60;
const VALUE_MAX: usize = 120;
/// Components, and packages, of one terminal that are remembered, in the order of the report.
const OF_A_KIND: usize = 100;
/// Work of these kinds leaves what a terminal runs as it is.
const NO_CHANGE: [&str; 2] = ["certificate", "log"];
/// What terminals call a session that went as it should; a card that is declined is no fault.
const FINE: [&str; 8] = [
    "ok",
    "success",
    "succeeded",
    "done",
    "approved",
    "declined",
    "0",
    "00",
];

/// A word as it is kept: on one line, of bounded length, `none` when nothing is left.
#[must_use]
pub(super) fn word(text: &str) -> String {
    let kept = short(text, VALUE_MAX);
    if kept.is_empty() {
        NONE.to_owned()
    } else {
        kept
    }
}

/// Zero bytes cannot be stored, and what else is no letter would only hide.
fn short(text: &str, most: usize) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let cut: String = clean
        .collect::<String>()
        .trim()
        .chars()
        .take(most)
        .collect();
    cut.trim_end().to_owned()
}

/// The versions that a status tells, by the name of their fact.
#[must_use]
pub(super) fn versions(status: &Value) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let components = status["versions"].as_object().into_iter().flatten();
    let told = components.filter_map(|(name, version)| Some((name.as_str(), version.as_str()?)));
    gather(&mut all, VERSION, told);
    let packages = status["packages"].as_array().into_iter().flatten();
    let told = packages.filter_map(|it| Some((it["name"].as_str()?, it["version"].as_str()?)));
    gather(&mut all, APP, told);
    all
}

fn gather<'a>(
    all: &mut BTreeMap<String, String>,
    kind: &str,
    told: impl Iterator<Item = (&'a str, &'a str)>,
) {
    let mut n = 0;
    for (name, version) in told {
        let name = short(name, NAME_MAX);
        if name.is_empty() || n >= OF_A_KIND {
            continue;
        }
        n += 1;
        all.entry(format!("{kind}{name}"))
            .or_insert_with(|| word(version));
    }
}

/// Whether a clock is off.
#[must_use]
pub(in crate::terminals) fn is_off(offset_ms: i64) -> bool {
    offset_ms.saturating_abs() > CLOCK_OFF_MS
}

pub(super) fn clock(is_off: bool) -> &'static str {
    if is_off { OFF } else { RIGHT }
}

/// Whether a session's result is no error.
#[must_use]
pub(in crate::terminals) fn is_result_fine(result: &str) -> bool {
    let result = result.trim();
    result.is_empty() || FINE.iter().any(|fine| result.eq_ignore_ascii_case(fine))
}

/// Whether work of this kind changes the terminal.
#[must_use]
pub(in crate::terminals) fn is_change(kind: &str) -> bool {
    !NO_CHANGE.contains(&kind)
}

/// What [`UPDATE`] says of work in a state.
#[must_use]
pub(in crate::terminals) fn of_work(state: &str) -> &'static str {
    match state {
        "waiting" => "waiting",
        "offered" | "downloading" | "installing" | "cancelling" => "under-way",
        "failed" | "refused" | "expired" => "failed",
        "done" => "done",
        _ => NONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_word_is_short_and_on_one_line() {
        assert_eq!(word("  4.2.1 "), "4.2.1");
        assert_eq!(word("a\0b\nc"), "a b c");
        assert_eq!((word("").as_str(), word(" \t").as_str()), (NONE, NONE));
        assert_eq!(word(&"é".repeat(500)).chars().count(), VALUE_MAX);
    }

    #[test]
    fn versions_are_those_of_components_and_packages() {
        let told = versions(&json!({
            "versions": { "pos": "4.2.1", "odd": 7, "": "x" },
            "packages": [{ "name": "com.x", "version": "1" }, { "name": "com.x", "version": "2" }, 5],
        }));
        let told: Vec<_> = told.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(told, [("app:com.x", "1"), ("version:pos", "4.2.1")]);
        assert!(versions(&json!({ "versions": null, "packages": "no" })).is_empty());
        let many: serde_json::Map<_, _> = (0..500).map(|n| (format!("c{n}"), json!("1"))).collect();
        assert_eq!(versions(&json!({ "versions": many })).len(), OF_A_KIND);
    }

    #[test]
    fn a_result_is_fine_or_an_error() {
        assert!(is_result_fine("") && is_result_fine("OK") && is_result_fine("Declined"));
        assert!(!is_result_fine("host-timeout"));
        assert!(is_off(-300_001) && !is_off(300_000) && is_off(i64::MIN));
        assert!(is_change("licence") && !is_change("log"));
    }
}
