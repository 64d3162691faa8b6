//! Whether what cleans a log takes about eight times as long for eight times as much: of whatever a log is made, no
//! terminal may keep the server busy with a few of its bytes.
use std::time::{Duration, Instant};

const SMALL: usize = 8 << 10;
const TIMES: usize = 8;
/// What grows with the square would come to 64.
const MOST: f64 = 32.0;

/// Asks that of `work`, with logs of a size. The quickest of some runs counts, for others may be at work on the
/// machine.
pub(super) fn is_even(name: &str, log: impl Fn(usize) -> Vec<u8>, work: impl Fn(&[u8])) {
    let (small, large) = (log(SMALL), log(SMALL * TIMES));
    let time = |log: &[u8]| {
        let begun = Instant::now();
        work(log);
        begun.elapsed()
    };
    let best = |log: &[u8]| (0..3).map(|_| time(log)).min().unwrap_or(Duration::MAX);
    let ratio = || best(&large).as_secs_f64() / best(&small).as_secs_f64().max(1e-5);
    let found = (0..4).map(|_| ratio()).find(|ratio| *ratio < MOST);
    assert!(
        found.is_some(),
        "{name}: more than {MOST} times as long for {TIMES} times as much"
    );
}

/// The same thing over and over.
pub(super) fn repeated(unit: &[u8], size: usize) -> Vec<u8> {
    unit.iter().copied().cycle().take(size).collect()
}
