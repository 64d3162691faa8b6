//! How tasks write without holding up everybody else: one chunk at a time, each short, and a rest
//! after it.
use crate::context::Ctx;
use crate::db::{self, Tx};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long a chunk may hold the write lock where there is one for all, and how long its own rows
/// where others go on beside it.
const HOLD: Duration = Duration::from_millis(15);
const HOLD_ROWS: Duration = Duration::from_millis(80);
/// The longest time left to others after a chunk.
const REST: Duration = Duration::from_millis(200);

/// Whose chunk it is. Tasks that write take turns, chunk by chunk and first come first served: several
/// of them at once burden the others no more than one does, and never wait for each other's rows.
static TURN: Mutex<()> = Mutex::const_new(());

/// Runs a chunk of a task in a transaction of its own, in its turn, and leaves time to others after it:
/// as much as it took where they had to wait. `f` should come to its end by the time it is given.
///
/// # Errors
/// What `f` says; then all it did is undone.
pub async fn write_chunk<T, E>(
    ctx: &Ctx,
    f: impl FnOnce(&mut Tx, Instant) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<db::Error> + Send + 'static,
{
    let _turn = TURN.lock().await;
    let (hold, share) = if ctx.db.has_one_writer() {
        (HOLD, 1)
    } else {
        (HOLD_ROWS, 4)
    };
    let begun = Instant::now();
    let written = ctx.db.write(move |tx| {
        let begun = Instant::now();
        let result = f(tx, begun + hold);
        metrics::histogram!("posfleet_task_chunk_seconds").record(begun.elapsed().as_secs_f64());
        result
    });
    let result = written.await;
    tokio::time::sleep((begun.elapsed() / share).min(REST)).await;
    result
}
