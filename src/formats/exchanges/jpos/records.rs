//! Where a record of a jPOS log begins and ends, and whether it is what it should be.
//!
//! A record is `<log>` with all it holds, a message outside of one, or a line of anything else: the head of the log, a
//! banner, what another logger writes in front. White space before a record belongs to it, and so does the rest
//! of its last line if that is empty.
use super::super::cuts;
use super::xml::{Cursor, Token, slice};
use crate::formats::{Rest, Trouble};

/// A tag in a line of text goes on over its end, but not further than this.
const LONGEST_TAG: usize = 4096;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) enum Kind {
    Log,
    Message,
    Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) struct Cut {
    pub(super) kind: Kind,
    pub(super) length: usize,
    /// Why it ends here: for its length, or before it should.
    pub(super) trouble: Option<Trouble>,
}

/// The record at the front; none where what follows decides about it, or nothing is there.
pub(super) fn next(bytes: &[u8], rest: Rest) -> Option<Cut> {
    let window = cuts::window(bytes, rest);
    let text = window.bytes;
    let lead = text.iter().take_while(|b| b.is_ascii_whitespace()).count();
    if lead == text.len() {
        let there = window.complete && lead > 0;
        return there.then_some(Cut {
            kind: Kind::Text,
            length: lead,
            trouble: None,
        });
    }
    let kind = if begins(text, lead, b"<log") {
        Kind::Log
    } else if begins(text, lead, b"<isomsg") {
        Kind::Message
    } else {
        Kind::Text
    };
    let found = match kind {
        Kind::Log => log(text, lead),
        Kind::Message => message(text, lead),
        Kind::Text => line(text, lead).map(Found::Open),
    };
    let (length, trouble) = match found {
        // Where a text ends within the first signs of what could be a tag, what follows decides.
        Some(Found::Closed(end)) => match line_end(text, end) {
            Some(end) => (end, None),
            None if window.complete => (text.len(), None),
            None => return None,
        },
        Some(Found::Open(end)) => (end, (kind != Kind::Text).then_some(Trouble::Malformed)),
        None if !window.complete => return None,
        None => match cuts::cut(text) {
            (length, true) => (length, Some(Trouble::TooLong)),
            (length, false) if kind == Kind::Text => (length, None),
            (length, false) => (length, Some(Trouble::Truncated)),
        },
    };
    Some(Cut {
        kind,
        length,
        trouble,
    })
}

enum Found {
    /// Its end is there.
    Closed(usize),
    /// It has none: another one begins. A line has no other end.
    Open(usize),
}

/// Whether an element of that name begins here.
fn begins(text: &[u8], at: usize, tag: &[u8]) -> bool {
    let rest = text.get(at..).and_then(|rest| rest.strip_prefix(tag));
    let behind = rest.and_then(<[u8]>::first);
    behind.is_some_and(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'))
}

/// Places of `<` behind `from`.
fn tags(text: &[u8], from: usize) -> impl Iterator<Item = usize> {
    let rest = text.iter().enumerate().skip(from.saturating_add(1));
    rest.filter(|(_, b)| **b == b'<').map(|(at, _)| at)
}

fn closes(text: &[u8], at: usize, tag: &[u8]) -> Option<usize> {
    let end = at.checked_add(tag.len())?;
    (text.get(at..end)? == tag).then_some(end)
}

fn log(text: &[u8], from: usize) -> Option<Found> {
    tags(text, from).find_map(|at| {
        let end = closes(text, at, b"</log>").map(Found::Closed);
        end.or_else(|| begins(text, at, b"<log").then_some(Found::Open(at)))
    })
}

fn message(text: &[u8], from: usize) -> Option<Found> {
    let mut depth = 1_usize;
    for at in tags(text, from) {
        if let Some(end) = closes(text, at, b"</isomsg>") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(Found::Closed(end));
            }
        } else if begins(text, at, b"<isomsg") {
            depth = depth.saturating_add(1);
        } else if begins(text, at, b"<log") {
            return Some(Found::Open(at));
        }
    }
    None
}

/// The end of a line, unless a tag goes on behind it, or where a record of another kind begins.
fn line(text: &[u8], from: usize) -> Option<usize> {
    let mut tag: Option<usize> = None;
    for (at, byte) in text.iter().enumerate().skip(from) {
        match byte {
            b'\n' if tag.is_none_or(|start| at.saturating_sub(start) > LONGEST_TAG) => {
                return at.checked_add(1);
            }
            b'<' => {
                let opens = begins(text, at, b"<log") || begins(text, at, b"<isomsg");
                if opens && at > from {
                    return Some(at);
                }
                let next = text.get(at.saturating_add(1));
                let is_tag = next
                    .is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'!' | b'?'));
                tag = is_tag.then_some(at);
            }
            b'>' => tag = None,
            _ => {}
        }
    }
    None
}

/// Behind the rest of a line that is empty, or here; none where the text ends before that is known.
fn line_end(text: &[u8], from: usize) -> Option<usize> {
    let behind = text.get(from..)?;
    let blank = behind
        .iter()
        .position(|b| !matches!(b, b' ' | b'\t' | b'\r'))?;
    let at = from.checked_add(blank)?;
    Some(if text.get(at) == Some(&b'\n') {
        at.checked_add(1)?
    } else {
        from
    })
}

/// Whether a record that was cut off well is also well made.
pub(super) fn trouble(cut: &Cut, record: &[u8]) -> Option<Trouble> {
    if cut.trouble.is_some() {
        return cut.trouble;
    }
    let mut cursor = Cursor::default();
    let mut messages = 0_usize;
    let mut sound = !record
        .iter()
        .any(|b| matches!(b, 0..=8 | 14..=26 | 28..=31));
    while let Some(token) = cursor.next(record) {
        match token {
            Token::Broken(range) => sound &= !is_ours(slice(record, &range)),
            Token::Open(tag) => {
                let name = slice(record, &tag.name);
                sound &= cut.kind != Kind::Text || !matches!(name, b"field" | b"isomsg");
                messages = messages.saturating_add(usize::from(name == b"isomsg" && !tag.empty));
            }
            Token::Close(name) => match slice(record, &name) {
                b"isomsg" => {
                    sound &= messages > 0;
                    messages = messages.saturating_sub(1);
                }
                b"log" => sound &= cut.kind == Kind::Log,
                _ => {}
            },
            Token::Text(_) | Token::Literal(_) | Token::Aside(_) => {}
        }
    }
    (!sound || messages > 0).then_some(Trouble::Malformed)
}

/// Whether what is broken is jPOS's own; a stack trace holds other things in angle brackets.
fn is_ours(broken: &[u8]) -> bool {
    broken.starts_with(b"<")
        || matches!(
            broken,
            b"log"
                | b"isomsg"
                | b"field"
                | b"isofield"
                | b"tag"
                | b"send"
                | b"receive"
                | b"exception"
        )
}
