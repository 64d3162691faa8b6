//! Renewal of certificates, in two steps, so that no terminal is ever left with a key that nobody
//! knows: it asks for a certificate for its next key over a connection that it has, and is *offered*
//! one; by *confirming* it over a connection made with it, it puts it in force, and the credential of
//! before ends there. A terminal that holds a token may change over to a certificate in the same way.
//!
//! A job asks terminals in time, by work of a kind of its own.
mod ask_ops;
mod error;
mod ops;
mod store;

pub(super) use ask_ops::LINK;
pub use ask_ops::ask;
pub use error::Error;
pub(super) use ops::{Confirmed, Offered, confirm, offer};
pub(super) use store::{offered_to, withdraw};
