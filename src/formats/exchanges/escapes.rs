//! Text in which signs may be written as escapes: masked as it reads, written back in the same number of bytes.
use crate::formats::Counts;

/// How signs are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    /// `&#52;`, `&#x34;`, `&amp;`.
    Xml,
    /// `\u0034`, `\n`.
    Json,
}

/// The longest escape that is looked for.
const LONGEST: usize = 12;
/// Stands for a sign that is none of ASCII.
const FOREIGN: u8 = 0xff;

/// Lets `change` overwrite the text as it reads, and writes what it changed back to where it came from.
pub(super) fn within(
    raw: &mut [u8],
    escapes: Escapes,
    change: impl FnOnce(&mut [u8]) -> Counts,
) -> Counts {
    let mark = escapes.mark();
    if !raw.contains(&mark) {
        return change(raw);
    }
    let (mut text, spans) = decoded(raw, escapes);
    let before = text.clone();
    let counts = change(&mut text);
    for ((new, old), (at, length)) in text.iter().zip(&before).zip(&spans) {
        let end = at.saturating_add(*length);
        if let Some(place) = raw.get_mut(*at..end).filter(|_| new != old) {
            write(place, escapes, *new);
        }
    }
    counts
}

/// What the text reads, a byte for each sign that is escaped.
pub(super) fn plain(raw: &[u8], escapes: Escapes) -> Vec<u8> {
    decoded(raw, escapes).0
}

type Spans = Vec<(usize, usize)>;

fn decoded(raw: &[u8], escapes: Escapes) -> (Vec<u8>, Spans) {
    let mut text = Vec::with_capacity(raw.len());
    let mut spans = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some(rest) = raw.get(at..).filter(|rest| !rest.is_empty()) {
        let (sign, length) = escapes.first(rest);
        text.push(sign);
        spans.push((at, length));
        at = at.saturating_add(length);
    }
    (text, spans)
}

impl Escapes {
    const fn mark(self) -> u8 {
        match self {
            Self::Xml => b'&',
            Self::Json => b'\\',
        }
    }

    /// The first sign of what is not empty, and how many bytes it takes.
    fn first(self, rest: &[u8]) -> (u8, usize) {
        let own = rest.first().copied().unwrap_or_default();
        if own != self.mark() {
            return (own, 1);
        }
        let escape = match self {
            Self::Xml => entity(rest),
            Self::Json => backslash(rest),
        };
        escape.unwrap_or((own, 1))
    }
}

fn entity(rest: &[u8]) -> Option<(u8, usize)> {
    let end = rest.iter().take(LONGEST).position(|b| *b == b';')?;
    let name = std::str::from_utf8(rest.get(1..end)?).ok()?;
    Some((ascii(code_of(name)?), end.checked_add(1)?))
}

/// The code of the sign that an entity of XML stands for.
pub(super) fn code_of(name: &str) -> Option<u32> {
    Some(match name {
        "amp" => '&'.into(),
        "lt" => '<'.into(),
        "gt" => '>'.into(),
        "quot" => '"'.into(),
        "apos" => '\''.into(),
        _ => {
            let code = name.strip_prefix('#')?;
            match code.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => code.parse().ok()?,
            }
        }
    })
}

fn ascii(code: u32) -> u8 {
    u8::try_from(code)
        .ok()
        .filter(u8::is_ascii)
        .unwrap_or(FOREIGN)
}

fn backslash(rest: &[u8]) -> Option<(u8, usize)> {
    let sign = match rest.get(1)? {
        b'u' => {
            let code = unit(rest)?;
            // Both halves of a sign beyond the first 65,536 are one, or half of it would be overwritten.
            let paired = (0xd800..0xdc00).contains(&code)
                && rest
                    .get(6..)
                    .and_then(unit)
                    .is_some_and(|low| (0xdc00..0xe000).contains(&low));
            return Some((ascii(code), if paired { 12 } else { 6 }));
        }
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'b' => 8,
        b'f' => 12,
        other => *other,
    };
    Some((sign, 2))
}

fn unit(rest: &[u8]) -> Option<u32> {
    let digits = rest.strip_prefix(b"\\u")?.get(..4)?;
    let digits = std::str::from_utf8(digits)
        .ok()
        .filter(|_| digits.iter().all(u8::is_ascii_hexdigit))?;
    u32::from_str_radix(digits, 16).ok()
}

/// Writes a sign over another one, escaped as that was.
fn write(place: &mut [u8], escapes: Escapes, sign: u8) {
    let written = match (escapes, place.len()) {
        (Escapes::Json, 6) => Some(format!("\\u{sign:04x}")),
        (Escapes::Json, 12) => Some(format!("\\u{sign:04x}\\u{sign:04x}")),
        (Escapes::Json, _) => None,
        (Escapes::Xml, length) => numeric(place, length, sign),
    };
    match written.filter(|written| written.len() == place.len()) {
        Some(written) => place.copy_from_slice(written.as_bytes()),
        None => place.fill(sign),
    }
}

fn numeric(place: &[u8], length: usize, sign: u8) -> Option<String> {
    let hexadecimal = matches!(place.get(2)?, b'x' | b'X');
    let numeric = place.get(1) == Some(&b'#');
    numeric.then(|| {
        if hexadecimal {
            format!("&#x{sign:0width$x};", width = length.saturating_sub(4))
        } else {
            format!("&#{sign:0width$};", width = length.saturating_sub(3))
        }
    })
}
