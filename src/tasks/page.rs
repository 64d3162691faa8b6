//! Tasks in the web UI: the list, one task with its progress and rows, and what may be done to it.
use super::api::file;
use super::error::Error;
use super::model::{Outcome, State};
use super::one;
use super::ops::{self, Viewer, Whose};
use super::row_store;
use super::shown::{Asked, AskedRows, why, words};
use super::task::{Kinds, RowResult, Task};
use super::waits::Waits;
use crate::access::{Caller, Empty, Form, Mount, Needs, Scope};
use crate::context::Ctx;
use crate::db;
use crate::http::{Failure, address, attachment};
use crate::ids::TaskId;
use crate::sheets::{Cell, Column, Csv};
use crate::views::{Look, text};
use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};
use futures_util::{TryStreamExt, stream};
use serde_json::{Value, json};

/// Rows of a results file that are read at once.
const PIECE: i64 = 1000;
const HERE: &str = "/tasks";

pub(super) fn routes(mount: &mut Mount) {
    let known = Needs::SignedIn;
    mount.web(Method::GET, "/tasks", known, list);
    mount.web(Method::GET, "/tasks/{id}", known, show);
    mount.web(Method::GET, "/tasks/{id}/file", known, file);
    mount.web(Method::GET, "/tasks/{id}/rows.csv", known, rows_file);
    mount.web(Method::POST, "/tasks/{id}/cancel", known, cancel);
    mount.web(Method::POST, "/tasks/{id}/continue", known, go_on);
}

/// What a page shows of a task.
fn facts(look: Look, (kinds, waits): (&Kinds, &Waits), task: &Task) -> Value {
    let kind = kinds.find(&task.kind);
    let own_title = kind.and_then(|kind| (kind.title_of)(&task.params));
    let trial = kind.and_then(|kind| kind.trials);
    let trial = trial.filter(|(are, _)| are(&task.params));
    let is_trial = trial.is_some();
    let title = kind.map_or("task-one", |kind| kind.title_key);
    let title = trial.map_or(title, |(_, key)| key);
    let wait = waits.find(task.id).filter(|_| task.state.is_open());
    let state = match (wait, task.state) {
        (Some(_), _) => "stalled",
        (None, State::Done) if is_trial => "checked",
        (None, State::Done) if task.failed > 0 => "partly",
        (None, state) => state.code(),
    };
    json!({
        "id": task.id,
        "event_subject": task.event_subject(),
        "title_key": own_title.as_deref().unwrap_or(title),
        "is_trial": is_trial,
        "state": state,
        "waits": wait.map(|wait| text(look.lang, wait.key, &[])),
        "is_open": task.state.is_open(),
        "may_continue": task.state.may_continue(),
        // What it is called may be all that it was named after.
        "file_name": task.file_name.as_ref().filter(|_| own_title.is_none()),
        "by": task.actor.who.name(),
        "total": task.total,
        "handled": task.handled(),
        "done": task.done,
        "failed": task.failed,
        "skipped": task.skipped,
        "has_rows": task.handled() > 0,
        "has_file": task.output.is_some(),
        "output_name": task.output_name,
        "why": why(look.lang, task),
        "created_at": task.created_at,
        "started_at": task.started_at,
        "ended_at": task.ended_at,
    })
}

async fn list(
    ctx: web::Data<Ctx>,
    kinds: web::Data<Kinds>,
    waits: web::Data<Waits>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let (viewer, turn, which) = (Viewer::of(&caller)?, asked.turn()?, asked.which()?);
    let (reading, sees_all) = (turn.clone(), viewer.actor.scope == Scope::All);
    let page = ctx
        .db
        .read(move |conn| ops::list(conn, &viewer, which, &reading))
        .await?;
    let filter = [("whose", asked.whose.as_str()), ("state", &asked.state)];
    let states: Vec<Value> = State::ALL
        .iter()
        .map(|state| json!({ "value": state.code(), "key": format!("state-{}", state.code()) }))
        .collect();
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|task| facts(caller.look, (&kinds, &waits), task))
        .collect();
    let data = json!({
        "items": items,
        "pager": page.pager(HERE, &filter, &turn),
        "state": asked.state,
        "states": states,
        "sees_all": sees_all,
        "everyone": which.0 == Whose::Everyone && sees_all,
        "is_narrowed": filter.iter().any(|(_, value)| !value.is_empty()),
    });
    ctx.page(&caller, "tasks/list", data)
}

