//! The terminals that somebody chose, as they were when he looked at them: kept as a file, which is the
//! task's input. Whoever comes to match later is not in it.
//!
//! ```text
//! {"by":["operator",7],"action":"retire","query":"q=T1","review":{…}}
//! T1
//! T10
//! ```
use super::Error;
use super::model::{Action, Selection, Wish};
use super::ops::{self, Review};
use crate::access::Actor;
use crate::context::Ctx;
use crate::db::Conn;
use crate::http::Failure;
use crate::ids::BlobId;
use crate::storage::{self, Blob, Limits};
use crate::terminals::registry::Matching;
use bytes::Bytes;
use futures_util::{TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::convert::Infallible;

/// Terminals of one task.
const MOST: i64 = 1_000_000;
/// The longest filter: it is kept and audited.
const QUERY_MAX: usize = 4096;
/// The longest line: a TID and its end. What cannot be a TID is cut, and still cannot.
const LINE_MAX: usize = 66;
/// TIDs that are looked up at once.
const PIECE: usize = 500;
const LIMITS: Limits = Limits {
    max_bytes: 128 << 20,
    content_type: "application/x-ndjson",
};

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    /// Who looked, by kind and number: nobody else may act on it.
    by: (String, Option<i64>),
    action: Action,
    query: Option<String>,
    review: Review,
}

/// Terminals that were looked at.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) blob: Blob,
    /// Where the first TID stands.
    pub(super) begins: u64,
    pub(super) query: Option<String>,
    pub(super) review: Review,
}

/// Looks at everyone who was chosen, in pieces, so that no connection is held for long. The second is
/// the TIDs, one a line.
pub(super) async fn look(
    ctx: &Ctx,
    actor: &Actor,
    wish: &Wish,
) -> Result<(Review, String), Failure> {
    let (mut review, mut lines) = (Review::default(), String::new());
    let query = match &wish.selection {
        Selection::These(tids) => {
            let mut seen = HashSet::new();
            let tids = tids.iter().filter(|tid| seen.insert(tid.as_str()));
            let tids: Vec<String> = tids.map(|tid| line(tid)).collect();
            for some in tids.chunks(PIECE) {
                let (scope, some) = (actor.scope.clone(), some.to_vec());
                let find = move |conn: &mut Conn| ops::named(conn, &scope, some);
                for (tid, known) in ctx.db.read(find).await? {
                    review.count(&tid, known, wish.action);
                    push(&mut lines, &tid);
                }
            }
            return Ok((review, lines));
        }
        Selection::Matching(query) => query.clone(),
    };
    if query.len() > QUERY_MAX {
        return Err(Error::NoChoice("terminal.bulk-filter-long").into());
    }
    let scope = actor.scope.clone();
    let begin = move |conn: &mut Conn| {
        let filter = ops::filter(conn, &scope, &query)?;
        let matching = Matching::new(conn, &scope, &filter)?;
        Ok::<_, Failure>(matching.all())
    };
    let mut picking = ctx.db.read(begin).await?;
    loop {
        let next = move |conn: &mut Conn| {
            let some = picking.next(conn)?;
            Ok::<_, Failure>((picking, some))
        };
        let (on, some) = ctx.db.read(next).await?;
        picking = on;
        let Some(some) = some else {
            return Ok((review, lines));
        };
        for it in some {
            let known = (it.life, it.establishment);
            review.count(it.tid.as_str(), Some(known), wish.action);
            push(&mut lines, it.tid.as_str());
        }
        if review.chosen > MOST {
            return Err(Error::NoChoice("terminal.bulk-too-many").into());
        }
    }
}

/// What was named, as one line that no TID is mistaken for.
fn line(named: &str) -> String {
    let fits = |c: &char| !c.is_control();
    if named.chars().all(|c| fits(&c)) && named.len() < LINE_MAX {
        return named.to_owned();
    }
    let begins: String = named.chars().filter(fits).take(LINE_MAX / 8).collect();
    format!("{begins}…")
}

