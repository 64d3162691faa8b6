//! Sessions of operators, kept on the server: a browser holds a random token, the database its
//! hash. A session ends by signing out, by two idle hours, after twelve hours in any case, when its
//! operator is disabled, and when his password changes.
//!
//! ```text
//! password (or one-time link) ──► challenge ──(second factor)──► session
//!                          └────────(none, and none demanded)──────▲
//! ```
mod challenge;
mod challenge_store;
mod ops;
mod page;
mod second;
mod store;

pub(super) use ops::{end_one, end_others};
pub(super) use store::{
    Live, Session, delete, delete_of, delete_others, find_live, list_of, purge, touch,
};

use super::mount::Mount;
use std::time::Duration;

/// How long a session may stand idle.
pub(super) const IDLE: Duration = Duration::from_hours(2);
/// How long a session lasts at most.
pub(super) const LONGEST: Duration = Duration::from_hours(12);
/// "Last seen" is not written more often than this.
pub(super) const TOUCH_EVERY: Duration = Duration::from_mins(1);

pub(super) fn routes(mount: &mut Mount) {
    page::routes(mount);
    second::routes(mount);
}
