//! Logs and their records as they are shown, whichever surface asks.
use super::hex;
use super::leaf::Line;
use super::list::{Around, state};
use super::model::Log;
use crate::fold::fold;
use crate::formats::{Direction, Field, Trouble};
use crate::views::{Lang, text_of};
use serde_json::{Value, json};
use std::collections::HashMap;

/// The words of one language for what records hold, each looked up once.
pub(super) struct Words {
    lang: Lang,
    known: HashMap<String, Option<String>>,
    folded: HashMap<String, String>,
}

impl Words {
    pub(super) fn new(lang: Lang) -> Self {
        Self {
            lang,
            known: HashMap::new(),
            folded: HashMap::new(),
        }
    }

    /// What a kind or a field is called; `None` where nobody wrote that down.
    pub(super) fn of(&mut self, key: &str) -> Option<&str> {
        if !self.known.contains_key(key) {
            let words = text_of(self.lang, key, &Value::Null);
            self.known.insert(key.to_owned(), words);
        }
        self.known.get(key)?.as_deref()
    }

    /// The same, folded for searching, with the code before it.
    pub(super) fn folded(&mut self, key: &str) -> &str {
        if !self.folded.contains_key(key) {
            let words = format!("{key} {}", self.of(key).unwrap_or_default());
            self.folded.insert(key.to_owned(), fold(&words));
        }
        self.folded.get(key).map_or("", String::as_str)
    }

    /// A field's names, folded for searching: the format's own, and the reader's.
    pub(super) fn folded_name(&mut self, field: &Field) -> &str {
        let own = format!("{} {}", field.label, field.key);
        if !self.folded.contains_key(&own) {
            let words = format!(
                "{} {}",
                field.label,
                self.of(&field.key).unwrap_or_default()
            );
            self.folded.insert(own.clone(), fold(&words));
        }
        self.folded.get(&own).map_or("", String::as_str)
    }
}

/// The code of a direction.
pub(super) fn way(direction: Direction) -> &'static str {
    match direction {
        Direction::FromTill => "from-till",
        Direction::ToTill => "to-till",
        Direction::ToHost => "to-host",
        Direction::FromHost => "from-host",
    }
}

/// The code of what was wrong with a record.
pub(super) fn trouble(it: Trouble) -> &'static str {
    match it {
        Trouble::Truncated => "truncated",
        Trouble::TooLong => "too-long",
        Trouble::Malformed => "malformed",
        Trouble::BadCheckSum => "bad-check-sum",
    }
}

/// Deeper than that, nesting is not drawn.
const DEEPEST: u8 = 6;

/// A record on a page.
pub(super) fn record(line: &Line, own: &str, words: &mut Words) -> Value {
    let it = &line.record;
    let kind = it.kind.as_deref();
    let name = kind.and_then(|kind| words.of(kind).map(ToOwned::to_owned));
    let mut fields = Vec::with_capacity(it.fields.len());
    for field in &it.fields {
        let name = words.of(&field.key);
        fields.push(json!({
            "name": name, "label": field.label, "value": field.value,
            "depth": field.depth.min(DEEPEST),
        }));
    }
    let is_bare = it.kind.is_none() && it.fields.is_empty();
    json!({
        "id": format!("record-{}", line.at), "number": line.number + 1, "at": line.at,
        "time": it.time,
        "way": it.direction.map(way),
        "way_key": it.direction.map(|direction| format!("log-way-{}", way(direction))),
        "is_out": it.direction.map(|it| matches!(it, Direction::ToTill | Direction::ToHost)),
        "kind": name, "code": kind,
        "text": it.text, "fields": fields,
        "trouble_key": it.trouble.map(|it| format!("trouble-{}", trouble(it))),
        "is_not_decoded": is_bare && it.trouble.is_some(),
        "length": line.raw.len(), "hex": hex::dump(line.at, &line.raw),
        "here": format!("{own}?at={}#record-{}", line.at, line.at),
    })
}

/// What a page tells of a log.
pub(super) fn facts(it: &Log, around: &Around) -> Value {
    let point = around.point(it);
    let owner = around.establishment(it);
    let counts = it.counts;
    json!({
        "id": it.id, "kind": it.kind.name(), "kind_key": format!("logs-{}", it.kind.name()),
        "list": format!("/monitoring/logs/{}", it.kind.name()),
        "own": format!("/monitoring/logs/{}", it.id),
        "sees_terminal": around.terminal(it).is_some(), "tid": around.tid(it), "model": around.model(it),
        "point": point.map(|(_, name)| name), "point_code": point.map(|(code, _)| code),
        "owner": owner.map(|(_, name)| name), "owner_code": owner.map(|(code, _)| code),
        "till": it.till, "day": it.day.start(), "name": it.name,
        "format_key": format!("log-format-{}", it.format.name()),
        "encoding_key": format!("log-encoding-{}", it.encoding.name()),
        "state": state(it), "is_coming": !it.whole && !it.ended, "is_cut": !it.whole && it.ended,
        "before_bytes": it.before_bytes,
        "size_bytes": it.size_bytes, "stored_bytes": it.stored_bytes,
        "records": it.records, "unread": it.unread,
        "pans": counts.pans, "tracks": counts.tracks, "pins": counts.pins, "cvvs": counts.cvvs,
        "is_scrubbed": counts.pans + counts.tracks + counts.pins + counts.cvvs > 0,
        "begun_at": it.begun_at, "changed_at": it.changed_at,
    })
}
