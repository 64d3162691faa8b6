//! Entries of a jPOS log, for people and for pairing.
use super::super::escapes::code_of;
use super::super::{Message, Part, facts, fields, shown, times};
use super::Entries;
use super::records::{self, Cut, Kind};
use super::xml::{Cursor, Tag, Token, slice};
use crate::formats::{Direction, Encoding, Field, Record, lines, row};
use std::ops::Range;

/// What the entries say of requests and their answers.
pub(in crate::formats) fn messages(encoding: Encoding, bytes: &[u8]) -> Vec<Message> {
    row::records(&Entries(encoding), bytes)
        .filter(|(_, _, cut)| cut.kind != Kind::Text)
        .filter_map(|(at, record, _)| message(&Entry::of(encoding, record), at, record))
        .collect()
}

/// What an entry tells beside or instead of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Exception,
    TimeOut,
    Disconnect,
    Connect,
    SessionStart,
    SessionEnd,
}

impl Event {
    fn named(element: &[u8]) -> Option<Self> {
        Some(match element {
            b"exception" | b"iso-exception" | b"session-error" => Self::Exception,
            b"io-timeout" => Self::TimeOut,
            b"peer-disconnect" => Self::Disconnect,
            b"connect" => Self::Connect,
            b"session-start" => Self::SessionStart,
            b"session-end" => Self::SessionEnd,
            _ => return None,
        })
    }

    const fn kind(self) -> &'static str {
        match self {
            Self::Exception => "jpos-exception",
            Self::TimeOut => "jpos-time-out",
            Self::Disconnect => "jpos-disconnect",
            Self::Connect => "jpos-connect",
            Self::SessionStart => "jpos-session-start",
            Self::SessionEnd => "jpos-session-end",
        }
    }
}

/// A record taken apart.
#[derive(Debug, Default)]
struct Entry {
    realm: Option<String>,
    at: Option<String>,
    lifespan: Option<String>,
    /// By `<send>` or `<receive>`.
    way: Option<Direction>,
    /// By what the message says of itself, which is less to be trusted.
    said: Option<Direction>,
    event: Option<Event>,
    fields: Vec<Field>,
    /// The fields of the first message, without those of messages inside.
    own: Vec<(u8, String)>,
}

impl Entry {
    fn of(encoding: Encoding, record: &[u8]) -> Self {
        let mut reader = Reader {
            encoding,
            record,
            path: Vec::new(),
            seen: 0,
            open: None,
        };
        let mut entry = Self::default();
        let mut cursor = Cursor::default();
        while let Some(token) = cursor.next(record) {
            match token {
                Token::Open(tag) => reader.open(&tag, &mut entry),
                Token::Close(name) => reader.close(slice(record, &name)),
                Token::Text(text) | Token::Literal(text) => reader.text(&text, &mut entry),
                Token::Aside(_) | Token::Broken(_) => {}
            }
        }
        entry
    }

    fn own(&self, number: u8) -> Option<&str> {
        self.own
            .iter()
            .find(|(of, _)| *of == number)
            .map(|(_, value)| value.as_str())
    }

    fn direction(&self) -> Option<Direction> {
        self.way.or(self.said)
    }
}

struct Reader<'a> {
    encoding: Encoding,
    record: &'a [u8],
    /// The ids of messages inside each other that are open, the outermost without one.
    path: Vec<String>,
    /// Messages of their own begun so far.
    seen: usize,
    /// A field whose value is the text inside it.
    open: Option<String>,
}

impl Reader<'_> {
    fn attribute(&self, tag: &Tag, name: &str) -> Option<String> {
        let named = |range: &Range<usize>| slice(self.record, range) == name.as_bytes();
        let found = tag
            .attributes
            .iter()
            .find(|attribute| named(&attribute.name))?;
        Some(self.decode(&found.value))
    }

    fn decode(&self, range: &Range<usize>) -> String {
        unescape(&lines::decode(self.encoding, slice(self.record, range)))
    }

    fn open(&mut self, tag: &Tag, entry: &mut Entry) {
        let name = slice(self.record, &tag.name);
        match name {
            b"log" => {
                entry.realm = self.attribute(tag, "realm");
                entry.at = self.attribute(tag, "at");
                entry.lifespan = self.attribute(tag, "lifespan");
            }
            b"send" => entry.way = entry.way.or(Some(Direction::ToHost)),
            b"receive" => entry.way = entry.way.or(Some(Direction::FromHost)),
            b"isomsg" => self.message(tag, entry),
            b"field" | b"isofield" | b"tag" => {
                let Some(id) = self.attribute(tag, "id") else {
                    return;
                };
                match self.attribute(tag, "value") {
                    Some(value) => self.field(&id, value, name == b"tag", entry),
                    None if !tag.empty => self.open = Some(id),
                    None => {}
                }
            }
            _ => entry.event = entry.event.or(Event::named(name)),
        }
    }

    fn message(&mut self, tag: &Tag, entry: &mut Entry) {
        let id = self
            .attribute(tag, "id")
            .filter(|id| !id.is_empty() && !self.path.is_empty());
        if let Some(id) = &id {
            let label = self.label(id);
            shown::field(&mut entry.fields, &label, String::new(), self.depth());
        } else if self.path.is_empty() {
            self.seen = self.seen.saturating_add(1);
            let said = self.attribute(tag, "direction");
            entry.said = entry.said.or(match said.as_deref() {
                Some("outgoing") => Some(Direction::ToHost),
                Some("incoming") => Some(Direction::FromHost),
                _ => None,
            });
        }
        if !tag.empty {
            self.path.push(id.unwrap_or_default());
        }
    }

    fn depth(&self) -> u8 {
        u8::try_from(self.path.len().saturating_sub(1)).unwrap_or(u8::MAX)
    }

    /// `48.1` of field 1 inside 48. Of messages nested deeper than anybody does only the last ids are told.
    fn label(&self, id: &str) -> String {
        let outer = self
            .path
            .iter()
            .skip(self.path.len().saturating_sub(8).max(1));
        let mut parts: Vec<&str> = outer
            .map(String::as_str)
            .filter(|part| !part.is_empty())
            .collect();
        parts.push(id);
        parts.join(".")
    }

    fn field(&self, id: &str, value: String, is_tag: bool, entry: &mut Entry) {
        if self.path.len() <= 1 && self.seen <= 1 && !is_tag {
            let number = fields::number(id.as_bytes()).filter(|_| !id.contains('.'));
            entry
                .own
                .extend(number.map(|number| (number, value.clone())));
        }
        if is_tag {
            let tag = id.trim_start_matches("0x").to_ascii_lowercase();
            let (label, depth) = (tag.to_ascii_uppercase(), self.depth());
            entry.fields.push(Field {
                key: format!("emv-{tag}"),
                label,
                value,
                depth,
            });
        } else {
            shown::field(&mut entry.fields, &self.label(id), value, self.depth());
        }
    }

    fn text(&mut self, range: &Range<usize>, entry: &mut Entry) {
        if let Some(id) = self.open.take() {
            let value = self.decode(range).trim().to_owned();
            self.field(&id, value, false, entry);
        }
    }

    fn close(&mut self, name: &[u8]) {
        self.open = None;
        if name == b"isomsg" {
            self.path.pop();
        }
    }
}

