//! What differs between two statuses. Pure.
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Paths that are told of one change, and how much they may say together: a terminal's status may be
/// 48 KiB of anything, and 1,000 changes of it are kept.
const PATHS: usize = 100;
const BYTES: usize = 16 << 10;
/// Characters of a value that are kept; whole values are compared.
const VALUE_MAX: usize = 200;
/// Characters of a path. What lies deeper is compared as one value.
const PATH_MAX: usize = 120;
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

/// What differs between two statuses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Differences {
    pub(super) told: Vec<Difference>,
    /// So many more that are not told.
    #[serde(default)]
    pub(super) more: usize,
}

/// What differs, by path; nothing where no more than gauges do.
#[must_use]
pub(super) fn differences(old: Option<&Value>, new: &Value) -> Differences {
    let mut before = Leaves::new();
    if let Some(old) = old {
        flatten("", old, &mut before);
    }
    let mut after = Leaves::new();
    flatten("", new, &mut after);
    let mut paths: Vec<&String> = before.keys().chain(after.keys()).collect();
    paths.sort_unstable();
    paths.dedup();
    paths.retain(|path| before.get(*path) != after.get(*path));
    if old.is_some() && paths.iter().all(|path| GAUGES.contains(&path.as_str())) {
        return Differences::default();
    }
    let mut told = Vec::new();
    let mut bytes = 0;
    for path in paths.iter().take(PATHS) {
        let one = Difference {
            path: (*path).clone(),
            old: before.get(*path).map(|value| short(value)),
            new: after.get(*path).map(|value| short(value)),
        };
        let values = [&one.old, &one.new].into_iter().flatten();
        bytes += one.path.len() + values.map(String::len).sum::<usize>();
        if bytes > BYTES {
            break;
        }
        told.push(one);
    }
    let more = paths.len() - told.len();
    Differences { told, more }
}

/// What is compared, by its path.
type Leaves<'a> = BTreeMap<String, &'a Value>;

fn flatten<'a>(path: &str, value: &'a Value, out: &mut Leaves<'a>) {
    match value {
        Value::Null => {}
        Value::Object(fields) if fits(path, fields.keys()) => {
            for (name, field) in fields {
                flatten(&below(path, name), field, out);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (n, item) in items.iter().enumerate() {
                flatten_item(path, n, item, out);
            }
        }
        whole => {
            let path = if path.is_empty() { "status" } else { path };
            out.insert(path.to_owned(), whole);
        }
    }
}

/// A package is known by its name, wherever it stands; anything else by its place.
fn flatten_item<'a>(path: &str, n: usize, item: &'a Value, out: &mut Leaves<'a>) {
    let named = item["name"]
        .as_str()
        .filter(|_| item["version"].is_string());
    let own = named.map(|name| below(path, name));
    let own = own.filter(|own| own.chars().count() <= PATH_MAX && !out.contains_key(own));
    let (Some(own), Some(fields)) = (own, item.as_object()) else {
        flatten(&below(path, &n.to_string()), item, out);
        return;
    };
    for (name, field) in fields {
        match name.as_str() {
            "name" => {}
            "version" => {
                out.insert(own.clone(), field);
            }
            _ if fits(&own, std::iter::once(name)) => flatten(&below(&own, name), field, out),
            _ => {
                out.insert(below(&own, "…"), field);
            }
        }
    }
}

fn fits<'a>(path: &str, mut names: impl Iterator<Item = &'a String>) -> bool {
    let taken = path.chars().count() + 1;
    names.all(|name| taken + name.chars().count() <= PATH_MAX)
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn short(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let clean = text.chars().filter(|c| *c != '\0');
    clean.take(VALUE_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(old: &Value, new: &Value) -> Vec<String> {
        let word = |it: &Option<String>| it.clone().unwrap_or_else(|| "-".to_owned());
        let all = differences(Some(old), new).told.into_iter();
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
        assert_eq!(differences(None, &json!({ "paper": "low" })).told.len(), 1);
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
            differences(None, &waiting).told.len(),
            2,
            "the first report is told"
        );
    }

    #[test]
    fn all_of_a_package_counts_and_long_values_are_compared_whole() {
        let of = |packages: Value| json!({ "packages": packages });
        let one = of(json!([{ "name": "com.a", "version": "1", "signer": "x" }]));
        let two = of(json!([{ "name": "com.a", "version": "1", "signer": "y" }]));
        assert_eq!(told(&one, &two), ["packages.com.a.signer x y"]);
        let twice =
            of(json!([{ "name": "com.a", "version": "1" }, { "name": "com.a", "version": "2" }]));
        let other =
            of(json!([{ "name": "com.a", "version": "1" }, { "name": "com.a", "version": "3" }]));
        assert_eq!(told(&twice, &other), ["packages.1.version 2 3"]);
        let long = |end: &str| json!({ "note": format!("{}{end}", "n".repeat(500)) });
        assert_eq!(told(&long("a"), &long("b")).len(), 1);
        assert_eq!(
            told(&json!({ "list": [1, 2] }), &json!({ "list": [2] })),
            ["list [1,2] [2]"]
        );
    }

    #[test]
    fn whatever_a_terminal_tells_little_is_kept() {
        let key = "k".repeat(24_000);
        let wide = json!({ (key): vec![1; 12_000] });
        let all = differences(Some(&json!({ "x": 1 })), &wide);
        assert_eq!(
            all.told.len(),
            2,
            "what has such names is compared as a whole"
        );
        let many: serde_json::Map<_, _> = (0..3_000)
            .map(|n| (format!("{n:0110}"), json!("é".repeat(300))))
            .collect();
        let all = differences(None, &Value::Object(many));
        let bytes = serde_json::to_string(&all).unwrap().len();
        assert!(bytes < 2 * BYTES && !all.told.is_empty(), "{bytes}");
        assert_eq!(all.told.len() + all.more, 3_000);
        let deep =
            json!({ "packages": [{ "name": "n".repeat(200), "version": "1", "x": { "y": 1 } }] });
        assert_eq!(differences(None, &deep).told.len(), 3);
    }
}
