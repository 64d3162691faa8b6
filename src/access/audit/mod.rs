//! The audit chain: every change by a person, a program or a job, written in the transaction of the
//! change itself, each row carrying the hash of the one before.
//!
//! Whoever edits, removes, inserts or reorders rows in the database breaks the chain, and
//! `posfleet audit verify` says where. Removing the newest rows leaves a shorter chain that is sound in
//! itself, and so does writing all of it anew: checkpoints that are kept elsewhere show both.
mod api;
mod asked;
mod chain;
mod checkpoint;
mod list;
mod page;
mod store;

pub(super) use api::openapi;
pub use chain::{Broken, Sound, append_audit, verify_audit};
pub use checkpoint::{BadCheckpoint, Checkpoint, audit_key, read_checkpoints};
pub use page::{AUDIT, AUDIT_COLUMNS, read_audit};

use super::model::Actor;
use super::mount::Mount;
use crate::clock::Millis;
use crate::db::Change;

pub(super) fn routes(mount: &mut Mount) {
    api::routes(mount);
    page::routes(mount);
}

/// A change for [`crate::db::Tx::record`]:
/// `tx.record(change(&actor, now, "terminal.retire", "terminal", &tid).before(…).after(…))`.
#[must_use]
#[expect(
    clippy::needless_pass_by_value,
    reason = "callers hand over a code as they have it, owned or borrowed"
)]
pub fn change(
    actor: &Actor,
    now: Millis,
    action: &'static str,
    object_kind: &'static str,
    object: impl ToString,
) -> Change {
    Change {
        at: now,
        actor_kind: actor.who.kind(),
        actor_id: actor.who.id(),
        actor_name: actor.who.name().to_owned(),
        from_ip: actor.from.map(|ip| ip.to_string()),
        action,
        object_kind,
        object: object.to_string(),
        establishment: None,
        before: None,
        after: None,
    }
}
