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
        if event.kind.starts_with("approval.") {
            return self.may_hear_of_approval(actor, &event.body);
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
        let is_own = is_own(actor, body);
        let permission = body["permission"].as_str().and_then(Permission::parse);
        (is_own || actor.scope == Scope::All) && permission.is_some_and(|one| self.may(one))
    }

    /// A request is of the one who asked and of those who see others' requests, as long as they see
    /// everything that it concerns.
    fn may_hear_of_approval(&self, actor: &Actor, body: &Value) -> bool {
        let reach = match &body["establishments"] {
            Value::Null => Scope::All,
            these => Scope::Only(serde_json::from_value(these.clone()).unwrap_or_default()),
        };
        let sees_others = self.may(Permission::ApprovalsView);
        (is_own(actor, body) || sees_others) && actor.scope.covers(&reach)
    }
}

fn is_own(actor: &Actor, body: &Value) -> bool {
    let id = body["by_id"].as_i64();
    body["by_kind"] == actor.who.kind() && id.is_some() && actor.who.id() == id
}

/// The permission under which events of a kind are told; `None` for kinds that no page shows.
fn view_of(kind: &str) -> Option<Permission> {
    let (word, _) = kind.split_once('.')?;
    Some(match word {
        "terminal" | "work" | "model" => Permission::TerminalsView,
        "licence" => Permission::LicencesView,
        "log" => Permission::MonitoringView,
        "network" => Permission::NetworkView,
        "access" => Permission::AccessView,
        "settings" => Permission::SettingsManage,
        _ => return None,
    })
}
