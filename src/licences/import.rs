//! Many files at once: the task that unpacks a bundle and deposits what it holds, a chunk at a time.
//!
//! A chunk's licences and the place behind it are one transaction, so a killed server goes on behind
//! the last whole chunk. What is refused is told file by file, and stops nothing.
use super::bundle::{self, Index};
use super::error::Error;
use super::facts_model::{Facts, Said};
use super::model::{Replace, State, Uploaded};
use super::naming_ops;
use super::ops::{self, NewLicence};
use super::table;
use super::unpack::{Cursor, Looked, look};
use crate::access::{Actor, Permission};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::Tx;
use crate::http::{Failure, Kind as Fault, Problem};
use crate::ids::{BlobId, TaskId};
use crate::storage::{self, Blob};
use crate::tasks::{self, Advance, Kind, New, Outcome, RowResult, Step, Task};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{HashSet, VecDeque};

/// The kind of these tasks.
pub(super) const IMPORT: &str = "licences.import";
/// Chunks of one step: whether whoever began may still do it is asked before each.
const CHUNKS: usize = 2;
const CONTENT_TYPE: &str = "application/octet-stream";

/// How a bundle is to be read: a task's parameters.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Params {
    index: (u64, u64),
    replace: bool,
}

/// For `app` to register.
#[must_use]
pub fn kind() -> Kind {
    Kind::new(
        IMPORT,
        Permission::LicencesManage,
        "licences-import-task",
        |ctx, task| Box::pin(step(ctx, task)),
    )
}

/// Begins the task.
pub(super) async fn begin(
    ctx: &Ctx,
    actor: Actor,
    bundle: bundle::Bundle,
    replace: Replace,
) -> Result<TaskId, Failure> {
    let params = Params {
        index: bundle.index,
        replace: replace == Replace::Supersede,
    };
    let new = New {
        input: Some(bundle.blob.id),
        file_name: Some(bundle.name),
        total: i64::try_from(bundle.parts).ok(),
        ..New::of(IMPORT, Permission::LicencesManage, json!(params))
    };
    let now = ctx.now();
    let begun = ctx
        .db
        .write(move |tx| tasks::start(tx, &actor, &new, now))
        .await?;
    tasks::nudge(&ctx.jobs);
    Ok(begun)
}

/// A file on its way into the database.
struct Ready {
    told: String,
    file: Result<NewLicence, Error>,
    next: Cursor,
}

async fn step(ctx: Ctx, mut task: Task) -> Result<Step, Failure> {
    let params: Params = serde_json::from_value(task.params.clone()).map_err(|_| Error::BadForm)?;
    let at: Cursor = serde_json::from_value(task.cursor.clone()).unwrap_or_default();
    let input = task.input.unwrap_or(BlobId(0));
    let found = ctx.db.read(move |conn| storage::find(conn, input)).await?;
    let blob = found.ok_or(Error::FileGone)?;
    let index = bundle::index(&ctx, &blob, params.index).await?;
    let bundle = (&blob, &index);
    let replace = Replace::when(params.replace);
    let mut some = prepare(&ctx, bundle, at).await?;
    for _ in 1..CHUNKS {
        if some.next.part >= index.parts.len() {
            break;
        }
        let ahead = prepare(&ctx, bundle, some.next.clone());
        let (deposited, ahead) = tokio::join!(deposit(&ctx, task, some, replace), ahead);
        (task, some) = (deposited?, ahead?);
    }
    let is_end = some.next.part >= index.parts.len();
    deposit(&ctx, task, some, replace).await?;
    Ok(if is_end { Step::Done(None) } else { Step::More })
}

/// Some files on their way into the database.
struct Prepared {
    ready: VecDeque<Ready>,
    /// The place behind them, and behind what an archive has beside files.
    next: Cursor,
    /// How many files there are in all, as far as is known.
    total: i64,
}

/// Unpacks the next files, tells what they are for, and stores them.
async fn prepare(
    ctx: &Ctx,
    (blob, index): (&Blob, &Index),
    at: Cursor,
) -> Result<Prepared, Failure> {
    let chunk = look(ctx, blob, index, at).await?;
    Ok(Prepared {
        total: chunk.total(),
        next: chunk.next,
        ready: name_and_store(ctx, (blob, index), chunk.looked).await?,
    })
}

