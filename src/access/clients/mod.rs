//! API clients: programs that call the Management and Partner APIs. A client has scopes
//! (permissions) and any number of bearer tokens, so that a token can be replaced without a gap: make
//! a new one, move the program over, revoke the old one.
mod api;
mod ask;
mod certificate;
mod certificate_page;
mod certificate_store;
mod change_store;
mod edit;
mod limit_store;
mod manage_api;
mod model;
mod ops;
mod pace;
mod page;
mod store;
mod token_page;
mod token_store;

pub(super) use certificate::check as check_certificate;
pub(super) use model::{Lasts, PACE_MAX, Pacing};
pub(super) use ops::{Edit, amend, create, find_by_name};
pub(super) use pace::Pace;
pub use page::{CLIENT_COLUMNS, CLIENTS, read_clients};
pub(super) use store::{find_live, has_token_of, note_use, reach};
pub(super) use token_store::with_tokens_of;

use super::mount::Mount;

pub(super) fn routes(mount: &mut Mount) {
    api::routes(mount);
    certificate_page::routes(mount);
    edit::routes(mount);
    manage_api::routes(mount);
    page::routes(mount);
    ask::routes(mount);
    token_page::routes(mount);
}

pub(super) fn openapi() -> utoipa::openapi::OpenApi {
    let mut whole = api::openapi();
    whole.merge(certificate_page::openapi());
    whole.merge(manage_api::openapi());
    whole
}
