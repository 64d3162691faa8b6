//! Group commit of contacts: whoever comes while a group is being written waits for the next one.
//!
//! One group is in flight. It takes along all who wait at the moment it really begins, and
//! when it is durable the next begins at once, on the database's own thread: no task and no timer
//! stand in between. A group that fails by a fault (not by load) is tried again one by one, so that
//! one contact that cannot be stored does not take the others with it.
use super::counter::{self, ReplyTo};
use crate::clock::Clock;
use crate::db::{Db, Error, Tx};
use crate::terminals::contact::{self, Answer, Knock};
use crate::terminals::work::Handlers;
use anyhow::anyhow;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Contacts that may wait in one lane; one more is told "busy" early instead of late.
const PLACES: usize = 4096;
/// The most contacts of one group.
const GROUP: usize = 256;

struct Waiting {
    knock: Knock,
    reply: ReplyTo,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    /// To be tried one by one.
    alone: VecDeque<Waiting>,
    is_running: bool,
}

impl Queue {
    fn take_group(&mut self) -> Vec<Waiting> {
        if let Some(one) = self.alone.pop_front() {
            return vec![one];
        }
        let n = self.waiting.len().min(GROUP);
        self.waiting.drain(..n).collect()
    }

    /// Everyone, and the lane stands still: the database took no group at all.
    fn give_up(&mut self) -> impl Iterator<Item = Waiting> + use<> {
        self.is_running = false;
        let alone = std::mem::take(&mut self.alone);
        alone.into_iter().chain(std::mem::take(&mut self.waiting))
    }

    fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.alone.is_empty()
    }
}

pub(super) struct Lane {
    db: Db,
    clock: Clock,
    handlers: Arc<Handlers>,
    queue: Mutex<Queue>,
}

/// A group on its way through the database. Dropped without an answer (the runtime went away), it
/// tells everyone and leaves the lane free.
struct Group {
    lane: Arc<Lane>,
    members: Mutex<Vec<Waiting>>,
    is_answered: AtomicBool,
}

impl Lane {
    pub(super) fn new(db: Db, clock: Clock, handlers: Arc<Handlers>) -> Arc<Self> {
        Arc::new(Self {
            db,
            clock,
            handlers,
            queue: Mutex::default(),
        })
    }

    pub(super) async fn knock(self: &Arc<Self>, knock: Knock) -> Result<Answer, Error> {
        let (reply, waiting) = counter::reply_here();
        let begins = {
            let mut queue = self.queue();
            if queue.waiting.len() >= PLACES {
                return Err(Error::Busy(anyhow!("{PLACES} contacts are waiting")));
            }
            queue.waiting.push_back(Waiting { knock, reply });
            !std::mem::replace(&mut queue.is_running, true)
        };
        if begins {
            self.begin();
        }
        waiting
            .await
            .map_err(|_| Error::Busy(anyhow!("the group of this contact was lost")))?
    }

    /// Sends the next group into the database. The lane is marked as running.
    fn begin(self: &Arc<Self>) {
        let group = Arc::new(Group {
            lane: Arc::clone(self),
            members: Mutex::default(),
            is_answered: AtomicBool::new(false),
        });
        let inside = Arc::clone(&group);
        self.db.write_then(
            move |tx| inside.receive(tx),
            move |result| group.answer(result),
        );
    }

    /// The group before is done: the next one, if anybody waits.
    fn go_on(self: &Arc<Self>) {
        let goes_on = {
            let mut queue = self.queue();
            queue.is_running = !queue.is_empty();
            queue.is_running
        };
        if goes_on {
            self.begin();
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Group {
    fn members(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn receive(&self, tx: &mut Tx) -> Result<Vec<Answer>, Error> {
        let mut members = self.members();
        *members = self.lane.queue().take_group();
        let knocks: Vec<&Knock> = members.iter().map(|waiting| &waiting.knock).collect();
        metrics::histogram!("posfleet_contact_group_size")
            .record(f64::from(u32::try_from(knocks.len()).unwrap_or(u32::MAX)));
        let now = self.lane.clock.now();
        contact::receive(tx, &self.lane.handlers, &knocks, now)
    }

    fn answer(&self, result: Result<Vec<Answer>, Error>) {
        self.is_answered.store(true, Ordering::Release);
        let members = std::mem::take(&mut *self.members());
        match result {
            Ok(answers) => counter::deliver(
                members
                    .into_iter()
                    .map(|waiting| waiting.reply)
                    .zip(answers.into_iter().map(Ok)),
            ),
            Err(Error::Fault(cause) | Error::ZeroByte(cause)) if members.len() > 1 => {
                tracing::warn!(error = %format_args!("{cause:#}"), contacts = members.len(),
                    "a group of contacts failed; trying them one by one");
                self.lane.queue().alone.extend(members);
            }
            // Refused before it took anybody along: to begin again at once would only turn in
            // circles, on the database's own thread. Whoever waits is told, and comes back.
            Err(cause) if members.is_empty() => {
                let waiting: Vec<Waiting> = self.lane.queue().give_up().collect();
                refuse(waiting, &cause);
                return;
            }
            Err(cause) => refuse(members, &cause),
        }
        self.lane.go_on();
    }
}

fn refuse(members: Vec<Waiting>, cause: &Error) {
    counter::deliver(
        members
            .into_iter()
            .map(|waiting| (waiting.reply, Err(cause.copy()))),
    );
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.is_answered.load(Ordering::Acquire) {
            return;
        }
        // Whoever waits is told by the drop of his place.
        *self.lane.queue() = Queue::default();
    }
}
