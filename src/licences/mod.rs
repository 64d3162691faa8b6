//! Licences: the file that lets one instance of terminal software run. Its distributor or an
//! operator deposits it, the terminal is told, fetches exactly these bytes, and says that it took
//! them.
//!
//! A licence is bound to a **serial number**: to a device, not to a place. Serial number, platform
//! and software together are its **key**, and a key has one **current** licence; another one for the
//! same key is refused, or takes its place where that is asked for. It is **attached** to the
//! terminal where its serial number serves, and waits, *unmatched*, while it serves nowhere.
//!
//! ```text
//!            a terminal with this serial number
//! unmatched ───────────────────────────────────► waiting ──► fetched ──► confirmed
//!     ▲                                             ▲ │         │            │
//!     │                                             │ └─────────┴──► failed  │
//!     │                                             └─(sent again)─────┘     │
//!     └──── the terminal retires, or gets another device ◄───────────────────┘
//!                                   └─(the licence moves to the new device)─► waiting
//!
//! any of these ──► superseded (another file took its place) | deleted
//! ```
//!
//! *Fetched* is when the last byte left this server, *confirmed* when the terminal reported its work
//! as done; nothing else makes a licence look delivered. A licence that was fetched and then replaced
//! or deleted stays as a tombstone: who had what, and when. The bytes themselves belong to
//! `storage`, which this slice only refers to.
mod api;
mod archive;
mod bind_ops;
mod bundle;
mod change_store;
mod delivery_ops;
mod describe_ops;
mod device;
mod error;
mod facts_model;
mod find_store;
mod form;
mod import;
mod list_ops;
mod list_store;
mod look_ops;
mod model;
mod naming_api;
mod naming_ops;
mod naming_store;
mod ops;
mod page;
mod particulars;
mod partner;
mod pattern_model;
mod schema;
mod search;
mod seed_store;
mod shown;
mod store;
mod table;
mod unpack;

pub use api::openapi;
pub use bind_ops::{ON_REPLACEMENT, moved, registered, replaced, retired};
pub use delivery_ops::finished;
pub use error::Error;
pub use facts_model::Facts;
pub use import::kind;
pub use model::{KIND, Licence, Replace, State, Uploaded};
pub use ops::{NewLicence, upload};
pub use page::panel;
pub use particulars::{IMPORT, importing};
pub use seed_store::seed;
pub use shown::sources;

use crate::access::Mount;

/// Every route of this slice.
pub fn routes(mount: &mut Mount) {
    page::routes(mount);
    api::routes(mount);
    particulars::routes(mount);
    partner::routes(mount);
    device::routes(mount);
}
