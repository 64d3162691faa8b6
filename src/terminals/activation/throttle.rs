//! Slows down who guesses activation codes: by the TID that is claimed, and by address, as nobody
//! is known yet.
//!
//! Only failures are counted, because a whole shop, or a whole fleet on its first day, activates
//! from one address. A usual rate limiter can only count and ask in one step, so this one is ours.
//! Per node: several nodes allow several times as much, and the three attempts of a code hold on
//! all of them together.
use crate::clock::Millis;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Failures that may come at once, and after how many milliseconds one is forgiven.
struct Allowance {
    burst: f64,
    forgive_ms: f64,
}

const PER_TID: Allowance = Allowance {
    burst: 100.0,
    forgive_ms: 6_000.0,
};
const PER_ADDRESS: Allowance = Allowance {
    burst: 300.0,
    forgive_ms: 1_000.0,
};
/// Keys kept at once; beyond that the forgiven ones are dropped, then all of them.
const KEPT: usize = 20_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Tid(String),
    Address(IpAddr),
}

impl Key {
    fn allowance(&self) -> &'static Allowance {
        match self {
            Self::Tid(_) => &PER_TID,
            Self::Address(_) => &PER_ADDRESS,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Debt {
    failures: f64,
    at: Millis,
}

impl Debt {
    fn now(self, allowance: &Allowance, now: Millis) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of minutes")]
        let passed = now.since(self.at).max(0) as f64;
        (self.failures - passed / allowance.forgive_ms).max(0.0)
    }
}

/// Failures of this node.
#[derive(Debug, Default)]
pub(in crate::terminals) struct Throttle(Mutex<HashMap<Key, Debt>>);

impl Throttle {
    /// Seconds to wait before another try, if any.
    pub(in crate::terminals) fn wait(
        &self,
        tid: &str,
        from: Option<IpAddr>,
        now: Millis,
    ) -> Option<u32> {
        let debts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys(tid, from)
            .filter_map(|key| {
                let allowance = key.allowance();
                let over = debts.get(&key)?.now(allowance, now) + 1.0 - allowance.burst;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "positive, and seconds of minutes"
                )]
                let wait = (over * allowance.forgive_ms / 1_000.0).ceil() as u32;
                (over > 0.0).then_some(wait.max(1))
            })
            .max()
    }

    /// Counts a failure.
    pub(in crate::terminals) fn failed(&self, tid: &str, from: Option<IpAddr>, now: Millis) {
        let mut debts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if debts.len() >= KEPT {
            debts.retain(|key, debt| debt.now(key.allowance(), now) > 0.0);
            if debts.len() >= KEPT {
                debts.clear();
            }
        }
        for key in keys(tid, from) {
            let allowance = key.allowance();
            let debt = debts.entry(key).or_insert(Debt {
                failures: 0.0,
                at: now,
            });
            *debt = Debt {
                failures: debt.now(allowance, now) + 1.0,
                at: now,
            };
        }
    }
}

fn keys(tid: &str, from: Option<IpAddr>) -> impl Iterator<Item = Key> {
    let tid = Key::Tid(tid.chars().take(crate::ids::TID_MAX).collect());
    std::iter::once(tid).chain(from.map(|ip| Key::Address(network(ip))))
}

/// One customer of IPv6 commands a whole /64, so that is counted as one address.
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(six) => IpAddr::V6((u128::from(six) & !u128::from(u64::MAX)).into()),
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_counted_and_forgiven() {
        let throttle = Throttle::default();
        let ip: IpAddr = "10.1.2.3".parse().unwrap();
        let now = Millis(0);
        for _ in 0..100 {
            assert_eq!(throttle.wait("T1", Some(ip), now), None);
            throttle.failed("T1", Some(ip), now);
        }
        assert_eq!(throttle.wait("T1", Some(ip), now), Some(6));
        assert_eq!(throttle.wait("T2", Some(ip), now), None, "another terminal");
        for _ in 0..200 {
            throttle.failed("T2", Some(ip), now);
        }
        assert_eq!(throttle.wait("T3", Some(ip), now), Some(1), "that address");
        assert_eq!(throttle.wait("T3", None, now), None);
        assert_eq!(throttle.wait("T1", None, Millis(6_000)), None, "forgiven");
    }

    #[test]
    fn one_customer_of_ipv6_is_one_address() {
        let one: IpAddr = "2001:db8:1:2::1".parse().unwrap();
        let two: IpAddr = "2001:db8:1:2:ffff::9".parse().unwrap();
        assert_eq!(network(one), network(two));
        let four: IpAddr = "::ffff:10.0.0.1".parse().unwrap();
        assert_eq!(network(four), "10.0.0.1".parse::<IpAddr>().unwrap());
    }
}
