//! All SQL of the audit chain. Rows are only ever added.
use crate::access::model::Scope;
use crate::access::schema::access_audit as audit;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::fold::after_prefix;
use crate::ids::EstablishmentId;
use crate::on_backend;
use diesel::prelude::*;

/// Rows written in one statement: well below what either engine binds at once.
const AT_ONCE: usize = 500;

/// One row, as stored.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = audit, treat_none_as_default_value = false)]
pub(super) struct Row {
    pub id: i64,
    pub at: Millis,
    pub actor_kind: String,
    pub actor_id: Option<i64>,
    pub actor_name: String,
    pub from_ip: Option<String>,
    pub action: String,
    pub object_kind: String,
    pub object: String,
    pub establishment_id: Option<EstablishmentId>,
    pub before_json: Option<String>,
    pub after_json: Option<String>,
    pub prev_hash: Vec<u8>,
    pub hash: Vec<u8>,
}

/// Number and hash of the newest row.
pub(super) fn last(conn: &mut Conn) -> Result<Option<(i64, Vec<u8>)>, Error> {
    let newest = audit::table
        .select((audit::id, audit::hash))
        .order(audit::id.desc())
        .first(conn)
        .optional()?;
    Ok(newest)
}

pub(super) fn insert(conn: &mut Conn, rows: &[Row]) -> Result<(), Error> {
    for some in rows.chunks(AT_ONCE) {
        on_backend!(conn, |c| diesel::insert_into(audit::table)
            .values(some)
            .execute(c))?;
    }
    Ok(())
}

/// Rows after that number, or from the lowest, oldest first.
pub(super) fn after(conn: &mut Conn, after: Option<i64>, limit: i64) -> Result<Vec<Row>, Error> {
    let mut query = audit::table
        .order(audit::id.asc())
        .limit(limit)
        .into_boxed();
    if let Some(number) = after {
        query = query.filter(audit::id.gt(number));
    }
    Ok(query.load(conn)?)
}

/// Which end of the log a list begins at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Order {
    #[default]
    NewestFirst,
    OldestFirst,
}

/// One row, if the scope may see it.
pub(super) fn find(conn: &mut Conn, scope: &Scope, number: i64) -> Result<Option<Row>, Error> {
    let found: Option<Row> = audit::table
        .filter(audit::id.eq(number))
        .first(conn)
        .optional()?;
    Ok(found.filter(|row| match scope {
        Scope::All => true,
        Scope::Only(_) => row.establishment_id.is_some_and(|id| scope.holds(id)),
    }))
}

/// What a reader of the log asks for; empty texts ask for everything.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    /// Business code of the object, exact.
    pub object: String,
    /// Name of the actor, exact.
    pub actor: String,
    /// The verb, or the beginning of one (`terminal.`).
    pub action: String,
    /// Written then or later.
    pub since: Option<Millis>,
    /// Written before then.
    pub until: Option<Millis>,
    pub order: Order,
}

/// Which numbers are asked for, from the first to before the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Span {
    pub first: Option<i64>,
    pub end: Option<i64>,
}

/// The number from which on rows were written at that time or later. Numbers are given as rows are
/// written, so times rise with them, but for what the clocks of several nodes differ by: any index of
/// the log then serves a span of time.
pub(super) fn first_since(conn: &mut Conn, at: Millis) -> Result<i64, Error> {
    let (mut low, mut high) = (1, last(conn)?.map_or(0, |(number, _)| number) + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let found: Option<(i64, Millis)> = audit::table
            .filter(audit::id.ge(middle))
            .order(audit::id.asc())
            .select((audit::id, audit::at))
            .first(conn)
            .optional()?;
        match found {
            Some((number, time)) if time < at => low = number + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// Which index of the log, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lead {
    All,
    Object(String),
    Actor(String),
    Action(String),
    Establishment(EstablishmentId),
}

/// The next `n` numbers of a lead after one of them.
pub(super) fn ids(
    conn: &mut Conn,
    lead: &Lead,
    span: Span,
    after: Option<i64>,
    is_down: bool,
    n: i64,
) -> Result<Vec<i64>, Error> {
    let mut query = audit::table.select(audit::id).limit(n).into_boxed();
    query = match lead {
        Lead::All => query,
        Lead::Object(code) => query.filter(audit::object.eq(code)),
        Lead::Actor(name) => query.filter(audit::actor_name.eq(name)),
        Lead::Action(verb) => query.filter(audit::action.eq(verb)),
        Lead::Establishment(id) => query.filter(audit::establishment_id.eq(id)),
    };
    if let Some(first) = span.first {
        query = query.filter(audit::id.ge(first));
    }
    if let Some(end) = span.end {
        query = query.filter(audit::id.lt(end));
    }
    query = match (after, is_down) {
        (None, _) => query,
        (Some(at), true) => query.filter(audit::id.lt(at)),
        (Some(at), false) => query.filter(audit::id.gt(at)),
    };
    query = if is_down {
        query.order(audit::id.desc())
    } else {
        query.order(audit::id.asc())
    };
    Ok(query.load(conn)?)
}

/// The verbs in the log that begin so, each found by one look into the index.
pub(super) fn verbs(conn: &mut Conn, beginning: &str) -> Result<Vec<String>, Error> {
    let Some(end) = after_prefix(beginning) else {
        return Ok(Vec::new());
    };
    let mut all: Vec<String> = Vec::new();
    loop {
        let mut next = audit::table
            .filter(audit::action.lt(end.clone()))
            .order(audit::action.asc())
            .select(audit::action)
            .into_boxed();
        next = match all.last() {
            None => next.filter(audit::action.ge(beginning.to_owned())),
            Some(last) => next.filter(audit::action.gt(last.clone())),
        };
        match next.limit(1).first(conn).optional()? {
            Some(verb) => all.push(verb),
            None => return Ok(all),
        }
    }
}

/// These rows, each by its number.
pub(super) fn rows(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Row>, Error> {
    Ok(audit::table
        .filter(audit::id.eq_any(ids.to_vec()))
        .load(conn)?)
}
