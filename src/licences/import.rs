//! Many files at once: the task that unpacks a bundle and deposits what it holds, a chunk at a time.
//!
//! A chunk's licences and the place behind it are one transaction, so a killed server goes on behind
//! the last whole chunk. What is refused is told file by file, and stops nothing.
use super::archive::{self, Span};
use super::bundle::{self, Index, Part, What};
use super::error::Error;
use super::facts_model::{Facts, Said};
use super::model::{MAX_BYTES, Replace, State, Uploaded, file_name};
use super::naming_ops;
use super::ops::{self, NewLicence};
use super::table;
use crate::access::{Actor, Permission};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::Tx;
use crate::http::{Failure, Kind as Fault, Problem};
use crate::ids::{BlobId, TaskId};
use crate::storage::{self, Blob, Limits};
use crate::tasks::{self, Advance, Kind, New, Outcome, RowResult, Step, Task};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// The kind of these tasks.
pub(super) const IMPORT: &str = "licences.import";
/// Files of one step: they are unpacked, stored side by side, and deposited together.
const CHUNK: usize = 40;
const AT_ONCE: usize = 8;
/// Licences of one transaction. On PostgreSQL each holds its terminal's row, which a check-in may wait
/// for, so none is held for another's sake.
const TOGETHER: usize = 20;
/// The longest time left to others after a transaction.
const REST: Duration = Duration::from_millis(200);
/// The most that the archives of one bundle may unpack to.
const UNPACKED_MAX: u64 = 2 << 30;
const LIMITS: Limits = Limits {
    max_bytes: MAX_BYTES,
    content_type: "application/octet-stream",
};

/// How a bundle is to be read: a task's parameters.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Params {
    index: (u64, u64),
    replace: bool,
}

/// How far it is: a file of the bundle, and one of the archive that it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Cursor {
    part: usize,
    entry: usize,
    /// Files behind it.
    row: i64,
    /// Bytes that archives gave so far.
    unpacked: u64,
    /// What was told of the archives behind it, beyond one each.
    more: i64,
    /// What was told of the archive that it is in.
    of_archive: i64,
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

/// A file that was looked at: its name, and its bytes or why it is none; and the place behind it.
struct Looked {
    told: String,
    file: Result<(String, Vec<u8>), Error>,
    next: Cursor,
}

/// A file on its way into the database.
struct Ready {
    told: String,
    file: Result<NewLicence, Error>,
    next: Cursor,
}

/// What a step looks at.
struct Chunk {
    looked: Vec<Looked>,
    next: Cursor,
    /// Files of the form; an archive is one.
    known: i64,
    /// What the archive that it ends in still holds.
    ahead: i64,
}

async fn step(ctx: Ctx, mut task: Task) -> Result<Step, Failure> {
    let params: Params = serde_json::from_value(task.params.clone()).map_err(|_| Error::BadForm)?;
    let at: Cursor = serde_json::from_value(task.cursor.clone()).unwrap_or_default();
    let input = task.input.unwrap_or(BlobId(0));
    let found = ctx.db.read(move |conn| storage::find(conn, input)).await?;
    let blob = found.ok_or(Error::FileGone)?;
    let index = bundle::index(&ctx, &blob, params.index).await?;
    let chunk = look(&ctx, &blob, &index, at).await?;
    let is_end = chunk.next.part >= index.parts.len();
    let total = chunk.total();
    let mut ready = name_and_store(&ctx, (&blob, &index), chunk.looked).await?;
    let replace = Replace::when(params.replace);
    let (per, share) = if ctx.db.has_one_writer() {
        (TOGETHER, 1)
    } else {
        (1, 4)
    };
    while !ready.is_empty() {
        let rest = ready.split_off(per.min(ready.len()));
        let next = match (rest.is_empty(), ready.last()) {
            (false, Some(last)) => last.next.clone(),
            _ => chunk.next.clone(),
        };
        let to = (json!(next), Some(total));
        let begun = Instant::now();
        task = deposit(&ctx, task, ready, replace, to).await?;
        ready = rest;
        // The fleet's check-ins have their turn in between.
        tokio::time::sleep((begun.elapsed() / share).min(REST)).await;
    }
    // What an archive has beside files moves the place as well.
    let is_moved = task.cursor != json!(chunk.next);
    if is_moved {
        let to = (json!(chunk.next), Some(total));
        deposit(&ctx, task, Vec::new(), replace, to).await?;
    }
    Ok(if is_end { Step::Done(None) } else { Step::More })
}

/// The next files of the bundle, unpacked where they are packed.
async fn look(ctx: &Ctx, blob: &Blob, index: &Index, at: Cursor) -> Result<Chunk, Failure> {
    let files = index.parts.iter().filter(|part| part.what != What::Csv);
    let mut chunk = Chunk {
        looked: Vec::new(),
        known: i64::try_from(files.count()).unwrap_or(i64::MAX),
        ahead: 0,
        next: at,
    };
    while chunk.looked.len() < CHUNK
        && let Some(part) = index.parts.get(chunk.next.part)
    {
        let file = match part.what {
            What::Csv => {
                chunk.next.part += 1;
                continue;
            }
            What::Zip => {
                unpack(ctx, blob, part, &mut chunk).await?;
                continue;
            }
            What::TooLarge => Err(Error::TooLarge),
            What::Licence => {
                let bytes = bundle::bytes_of(ctx, blob, part.span).await?;
                let name = file_name(&part.name).ok_or(Error::FileName);
                name.and_then(|name| archive::check(&bytes).map(|()| (name, bytes)))
            }
        };
        chunk.next.part += 1;
        chunk.push(part.name.clone(), file);
    }
    Ok(chunk)
}

