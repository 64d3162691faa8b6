//! Terminals: a TID is a place in a shop; the devices that served there are its history.
//!
//! The device side: a terminal proves itself once, then contacts us by check-in and long poll, is
//! told its work and reports what became of it.
mod activation;
mod audit;
mod contact;
mod credential;
mod model;
mod schema;
mod store;
mod work;

pub use activation::{
    Activation, Code, CodeState, Error as ActivationError, activation, make_code, void_code,
};
pub use contact::{
    Contact, Reported, SessionSeen, Told, contact, presence_counts, reported, sessions, sweep,
};
pub use credential::{
    Credential, Refusal, Refused, RevokedWhy, Stranger, list_credentials, refusals, revoke,
    strangers,
};
pub use model::{
    DEFAULT_INTERVAL_S, INTERVAL_S, Life, Presence, PresenceCounts, Terminal, next_check_in_s,
};
pub use work::{
    Error as WorkError, Finished, Handlers, Item, NewWork, OnOutcome, OnStatus, State as WorkState,
    assign, cancel, find as find_work, hold, list as list_work, tend,
};
