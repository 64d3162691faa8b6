//! Words for what messages say: their kind, and their result.
use super::store::Row;
use crate::views::{Lang, key_of, text_of};
use serde_json::Value;

/// The message that tells what a type of message is, where that is known.
pub(super) fn message_key(mti: &str) -> Option<String> {
    known("iso-mti-", mti)
}

/// The message of a result's meaning, where that is known.
pub(super) fn result_key(result: &str) -> Option<String> {
    known("iso-result-", result)
}

/// The message of what went wrong, where the code is one of ours.
pub(super) fn failure_key(code: &str) -> Option<String> {
    known("exchange-failure-", code)
}

fn known(prefix: &str, code: &str) -> Option<String> {
    let is_code = !code.is_empty() && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let key = key_of(prefix, &code.to_ascii_lowercase());
    (is_code && text_of(Lang::En, &key, &Value::Null).is_some()).then_some(key)
}

/// Of an answer; a terminal that is late has another word.
pub(super) const LATE: &str = "late-answer";

/// The state that a list shows: how the exchange stands, and what is said of its answer.
pub(super) fn pill(row: &Row, is_awaited: bool) -> &str {
    match (row.state.as_str(), row.late, row.declined) {
        ("answered", true, true) => "declined-late",
        ("answered", true, false) => LATE,
        ("answered", false, true) => "declined",
        ("unanswered", ..) if is_awaited => "awaited",
        (state, ..) => state,
    }
}
