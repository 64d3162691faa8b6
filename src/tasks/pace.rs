//! How tasks write without holding up everybody else: one chunk at a time, each short, and a rest
//! after it.
use crate::context::Ctx;
use crate::db::{self, Db, Tx};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long a chunk may hold the write lock where there is one for all if nobody comes to wait for it, in
/// microseconds: the least while others write as well, the most while nobody does. What a chunk adds (audit,
/// events, the commit) takes as long again.
const HOLD_US: std::ops::RangeInclusive<u32> = 1_000..=15_000;
/// How long it may hold its own rows where others go on beside it.
const HOLD_ROWS: Duration = Duration::from_millis(80);
/// The longest time left to others after a chunk.
const REST: Duration = Duration::from_millis(200);

/// Whose chunk it is. Tasks that write take turns, chunk by chunk and first come first served: several
/// of them at once burden the others no more than one does, and never wait for each other's rows.
static TURN: Mutex<()> = Mutex::const_new(());

/// The hold of the next chunk, in microseconds: half as long after one that somebody waited for, a
/// quarter longer after one that nobody did. So it settles where a fourth of them is waited for.
static NEXT_US: AtomicU32 = AtomicU32::new(*HOLD_US.start());

fn adapted(held_us: u32, was_awaited: bool) -> u32 {
    let next = if was_awaited {
        held_us / 2
    } else {
        held_us + held_us / 4
    };
    next.clamp(*HOLD_US.start(), *HOLD_US.end())
}

/// How long a chunk may go on.
pub struct Hold {
    db: Db,
    until: Instant,
}

impl Hold {
    /// Whether the chunk should end where it is: its time is up, or somebody waits for the writer.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.db.is_awaited() || Instant::now() >= self.until
    }

    /// The same behind a row that others may wait for, such as that of a terminal which checks in. Where
    /// they write beside it, it is held for no other row's sake, so that no two are ever held in two orders.
    #[must_use]
    pub fn is_over_behind_shared(&self) -> bool {
        !self.db.has_one_writer() || self.is_over()
    }
}

/// Runs a chunk of a task in a transaction of its own, in its turn, and leaves time to others after it.
/// `f` does one thing at least, and ends once its hold is over.
///
/// # Errors
/// What `f` says; then all it did is undone.
pub async fn write_chunk<T, E>(
    ctx: &Ctx,
    f: impl FnOnce(&mut Tx, &Hold) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<db::Error> + Send + 'static,
{
    let _turn = TURN.lock().await;
    let hold_us = NEXT_US.load(Ordering::Relaxed);
    let (hold, share) = if ctx.db.has_one_writer() {
        (Duration::from_micros(hold_us.into()), 2)
    } else {
        (HOLD_ROWS, 4)
    };
    let (begun, waited_before) = (Instant::now(), ctx.db.ever_waited());
    let db = ctx.db.clone();
    let written = ctx.db.write(move |tx| {
        let begun = Instant::now();
        let until = begun + hold;
        let result = f(tx, &Hold { db, until });
        metrics::histogram!("posfleet_task_chunk_seconds").record(begun.elapsed().as_secs_f64());
        result
    });
    let result = written.await;
    // The chunk itself stood in the line as well.
    let was_awaited = ctx.db.ever_waited() > waited_before + 1;
    NEXT_US.store(adapted(hold_us, was_awaited), Ordering::Relaxed);
    tokio::time::sleep((begun.elapsed() / share).min(REST)).await;
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_is_short_while_others_wait_and_grows_while_nobody_does() {
        let mut hold = adapted(*HOLD_US.start(), true);
        assert_eq!(hold, *HOLD_US.start());
        for _ in 0..20 {
            hold = adapted(hold, false);
        }
        assert_eq!(hold, *HOLD_US.end());
        assert_eq!(adapted(hold, true), hold / 2);
    }
}
