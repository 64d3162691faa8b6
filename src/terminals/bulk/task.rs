//! The task that does it, terminal by terminal from the file of those who were chosen. On SQLite a few
//! share a transaction; on PostgreSQL each has its own, so that nobody who checks in waits for a
//! terminal because of another, and no two rows are ever held in two orders.
use super::Error;
use super::chosen::{self, Chosen, broken};
use super::model::{Action, Wish};
use super::ops::{self, apply, left_out};
use crate::access::Permission;
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::{Conn, Tx};
use crate::http::{self, Failure, Kind as Fault};
use crate::ids::{ApprovalId, EstablishmentId, Tid};
use crate::lists::Words;
use crate::storage;
use crate::tasks::{self, Advance, Hold, Kind, New, Outcome, RowResult, Step, Task};
use crate::terminals::page::source;
use crate::terminals::profile;
use crate::terminals::registry::{self, Matching};
use crate::terminals::work::Handlers;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) const BULK: &str = "terminals.bulk";
/// Terminals of one step: as far as it goes by what its starter may do, and by what the filter meant,
/// at its beginning.
const PIECE: usize = 200;
/// The most terminals of one transaction: few, so that those who check in meanwhile
/// do not wait.
const TOGETHER: usize = 25;

/// The kind of such tasks; `handlers` are what slices do when a terminal moves or goes.
#[must_use]
pub fn kind(handlers: Handlers) -> Kind {
    let handlers = Arc::new(handlers);
    Kind::new(
        BULK,
        Permission::TerminalsManage,
        "terminals-bulk-task",
        move |ctx, task| {
            let handlers = Arc::clone(&handlers);
            Box::pin(async move { step(&ctx, handlers, task).await })
        },
    )
    .with_panel("terminals/bulk_panel", panel)
    .with_title(|params| {
        let action = params["action"].as_str()?;
        Some(format!("terminals-bulk-{action}"))
    })
}

/// What a task keeps: whom it is done to stands in its file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Params {
    pub(super) action: Action,
    pub(super) value: String,
    /// The filter by which they were chosen.
    query: Option<String>,
    pub(super) chosen: i64,
    /// Where the first one stands in the file.
    begins: u64,
    /// Who allowed it, where that took a second person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) allowed: Option<Allowed>,
}

/// That a second person allowed it, as the audit of the task tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Allowed {
    pub(super) approval: ApprovalId,
    pub(super) by: String,
    /// The establishments that he was asked about; nothing for all of them.
    pub(super) within: Option<Vec<EstablishmentId>>,
}

impl Params {
    pub(super) fn of(wish: &Wish, chosen: &Chosen) -> Self {
        Self {
            action: wish.action,
            // Whatever else was sent is nothing to keep.
            value: match wish.action.asks_for() {
                Some(_) => wish.value.trim().to_owned(),
                None => String::new(),
            },
            query: chosen.query.clone(),
            chosen: chosen.review.chosen,
            begins: chosen.begins,
            allowed: None,
        }
    }

    /// Whether a terminal that stands there is still one that was decided about.
    fn holds(&self, place: EstablishmentId) -> bool {
        let within = self.allowed.as_ref().and_then(|it| it.within.as_ref());
        within.is_none_or(|these| these.contains(&place))
    }
}

fn panel(task: &Task) -> Value {
    told_of(&task.params)
}

/// What the parameters say, in words.
pub(super) fn told_of(params: &Value) -> Value {
    let action = params["action"].as_str().unwrap_or_default();
    json!({
        "action_key": format!("terminals-bulk-{action}"),
        "text_key": format!("terminals-bulk-{action}-text"),
        "value": params["value"],
        "query": params["query"],
        "is_named": params["query"].is_null(),
        "filters": told(params["query"].as_str().unwrap_or_default()),
        "allowed": params["allowed"],
    })
}

/// A filter, name by name, in words.
fn told(query: &str) -> Vec<Value> {
    let pairs: Vec<(String, String)> = http::query(query).unwrap_or_default();
    let filter = |(name, value): &(String, String)| {
        let filter = source().filters.iter().find(|own| own.name == name)?;
        let value_key = match filter.words {
            Words::Keyed(beginning) => Some(format!("{beginning}{value}")),
            Words::AsIs | Words::Named(_) => None,
        };
        Some(json!({ "label_key": filter.label_key, "value": value, "value_key": value_key }))
    };
    pairs.iter().filter_map(filter).collect()
}

pub(super) fn new(wish: &Wish, chosen: &Chosen, name: String) -> New {
    let params = Params::of(wish, chosen);
    New {
        file_name: Some(name),
        input: Some(chosen.blob.id),
        total: Some(params.chosen),
        ..New::of(BULK, Permission::TerminalsManage, json!(params))
    }
}

/// By what a terminal is still meant when its turn comes.
enum Meant {
    /// By its TID.
    Named,
    Matching(Box<Matching>),
    /// What the filter named is gone, or out of sight.
    Nobody,
}

/// What a step knows of all its terminals.
struct Round {
    handlers: Arc<Handlers>,
    params: Params,
    meant: Meant,
    now: Millis,
}

