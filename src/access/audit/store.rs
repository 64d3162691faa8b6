//! All SQL of the audit chain. Rows are only ever added.
use crate::access::model::Scope;
use crate::access::schema::access_audit as audit;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::http::{COUNTED, Turn};
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

/// Rows after number `after`, oldest first.
pub(super) fn after(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<Row>, Error> {
    let rows = audit::table
        .filter(audit::id.gt(after))
        .order(audit::id.asc())
        .limit(limit)
        .load(conn)?;
    Ok(rows)
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
    let found = matching(scope, &Filter::default())
        .filter(audit::id.eq(number))
        .first(conn)
        .optional()?;
    Ok(found)
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
    pub order: Order,
}

/// Up to [`Turn::limit`] rows that the scope may see, in the order of the filter, and how many
/// there are in all, as far as lists count.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    turn: &Turn,
) -> Result<(Vec<Row>, i64), Error> {
    let (edge, backwards) = turn.edge();
    let mut query = matching(scope, filter).limit(turn.limit());
    let down = (filter.order == Order::NewestFirst) != backwards;
    query = match (edge, down) {
        (None, true) => query.order(audit::id.desc()),
        (None, false) => query.order(audit::id.asc()),
        (Some(at), true) => query.filter(audit::id.lt(at.id)).order(audit::id.desc()),
        (Some(at), false) => query.filter(audit::id.gt(at.id)).order(audit::id.asc()),
    };
    let rows = query.load(conn)?;
    let counted: Vec<i64> = matching(scope, filter)
        .limit(COUNTED + 1)
        .select(audit::id)
        .load(conn)?;
    Ok((rows, i64::try_from(counted.len()).unwrap_or(i64::MAX)))
}

type Matching<'a> = audit::BoxedQuery<'a, <Conn as Connection>::Backend>;

fn matching<'a>(scope: &Scope, filter: &Filter) -> Matching<'a> {
    let mut query = audit::table.into_boxed();
    if let Scope::Only(these) = scope {
        query = query.filter(audit::establishment_id.eq_any(these.clone()));
    }
    if !filter.object.is_empty() {
        query = query.filter(audit::object.eq(filter.object.clone()));
    }
    if !filter.actor.is_empty() {
        query = query.filter(audit::actor_name.eq(filter.actor.clone()));
    }
    if !filter.action.is_empty() {
        // U+10FFFF sorts behind every text in byte order, so this is "begins with" by the index.
        let end = format!("{}\u{10ffff}", filter.action);
        query = query.filter(
            audit::action
                .ge(filter.action.clone())
                .and(audit::action.lt(end)),
        );
    }
    query
}
