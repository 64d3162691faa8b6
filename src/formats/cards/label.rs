//! What the words in front of a value say that it is, in English, French, German and Russian.
use std::borrow::Cow;

use encoding_rs::{Encoding, IBM866, WINDOWS_1251, WINDOWS_1252};

use super::names::Secret;
use super::words::{is_filler, meaning};

/// What stands in front of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    /// The name of a secret.
    Of(Secret),
    /// A word of everyday use for a card: what follows is its number, if it looks like one at all.
    Card,
    /// The name of something else, of which digits are not taken for a card number.
    Other,
    Nothing,
}

/// How far back words are looked for, in bytes.
const REACH: usize = 72;
/// Most characters between a name and its value.
const GAP: usize = 8;
/// Most characters between two words of a name.
const JOINT: usize = 3;
/// Most words of a name and of what may stand behind it.
const WORDS: usize = 6;
/// Most words of a name.
const NAME: usize = 4;

/// What stands in front of the byte at `at`.
pub(super) fn before(line: &[u8], at: usize) -> Label {
    let mut window = line.get(at.saturating_sub(REACH)..at).unwrap_or_default();
    // `pan%3D4111…`, `%22pan%22%3A%224111…`
    while let Some((head, [b'%', high, low])) = window.split_last_chunk() {
        if !high.is_ascii_hexdigit() || !low.is_ascii_hexdigit() {
            break;
        }
        window = head;
    }
    if ends_in_number(window) {
        return Label::Nothing;
    }
    let cut = window
        .iter()
        .take_while(|byte| (0x80..0xc0).contains(*byte))
        .count()
        .min(3);
    let whole = window.get(cut..).unwrap_or_default();
    if let Ok(text) = std::str::from_utf8(whole) {
        return of(text);
    }
    let legacy = [WINDOWS_1251, IBM866, WINDOWS_1252];
    let found = legacy.into_iter().map(|coder| of(&decoded(coder, window)));
    let lossy = std::iter::once_with(|| of(&String::from_utf8_lossy(whole)));
    found
        .chain(lossy)
        .find(|label| *label != Label::Nothing)
        .unwrap_or(Label::Nothing)
}

fn decoded<'a>(coder: &'static Encoding, bytes: &'a [u8]) -> Cow<'a, str> {
    coder.decode_without_bom_handling(bytes).0
}

/// Whether what stands before is a number too long for the end of a name, so that nothing need be decoded.
fn ends_in_number(window: &[u8]) -> bool {
    let mut back = window
        .iter()
        .rev()
        .skip_while(|byte| !byte.is_ascii_alphanumeric() && **byte < 0x80);
    back.by_ref()
        .take_while(|byte| byte.is_ascii_digit())
        .nth(3)
        .is_some()
}

/// The last words of a text in small letters, and where each begins.
struct Words {
    joined: String,
    starts: Vec<usize>,
}

impl Words {
    /// `None` where the last word stands too far from the end, or there is none.
    fn of(text: &str) -> Option<Self> {
        let mut ranges: Vec<(usize, usize)> = Vec::with_capacity(WORDS);
        let mut end = text
            .trim_end_matches(|one: char| !one.is_alphanumeric())
            .len();
        let gap = text.get(end..)?;
        // Behind a star stands the end of what was masked before, not a value.
        if gap.contains('*') || gap.chars().count() > GAP {
            return None;
        }
        while ranges.len() < WORDS {
            let head = text.get(..end)?;
            let start = word_start(head);
            let word = text.get(start..end)?;
            // A longer number is a value, and what stands in front of it is its own name.
            if word.is_empty() || (word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_digit()))
            {
                break;
            }
            ranges.push((start, end));
            let rest = text.get(..start)?;
            let trimmed = rest.trim_end_matches(|one: char| !one.is_alphanumeric());
            if rest.get(trimmed.len()..)?.chars().count() > JOINT {
                break;
            }
            end = trimmed.len();
        }
        let mut words = Self {
            joined: String::with_capacity(REACH),
            starts: Vec::with_capacity(WORDS),
        };
        for (start, end) in ranges.into_iter().rev() {
            words.starts.push(words.joined.len());
            let word = text.get(start..end)?;
            if word.is_ascii() {
                let small = word.bytes().map(|one| char::from(one.to_ascii_lowercase()));
                words.joined.extend(small);
            } else {
                words.joined.push_str(&word.to_lowercase());
            }
        }
        (!words.starts.is_empty()).then_some(words)
    }

    fn word(&self, from: usize, to: usize) -> Option<&str> {
        let start = *self.starts.get(from)?;
        let end = self.starts.get(to).copied().unwrap_or(self.joined.len());
        self.joined.get(start..end)
    }
}

/// Where the last word of a text begins: letters or digits, a new one where a capital follows a small letter.
fn word_start(text: &str) -> usize {
    let mut start = text.len();
    let mut next: Option<char> = None;
    for (at, one) in text.char_indices().rev() {
        let joins = one.is_alphanumeric()
            && next.is_none_or(|next| {
                one.is_ascii_digit() == next.is_ascii_digit()
                    && !(one.is_lowercase() && next.is_uppercase())
            });
        if !joins {
            break;
        }
        next = Some(one);
        start = at;
    }
    start
}

fn of(text: &str) -> Label {
    let Some(words) = Words::of(text) else {
        return Label::Nothing;
    };
    let mut numbered = false;
    for end in (1..=words.starts.len()).rev() {
        for start in end.saturating_sub(NAME)..end {
            let last = words.word(start, end - 1).map_or(0, str::len);
            let label = words
                .word(start, end)
                .map_or(Label::Nothing, |name| meaning(name, last));
            let trusted = !(numbered && matches!(label, Label::Other | Label::Of(Secret::Cvv)));
            if label != Label::Nothing && trusted {
                return label;
            }
        }
        let Some(last) = words.word(end - 1, end) else {
            break;
        };
        let is_number = last.len() <= 2 && last.bytes().all(|byte| byte.is_ascii_digit());
        if (is_number && numbered) || (!is_number && !is_filler(last)) {
            break;
        }
        numbered |= is_number;
    }
    Label::Nothing
}
