//! Operators: people who sign in to the web UI.
//!
//! ```text
//! made ──(one-time link)──► active ◄──► disabled
//! ```
//! A new operator has no password and cannot sign in until he has chosen one by a one-time link. The
//! same link, made again, is the reset: the old password keeps working until the link is used. To
//! disable an operator ends his sessions and his links.
mod account;
mod amend;
mod api;
mod ask;
mod edit;
mod limit_store;
mod model;
mod ops;
mod page;
mod store;
mod way_in_api;

pub(super) use account::knows_password;
pub(super) use amend::amend;
pub(super) use limit_store::{establishments_of, scope_of, scopes_of, within};
pub(super) use model::{Edit, NewOperator, Operator, Proved, login, name};
pub(super) use ops::{
    Grantor, Setter, another, create, issue_link, make, reset_second_factor, set_look,
    set_password, signed_in,
};
pub use page::{OPERATOR_COLUMNS, OPERATORS, read_operators};
pub(super) use store::{
    drop_password, find, find_by_link, hold, hold_proved, list, names_of, password_hash_of,
    sees_all,
};

use super::mount::Mount;
use std::time::Duration;

/// How long a one-time link works.
pub(super) const LINK_LASTS: Duration = Duration::from_hours(24);

pub(super) fn routes(mount: &mut Mount) {
    account::routes(mount);
    api::routes(mount);
    edit::routes(mount);
    page::routes(mount);
    ask::routes(mount);
    way_in_api::routes(mount);
}

pub(super) fn openapi() -> utoipa::openapi::OpenApi {
    let mut whole = api::openapi();
    whole.merge(way_in_api::openapi());
    whole
}
