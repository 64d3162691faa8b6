//! Which events a reader may be told of. Every page that tells what happened asks here.
use super::caller::Caller;
use super::model::{Actor, Permission, Scope};
use crate::events::Happened;
use serde_json::Value;

impl Caller {
    /// True when an event falls into the caller's scope and rights.
    #[must_use]
    pub fn may_hear(&self, event: &Happened) -> bool {
        let Some(actor) = &self.actor else {
            return false;
        };
        if event.kind.starts_with("task.") {
            return self.may_hear_of_task(actor, &event.body);
        }
        let in_scope = match event.establishment {
            Some(establishment) => actor.scope.holds(establishment),
            None => actor.scope == Scope::All,
        };
        in_scope && view_of(&event.kind).is_some_and(|permission| self.may(permission))
    }

    /// A task is its starter's, and of those who see everything; none of them without the right to
    /// do such things himself.
    fn may_hear_of_task(&self, actor: &Actor, body: &Value) -> bool {
        let is_own = body["by_kind"] == actor.who.kind()
            && body["by_id"]
                .as_i64()
                .is_some_and(|id| actor.who.id() == Some(id));
        let permission = body["permission"].as_str().and_then(Permission::parse);
        (is_own || actor.scope == Scope::All) && permission.is_some_and(|one| self.may(one))
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
        "settings" => Permission::SettingsManage,
        _ => return None,
    })
}
