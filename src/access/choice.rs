//! Permissions to choose among, in a form.
use super::model::{Permission, Permissions};
use serde_json::{Value, json};

/// The words of a permission.
pub(super) fn key(permission: Permission) -> String {
    format!("permission-{}", permission.code().replace('.', "-"))
}

/// What somebody may give, with what is `ticked`: nobody gives what he lacks, so only what he may do
/// himself is offered.
pub(super) fn offered(own: &Permissions, ticked: &Permissions) -> Vec<Value> {
    let one =
        |p: &Permission| json!({ "value": p.code(), "key": key(*p), "chosen": ticked.has(*p) });
    own.0.iter().map(one).collect()
}

/// Permissions by name.
pub(super) fn named(these: &Permissions) -> Vec<Value> {
    let one = |p: &Permission| json!({ "code": p.code(), "key": key(*p) });
    these.0.iter().map(one).collect()
}
