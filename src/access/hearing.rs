//! Which events a reader may be told of. Every page that tells what happened asks here.
use super::caller::Caller;
use super::model::{Permission, Scope};
use crate::events::Happened;

impl Caller {
    /// True when an event falls into the caller's scope and rights.
    #[must_use]
    pub fn may_hear(&self, event: &Happened) -> bool {
        let Some(actor) = &self.actor else {
            return false;
        };
        let in_scope = match event.establishment {
            Some(establishment) => actor.scope.holds(establishment),
            None => actor.scope == Scope::All,
        };
        in_scope && view_of(&event.kind).is_some_and(|permission| self.may(permission))
    }
}

/// The permission under which events of a kind are told; `None` for kinds that no page shows.
fn view_of(kind: &str) -> Option<Permission> {
    let (word, _) = kind.split_once('.')?;
    Some(match word {
        "terminal" | "work" | "model" => Permission::TerminalsView,
        "licence" => Permission::LicencesView,
        "network" => Permission::NetworkView,
        "access" => Permission::AccessView,
        _ => return None,
    })
}
