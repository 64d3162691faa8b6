//! A log that comes in pieces, as the room's callers clean it.
use super::{LONGEST_RECORD, Rest, Scrubbed};

/// Cleans pieces of these lengths one after the other, and what they leave over; all that is clean, and what was done.
pub(super) fn piecewise(
    log: &[u8],
    lengths: impl IntoIterator<Item = usize>,
    scrub: impl Fn(&mut [u8], Rest) -> Scrubbed,
) -> (Vec<u8>, Scrubbed) {
    let mut all = Scrubbed::default();
    let (mut clean, mut hand, mut at) = (Vec::new(), Vec::new(), 0);
    for length in lengths.into_iter().chain([log.len()]) {
        let end = log.len().min(at + length);
        hand.extend_from_slice(&log[at..end]);
        at = end;
        let rest = if at == log.len() {
            Rest::Ends
        } else {
            Rest::Follows
        };
        let before = hand.clone();
        let done = scrub(&mut hand, rest);
        assert!(
            hand[done.taken..] == before[done.taken..],
            "what is not taken was touched"
        );
        assert!(done.taken > 0 || hand.len() < LONGEST_RECORD, "no progress");
        clean.extend(hand.drain(..done.taken));
        all.taken += done.taken;
        all.records += done.records;
        all.unread += done.unread;
        all.counts.add(done.counts);
        if rest == Rest::Ends {
            break;
        }
    }
    assert!(hand.is_empty(), "something was left over");
    (clean, all)
}
