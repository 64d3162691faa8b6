//! What differs between two statuses. Pure.
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Paths that are told of one change.
const PATHS: usize = 200;
const VALUE_MAX: usize = 200;
/// What moves by itself.
const GAUGES: [&str; 5] = [
    "battery.percent",
    "sim.signal_percent",
    "storage.free_bytes",
    "pending_offline.count",
    "pending_offline.oldest_at",
];

/// One path that appeared (nothing old), vanished (nothing new) or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = StatusDifference)]
pub(super) struct Difference {
    /// Such as `versions.pos`; a package is `packages.` and its name.
    pub(super) path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) old: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) new: Option<String>,
}

/// What differs, by path; nothing where no more than gauges do.
#[must_use]
pub(super) fn differences(old: Option<&Value>, new: &Value) -> Vec<Difference> {
    let mut before = BTreeMap::new();
    if let Some(old) = old {
        flatten("", old, &mut before);
    }
    let mut after = BTreeMap::new();
    flatten("", new, &mut after);
    let mut all = Vec::new();
    for (path, value) in &after {
        let old = before.remove(path);
        if old.as_ref() != Some(value) {
            all.push(Difference {
                path: path.clone(),
                old,
                new: Some(value.clone()),
            });
        }
    }
    let gone = before.into_iter().map(|(path, old)| Difference {
        path,
        old: Some(old),
        new: None,
    });
    all.extend(gone);
    let is_gauge = |it: &Difference| GAUGES.contains(&it.path.as_str());
    if old.is_some() && all.iter().all(is_gauge) {
        return Vec::new();
    }
    all.sort_by(|a, b| a.path.cmp(&b.path));
    all.truncate(PATHS);
    all
}

fn flatten(path: &str, value: &Value, out: &mut BTreeMap<String, String>) {
    let below = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                flatten(&below(name), field, out);
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                // A package is known by its name, wherever it stands.
                match (item["name"].as_str(), item["version"].as_str()) {
                    (Some(name), Some(version)) => {
                        out.insert(below(name), short(version));
                    }
                    _ => flatten(&below(&n.to_string()), item, out),
                }
            }
        }
        Value::Null => {}
        Value::String(text) => {
            out.insert(path.to_owned(), short(text));
        }
        other => {
            out.insert(path.to_owned(), short(&other.to_string()));
        }
    }
}

fn short(text: &str) -> String {
    let clean = text.chars().filter(|c| *c != '\0');
    clean.take(VALUE_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(old: &Value, new: &Value) -> Vec<String> {
        let word = |it: &Option<String>| it.clone().unwrap_or_else(|| "-".to_owned());
        let all = differences(Some(old), new).into_iter();
        all.map(|it| format!("{} {} {}", it.path, word(&it.old), word(&it.new)))
            .collect()
    }

    #[test]
    fn what_appears_changes_and_vanishes_is_told() {
        let old = json!({ "versions": { "pos": "1", "emv": "2" }, "paper": "ok",
                          "packages": [{ "name": "com.a", "version": "1" }, { "name": "com.b", "version": "1" }] });
        let new = json!({ "versions": { "pos": "1.1" }, "paper": "ok", "fan": { "rpm": 9 },
                          "packages": [{ "name": "com.b", "version": "2" }, { "name": "com.a", "version": "1" }] });
        assert_eq!(
            told(&old, &new),
            [
                "fan.rpm - 9",
                "packages.com.b 1 2",
                "versions.emv 2 -",
                "versions.pos 1 1.1"
            ]
        );
        assert!(told(&new, &new).is_empty());
        assert_eq!(differences(None, &json!({ "paper": "low" })).len(), 1);
    }

    #[test]
    fn gauges_alone_are_no_change() {
        let at = |percent: i64, paper: &str| json!({ "battery": { "percent": percent }, "paper": paper });
        assert!(told(&at(80, "ok"), &at(79, "ok")).is_empty());
        assert_eq!(told(&at(80, "ok"), &at(79, "low")).len(), 2);
        let waiting =
            json!({ "pending_offline": { "count": 1, "oldest_at": "2026-11-25T10:00:00Z" } });
        assert!(told(&json!({}), &waiting).is_empty());
        assert_eq!(
            differences(None, &waiting).len(),
            2,
            "the first report is told"
        );
    }
}
