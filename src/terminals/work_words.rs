//! Words for the codes of work, as far as there are any. What is not known is shown as it came.
use crate::views::{Lang, key_of, text_of};
use serde_json::Value;

/// A kind of work in words.
pub(super) fn kind(lang: Lang, code: &str) -> String {
    text_of(lang, &key_of("work-kind-", code), &Value::Null).unwrap_or_else(|| code.to_owned())
}

/// An outcome that the server gave in words; the terminals' own codes have none.
pub(super) fn outcome(lang: Lang, code: &str) -> Option<String> {
    text_of(lang, &key_of("work-code-", code), &Value::Null)
}
