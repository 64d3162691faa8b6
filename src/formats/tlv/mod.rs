//! BER-TLV with the tags of EMV: what a chip card and a terminal say to each other, inside ZVT and ISO 8583.
//!
//! Card data is found by tag. Where the structure breaks, what is left is searched for card data by its look.
use std::ops::Range;

use super::{Counts, Field};

pub(super) mod bcd;
pub(super) mod hex;
#[cfg(test)]
mod tests;

/// Deeper nesting is left as one value.
const DEEPEST: u8 = 8;
/// So often at most bytes of no structure are searched.
const SEARCHES: usize = 6;
/// Fields shown of one value at most.
const MOST_FIELDS: usize = 500;

/// One tag and its value, as found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub tag: u32,
    pub value: Range<usize>,
    /// How long the value says it is; more than `value` has where it is cut.
    pub stated: usize,
    pub depth: u8,
    /// Its value is given again as the items that follow, one deeper.
    pub nested: bool,
}

/// A value taken apart.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub items: Vec<Item>,
    /// From here on no structure could be read.
    pub broken_at: Option<usize>,
}

/// Takes `range` of `bytes` apart. `plain` names tags that hold no tags, whatever their constructed bit says.
pub(super) fn walk(bytes: &[u8], range: Range<usize>, plain: fn(u32) -> bool) -> Walk {
    walk_at(bytes, range, plain, 0)
}

fn walk_at(bytes: &[u8], range: Range<usize>, plain: fn(u32) -> bool, depth: u8) -> Walk {
    let mut walk = Walk::default();
    let mut at = range.start;
    let end = range.end.min(bytes.len());
    while at < end {
        // Zeros between tags are padding in EMV.
        if bytes.get(at) == Some(&0) {
            at += 1;
            continue;
        }
        let Some(item) = item(bytes, at, end, depth) else {
            walk.broken_at = Some(at);
            break;
        };
        let cut = item.stated > item.value.len();
        let inner = nested(bytes, &item, plain, cut);
        let nested = inner.is_some();
        let after = item.value.end;
        walk.items.push(Item { nested, ..item });
        if let Some(inner) = inner {
            walk.items.extend(inner.items);
            walk.broken_at = inner.broken_at;
        }
        if cut {
            walk.broken_at = walk.broken_at.or(Some(at));
        }
        if walk.broken_at.is_some() {
            break;
        }
        at = after;
    }
    walk
}

/// What a constructed item holds. Of a whole one that is no row of tags nothing is taken for one.
fn nested(bytes: &[u8], item: &Item, plain: fn(u32) -> bool, cut: bool) -> Option<Walk> {
    if !constructed(item.tag) || plain(item.tag) || item.depth >= DEEPEST || item.value.is_empty() {
        return None;
    }
    let inner = walk_at(
        bytes,
        item.value.clone(),
        plain,
        item.depth.saturating_add(1),
    );
    (cut || inner.broken_at.is_none()).then_some(inner)
}

fn item(bytes: &[u8], at: usize, end: usize, depth: u8) -> Option<Item> {
    let (tag, at) = tag(bytes, at, end)?;
    let (stated, start) = length(bytes, at, end)?;
    let value = start..end.min(start.checked_add(stated)?);
    Some(Item {
        tag,
        value,
        stated,
        depth,
        nested: false,
    })
}

/// The tag at `at`, and where its length stands.
fn tag(bytes: &[u8], at: usize, end: usize) -> Option<(u32, usize)> {
    let first = *bytes.get(at)?;
    let mut tag = u32::from(first);
    let mut at = at + 1;
    if first & 0x1f != 0x1f {
        return (at < end).then_some((tag, at));
    }
    for _ in 0..3 {
        let next = *bytes.get(at).filter(|_| at < end)?;
        tag = tag << 8 | u32::from(next);
        at += 1;
        if next & 0x80 == 0 {
            return (at < end).then_some((tag, at));
        }
    }
    None
}

