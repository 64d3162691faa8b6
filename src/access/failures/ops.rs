//! Forgetting sign-ins that failed.
use super::model::{KEPT, MOST};
use super::store;
use crate::clock::Millis;
use crate::db::{Error, Tx};

/// Forgets some that are old, or more than are kept; says how many.
pub fn purge(tx: &mut Tx, now: Millis, limit: i64) -> Result<usize, Error> {
    let newest = store::newest(tx)?.unwrap_or_default();
    let oldest = store::oldest(tx, limit)?;
    let is_over = |(id, at): &(i64, Millis)| *at <= now - KEPT || *id <= newest - MOST;
    let over: Vec<i64> = oldest
        .iter()
        .filter(|one| is_over(one))
        .map(|(id, _)| *id)
        .collect();
    store::delete(tx, over)
}
