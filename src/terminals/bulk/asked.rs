//! Beginning: at once, or by asking a second person where there are more terminals than one may decide
//! about. Those who were looked at stay the ones who are meant, however long that takes; who has moved to
//! another establishment meanwhile is not meant any more, because nobody was asked about that one.
use super::chosen::{Chosen, broken};
use super::model::{Action, Wish};
use super::ops;
use super::task::{self, Allowed, BULK, Params};
use crate::access::{Actor, Permission, Scope};
use crate::approvals::{self, Approvable, Approval, Granted};
use crate::clock::Millis;
use crate::db::{self, Conn, Tx};
use crate::http::Failure;
use crate::ids::{ApprovalId, TaskId};
use crate::network;
use crate::tasks;
use serde_json::{Value, json};

/// What became of a wish.
pub(super) enum Begun {
    Task(TaskId),
    /// A second person has to allow it.
    Asked(ApprovalId),
}

/// The number above which that many terminals need a second person, if they do.
pub(super) fn is_over(conn: &mut Conn, chosen: i64) -> Result<Option<i64>, db::Error> {
    let above = approvals::second_person_above(conn)?;
    Ok(above.filter(|above| chosen > *above))
}

/// Starts the task, or asks. `name` is what people know it by, `reason` why it is wanted.
pub(super) fn begin(
    tx: &mut Tx,
    actor: &Actor,
    (wish, chosen): (&Wish, &Chosen),
    (name, reason): (String, String),
    now: Millis,
) -> Result<Begun, Failure> {
    if is_over(tx, chosen.review.chosen)?.is_none() {
        let new = task::new(wish, chosen, name);
        return Ok(Begun::Task(tasks::start(tx, actor, &new, now)?));
    }
    let towards = match wish.action {
        Action::Move => network::find_point(tx, &actor.scope, wish.value.trim())?,
        _ => None,
    };
    let towards = towards.map(|it| it.establishment);
    let new = approvals::New {
        kind: BULK,
        permission: Permission::TerminalsManage,
        params: json!(Params::of(wish, chosen)),
        facts: json!({ "name": name, "review": chosen.review }),
        size: Some(chosen.review.chosen),
        input: Some(chosen.blob.id),
        reach: chosen.review.places.reach(&actor.scope, towards),
        reason,
    };
    Ok(Begun::Asked(approvals::ask(tx, actor, &new, now)?))
}

/// What `approvals` is told of it.
#[must_use]
pub fn approvable() -> Approvable {
    Approvable::new(BULK, Permission::TerminalsManage, title_key, run)
        .with_panel("terminals/bulk_asked", panel)
}

fn title_key(params: &Value) -> String {
    let action = params["action"].as_str().unwrap_or_default();
    format!("terminals-bulk-{action}-n")
}

fn run(tx: &mut Tx, granted: &Granted<'_>, now: Millis) -> Result<Option<TaskId>, Failure> {
    let it = granted.it;
    let mut params: Params = serde_json::from_value(it.params.clone()).map_err(broken)?;
    // What could be done when it was asked for may not be possible any more.
    let wish = (params.action, params.value.as_str());
    ops::check(tx, &granted.actor.scope, wish)?;
    params.allowed = Some(Allowed {
        approval: it.id,
        by: granted.by.to_owned(),
        within: match &it.reach {
            Scope::All => None,
            Scope::Only(these) => Some(these.clone()),
        },
    });
    let name = it.facts["name"].as_str().unwrap_or_default();
    let new = tasks::New {
        file_name: Some(name.to_owned()),
        input: it.input,
        total: Some(params.chosen),
        ..tasks::New::of(BULK, Permission::TerminalsManage, json!(params))
    };
    Ok(Some(tasks::start(tx, &granted.actor, &new, now)?))
}

/// What the request's page tells: the action as the task will, and what was seen when it was asked for.
fn panel(it: &Approval) -> Value {
    let review = &it.facts["review"];
    let left_out = review["left_out"].as_object();
    let left_out = left_out.into_iter().flatten().map(|(why, told)| {
        let some = told[1].as_array().map_or(0, Vec::len);
        let n = told[0].as_i64().unwrap_or_default();
        let more = n - i64::try_from(some).unwrap_or_default();
        json!({ "key": format!("row-{why}"), "n": n, "some": told[1], "more": more })
    });
    let sample = review["sample"].as_array().map_or(0, Vec::len);
    let concerned = review["concerned"].as_i64().unwrap_or_default();
    let mut told = task::told_of(&it.params);
    told["chosen"] = review["chosen"].clone();
    told["concerned"] = concerned.into();
    told["sample"] = review["sample"].clone();
    told["more"] = (concerned - i64::try_from(sample).unwrap_or_default()).into();
    told["left_out"] = left_out.collect();
    told
}
