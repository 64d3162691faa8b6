//! The same thing done to many terminals: chosen one by one, or all that a filter leaves. First a
//! review says how many it concerns, whom it leaves out and why; then a task does it, terminal by
//! terminal, each audited as if it had been done alone.
//!
//! ```text
//! list ─► review ─► task: terminals.bulk ─► one row of results for each terminal
//!           └─ file of those who were looked at ─┘
//!                     └─ request (above the number of the settings) ─► approved ─► task
//! ```
//!
//! It is done to those who were looked at and to nobody else: whoever comes to match the filter later
//! is not meant, and whoever no longer matches when his turn comes is left alone.
mod api;
mod asked;
mod chosen;
mod model;
mod ops;
mod page;
mod task;

pub use asked::approvable;
pub use model::Action;
pub use task::kind;

pub(super) use api::openapi;

use super::registry::Error;
use crate::access::Mount;

pub(super) fn routes(mount: &mut Mount) {
    page::routes(mount);
    api::routes(mount);
}
