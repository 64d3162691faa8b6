//! One step of an import: some records from where the last step ended, done in chunks.
//!
//! A chunk is one transaction that moves the cursor along with what it did. A row is tried behind a
//! savepoint, so what it did before it was refused is undone; in a trial every row is.
use super::error::Error;
use super::page::params;
use super::receive::Params;
use super::{Applied, Apply, Import};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::{self, Conn, Tx};
use crate::http::{Failure, Kind as FailureKind};
use crate::ids::TaskId;
use crate::sheets::{Place, Record, Records};
use crate::storage::{self, Blob};
use crate::tasks::{self, Advance, Hold, Kind, Outcome, RowResult, State, Step, Task};
use futures_util::TryStreamExt;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

/// Records that one step reads, and the bytes that it reads for them.
const RECORDS: usize = 1000;
const BYTES: usize = 1 << 20;
/// The most rows of a chunk.
const ROWS: usize = 200;
/// How many are looked up at once among those before.
const KNOWN_AT_ONCE: usize = 200;
/// Letters of what a row is about.
const SUBJECT_MAX: usize = 64;
/// What became of a row that was there and says something else now.
const CHANGED: &str = "changed";

/// The kind of an import's tasks, for `app` to register together with what is done with a row.
#[must_use]
pub fn kind(import: &'static Import, apply: Apply) -> Kind {
    Kind::new(
        import.kind,
        import.permission,
        import.title_key,
        move |ctx, task| Box::pin(step(import.about, apply.clone(), ctx, task)),
    )
    .with_panel("imports/panel", panel)
    .with_trials(is_trial, import.check_key)
}

fn is_trial(of: &Value) -> bool {
    params(of).is_some_and(|params| params.dry_run)
}

/// What a task's page tells of its file.
fn panel(task: &Task) -> Value {
    let Some(params) = params(&task.params) else {
        return Value::Null;
    };
    let used = |at: &usize| params.matched.places.contains(&Some(*at));
    let columns: Vec<&str> = (0..params.layout.header.len())
        .filter(used)
        .map(|at| params.layout.header[at].as_str())
        .collect();
    let delimiter = match params.layout.delimiter {
        '\t' => "import-tab",
        ';' => "import-semicolon",
        '|' => "import-bar",
        _ => "import-comma",
    };
    json!({
        "dry_run": params.dry_run,
        "may_begin": params.dry_run && task.state == State::Done,
        "has_refused": task.failed > 0,
        "encoding": params.layout.encoding,
        "delimiter_key": delimiter,
        "columns": columns.join(", "),
        "unused": params.matched.unused.join(", "),
    })
}

async fn step(about: usize, apply: Apply, ctx: Ctx, mut task: Task) -> Result<Step, Failure> {
    let params = Arc::new(params(&task.params).ok_or(Error::FileGone)?);
    let from = match &task.cursor {
        Value::Null => params.layout.begins,
        cursor => serde_json::from_value(cursor.clone()).map_err(|_| Error::FileGone)?,
    };
    let blob = input(&ctx, &task).await?;
    let mut records = read(&ctx, &blob, &params, from).await?;
    if records.is_empty() {
        return Ok(Step::Done(None));
    }
    let subjects = records.iter().map(|it| params.subject(about, it)).collect();
    let mut known = known(&ctx, task.id, subjects).await?;
    while !records.is_empty() {
        let (now, params, apply) = (ctx.now(), Arc::clone(&params), apply.clone());
        let chunk = tasks::write_chunk(&ctx, move |tx, hold| {
            let mut chunk = Chunk {
                apply: &apply,
                about,
                params: &params,
                now,
                hold,
                known: &mut known,
            };
            let taken = chunk.run(tx, &mut task, &records)?;
            records.drain(..taken);
            Ok::<_, Failed>((task, records, known))
        });
        (task, records, known) = chunk.await.map_err(|Failed(failure)| failure)?;
    }
    Ok(Step::More)
}

/// What the file said before: the row and its mark, by what it is about.
type Known = HashMap<String, (i64, Option<i64>)>;

