//! A terminal's status on its way in: well-known keys must have their types, unknown ones are kept,
//! and what is kept is canonical, so that equal statuses have equal digests.
use super::Error;
use crate::terminals::contact::Status;
use ring::digest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const DEPTH: usize = 8;
const BYTES: usize = 48 * 1024;

/// The keys that this server knows; each may be absent.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[expect(dead_code, reason = "only its form is checked")]
pub(super) struct Known {
    model: Option<String>,
    serial_number: Option<String>,
    /// Version by component.
    versions: Option<BTreeMap<String, String>>,
    battery: Option<Battery>,
    paper: Option<Paper>,
    storage: Option<Storage>,
    sim: Option<Sim>,
    packages: Option<Vec<Package>>,
    pending_offline: Option<PendingOffline>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[expect(dead_code, reason = "only its form is checked")]
struct Battery {
    percent: Option<u8>,
    charging: Option<bool>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Paper {
    Ok,
    Low,
    Out,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[expect(dead_code, reason = "only its form is checked")]
struct Storage {
    free_bytes: Option<u64>,
    total_bytes: Option<u64>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[expect(dead_code, reason = "only its form is checked")]
struct Sim {
    operator: Option<String>,
    signal_percent: Option<u8>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[expect(dead_code, reason = "only its form is checked")]
struct Package {
    name: String,
    version: String,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[expect(dead_code, reason = "only its form is checked")]
struct PendingOffline {
    count: u32,
    /// As the terminal's own clock says.
    oldest_at: Option<String>,
}

/// Checks a status and brings it into its canonical form.
pub(super) fn canonical(status: Map<String, Value>) -> Result<Status, Error> {
    let value = Value::Object(status);
    let mut body = Vec::with_capacity(512);
    write(&value, DEPTH, &mut body)?;
    check(&value)?;
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, &body).as_ref());
    Ok(Status {
        digest: hash,
        body: String::from_utf8(body).map_err(|_| Error::StatusTooLarge)?,
        value,
    })
}

/// Keeping track of the place costs more than the check, so only what has a fault is looked at twice.
fn check(value: &Value) -> Result<(), Error> {
    if Known::deserialize(value).is_ok() {
        return Ok(());
    }
    let checked = serde_path_to_error::deserialize::<_, Known>(value);
    checked.map(drop).map_err(|e| Error::BadStatus {
        path: format!("$.status.{}", e.path()),
        why: e.inner().to_string(),
    })
}

/// Keys in order, no space.
fn write(value: &Value, depth: usize, out: &mut Vec<u8>) -> Result<(), Error> {
    if out.len() > BYTES {
        return Err(Error::StatusTooLarge);
    }
    let deeper = || depth.checked_sub(1).ok_or(Error::StatusTooLarge);
    match value {
        Value::Array(items) => {
            out.push(b'[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                write(item, deeper()?, out)?;
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            let mut keys: Vec<_> = fields.iter().collect();
            keys.sort_unstable_by_key(|(key, _)| *key);
            out.push(b'{');
            for (n, (key, field)) in keys.into_iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                scalar(key, out);
                out.push(b':');
                write(field, deeper()?, out)?;
            }
            out.push(b'}');
        }
        other => scalar(other, out),
    }
    Ok(())
}

fn scalar(value: &(impl Serialize + ?Sized), out: &mut Vec<u8>) {
    // Texts and numbers go into a Vec without fail.
    serde_json::to_writer(out, value).ok();
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn checked(value: Value) -> Result<Status, String> {
        let Value::Object(map) = value else {
            unreachable!("tests give objects")
        };
        canonical(map).map_err(|e| e.to_string())
    }

    #[test]
    fn order_and_space_do_not_matter() {
        let one: Value =
            serde_json::from_str(r#"{"paper":"ok","x":{"b":[1,2],"a":null}}"#).unwrap();
        let two: Value =
            serde_json::from_str(r#"{ "x": {"a": null, "b": [1, 2]}, "paper": "ok" }"#).unwrap();
        let (one, two) = (checked(one).unwrap(), checked(two).unwrap());
        assert_eq!(one.digest, two.digest);
        assert_eq!(one.body, r#"{"paper":"ok","x":{"a":null,"b":[1,2]}}"#);
        let other = checked(json!({"paper": "low"})).unwrap();
        assert_ne!(one.digest, other.digest);
    }

    #[test]
    fn known_keys_have_their_types_and_unknown_ones_are_free() {
        let wrong = checked(json!({"battery": {"percent": "full"}})).unwrap_err();
        assert!(wrong.contains("$.status.battery.percent"), "{wrong}");
        assert!(checked(json!({"paper": "empty"})).is_err());
        assert!(checked(json!({"battery": {"percent": 5, "cells": 3}, "odd": [true]})).is_ok());
    }

    #[test]
    fn a_status_has_bounds() {
        let mut deep = json!(1);
        for _ in 0..=DEPTH {
            deep = json!({ "x": deep });
        }
        assert!(checked(deep).is_err());
        assert!(checked(json!({ "x": "y".repeat(BYTES) })).is_ok());
        assert!(checked(json!({ "x": ["y".repeat(BYTES), 1] , "z": 1})).is_err());
    }

    proptest! {
        #[test]
        fn canonical_text_means_the_same(text in ".{0,40}", n in any::<i64>()) {
            let value = json!({ "text": text, "n": n });
            let kept = checked(value.clone()).unwrap();
            prop_assert_eq!(serde_json::from_str::<Value>(&kept.body).unwrap(), value);
        }
    }
}