/// The length at `at`, and where the value begins.
pub(super) fn length(bytes: &[u8], at: usize, end: usize) -> Option<(usize, usize)> {
    let first = *bytes.get(at).filter(|_| at < end)?;
    if first < 0x80 {
        return Some((usize::from(first), at + 1));
    }
    let more = usize::from(first & 0x7f);
    if !(1..=3).contains(&more) || at + 1 + more > end {
        return None;
    }
    let stated = bytes.get(at + 1..at + 1 + more)?;
    let stated = stated
        .iter()
        .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    Some((stated, at + 1 + more))
}

fn constructed(tag: u32) -> bool {
    let first = tag.to_be_bytes().into_iter().find(|byte| *byte != 0);
    first.is_some_and(|byte| byte & 0x20 != 0)
}

/// Overwrites card data in a row of EMV tags.
pub(super) fn mask(bytes: &mut [u8]) -> Counts {
    let walk = walk(bytes, 0..bytes.len(), |_| false);
    let mut counts = Counts::default();
    for item in walk.items.iter().filter(|item| !item.nested) {
        counts.add(mask_value(bytes, item));
    }
    if let Some(rest) = walk.broken_at.and_then(|at| bytes.get_mut(at..)) {
        counts.add(mask_unread(rest));
    }
    counts
}

/// Overwrites what looks like card data where no structure tells, in either coding.
pub(super) fn mask_unread(bytes: &mut [u8]) -> Counts {
    until_clean(bytes, |bytes| {
        // Text first: digits of text, taken for two digits a byte, would be torn.
        let mut counts = super::cards::mask_text(bytes);
        counts.add(bcd::scan(bytes));
        counts
    })
}

/// Searches again until nothing more is found: what was taken away delimits what stands beside it.
pub(super) fn until_clean(bytes: &mut [u8], search: impl Fn(&mut [u8]) -> Counts) -> Counts {
    let mut counts = Counts::default();
    for _ in 0..SEARCHES {
        let found = search(bytes);
        if found == Counts::default() {
            break;
        }
        counts.add(found);
    }
    counts
}

/// Overwrites the value of one tag, as far as EMV says that it is card data.
pub(super) fn mask_value(bytes: &mut [u8], item: &Item) -> Counts {
    let missing = item.stated.saturating_sub(item.value.len());
    let Some(value) = bytes.get_mut(item.value.clone()) else {
        return Counts::default();
    };
    let mut counts = Counts::default();
    match item.tag {
        // It should hold tags and does not.
        tag if constructed(tag) => counts.add(mask_unread(value)),
        0x5a => counts.pans += u32::from(bcd::mask_pan(value, missing)),
        0x57 | 0x9f6b => counts.tracks += u32::from(bcd::mask_track(value)),
        0x56 | 0x9f1f | 0x9f20 => counts.tracks += u32::from(bcd::mask_all(value)),
        0x99 => counts.pins += u32::from(bcd::mask_all(value)),
        0x5f20 | 0x9f0b => mask_name(value),
        tag if !known(tag) => counts.add(mask_unknown(value)),
        _ => {}
    }
    counts
}

/// What a tag without a name holds may be text, or digits that are a card number as a whole.
pub(super) fn mask_unknown(value: &mut [u8]) -> Counts {
    let mut counts = super::cards::mask_text(value);
    counts.add(bcd::mask_if_card(value));
    counts
}

/// The name of the cardholder: who it was is not needed to find a fault.
fn mask_name(value: &mut [u8]) {
    for byte in value
        .iter_mut()
        .filter(|byte| byte.is_ascii_alphabetic() || **byte >= 0x80)
    {
        *byte = b'*';
    }
}

/// The same for tags written as hexadecimal digits.
pub(super) fn mask_hex(text: &mut [u8]) -> Counts {
    hex::with_bytes(text, mask)
}

