//! All SQL of the outbox.
use super::hub::Happened;
use super::schema::event_outbox as outbox;
use crate::clock::Millis;
use crate::db::{Conn, Error, Event, Merge};
use crate::ids::{EstablishmentId, EventId};
use crate::on_backend;
use diesel::prelude::*;

/// Events written in one statement, which numbers them in their order.
const WRITTEN_AT_ONCE: usize = 500;
/// Establishments whose events are read side by side; of more, the newest of all are looked through.
const SIDE_BY_SIDE: usize = 64;
const LOOKED_THROUGH: i64 = 2_000;
/// Rows of a timeline read at once.
const AT_ONCE: i64 = 200;

#[derive(Insertable)]
#[diesel(table_name = outbox, treat_none_as_default_value = false)]
struct New {
    at: Millis,
    kind: &'static str,
    subject: String,
    establishment_id: Option<EstablishmentId>,
    body: String,
}

type Row = (
    EventId,
    Millis,
    String,
    String,
    Option<EstablishmentId>,
    String,
);

fn happened((id, at, kind, subject, establishment, body): Row) -> Happened {
    Happened {
        id,
        at,
        kind,
        subject,
        establishment,
        body: serde_json::from_str(&body).unwrap_or_default(),
    }
}

/// Writes a transaction's events; called by the seal of [`crate::db::Db`], under its lock.
pub fn append(conn: &mut Conn, events: Vec<Event>) -> Result<(), Error> {
    let new: Vec<New> = events
        .into_iter()
        .map(|event| New {
            at: event.at,
            kind: event.kind,
            subject: event.subject,
            establishment_id: event.establishment,
            body: event.body.to_string(),
        })
        .collect();
    for some in new.chunks(WRITTEN_AT_ONCE) {
        on_backend!(conn, |c| diesel::insert_into(outbox::table)
            .values(some)
            .execute(c))?;
    }
    Ok(())
}

/// The highest id so far; 0 when nothing ever happened.
pub(super) fn head(conn: &mut Conn) -> Result<EventId, Error> {
    let newest = outbox::table
        .select(outbox::id)
        .order(outbox::id.desc())
        .first(conn)
        .optional()?;
    Ok(newest.unwrap_or(EventId(0)))
}

/// Events after `after`, oldest first, `limit` at most.
pub(super) fn after(conn: &mut Conn, after: EventId, limit: i64) -> Result<Vec<Happened>, Error> {
    let rows: Vec<Row> = outbox::table
        .filter(outbox::id.gt(after))
        .order(outbox::id.asc())
        .limit(limit)
        .load(conn)?;
    Ok(rows.into_iter().map(happened).collect())
}

/// The newest events whose establishment passes `only` (all when `None`), newest first.
pub fn latest(
    conn: &mut Conn,
    only: Option<&[EstablishmentId]>,
    limit: i64,
) -> Result<Vec<Happened>, Error> {
    let newest = outbox::table.order(outbox::id.desc());
    let Some(only) = only else {
        let rows: Vec<Row> = newest.limit(limit).load(conn)?;
        return Ok(rows.into_iter().map(happened).collect());
    };
    if only.len() > SIDE_BY_SIDE {
        let rows: Vec<Row> = newest.limit(LOOKED_THROUGH).load(conn)?;
        let theirs = |event: &Happened| event.establishment.is_some_and(|id| only.contains(&id));
        let wanted = usize::try_from(limit).unwrap_or_default();
        let found = rows.into_iter().map(happened).filter(theirs);
        return Ok(found.take(wanted).collect());
    }
    let leads = only.iter().map(|id| (0, *id)).collect();
    let wanted = usize::try_from(limit).unwrap_or_default();
    let spots = Merge::new(leads, None, true).next(wanted, |id, after, n| {
        let mut theirs = outbox::table
            .filter(outbox::establishment_id.eq(*id))
            .order(outbox::id.desc())
            .limit(n)
            .select(outbox::id)
            .into_boxed();
        if let Some((_, at)) = after {
            theirs = theirs.filter(outbox::id.lt(EventId(*at)));
        }
        let ids: Vec<EventId> = theirs.load(conn)?;
        Ok(ids.into_iter().map(|id| (String::new(), id.0)).collect())
    })?;
    let ids: Vec<EventId> = spots.into_iter().map(|spot| EventId(spot.id)).collect();
    let mut rows: Vec<Row> = outbox::table.filter(outbox::id.eq_any(ids)).load(conn)?;
    rows.sort_by_key(|row| std::cmp::Reverse(row.0));
    Ok(rows.into_iter().map(happened).collect())
}

/// The newest events about one subject (a TID) that the reader may hear of, newest first: its
/// timeline. Reads on until it has `limit` of them, so that what is kept from him hides nothing else.
pub fn of_subject(
    conn: &mut Conn,
    subject: &str,
    limit: usize,
    may_hear: impl Fn(&Happened) -> bool,
) -> Result<Vec<Happened>, Error> {
    let mut found = Vec::new();
    let mut below = EventId(i64::MAX);
    loop {
        let rows: Vec<Row> = outbox::table
            .filter(outbox::subject.eq(subject).and(outbox::id.lt(below)))
            .order(outbox::id.desc())
            .limit(AT_ONCE)
            .load(conn)?;
        let Some((oldest, ..)) = rows.last() else {
            return Ok(found);
        };
        below = *oldest;
        found.extend(rows.into_iter().map(happened).filter(&may_hear));
        if found.len() >= limit {
            found.truncate(limit);
            return Ok(found);
        }
    }
}

/// Deletes up to `limit` events older than `before`; says how many went.
pub fn purge(conn: &mut Conn, before: Millis, limit: i64) -> Result<usize, Error> {
    let old: Vec<EventId> = outbox::table
        .filter(outbox::at.lt(before))
        .order(outbox::id.asc())
        .select(outbox::id)
        .limit(limit)
        .load(conn)?;
    let Some(last) = old.last() else { return Ok(0) };
    Ok(
        diesel::delete(outbox::table.filter(outbox::id.le(*last).and(outbox::at.lt(before))))
            .execute(conn)?,
    )
}
