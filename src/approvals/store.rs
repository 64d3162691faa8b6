//! All SQL of requests. Guards stand in the `WHERE`.
use super::approval::{Approval, New};
use super::model::State;
use super::schema::{approval_place as place, approval_request as request};
use crate::access::{Actor, Permission, Permissions, Scope, Who};
use crate::clock::Millis;
use crate::db::{self, Conn, Error};
use crate::http::{COUNTED, Turn};
use crate::ids::{ApprovalId, BlobId, ClientId, EstablishmentId, OperatorId, TaskId};
use crate::on_backend;
use anyhow::anyhow;
use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// Rows written in one statement.
const AT_ONCE: usize = 500;

#[derive(Queryable, Selectable)]
#[diesel(table_name = request)]
struct Row {
    id: ApprovalId,
    kind: String,
    permission: String,
    state: String,
    actor_kind: String,
    actor_id: i64,
    actor_name: String,
    actor_ip: Option<String>,
    scope: Option<String>,
    all_establishments: bool,
    params: String,
    facts: String,
    size: Option<i64>,
    input_blob_id: Option<BlobId>,
    reason: String,
    created_at: Millis,
    expires_at: Millis,
    ended_at: Option<Millis>,
    ended_by: Option<String>,
    remark: Option<String>,
    task_id: Option<TaskId>,
}

/// Whatever cannot be understood is a newer program's, or damage: never a wider right.
fn read(row: Row, places: Vec<EstablishmentId>) -> Result<Approval, Error> {
    let odd = |what: &str| Error::Fault(anyhow!("approval {} has an odd {what}", row.id));
    let json = |text: &str| serde_json::from_str(text).map_err(|_| odd("value"));
    let who = Who::restored(&row.actor_kind, row.actor_id, &row.actor_name);
    let who = who.filter(|who| owner(who).is_some());
    Ok(Approval {
        permission: Permission::parse(&row.permission).ok_or_else(|| odd("permission"))?,
        state: State::parse(&row.state).ok_or_else(|| odd("state"))?,
        actor: Actor {
            who: who.ok_or_else(|| odd("actor"))?,
            scope: Scope::restored(row.scope.as_deref()).ok_or_else(|| odd("scope"))?,
            from: row.actor_ip.as_deref().and_then(|ip| ip.parse().ok()),
        },
        reach: if row.all_establishments {
            Scope::All
        } else {
            Scope::Only(places)
        },
        params: json(&row.params)?,
        facts: json(&row.facts)?,
        id: row.id,
        kind: row.kind,
        size: row.size,
        input: row.input_blob_id,
        reason: row.reason,
        created_at: row.created_at,
        expires_at: row.expires_at,
        ended_at: row.ended_at,
        ended_by: row.ended_by,
        remark: row.remark,
        task: row.task_id,
    })
}

fn all(conn: &mut Conn, rows: Vec<Row>) -> Result<Vec<Approval>, Error> {
    let ids: Vec<ApprovalId> = rows.iter().map(|row| row.id).collect();
    let places: Vec<(ApprovalId, EstablishmentId)> = place::table
        .filter(place::request_id.eq_any(ids))
        .select((place::request_id, place::establishment_id))
        .load(conn)?;
    let of = |id: ApprovalId| {
        let own = places.iter().filter(|(request, _)| *request == id);
        own.map(|(_, one)| *one).collect()
    };
    rows.into_iter()
        .map(|row| {
            let own = of(row.id);
            read(row, own)
        })
        .collect()
}

/// Under which words the one who asked is kept; nobody but people and programs asks.
pub(super) fn owner(who: &Who) -> Option<(&'static str, i64)> {
    match who {
        Who::Operator(..) | Who::Client(..) => Some((who.kind(), who.id()?)),
        Who::Terminal(..) | Who::Job(_) | Who::Console => None,
    }
}

