//! Events as their reader sees them: whether at all, and in which words.
use crate::access::{Caller, Permission, Scope};
use crate::events::Happened;
use crate::views::{Lang, key_of, text_of};
use serde_json::{Value, json};

/// True when an event falls into the caller's scope and rights.
pub(super) fn may_hear(caller: &Caller, scope: &Scope, event: &Happened) -> bool {
    let in_scope = match event.establishment {
        Some(establishment) => scope.holds(establishment),
        None => *scope == Scope::All,
    };
    in_scope && view_of(&event.kind).is_some_and(|permission| caller.may(permission))
}

/// The permission under which events of a kind are told; `None` for kinds that no page shows.
fn view_of(kind: &str) -> Option<Permission> {
    let (word, _) = kind.split_once('.')?;
    Some(match word {
        "terminal" | "work" | "model" => Permission::TerminalsView,
        "licence" => Permission::LicencesView,
        "network" => Permission::NetworkView,
        "access" => Permission::AccessView,
        _ => return None,
    })
}

/// An event in words; `None` for one that is meant for machines and has none.
pub(super) fn told(lang: Lang, event: &Happened) -> Option<Value> {
    let mut args = event.body.clone();
    if let Some(kind) = args["work"].as_str() {
        let words = text_of(lang, &key_of("work-kind-", kind), &Value::Null);
        args["work"] = words.unwrap_or_else(|| kind.to_owned()).into();
    }
    let text = text_of(lang, &key_of("event-", &event.kind), &args)?;
    let of_terminal = event.body["tid"].is_string();
    Some(json!({
        "id": event.id,
        "at": event.at,
        "subject": event.subject,
        "href": of_terminal.then(|| format!("/terminals/{}", event.subject)),
        "text": text,
    }))
}
