//! A request, what can be asked for, and what is done once it is allowed.
use super::model::State;
use crate::access::{Actor, Permission, Scope};
use crate::clock::Millis;
use crate::db::Tx;
use crate::http::Failure;
use crate::ids::{ApprovalId, BlobId, TaskId};
use serde_json::Value;
use std::sync::Arc;

type Run =
    Arc<dyn Fn(&mut Tx, &Granted<'_>, Millis) -> Result<Option<TaskId>, Failure> + Send + Sync>;

/// Something that can be asked for. Registered by `app`.
#[derive(Clone)]
pub struct Approvable {
    /// `room.what`, such as `terminals.bulk`.
    pub kind: &'static str,
    /// Who may do it himself, and so may allow it.
    pub permission: Permission,
    /// Fluent key of what would be done, from the request's parameters; `n` in it is the size.
    pub title_key: fn(&Value) -> String,
    /// What the request's page tells of it.
    pub panel: Option<Panel>,
    pub(super) run: Run,
}

/// A part of a request's page that its kind gives.
#[derive(Clone, Copy)]
pub struct Panel {
    pub template: &'static str,
    /// Its data, at `panel` of the page's.
    pub data: fn(&Approval) -> Value,
}

impl Approvable {
    /// `run` does it, in the transaction of the decision: what it refuses leaves the request pending.
    /// A task that it starts is its result.
    pub fn new<F>(
        kind: &'static str,
        permission: Permission,
        title_key: fn(&Value) -> String,
        run: F,
    ) -> Self
    where
        F: Fn(&mut Tx, &Granted<'_>, Millis) -> Result<Option<TaskId>, Failure>
            + Send
            + Sync
            + 'static,
    {
        Self {
            kind,
            permission,
            title_key,
            panel: None,
            run: Arc::new(run),
        }
    }

    #[must_use]
    pub fn with_panel(self, template: &'static str, data: fn(&Approval) -> Value) -> Self {
        Self {
            panel: Some(Panel { template, data }),
            ..self
        }
    }
}

/// All that can be asked for. Clones share it.
#[derive(Clone)]
pub struct Approvables(Arc<[Approvable]>);

impl Approvables {
    #[must_use]
    pub fn new(all: Vec<Approvable>) -> Self {
        Self(all.into())
    }

    #[must_use]
    pub fn find(&self, kind: &str) -> Option<&Approvable> {
        self.0.iter().find(|one| one.kind == kind)
    }
}

/// What an [`Approvable`] is given.
pub struct Granted<'a> {
    pub it: &'a Approval,
    /// The one who asked: in his name it is done and audited. What he saw then, narrowed to what he
    /// sees now.
    pub actor: Actor,
    /// Who allowed it; name him where it is audited.
    pub by: &'a str,
}

/// One request, as it was read.
#[derive(Debug, Clone)]
pub struct Approval {
    pub id: ApprovalId,
    pub kind: String,
    pub permission: Permission,
    pub state: State,
    /// Who asked, with what he saw then.
    pub actor: Actor,
    /// The establishments that it concerns: who does not see all of them has no say.
    pub reach: Scope,
    pub params: Value,
    /// What its page shows of it, as it was when he asked.
    pub facts: Value,
    /// How many things it concerns.
    pub size: Option<i64>,
    pub input: Option<BlobId>,
    pub reason: String,
    pub created_at: Millis,
    pub expires_at: Millis,
    pub ended_at: Option<Millis>,
    /// Who decided or took it back; nobody when it expired.
    pub ended_by: Option<String>,
    /// What he said to it.
    pub remark: Option<String>,
    /// What it became.
    pub task: Option<TaskId>,
}

impl Approval {
    /// What its events are about; no TID looks like that.
    pub(super) fn event_subject(&self) -> String {
        format!("approval {}", self.id)
    }
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct New {
    /// [`Approvable::kind`] and [`Approvable::permission`].
    pub kind: &'static str,
    pub permission: Permission,
    /// What to do, for the [`Approvable`] and the audit.
    pub params: Value,
    /// What the page shows beside that; not audited.
    pub facts: Value,
    pub size: Option<i64>,
    /// A file that it needs; the request takes a reference of its own, and gives it back at its end.
    pub input: Option<BlobId>,
    pub reach: Scope,
    pub reason: String,
}
