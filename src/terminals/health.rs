//! What a terminal last said of itself, arranged for people: the keys that are well known in their
//! places, everything else as it came, and what was wished beside what was reported.
use super::catalogue::Model;
use super::contact::{Contact, Reported};
use super::model::Terminal;
use serde_json::{Map, Value, json};

/// A clock further off than this deserves attention.
const DRIFT_MS: i64 = 5 * 60_000;
const KNOWN: [&str; 9] = [
    "model",
    "serial_number",
    "versions",
    "battery",
    "paper",
    "storage",
    "sim",
    "packages",
    "pending_offline",
];
/// A battery below this, off the charger, deserves attention.
const BATTERY_LOW: i64 = 20;

/// The health panel.
pub(super) fn of(report: Option<&Reported>, contact: Option<&Contact>) -> Value {
    let mut health = json!({ "clock": contact.and_then(|c| c.clock_offset_ms).map(clock) });
    let Some(Reported { body, reported_at }) = report else {
        return health;
    };
    health["reported_at"] = json!(reported_at);
    health["versions"] = pairs(&body["versions"]);
    if let Some(percent) = body["battery"]["percent"].as_i64() {
        let charging = body["battery"]["charging"].as_bool().unwrap_or_default();
        health["battery"] = json!({ "percent": percent, "charging": charging,
                                    "is_low": percent < BATTERY_LOW && !charging });
    }
    if let Some(paper) = body["paper"].as_str() {
        health["paper"] = json!({
            "raw": paper, "is_ok": paper == "ok", "is_low": paper == "low", "is_out": paper == "out",
        });
    }
    let (free, all) = (
        &body["storage"]["free_bytes"],
        &body["storage"]["total_bytes"],
    );
    if free.is_i64() || free.is_u64() {
        health["storage"] = json!({ "free": free, "total": all });
    }
    if body["sim"].is_object() {
        health["sim"] = json!({ "operator": body["sim"]["operator"],
                                "signal_percent": body["sim"]["signal_percent"] });
    }
    health["packages"] = body["packages"].clone();
    if let Some(count) = body["pending_offline"]["count"].as_i64() {
        let oldest = body["pending_offline"]["oldest_at"].as_str();
        health["pending"] = json!({ "count": count, "oldest_at": oldest });
    }
    let others: Map<String, Value> = body
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| !KNOWN.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    health["others"] = pairs(&Value::Object(others));
    health
}

fn clock(offset_ms: i64) -> Value {
    json!({
        "seconds": offset_ms.abs() / 1000,
        "is_exact": offset_ms.abs() < 1000,
        "is_ahead": offset_ms > 0,
        "is_off": offset_ms.abs() > DRIFT_MS,
    })
}

/// An object as a list of names and texts, in the order of the names.
fn pairs(object: &Value) -> Value {
    let mut all: Vec<(String, String)> = object
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), text)
        })
        .collect();
    all.sort();
    all.iter()
        .map(|(name, text)| json!({ "name": name, "text": text }))
        .collect()
}

/// What was wished beside what was reported, line by line.
pub(super) fn compare(it: &Terminal, model: Option<&Model>, report: Option<&Reported>) -> Value {
    let said = |key: &str| report.and_then(|r| r.body[key].as_str()).map(str::to_owned);
    let line = |key: &str, wish: String, said: Option<String>, fits: bool| {
        let state = match &said {
            None => "unknown",
            Some(_) if fits => "same",
            Some(_) => "differs",
        };
        json!({ "key": key, "wish": wish, "said": said, "state": state,
                "differs": state == "differs", "same": state == "same" })
    };
    let kind = said("model");
    let is_kind = match (model, &kind) {
        (Some(model), Some(kind)) => model.is_called(kind),
        _ => false,
    };
    let serial = said("serial_number");
    let is_serial = serial.as_deref() == Some(it.serial_number.as_str());
    json!([
        line(
            "terminals-model",
            model.map(Model::title).unwrap_or_default(),
            kind,
            is_kind
        ),
        line(
            "terminals-serial",
            it.serial_number.clone(),
            serial,
            is_serial
        ),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Millis;

    fn report(body: Value) -> Reported {
        Reported {
            body,
            reported_at: Millis(0),
        }
    }

    #[test]
    fn unknown_keys_are_shown_and_odd_ones_do_no_harm() {
        let odd = report(json!({
            "battery": "full", "paper": 7, "storage": [], "versions": {"b": 2, "a": "1"},
            "fan": {"rpm": 900},
        }));
        let health = of(Some(&odd), None);
        assert_eq!(health["versions"][0], json!({ "name": "a", "text": "1" }));
        assert_eq!(
            health["others"],
            json!([{ "name": "fan", "text": "{\"rpm\":900}" }])
        );
        assert!(health["battery"].is_null() && health["paper"].is_null());
        assert!(of(None, None)["reported_at"].is_null());
    }

    #[test]
    fn a_clock_is_off_beyond_five_minutes() {
        assert_eq!(clock(-300_000)["is_off"], false);
        assert_eq!(clock(720_000)["is_off"], true);
        assert_eq!(clock(-720_000)["is_ahead"], false);
    }
}
