//! Lines of JSON, for people and for pairing.
use super::super::{Message, Original, Part, facts, fields, shown, times};
use super::{Line, Objects, object, trouble};
use crate::formats::{Direction, Encoding, Field, Record, Trouble, lines, row};
use serde_json::{Map, Value};

type Object = Map<String, Value>;

/// Subfields deeper than this are shown as they are written.
const DEEPEST: u8 = 8;

/// What the lines say of requests and their answers.
pub(in crate::formats) fn messages(bytes: &[u8]) -> Vec<Message> {
    let of = |(at, line, cut): (usize, &[u8], Line)| match trouble(&cut, line) {
        Some(_) => Some(facts::unreadable(at, line.len())),
        None => message(at, line.len(), &object(line)?),
    };
    row::records(&Objects, bytes).filter_map(of).collect()
}

/// A line for people.
pub(super) fn record(line: &[u8], trouble: Option<Trouble>) -> Record {
    let object = object(line)
        .filter(|_| trouble.is_none())
        .unwrap_or_default();
    let mti = text(&object, "mti");
    let dir = text(&object, "dir");
    let said = dir.as_deref().filter(|dir| part_named(dir).is_some());
    let kind = mti.as_deref().and_then(fields::kind);
    Record {
        at: 0,
        length: line.len(),
        time: text(&object, "at"),
        direction: direction(&object),
        kind: kind.or_else(|| said.map(|dir| format!("json-{dir}"))),
        text: match mti {
            Some(mti) => mti,
            None => lines::decode(Encoding::Utf8, line.trim_ascii()),
        },
        fields: shown_fields(&object),
        trouble,
    }
}

fn direction(object: &Object) -> Option<Direction> {
    match part(object)? {
        Part::Request => Some(Direction::ToHost),
        Part::Answer => Some(Direction::FromHost),
        Part::Notice | Part::Failure => None,
    }
}

fn part_named(dir: &str) -> Option<Part> {
    Some(match dir {
        "request" => Part::Request,
        "answer" => Part::Answer,
        "notice" => Part::Notice,
        "failure" => Part::Failure,
        _ => return None,
    })
}

fn part(object: &Object) -> Option<Part> {
    if let Some(stated) = text(object, "dir").as_deref().and_then(part_named) {
        return Some(stated);
    }
    if object.contains_key("failure") {
        return Some(Part::Failure);
    }
    let mti = text(object, "mti").or_else(|| field(object, 0))?;
    fields::part(&mti)
}

/// A value that is a string or a number.
fn text(object: &Object, key: &str) -> Option<String> {
    match object.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn field(object: &Object, number: u8) -> Option<String> {
    let fields = object.get("fields")?.as_object()?;
    text(fields, &number.to_string())
}

fn message(at: usize, length: usize, object: &Object) -> Option<Message> {
    let mut message = Message::blank(at, length, part(object)?);
    let of: Vec<Option<String>> = (0..=90).map(|number| field(object, number)).collect();
    facts::enter(&mut message, |number| {
        of.get(usize::from(number))?.as_deref()
    });
    let stated = |key, otherwise: Option<String>| {
        text(object, key)
            .filter(|value| !value.is_empty())
            .or(otherwise)
    };
    times::enter(&mut message, text(object, "at"));
    message.host = stated("host", None);
    message.mti = stated("mti", of.first().cloned().flatten());
    message.processing_code = stated("processing_code", message.processing_code);
    let amount = text(object, "amount").as_deref().and_then(facts::amount);
    message.amount = amount.or(message.amount);
    message.currency = stated("currency", message.currency);
    let stan = text(object, "stan").as_deref().and_then(facts::stan);
    message.stan = stan.or(message.stan);
    message.rrn = stated("rrn", message.rrn);
    message.terminal = stated("terminal", message.terminal);
    message.transmitted = stated("transmitted", message.transmitted);
    message.local_time = stated("local_time", message.local_time);
    message.result = stated("result", message.result);
    message.card = stated("card", message.card);
    message.original = original(object).or(message.original);
    message.failure = match message.part {
        Part::Failure => stated("failure", Some("failed".to_owned())),
        _ => None,
    };
    Some(message)
}

/// What a reversal takes back, by keys of its own.
fn original(object: &Object) -> Option<Original> {
    let stan = text(object, "original_stan");
    let sent = text(object, "original_transmitted");
    Some(Original {
        mti: text(object, "original_mti")?,
        stan: stan.as_deref().and_then(facts::stan)?,
        sent: sent.as_deref().and_then(facts::moment),
    })
}

fn shown_fields(object: &Object) -> Vec<Field> {
    let mut shown = Vec::new();
    for (key, value) in object {
        match value {
            Value::Object(inner) if key == "fields" => {
                for (id, value) in inner {
                    iso(&mut shown, id, value, 0);
                }
            }
            _ => shown.push(Field {
                key: format!("json-{}", key.replace('_', "-")),
                label: key.clone(),
                value: plain(value),
                depth: 0,
            }),
        }
    }
    shown
}

/// A field and its subfields: `48`, then `48.1` inside it.
fn iso(shown: &mut Vec<Field>, id: &str, value: &Value, depth: u8) {
    match value {
        Value::Object(inner) if depth < DEEPEST => {
            shown::field(shown, id, String::new(), depth);
            for (key, value) in inner {
                iso(
                    shown,
                    &format!("{id}.{key}"),
                    value,
                    depth.saturating_add(1),
                );
            }
        }
        _ => shown::field(shown, id, plain(value), depth),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
