//! Where a record ends that is longer than a record can be.
use crate::formats::{LONGEST_RECORD, Rest};

/// How far from its end a better place for a cut is looked for.
const BACK: usize = 4096;

/// What is at hand of a record that begins where the window does.
pub(super) struct Window<'a> {
    pub(super) bytes: &'a [u8],
    /// Whether nothing that may still come can change where the record ends: the window is as long as a record
    /// can be, or no more bytes follow.
    pub(super) complete: bool,
}

/// The window on what is left.
pub(super) fn window(left: &[u8], rest: Rest) -> Window<'_> {
    match left.get(..LONGEST_RECORD) {
        Some(bytes) => Window {
            bytes,
            complete: true,
        },
        None => Window {
            bytes: left,
            complete: rest == Rest::Ends,
        },
    }
}

/// Where to cut a complete window in which no record ends, and whether it was cut for its length. Never inside a
/// number, if that can be helped: halves of a card number are not seen as one.
pub(super) fn cut(window: &[u8]) -> (usize, bool) {
    if window.len() < LONGEST_RECORD {
        return (window.len(), false);
    }
    let from = window.len().saturating_sub(BACK);
    let near = window.get(from..).unwrap_or_default();
    let after = |found: Option<usize>| found.map(|at| from.saturating_add(at).saturating_add(1));
    let place = after(near.iter().rposition(|b| *b == b'\n'))
        .or_else(|| after(near.iter().rposition(|b| *b == b'>')))
        .or_else(|| after(near.iter().rposition(|b| matches!(b, b',' | b';'))))
        .or_else(|| {
            after(
                near.iter()
                    .rposition(|b| !b.is_ascii_alphanumeric() && b.is_ascii()),
            )
        });
    (place.unwrap_or(window.len()), true)
}
