//! Long files, prepared in the background. A file is made in one step, which begins anew when it is
//! cut short: what was written of it is forgotten, so nobody ever gets half a file.
use super::error::Error;
use super::export::{Export, Format, Wish};
use super::files::read;
use super::source::{Lists, Source};
use crate::access::Permission;
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db;
use crate::http::Failure;
use crate::storage::Limits;
use crate::tasks::{self, Kind, New, Output, Step, Task};
use crate::views::{Lang, Look};
use bytes::Bytes;
use futures_util::{Stream, stream};
use serde::{Deserialize, Serialize};
use std::pin::pin;

const LIMITS_CSV: Limits = Limits {
    max_bytes: 4 << 30,
    content_type: "text/csv; charset=utf-8",
};
const LIMITS_XLSX: Limits = Limits {
    max_bytes: 4 << 30,
    content_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

/// What a task keeps: the wish, and for whom it is put into words.
#[derive(Debug, Serialize, Deserialize)]
struct Params {
    #[serde(flatten)]
    wish: Wish,
    lang: String,
    zone: String,
}

/// One kind of task for each list, because who may see a list decides who may have its file.
pub(super) fn kinds(lists: &Lists) -> Vec<Kind> {
    let kind = |source: &Source| {
        let lists = lists.clone();
        Kind::new(
            source.places.export,
            source.permission,
            "list-export-task",
            move |ctx, task| {
                let lists = lists.clone();
                Box::pin(async move { step(&ctx, &lists, task).await })
            },
        )
    };
    lists.all().iter().map(kind).collect()
}

pub(super) fn new(
    kind: &'static str,
    permission: Permission,
    wish: &Wish,
    look: Look,
    file_name: String,
) -> New {
    let params = Params {
        wish: wish.clone(),
        lang: look.lang.tag().to_owned(),
        zone: look.zone.name().to_owned(),
    };
    let params = serde_json::to_value(params).unwrap_or_default();
    New {
        file_name: Some(file_name),
        ..New::of(kind, permission, params)
    }
}

/// The list's name and the day.
pub(super) fn file_name(source: &Source, format: Format, now: Millis, look: Look) -> String {
    let day = now.to_utc().map_or_else(String::new, |at| {
        at.with_timezone(&look.zone).format("-%Y-%m-%d").to_string()
    });
    format!("{}{day}.{}", source.name, format.code())
}

async fn step(ctx: &Ctx, lists: &Lists, task: Task) -> Result<Step, Failure> {
    let params: Params =
        serde_json::from_value(task.params.clone()).map_err(|e| db::Error::Fault(e.into()))?;
    let look = Look {
        lang: Lang::parse(&params.lang).unwrap_or_default(),
        zone: params.zone.parse().unwrap_or(chrono_tz::UTC),
        ..Look::default()
    };
    let source = lists.find(&params.wish.list)?;
    let export = Export::new(source, task.actor.scope.clone(), &params.wish, look)?;
    let file_name = task.file_name.clone().unwrap_or_default();
    let blob = match params.wish.format {
        Format::Csv => {
            let bytes = told(ctx, task, export);
            ctx.storage.upload(pin!(bytes), LIMITS_CSV).await?
        }
        Format::Xlsx => {
            let file = workbook(ctx, task, export).await?;
            ctx.storage.upload(pin!(read(file)), LIMITS_XLSX).await?
        }
    };
    Ok(Step::Done(Some(Output {
        blob: blob.id,
        file_name,
    })))
}

/// The pieces of a file, with its progress told on the way.
fn told(ctx: &Ctx, task: Task, export: Export) -> impl Stream<Item = Result<Bytes, Failure>> {
    let start = (ctx.clone(), task, Some(export));
    stream::try_unfold(start, |(ctx, mut task, export)| async move {
        let Some(mut export) = export else {
            return Ok(None);
        };
        if export.is_over {
            return Ok(Some((export.take(), (ctx, task, None))));
        }
        export = further(&ctx, &mut task, export).await?;
        Ok(Some((export.take(), (ctx, task, Some(export)))))
    })
}

async fn workbook(ctx: &Ctx, mut task: Task, mut export: Export) -> Result<std::fs::File, Failure> {
    while !export.is_over {
        export = further(ctx, &mut task, export).await?;
    }
    let file = tokio::task::spawn_blocking(move || export.finish()).await;
    let file = file.map_err(|e| Error::File(std::io::Error::other(e)))??;
    Ok(file.ok_or_else(|| Error::File(std::io::Error::other("no workbook")))?)
}

/// Some more rows, and how many there are now.
async fn further(ctx: &Ctx, task: &mut Task, export: Export) -> Result<Export, Failure> {
    let export = ctx.db.read(move |conn| export.piece(conn)).await?;
    let (now, so_far, mut seen) = (ctx.now(), (export.done, export.total), task.clone());
    *task = ctx
        .db
        .write(move |tx| {
            tasks::note_progress(tx, &mut seen, so_far, now)?;
            Ok::<_, tasks::Error>(seen)
        })
        .await?;
    Ok(export)
}
