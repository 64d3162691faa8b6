//! What a table (CSV) that came along says of the files. It is read as a stream, once for each chunk of
//! files: however long it is, no more is held of it than these files' rows.
use super::bundle::Index;
use super::error::Error;
use super::facts_model::Said;
use crate::context::Ctx;
use crate::fold::fold;
use crate::http::Failure;
use crate::sheets::{Records, Wanted};
use crate::storage::Blob;
use futures_util::TryStreamExt;
use std::collections::{HashMap, HashSet};

/// Its columns.
pub(super) const COLUMNS: &[Wanted] = &[
    Wanted::required("file_name", "licences-file"),
    Wanted::required("serial_number", "licences-serial"),
    Wanted::optional("platform", "licences-platform"),
    Wanted::optional("software", "licences-software"),
    Wanted::optional("lic_id", "licences-lic-id"),
    Wanted::optional("valid_from", "licences-valid-from"),
    Wanted::optional("valid_until", "licences-valid-until"),
];

/// What a file is looked up by: case makes no difference.
pub(super) fn key(file_name: &str) -> String {
    fold(file_name)
}

/// What it says of these files; of a file that stands twice, the first row.
pub(super) async fn rows(
    ctx: &Ctx,
    blob: &Blob,
    index: &Index,
    files: &HashSet<String>,
) -> Result<HashMap<String, Said>, Failure> {
    let mut found = HashMap::new();
    let Some(table) = index.table.as_ref().filter(|_| !files.is_empty()) else {
        return Ok(found);
    };
    let (from, to) = table.span;
    let start = from + table.layout.begins.offset;
    let mut records = Records::new(&table.layout, table.layout.begins);
    let mut pieces = ctx
        .storage
        .read(blob, start..to)
        .await
        .map_err(Error::from)?;
    loop {
        let piece = pieces.try_next().await.map_err(Error::from)?;
        match &piece {
            Some(piece) => records.feed(piece),
            None => records.end(),
        }
        while let Some(record) = records.next().map_err(Error::from)? {
            let values = table.matched.pick(&record.fields);
            let name = key(values.first().copied().unwrap_or_default());
            if files.contains(&name) {
                found.entry(name).or_insert_with(|| said(&values));
            }
        }
        if piece.is_none() || found.len() == files.len() {
            return Ok(found);
        }
    }
}

fn said(values: &[&str]) -> Said {
    let text = |at: usize| values.get(at).copied().unwrap_or_default().to_owned();
    Said {
        serial_number: text(1),
        platform: text(2),
        software: text(3),
        lic_id: text(4),
        valid_from: text(5),
        valid_until: text(6),
    }
}
