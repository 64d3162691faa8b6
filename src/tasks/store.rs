//! All SQL of tasks; their rows are next door. Guards stand in the `WHERE`.
use super::model::State;
use super::schema::task_task as task;
use super::task::{Advance, New, Output, Task};
use crate::access::{Actor, Permission, Permissions, Scope, Who};
use crate::clock::Millis;
use crate::db::{self, Conn, Error};
use crate::http::{COUNTED, Turn};
use crate::ids::{BlobId, TaskId};
use crate::on_backend;
use anyhow::anyhow;
use diesel::prelude::*;
use serde_json::Value;

#[derive(Queryable, Selectable)]
#[diesel(table_name = task)]
struct Row {
    id: TaskId,
    kind: String,
    permission: String,
    state: String,
    actor_kind: String,
    actor_id: i64,
    actor_name: String,
    actor_ip: Option<String>,
    scope: Option<String>,
    params: String,
    cursor: String,
    steps: i64,
    file_name: Option<String>,
    input_blob_id: Option<BlobId>,
    output_blob_id: Option<BlobId>,
    output_name: Option<String>,
    total: Option<i64>,
    done: i64,
    failed: i64,
    skipped: i64,
    error_code: Option<String>,
    error_args: Option<String>,
    follows_id: Option<TaskId>,
    told_at: Millis,
    created_at: Millis,
    started_at: Option<Millis>,
    ended_at: Option<Millis>,
}

impl TryFrom<Row> for Task {
    type Error = Error;

    /// Whatever cannot be understood is a newer program's, or damage: never a wider right.
    fn try_from(row: Row) -> Result<Self, Error> {
        let odd = |what: &str| Error::Fault(anyhow!("task {} has an odd {what}", row.id));
        let json = |text: &str| serde_json::from_str(text).map_err(|_| odd("value"));
        let who = Who::restored(&row.actor_kind, row.actor_id, &row.actor_name);
        Ok(Self {
            permission: Permission::parse(&row.permission).ok_or_else(|| odd("permission"))?,
            state: State::parse(&row.state).ok_or_else(|| odd("state"))?,
            actor: Actor {
                who: who.ok_or_else(|| odd("actor"))?,
                scope: Scope::restored(row.scope.as_deref()).ok_or_else(|| odd("scope"))?,
                from: row.actor_ip.as_deref().and_then(|ip| ip.parse().ok()),
            },
            params: json(&row.params)?,
            cursor: json(&row.cursor)?,
            error_args: row.error_args.as_deref().map_or(Ok(Value::Null), json)?,
            id: row.id,
            kind: row.kind,
            steps: row.steps,
            input: row.input_blob_id,
            file_name: row.file_name,
            output: row.output_blob_id,
            output_name: row.output_name,
            total: row.total,
            done: row.done,
            failed: row.failed,
            skipped: row.skipped,
            error_code: row.error_code,
            follows: row.follows_id,
            told_at: row.told_at,
            created_at: row.created_at,
            started_at: row.started_at,
            ended_at: row.ended_at,
        })
    }
}

