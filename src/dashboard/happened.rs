//! Events in the words of their reader.
use crate::events::Happened;
use crate::views::{Lang, key_of, text_of};
use serde_json::{Value, json};

/// An event in words; `None` for one that is meant for machines and has none.
pub(super) fn told(lang: Lang, event: &Happened) -> Option<Value> {
    let mut args = event.body.clone();
    if let Some(kind) = args["work"].as_str() {
        let words = text_of(lang, &key_of("work-kind-", kind), &Value::Null);
        args["work"] = words.unwrap_or_else(|| kind.to_owned()).into();
    }
    let text = text_of(lang, &key_of("event-", &event.kind), &args)?;
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
