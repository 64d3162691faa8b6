//! What happened, told to whoever follows: live pages, parked terminals, later webhooks.
//!
//! A change puts an event into the outbox in its own transaction ([`crate::db::Tx::emit`]), on
//! transitions only. Ids rise in commit order, so a reader that remembers the last id it saw
//! misses nothing. Each node's [`Hub`] reads on from there: at once after a commit of its own, and
//! a few times a second for what other nodes wrote. What is not worth a row is whispered to those who
//! listen to this node ([`Hub::whisper`]).
mod hub;
mod schema;
mod store;

pub use hub::{Happened, Hub};
pub use store::{append, latest, of_subject, purge};