async fn show(
    ctx: web::Data<Ctx>,
    kinds: web::Data<Kinds>,
    waits: web::Data<Waits>,
    caller: Caller,
    id: web::Path<TaskId>,
    asked: web::Query<AskedRows>,
) -> Result<HttpResponse, Failure> {
    let (viewer, id, turn, outcome) = (Viewer::of(&caller)?, *id, asked.turn()?, asked.which()?);
    let reading = turn.clone();
    let (task, rows, follower) = ctx
        .db
        .read(move |conn| {
            let task = ops::find(conn, &viewer, id)?;
            let rows = ops::rows_of(conn, &task, outcome, &reading)?;
            let follower = ops::follower(conn, id)?;
            Ok::<_, Error>((task, rows, follower))
        })
        .await?;
    let own = format!("{HERE}/{id}");
    let outcomes: Vec<Value> = Outcome::ALL
        .iter()
        .map(|one| {
            json!({
                "key": format!("state-{}", one.code()),
                "href": address(&own, &[("outcome", one.code())]),
                "current": outcome == Some(*one),
            })
        })
        .collect();
    let lang = caller.look.lang;
    let it = facts(caller.look, (&kinds, &waits), &task);
    let is_trial = it["is_trial"] == true;
    let shown = |row: &RowResult| {
        // What was only tried is not done.
        let outcome = match row.outcome {
            Outcome::Done if is_trial => "checked",
            outcome => outcome.code(),
        };
        json!({ "row": row.row, "subject": row.subject, "outcome": outcome, "words": words(lang, row) })
    };
    let panel = kinds.find(&task.kind).and_then(|kind| kind.panel);
    let data = json!({
        "crumbs": [{ "key": "nav-tasks", "href": HERE }, { "key": it["title_key"] }],
        "it": it,
        "rows": rows.items.iter().map(shown).collect::<Vec<_>>(),
        "pager": rows.pager(&own, &[("outcome", asked.outcome.as_str())], &turn),
        "outcomes": outcomes,
        "outcome": asked.outcome,
        "all_rows": own,
        "follower": follower,
        "panel_template": panel.map(|panel| panel.template),
        "panel": panel.map(|panel| (panel.data)(&task)),
    });
    ctx.page(&caller, "tasks/show", data)
}

const COLUMNS: &[Column] = &[
    Column::new("row", "task-row").always(),
    Column::new("subject", "task-subject"),
    Column::new("outcome", "task-outcome"),
    Column::new("code", "task-code"),
    Column::new("message", "task-message"),
];

/// What became of the rows, as a file.
async fn rows_file(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<TaskId>,
    asked: web::Query<AskedRows>,
) -> Result<HttpResponse, Failure> {
    let (outcome, look) = (asked.which()?, caller.look);
    let id = one::seen(&ctx, &caller, *id).await?.id;
    let mut csv = Csv::new(look);
    csv.header(COLUMNS);
    let pieces = stream::try_unfold(
        (ctx, csv, Some(0)),
        move |(ctx, mut csv, from)| async move {
            let Some(from) = from else { return Ok(None) };
            let rows = ctx
                .db
                .read(move |conn| row_store::after(conn, id, outcome, from, PIECE))
                .await?;
            for row in &rows {
                csv.row(&cells(look, row));
            }
            let next = rows.last().map(|row| row.row);
            Ok::<_, db::Error>(Some((csv.take(), (ctx, csv, next))))
        },
    );
    let pieces = pieces.map_err(|cause| actix_web::Error::from(Failure::from(cause)));
    let name = format!("task-{id}-rows.csv");
    Ok(attachment(&name, "text/csv; charset=utf-8").streaming(pieces))
}

fn cells(look: Look, row: &RowResult) -> [Cell; 5] {
    [
        Cell::Number(row.row),
        Cell::id(&row.subject),
        Cell::Pill(row.outcome.code().to_owned()),
        Cell::text(&row.code),
        Cell::text(words(look.lang, row)),
    ]
}

async fn cancel(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<TaskId>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let task = one::cancelled(&ctx, &caller, *id).await?;
    Ok(see_other(task.id, "task-cancelled"))
}

async fn go_on(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<TaskId>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let task = one::continued(&ctx, &caller, *id).await?;
    Ok(see_other(task.id, "task-continued"))
}

fn see_other(id: TaskId, said: &str) -> HttpResponse {
    let to = address(&format!("{HERE}/{id}"), &[("said", said)]);
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to))
        .finish()
}
