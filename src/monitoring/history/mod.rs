//! History: how a terminal's status changed, kept when it changes.
//!
//! A change is told by what appeared, changed and vanished, path by path. Gauges that move by
//! themselves (battery, signal, free storage, offline transactions that wait) are no change by themselves. Of each terminal the newest
//! 1,000 changes are kept, for 400 days.
pub(super) mod api;
mod model;
mod ops;
mod panel;
mod store;

pub use ops::{forget, seed, status_changed};
pub use panel::panel;
