//! Credentials: a terminal's bearer token, of which only the hash is kept, and every refusal.
//!
//! A terminal holds one live credential at most: its hash stands in the hot row. Every credential
//! ever issued stays on record, so that a revoked one is known for whose it was, and the last
//! refusals of each terminal answer "why can't it connect?".
mod model;
mod ops;
mod store;

pub use model::{Credential, Refusal, Refused, RevokedWhy, Stranger};
pub(super) use ops::{is_known, issue, refusal, revoke, turn_away};
pub(super) use store::{has_live, is_live, turn_stranger_away};
pub use store::{list as list_credentials, refusals, strangers};
