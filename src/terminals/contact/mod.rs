//! Contact: the hot path of every check-in and long poll, presence, and what a terminal tells of
//! itself.
//!
//! A check-in with nothing new costs one guarded `UPDATE` of one narrow row, which carries the
//! credential's hash in its `WHERE`. Everything else happens only when something changed: a
//! presence (with its counters and its event), a status, a session, work to tell.
mod model;
mod ops;
mod receive;
mod store;
mod touch_store;

pub use model::{Brought, Contact, Knock, Reported, Session, SessionSeen, Status, Told, What};
pub use ops::{admit, moved, place, set_interval, shut_out, sweep, withdraw};
pub(super) use receive::let_in;
pub use receive::{Answer, receive};
pub(super) use store::{admitted, lock};
pub use store::{contact, presence_counts, reported, sessions};