async fn step(ctx: &Ctx, handlers: Arc<Handlers>, mut task: Task) -> Result<Step, Failure> {
    let gone = || Failure::from(tasks::Error::FileGone);
    // A task of an earlier build has no file to go by.
    let id = task.input.ok_or_else(gone)?;
    let params: Params = serde_json::from_value(task.params.clone()).map_err(broken)?;
    let found = ctx.db.read(move |conn: &mut Conn| storage::find(conn, id));
    let blob = found.await?.ok_or_else(gone)?;
    let from = task.cursor.as_u64().unwrap_or(params.begins);
    let mut some = chosen::next(ctx, &blob, from, PIECE).await?;
    if some.is_empty() {
        return Ok(Step::Done(None));
    }
    let mut round = Round {
        meant: meant(ctx, &task, params.query.clone()).await?,
        handlers,
        params,
        now: ctx.now(),
    };
    while !some.is_empty() {
        round.now = ctx.now();
        let chunk = tasks::write_chunk(ctx, move |tx, hold| {
            let taken = round.chunk(tx, &mut task, &some, hold)?;
            some.drain(..taken);
            Ok::<_, Failure>((round, task, some))
        });
        (round, task, some) = chunk.await?;
    }
    let is_over = task.cursor.as_u64().unwrap_or(from) >= blob.size_bytes;
    Ok(if is_over {
        Step::Done(None)
    } else {
        Step::More
    })
}

async fn meant(ctx: &Ctx, task: &Task, query: Option<String>) -> Result<Meant, Failure> {
    let Some(query) = query else {
        return Ok(Meant::Named);
    };
    let scope = task.actor.scope.clone();
    let read = move |conn: &mut Conn| {
        let filter = match ops::filter(conn, &scope, &query) {
            Ok(filter) => filter,
            Err(refused) if refused.problem().kind() == Fault::Invalid => {
                return Ok(Meant::Nobody);
            }
            Err(failure) => return Err(failure),
        };
        let matching = Matching::new(conn, &scope, &filter)?;
        Ok(Meant::Matching(Box::new(matching)))
    };
    ctx.db.read(read).await
}

/// What it came to for one terminal.
enum Came {
    ToPass,
    /// It was so already.
    ToNothing,
    /// It is no longer among those who were meant.
    TooLate,
}

impl Round {
    /// Does it to as many as there is time for, and moves the task behind them; says how many.
    fn chunk(
        &self,
        tx: &mut Tx,
        task: &mut Task,
        some: &[(String, u64)],
        hold: &Hold,
    ) -> Result<usize, Failure> {
        let mut to = Advance::default();
        for (text, behind) in some.iter().take(TOGETHER) {
            let row = task.handled() + 1 + i64::try_from(to.rows.len()).unwrap_or_default();
            to.push(self.one(tx, task, (row, text))?);
            to.cursor = json!(behind);
            if hold.is_over_behind_shared() {
                break;
            }
        }
        let taken = to.rows.len();
        tasks::advance(tx, task, to, self.now)?;
        Ok(taken)
    }

    /// Does it to one terminal, and says what became of it. What the terminal itself refuses is undone
    /// and is its result; only a failing database undoes the step.
    fn one(
        &self,
        tx: &mut Tx,
        task: &Task,
        (row, text): (i64, &str),
    ) -> Result<RowResult, Failure> {
        let came = match Tid::parse(text) {
            Ok(tid) => tx.attempt(|tx| self.act(tx, task, &tid))?,
            Err(_) => Err(Error::NoTerminal(text.to_owned())),
        };
        let told = |outcome, code| RowResult::new(row, text, outcome, code);
        Ok(match came {
            Ok(Came::ToPass) => told(Outcome::Done, self.params.action.done()),
            Ok(Came::ToNothing) => told(Outcome::Same, "was-so"),
            Ok(Came::TooLate) => told(Outcome::Skipped, "no-longer-matches"),
            Err(Error::Db(cause)) => return Err(cause.into()),
            Err(why) => match left_out(&why) {
                Some(code) => told(Outcome::Skipped, code),
                None => RowResult::refused(row, text, &why),
            },
        })
    }

    fn act(&self, tx: &mut Tx, task: &Task, tid: &Tid) -> Result<Came, Error> {
        // Before any row, as the verbs themselves do.
        if matches!(self.params.action, Action::Move | Action::SetInterval) {
            profile::hold(tx)?;
        }
        let is_meant = match &self.meant {
            Meant::Named if self.params.allowed.is_none() => true,
            Meant::Nobody => false,
            // Looked at while nobody else can change it.
            meant => match (registry::claim(tx, &task.actor.scope, tid)?, meant) {
                (Some(it), Meant::Matching(all)) => {
                    self.params.holds(it.establishment) && all.holds(tx, it.id)?
                }
                (Some(it), _) => self.params.holds(it.establishment),
                // Whoever named it is told that it is not there.
                (None, meant) => matches!(meant, Meant::Named),
            },
        };
        if !is_meant {
            return Ok(Came::TooLate);
        }
        let what = (self.params.action, self.params.value.as_str());
        let is_new = apply(tx, &self.handlers, &task.actor, (tid, what), self.now)?;
        Ok(if is_new {
            Came::ToPass
        } else {
            Came::ToNothing
        })
    }
}
