//! Digits in groups, as card numbers are printed and typed.
use super::number::{has_scheme, passes_luhn};

/// How card numbers are grouped where no label says that one comes: the fours, American Express, Diners, halves.
const PRINTED: &[&[usize]] = &[
    &[4, 4, 4, 4, 3],
    &[4, 4, 4, 4, 2],
    &[4, 4, 4, 4, 1],
    &[4, 4, 4, 4],
    &[4, 6, 5],
    &[4, 4, 4, 3],
    &[4, 6, 4],
    &[4, 4, 4, 2],
    &[4, 4, 4, 1],
    &[8, 8],
    &[6, 10],
    &[8, 11],
    &[6, 13],
];

/// What may stand between two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    Blank,
    Dash,
    /// Only behind a label: a tab, a dot, two blanks.
    Odd(u8),
}

/// Groups of digits in a row, at most as many as a card number has digits.
pub(super) struct Groups {
    digits: Vec<u8>,
    /// The digits up to the end of each group, where it ends in the line, and whether all joints up to it are alike.
    ends: Vec<(usize, usize, bool)>,
    /// Nothing was left out behind the last.
    whole: bool,
}

impl Groups {
    /// Those that begin at `at`. Behind a label more is taken for a joint.
    pub(super) fn at(line: &[u8], at: usize, labelled: bool) -> Self {
        let mut groups = Self {
            digits: Vec::with_capacity(19),
            ends: Vec::with_capacity(5),
            whole: true,
        };
        let mut cursor = at;
        let mut first = None;
        let mut alike = true;
        loop {
            let tail = line.get(cursor..).unwrap_or_default();
            let length = tail
                .iter()
                .take(20)
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            if groups.digits.len() + length > 19 {
                groups.whole = false;
                break;
            }
            groups
                .digits
                .extend_from_slice(tail.get(..length).unwrap_or_default());
            cursor += length;
            groups.ends.push((groups.digits.len(), cursor, alike));
            let Some((width, joint)) = joint(line.get(cursor..).unwrap_or_default()) else {
                break;
            };
            if !line.get(cursor + width).is_some_and(u8::is_ascii_digit)
                || (!labelled && matches!(joint, Joint::Odd(_)))
            {
                break;
            }
            alike &= *first.get_or_insert(joint) == joint;
            cursor += width;
        }
        groups
    }

    /// How many digits there are.
    pub(super) const fn count(&self) -> usize {
        self.digits.len()
    }

    /// Where a card number ends that is grouped as they are printed and has all marks of one.
    pub(super) fn printed(&self) -> Option<usize> {
        PRINTED
            .iter()
            .find_map(|pattern| self.fitting(pattern).filter(|_| self.is_valid(pattern)))
    }

    /// Where the card number ends that a label promised. `strict` is for labels of everyday use.
    pub(super) fn promised(&self, strict: bool) -> Option<usize> {
        let valid = self.ends.iter().rev().find(|(count, _, _)| {
            self.digits
                .get(..*count)
                .is_some_and(|digits| has_scheme(digits) && passes_luhn(digits))
        });
        let whole = || {
            let (count, end, alike) = *self.ends.last()?;
            (!strict && self.whole && alike && (13..=19).contains(&count)).then_some(end)
        };
        valid
            .map(|(_, end, _)| *end)
            .or_else(|| PRINTED.iter().find_map(|pattern| self.fitting(pattern)))
            .filter(|_| !is_time(&self.digits))
            .or_else(|| whole().filter(|_| !is_time(&self.digits)))
    }

    fn fitting(&self, pattern: &[usize]) -> Option<usize> {
        let mut before = 0;
        let lengths = self
            .ends
            .iter()
            .map(|(count, _, _)| count - std::mem::replace(&mut before, *count));
        let fits = self.ends.len() >= pattern.len()
            && lengths.zip(pattern).all(|(is, should)| is == *should);
        let (_, end, alike) = *self.ends.get(pattern.len().checked_sub(1)?)?;
        (fits && alike).then_some(end)
    }

    fn is_valid(&self, pattern: &[usize]) -> bool {
        let digits = self.digits.get(..pattern.iter().sum());
        digits.is_some_and(|digits| has_scheme(digits) && passes_luhn(digits))
    }
}

/// Whether digits read as a date of this century, alone or with a time behind it.
pub(super) fn is_time(digits: &[u8]) -> bool {
    let part = |from: usize, to: usize| {
        let text = digits.get(from..to)?;
        Some(text.iter().fold(0_u32, |sum, digit| {
            sum * 10 + u32::from(digit.wrapping_sub(b'0'))
        }))
    };
    part(0, 2) == Some(20)
        && part(4, 6).is_some_and(|month| (1..=12).contains(&month))
        && part(6, 8).is_some_and(|day| (1..=31).contains(&day))
        && part(8, 10).is_none_or(|hour| hour < 24)
        && part(10, 12).is_none_or(|minute| minute < 60)
}

/// Whether a printed card number begins with a group of that length.
pub(super) fn may_begin(length: usize) -> bool {
    PRINTED
        .iter()
        .any(|pattern| pattern.first() == Some(&length))
}

/// Whether another group follows one that ends at `end`.
pub(super) fn may_go_on(line: &[u8], end: usize) -> bool {
    let width = joint(line.get(end..).unwrap_or_default()).map(|(width, _)| width);
    width
        .and_then(|width| line.get(end + width))
        .is_some_and(u8::is_ascii_digit)
}

/// What joins two groups, and its width.
fn joint(tail: &[u8]) -> Option<(usize, Joint)> {
    Some(match tail {
        [b' ' | 0xa0 | 0xff, b' ' | 0xa0 | 0xff, ..] => (2, Joint::Odd(b' ')),
        [0xc2, 0xa0, 0xc2, 0xa0, ..] => (4, Joint::Odd(b' ')),
        // No-break blanks of UTF-8, the narrow and the thin one.
        [0xc2, 0xa0, ..] => (2, Joint::Blank),
        [0xe2, 0x80, 0xaf | 0x89, ..] => (3, Joint::Blank),
        // The no-break hyphen, the hyphen, the en dash.
        [0xe2, 0x80, 0x90 | 0x91 | 0x93, ..] => (3, Joint::Dash),
        [b' ' | 0xa0 | 0xff, ..] => (1, Joint::Blank),
        [b'-', ..] => (1, Joint::Dash),
        [one @ (b'\t' | b'.' | b'_'), ..] => (1, Joint::Odd(*one)),
        _ => return None,
    })
}
