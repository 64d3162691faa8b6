//! Licences as a measurement wants them: rows as an upload makes them, without a delivery. Nobody's
//! deed, so neither audited nor told.
use super::change_store::forget_bare;
use super::delivery_ops::refresh_fact;
use super::facts_model::Facts;
use super::model::Place;
use super::store::{self, New};
use crate::clock::Millis;
use crate::db::{Error, Tx};
use crate::storage::{self, Blob};
use crate::terminals::Terminal;

/// Gives a terminal that has no licence this file, as waiting. False when its key has one already.
pub fn seed(
    tx: &mut Tx,
    to: &Terminal,
    facts: &Facts,
    blob: &Blob,
    now: Millis,
) -> Result<bool, Error> {
    let place = Place {
        terminal: to.id,
        tid: to.tid.clone(),
        establishment: to.establishment,
    };
    let row = New {
        place: Some(&place),
        facts,
        file_name: "seed.lic",
        size_bytes: i64::try_from(blob.size_bytes).unwrap_or(i64::MAX),
        sha256: blob.sha256.as_str(),
        blob: blob.id,
        by: "seed",
        source: ("console", None),
    };
    let is_new = store::insert(tx, &row, now)?.is_some();
    if is_new {
        storage::hold(tx, blob.id)?;
        forget_bare(tx, to.id)?;
        refresh_fact(tx, to.id)?;
    }
    Ok(is_new)
}
