//! Tests of the heuristics: what must be masked, what must stay, and what holds for any bytes.
mod masked;
mod properties;
mod rates;
mod structure;
mod survivors;

use super::super::Counts;
use super::mask_text;

/// The text after masking, as text.
fn clean(text: &str) -> String {
    String::from_utf8(scrubbed(text.as_bytes()).0).unwrap()
}

fn scrubbed(bytes: &[u8]) -> (Vec<u8>, Counts) {
    let mut raw = bytes.to_vec();
    let counts = mask_text(&mut raw);
    assert_eq!(raw.len(), bytes.len());
    (raw, counts)
}
