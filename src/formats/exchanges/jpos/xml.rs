//! Tags in text that is XML more or less: what is one is seen as one, whatever is broken around it.
use std::ops::Range;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Text(Range<usize>),
    Open(Tag),
    /// The name of what is closed.
    Close(Range<usize>),
    /// What is inside a CDATA section: text.
    Literal(Range<usize>),
    /// What is inside a comment or an instruction.
    Aside(Range<usize>),
    /// What begins like a tag with this name, a comment or a section, and is none.
    Broken(Range<usize>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) name: Range<usize>,
    pub(super) attributes: Vec<Attribute>,
    /// Closed at once.
    pub(super) empty: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: Range<usize>,
    pub(super) value: Range<usize>,
}

/// What stands around sections that hold anything.
const SECTIONS: [(&[u8], &[u8]); 3] = [(b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")];

/// Goes over bytes, which may change between two tokens as long as their signs of structure stay.
#[derive(Debug, Default)]
pub(super) struct Cursor {
    at: usize,
    /// Ends of sections that stand nowhere further on: not to be looked for again.
    missing: [bool; SECTIONS.len()],
}

/// The bytes of a range.
pub(super) fn slice<'a>(bytes: &'a [u8], range: &Range<usize>) -> &'a [u8] {
    bytes.get(range.clone()).unwrap_or_default()
}

impl Cursor {
    /// The next token; none at the end.
    pub(super) fn next(&mut self, bytes: &[u8]) -> Option<Token> {
        let from = self.at;
        let rest = bytes.get(from..).filter(|rest| !rest.is_empty())?;
        if let Some(token) = self.markup(bytes, rest) {
            return Some(token);
        }
        let text = rest.iter().skip(1).position(|b| *b == b'<');
        self.at = match text {
            Some(length) => from.saturating_add(length).saturating_add(1),
            None => bytes.len(),
        };
        Some(Token::Text(from..self.at))
    }

    fn markup(&mut self, bytes: &[u8], rest: &[u8]) -> Option<Token> {
        let from = self.at;
        for (place, (open, close)) in SECTIONS.iter().enumerate() {
            if rest.starts_with(open) {
                return Some(self.section(bytes, place, open, close));
            }
        }
        let closes = rest.starts_with(b"</");
        let name_at = from.checked_add(if closes { 2 } else { 1 })?;
        let name = name(bytes, name_at).filter(|_| rest.first() == Some(&b'<'))?;
        let end = if closes {
            let behind = skip_blanks(bytes, name.end);
            (bytes.get(behind) == Some(&b'>')).then_some((Token::Close(name.clone()), behind))
        } else {
            open(bytes, &name).map(|(tag, end)| (Token::Open(tag), end))
        };
        let (token, end) = match end {
            Some((token, last)) => (token, last.saturating_add(1)),
            None => (Token::Broken(name.clone()), name.end),
        };
        self.at = end;
        Some(token)
    }

    fn section(&mut self, bytes: &[u8], place: usize, open: &[u8], close: &[u8]) -> Token {
        let from = self.at.saturating_add(open.len());
        let missing = self.missing.get(place).copied().unwrap_or(true);
        let inside = bytes.get(from..).filter(|_| !missing).unwrap_or_default();
        let found = inside
            .windows(close.len())
            .position(|window| window == close);
        let Some(length) = found else {
            if let Some(missing) = self.missing.get_mut(place) {
                *missing = true;
            }
            let broken = self.at..from;
            self.at = from;
            return Token::Broken(broken);
        };
        let end = from.saturating_add(length);
        self.at = end.saturating_add(close.len());
        if place == 1 {
            Token::Literal(from..end)
        } else {
            Token::Aside(from..end)
        }
    }
}

fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at.saturating_add(rest.iter().take_while(|b| b.is_ascii_whitespace()).count())
}

fn name(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = bytes.get(at..)?;
    let sign = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':');
    let length = rest.iter().take_while(|b| sign(b)).count();
    let first = rest.first()?;
    let begins = first.is_ascii_alphabetic() || *first == b'_';
    begins.then_some(at..at.saturating_add(length))
}

/// The tag of that name, and where its last sign stands. It ends before another one begins, or is none.
fn open(bytes: &[u8], of: &Range<usize>) -> Option<(Tag, usize)> {
    let mut tag = Tag {
        name: of.clone(),
        attributes: Vec::new(),
        empty: false,
    };
    let mut at = of.end;
    loop {
        at = skip_blanks(bytes, at);
        match bytes.get(at)? {
            b'>' => return Some((tag, at)),
            b'/' if bytes.get(at.checked_add(1)?) == Some(&b'>') => {
                tag.empty = true;
                return Some((tag, at.checked_add(1)?));
            }
            _ => {}
        }
        let name = name(bytes, at)?;
        let sign = skip_blanks(bytes, name.end);
        let start = skip_blanks(bytes, sign.checked_add(1)?);
        let quote = bytes.get(start).filter(|b| matches!(b, b'"' | b'\''))?;
        if bytes.get(sign) != Some(&b'=') {
            return None;
        }
        let from = start.checked_add(1)?;
        let length = bytes
            .get(from..)?
            .iter()
            .position(|b| b == quote || *b == b'<')?;
        let value = from..from.checked_add(length)?;
        if bytes.get(value.end) != Some(quote) {
            return None;
        }
        at = value.end.checked_add(1)?;
        tag.attributes.push(Attribute { name, value });
    }
}
