//! The TLV container of ZVT (bitmap 06): tags of its own, and among them those of EMV.
use super::super::tlv::{self, Item, Walk};
use super::super::{Counts, cards};

/// Tags whose constructed bit means nothing.
const fn plain(tag: u32) -> bool {
    matches!(tag, 0xff40..=0xff4f)
}

pub(super) fn walk(bytes: &[u8]) -> Walk {
    tlv::walk(bytes, 0..bytes.len(), plain)
}

/// Overwrites card data in a container.
pub(super) fn mask(bytes: &mut [u8]) -> Counts {
    let walk = walk(bytes);
    let mut counts = Counts::default();
    for item in walk.items.iter().filter(|item| !item.nested) {
        counts.add(mask_item(bytes, item));
    }
    if let Some(left) = walk.broken_at.and_then(|at| bytes.get_mut(at..)) {
        counts.add(super::mask::unread(left));
    }
    counts
}

fn mask_item(bytes: &mut [u8], item: &Item) -> Counts {
    match item.tag {
        0x07 => bytes
            .get_mut(item.value.clone())
            .map_or_else(Counts::default, cards::mask_text),
        tag if harmless(tag) => Counts::default(),
        _ => tlv::mask_value(bytes, item),
    }
}

/// Values of ZVT's own that hold no card number, however they look: they stay byte for byte.
pub(super) const fn harmless(tag: u32) -> bool {
    matches!(
        tag,
        0x09 | 0x0a..=0x0f
            | 0x12 | 0x14 | 0x15 | 0x1a | 0x1b | 0x1d | 0x1e | 0x34 | 0x41 | 0x43 | 0x4c
            | 0x1f00..=0x1f13
            | 0x1f15 | 0x1f16 | 0x1f37
            | 0x1f40..=0x1f50
            | 0x1f5b | 0x1f60 | 0x1f62
            | 0x1ff2
            | 0xff40..=0xff4f
    )
}

/// Tags that ZVT gives a meaning of its own; each has words in the locales. The others are EMV's.
pub(super) const fn named(tag: u32) -> bool {
    matches!(
        tag,
        0x07 | 0x09
            | 0x12 | 0x14 | 0x15 | 0x1a | 0x1b | 0x1c | 0x1d | 0x1e
            | 0x24..=0x28
            | 0x2d | 0x34
            | 0x41 | 0x43 | 0x46 | 0x47 | 0x4c
            | 0x60 | 0x62
            | 0xe4 | 0xe9
            | 0x1f00
            | 0x1f04 | 0x1f07 | 0x1f0b
            | 0x1f10..=0x1f12
            | 0x1f14..=0x1f17
            | 0x1f37
            | 0x1f40..=0x1f45
            | 0x1f4c | 0x1f4d | 0x1f4f | 0x1f50
            | 0x1f5b | 0x1f60 | 0x1f62 | 0x1f63
            | 0x1ff2
            | 0xff40 | 0xff41
    )
}
