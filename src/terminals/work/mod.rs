//! Work: what a terminal is to do, from the operator's wish to the terminal's own proof.
//!
//! Any slice gives work by [`assign`]; kind, link and payload stand in the row, so answering a
//! check-in asks no slice. The end of a work item reaches its slice through [`Handlers`].
mod error;
mod handlers;
mod model;
mod ops;
mod store;
#[cfg(test)]
mod tests;

pub use error::Error;
pub use handlers::{
    Choice, Finished, Handlers, OnChange, OnOutcome, OnReplacement, OnStatus, Replaced,
};
pub use model::{Item, NewWork, State};
pub(super) use model::{Said, Step};
pub use ops::{assign, cancel, hold, tend};
pub(super) use ops::{cancel_all, has_news, offer, report};
pub(super) use store::moved;
pub use store::{count_open, find, list, numbered};
