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

pub(in crate::formats) use read::messages;

use super::values;
use crate::formats::row::Records;
use crate::formats::{Counts, Encoding, Record, Rest, cards};
use records::Cut;

/// Entries, and what stands between them, in an encoding.
pub(in crate::formats) struct Entries(pub(in crate::formats) Encoding);

impl Records for Entries {
    type Cut = Cut;

    fn next(&self, bytes: &[u8], rest: Rest) -> Option<(usize, Cut)> {
        records::next(bytes, rest).map(|cut| (cut.length, cut))
    }

    fn clean(&self, record: &mut [u8], cut: &Cut) -> (Counts, bool) {
        let is_broken = records::trouble(cut, record).is_some();
        (clean(record, is_broken), is_broken)
    }

    fn show(&self, record: &[u8], cut: &Cut, _: Option<&Record>) -> Record {
        read::shown(self.0, cut, record)
    }
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