/// What the file said of these before the step. It is read while nobody is kept waiting, and stays true:
/// a chunk only counts if no other step moved the task meanwhile.
async fn known(ctx: &Ctx, of: TaskId, subjects: Vec<String>) -> Result<Known, db::Error> {
    let read = move |conn: &mut Conn| {
        let mut known = Known::new();
        for some in subjects.chunks(KNOWN_AT_ONCE) {
            let earlier = tasks::earlier(conn, of, some.to_vec())?;
            known.extend(
                earlier
                    .into_iter()
                    .map(|(what, row, mark)| (what, (row, mark))),
            );
        }
        Ok(known)
    };
    ctx.db.read(read).await
}

pub(super) async fn input(ctx: &Ctx, task: &Task) -> Result<Blob, Error> {
    let id = task.input.ok_or(Error::FileGone)?;
    let found = ctx
        .db
        .read(move |conn: &mut Conn| storage::find(conn, id))
        .await?;
    found.ok_or(Error::FileGone)
}

/// The next records. What is wrong with the file itself is told once all before it is done.
async fn read(
    ctx: &Ctx,
    blob: &Blob,
    params: &Params,
    from: Place,
) -> Result<Vec<Record>, Failure> {
    let mut records = Records::new(&params.layout, from);
    let mut some = Vec::new();
    let mut bytes = ctx
        .storage
        .read(blob, from.offset..blob.size_bytes)
        .await
        .map_err(Error::from)?;
    let mut read = 0;
    loop {
        let piece = bytes.try_next().await.map_err(Error::from)?;
        match &piece {
            Some(piece) => records.feed(piece),
            None => records.end(),
        }
        read += piece.as_ref().map_or(0, bytes::Bytes::len);
        while some.len() < RECORDS {
            match records.next() {
                Ok(Some(record)) => some.push(record),
                Ok(None) => break,
                Err(refused) if some.is_empty() => return Err(refused.into()),
                Err(_) => return Ok(some),
            }
        }
        let enough = some.len() == RECORDS || (read >= BYTES && !some.is_empty());
        if enough || piece.is_none() {
            return Ok(some);
        }
    }
}

/// A failure on its way out of a transaction.
struct Failed(Failure);

impl From<db::Error> for Failed {
    fn from(cause: db::Error) -> Self {
        Self(cause.into())
    }
}

impl From<tasks::Error> for Failed {
    fn from(cause: tasks::Error) -> Self {
        Self(cause.into())
    }
}

impl Params {
    /// What a row is about, by its first `about` columns.
    fn subject(&self, about: usize, record: &Record) -> String {
        let values = self.matched.pick(&record.fields);
        subject(&values[..about.min(values.len())])
    }
}

struct Chunk<'a> {
    apply: &'a Apply,
    /// Columns that say what a row is about.
    about: usize,
    params: &'a Params,
    now: Millis,
    hold: &'a Hold,
    known: &'a mut Known,
}

