//! Overwrites values in a line of JSON where they stand: by the keys over them, and by their looks.
//!
//! It reads anything as if it were JSON, so that of a line which is none or only a part of one what can be seen is
//! overwritten too. Of a line that is JSON it sees the same strings and numbers as any parser.
use super::super::escapes::{self, Escapes};
use super::super::fields::{self, Holds};
use super::super::{iso8583, values};
use crate::formats::{Counts, cards};

/// Deeper nesting is taken for as deep as this.
const DEEPEST: usize = 128;
const FILL: u8 = b'*';

/// What is known of the values inside an object or an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// The object that is the line.
    Line,
    /// The object of fields by their numbers.
    Fields,
    /// A whole message, or parts of one.
    Raw,
    Value(Holds),
}

impl Rule {
    /// What is known of the value under a key inside.
    fn under(self, key: &[u8]) -> Self {
        match (self, key) {
            (Self::Raw, _) => Self::Raw,
            (Self::Value(holds @ (Holds::Pan | Holds::Track | Holds::Pin | Holds::Cvv)), _) => {
                Self::Value(holds)
            }
            (Self::Value(Holds::Emv), tag) => {
                Self::Value(fields::holds_tag(tag).unwrap_or(Holds::Free))
            }
            (Self::Fields, id) => {
                let holds = fields::number(id).map(fields::holds);
                Self::Value(holds.or_else(|| values::named(id)).unwrap_or(Holds::Free))
            }
            (_, b"fields") => Self::Fields,
            (_, b"raw") => Self::Raw,
            (Self::Line | Self::Value(_), name) if is_chip(name) => Self::Value(Holds::Emv),
            (Self::Line, card) if card.eq_ignore_ascii_case(b"card") => Self::Value(Holds::Pan),
            (Self::Line, b"amount") => Self::Value(Holds::Nothing),
            (
                Self::Line,
                b"at"
                | b"dir"
                | b"host"
                | b"mti"
                | b"stan"
                | b"rrn"
                | b"terminal"
                | b"processing_code"
                | b"currency"
                | b"result"
                | b"failure"
                | b"local_time"
                | b"transmitted"
                | b"original_mti"
                | b"original_stan"
                | b"original_transmitted",
            ) => Self::Value(Holds::Told),
            (Self::Line | Self::Value(_), name) => {
                Self::Value(values::named(name).unwrap_or(Holds::Free))
            }
        }
    }
}

/// Whether what lies under a key are EMV tags.
fn is_chip(key: &[u8]) -> bool {
    let letters = key.iter().filter(|b| b.is_ascii_alphanumeric());
    let name: Vec<u8> = letters.map(u8::to_ascii_lowercase).collect();
    let name = name.strip_suffix(b"data").unwrap_or(&name);
    let names: [&[u8]; 9] = [
        b"emv", b"emvtags", b"icc", b"chip", b"tlv", b"tags", b"field55", b"de55", b"f55",
    ];
    names.contains(&name)
}

/// An object or an array that is open.
#[derive(Debug, Clone, Copy)]
struct Open {
    object: bool,
    inside: Rule,
    /// What is known of the next value.
    next: Rule,
}

/// Overwrites what the structure of the line gives away.
pub(super) fn structure(line: &mut [u8]) -> Counts {
    let mut counts = Counts::default();
    let mut open: Vec<Open> = Vec::new();
    // What is known of the next value outside of any object: of a line without its beginning the keys are there.
    let mut loose = Rule::Line;
    let mut beyond = 0_usize;
    let mut at = 0;
    while let Some(byte) = line.get(at).copied() {
        let from = at;
        at = at.saturating_add(1);
        match byte {
            b'{' | b'[' if open.len() >= DEEPEST => beyond = beyond.saturating_add(1),
            b'{' | b'[' => {
                let inside = open.last().map_or(loose, |outer| outer.next);
                open.push(Open {
                    object: byte == b'{',
                    inside,
                    next: inside,
                });
            }
            b'}' | b']' if beyond > 0 => beyond = beyond.saturating_sub(1),
            b'}' | b']' => drop(open.pop()),
            b',' if open.is_empty() => loose = Rule::Line,
            b',' => next_element(open.last_mut()),
            b'"' => {
                let (end, after) = string_end(line, at);
                let inner = line.get_mut(at..end).unwrap_or_default();
                let key = is_key(open.last(), after.1);
                counts.add(string(inner, open.last_mut(), &mut loose, key));
                at = after.0;
            }
            b'-' | b'0'..=b'9' => {
                at = number_end(line, at);
                let rule = open.last().map_or(loose, |outer| outer.next);
                if !is_masked(line, from, at) {
                    counts.add(number(line.get_mut(from..at).unwrap_or_default(), rule));
                }
            }
            _ => {}
        }
    }
    counts
}

