//! Sign-ins that failed, for those who read the audit: when, as which operator, from where and why.
//!
//! What was typed as a login is kept only as the operator whose login it is: people type passwords into
//! the wrong field. Whoever guesses must neither fill the disk nor hold up who writes: each node keeps so
//! many of a minute and of an address, counts the rest, and writes both beside the requests.
mod api;
mod asked;
mod list;
mod model;
mod ops;
mod page;
mod recorder;
mod store;

pub(super) use api::openapi;
pub(super) use model::Cause;
pub use ops::purge;
pub use page::{FAILURE_COLUMNS, FAILURES, read_failures};
pub use recorder::Failures;

use super::mount::Mount;

pub(super) fn routes(mount: &mut Mount) {
    page::routes(mount);
    api::routes(mount);
}
