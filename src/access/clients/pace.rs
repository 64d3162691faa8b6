//! How often one API client may ask. Whose a token is and how often he may ask is remembered from when
//! it last opened the gate, so that a program that has lost its mind is told to wait before any database
//! is asked. What is remembered is no truth: each request that is let through is still looked up, and
//! what was said of its client meanwhile counts from the next one on.
//!
//! It counts on this node alone: a second node doubles what a client gets.
use crate::clock::Millis;
use crate::ids::ClientId;
use crate::sealing::TokenHash;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Tokens that are remembered; when more come in, all are forgotten and counted anew.
const KEPT: usize = 10_000;
const MINUTE_US: i64 = 60_000_000;

/// The visits of every client that was here.
pub(in crate::access) struct Pace {
    /// Visits in a minute, for clients of which nothing else is said.
    usual: u32,
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    tokens: HashMap<TokenHash, Arc<Visits>>,
    clients: HashMap<ClientId, Arc<Visits>>,
}

/// The visits of one client, by whichever of its tokens.
struct Visits {
    /// Microseconds up to which visits are taken.
    taken_until: AtomicI64,
    each_us: AtomicI64,
}

impl Visits {
    /// Counts a visit; the seconds to wait when it is one too many.
    fn count(&self, now_us: i64) -> Option<u32> {
        let each = self.each_us.load(Ordering::Relaxed);
        let full = now_us.saturating_add(MINUTE_US);
        // A clock that was set back must not leave a client waiting for longer than a minute.
        let so_far = |taken: i64| taken.clamp(now_us, full);
        let counted = |taken: i64| {
            let taken = so_far(taken);
            let after = taken.saturating_add(each);
            Some(if after <= full { after } else { taken })
        };
        let (set, read) = (Ordering::Relaxed, Ordering::Relaxed);
        let before = self.taken_until.fetch_update(set, read, counted);
        let before = before.unwrap_or_else(|taken| taken);
        let wait_us = so_far(before).saturating_add(each) - full;
        (wait_us > 0).then(|| u32::try_from(wait_us / 1_000_000 + 1).unwrap_or(u32::MAX))
    }
}

impl Pace {
    pub(in crate::access) fn new(usual: u32) -> Self {
        Self {
            usual,
            known: RwLock::default(),
        }
    }

    pub(in crate::access) fn usual(&self) -> u32 {
        self.usual
    }

    /// Counts a visit by a token that was here before; the seconds to wait when it is one too many.
    pub(in crate::access) fn too_often(&self, token: &TokenHash, now: Millis) -> Option<u32> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let visits = known.tokens.get(token)?;
        visits.count(now.0.saturating_mul(1_000))
    }

    /// Remembers whose a token is that opened the gate, and how often that one may ask.
    pub(in crate::access) fn learn(
        &self,
        (token, client): (&TokenHash, ClientId),
        per_minute: Option<u32>,
        now: Millis,
    ) {
        let each_us = MINUTE_US / i64::from(per_minute.unwrap_or(self.usual).max(1));
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(visits) = known.tokens.get(token) {
                visits.each_us.store(each_us, Ordering::Relaxed);
                return;
            }
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.tokens.len() >= KEPT {
            *known = Known::default();
        }
        let now_us = now.0.saturating_mul(1_000);
        let fresh = || {
            Arc::new(Visits {
                taken_until: AtomicI64::new(now_us),
                each_us: AtomicI64::new(each_us),
            })
        };
        let visits = Arc::clone(known.clients.entry(client).or_insert_with(fresh));
        visits.each_us.store(each_us, Ordering::Relaxed);
        // This first visit was let through unseen.
        visits.count(now_us);
        known.tokens.insert(*token, visits);
    }

    /// A token that no longer opens the gate must not use up what those that do may ask.
    pub(in crate::access) fn forget(&self, token: &TokenHash) {
        let is_known = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            known.tokens.contains_key(token)
        };
        if is_known {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            known.tokens.remove(token);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: ClientId = ClientId(1);
    const NOW: Millis = Millis(1_800_000_000_000);

    fn later(s: i64) -> Millis {
        Millis(NOW.0 + s * 1_000)
    }

    #[test]
    fn a_minutes_visits_at_once_and_then_one_by_one() {
        let pace = Pace::new(3);
        let (token, other) = ([1; 32], [2; 32]);
        assert_eq!(pace.too_often(&token, NOW), None, "nobody knows it yet");
        pace.learn((&token, ONE), None, NOW);
        pace.learn((&other, ClientId(2)), None, NOW);
        assert_eq!(pace.too_often(&token, NOW), None);
        assert_eq!(pace.too_often(&token, NOW), None);
        assert_eq!(pace.too_often(&token, NOW), Some(21));
        assert_eq!(
            pace.too_often(&other, NOW),
            None,
            "it is nobody else's fault"
        );
        assert_eq!(pace.too_often(&token, later(19)), Some(2));
        assert_eq!(pace.too_often(&token, later(20)), None);
        assert_eq!(pace.too_often(&token, later(20)), Some(21));
    }

    #[test]
    fn all_tokens_of_a_client_count_together_and_at_its_own_rate() {
        let pace = Pace::new(60);
        let (old, new) = ([1; 32], [2; 32]);
        pace.learn((&old, ONE), Some(2), NOW);
        pace.learn((&new, ONE), Some(2), NOW);
        assert!(pace.too_often(&old, NOW).is_some() && pace.too_often(&new, NOW).is_some());
        assert_eq!(pace.too_often(&new, later(30)), None);
        pace.learn((&new, ONE), None, later(60));
        pace.forget(&old);
        let forgotten = pace.too_often(&old, later(60));
        assert_eq!(forgotten, None, "it counts for nobody");
        pace.learn((&old, ONE), None, later(60));
        for _ in 0..29 {
            assert_eq!(pace.too_often(&old, later(60)), None);
        }
        assert!(pace.too_often(&old, later(60)).is_some());
    }

    #[test]
    fn a_clock_that_is_set_back_blocks_nobody_for_long() {
        let pace = Pace::new(2);
        let token = [1; 32];
        pace.learn((&token, ONE), None, later(86_400));
        assert_eq!(pace.too_often(&token, NOW), Some(31));
        assert_eq!(pace.too_often(&token, later(31)), None);
    }
}