impl Chunk<'_> {
    /// Does as many rows as there is time for; says how many.
    fn run(&mut self, tx: &mut Tx, task: &mut Task, rows: &[Record]) -> Result<usize, Failed> {
        let mut done = Advance::default();
        for record in &rows[..rows.len().min(ROWS)] {
            let row = self.row(tx, task, record)?;
            if row.outcome != Outcome::Failed {
                self.known.insert(row.subject.clone(), (row.row, row.mark));
            }
            // What was there already may be waited for.
            let is_shared = row.code == CHANGED;
            done.push(row);
            let is_over = if is_shared {
                self.hold.is_over_behind_shared()
            } else {
                self.hold.is_over()
            };
            if is_over {
                break;
            }
        }
        let taken = done.rows.len();
        done.cursor = rows[..taken]
            .last()
            .map_or(task.cursor.clone(), |row| json!(row.next));
        tasks::advance(tx, task, done, self.now)?;
        Ok(taken)
    }

    /// What the row came to. In a trial it is undone whatever that was, so that each row is judged alone,
    /// wherever a chunk begins.
    fn apply(
        &self,
        tx: &mut Tx,
        task: &Task,
        values: &[Option<&str>],
    ) -> Result<Result<Applied, Failure>, db::Error> {
        let run = |tx: &mut Tx| (self.apply)(tx, &task.actor, values, self.now);
        if !self.params.dry_run {
            return tx.attempt(run);
        }
        match tx.attempt(|tx| Err::<Infallible, _>(run(tx)))? {
            Err(came_to) => Ok(came_to),
            Ok(never) => match never {},
        }
    }

    fn row(&self, tx: &mut Tx, task: &Task, record: &Record) -> Result<RowResult, Failed> {
        let values = self.params.matched.pick(&record.fields);
        let subject = self.params.subject(self.about, record);
        let mark = Some(mark(&values));
        let refuse = |why: &Error| RowResult {
            mark,
            ..RowResult::refused(record.row, subject.clone(), why)
        };
        if values.iter().any(|value| value.contains('\0')) {
            return Ok(refuse(&Error::ZeroByte));
        }
        let beyond = record.fields.iter().skip(self.params.layout.header.len());
        if beyond.into_iter().any(|value| !value.is_empty()) {
            return Ok(refuse(&Error::TooManyValues));
        }
        let before = self.known.get(&subject).filter(|_| !subject.is_empty());
        if let Some((row, seen)) = before {
            if *seen != mark {
                return Ok(refuse(&Error::Twice { row: *row }));
            }
            let mut again = RowResult::new(record.row, subject, Outcome::Same, "again");
            again.args = json!({ "row": row.to_string() });
            return Ok(RowResult { mark, ..again });
        }
        let places = self.params.matched.places.iter();
        let said: Vec<_> = places
            .zip(&values)
            .map(|(place, value)| place.map(|_| *value))
            .collect();
        let applied = self.apply(tx, task, &said)?;
        let (outcome, code) = match applied {
            Ok(Applied::Created) if self.params.dry_run => (Outcome::Done, "would-create"),
            Ok(Applied::Changed) if self.params.dry_run => (Outcome::Done, "would-change"),
            Ok(Applied::Created) => (Outcome::Done, "created"),
            Ok(Applied::Changed) => (Outcome::Done, CHANGED),
            Ok(Applied::Same) => (Outcome::Same, "same"),
            Err(failure) => {
                let problem = failure.problem();
                let is_ours = matches!(
                    problem.kind(),
                    FailureKind::Fault | FailureKind::Busy | FailureKind::Full
                );
                if is_ours {
                    return Err(Failed(failure));
                }
                let refused = RowResult::refused(record.row, subject, problem);
                return Ok(RowResult { mark, ..refused });
            }
        };
        let row = RowResult::new(record.row, subject, outcome, code);
        Ok(RowResult { mark, ..row })
    }
}

/// What a row is about, as it is shown and looked up: its leading values, `–` for those that are empty
/// before others, and a hash in place of an end that is too long to be kept.
fn subject(values: &[&str]) -> String {
    let said = values.iter().rposition(|value| !value.trim().is_empty());
    let values = values[..said.map_or(0, |last| last + 1)].iter();
    let words: Vec<&str> = values
        .map(|value| match value.trim() {
            "" => "–",
            value => value,
        })
        .collect();
    let whole: String = words.join(" ").chars().filter(|c| *c != '\0').collect();
    if whole.chars().count() <= SUBJECT_MAX {
        return whole;
    }
    let begins: String = whole.chars().take(SUBJECT_MAX - 17).collect();
    format!("{begins}…{:016x}", mark(&words))
}

/// A short hash of a row's values.
fn mark(values: &[&str]) -> i64 {
    let whole = digest(&SHA256, values.join("\u{1f}").as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&whole.as_ref()[..8]);
    i64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_has_another_subject() {
        assert_eq!(subject(&["SN1"]), "SN1");
        assert_eq!(subject(&["SN1", "", ""]), "SN1");
        assert_eq!(subject(&["SN1", "", "pay"]), "SN1 – pay");
        assert_eq!(subject(&["SN1", "pay", ""]), "SN1 pay");
        assert_eq!(subject(&["", ""]), "");
        let long = "x".repeat(80);
        let (one, other) = (subject(&[&long, "a"]), subject(&[&long, "b"]));
        assert_ne!(one, other);
        assert_eq!(one.chars().count(), SUBJECT_MAX);
    }
}