fn next_element(open: Option<&mut Open>) {
    if let Some(open) = open {
        open.next = if open.object {
            Rule::Value(Holds::Free)
        } else {
            open.inside
        };
    }
}

/// Where the string ends whose first sign stands at `from`; behind its quote, and whether a colon follows.
fn string_end(line: &[u8], from: usize) -> (usize, (usize, bool)) {
    let mut at = from;
    while let Some(byte) = line.get(at) {
        match byte {
            b'"' => {
                let behind = at.saturating_add(1);
                let rest = line.get(behind..).unwrap_or_default();
                let colon = rest.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b':');
                return (at, (behind, colon));
            }
            b'\\' => at = at.saturating_add(2),
            _ => at = at.saturating_add(1),
        }
    }
    (line.len(), (line.len(), false))
}

fn is_key(open: Option<&Open>, colon: bool) -> bool {
    colon && open.is_none_or(|open| open.object)
}

fn string(inner: &mut [u8], open: Option<&mut Open>, loose: &mut Rule, key: bool) -> Counts {
    match open {
        Some(open) if key => {
            open.next = open.inside.under(&escapes::plain(inner, Escapes::Json));
            free_key(inner)
        }
        None if key => {
            *loose = Rule::Line.under(&escapes::plain(inner, Escapes::Json));
            free_key(inner)
        }
        Some(open) => value(inner, open.next),
        None => value(inner, *loose),
    }
}

/// Someone's map from a card to something.
fn free_key(key: &mut [u8]) -> Counts {
    escapes::within(key, Escapes::Json, cards::mask_text)
}

fn value(inner: &mut [u8], rule: Rule) -> Counts {
    escapes::within(inner, Escapes::Json, |text| match rule {
        Rule::Value(holds) => values::mask(holds, text, FILL),
        Rule::Raw => iso8583::mask_stated(text),
        Rule::Line | Rule::Fields => values::mask(Holds::Free, text, FILL),
    })
}

fn number_end(line: &[u8], from: usize) -> usize {
    let rest = line.get(from..).unwrap_or_default();
    let more = |b: &u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-');
    from.saturating_add(rest.iter().take_while(|b| more(b)).count())
}

/// Whether a number is what is left of a longer one, of which the rest was masked. JSON knows no such.
fn is_masked(line: &[u8], from: usize, to: usize) -> bool {
    let mask = |at: Option<usize>| matches!(at.and_then(|at| line.get(at)), Some(b'*' | b'_'));
    mask(from.checked_sub(1)) || mask(Some(to))
}

/// A number stays a number, and never becomes a greater one: what is taken away becomes zeros.
fn number(text: &mut [u8], rule: Rule) -> Counts {
    let mut counts = Counts::default();
    let end = text
        .iter()
        .position(|b| matches!(b, b'e' | b'E'))
        .unwrap_or(text.len());
    let mantissa = text.get_mut(..end).unwrap_or_default();
    match rule {
        Rule::Value(Holds::Nothing) => {}
        Rule::Value(Holds::Pan) => counts.pans = u32::from(zeros(mantissa, true)),
        Rule::Value(Holds::Track) => counts.tracks = u32::from(zeros(mantissa, true)),
        Rule::Value(Holds::Pin) => counts.pins = u32::from(zeros(mantissa, false)),
        Rule::Value(Holds::Cvv) => counts.cvvs = u32::from(zeros(mantissa, false)),
        Rule::Value(Holds::Free | Holds::Told | Holds::Emv)
        | Rule::Line
        | Rule::Fields
        | Rule::Raw => {
            let bare = mantissa.strip_prefix(b"-").unwrap_or(mantissa);
            if cards::looks_like_pan(bare) {
                counts.pans = u32::from(zeros(mantissa, true));
            }
        }
    }
    counts
}

/// Leaves a 1 and zeros of a number, and of a card number its last four: the first six as well would leave one
/// whose other digits are zeros as it was.
fn zeros(mantissa: &mut [u8], pan: bool) -> bool {
    let count = mantissa.iter().filter(|b| b.is_ascii_digit()).count();
    let digits = mantissa.iter_mut().filter(|b| b.is_ascii_digit());
    let mut changed = false;
    for (place, digit) in digits.enumerate() {
        let kept = pan && (13..=19).contains(&count) && place.saturating_add(4) >= count;
        let new = match (place, *digit) {
            (0, first) if first != b'0' => b'1',
            _ => b'0',
        };
        if !kept && *digit != new {
            *digit = new;
            changed = true;
        }
    }
    changed
}
