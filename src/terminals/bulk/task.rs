//! The task that does it, some terminals at a step, each step in one transaction with its results.
use super::Error;
use super::model::{Selection, Wish};
use super::ops::{self, apply, left_out};
use crate::access::Permission;
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::{self, Tx};
use crate::http::{self, Failure};
use crate::ids::Tid;
use crate::lists::Words;
use crate::tasks::{self, Advance, Kind, New, Outcome, RowResult, Step, Task};
use crate::terminals::page::source;
use crate::terminals::work::Handlers;
use serde_json::{Value, json};
use std::sync::Arc;

const BULK: &str = "terminals.bulk";
/// Terminals of one step: few, so that those who check in meanwhile do not wait.
const PIECE: i64 = 25;

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
            Box::pin(async move { step(&ctx, &handlers, task).await })
        },
    )
    .with_panel("terminals/bulk_panel", panel)
}

fn panel(task: &Task) -> Value {
    let wish = &task.params["wish"];
    let action = wish["action"].as_str().unwrap_or_default();
    json!({
        "action_key": format!("terminals-bulk-{action}"),
        "value": wish["value"],
        "query": wish["selection"]["matching"],
        "is_named": wish["selection"]["matching"].is_null(),
        "filters": told(wish["selection"]["matching"].as_str().unwrap_or_default()),
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

pub(super) fn new(wish: &Wish, chosen: i64, name: String) -> New {
    New {
        file_name: Some(name),
        total: Some(chosen),
        ..New::of(
            BULK,
            Permission::TerminalsManage,
            json!({ "wish": wish, "chosen": chosen }),
        )
    }
}

async fn step(ctx: &Ctx, handlers: &Arc<Handlers>, mut task: Task) -> Result<Step, Failure> {
    let broken = |e: serde_json::Error| db::Error::Fault(e.into());
    let wish: Wish = serde_json::from_value(task.params["wish"].clone()).map_err(broken)?;
    let (now, handlers) = (ctx.now(), Arc::clone(handlers));
    let is_over = ctx
        .db
        .write(move |tx| {
            let (tids, cursor) = next(tx, &task, &wish)?;
            let mut to = Advance {
                cursor,
                ..Advance::default()
            };
            for (row, text) in (task.handled() + 1..).zip(&tids) {
                to.push(done(tx, &handlers, (&task, &wish), (row, text), now)?);
            }
            let is_over = to.cursor["over"] == true;
            tasks::advance(tx, &mut task, to, now)?;
            Ok::<_, Failure>(is_over)
        })
        .await?;
    Ok(if is_over {
        Step::Done(None)
    } else {
        Step::More
    })
}

/// The next terminals, and the cursor behind them. Not more than the review counted: whoever came
/// to match since then was not meant.
fn next(tx: &mut Tx, task: &Task, wish: &Wish) -> Result<(Vec<String>, Value), Failure> {
    let chosen = task.params["chosen"].as_i64().unwrap_or_default();
    let left = PIECE.min(chosen - task.handled());
    match &wish.selection {
        Selection::These(tids) => {
            let at = task.cursor["at"].as_u64().unwrap_or_default();
            let at = usize::try_from(at).unwrap_or(usize::MAX);
            let some = tids
                .iter()
                .skip(at)
                .take(usize::try_from(PIECE).unwrap_or(1));
            let some: Vec<String> = some.cloned().collect();
            let at = at + some.len();
            Ok((some, json!({ "at": at, "over": at >= tids.len() })))
        }
        Selection::Matching(_) if left <= 0 => Ok((Vec::new(), json!({ "over": true }))),
        Selection::Matching(text) => {
            let scope = &task.actor.scope;
            let filter = ops::filter(tx, scope, text)?;
            let (found, after) =
                ops::page(tx, scope, &filter, (task.cursor["after"].as_str(), left))?;
            let tids = found.iter().map(|it| it.tid.to_string()).collect();
            let is_over = after.is_none();
            Ok((tids, json!({ "after": after, "over": is_over })))
        }
    }
}

/// Does it to one terminal, and says what became of it. What the terminal itself refuses is undone
/// and is its result; only a failing database undoes the step.
fn done(
    tx: &mut Tx,
    handlers: &Handlers,
    (task, wish): (&Task, &Wish),
    (row, text): (i64, &str),
    now: Millis,
) -> Result<RowResult, Failure> {
    let applied = match Tid::parse(text) {
        Ok(tid) => tx.attempt(|tx| apply(tx, handlers, &task.actor, (&tid, wish), now))?,
        Err(_) => Err(Error::NoTerminal(text.to_owned())),
    };
    Ok(match applied {
        Ok(true) => RowResult::new(row, text, Outcome::Done, wish.action.done()),
        Ok(false) => RowResult::new(row, text, Outcome::Same, "was-so"),
        Err(Error::Db(cause)) => return Err(cause.into()),
        Err(why) => match left_out(&why) {
            Some(code) => RowResult::new(row, text, Outcome::Skipped, code),
            None => RowResult::refused(row, text, &why),
        },
    })
}
