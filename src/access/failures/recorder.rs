//! What a node keeps of the sign-ins that fail on it, until that is written. Noting one costs a lock and
//! takes as long for every login.
use super::model::{Cause, Failed};
use super::store;
use crate::access::throttle::network;
use crate::clock::Millis;
use crate::db::Db;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Kept of one minute, and of one address within it.
const TRIES: Most = Most {
    of_a_minute: 30,
    of_an_address: 10,
};
/// The same of those that were refused without a look at what they tried: a flood of these must not hide
/// what is tried beside it.
const UNTRIED: Most = Most {
    of_a_minute: 10,
    of_an_address: 2,
};
const MINUTE_MS: i64 = 60_000;

/// Sign-ins that failed and are not yet written. Clones share them.
#[derive(Clone, Default)]
pub struct Failures(Arc<Mutex<Minute>>);

#[derive(Default)]
struct Minute {
    number: i64,
    tries: Kept,
    untried: Kept,
    dropped: i64,
    waiting: Vec<Failed>,
}

struct Most {
    of_a_minute: usize,
    of_an_address: usize,
}

/// What was kept in this minute.
#[derive(Default)]
struct Kept {
    all: usize,
    of_address: HashMap<IpAddr, usize>,
}

impl Kept {
    fn may_keep(&mut self, most: &Most, address: Option<IpAddr>) -> bool {
        if self.all >= most.of_a_minute {
            return false;
        }
        if let Some(address) = address {
            let of_it = self.of_address.entry(network(address)).or_default();
            if *of_it >= most.of_an_address {
                return false;
            }
            *of_it += 1;
        }
        self.all += 1;
        true
    }
}

impl Minute {
    /// Goes on to the minute of `now`, and says how many were dropped in the one before.
    fn go_on(&mut self, now: Millis) {
        let number = now.0.div_euclid(MINUTE_MS);
        if number == self.number {
            return;
        }
        self.tell_dropped();
        self.number = number;
        self.tries = Kept::default();
        self.untried = Kept::default();
    }

    fn tell_dropped(&mut self) {
        let times = std::mem::take(&mut self.dropped);
        if times > 0 {
            let at = Millis(self.number * MINUTE_MS + MINUTE_MS - 1);
            self.waiting.push(Failed::Dropped { at, times });
        }
    }

    fn may_keep(&mut self, cause: Cause, address: Option<IpAddr>) -> bool {
        match cause {
            Cause::Throttled => self.untried.may_keep(&UNTRIED, address),
            _ => self.tries.may_keep(&TRIES, address),
        }
    }
}

impl Failures {
    /// Notes a sign-in that failed, with what was typed as a login, folded.
    pub(in crate::access) fn note(
        &self,
        cause: Cause,
        login: Option<String>,
        address: Option<IpAddr>,
        now: Millis,
    ) {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        minute.go_on(now);
        if minute.may_keep(cause, address) {
            minute.waiting.push(Failed::One {
                at: now,
                login,
                address,
                cause,
            });
        } else {
            minute.dropped += 1;
        }
    }

    /// Writes what waits.
    pub async fn write(&self, db: &Db, now: Millis) {
        let waiting = {
            let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            minute.go_on(now);
            std::mem::take(&mut minute.waiting)
        };
        insert(db, waiting).await;
    }

    /// Writes all that there is, as the server stops.
    pub async fn finish(&self, db: &Db) {
        let waiting = {
            let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            minute.tell_dropped();
            std::mem::take(&mut minute.waiting)
        };
        insert(db, waiting).await;
    }
}

async fn insert(db: &Db, waiting: Vec<Failed>) {
    if waiting.is_empty() {
        return;
    }
    let n = waiting.len();
    if let Err(e) = db.write(move |tx| store::insert(tx, &waiting)).await {
        tracing::warn!(error = %e, count = n, "sign-ins that failed could not be noted");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(failures: &Failures, from: &str, at: i64) {
        let address = from.parse().ok();
        failures.note(Cause::Password, Some("ann".to_owned()), address, Millis(at));
    }

    fn waiting(failures: &Failures, at: i64) -> (usize, Vec<(i64, i64)>) {
        let mut minute = failures.0.lock().unwrap();
        minute.go_on(Millis(at));
        let (mut ones, mut dropped) = (0, Vec::new());
        for failed in std::mem::take(&mut minute.waiting) {
            match failed {
                Failed::One { .. } => ones += 1,
                Failed::Dropped { at, times } => dropped.push((at.0, times)),
            }
        }
        (ones, dropped)
    }

    #[test]
    fn of_an_address_and_of_a_minute_so_many_are_kept() {
        let failures = Failures::default();
        for n in 0..25 {
            // Its neighbours in a network of IPv6 are the same guesser.
            guess(&failures, &format!("2001:db8::{n:x}"), 60_000);
        }
        assert_eq!(waiting(&failures, 60_000), (10, vec![]));
        for n in 0..1000 {
            guess(&failures, &format!("10.0.{}.{}", n / 250, n % 250), 119_999);
        }
        assert_eq!(waiting(&failures, 119_999), (20, vec![]));
        assert_eq!(waiting(&failures, 120_000), (0, vec![(119_999, 995)]));
        guess(&failures, "10.0.0.1", 120_000);
        assert_eq!(waiting(&failures, 180_000), (1, vec![]));
    }

    #[test]
    fn a_flood_of_what_is_not_even_tried_hides_no_guess() {
        let failures = Failures::default();
        for n in 0..1000 {
            let address = format!("10.0.{}.{}", n / 250, n % 250).parse().ok();
            failures.note(Cause::Throttled, None, address, Millis(60_000));
        }
        guess(&failures, "10.9.9.9", 60_001);
        assert_eq!(waiting(&failures, 60_001), (11, vec![]));
        assert_eq!(waiting(&failures, 120_000), (0, vec![(119_999, 990)]));
    }
}
