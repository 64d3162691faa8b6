//! Stands in until the real one is there.
use super::{Message, Packager};
use crate::formats::{Encoding, Record, Rest, Scrubbed, lines};
pub(in crate::formats) fn scrub(_: Packager, raw: &mut [u8], rest: Rest) -> Scrubbed {
    lines::scrub(Encoding::Utf8, raw, rest)
}
pub(in crate::formats) fn read(_: Packager, bytes: &[u8], most: usize) -> Vec<Record> {
    lines::read(Encoding::Utf8, bytes, most)
}
pub(in crate::formats) fn messages(_: Packager, _: &[u8]) -> Vec<Message> {
    Vec::new()
}
