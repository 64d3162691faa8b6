//! Roles: named sets of permissions. Five are ready-made; all but the administrator's may be edited,
//! and others added.
mod api;
mod demand;
mod demand_store;
mod model;
mod ops;
mod page;
mod ready;
mod store;

pub(super) use api::openapi;
pub(super) use demand_store::demand_second_factor;
pub(super) use page::shown;

pub use ready::{ADMINISTRATOR, KEY_OFFICER, OPERATOR, SUPPORT, VIEWER, seed};
pub(super) use store::{
    Defined, Role, all_defined, find_by_code, hold, is_governed, list, of_operator, permissions_of,
};

use super::model::{Permission, Permissions};
use super::mount::Mount;
use crate::db;

pub(super) fn routes(mount: &mut Mount) {
    api::routes(mount);
    page::routes(mount);
}

/// The set as stored.
pub(super) fn to_json(permissions: &Permissions) -> String {
    let codes: Vec<&str> = permissions.0.iter().map(|p| p.code()).collect();
    serde_json::json!(codes).to_string()
}

/// The set as stored. A code that this program does not know grants nothing.
pub(super) fn from_json(stored: &str) -> Result<Permissions, db::Error> {
    let codes: Vec<String> =
        serde_json::from_str(stored).map_err(|e| db::Error::Fault(e.into()))?;
    Ok(Permissions(
        codes.iter().filter_map(|c| Permission::parse(c)).collect(),
    ))
}
