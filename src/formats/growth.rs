//! Whether what cleans a log takes about eight times as long for eight times as much: of whatever a log is made, no
//! terminal may keep the server busy with a few of its bytes.
use std::time::{Duration, Instant};

const SMALL: usize = 8 << 10;
const TIMES: usize = 8;
/// What grows with the square would come to 64.
const MOST: f64 = 32.0;

/// Runs of the larger log that may be held up by what else the machine does, before it is found uneven.
const TRIES: usize = 24;

/// Asks that of `work`, with logs of a size. The quickest run counts, for others may be at work on the machine: they
/// hold up a long run more often than a short one.
pub(super) fn is_even(name: &str, log: impl Fn(usize) -> Vec<u8>, work: impl Fn(&[u8])) {
    let (small, large) = (log(SMALL), log(SMALL * TIMES));
    let time = |log: &[u8]| {
        let begun = Instant::now();
        work(log);
        begun.elapsed()
    };
    let shortest = (0..5).map(|_| time(&small)).min().unwrap_or_default();
    let most = shortest.max(Duration::from_micros(10)).mul_f64(MOST);
    assert!(
        (0..TRIES).any(|_| time(&large) < most),
        "{name}: more than {MOST} times as long for {TIMES} times as much"
    );
}

/// The same thing over and over.
pub(super) fn repeated(unit: &[u8], size: usize) -> Vec<u8> {
    unit.iter().copied().cycle().take(size).collect()
}