pub(super) fn insert(
    conn: &mut Conn,
    (actor, (kind, id)): (&Actor, (&str, i64)),
    new: &New,
    (now, expires_at): (Millis, Millis),
) -> Result<ApprovalId, Error> {
    let made: ApprovalId = on_backend!(conn, |c| diesel::insert_into(request::table)
        .values((
            request::kind.eq(new.kind),
            request::permission.eq(new.permission.code()),
            request::state.eq(State::Pending.code()),
            (
                request::actor_kind.eq(kind),
                request::actor_id.eq(id),
                request::actor_name.eq(actor.who.name()),
                request::actor_ip.eq(actor.from.map(|ip| ip.to_string())),
                request::scope.eq(actor.scope.stored()),
            ),
            request::all_establishments.eq(new.reach == Scope::All),
            request::params.eq(new.params.to_string()),
            request::facts.eq(new.facts.to_string()),
            request::size.eq(new.size),
            request::input_blob_id.eq(new.input),
            request::reason.eq(&new.reason),
            request::created_at.eq(now),
            request::expires_at.eq(expires_at),
        ))
        .returning(request::id)
        .get_result(c))?;
    if let Scope::Only(these) = &new.reach {
        let row =
            |one: &EstablishmentId| (place::request_id.eq(made), place::establishment_id.eq(*one));
        for some in these.chunks(AT_ONCE) {
            let rows: Vec<_> = some.iter().map(row).collect();
            on_backend!(conn, |c| diesel::insert_into(place::table)
                .values(&rows)
                .execute(c))?;
        }
    }
    Ok(made)
}

pub(super) fn find(conn: &mut Conn, id: ApprovalId) -> Result<Option<Approval>, Error> {
    let row: Option<Row> = request::table
        .find(id)
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(all(conn, row.into_iter().collect())?.pop())
}

/// How a request ends.
pub(super) struct Ending<'a> {
    pub(super) state: State,
    /// Who ends it; nobody when it expires.
    pub(super) by: Option<&'a str>,
    pub(super) remark: Option<&'a str>,
}

/// False when it has ended already, or its time is over; for an expiry, when it is not.
pub(super) fn end(
    conn: &mut Conn,
    id: ApprovalId,
    ending: &Ending<'_>,
    now: Millis,
) -> Result<bool, Error> {
    let pending = request::id
        .eq(id)
        .and(request::state.eq(State::Pending.code()));
    let set = (
        request::state.eq(ending.state.code()),
        request::ended_at.eq(Some(now)),
        request::ended_by.eq(ending.by),
        request::remark.eq(ending.remark),
        // Its file is given back, and may be gone before the request is forgotten.
        request::input_blob_id.eq(None::<BlobId>),
    );
    let n = if ending.state == State::Expired {
        let over = request::table.filter(pending.and(request::expires_at.le(now)));
        diesel::update(over).set(set).execute(conn)?
    } else {
        let open = request::table.filter(pending.and(request::expires_at.gt(now)));
        diesel::update(open).set(set).execute(conn)?
    };
    Ok(n == 1)
}

/// Notes what it became.
pub(super) fn set_task(conn: &mut Conn, id: ApprovalId, task: TaskId) -> Result<(), Error> {
    diesel::update(request::table.filter(request::id.eq(id)))
        .set(request::task_id.eq(Some(task)))
        .execute(conn)?;
    Ok(())
}

/// Which requests a list shows.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    /// Those of this one,
    pub(super) own: (&'static str, i64),
    /// or of others as well,
    pub(super) others: bool,
    /// as far as they concern nothing out of this.
    pub(super) scope: Scope,
    pub(super) state: Option<State>,
}

