//! What looks like a card number, a track, a PIN block or a card verification value in text of any kind, and how it
//! is overwritten.
//!
//! A structure that says what a value is comes before this: it calls [`mask_pan`], [`mask_track`], [`mask_all`], and
//! asks [`named`] what a key holds. [`mask_text`] is for what nothing is known of. All write in place and keep the
//! length.
mod groups;
mod hex;
mod iban;
mod label;
mod line;
mod names;
mod number;
mod pin;
mod raw;
#[cfg(test)]
mod tests;
mod text;
mod track;
mod wide;
mod words;

pub(in crate::formats) use names::{Secret, named};
pub(in crate::formats) use number::{looks_like_pan, mask_all, mask_pan, mask_track};

use super::Counts;

/// A line is looked at so often at most.
const MOST_PASSES: u32 = 6;

/// Overwrites what looks like a secret in single-byte or UTF-8 text, line by line.
///
/// What is masked depends on its own line and on nothing else, so a text may be cut anywhere between lines.
pub(in crate::formats) fn mask_text(bytes: &mut [u8]) -> Counts {
    let mut counts = Counts::default();
    for line in bytes.split_mut(|byte| matches!(byte, b'\n' | b'\r')) {
        counts.add(mask_line(line));
    }
    counts
}

/// Whether what begins at `at` is no card's number: an account's, or one that bears the name of something else.
pub(in crate::formats) fn is_other(line: &[u8], at: usize) -> bool {
    // Of an account's number that is written in groups the second may be the first of digits alone.
    let starts = [at.checked_add(2), at.checked_sub(3)];
    label::before(line, at) == label::Label::Other
        || starts
            .into_iter()
            .flatten()
            .any(|start| iban::end(line, start).is_some())
}

/// What was overwritten parts words and numbers in another way, so a line with a find is looked at again: what comes out
/// has nothing more to be found in it.
fn mask_line(line: &mut [u8]) -> Counts {
    let mut counts = Counts::default();
    for _ in 0..MOST_PASSES {
        let mut found = hex::mask(line, mask_plain);
        found.add(mask_plain(line));
        if found == Counts::default() {
            break;
        }
        counts.add(found);
    }
    counts
}

/// Everything but what is spelt in hexadecimal digits.
fn mask_plain(line: &mut [u8]) -> Counts {
    let mut counts = mask_words(line);
    if line.contains(&0) {
        counts.add(wide::mask(line, mask_narrow));
    }
    counts
}

/// What is left when the NULs between letters are taken out.
fn mask_narrow(line: &mut [u8]) -> Counts {
    let mut counts = hex::mask(line, mask_words);
    counts.add(mask_words(line));
    counts
}

fn mask_words(line: &mut [u8]) -> Counts {
    let pins = pin::mask(line);
    let mut counts = text::mask(line);
    counts.pins = counts.pins.saturating_add(pins);
    counts
}
