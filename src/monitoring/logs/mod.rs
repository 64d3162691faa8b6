//! Logs: what terminals wrote down of their exchange with the till (ECR) and with the payment host
//! (POS), as they sent it.
//!
//! A **log** is a file of the terminal, under the terminal's own name for it. It comes in *pieces*: whole
//! records, scrubbed before they are stored, each a gzip member of its own. Scrubbing changes no length,
//! so an offset in the terminal's file is an offset here, and the terminal goes on from there.
//!
//! Several logs may hold one file, one behind the other: a log *ends* where its terminal is moved to another
//! establishment or sends it for longer than logs are kept, and what comes then begins another one. It ends too where
//! another device, or another file, comes under its name; that begins anew.
//!
//! ```text
//! body ─► 256 KiB ─► scrub ─► gzip ─► blob ─► row of the piece, and of the log (guarded by its size)
//! ```
mod api;
mod ask;
mod ask_ops;
mod asked;
mod asked_store;
mod bundle;
mod clean;
mod device;
mod hex;
mod keep;
mod keep_ops;
mod keep_store;
mod leaf;
mod limits;
mod list;
mod list_ops;
mod list_store;
mod message;
mod model;
mod overlap;
mod page;
mod panel;
mod piece_store;
mod reader;
mod receive;
mod receive_ops;
mod save;
mod search;
mod shown;
mod source;
mod store;
mod turns;
mod upload;

pub use keep_ops::{Overdue, forget, forget_freed, overdue};
pub use limits::SETTINGS;
pub use list::sources;
pub(in crate::monitoring) use message::message;
pub(in crate::monitoring) use model::Log;
pub use panel::panel;
pub(in crate::monitoring) use store::growing;

use crate::access::Mount;

/// What people and programs see of logs.
pub(super) fn routes(mount: &mut Mount) {
    // Before the page of one log, whose address takes any word.
    keep::routes(mount);
    ask::routes(mount);
    page::routes(mount);
    api::routes(mount);
}

/// This part of the API's description.
pub(super) fn openapi() -> utoipa::openapi::OpenApi {
    let mut whole = api::openapi();
    whole.merge(ask::openapi());
    whole.merge(keep::openapi());
    whole
}

/// What terminals send.
pub(super) fn device_routes(mount: &mut Mount) {
    device::routes(mount);
}

/// These of the terminals in `OpenAPI`.
pub(super) fn device_openapi() -> utoipa::openapi::OpenApi {
    device::openapi()
}
