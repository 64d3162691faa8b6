//! Terminals: a TID is a place in a shop; the devices that served there are its history.
//!
//! The device side: a terminal proves itself once, then contacts us by
//! check-in and long poll, is told its work and reports what became of it.
mod model;
mod schema;

pub use model::{
    DEFAULT_INTERVAL_S, INTERVAL_S, Life, Presence, PresenceCounts, Terminal, next_check_in_s,
};