impl Chunk {
    /// Files in all, as far as the archives were opened.
    fn total(&self) -> i64 {
        let under_way = match self.ahead {
            0 => 0,
            ahead => self.next.of_archive + ahead - 1,
        };
        self.known + self.next.more + under_way
    }

    /// The archive is over: what was told of it counts in place of the one that it was.
    fn end_archive(&mut self) {
        self.next.more += self.next.of_archive - 1;
        self.next.of_archive = 0;
        self.next.part += 1;
        self.next.entry = 0;
        self.ahead = 0;
    }

    fn push(&mut self, told: String, file: Result<(String, Vec<u8>), Error>) {
        self.next.row += 1;
        self.looked.push(Looked {
            told,
            file,
            next: self.next.clone(),
        });
    }
}

/// The next files of an archive. One that cannot be read is refused as a whole.
async fn unpack(ctx: &Ctx, blob: &Blob, part: &Part, chunk: &mut Chunk) -> Result<(), Failure> {
    let (from, n) = (chunk.next.entry, CHUNK - chunk.looked.len());
    let span = Span::new(&ctx.storage, blob, part.span);
    let read = tokio::task::spawn_blocking(move || archive::read(span, from, n));
    // What the reader does not survive is no archive; whatever else ends it is the server's own end.
    let read = match read.await {
        Err(e) if e.is_panic() => Err(Error::BadArchive),
        Err(e) => Err(Error::Db(crate::db::Error::Busy(e.into()))),
        Ok(read) => read,
    };
    let refused = match read {
        Err(Error::Db(cause)) => return Err(cause.into()),
        Err(Error::Storage(cause)) => return Err(Error::Storage(cause).into()),
        Err(refused) => Some(refused),
        Ok(found) if found.files == 0 => Some(Error::ArchiveEmpty),
        Ok(_) if chunk.next.unpacked > UNPACKED_MAX => Some(Error::ArchiveTooLarge),
        Ok(found) => {
            for entry in found.entries {
                let size = entry
                    .file
                    .as_ref()
                    .map_or(0, |(_, bytes)| bytes.len() as u64);
                chunk.next.unpacked += size;
                chunk.next.entry = entry.at + 1;
                chunk.next.of_archive += 1;
                chunk.push(format!("{}/{}", part.name, entry.told), entry.file);
            }
            let files = i64::try_from(found.files).unwrap_or(i64::MAX);
            chunk.ahead = files - chunk.next.of_archive;
            if found.next.is_some() {
                return Ok(());
            }
            found.has_twice.then_some(Error::NameTwice)
        }
    };
    // The place behind what is told of the whole archive is behind it, so that it is told once.
    chunk.next.of_archive += i64::from(refused.is_some());
    chunk.end_archive();
    if let Some(refused) = refused {
        chunk.push(part.name.clone(), Err(refused));
    }
    Ok(())
}

/// Tells what each file is for, by the table that came along or by its name, and stores its bytes.
async fn name_and_store(
    ctx: &Ctx,
    (blob, index): (&Blob, &Index),
    looked: Vec<Looked>,
) -> Result<Vec<Ready>, Failure> {
    let naming = ctx.db.read(naming_ops::pattern).await?;
    let names: HashSet<String> = looked
        .iter()
        .filter_map(|it| it.file.as_ref().ok())
        .map(|(name, _)| table::key(name))
        .collect();
    let told = table::rows(ctx, blob, index, &names).await?;
    let storing = looked.into_iter().map(|it| {
        let said = it.file.as_ref().ok().and_then(|(name, _)| {
            let by_name = || naming.as_ref().and_then(|pattern| pattern.read(name));
            told.get(&table::key(name)).cloned().or_else(by_name)
        });
        take_in(ctx, it, said)
    });
    let mut storing = stream::iter(storing).buffered(AT_ONCE);
    let mut ready = Vec::new();
    while let Some(one) = storing.next().await {
        ready.push(one?);
    }
    Ok(ready)
}

async fn take_in(ctx: &Ctx, it: Looked, said: Option<Said>) -> Result<Ready, Failure> {
    let facts = match said {
        Some(said) => said.facts().map_err(Error::Invalid),
        None => Err(Error::NotNamed),
    };
    let facts: Result<Facts, Error> = facts.and_then(|facts| facts.check().map_err(Error::Invalid));
    let file = match (it.file, facts) {
        (Err(why), _) | (_, Err(why)) => Err(why),
        (Ok((file_name, bytes)), Ok(facts)) => {
            let whole = stream::iter([Ok::<_, String>(Bytes::from(bytes))]);
            let blob = ctx
                .storage
                .upload(whole, LIMITS)
                .await
                .map_err(Error::from)?;
            Ok(NewLicence {
                tid: None,
                facts,
                file_name,
                blob,
            })
        }
    };
    Ok(Ready {
        told: it.told,
        file,
        next: it.next,
    })
}

/// Deposits some files and moves the task behind them, in one transaction.
async fn deposit(
    ctx: &Ctx,
    mut task: Task,
    some: Vec<Ready>,
    replace: Replace,
    (cursor, total): (Value, Option<i64>),
) -> Result<Task, Failure> {
    let now = ctx.now();
    let deposited = ctx.db.write(move |tx| {
        let mut to = Advance {
            cursor,
            total,
            ..Advance::default()
        };
        for one in some {
            let row = one.next.row;
            to.push(became(tx, &task.actor.clone(), one, (row, replace), now)?);
        }
        tasks::advance(tx, &mut task, to, now)?;
        Ok::<_, Failed>(task)
    });
    deposited.await.map_err(|failed| failed.0)
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
