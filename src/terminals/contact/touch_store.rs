//! The statement that a check-in costs, written by hand for each engine: Diesel prepares an
//! `UPDATE … RETURNING` anew each time, unless it is told that its text never changes.
//!
//! SQLite takes one row at a time from its cache of statements. PostgreSQL takes the whole batch in
//! one round trip; a credential may stand in it only once, so repeats go into a further round.
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::{EstablishmentId, TerminalId};
use crate::sealing::TokenHash;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text};
use diesel::sqlite::Sqlite;
use std::collections::HashSet;

/// One terminal's contact. What is `None` stays as it is, but for the address.
#[derive(Debug, Clone, Copy)]
pub(super) struct Touch<'a> {
    pub(super) hash: &'a TokenHash,
    pub(super) seen_from: Option<&'a str>,
    pub(super) clock_offset_ms: Option<i64>,
    pub(super) listening_until: Option<Millis>,
    /// The answer says when to check in again.
    pub(super) tells_interval: bool,
}

/// The hot row of a terminal that was let in.
#[derive(Debug, Clone, Queryable)]
pub(super) struct Touched {
    pub(super) terminal: TerminalId,
    pub(super) establishment: EstablishmentId,
    pub(super) presence: i32,
    pub(super) has_work: bool,
    /// The effective one where this contact tells it, what the terminal was told last elsewhere.
    pub(super) interval_s: i32,
    pub(super) log_level: i32,
    pub(super) profile_version: Option<i64>,
    pub(super) status_digest: Option<Vec<u8>>,
    pub(super) session_mark: Option<i64>,
    pub(super) listening_until: Option<Millis>,
    pub(super) clock_is_off: bool,
}

type Shape = (
    BigInt,
    BigInt,
    Integer,
    Bool,
    Integer,
    Integer,
    Nullable<BigInt>,
    Nullable<Binary>,
    Nullable<BigInt>,
    Nullable<BigInt>,
    Bool,
);

/// Touches the hot row of every credential that is let in; answers stand in the order asked.
pub(super) fn touch(
    conn: &mut Conn,
    all: &[Touch],
    now: Millis,
) -> Result<Vec<Option<Touched>>, Error> {
    match conn {
        Conn::Sqlite(c) => all
            .iter()
            .map(|touch| {
                let one = One { touch: *touch, now };
                Ok(one.load::<Touched>(c)?.pop())
            })
            .collect(),
        Conn::Postgres(c) => touch_in_rounds(c, all, now),
    }
}

fn touch_in_rounds(
    c: &mut PgConnection,
    all: &[Touch],
    now: Millis,
) -> Result<Vec<Option<Touched>>, Error> {
    let mut out: Vec<Option<Touched>> = vec![None; all.len()];
    let mut left: Vec<usize> = (0..all.len()).collect();
    while !left.is_empty() {
        let mut seen = HashSet::with_capacity(left.len());
        let (round, repeats): (Vec<usize>, Vec<usize>) =
            left.into_iter().partition(|at| seen.insert(all[*at].hash));
        for (place, touched) in Many::of(all, &round, now).load::<(i64, Touched)>(c)? {
            let at = usize::try_from(place - 1)
                .ok()
                .and_then(|n| round.get(n))
                .copied();
            if let Some(slot) = at.and_then(|at| out.get_mut(at)) {
                *slot = Some(touched);
            }
        }
        left = repeats;
    }
    Ok(out)
}

struct One<'a> {
    touch: Touch<'a>,
    now: Millis,
}

impl QueryId for One<'_> {
    type QueryId = One<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for One<'_> {
    type SqlType = Shape;
}

impl RunQueryDsl<SqliteConnection> for One<'_> {}

impl QueryFragment<Sqlite> for One<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("UPDATE terminal_contact SET last_contact_at = ");
        out.push_bind_param::<BigInt, _>(&self.now)?;
        out.push_sql(", seen_from = ");
        out.push_bind_param::<Nullable<Text>, _>(&self.touch.seen_from)?;
        out.push_sql(", clock_offset_ms = coalesce(");
        out.push_bind_param::<Nullable<BigInt>, _>(&self.touch.clock_offset_ms)?;
        out.push_sql(", clock_offset_ms), listening_until = coalesce(");
        out.push_bind_param::<Nullable<BigInt>, _>(&self.touch.listening_until)?;
        out.push_sql(", listening_until), told_interval_s = CASE WHEN ");
        out.push_bind_param::<Bool, _>(&self.touch.tells_interval)?;
        out.push_sql(" THEN interval_s ELSE told_interval_s END WHERE credential_hash = ");
        out.push_bind_param::<Binary, _>(&self.touch.hash[..])?;
        out.push_sql(
            " AND admitted RETURNING terminal_id, establishment_id, presence, has_work, \
             coalesce(told_interval_s, interval_s), log_level, profile_version, status_digest, \
             session_mark, listening_until, clock_is_off",
        );
        Ok(())
    }
}

struct Many<'a> {
    now: Millis,
    hashes: Vec<&'a [u8]>,
    seen_from: Vec<Option<&'a str>>,
    clock_offsets_ms: Vec<Option<i64>>,
    listening_until: Vec<Option<i64>>,
    tells_interval: Vec<bool>,
}

impl<'a> Many<'a> {
    fn of(all: &[Touch<'a>], these: &[usize], now: Millis) -> Self {
        let these = || these.iter().map(|at| &all[*at]);
        Self {
            now,
            hashes: these().map(|t| &t.hash[..]).collect(),
            seen_from: these().map(|t| t.seen_from).collect(),
            clock_offsets_ms: these().map(|t| t.clock_offset_ms).collect(),
            listening_until: these().map(|t| t.listening_until.map(|m| m.0)).collect(),
            tells_interval: these().map(|t| t.tells_interval).collect(),
        }
    }
}

impl QueryId for Many<'_> {
    type QueryId = Many<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Many<'_> {
    type SqlType = (BigInt, Shape);
}

impl RunQueryDsl<PgConnection> for Many<'_> {}

impl QueryFragment<Pg> for Many<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("UPDATE terminal_contact AS c SET last_contact_at = ");
        out.push_bind_param::<BigInt, _>(&self.now)?;
        out.push_sql(
            ", seen_from = k.seen_from, \
             clock_offset_ms = coalesce(k.clock_offset_ms, c.clock_offset_ms), \
             listening_until = coalesce(k.listening_until, c.listening_until), \
             told_interval_s = CASE WHEN k.tells_interval THEN c.interval_s \
             ELSE c.told_interval_s END FROM unnest(",
        );
        out.push_bind_param::<Array<Binary>, _>(&self.hashes)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.seen_from)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<BigInt>>, _>(&self.clock_offsets_ms)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<BigInt>>, _>(&self.listening_until)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Bool>, _>(&self.tells_interval)?;
        out.push_sql(
            ") WITH ORDINALITY AS k (hash, seen_from, clock_offset_ms, listening_until, \
             tells_interval, place) \
             WHERE c.credential_hash = k.hash AND c.admitted RETURNING k.place, c.terminal_id, \
             c.establishment_id, c.presence, c.has_work, \
             coalesce(c.told_interval_s, c.interval_s), c.log_level, c.profile_version, \
             c.status_digest, c.session_mark, c.listening_until, c.clock_is_off",
        );
        Ok(())
    }
}
