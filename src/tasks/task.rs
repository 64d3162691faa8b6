//! A task, its kind, and what its steps hand over.
use super::model::{Outcome, State};
use crate::access::{Actor, Permission};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::{Failure, Problem};
use crate::ids::{BlobId, TaskId};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::Arc;

/// What a step comes to. A failure of kind busy is tried again; any other ends the task as failed.
pub type Stepped = BoxFuture<'static, Result<Step, Failure>>;
type MakeStep = Arc<dyn Fn(Ctx, Task) -> Stepped + Send + Sync>;

/// How tasks of one kind are done. Registered by `app`.
#[derive(Clone)]
pub struct Kind {
    /// `room.what`, such as `import.terminals`.
    pub name: &'static str,
    /// Who may start, see and end such tasks.
    pub permission: Permission,
    /// Fluent key of what it is called: "Import of terminals".
    pub title_key: &'static str,
    /// Fluent key of what one of them is called, where its parameters say that more nearly.
    pub(super) title_of: fn(&Value) -> Option<String>,
    /// Whether one of them only tries, by its parameters; and what that one is called.
    pub(super) trials: Option<Trials>,
    /// What its tasks' pages tell beside the progress.
    pub panel: Option<Panel>,
    pub(super) step: MakeStep,
}

/// Whether a task only tries, by its parameters; and the Fluent key of what one that does is called.
type Trials = (fn(&Value) -> bool, &'static str);

/// A part of a task's page that its kind gives.
#[derive(Clone, Copy)]
pub struct Panel {
    pub template: &'static str,
    /// Its data, at `panel` of the page's.
    pub data: fn(&Task) -> Value,
}

impl Kind {
    /// `step` does the next bounded piece of the task. It may be cut short at any await.
    pub fn new<F>(
        name: &'static str,
        permission: Permission,
        title_key: &'static str,
        step: F,
    ) -> Self
    where
        F: Fn(Ctx, Task) -> Stepped + Send + Sync + 'static,
    {
        Self {
            name,
            permission,
            title_key,
            title_of: |_| None,
            trials: None,
            panel: None,
            step: Arc::new(step),
        }
    }

    #[must_use]
    pub fn with_title(self, title_of: fn(&Value) -> Option<String>) -> Self {
        Self { title_of, ..self }
    }

    #[must_use]
    pub fn with_trials(self, are: fn(&Value) -> bool, title_key: &'static str) -> Self {
        Self {
            trials: Some((are, title_key)),
            ..self
        }
    }

    #[must_use]
    pub fn with_panel(self, template: &'static str, data: fn(&Task) -> Value) -> Self {
        Self {
            panel: Some(Panel { template, data }),
            ..self
        }
    }
}

/// Every kind there is. Clones share them.
#[derive(Clone)]
pub struct Kinds(Arc<[Kind]>);

impl Kinds {
    #[must_use]
    pub fn new(kinds: Vec<Kind>) -> Self {
        Self(kinds.into())
    }

    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Kind> {
        self.0.iter().find(|kind| kind.name == name)
    }
}

/// One task, as it was read.
#[derive(Debug, Clone)]
pub struct Task {
    pub id: TaskId,
    pub kind: String,
    /// Who lacks it cannot see the task.
    pub permission: Permission,
    pub state: State,
    /// Who started it, with what he saw then; in a step, narrowed to what he may see now.
    pub actor: Actor,
    pub params: Value,
    /// How far it is, in its kind's own terms; null before the first step.
    pub cursor: Value,
    /// Steps made so far: the guard of the next one.
    pub(super) steps: i64,
    pub input: Option<BlobId>,
    pub file_name: Option<String>,
    pub output: Option<BlobId>,
    pub output_name: Option<String>,
    /// Rows in all, once known.
    pub total: Option<i64>,
    pub done: i64,
    pub failed: i64,
    pub skipped: i64,
    pub error_code: Option<String>,
    pub error_args: Value,
    /// The trial that this task repeats in earnest.
    pub follows: Option<TaskId>,
    /// When its readers were last told of progress.
    pub(super) told_at: Millis,
    pub created_at: Millis,
    pub started_at: Option<Millis>,
    pub ended_at: Option<Millis>,
}

impl Task {
    /// Rows that are behind it.
    #[must_use]
    pub fn handled(&self) -> i64 {
        self.done + self.failed + self.skipped
    }

    /// What its events are about; no TID looks like that.
    pub(super) fn event_subject(&self) -> String {
        format!("task {}", self.id)
    }
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct New {
    /// [`Kind::name`] and [`Kind::permission`].
    pub kind: &'static str,
    pub permission: Permission,
    pub params: Value,
    /// A file to work on; the task takes a reference of its own.
    pub input: Option<BlobId>,
    /// What people know the task by: the name of the file, or of the list.
    pub file_name: Option<String>,
    pub total: Option<i64>,
    /// The trial that is now done in earnest; only one task may follow it.
    pub follows: Option<TaskId>,
}

impl New {
    #[must_use]
    pub fn of(kind: &'static str, permission: Permission, params: Value) -> Self {
        Self {
            kind,
            permission,
            params,
            input: None,
            file_name: None,
            total: None,
            follows: None,
        }
    }
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    More,
    /// Nothing is left to do; `output` is what came of it.
    Done(Option<Output>),
}

/// A file that a task made. The task takes the reference itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    pub blob: BlobId,
    pub file_name: String,
}

/// What one step did.
#[derive(Debug, Clone, Default)]
pub struct Advance {
    /// From where the next step goes on.
    pub cursor: Value,
    /// How many rows it adds to each count.
    pub done: i64,
    pub failed: i64,
    pub skipped: i64,
    pub total: Option<i64>,
    pub rows: Vec<RowResult>,
}

impl Advance {
    /// Adds a row and counts it.
    pub fn push(&mut self, row: RowResult) {
        match row.outcome {
            Outcome::Done => self.done += 1,
            Outcome::Same | Outcome::Skipped => self.skipped += 1,
            Outcome::Failed => self.failed += 1,
        }
        self.rows.push(row);
    }
}

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowResult {
    /// The row's number, as people count it.
    pub row: i64,
    /// The TID or other code that it is about.
    pub subject: String,
    pub outcome: Outcome,
    /// Says it in words: `row-` + code, or `error-` + code of a row that failed.
    pub code: String,
    /// Arguments of the message; several faults stand in a list `faults` of field, code and `args`.
    pub args: Value,
    /// A hash of the row as it came in.
    pub mark: Option<i64>,
}

impl RowResult {
    #[must_use]
    pub fn new(row: i64, subject: impl Into<String>, outcome: Outcome, code: &str) -> Self {
        Self {
            row,
            subject: subject.into(),
            outcome,
            code: code.to_owned(),
            args: Value::Null,
            mark: None,
        }
    }

    /// A row that was refused, and why.
    #[must_use]
    pub fn refused(row: i64, subject: impl Into<String>, why: &dyn Problem) -> Self {
        let told = |args: crate::http::Args| -> Value {
            let pairs = args
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.into()));
            Value::Object(pairs.collect())
        };
        let mut args = told(why.args());
        let faults: Vec<Value> = why
            .fields()
            .into_iter()
            .map(|f| json!({ "field": f.field, "code": f.code, "args": told(f.args) }))
            .collect();
        if !faults.is_empty() {
            args["faults"] = faults.into();
        }
        Self {
            args,
            ..Self::new(row, subject, Outcome::Failed, why.code())
        }
    }
}
