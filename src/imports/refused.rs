//! The refused rows of an import as they came in, each with what is wrong with it: to be mended and
//! sent again. They are read from the file itself, beside the list of what was refused.
use super::error::Error;
use super::page::params;
use super::step::input;
use crate::context::Ctx;
use crate::http::{Failure, attachment};
use crate::ids::TaskId;
use crate::sheets::{Csv, Record, Records};
use crate::storage::Bytestream;
use crate::tasks::{self, Outcome, RowResult, Task};
use crate::views::{Look, text};
use actix_web::HttpResponse;
use bytes::Bytes;
use futures_util::{TryStreamExt, stream};
use std::collections::VecDeque;

/// Refused rows that are read at once.
const AT_ONCE: i64 = 1000;

struct Mending {
    ctx: Ctx,
    look: Look,
    task: TaskId,
    csv: Csv,
    columns: usize,
    records: Records,
    bytes: Bytestream,
    has_ended: bool,
    /// The next rows that were refused, and the last one that was read.
    refused: VecDeque<RowResult>,
    read_to: i64,
    is_done: bool,
}

pub(super) async fn answer(ctx: Ctx, look: Look, task: Task) -> Result<HttpResponse, Failure> {
    let params = params(&task.params).ok_or(Error::NotATrial)?;
    let blob = input(&ctx, &task).await?;
    let from = params.layout.begins;
    let bytes = ctx
        .storage
        .read(&blob, from.offset..blob.size_bytes)
        .await
        .map_err(Error::from)?;
    let mut csv = Csv::new(look);
    let problem = text(look.lang, "import-problem", &[]);
    let header = params.layout.header.iter().map(String::as_str);
    csv.texts(header.chain([problem.as_str()]));
    let mending = Mending {
        ctx,
        look,
        task: task.id,
        csv,
        columns: params.layout.header.len(),
        records: Records::new(&params.layout, from),
        bytes,
        has_ended: false,
        refused: VecDeque::new(),
        read_to: 0,
        is_done: false,
    };
    let pieces = stream::try_unfold(mending, |mending| async move {
        let piece = mending.piece().await;
        piece.map_err(|failure| actix_web::Error::from(Failure::from(failure)))
    });
    let name = format!("task-{}-refused.csv", task.id);
    Ok(attachment(&name, "text/csv; charset=utf-8").streaming(pieces))
}

impl Mending {
    /// The next piece of the file; `None` at its end.
    async fn piece(mut self) -> Result<Option<(Bytes, Self)>, Error> {
        if self.is_done {
            return Ok(None);
        }
        while !self.is_done && !self.csv.is_much() {
            if self.refused.is_empty() {
                self.look_up().await?;
            } else if let Some(record) = self.record().await? {
                self.meet(&record);
            } else {
                self.is_done = true;
            }
        }
        Ok(Some((self.csv.take(), self)))
    }

    async fn look_up(&mut self) -> Result<(), Error> {
        let (id, from) = (self.task, self.read_to);
        let refused = self
            .ctx
            .db
            .read(move |conn| tasks::rows_after(conn, id, Some(Outcome::Failed), from, AT_ONCE))
            .await?;
        match refused.last() {
            Some(last) => self.read_to = last.row,
            None => self.is_done = true,
        }
        self.refused = refused.into();
        Ok(())
    }

    async fn record(&mut self) -> Result<Option<Record>, Error> {
        loop {
            if let Some(record) = self.records.next()? {
                return Ok(Some(record));
            }
            if self.has_ended {
                return Ok(None);
            }
            if let Some(piece) = self.bytes.try_next().await? {
                self.records.feed(&piece);
            } else {
                self.records.end();
                self.has_ended = true;
            }
        }
    }

    fn meet(&mut self, record: &Record) {
        if self.refused.front().is_none_or(|row| row.row != record.row) {
            return;
        }
        let Some(row) = self.refused.pop_front() else {
            return;
        };
        let why = tasks::words(self.look.lang, &row);
        let values = (0..self.columns).map(|at| record.fields.get(at).map_or("", String::as_str));
        self.csv.texts(values.chain([why.as_str()]));
    }
}
