//! Reading and changing groups of settings.
use super::error::Error;
use super::model::{Group, Kept, Values};
use super::{Listed, follow, store};
use crate::access::{Actor, Scope, change as audited};
use crate::clock::Millis;
use crate::db::{self, Conn, Event, Tx};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Changes shown of each group.
const HISTORY: i64 = 20;

/// A group as it stands.
pub fn find(conn: &mut Conn, group: &Group) -> Result<Kept, db::Error> {
    let Some(row) = store::find(conn, group.name)? else {
        return Ok(Kept {
            values: Values::of(group, &Map::new()),
            version: 0,
            changed_at: None,
            changed_by: None,
        });
    };
    Ok(Kept {
        values: read(group, &row.body),
        version: row.version,
        changed_at: Some(row.changed_at),
        changed_by: Some(row.changed_by),
    })
}

fn read(group: &Group, body: &str) -> Values {
    let stored: Map<String, Value> = serde_json::from_str(body).unwrap_or_default();
    Values::of(group, &stored)
}

/// What a group was from when on and by whose doing, the latest first.
pub(super) fn history(
    conn: &mut Conn,
    group: &Group,
) -> Result<Vec<(Values, Millis, String)>, db::Error> {
    let rows = store::history(conn, group.name, HISTORY)?;
    Ok(rows
        .into_iter()
        .map(|row| (read(group, &row.body), row.at, row.by))
        .collect())
}

/// Changes what `wish` names; the same again changes nothing.
pub(super) fn change(
    tx: &mut Tx,
    actor: &Actor,
    listed: &Listed,
    wish: &Map<String, Value>,
    seen: Option<i64>,
    now: Millis,
) -> Result<Kept, Error> {
    if actor.scope != Scope::All {
        return Err(Error::ScopeTooNarrow);
    }
    let group = listed.group;
    let before = find(tx, group)?;
    let after = before.values.amended(group, wish).map_err(Error::invalid)?;
    let seen = seen.unwrap_or(before.version);
    if after == before.values && seen == before.version {
        return Ok(before);
    }
    (listed.changing)(tx, now)?;
    let body = Value::Object(after.object().clone()).to_string();
    let by = (now, actor.who.name());
    if !store::put(tx, group.name, &body, seen, by)? {
        return Err(Error::Stale);
    }
    store::remember(tx, group.name, &body, by)?;
    tx.record(
        audited(actor, now, "settings.change", "settings", group.name)
            .before(before.values.object())
            .after(after.object()),
    );
    told_of(tx, group.name, now);
    let (told, kept) = (Arc::clone(&listed.changed), find(tx, group)?);
    let durable = kept.clone();
    tx.after_commit(move || told(&durable));
    Ok(kept)
}

/// Tells other nodes, and those who may see settings.
pub(super) fn told_of(tx: &mut Tx, what: &'static str, now: Millis) {
    tx.emit(Event {
        at: now,
        kind: follow::CHANGED,
        subject: what.to_owned(),
        establishment: None,
        body: json!({}),
    });
}
