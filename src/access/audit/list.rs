//! How the audit log is listed, newest first or last; the beginning of verbs is as many streams as there are such
//! verbs.
use super::store::{self, Filter, Lead, Order, Row, Span};
use crate::access::model::Scope;
use crate::db::{Conn, Entry, Error};
use crate::http::{Found, Narrowed, Page, Turn};

/// A page of the rows that the scope may see.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    turn: &Turn,
) -> Result<Page<Row>, Error> {
    let wish = Wish {
        conditions: conditions(conn, scope, filter)?,
        span: span(conn, filter)?,
    };
    let is_down = (filter.order == Order::NewestFirst) != turn.edge().1;
    Found::narrowed(conn, &wish, turn, is_down)
}

struct Wish {
    conditions: Vec<Vec<Lead>>,
    span: Span,
}

impl Narrowed for Wish {
    type Lead = Lead;
    type Row = Row;
    const ALL: Lead = Lead::All;

    fn conditions(&self) -> &[Vec<Lead>] {
        &self.conditions
    }

    fn entries(
        &self,
        conn: &mut Conn,
        lead: &Lead,
        after: Option<&Entry>,
        is_down: bool,
        n: i64,
    ) -> Result<Vec<Entry>, Error> {
        let after = after.map(|(_, id)| *id);
        let ids = store::ids(conn, lead, self.span, after, is_down, n)?;
        Ok(ids.into_iter().map(|id| (String::new(), id)).collect())
    }

    fn rows(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(i64, Row)>, Error> {
        let rows = store::rows(conn, ids)?.into_iter();
        Ok(rows.map(|row| (row.id, row)).collect())
    }

    fn is_of(row: &Row, lead: &Lead) -> bool {
        match lead {
            Lead::All => true,
            Lead::Object(code) => row.object == *code,
            Lead::Actor(name) => row.actor_name == *name,
            Lead::Action(verb) => row.action == *verb,
            Lead::Establishment(id) => row.establishment_id == Some(*id),
        }
    }

    /// Rows are numbered without gaps and never deleted, so numbers tell how many there are.
    fn total(&self, conn: &mut Conn) -> Result<Option<i64>, Error> {
        let newest = store::last(conn)?.map_or(0, |(number, _)| number);
        let first = self.span.first.unwrap_or(1);
        let end = self.span.end.unwrap_or(newest + 1);
        Ok(Some((end - first).max(0)))
    }
}

/// Of each condition the streams that hold what it leaves.
fn conditions(conn: &mut Conn, scope: &Scope, filter: &Filter) -> Result<Vec<Vec<Lead>>, Error> {
    let mut all = Vec::new();
    if !filter.object.is_empty() {
        all.push(vec![Lead::Object(filter.object.clone())]);
    }
    if !filter.actor.is_empty() {
        all.push(vec![Lead::Actor(filter.actor.clone())]);
    }
    if !filter.action.is_empty() {
        let verbs = store::verbs(conn, &filter.action)?;
        all.push(verbs.into_iter().map(Lead::Action).collect());
    }
    if let Scope::Only(these) = scope {
        all.push(these.iter().map(|id| Lead::Establishment(*id)).collect());
    }
    Ok(all)
}

fn span(conn: &mut Conn, filter: &Filter) -> Result<Span, Error> {
    let mut number = |at: Option<_>| at.map(|at| store::first_since(conn, at)).transpose();
    Ok(Span {
        first: number(filter.since)?,
        end: number(filter.until)?,
    })
}