/// `None` when something follows the same trial already.
pub(super) fn insert(
    conn: &mut Conn,
    actor: &Actor,
    new: &New,
    now: Millis,
) -> Result<Option<TaskId>, Error> {
    let (kind, id) = owner(&actor.who);
    Ok(on_backend!(conn, |c| diesel::insert_into(task::table)
        .values((
            task::kind.eq(new.kind),
            task::permission.eq(new.permission.code()),
            task::state.eq(State::Queued.code()),
            (
                task::actor_kind.eq(kind),
                task::actor_id.eq(id),
                task::actor_name.eq(actor.who.name()),
                task::actor_ip.eq(actor.from.map(|ip| ip.to_string())),
                task::scope.eq(actor.scope.stored()),
            ),
            task::params.eq(new.params.to_string()),
            task::cursor.eq(Value::Null.to_string()),
            task::steps.eq(0_i64),
            task::file_name.eq(&new.file_name),
            task::input_blob_id.eq(new.input),
            task::total.eq(new.total),
            (
                task::done.eq(0_i64),
                task::failed.eq(0_i64),
                task::skipped.eq(0_i64),
            ),
            task::follows_id.eq(new.follows),
            task::told_at.eq(now),
            task::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .returning(task::id)
        .get_result(c)
        .optional())?)
}

/// Under which words the one who asked is kept. What no person and no program asked for is the
/// server's own.
pub(super) fn owner(who: &Who) -> (&'static str, i64) {
    match who {
        Who::Operator(id, _) => ("operator", id.0),
        Who::Client(id, _) => ("client", id.0),
        Who::Terminal(..) | Who::Job(_) | Who::Console => ("console", 0),
    }
}

pub(super) fn find(conn: &mut Conn, id: TaskId) -> Result<Option<Task>, Error> {
    let row: Option<Row> = task::table
        .find(id)
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Task::try_from).transpose()
}

/// What follows a trial.
pub(super) fn follower(conn: &mut Conn, of: TaskId) -> Result<Option<TaskId>, Error> {
    Ok(task::table
        .filter(task::follows_id.eq(of))
        .select(task::id)
        .first(conn)
        .optional()?)
}

/// Tasks that have something left to do, oldest first.
pub(super) fn open(conn: &mut Conn, limit: i64) -> Result<Vec<TaskId>, Error> {
    // Written as the partial index says it, so that it is used.
    Ok(task::table
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>(
            "state IN ('queued', 'running')",
        ))
        .order(task::id.asc())
        .select(task::id)
        .limit(limit)
        .load(conn)?)
}