/// The same for digits of which nobody says that they are tags: only where they are from end to end, and most of
/// them known ones.
pub(super) fn mask_hex_row(text: &mut [u8]) -> Counts {
    // Decimal digits alone are a number: 56 and 57 begin card numbers too.
    if text.iter().all(u8::is_ascii_digit) {
        return Counts::default();
    }
    hex::with_bytes(text, |bytes| {
        let walk = walk(bytes, 0..bytes.len(), |_| false);
        // Of numbers and tracks the value tells more than the tag: they are looked for by their look.
        let is_tag = |item: &&Item| {
            known(item.tag) || is_secret(item.tag) || matches!(item.tag, 0x57 | 0x5a | 0x9f6b)
        };
        let sure = walk.items.iter().filter(is_tag).count();
        let unsure = walk
            .items
            .iter()
            .filter(|item| !item.nested)
            .count()
            .saturating_sub(sure);
        let mut counts = Counts::default();
        if walk.broken_at.is_none() && (unsure == 0 || sure >= 2 && sure >= unsure) {
            for item in walk.items.iter().filter(|item| is_secret(item.tag)) {
                counts.add(mask_value(bytes, item));
            }
        }
        counts
    })
}

const fn is_secret(tag: u32) -> bool {
    matches!(tag, 0x56 | 0x99 | 0x9f1f | 0x9f20)
}

/// Reads a row of EMV tags.
pub(super) fn read(bytes: &[u8]) -> Vec<Field> {
    let walk = walk(bytes, 0..bytes.len(), |_| false);
    let mut fields: Vec<Field> = walk
        .items
        .iter()
        .take(MOST_FIELDS)
        .map(|item| field(bytes, item, 0))
        .collect();
    if let Some(rest) = walk.broken_at.and_then(|at| bytes.get(at..)) {
        fields.truncate(MOST_FIELDS - 1);
        fields.push(Field {
            key: "emv-unread".to_owned(),
            label: "?".to_owned(),
            value: hex::written(rest),
            depth: 0,
        });
    }
    fields
}

/// One tag, for people.
pub(super) fn field(bytes: &[u8], item: &Item, depth: u8) -> Field {
    let value = bytes.get(item.value.clone()).unwrap_or_default();
    let value = match item.tag {
        _ if item.nested => String::new(),
        0x50 | 0x5f20 | 0x5f2d | 0x5f50 | 0x9f0b | 0x9f12 | 0x9f16 | 0x9f1c | 0x9f1e | 0x9f4e
            if value.iter().all(|byte| matches!(byte, b' '..=b'~')) =>
        {
            String::from_utf8_lossy(value).trim_end().to_owned()
        }
        0x9f02 | 0x9f03 if bcd::all_digits(value) => bcd::number(value),
        0x5a => bcd::shown(value),
        _ => hex::written(value),
    };
    Field {
        key: format!("emv-{:x}", item.tag),
        label: format!("{:02X}", item.tag),
        value,
        depth: depth.saturating_add(item.depth),
    }
}

/// Tags of EMV whose values hold no card data: they stay byte for byte, however they look.
const fn known(tag: u32) -> bool {
    matches!(
        tag,
        0x42 | 0x4f
            | 0x50 | 0x61 | 0x6f | 0x70..=0x73 | 0x77 | 0x80..=0x84 | 0x86..=0x98 | 0x9a..=0x9d
            | 0xa5
            | 0x5f24 | 0x5f25 | 0x5f28 | 0x5f2a | 0x5f2d | 0x5f30 | 0x5f34 | 0x5f36 | 0x5f50..=0x5f57
            | 0x9f01..=0x9f0a
            | 0x9f0d..=0x9f1e
            | 0x9f21..=0x9f4f
            | 0x9f53 | 0x9f5b | 0x9f66 | 0x9f6c | 0x9f6e | 0x9f7c
            | 0xbf0c
    )
}
