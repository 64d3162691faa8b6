//! How a row is hashed, how the chain grows, how it is checked.
use super::checkpoint::Checkpoint;
use super::store::{self, Row};
use crate::clock::Millis;
use crate::db::{Change, Conn, Error};
use ring::digest;
use serde::Serialize;
use std::cmp::{Ordering, Reverse};

/// Rows that the check holds in memory at once.
const CHUNK: i64 = 1000;
/// What the first row names as the hash before it.
pub(super) const GENESIS: [u8; 32] = [0; 32];

/// What is hashed of a row, in this order.
#[derive(Serialize)]
struct Hashed<'a> {
    id: i64,
    at: i64,
    actor_kind: &'a str,
    actor_id: Option<i64>,
    actor_name: &'a str,
    from_ip: Option<&'a str>,
    action: &'a str,
    object_kind: &'a str,
    object: &'a str,
    establishment: Option<i64>,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

/// The hash of a row that follows a row with hash `prev`: SHA-256 over the 32 bytes of `prev` (zeros
/// for row 1) and the UTF-8 of one compact JSON object.
///
/// Its members, always all twelve and in this order: `id`, `at` (UTC milliseconds), `actor_kind`,
/// `actor_id`, `actor_name`, `from_ip`, `action`, `object_kind`, `object`, `establishment` (the
/// column `establishment_id`), `before`, `after` (the columns `before_json` and `after_json`: their
/// stored text as one JSON *string*, not parsed). Absent is `null`. No white space; strings escape
/// `"`, `\` and the control characters below U+0020 (`\b \f \n \r \t`, others as `\u00xx` in
/// lower case) and nothing else. Python's
/// `json.dumps(row, ensure_ascii=False, separators=(",", ":"))` writes the same bytes.
fn hash(prev: &[u8], row: &Row) -> [u8; 32] {
    let hashed = Hashed {
        id: row.id,
        at: row.at.0,
        actor_kind: &row.actor_kind,
        actor_id: row.actor_id,
        actor_name: &row.actor_name,
        from_ip: row.from_ip.as_deref(),
        action: &row.action,
        object_kind: &row.object_kind,
        object: &row.object,
        establishment: row.establishment_id.map(|id| id.0),
        before: row.before_json.as_deref(),
        after: row.after_json.as_deref(),
    };
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(prev);
    // A struct of numbers and strings always serialises.
    context.update(&serde_json::to_vec(&hashed).unwrap_or_default());
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

/// Puts a transaction's changes at the end of the chain; called by the seal of [`crate::db::Db`],
/// under its lock, so that nobody else appends meanwhile. Numbers have no gaps: a change that is
/// undone takes its number back.
pub fn append_audit(conn: &mut Conn, changes: Vec<Change>) -> Result<(), Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let (mut id, mut prev) = store::last(conn)?.unwrap_or((0, GENESIS.to_vec()));
    let mut rows = Vec::with_capacity(changes.len());
    for change in changes {
        id += 1;
        let mut row = row(id, change);
        row.prev_hash.clone_from(&prev);
        row.hash = hash(&prev, &row).to_vec();
        prev.clone_from(&row.hash);
        rows.push(row);
    }
    store::insert(conn, &rows)
}

fn row(id: i64, change: Change) -> Row {
    Row {
        id,
        at: change.at,
        actor_kind: change.actor_kind.to_owned(),
        actor_id: change.actor_id,
        actor_name: storable(&change.actor_name),
        from_ip: change.from_ip,
        action: change.action.to_owned(),
        object_kind: change.object_kind.to_owned(),
        object: storable(&change.object),
        establishment_id: change.establishment,
        before_json: change.before.map(|value| value.to_string()),
        after_json: change.after.map(|value| value.to_string()),
        prev_hash: Vec::new(),
        hash: Vec::new(),
    }
}

/// PostgreSQL keeps no NUL in text; JSON has it escaped.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A chain without a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    pub rows: i64,
    /// Hash of the newest row; zeros when there is none.
    pub head: Vec<u8>,
}

