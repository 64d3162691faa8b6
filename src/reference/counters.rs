//! What a fleet did, counted while it runs.
use super::terminal::Note;
use super::wire::State;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Buckets of answer times: each holds times up to a quarter longer than the one before, from 0.1 ms
/// to over a minute.
const BUCKETS: usize = 64;
const STEP: f64 = 1.25;
const FIRST_MS: f64 = 0.1;

/// Shared by all terminals of a fleet.
#[derive(Debug)]
pub struct Counters {
    pub activated: AtomicU64,
    pub check_ins: AtomicU64,
    pub statuses: AtomicU64,
    pub listened: AtomicU64,
    pub woken: AtomicU64,
    pub offered: AtomicU64,
    pub done: AtomicU64,
    pub failed: AtomicU64,
    pub resumed: AtomicU64,
    pub installed: AtomicU64,
    pub installed_bytes: AtomicU64,
    /// Lines that failed and came back.
    pub outages: AtomicU64,
    /// Terminals that gave up for good.
    pub gave_up: AtomicU64,
    faults: Mutex<BTreeMap<String, u64>>,
    took: [AtomicU64; BUCKETS],
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            activated: AtomicU64::default(),
            check_ins: AtomicU64::default(),
            statuses: AtomicU64::default(),
            listened: AtomicU64::default(),
            woken: AtomicU64::default(),
            offered: AtomicU64::default(),
            done: AtomicU64::default(),
            failed: AtomicU64::default(),
            resumed: AtomicU64::default(),
            installed: AtomicU64::default(),
            installed_bytes: AtomicU64::default(),
            outages: AtomicU64::default(),
            gave_up: AtomicU64::default(),
            faults: Mutex::default(),
            took: [const { AtomicU64::new(0) }; BUCKETS],
        }
    }
}

fn add(counter: &AtomicU64, n: u64) {
    counter.fetch_add(n, Ordering::Relaxed);
}

impl Counters {
    /// Counts what one terminal did.
    pub fn note(&self, note: &Note<'_>) {
        match note {
            Note::Activated => add(&self.activated, 1),
            Note::CheckedIn {
                took,
                work,
                with_status,
                ..
            } => {
                add(&self.check_ins, 1);
                add(&self.statuses, u64::from(*with_status));
                add(&self.offered, *work as u64);
                add(&self.took[bucket(*took)], 1);
            }
            Note::Listened { woken } => {
                add(&self.listened, 1);
                add(&self.woken, u64::from(*woken));
            }
            Note::Resumed { .. } => add(&self.resumed, 1),
            Note::Installed { bytes, .. } => {
                add(&self.installed, 1);
                add(&self.installed_bytes, *bytes);
            }
            Note::Reported { state, .. } => match state {
                State::Done => add(&self.done, 1),
                State::Failed | State::Refused => add(&self.failed, 1),
                _ => {}
            },
            Note::Fault(fault) => {
                let kind = match fault.code() {
                    Some("") => "refused without a code",
                    Some(code) => code,
                    None => "no answer",
                };
                let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
                *faults.entry(kind.to_owned()).or_default() += 1;
            }
            Note::Waits(_) | Note::Configured(_) | Note::Renewed | Note::Logged { .. } => {}
        }
    }

    pub(super) fn outage(&self) {
        add(&self.outages, 1);
    }

    pub(super) fn give_up(&self) {
        add(&self.gave_up, 1);
    }

    /// Faults by code; `no answer` for those of the network.
    #[must_use]
    pub fn faults(&self) -> BTreeMap<String, u64> {
        self.faults
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The time within which this share of the check-ins was answered, the terminals' own latency
    /// included.
    #[must_use]
    pub fn within(&self, share: f64) -> Option<Duration> {
        let counts: Vec<u64> = self
            .took
            .iter()
            .map(|n| n.load(Ordering::Relaxed))
            .collect();
        let total: u64 = counts.iter().sum();
        let mut seen = 0;
        for (i, n) in counts.iter().enumerate() {
            seen += n;
            if *n > 0 && ratio(seen, total) >= share {
                return Some(Duration::from_secs_f64(upper_ms(i) / 1000.0));
            }
        }
        None
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a share of a count needs no 53 bits"
)]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn bucket(took: Duration) -> usize {
    let ms = took.as_secs_f64() * 1000.0;
    (0..BUCKETS)
        .find(|i| ms <= upper_ms(*i))
        .unwrap_or(BUCKETS - 1)
}

fn upper_ms(bucket: usize) -> f64 {
    FIRST_MS * STEP.powi(i32::try_from(bucket).unwrap_or(i32::MAX))
}

impl fmt::Display for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        write!(
            f,
            "{} activated · {} check-ins ({} with status) · {} woken of {} long polls · \
             {} licences ({} resumed) · {} done, {} failed · {} outages",
            n(&self.activated),
            n(&self.check_ins),
            n(&self.statuses),
            n(&self.woken),
            n(&self.listened),
            n(&self.installed),
            n(&self.resumed),
            n(&self.done),
            n(&self.failed),
            n(&self.outages),
        )?;
        if let (Some(half), Some(most)) = (self.within(0.5), self.within(0.99)) {
            write!(f, " · check-in p50 {half:.1?}, p99 {most:.1?}")?;
        }
        for (kind, times) in self.faults() {
            write!(f, " · {kind} ×{times}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_right_to_a_quarter() {
        let counters = Counters::default();
        assert_eq!(counters.within(0.5), None);
        for ms in 1..=100 {
            counters.note(&Note::CheckedIn {
                took: Duration::from_millis(ms),
                work: 0,
                with_status: false,
                next: Duration::ZERO,
            });
        }
        let half = counters.within(0.5).unwrap().as_millis();
        assert!((50..=63).contains(&half), "{half}");
        let most = counters.within(0.99).unwrap().as_millis();
        assert!((99..=125).contains(&most), "{most}");
    }
}
