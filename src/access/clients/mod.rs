//! API clients: programs that call the Management and Partner APIs. A client has scopes
//! (permissions) and any number of bearer tokens, so that a token can be replaced without a gap: make
//! a new one, move the program over, revoke the old one.
mod api;
mod edit;
mod limit_store;
mod ops;
mod page;
mod store;

pub use api::openapi;
pub(super) use ops::{Edit, amend, create, find_by_name};
pub use page::{CLIENT_COLUMNS, CLIENTS, read_clients};
pub(super) use store::{find_live, note_use, reach};

use super::mount::Mount;

pub(super) fn routes(mount: &mut Mount) {
    api::routes(mount);
    edit::routes(mount);
    page::routes(mount);
}