/// Text with the signs that its escapes stand for.
fn unescape(text: &str) -> String {
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let sign = part
            .split_once(';')
            .and_then(|(name, rest)| Some((char::from_u32(code_of(name)?)?, rest)));
        let (sign, rest) = sign.unwrap_or(('&', part));
        plain.push(sign);
        plain.push_str(rest);
    }
    plain
}

/// A record for people.
pub(super) fn shown(encoding: Encoding, cut: &Cut, record: &[u8]) -> Record {
    let entry = Entry::of(encoding, record);
    let mti = entry.own(0).filter(|mti| fields::is_mti(mti.as_bytes()));
    let kind = match (mti.and_then(fields::kind), entry.event, entry.way) {
        _ if cut.kind == Kind::Text => None,
        (Some(kind), _, _) => Some(kind),
        (None, Some(event), _) => Some(event.kind().to_owned()),
        (None, None, Some(Direction::ToHost)) => Some("jpos-send".to_owned()),
        (None, None, Some(_)) => Some("jpos-receive".to_owned()),
        (None, None, None) => Some("jpos-other".to_owned()),
    };
    let text = match mti {
        Some(mti) => mti.to_owned(),
        None => lines::decode(encoding, record.trim_ascii()),
    };
    let about = [("realm", &entry.realm), ("lifespan", &entry.lifespan)];
    let about = about.into_iter().filter_map(|(label, value)| {
        let value = value.clone()?;
        Some(Field {
            key: format!("jpos-{label}"),
            label: label.to_owned(),
            value,
            depth: 0,
        })
    });
    Record {
        at: 0,
        length: record.len(),
        direction: entry.direction(),
        kind,
        text,
        fields: about.chain(entry.fields.iter().cloned()).collect(),
        trouble: records::trouble(cut, record),
        time: entry.at,
    }
}

fn message(entry: &Entry, at: usize, record: &[u8]) -> Option<Message> {
    let mti = entry.own(0).filter(|mti| fields::is_mti(mti.as_bytes()));
    let part = match entry.event {
        Some(Event::Exception | Event::TimeOut | Event::Disconnect) => Part::Failure,
        Some(Event::Connect | Event::SessionStart | Event::SessionEnd) if mti.is_none() => {
            Part::Notice
        }
        _ => fields::part(mti?)?,
    };
    let mut message = Message::blank(at, record.len(), part);
    facts::enter(&mut message, |number| entry.own(number));
    times::enter(&mut message, entry.at.clone());
    message.host.clone_from(&entry.realm);
    message.mti = mti.map(str::to_owned);
    message.failure = entry
        .event
        .filter(|_| part == Part::Failure)
        .map(|event| failure(event, record).to_owned());
    Some(message)
}

/// What went wrong, by the names of Java's exceptions.
fn failure(event: Event, record: &[u8]) -> &'static str {
    let says = |words: &[&str]| {
        words.iter().any(|word| {
            record
                .windows(word.len())
                .any(|window| window == word.as_bytes())
        })
    };
    match event {
        Event::TimeOut => "time-out",
        Event::Disconnect => "disconnected",
        _ if says(&["SocketTimeoutException", "Read timed out", "io-timeout"]) => "time-out",
        // A channel that is not connected says so by an ISOException.
        _ if says(&[
            "EOFException",
            "SocketException",
            "peer-disconnect",
            "unconnected ISOChannel",
        ]) =>
        {
            "disconnected"
        }
        _ if says(&["ISOException", "iso-exception"]) => "unreadable",
        _ => "failed",
    }
}
