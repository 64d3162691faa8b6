//! ZVT. Stands in until the real one is there.
pub(super) mod lines;
use super::{Encoding, Record, Rest, Scrubbed};
pub(super) fn scrub(raw: &mut [u8], rest: Rest) -> Scrubbed {
    super::lines::scrub(Encoding::Utf8, raw, rest)
}
pub(super) fn read(bytes: &[u8], most: usize) -> Vec<Record> {
    super::lines::read(Encoding::Utf8, bytes, most)
}