/// Tells what each file is for, by the table that came along or by its name, and stores its bytes.
async fn name_and_store(
    ctx: &Ctx,
    (blob, index): (&Blob, &Index),
    looked: Vec<Looked>,
) -> Result<VecDeque<Ready>, Failure> {
    let naming = ctx.db.read(naming_ops::pattern).await?;
    let names: HashSet<String> = looked
        .iter()
        .filter_map(|it| it.file.as_ref().ok())
        .map(|(name, _)| table::key(name))
        .collect();
    let told = table::rows(ctx, blob, index, &names).await?;
    let mut bytes = Vec::new();
    let mut some = Vec::new();
    for it in looked {
        let said = it.file.as_ref().ok().and_then(|(name, _)| {
            let by_name = || naming.as_ref().and_then(|pattern| pattern.read(name));
            told.get(&table::key(name)).cloned().or_else(by_name)
        });
        let file = match (it.file, facts(said)) {
            (Err(why), _) | (_, Err(why)) => Err(why),
            (Ok((file_name, content)), Ok(facts)) => {
                bytes.push(Bytes::from(content));
                Ok((file_name, facts))
            }
        };
        some.push((it.told, file, it.next));
    }
    let stored = ctx.storage.upload_together(&bytes, CONTENT_TYPE).await;
    let mut blobs = stored.map_err(Error::from)?.into_iter();
    let ready = some.into_iter().map(|(told, file, next)| {
        let file = file.and_then(|(file_name, facts)| {
            let blob = blobs.next().ok_or(Error::FileGone)?;
            Ok(NewLicence {
                tid: None,
                facts,
                file_name,
                blob,
            })
        });
        Ready { told, file, next }
    });
    Ok(ready.collect())
}

fn facts(said: Option<Said>) -> Result<Facts, Error> {
    let facts = said.ok_or(Error::NotNamed)?.facts();
    let facts = facts.map_err(Error::Invalid)?;
    facts.check().map_err(Error::Invalid)
}

/// Deposits some files, and moves the task behind them in the same transactions.
async fn deposit(
    ctx: &Ctx,
    mut task: Task,
    some: Prepared,
    replace: Replace,
) -> Result<Task, Failure> {
    let Prepared {
        mut ready,
        next: end,
        total,
    } = some;
    loop {
        let (now, end) = (ctx.now(), end.clone());
        let chunk = tasks::write_chunk(ctx, move |tx, hold| {
            let mut to = Advance {
                total: Some(total),
                ..Advance::default()
            };
            while let Some(one) = ready.pop_front() {
                to.cursor = json!(one.next);
                let row = one.next.row;
                to.push(became(tx, &task.actor, one, (row, replace), now)?);
                // It holds its terminal's row.
                if hold.is_over_behind_shared() {
                    break;
                }
            }
            if ready.is_empty() {
                to.cursor = json!(end);
            }
            tasks::advance(tx, &mut task, to, now)?;
            Ok::<_, Failed>((task, ready))
        });
        (task, ready) = chunk.await.map_err(|failed| failed.0)?;
        if ready.is_empty() {
            return Ok(task);
        }
    }
}

/// A failure that a transaction lets through.
struct Failed(Failure);

impl<E: Into<Failure>> From<E> for Failed {
    fn from(cause: E) -> Self {
        Self(cause.into())
    }
}

/// What becomes of one file. Nothing of one that is refused was written, so the others stand.
fn became(
    tx: &mut Tx,
    actor: &Actor,
    one: Ready,
    (row, replace): (i64, Replace),
    now: Millis,
) -> Result<RowResult, Failure> {
    let new = match one.file {
        Ok(new) => new,
        Err(why) => return Ok(RowResult::refused(row, one.told, &why)),
    };
    match tx.attempt(|tx| ops::upload(tx, actor, new, replace, now))? {
        Ok((licence, uploaded)) => {
            let (outcome, code) = match (uploaded, licence.state) {
                (Uploaded::Same, _) => (Outcome::Same, "licence.same"),
                (_, State::Unmatched) => (Outcome::Done, "licence.unmatched"),
                (Uploaded::Superseding, _) => (Outcome::Done, "licence.superseding"),
                (Uploaded::New, _) => (Outcome::Done, "licence.new"),
            };
            let mut told = RowResult::new(row, one.told, outcome, code);
            told.args = json!({ "serial": licence.facts.serial_number });
            Ok(told)
        }
        Err(why) if matches!(why.kind(), Fault::Busy | Fault::Fault | Fault::Full) => {
            Err(why.into())
        }
        Err(why) => Ok(RowResult::refused(row, one.told, &why)),
    }
}
