//! Who may send logs at once. A terminal sends one at a time, so that it holds one place of those that there are,
//! however slowly it sends; whoever waits for bytes keeps nobody else from being worked on.
use crate::context::Ctx;
use crate::ids::TerminalId;
use crate::monitoring::Error;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

/// Uploads that are open, each of which may hold a piece.
static OPEN: Semaphore = Semaphore::const_new(2_000);
/// Pieces that are cleaned and kept at once; others wait.
static WORKED_ON: Semaphore = Semaphore::const_new(128);
/// How long an upload waits for the one before it to end: that may be one whose connection has just broken.
const PATIENCE: Duration = Duration::from_secs(3);

/// Which server it is: tests run many in one process.
pub(super) fn server(ctx: &Ctx) -> usize {
    ctx.base_url.as_ptr().addr()
}

/// A terminal of a server.
type Key = (usize, TerminalId);

static SENDING: Mutex<BTreeSet<Key>> = Mutex::new(BTreeSet::new());
static ENDED: Notify = Notify::const_new();

fn sending() -> MutexGuard<'static, BTreeSet<Key>> {
    SENDING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// That this terminal sends, until it is let go.
struct Alone(Key);

impl Alone {
    fn begin(key: Key) -> Option<Self> {
        let is_free = sending().insert(key);
        // Not `then_some`: what is not let in must not be let go.
        is_free.then(|| Self(key))
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        sending().remove(&self.0);
        ENDED.notify_waiters();
    }
}

/// The right to send one log.
pub(super) struct Turn {
    _alone: Alone,
    _open: SemaphorePermit<'static>,
}

/// The turn of a terminal.
///
/// # Errors
/// [`Error::Crowded`] when it sends another log and does not end, or too many terminals send.
pub(super) async fn enter(ctx: &Ctx, terminal: TerminalId) -> Result<Turn, Error> {
    let key = (server(ctx), terminal);
    let entering = async {
        let alone = loop {
            let ended = ENDED.notified();
            match Alone::begin(key) {
                Some(alone) => break alone,
                None => ended.await,
            }
        };
        let open = OPEN.acquire().await;
        open.map(|open| Turn {
            _alone: alone,
            _open: open,
        })
    };
    let entered = tokio::time::timeout(PATIENCE, entering).await;
    entered.ok().and_then(Result::ok).ok_or(Error::Crowded)
}

/// A place among those whose pieces are worked on.
pub(super) async fn work() -> Result<SemaphorePermit<'static>, Error> {
    // Never closed.
    WORKED_ON.acquire().await.map_err(|_| Error::Crowded)
}
