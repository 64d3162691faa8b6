//! Sessions of operators, kept on the server: a browser holds a random token, the database its
//! hash. A session ends by signing out, by idling, after some hours in any case (see [`Lasting`]), when
//! its operator is disabled, and when his password changes.
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

pub(super) use challenge::{Entry, come_vouched};
pub(super) use ops::{end_one, end_others};
pub(super) use page::{bare, enter, set, visitor};
pub use store::end_what_is_over;
pub(super) use store::{
    Live, Session, delete, delete_of, delete_others, find_live, list_of, purge, touch,
};

use super::mount::Mount;
use std::time::Duration;

/// How long sessions last. What is shortened counts for open sessions at once; what is lengthened from
/// their next use on, so that none comes back that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lasting {
    /// How long one may stand idle.
    pub idle: Duration,
    /// How long one lasts at most.
    pub longest: Duration,
}

impl Default for Lasting {
    fn default() -> Self {
        Self {
            idle: Duration::from_hours(2),
            longest: Duration::from_hours(12),
        }
    }
}

/// "Last seen" is not written more often than this.
pub(super) const TOUCH_EVERY: Duration = Duration::from_mins(1);

pub(super) fn routes(mount: &mut Mount) {
    page::routes(mount);
    second::routes(mount);
}
