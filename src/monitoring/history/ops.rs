//! What is done with changes of a status: kept, read, forgotten.
use super::model::differences;
use super::store::{self, Changed};
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::{Conn, Error, Tx};
use crate::http::{Page, Turn};
use crate::ids::{EstablishmentId, TerminalId};
use crate::terminals::Told;
use serde_json::json;
use std::time::Duration;

/// A terminal told another status: the handler that `app` registers.
pub fn status_changed(tx: &mut Tx, told: &Told, now: Millis) -> Result<(), Error> {
    let differences = differences(told.before, told.status);
    if differences.told.is_empty() {
        return Ok(());
    }
    let body = json!(differences).to_string();
    store::insert(tx, (told.terminal, told.establishment), &body, now)
}

/// Puts in changes as a terminal would have told them one by one, an hour apart: for benchmarks.
pub fn seed(
    tx: &mut Tx,
    of: (TerminalId, EstablishmentId),
    n: usize,
    now: Millis,
) -> Result<(), Error> {
    let change = |back: usize| {
        let hours = u64::try_from(back).unwrap_or_default();
        let body = json!({ "told": [{ "path": "versions.pos", "old": format!("4.{}", n - back),
            "new": format!("4.{}", n - back + 1) }] });
        (body.to_string(), now - Duration::from_hours(hours))
    };
    let all: Vec<(String, Millis)> = (1..=n).rev().map(change).collect();
    store::insert_many(tx, of, &all)
}

/// Forgets what is older, so many at most; says how many that were.
pub fn forget(tx: &mut Tx, before: Millis, most: i64) -> Result<usize, Error> {
    store::forget(tx, before, most)
}

pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    terminal: TerminalId,
    turn: &Turn,
) -> Result<Page<Changed>, Error> {
    store::list(conn, scope, terminal, turn)
}
