//! Contact: the hot path of every check-in and long poll, presence, and what a terminal tells of
//! itself.
//!
//! A check-in with nothing new costs one guarded `UPDATE` of one narrow row, which carries the
//! credential's hash in its `WHERE`. Everything else happens only when something changed: a
//! presence (with its counters and its event), a status, a session, work to tell.
mod model;
mod ops;
mod read_store;
mod receive;
mod store;
mod touch_store;

pub(super) use model::{Brought, Knock, Session, Status, What};
pub use model::{Contact, Reported, SessionSeen, Told};
pub use ops::sweep;
pub(super) use ops::{admit, find_sessions, moved, place, place_many, shut_out, withdraw};
pub use read_store::{Seen, contact, presence_counts, presences_of, reported, seen_of, sessions};
pub(super) use receive::{Answer, let_in, receive};
pub(super) use store::{admitted, lock};
