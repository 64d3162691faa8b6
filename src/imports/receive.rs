//! Taking a file in: it is looked at while it streams into the store, so that what cannot be read is
//! refused before it is all there, and what begins is a task that knows how to read it.
use super::Import;
use super::error::{Error, MAX_BYTES, MAX_ROWS};
use crate::access::Actor;
use crate::context::Ctx;
use crate::ids::TaskId;
use crate::sheets::{Encoding, Layout, Matched, Survey, match_header};
use crate::storage::{Blob, Limits};
use crate::tasks::{self, New};
use crate::views::Lang;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fmt::Display;

const LIMITS: Limits = Limits {
    max_bytes: MAX_BYTES,
    content_type: "text/csv",
};
const NAME_MAX: usize = 200;

/// How an import's task is to be done; its parameters.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Params {
    /// Every row is done and undone, and what would have become of it is kept.
    pub(super) dry_run: bool,
    pub(super) layout: Layout,
    pub(super) matched: Matched,
}

/// A file that was taken in and can be read.
pub(super) struct Received {
    blob: Blob,
    layout: Layout,
    matched: Matched,
}

/// Stores the file. `told` is its encoding where the sender knows it.
pub(super) async fn take_in<E: Display>(
    ctx: &Ctx,
    import: &Import,
    bytes: impl Stream<Item = Result<Bytes, E>>,
    (told, lang): (Option<Encoding>, Lang),
) -> Result<Received, Error> {
    let mut survey = Survey::default();
    let mut refused = None;
    let looked_at = bytes.map(|piece| {
        let piece = piece.map_err(|e| e.to_string())?;
        survey.feed(&piece).map_err(|why| {
            let text = why.to_string();
            refused = Some(why);
            text
        })?;
        Ok::<_, String>(piece)
    });
    let stored = ctx.storage.upload(looked_at, LIMITS).await;
    if let Some(why) = refused {
        return Err(why.into());
    }
    let blob = stored?;
    let hint = (lang == Lang::Ru).then_some("ru");
    let layout = survey.finish(told, hint)?;
    if layout.rows > MAX_ROWS {
        return Err(Error::TooManyRows);
    }
    let matched = match_header(&layout.header, import.columns)?;
    Ok(Received {
        blob,
        layout,
        matched,
    })
}

/// Begins the task that imports the file, or tries to.
pub(super) async fn begin(
    ctx: &Ctx,
    import: &Import,
    actor: Actor,
    file: Received,
    (file_name, dry_run): (String, bool),
) -> Result<TaskId, Error> {
    let new = New {
        input: Some(file.blob.id),
        file_name: Some(tidy(&file_name, import)),
        total: Some(file.layout.rows),
        ..New::of(
            import.kind,
            import.permission,
            json!(Params {
                dry_run,
                layout: file.layout,
                matched: file.matched,
            }),
        )
    };
    let now = ctx.now();
    let begun = ctx
        .db
        .write(move |tx| tasks::start(tx, &actor, &new, now))
        .await?;
    tasks::nudge(&ctx.jobs);
    Ok(begun)
}

/// A file's name without its folders.
fn tidy(name: &str, import: &Import) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last
        .chars()
        .filter(|c| !c.is_control())
        .take(NAME_MAX)
        .collect();
    match name.trim() {
        "" => format!("{}.csv", import.kind),
        name => name.to_owned(),
    }
}
