//! Events in the words of their reader.
use crate::events::Happened;
use crate::views::{Lang, key_of, text_of};
use serde_json::{Value, json};

/// An event in words; `None` for one that is meant for machines and has none.
pub(super) fn words(lang: Lang, event: &Happened) -> Option<String> {
    let mut args = event.body.clone();
    if let Some(kind) = args["work"].as_str() {
        args["work"] = kind_of_work(lang, kind).into();
    }
    text_of(lang, &key_of("event-", &event.kind), &args)
}

/// A kind of work in words, as far as there are any.
pub(super) fn kind_of_work(lang: Lang, kind: &str) -> String {
    let words = text_of(lang, &key_of("work-kind-", kind), &Value::Null);
    words.unwrap_or_else(|| kind.to_owned())
}

/// The same with the way to what it is about.
pub(super) fn told(lang: Lang, event: &Happened) -> Option<Value> {
    let text = words(lang, event)?;
    let of_terminal = event.body["tid"].is_string();
    let of_approval = event.body["approval"].as_i64();
    let href = match of_approval {
        Some(id) => Some(format!("/approvals/{id}")),
        None => of_terminal.then(|| format!("/terminals/{}", event.subject)),
    };
    Some(json!({
        "id": event.id,
        "at": event.at,
        "subject": event.subject,
        "href": href,
        "text": text,
    }))
}
