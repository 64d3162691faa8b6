//! All SQL of the outbox.
use super::hub::Happened;
use super::schema::event_outbox as outbox;
use crate::clock::Millis;
use crate::db::{Conn, Entry, Error, Event, Merge};
use crate::ids::{EstablishmentId, EventId};
use crate::on_backend;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// Events written in one statement, which numbers them in their order.
const WRITTEN_AT_ONCE: usize = 500;
/// Establishments whose events are read side by side; of more, the newest of all are looked through.
const SIDE_BY_SIDE: usize = 64;
const LOOKED_THROUGH: usize = 2_000;
/// Events of which those are chosen that the reader may hear of, at a time.
const LOOKED_AT: usize = 60;
/// That terminals sent their logs happens every day to each of them: it stands in the timelines, and would leave
/// room for nothing else where the whole fleet is told of. Spelt out, as the condition of its indexes is.
const IS_NEWS: &str = "substr(kind, 1, 4) <> 'log.'";
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

/// The newest news whose establishment passes `only` (all when `None`) and that the reader may hear of, newest
/// first, `limit` at most. Looks on where much is kept from him, yet not for ever.
pub fn latest(
    conn: &mut Conn,
    only: Option<&[EstablishmentId]>,
    limit: usize,
    may_hear: impl Fn(&Happened) -> bool,
) -> Result<Vec<Happened>, Error> {
    let side_by_side = only.filter(|these| these.len() <= SIDE_BY_SIDE);
    let leads = side_by_side.map_or_else(
        || vec![(0, None)],
        |these| these.iter().map(|id| (0, Some(*id))).collect(),
    );
    let is_theirs = |event: &Happened| {
        only.is_none_or(|these| event.establishment.is_some_and(|id| these.contains(&id)))
    };
    let mut merge = Merge::new(leads, None, true);
    let (mut found, mut looked_through) = (Vec::new(), 0);
    while found.len() < limit && looked_through < LOOKED_THROUGH {
        let spots = merge.next(LOOKED_AT, |lead, after, n| news(conn, *lead, after, n))?;
        if spots.is_empty() {
            break;
        }
        looked_through += spots.len();
        let ids: Vec<EventId> = spots.into_iter().map(|spot| EventId(spot.id)).collect();
        let mut rows: Vec<Row> = outbox::table.filter(outbox::id.eq_any(ids)).load(conn)?;
        rows.sort_by_key(|row| std::cmp::Reverse(row.0));
        let events = rows.into_iter().map(happened);
        found.extend(events.filter(|it| is_theirs(it) && may_hear(it)));
    }
    found.truncate(limit);
    Ok(found)
}

/// The next news of an establishment, or of all, the newest first.
fn news(
    conn: &mut Conn,
    of: Option<EstablishmentId>,
    after: Option<&Entry>,
    n: i64,
) -> Result<Vec<Entry>, Error> {
    let mut these = outbox::table
        .filter(sql::<Bool>(IS_NEWS))
        .order(outbox::id.desc())
        .limit(n)
        .select(outbox::id)
        .into_boxed();
    if let Some(id) = of {
        these = these.filter(outbox::establishment_id.eq(id));
    }
    if let Some((_, at)) = after {
        these = these.filter(outbox::id.lt(EventId(*at)));
    }
    let ids: Vec<EventId> = these.load(conn)?;
    Ok(ids.into_iter().map(|id| (String::new(), id.0)).collect())
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
