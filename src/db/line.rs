//! A bounded line that is counted: who stands at either end knows how many wait in between.
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

#[derive(Default)]
struct Counts {
    now: AtomicUsize,
    ever: AtomicUsize,
}

impl Counts {
    fn join(&self) {
        self.now.fetch_add(1, Ordering::Relaxed);
        self.ever.fetch_add(1, Ordering::Relaxed);
        waiting().increment(1.0);
    }

    fn leave(&self) {
        self.now.fetch_sub(1, Ordering::Relaxed);
        waiting().decrement(1.0);
    }
}

fn waiting() -> metrics::Gauge {
    metrics::gauge!("posfleet_db_waiting")
}

/// Where one joins it. Clones share it.
pub(super) struct Entrance<T> {
    to: SyncSender<T>,
    counts: Arc<Counts>,
}

impl<T> Clone for Entrance<T> {
    fn clone(&self) -> Self {
        Self {
            to: self.to.clone(),
            counts: Arc::clone(&self.counts),
        }
    }
}

/// Where it is served.
pub(super) struct Exit<T> {
    from: Receiver<T>,
    counts: Arc<Counts>,
}

/// A line for so many at once.
pub(super) fn line<T>(places: usize) -> (Entrance<T>, Exit<T>) {
    let (to, from) = sync_channel(places);
    let counts = Arc::new(Counts::default());
    let entrance = Entrance {
        to,
        counts: Arc::clone(&counts),
    };
    (entrance, Exit { from, counts })
}

impl<T> Entrance<T> {
    pub(super) fn try_join(&self, one: T) -> Result<(), TrySendError<T>> {
        // First, so that whoever takes it out finds it counted.
        self.counts.join();
        self.to.try_send(one).inspect_err(|_| self.counts.leave())
    }

    /// Whether somebody waits.
    pub(super) fn is_awaited(&self) -> bool {
        self.counts.now.load(Ordering::Relaxed) > 0
    }

    /// How many came so far, those included for whom there was no place.
    pub(super) fn ever_waited(&self) -> usize {
        self.counts.ever.load(Ordering::Relaxed)
    }
}

impl<T> Exit<T> {
    /// The next one; `None` when nobody is left who could bring one.
    pub(super) fn take(&self) -> Option<T> {
        let one = self.from.recv().ok()?;
        self.counts.leave();
        Some(one)
    }

    /// One that waits already.
    pub(super) fn take_now(&self) -> Option<T> {
        let one = self.from.try_recv().ok()?;
        self.counts.leave();
        Some(one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_is_counted_until_he_is_served() {
        let (entrance, exit) = line(2);
        assert!(!entrance.is_awaited());
        for one in [1, 2] {
            entrance.try_join(one).unwrap();
        }
        let refused = entrance.try_join(3);
        assert!(matches!(refused, Err(TrySendError::Full(3))));
        assert_eq!(exit.take(), Some(1));
        assert!(entrance.is_awaited());
        assert_eq!(exit.take_now(), Some(2));
        assert!(!entrance.is_awaited() && exit.take_now().is_none());
        assert_eq!(entrance.ever_waited(), 3);
        drop(entrance);
        assert_eq!(exit.take(), None);
    }
}