fn push(lines: &mut String, tid: &str) {
    lines.push_str(tid);
    lines.push('\n');
}

/// Keeps what was looked at.
pub(super) async fn keep(
    ctx: &Ctx,
    actor: &Actor,
    wish: &Wish,
    (review, lines): (Review, String),
) -> Result<Chosen, Failure> {
    let query = match &wish.selection {
        Selection::These(_) => None,
        Selection::Matching(query) => Some(query.clone()),
    };
    let head = Head {
        by: owner(actor),
        action: wish.action,
        query,
        review,
    };
    let mut first = serde_json::to_string(&head).map_err(broken)?;
    first.push('\n');
    let begins = first.len() as u64;
    let pieces = [first, lines].map(|text| Ok::<_, Infallible>(Bytes::from(text)));
    let blob = ctx.storage.upload(stream::iter(pieces), LIMITS).await?;
    Ok(Chosen {
        blob,
        begins,
        query: head.query,
        review: head.review,
    })
}

/// What this caller looked at for this action, if it is still kept.
pub(super) async fn kept(
    ctx: &Ctx,
    actor: &Actor,
    (action, id): (Action, &str),
) -> Result<Option<Chosen>, Failure> {
    let Ok(id) = id.parse().map(BlobId) else {
        return Ok(None);
    };
    let found = ctx.db.read(move |conn| storage::find(conn, id)).await?;
    let Some(blob) = found.filter(|blob| blob.content_type == LIMITS.content_type) else {
        return Ok(None);
    };
    let mut bytes = ctx.storage.read(&blob, 0..blob.size_bytes).await?;
    let mut first = Vec::new();
    while let Some(piece) = bytes.try_next().await? {
        let end = piece.iter().position(|byte| *byte == b'\n');
        first.extend_from_slice(&piece[..end.unwrap_or(piece.len())]);
        if end.is_some() {
            break;
        }
    }
    let head: Option<Head> = serde_json::from_slice(&first).ok();
    let own = head.filter(|head| head.by == owner(actor) && head.action == action);
    Ok(own.map(|head| Chosen {
        blob,
        begins: first.len() as u64 + 1,
        query: head.query,
        review: head.review,
    }))
}

fn owner(actor: &Actor) -> (String, Option<i64>) {
    (actor.who.kind().to_owned(), actor.who.id())
}

/// The next `n` TIDs from a place on, each with the place behind it.
pub(super) async fn next(
    ctx: &Ctx,
    blob: &Blob,
    from: u64,
    n: usize,
) -> Result<Vec<(String, u64)>, Failure> {
    let end = blob.size_bytes.min(from + (n * LINE_MAX) as u64);
    let mut bytes = ctx.storage.read(blob, from..end.max(from)).await?;
    let mut some = Vec::new();
    while let Some(piece) = bytes.try_next().await? {
        some.extend_from_slice(&piece);
    }
    let mut at = from;
    let lines = some.split_inclusive(|byte| *byte == b'\n').take(n);
    // A line whose end was not read is the next step's.
    let whole = lines.filter(|line| line.ends_with(b"\n")).map(|line| {
        at += line.len() as u64;
        let text = String::from_utf8_lossy(&line[..line.len() - 1]);
        (text.into_owned(), at)
    });
    Ok(whole.collect())
}

pub(super) fn broken(cause: serde_json::Error) -> Failure {
    crate::db::Error::Fault(cause.into()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_tid_never_becomes_one() {
        assert_eq!(line("TG00221"), "TG00221");
        assert_eq!(line(&"x".repeat(64)), "x".repeat(64));
        for odd in ["T1\nT2", "T1\0", &"x".repeat(70), &"é".repeat(40)] {
            let line = line(odd);
            assert!(crate::ids::Tid::parse(&line).is_err(), "{line}");
            assert!(
                line.len() < LINE_MAX && !line.contains(char::is_control),
                "{line}"
            );
        }
    }
}
