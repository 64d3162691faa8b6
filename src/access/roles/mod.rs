//! Roles: named sets of permissions. `administrator` and `viewer` are ready-made.
mod store;

pub(super) use store::{Role, find_by_code, list, of_operator, permissions_of};

use super::model::{Permission, Permissions};
use crate::clock::Millis;
use crate::db::{self, Db};

/// The ready-made role that may do everything.
pub const ADMINISTRATOR: &str = "administrator";
/// The ready-made role that only looks.
pub const VIEWER: &str = "viewer";

/// Makes the ready-made roles, and gives them what a newer program added. Done at every start.
///
/// # Errors
/// When the database fails.
pub fn seed(db: &Db, now: Millis) -> Result<(), db::Error> {
    db.write_blocking(move |tx| {
        store::upsert_built_in(tx, ADMINISTRATOR, "Administrator", &Permissions::all(), now)?;
        store::upsert_built_in(tx, VIEWER, "Viewer", &Permissions::viewer(), now)
    })
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
