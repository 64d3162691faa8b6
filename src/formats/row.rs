//! A row of records, whatever they are: how it is cleaned, read and cut, one record after the other.
use super::{Counts, Record, Rest, Scrubbed};

/// The records of one format.
pub(super) trait Records {
    /// What is known of a record when its end is found.
    type Cut;

    /// How long the record at the front is, and what is known of it; `None` where more bytes are needed to tell, or
    /// nothing is there. It rests on the [`super::LONGEST_RECORD`] bytes from its beginning and on nothing else.
    fn next(&self, bytes: &[u8], rest: Rest) -> Option<(usize, Self::Cut)>;

    /// Cleans a record in place; true where it could not be read as its format says.
    fn clean(&self, record: &mut [u8], cut: &Self::Cut) -> (Counts, bool);

    /// Reads a record for people, with the one above it where that is at hand. Where it stands is not its matter.
    fn show(&self, record: &[u8], cut: &Self::Cut, above: Option<&Record>) -> Record;
}

/// Cleans whole records at the front in place.
pub(super) fn scrub<R: Records>(these: &R, raw: &mut [u8], rest: Rest) -> Scrubbed {
    let mut done = Scrubbed::default();
    while let Some((length, cut)) = raw
        .get(done.taken..)
        .and_then(|left| these.next(left, rest))
    {
        let end = done.taken.saturating_add(length);
        let record = raw.get_mut(done.taken..end).unwrap_or_default();
        if record.is_empty() {
            break;
        }
        let (counts, is_unread) = these.clean(record, &cut);
        done.counts.add(counts);
        done.taken = end;
        done.records = done.records.saturating_add(1);
        done.unread = done.unread.saturating_add(u32::from(is_unread));
    }
    done
}

/// The records of bytes that nothing follows, each with where it begins.
pub(super) fn records<'a, R: Records>(
    these: &'a R,
    bytes: &'a [u8],
) -> impl Iterator<Item = (usize, &'a [u8], R::Cut)> {
    let mut next = 0_usize;
    std::iter::from_fn(move || {
        let at = next;
        let (length, cut) = these.next(bytes.get(at..)?, Rest::Ends)?;
        next = at.saturating_add(length);
        let record = bytes.get(at..next)?;
        (!record.is_empty()).then_some((at, record, cut))
    })
}

/// Reads records for people, at most `most`.
pub(super) fn read<R: Records>(these: &R, bytes: &[u8], most: usize) -> Vec<Record> {
    let mut read: Vec<Record> = Vec::new();
    for (at, record, cut) in records(these, bytes).take(most) {
        let shown = these.show(record, &cut, read.last());
        let length = record.len();
        read.push(Record {
            at,
            length,
            ..shown
        });
    }
    read
}

/// Where the first record begins, and where each ends.
pub(super) fn bounds<R: Records>(these: &R, bytes: &[u8]) -> Vec<usize> {
    let ends = records(these, bytes).map(|(at, record, _)| at.saturating_add(record.len()));
    std::iter::once(0).chain(ends).collect()
}
