//! Overwrites values in an entry where they stand: by the numbers and names of fields, and by their looks.
use super::super::escapes::{self, Escapes};
use super::super::fields::{self, Holds};
use super::super::values;
use super::xml::{Cursor, Tag, Token, slice};
use crate::formats::{Counts, cards};
use std::ops::Range;

/// As jPOS does.
pub(super) const FILL: u8 = b'_';
/// How far behind a field's number its value is looked for where the tag is broken.
const REACH: usize = 512;
/// Digits of the shortest card number.
const SHORTEST: usize = 13;

/// Where in messages inside each other the cursor stands.
#[derive(Debug, Default)]
struct Place {
    /// Messages that are open.
    depth: usize,
    /// The depth of the first of them that is a field of another one, and what that field holds.
    within: Option<(usize, Holds)>,
    /// What the text between tags is.
    text: Option<Holds>,
}

/// Overwrites what the tags of the entry give away, and what looks like card data in the text between them.
pub(super) fn structure(entry: &mut [u8]) -> Counts {
    let mut counts = Counts::default();
    let mut cursor = Cursor::default();
    let mut place = Place::default();
    while let Some(token) = cursor.next(entry) {
        match token {
            Token::Open(tag) => counts.add(open(entry, &tag, &mut place)),
            Token::Close(name) => place.close(slice(entry, &name)),
            Token::Text(range) | Token::Literal(range) => {
                let holds = place.text;
                let text = entry.get_mut(range).unwrap_or_default();
                // A field that lost the sign in front of it.
                if holds.is_none() && text.contains(&b'=') {
                    counts.add(fragments(text));
                }
                counts.add(escapes::within(text, Escapes::Xml, |text| match holds {
                    Some(holds) => values::mask(holds, text.trim_ascii_mut(), FILL),
                    None => cards::mask_text(text),
                }));
            }
            Token::Aside(range) => {
                counts.add(cards::mask_text(entry.get_mut(range).unwrap_or_default()));
            }
            Token::Broken(_) => {}
        }
    }
    counts
}

impl Place {
    fn open(&mut self, holds: Option<Holds>) {
        self.depth = self.depth.saturating_add(1);
        if let (None, Some(holds)) = (self.within, holds) {
            self.within = Some((self.depth, holds));
        }
    }

    fn close(&mut self, name: &[u8]) {
        self.text = None;
        if name == b"isomsg" {
            if self.within.is_some_and(|(depth, _)| depth == self.depth) {
                self.within = None;
            }
            self.depth = self.depth.saturating_sub(1);
        }
    }
}

fn open(entry: &mut [u8], tag: &Tag, place: &mut Place) -> Counts {
    let own = holds(entry, tag, place);
    let mut counts = Counts::default();
    let mut valued = false;
    for attribute in &tag.attributes {
        let name = slice(entry, &attribute.name).to_ascii_lowercase();
        let is_value = matches!(name.as_slice(), b"value" | b"val" | b"data");
        valued |= is_value;
        let held = match name.as_slice() {
            _ if is_value => own.or_else(|| values::named(&name)),
            // What an entry is, and when it was.
            b"at" | b"id" | b"realm" | b"lifespan" | b"type" | b"direction" | b"class"
            | b"length" => {
                if values::digits(slice(entry, &attribute.value)) < SHORTEST {
                    continue;
                }
                Some(Holds::Told)
            }
            other => values::named(other),
        };
        let value = entry.get_mut(attribute.value.clone()).unwrap_or_default();
        counts.add(escapes::within(value, Escapes::Xml, |text| {
            values::mask(held.unwrap_or(Holds::Free), text, FILL)
        }));
    }
    if tag.empty {
        return counts;
    }
    if slice(entry, &tag.name) == b"isomsg" {
        place.open(own);
        place.text = None;
    } else {
        // Whatever is inside something secret is so too.
        let outer = place
            .text
            .filter(|outer| !matches!(outer, Holds::Told | Holds::Nothing));
        place.text = own.filter(|_| !valued).or(outer);
    }
    counts
}

/// What the value of an element holds, be it an attribute or the text inside.
fn holds(entry: &[u8], tag: &Tag, place: &Place) -> Option<Holds> {
    let stated = |names: &[&[u8]]| {
        let found = tag.attributes.iter().find(|attribute| {
            let name = slice(entry, &attribute.name);
            names.iter().any(|wanted| name.eq_ignore_ascii_case(wanted))
        })?;
        Some(escapes::plain(slice(entry, &found.value), Escapes::Xml))
    };
    let element = slice(entry, &tag.name).to_ascii_lowercase();
    let id = stated(&[b"id", b"number", b"num"]);
    let name = stated(&[b"name", b"key"]);
    let within = place.within.map(|(_, holds)| holds);
    let by_tag = || {
        let stated = stated(&[b"tag"]);
        let is_tag = element == b"tag" || within == Some(Holds::Emv);
        let tag = stated
            .as_deref()
            .or_else(|| id.as_deref().filter(|_| is_tag))?;
        fields::holds_tag(tag)
    };
    let by_name = || {
        let named = id.as_deref().and_then(values::named);
        named.or_else(|| name.as_deref().and_then(values::named))
    };
    let by_number = || {
        let is_field = matches!(
            element.as_slice(),
            b"field" | b"isofield" | b"isomsg" | b"element"
        );
        let number = id.as_deref().filter(|_| is_field).and_then(fields::number);
        match within {
            Some(secret @ (Holds::Pan | Holds::Track | Holds::Pin | Holds::Cvv)) => Some(secret),
            // Parts of a field are numbered anew.
            Some(_) => number.map(|_| Holds::Free),
            None => number.map(fields::holds),
        }
    };
    by_tag()
        .or_else(by_name)
        .or_else(by_number)
        .or_else(|| values::named(&element))
}

