//! Logs: what terminals wrote down of their exchange with the till (ECR) and with the payment host
//! (POS), as they sent it.
//!
//! A **log** is a file of the terminal, under the terminal's own name for it. It comes in *pieces*: whole
//! records, scrubbed before they are stored, each a gzip member of its own. Scrubbing changes no length,
//! so an offset in the terminal's file is an offset here, and the terminal goes on from there.
//!
//! ```text
//! body ─► 256 KiB ─► scrub ─► gzip ─► blob ─► row of the piece, and of the log (guarded by its size)
//! ```
mod api;
mod asked;
mod bundle;
mod hex;
mod leaf;
mod list;
mod list_ops;
mod list_store;
mod page;
mod reader;
mod save;
mod search;
mod shown;
mod model;
mod store;

pub(super) use api::openapi;
pub use list::sources;

use crate::access::Mount;

/// What people and programs see of logs.
pub(super) fn routes(mount: &mut Mount) {
    page::routes(mount);
    api::routes(mount);
}
