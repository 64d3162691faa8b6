//! How often one terminal may ask. It is known by its token's hash before any database is asked, so a
//! device that has lost its mind is told to wait without costing the others anything.
//!
//! Each hash falls into one of a fixed number of slots, and a slot is a clock: how far ahead of time
//! its visits have been taken. Nothing grows, nothing is swept and nothing is locked. Terminals that
//! share a slot share its pace, which is far above what several of them need; and since nobody can
//! choose the slot of a token that he does not know, nobody can use up another's.
use crate::sealing::TokenHash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Two megabytes of clocks; a million terminals share one in fours.
const SLOTS: usize = 1 << 18;
const MINUTE_US: u64 = 60_000_000;

pub(super) struct Pace {
    begun: Instant,
    /// Microseconds since `begun` up to which visits are taken.
    taken_until: Box<[AtomicU64]>,
    each_us: u64,
}

impl Pace {
    /// So many visits per minute, and as many at once after a minute of rest.
    pub(super) fn new(per_minute: u32) -> Self {
        Self {
            begun: Instant::now(),
            taken_until: std::iter::repeat_with(AtomicU64::default)
                .take(SLOTS)
                .collect(),
            each_us: MINUTE_US / u64::from(per_minute.max(1)),
        }
    }

    /// Counts a visit; the seconds to wait when it is one too many.
    pub(super) fn too_often(&self, hash: &TokenHash) -> Option<u32> {
        let now = u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.too_often_at(hash, now)
    }

    fn too_often_at(&self, hash: &TokenHash, now: u64) -> Option<u32> {
        let bytes = [hash[0], hash[1], hash[2], hash[3]];
        let slot = &self.taken_until[u32::from_le_bytes(bytes) as usize % SLOTS];
        let counted = slot.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| {
            let taken = taken.max(now) + self.each_us;
            (taken <= now + MINUTE_US).then_some(taken)
        });
        let taken = counted.err()?;
        let wait = (taken + self.each_us).saturating_sub(now + MINUTE_US);
        Some(u32::try_from(wait.div_ceil(1_000_000)).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minutes_visits_at_once_and_then_one_by_one() {
        let pace = Pace::new(60);
        let (one, other) = ([1; 32], [2; 32]);
        for _ in 0..60 {
            assert_eq!(pace.too_often_at(&one, 5), None);
        }
        assert_eq!(pace.too_often_at(&one, 5), Some(1));
        assert_eq!(
            pace.too_often_at(&other, 5),
            None,
            "it is nobody else's fault"
        );
        assert_eq!(pace.too_often_at(&one, 1_000_005), None);
        assert_eq!(pace.too_often_at(&one, 1_000_005), Some(1));
        assert_eq!(pace.too_often_at(&one, 61_000_005), None);
    }
}