/// False when it is not queued any more.
pub(super) fn begin(conn: &mut Conn, id: TaskId, now: Millis) -> Result<bool, Error> {
    let queued = task::table.filter(task::id.eq(id).and(task::state.eq(State::Queued.code())));
    let n = diesel::update(queued)
        .set((
            task::state.eq(State::Running.code()),
            task::started_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// False when another step was faster, or the task has ended.
pub(super) fn advance(
    conn: &mut Conn,
    of: &Task,
    to: &Advance,
    told_at: Option<Millis>,
) -> Result<bool, Error> {
    let seen = task::table
        .filter(task::id.eq(of.id).and(task::steps.eq(of.steps)))
        .filter(task::state.eq(State::Running.code()));
    let n = diesel::update(seen)
        .set((
            task::cursor.eq(to.cursor.to_string()),
            task::steps.eq(of.steps + 1),
            task::done.eq(task::done + to.done),
            task::failed.eq(task::failed + to.failed),
            task::skipped.eq(task::skipped + to.skipped),
            to.total.map(|total| task::total.eq(Some(total))),
            told_at.map(|at| task::told_at.eq(at)),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// Sets how far a step is that begins anew when it is cut short. False when the task has ended.
pub(super) fn note_progress(
    conn: &mut Conn,
    of: &Task,
    done: i64,
    total: Option<i64>,
    told_at: Option<Millis>,
) -> Result<bool, Error> {
    let seen = task::table
        .filter(task::id.eq(of.id).and(task::steps.eq(of.steps)))
        .filter(task::state.eq(State::Running.code()));
    let n = diesel::update(seen)
        .set((
            task::done.eq(done),
            total.map(|total| task::total.eq(Some(total))),
            told_at.map(|at| task::told_at.eq(at)),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// How a task ended.
pub(super) struct Ending<'a> {
    pub(super) state: State,
    pub(super) output: Option<&'a Output>,
    pub(super) error: Option<(&'a str, Value)>,
}

/// False when it had ended, or went on, meanwhile.
pub(super) fn end(
    conn: &mut Conn,
    of: &Task,
    ending: &Ending<'_>,
    now: Millis,
) -> Result<bool, Error> {
    let seen = task::table
        .filter(task::id.eq(of.id).and(task::steps.eq(of.steps)))
        .filter(task::state.eq_any([State::Queued.code(), State::Running.code()]));
    let error = ending.error.as_ref();
    let n = diesel::update(seen)
        .set((
            task::state.eq(ending.state.code()),
            task::steps.eq(of.steps + 1),
            task::output_blob_id.eq(ending.output.map(|output| output.blob)),
            task::output_name.eq(ending.output.map(|output| output.file_name.as_str())),
            task::error_code.eq(error.map(|(code, _)| *code)),
            task::error_args.eq(error.map(|(_, args)| args.to_string())),
            task::ended_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// Takes up a task that failed or was cancelled, where it ended.
pub(super) fn requeue(conn: &mut Conn, id: TaskId) -> Result<bool, Error> {
    let ended = task::table
        .filter(task::id.eq(id))
        .filter(task::state.eq_any([State::Failed.code(), State::Cancelled.code()]));
    let n = diesel::update(ended)
        .set((
            task::state.eq(State::Queued.code()),
            task::steps.eq(task::steps + 1),
            task::error_code.eq(None::<String>),
            task::error_args.eq(None::<String>),
            task::ended_at.eq(None::<Millis>),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// Whose tasks a list shows.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    pub(super) permissions: Permissions,
    /// Only those of this one.
    pub(super) of: Option<(&'static str, i64)>,
    /// Those that were started by somebody who saw one of these, as stored.
    pub(super) scopes: Option<Vec<String>>,
    pub(super) state: Option<State>,
}

/// What an owner saw, as stored, when he started tasks that concern nothing out of `scope`.
pub(super) fn scopes_within(
    conn: &mut Conn,
    (kind, id): (&str, i64),
    scope: &Scope,
) -> Result<Vec<String>, Error> {
    let all: Vec<Option<String>> = task::table
        .filter(task::actor_kind.eq(kind).and(task::actor_id.eq(id)))
        .select(task::scope)
        .distinct()
        .load(conn)?;
    let is_within =
        |stored: &String| Scope::restored(Some(stored)).is_some_and(|seen| scope.covers(&seen));
    Ok(all.into_iter().flatten().filter(is_within).collect())
}

/// Newest first: the rows of a page in reading order, and how many match.
pub(super) fn list(
    conn: &mut Conn,
    filter: &Filter,
    turn: &Turn,
) -> Result<(Vec<Task>, i64), Error> {
    let matching = || {
        let codes: Vec<_> = filter.permissions.0.iter().map(|p| p.code()).collect();
        let mut query = task::table
            .filter(task::permission.eq_any(codes))
            .into_boxed();
        if let Some((kind, id)) = filter.of {
            query = query.filter(task::actor_kind.eq(kind).and(task::actor_id.eq(id)));
        }
        if let Some(scopes) = &filter.scopes {
            query = query.filter(task::scope.assume_not_null().eq_any(scopes.clone()));
        }
        match filter.state {
            Some(state) => query.filter(task::state.eq(state.code())),
            None => query,
        }
    };
    let counted = db::count(conn, matching().select(task::id).limit(COUNTED + 1))?;
    let mut query = matching().select(Row::as_select()).limit(turn.limit());
    query = match turn.edge() {
        (None, false) => query.order(task::id.desc()),
        (None, true) => query.order(task::id.asc()),
        (Some(at), false) => query.filter(task::id.lt(at.id)).order(task::id.desc()),
        (Some(at), true) => query.filter(task::id.gt(at.id)).order(task::id.asc()),
    };
    let rows: Vec<Row> = query.load(conn)?;
    let tasks: Result<Vec<_>, _> = rows.into_iter().map(Task::try_from).collect();
    Ok((tasks?, counted))
}

/// The task that ended longest ago, before `before`.
pub(super) fn expired(conn: &mut Conn, before: Millis) -> Result<Option<Task>, Error> {
    let row: Option<Row> = task::table
        .filter(task::ended_at.is_not_null())
        .filter(task::ended_at.le(before))
        .order(task::ended_at.asc())
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Task::try_from).transpose()
}

/// False when somebody took it up again.
pub(super) fn remove(conn: &mut Conn, of: &Task) -> Result<bool, Error> {
    let ended = task::table
        .filter(task::id.eq(of.id).and(task::steps.eq(of.steps)))
        .filter(task::ended_at.is_not_null());
    Ok(diesel::delete(ended).execute(conn)? == 1)
}
