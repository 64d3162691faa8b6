//! The second factor of an operator: an authenticator program (TOTP, RFC 6238), with recovery codes on
//! paper for the day it is lost.
//!
//! ```text
//! none ──(a code from the new program)──► set up ──(off, by the operator; reset, by others)──► none
//! ```
//! Whoever has set one up is asked for it after his password; a role may demand that its holders have
//! one, and then none of their sessions lives without. The program's key is stored sealed, recovery
//! codes as keyed hashes. A code of six digits counts once, and so does a recovery code.
mod ops;
mod page;
mod proof;
mod store;

pub(super) use ops::{How, Verdict, enrol, prove};
pub(super) use page::{codes_once, routes, shown};
pub(super) use proof::Offer;
pub(super) use store::{delete, forgive, has, holders};
