//! Slows down guessing of passwords: per address first, then per login, before any hash is
//! computed. A session that is already there is never asked, and a browser in which an operator has
//! signed in before has a count of its own, so nobody can be locked out by a stranger's guesses.
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

/// Keys that a limiter holds before those at rest are swept out.
const SWEEP_ABOVE: usize = 10_000;

/// The limits of signing in. They count on this node alone: a second node doubles what a guesser
/// gets, which is still far too little for him.
pub(super) struct Throttle {
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    logins: DefaultKeyedRateLimiter<String>,
}

/// Seconds after which the next try is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMany(pub u32);

/// Whose tries are counted together, beside those of the address.
#[derive(Debug, Clone, Copy)]
pub(super) enum Account<'a> {
    /// Tries for a login from browsers that never signed in as it.
    Strangers(&'a str),
    /// Tries from one browser that did.
    Known(&'a str),
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            addresses: RateLimiter::keyed(quota(40, 3)),
            logins: RateLimiter::keyed(quota(10, 30)),
        }
    }
}

/// `burst` tries at once, then one more every `seconds`.
fn quota(burst: u32, seconds: u64) -> Quota {
    Quota::with_period(Duration::from_secs(seconds))
        .unwrap_or(Quota::per_second(NonZeroU32::MIN))
        .allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN))
}

impl Throttle {
    /// Counts one try from an address.
    pub(super) fn address(&self, from: Option<IpAddr>) -> Result<(), TooMany> {
        from.map_or(Ok(()), |ip| check(&self.addresses, &network(ip)))
    }

    /// Counts one try for an account.
    pub(super) fn account(&self, whose: Account) -> Result<(), TooMany> {
        let key = match whose {
            Account::Strangers(login) => format!("login {login}"),
            Account::Known(browser) => format!("browser {browser}"),
        };
        check(&self.logins, &key)
    }
}

fn check<K: std::hash::Hash + Eq + Clone>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
) -> Result<(), TooMany> {
    if limiter.len() > SWEEP_ABOVE {
        limiter.retain_recent();
    }
    limiter.check_key(key).map_err(|until| {
        let wait = until.wait_time_from(DefaultClock::default().now());
        TooMany(
            u32::try_from(wait.as_secs())
                .unwrap_or(u32::MAX)
                .saturating_add(1),
        )
    })
}

/// One customer of IPv6 commands a whole /64, so that is counted as one address.
pub(super) fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(
            || IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
            IpAddr::V4,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_guesses_do_not_count_against_a_known_browser() {
        let throttle = Throttle::default();
        for _ in 0..10 {
            throttle.account(Account::Strangers("ann")).unwrap();
        }
        let TooMany(wait) = throttle.account(Account::Strangers("ann")).unwrap_err();
        assert!((1..=31).contains(&wait), "{wait}");
        throttle.account(Account::Strangers("bob")).unwrap();
        throttle.account(Account::Known("ann's laptop")).unwrap();
    }

    #[test]
    fn a_whole_v6_network_is_one_address() {
        let throttle = Throttle::default();
        for host in 0..40 {
            let ip = format!("2001:db8::{host:x}").parse().ok();
            throttle.address(ip).unwrap();
        }
        assert!(throttle.address("2001:db8::ffff".parse().ok()).is_err());
        assert!(throttle.address("2001:db8:0:1::1".parse().ok()).is_ok());
    }
}
