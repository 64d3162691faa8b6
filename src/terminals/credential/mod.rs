//! Credentials: a terminal's bearer token, of which only the hash is kept, or the key that its
//! certificate stands for; and every refusal.
//!
//! A terminal holds one live credential at most: its hash stands in the hot row. That of a key is
//! keyed, so that no token can be made whose hash it is. What the authority once signed is worth
//! nothing by itself: who it lets in says the hot row, at every request. Every credential
//! ever issued stays on record, so that a revoked one is known for whose it was, and the last
//! refusals of each terminal answer "why can't it connect?".
mod model;
mod ops;
mod store;

pub(super) use model::certificate_until;
pub use model::{Credential, CredentialKind, Refusal, Refused, RevokedWhy, Stranger};
pub(super) use ops::{
    New, hash_of_key, is_known, issue, refusal, renew, revoke, stranger, turn_away,
};
pub(super) use store::{has_lapsed, has_live, live, prolong, turn_stranger_away};
pub use store::{list as list_credentials, refusals, strangers};
