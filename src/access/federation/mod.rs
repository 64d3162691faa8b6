//! Signing in by an OpenID Connect provider (OpenID Connect Core 1.0, code flow with PKCE).
//!
//! ```text
//! "Continue with …" ─► provider ─► back ─► identity ─► operator ─► (second factor) ─► session
//!    state, nonce and verifier in a sealed cookie      │
//!                          known, or made by the groups he is in
//! ```
//! An operator whom the provider brought is governed by it: each time he comes, his groups say which
//! roles he holds. One who was here before and linked his account himself keeps what he was given here.
//! An account is never taken for another because the names agree.
mod arrival;
mod claims;
mod error;
mod flow;
mod page;
mod provider;
mod store;

pub use error::Error;
pub(super) use page::{routes, shown};
pub use provider::Provider;
pub(super) use store::{forget_own, is_governed};