/// The first row at which the chain does not hold.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error("row {expected} is missing: row {found} follows the one before it")]
    Missing { expected: i64, found: i64 },
    #[error("row {found} does not belong there: row {expected} is due")]
    Misplaced { expected: i64, found: i64 },
    #[error("row {id} does not follow the row before it: its link was changed")]
    Unlinked { id: i64 },
    #[error("row {id} was changed after it was written")]
    Changed { id: i64 },
    #[error(
        "row {id} is not the one that the checkpoint of {at} saw: \
         the log was written anew from row {first} or a later one"
    )]
    Rewritten { id: i64, first: i64, at: Millis },
    #[error(
        "row {expected} is missing: the log ends before it, \
         and the checkpoint of {at} saw {rows} rows"
    )]
    Cut {
        expected: i64,
        rows: i64,
        at: Millis,
    },
    #[error(transparent)]
    Db(#[from] Error),
}

/// What the chain must have held at some rows, met as the check goes along.
struct Ahead<'a> {
    /// The next one stands last.
    checkpoints: Vec<&'a Checkpoint>,
    /// The row of the newest one that held.
    held: i64,
}

impl<'a> Ahead<'a> {
    fn new(all: &'a [Checkpoint]) -> Self {
        let mut checkpoints: Vec<_> = all.iter().collect();
        checkpoints.sort_by_key(|one| Reverse(one.rows));
        Self {
            checkpoints,
            held: 0,
        }
    }

    fn meet(&mut self, id: i64, hash: &[u8]) -> Result<(), Broken> {
        while let Some(next) = self.checkpoints.pop_if(|one| one.rows <= id) {
            if next.head != hash {
                return Err(Broken::Rewritten {
                    id,
                    first: self.held + 1,
                    at: next.at,
                });
            }
            self.held = id;
        }
        Ok(())
    }

    fn end(&self, rows: i64) -> Result<(), Broken> {
        match self.checkpoints.first() {
            Some(newest) => Err(Broken::Cut {
                expected: rows + 1,
                rows: newest.rows,
                at: newest.at,
            }),
            None => Ok(()),
        }
    }
}

/// Checks the chain from its first row to its last, a chunk at a time, and that it fits all these
/// checkpoints.
///
/// # Errors
/// The first row that does not hold, or what the database said.
pub fn verify_audit(conn: &mut Conn, checkpoints: &[Checkpoint]) -> Result<Sound, Broken> {
    let (mut rows, mut head) = (0, GENESIS.to_vec());
    let mut ahead = Ahead::new(checkpoints);
    ahead.meet(rows, &head)?;
    // Numbers below 1 would stand before the chain: they are looked at as well.
    let mut last = None;
    loop {
        let chunk = store::after(conn, last, CHUNK)?;
        if chunk.is_empty() {
            ahead.end(rows)?;
            return Ok(Sound { rows, head });
        }
        for row in chunk {
            check(rows + 1, &head, &row)?;
            ahead.meet(row.id, &row.hash)?;
            rows = row.id;
            head = row.hash;
        }
        last = Some(rows);
    }
}

/// One row, in the place of row `expected`, after a row with hash `head`.
fn check(expected: i64, head: &[u8], row: &Row) -> Result<(), Broken> {
    let found = row.id;
    match found.cmp(&expected) {
        Ordering::Greater => Err(Broken::Missing { expected, found }),
        Ordering::Less => Err(Broken::Misplaced { expected, found }),
        Ordering::Equal if row.prev_hash != head => Err(Broken::Unlinked { id: found }),
        Ordering::Equal if row.hash != hash(head, row) => Err(Broken::Changed { id: found }),
        Ordering::Equal => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::EstablishmentId;
    use crate::sealing::hex;

    #[test]
    fn the_hash_is_what_an_independent_verifier_computes() {
        let row = Row {
            id: 1,
            at: Millis(1_800_000_000_123),
            actor_kind: "operator".into(),
            actor_id: Some(7),
            actor_name: "zoé \"\u{1}".into(),
            from_ip: None,
            action: "terminal.retire".into(),
            object_kind: "terminal".into(),
            object: "TG00221".into(),
            establishment_id: Some(EstablishmentId(3)),
            before_json: Some("{\"life\":\"active\"}".into()),
            after_json: None,
            prev_hash: GENESIS.to_vec(),
            hash: Vec::new(),
        };
        assert_eq!(
            hex(&hash(&GENESIS, &row)),
            "019f102e85de9ba6d0635de228b25d39ae82ccdaa2b59968c351765cec558e08"
        );
    }
}
