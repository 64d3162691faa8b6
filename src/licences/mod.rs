//! Licences: the file that lets the software of one terminal run. Somebody uploads it, the terminal
//! is told, fetches exactly these bytes, and says that it took them.
//!
//! ```text
//! waiting ──► fetched ──► confirmed
//!    │           │
//!    └───────────┴──────► failed ──(sent again)──► waiting
//!
//! any current one ──(another device serves)──► waiting
//!
//! any of these ──► superseded (another file took its place) | deleted
//! ```
//!
//! A terminal has one **current** licence. *Fetched* is when the last byte left this server,
//! *confirmed* when the terminal reported its work as done; nothing else makes a licence look
//! delivered. A licence that was fetched and then replaced or deleted stays as a tombstone: who had
//! what, and when. The bytes themselves belong to `storage`, which this slice only refers to.
mod api;
mod device;
mod error;
mod form;
mod model;
mod ops;
mod page;
mod schema;
mod store;

pub use api::openapi;
pub use error::Error;
pub use model::{KIND, Licence, Replace, State, Uploaded};
pub use ops::{NewLicence, finished, moved, replaced, upload};
pub use page::panel;

use crate::access::Mount;

/// Every route of this slice.
pub fn routes(mount: &mut Mount) {
    page::routes(mount);
    api::routes(mount);
    device::routes(mount);
}