/// Overwrites values behind the numbers of fields, whatever became of the tags around them.
pub(super) fn fragments(entry: &mut [u8]) -> Counts {
    let mut counts = Counts::default();
    let mut at = 0;
    while let Some(id) = find(entry, at, b"id") {
        at = id.saturating_add(2);
        let Some((holds, behind)) = number_at(entry, id) else {
            continue;
        };
        let Some(range) = value_of(entry, id, behind) else {
            continue;
        };
        let value = entry.get_mut(range).unwrap_or_default();
        counts.add(escapes::within(value, Escapes::Xml, |text| {
            values::mask(holds, text.trim_ascii_mut(), FILL)
        }));
    }
    counts
}

/// Where the value stands of the field of which the number stands between `id` and `behind`.
fn value_of(entry: &[u8], id: usize, behind: usize) -> Option<Range<usize>> {
    let end = entry.len().min(behind.saturating_add(REACH));
    let near = entry.get(..end)?;
    let near = near.get(..find(near, behind, b"id=").unwrap_or(end))?;
    let end = near.len();
    let close = find(near, behind, b">").unwrap_or(end);
    if let Some(value) = find(near, behind, b"value").filter(|at| *at < close || end == close) {
        return stated(near, value);
    }
    let inside = close.saturating_add(1);
    let text = near.get(inside..).unwrap_or_default();
    let length = text
        .iter()
        .take_while(|b| !matches!(b, b'<' | b'\n'))
        .count();
    let opens = near.get(close.saturating_sub(1)) != Some(&b'/');
    if opens && text.iter().take(length).any(|b| !b.is_ascii_whitespace()) {
        return Some(inside..inside.saturating_add(length));
    }
    // The value may stand before the number, but not before that of another field or another tag.
    let from = id.saturating_sub(REACH);
    let before = entry.get(from..id)?;
    let tag = before
        .iter()
        .rposition(|b| matches!(b, b'<' | b'>'))
        .map_or(0, |at| at.saturating_add(1));
    let own = before.get(tag..)?;
    let other = own
        .windows(3)
        .rposition(|window| window == b"id=")
        .unwrap_or(0);
    let value = own
        .get(other..)?
        .windows(5)
        .rposition(|window| window == b"value")?;
    let at = from
        .checked_add(tag)?
        .checked_add(other)?
        .checked_add(value)?;
    stated(entry.get(..id)?, at)
}

/// The value behind the word at `at`.
fn stated(near: &[u8], at: usize) -> Option<Range<usize>> {
    let from = at.saturating_add(5);
    let rest = near.get(from..)?;
    let lead = rest
        .iter()
        .take_while(|b| matches!(b, b' ' | b'=' | b'"' | b'\''))
        .count();
    let ends = |b: &u8| matches!(b, b'"' | b'\'' | b'<' | b'>' | b'\n' | b'/');
    let length = rest.iter().skip(lead).take_while(|b| !ends(b)).count();
    let start = from.saturating_add(lead);
    Some(start..start.saturating_add(length))
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    let found = bytes
        .get(from..)?
        .windows(what.len())
        .position(|window| window == what)?;
    from.checked_add(found)
}

/// What the field holds whose number stands behind `id` here, if that is secret, and where the number ends.
fn number_at(entry: &[u8], id: usize) -> Option<(Holds, usize)> {
    let before = entry.get(..id)?.last();
    let mut at = id.checked_add(2)?;
    let rest = entry.get(at..)?;
    let blank = |b: &u8| matches!(b, b' ' | b'=' | b'"' | b'\'');
    let lead = rest.iter().take(8).take_while(|b| blank(b)).count();
    let digits = rest
        .iter()
        .skip(lead)
        .take(4)
        .take_while(|b| b.is_ascii_digit())
        .count();
    at = at.checked_add(lead)?;
    let end = at.checked_add(digits)?;
    let number = fields::number(entry.get(at..end)?)?;
    let holds = fields::holds(number);
    let secret = matches!(holds, Holds::Pan | Holds::Track | Holds::Pin | Holds::Emv);
    (secret && before.is_none_or(|b| !b.is_ascii_alphanumeric())).then_some((holds, end))
}

/// The part of a text that is not blank.
trait Trimmed {
    fn trim_ascii_mut(&mut self) -> &mut [u8];
}

impl Trimmed for [u8] {
    fn trim_ascii_mut(&mut self) -> &mut [u8] {
        let lead = self.iter().take_while(|b| b.is_ascii_whitespace()).count();
        let rest = self.get_mut(lead..).unwrap_or_default();
        let tail = rest
            .iter()
            .rev()
            .take_while(|b| b.is_ascii_whitespace())
            .count();
        let length = rest.len().saturating_sub(tail);
        rest.get_mut(..length).unwrap_or_default()
    }
}
