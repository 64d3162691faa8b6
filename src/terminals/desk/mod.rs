//! The desk that terminals come to: one per node, shared by all its workers.
//!
//! Contacts queue up in memory and are received in groups, each group one durable transaction; an
//! answer leaves after its commit. Parked long polls hear here that work was assigned, by this node
//! or another.
mod counter;
mod ears;
mod lane;
mod pace;

pub(super) use ears::Parked;

use super::activation::Throttle;
use super::contact::{Answer, Knock};
use super::work::Handlers;
use crate::clock::{Clock, Millis};
use crate::db::{Db, Error};
use crate::events::Hub;
use crate::ids::Tid;
use crate::sealing::TokenHash;
use ears::Ears;
use lane::Lane;
use pace::Pace;
use std::net::IpAddr;
use std::sync::Arc;

/// Clones share it.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    /// One group at a time, on either engine. A second one in flight would halve the groups, and on
    /// PostgreSQL each would cost nearly as much as the whole (docs/benchmarks.md); and two that touch the
    /// same rows in different orders would wait for each other.
    lane: Arc<Lane>,
    ears: Ears,
    handlers: Arc<Handlers>,
    throttle: Throttle,
    pace: Pace,
}

impl Desk {
    /// `per_minute` is how often one terminal may ask.
    #[must_use]
    pub fn new(db: &Db, clock: &Clock, handlers: Handlers, per_minute: u32) -> Self {
        let handlers = Arc::new(handlers);
        let lane = Lane::new(db.clone(), clock.clone(), Arc::clone(&handlers));
        Self(Arc::new(Inner {
            lane,
            ears: Ears::default(),
            handlers: Arc::clone(&handlers),
            throttle: Throttle::default(),
            pace: Pace::new(per_minute),
        }))
    }

    /// Follows the events that wake parked terminals, until the future is dropped.
    pub async fn hear(&self, hub: Hub) {
        self.0.ears.hear(&hub).await;
    }

    /// What the slices do about outcomes, for jobs that end work.
    #[must_use]
    pub fn handlers(&self) -> Arc<Handlers> {
        Arc::clone(&self.0.handlers)
    }

    /// Receives one contact; returns when it is durable.
    ///
    /// # Errors
    /// `Busy` at once when too many are waiting already.
    pub(super) async fn knock(&self, knock: Knock) -> Result<Answer, Error> {
        self.0.lane.knock(knock).await
    }

    /// Where the ears stand now; asked for before the database is, so that what is assigned in
    /// between is not missed.
    pub(super) fn mark(&self) -> u64 {
        self.0.ears.mark()
    }

    /// Parks a terminal that had no work at `mark`; `None` when it has some by now.
    pub(super) fn park(&self, tid: &Tid, mark: u64) -> Option<Parked<'_>> {
        self.0.ears.park(tid, mark)
    }

    /// Seconds to wait when this terminal asks more often than any needs to.
    pub(super) fn too_often(&self, hash: &TokenHash) -> Option<u32> {
        self.0.pace.too_often(hash)
    }

    /// Seconds to wait before another activation may be tried.
    pub(super) fn must_wait(&self, tid: &str, from: Option<IpAddr>, now: Millis) -> Option<u32> {
        self.0.throttle.wait(tid, from, now)
    }

    /// Counts a failed activation.
    pub(super) fn failed(&self, tid: &str, from: Option<IpAddr>, now: Millis) {
        self.0.throttle.failed(tid, from, now);
    }
}
