//! What stands above a list: the chips of its filters, and the saved views.
use super::model::View;
use super::ops::Keeper;
use super::query::{CURSOR, PAGE_SIZE, Query, VIEW};
use super::source::{Source, Words};
use crate::access::Scope;
use crate::db::Conn;
use crate::http::Failure;
use crate::views::{Lang, text};
use serde_json::{Value, json};

/// A filter that is set, in words.
pub(super) struct Chip {
    name: &'static str,
    label: String,
}

/// Every filter that is set.
pub(super) fn chips(
    conn: &mut Conn,
    scope: &Scope,
    source: &Source,
    asked: &Query,
    lang: Lang,
) -> Result<Vec<Chip>, Failure> {
    let mut chips = Vec::new();
    for filter in source.filters {
        let Some(value) = asked.get(filter.name) else {
            continue;
        };
        let told = match filter.words {
            Words::AsIs => None,
            Words::Keyed(beginning) => Some(text(lang, &format!("{beginning}{value}"), &[])),
            Words::Named(told) => told(conn, scope, lang, value)?,
        };
        let told = told.unwrap_or_else(|| value.to_owned());
        let what = text(lang, filter.label_key, &[]);
        chips.push(Chip {
            name: filter.name,
            label: text(lang, "list-chip", &[("what", what), ("value", told)]),
        });
    }
    Ok(chips)
}

impl Chip {
    /// As a link that removes the filter.
    pub(super) fn link(&self, asked: &Query, path: &str) -> Value {
        let remove = asked.without(self.name).without(CURSOR).at(path);
        json!({ "label": self.label, "remove": remove })
    }
}

/// The address of the list without any filter.
pub(super) fn clear(asked: &Query, path: &str) -> String {
    asked.only([PAGE_SIZE].into_iter()).at(path)
}

/// What the part `lists/views` reads: every view with its address, and the one that is open with
/// whether the list shows something else by now.
pub(super) fn bar(source: &Source, asked: &Query, views: &[View], by: &Keeper) -> Value {
    let now = source.narrowing(asked);
    let open = asked.get(VIEW).and_then(|id| id.parse::<i64>().ok());
    let size = asked.get(PAGE_SIZE).unwrap_or_default();
    let mut opened = Value::Null;
    let mut all = Vec::new();
    for view in views {
        // What a later program no longer knows of a stored query is left out.
        let kept = source.narrowing(&Query::parse(&view.query).unwrap_or_default());
        let id = view.id.to_string();
        let here = open == Some(view.id);
        let shown = json!({
            "id": view.id, "name": view.name, "is_shared": view.saved.is_shared(),
            "href": kept.with(PAGE_SIZE, size).with(VIEW, &id).at(source.places.page),
            "is_open": here, "is_changed": here && kept != now,
            "may_change": by.may_change(view),
        });
        if here {
            opened = shown.clone();
        }
        all.push(shown);
    }
    json!({
        "all": all, "open": opened, "query": now.text(),
        "may_share": by.may_share,
        "is_plain": now.is_empty(),
        "home": clear(asked, source.places.page),
    })
}
