//! Logs as jPOS writes them: XML entries amid whatever else goes to the same file.
//!
//! What jPOS masked itself (`411111______1111`) stays as it is; what is masked here by structure is filled with the
//! same sign. Nothing is dropped for being broken: an entry without an end, or with a quote missing, is kept as one
//! that could not be read, and searched once more for what its structure no longer gives away.
mod mask;
mod read;
mod records;
#[cfg(test)]
mod tests;
mod xml;

pub(in crate::formats) use read::{messages, read};

use super::values;
use crate::formats::{Counts, Encoding, Rest, Scrubbed, cards};

/// Cleans whole records at the front in place.
pub(in crate::formats) fn scrub(_: Encoding, raw: &mut [u8], rest: Rest) -> Scrubbed {
    let mut done = Scrubbed::default();
    while let Some(cut) = records::next(raw, done.taken, rest) {
        let end = done.taken.saturating_add(cut.length);
        let record = raw.get_mut(done.taken..end).unwrap_or_default();
        let broken = records::trouble(&cut, record).is_some();
        done.counts.add(clean(record, broken));
        done.taken = end;
        done.records = done.records.saturating_add(1);
        done.unread = done.unread.saturating_add(u32::from(broken));
    }
    done
}

fn clean(record: &mut [u8], broken: bool) -> Counts {
    let mut counts = mask::structure(record);
    if broken {
        counts.add(mask::fragments(record));
        counts.add(values::mask_labelled(record, mask::FILL));
        counts.add(cards::mask_text(record));
    }
    counts
}