/// Newest first: the rows of a page in reading order, and how many match.
pub(super) fn list(
    conn: &mut Conn,
    filter: &Filter,
    turn: &Turn,
) -> Result<(Vec<Approval>, i64), Error> {
    let matching = || {
        let (kind, id) = filter.own;
        let mut query = request::table.into_boxed();
        if !filter.others {
            query = query.filter(request::actor_kind.eq(kind).and(request::actor_id.eq(id)));
        }
        if let Scope::Only(these) = &filter.scope {
            let outside = place::table
                .filter(place::request_id.eq(request::id))
                .filter(place::establishment_id.ne_all(these.clone()));
            let some = place::table.filter(place::request_id.eq(request::id));
            query = query
                .filter(request::all_establishments.eq(false))
                .filter(exists(some))
                .filter(not(exists(outside)));
        }
        match filter.state {
            Some(state) => query.filter(request::state.eq(state.code())),
            None => query,
        }
    };
    let counted = db::count(conn, matching().select(request::id).limit(COUNTED + 1))?;
    let mut query = matching().select(Row::as_select()).limit(turn.limit());
    query = match turn.edge() {
        (None, false) => query.order(request::id.desc()),
        (None, true) => query.order(request::id.asc()),
        (Some(at), false) => query
            .filter(request::id.lt(at.id))
            .order(request::id.desc()),
        (Some(at), true) => query.filter(request::id.gt(at.id)).order(request::id.asc()),
    };
    let rows: Vec<Row> = query.load(conn)?;
    Ok((all(conn, rows)?, counted))
}

/// Whom a request waits for.
pub(super) struct Decider<'a> {
    pub(super) id: OperatorId,
    /// Clients that ask with tokens which he made.
    pub(super) clients: Vec<ClientId>,
    pub(super) permissions: &'a Permissions,
    pub(super) scope: &'a Scope,
}

/// How many requests he could decide, counted up to `most`.
pub(super) fn waiting(
    conn: &mut Conn,
    whom: &Decider<'_>,
    now: Millis,
    most: i64,
) -> Result<i64, Error> {
    let codes: Vec<_> = whom.permissions.0.iter().map(|p| p.code()).collect();
    let own = request::actor_kind
        .eq("operator")
        .and(request::actor_id.eq(whom.id.0));
    let clients: Vec<i64> = whom.clients.iter().map(|id| id.0).collect();
    let by_own = request::actor_kind
        .eq("client")
        .and(request::actor_id.eq_any(clients));
    // Written as the partial index says it, so that it is used.
    let mut query = request::table
        .filter(sql::<Bool>("state = 'pending'"))
        .filter(request::expires_at.gt(now))
        .filter(request::permission.eq_any(codes))
        .filter(not(own))
        .filter(not(by_own))
        .select(request::id)
        .limit(most)
        .into_boxed();
    if let Scope::Only(these) = whom.scope {
        let outside = place::table
            .filter(place::request_id.eq(request::id))
            .filter(place::establishment_id.ne_all(these.clone()));
        let some = place::table.filter(place::request_id.eq(request::id));
        query = query
            .filter(request::all_establishments.eq(false))
            .filter(exists(some))
            .filter(not(exists(outside)));
    }
    db::count(conn, query)
}

/// Requests whose time is over and that nobody has ended, the longest overdue first.
pub(super) fn overdue(conn: &mut Conn, now: Millis, limit: i64) -> Result<Vec<Approval>, Error> {
    let rows: Vec<Row> = request::table
        .filter(sql::<Bool>("state = 'pending'"))
        .filter(request::expires_at.le(now))
        .order(request::expires_at.asc())
        .select(Row::as_select())
        .limit(limit)
        .load(conn)?;
    all(conn, rows)
}

/// Forgets some that ended before `before`; says how many.
pub(super) fn forget(conn: &mut Conn, before: Millis, limit: i64) -> Result<usize, Error> {
    let ids: Vec<ApprovalId> = request::table
        .filter(request::ended_at.is_not_null())
        .filter(request::ended_at.le(before))
        .order(request::ended_at.asc())
        .select(request::id)
        .limit(limit)
        .load(conn)?;
    diesel::delete(place::table.filter(place::request_id.eq_any(ids.clone()))).execute(conn)?;
    Ok(diesel::delete(request::table.filter(request::id.eq_any(ids))).execute(conn)?)
}
