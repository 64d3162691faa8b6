//! How the audit log is listed: one condition is served by its index, newest first or last; the
//! beginning of verbs is as many streams as there are such verbs. Of several conditions the first is
//! looked through for the others.
use super::store::{self, Filter, Lead, Order, Row, Span};
use crate::access::model::Scope;
use crate::db::{Conn, Error, Merge, Spot};
use crate::http::{COUNTED, Counted, Found, LOOKED_THROUGH, Page, Turn, Walk, from, in_order};

/// Streams that are read side by side.
const SIDE_BY_SIDE: usize = 64;

/// A page of the rows that the scope may see.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    turn: &Turn,
) -> Result<Page<Row>, Error> {
    let conditions = conditions(conn, scope, filter)?;
    let span = span(conn, filter)?;
    let is_down = (filter.order == Order::NewestFirst) != turn.edge().1;
    let leads = match conditions.iter().find(|leads| leads.len() <= SIDE_BY_SIDE) {
        Some(leads) => leads.clone(),
        None => vec![Lead::All],
    };
    let is_all = match conditions.as_slice() {
        [] => true,
        [only] => only.len() <= SIDE_BY_SIDE,
        _ => false,
    };
    if !is_all {
        for leads in conditions
            .iter()
            .filter(|leads| leads.len() <= SIDE_BY_SIDE)
        {
            let most = LOOKED_THROUGH;
            let ids = ids(conn, leads, span, most + 1)?;
            if ids.len() <= most {
                let all = keep(conn, scope, filter, &ids)?;
                let counted = Counted::all(all.len());
                return Ok(Found::of_all(all, turn, is_down).page(turn, counted));
            }
        }
    }
    let counted = count(conn, (scope, filter, span), &leads, is_all)?;
    let how = if is_all {
        Walk::Matching
    } else {
        Walk::Looking
    };
    let leads = leads.into_iter().map(|lead| (0, lead)).collect();
    let mut merge = Merge::new(leads, from(turn).as_ref(), is_down);
    let found = Found::walk(
        conn,
        (&mut merge, how),
        turn,
        |conn, lead, after, n| {
            let ids = store::ids(conn, lead, span, after.map(|(_, id)| *id), is_down, n)?;
            Ok(ids.into_iter().map(|id| (String::new(), id)).collect())
        },
        |conn, spots| {
            let ids: Vec<i64> = spots.iter().map(|spot| spot.id).collect();
            let kept = keep(conn, scope, filter, &ids)?;
            Ok(in_order(&spots, kept))
        },
    )?;
    Ok(found.page(turn, counted))
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

/// Rows are numbered without gaps and never deleted, so numbers tell how many there are.
fn count(
    conn: &mut Conn,
    (scope, filter, span): (&Scope, &Filter, Span),
    leads: &[Lead],
    is_all: bool,
) -> Result<Counted, Error> {
    let most = usize::try_from(COUNTED).unwrap_or_default();
    if leads == [Lead::All] && is_all {
        let newest = store::last(conn)?.map_or(0, |(number, _)| number);
        let (first, end) = (span.first.unwrap_or(1), span.end.unwrap_or(newest + 1));
        let n = (end - first).max(0);
        return Ok(Counted {
            n: n.min(COUNTED + 1),
            is_all: true,
        });
    }
    let some = ids(conn, leads, span, most + 1)?;
    let counted = Counted::all(some.len());
    if is_all {
        return Ok(counted);
    }
    Ok(Counted {
        is_all: some.len() <= most,
        ..Counted::all(keep(conn, scope, filter, &some)?.len())
    })
}

fn ids(conn: &mut Conn, leads: &[Lead], span: Span, most: usize) -> Result<Vec<i64>, Error> {
    let mut all = Vec::new();
    for lead in leads {
        let left = most.saturating_sub(all.len());
        if left == 0 {
            break;
        }
        let left = i64::try_from(left).unwrap_or(i64::MAX);
        all.extend(store::ids(conn, lead, span, None, true, left)?);
    }
    Ok(all)
}

fn keep(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    ids: &[i64],
) -> Result<Vec<(Spot, Row)>, Error> {
    let mut kept = Vec::with_capacity(ids.len());
    for ids in ids.chunks(LOOKED_THROUGH) {
        for row in store::rows(conn, ids)? {
            let fits = (filter.object.is_empty() || row.object == filter.object)
                && (filter.actor.is_empty() || row.actor_name == filter.actor)
                && row.action.starts_with(&filter.action)
                && match scope {
                    Scope::All => true,
                    Scope::Only(_) => row.establishment_id.is_some_and(|id| scope.holds(id)),
                };
            if fits {
                let (rank, key, id) = (0, String::new(), row.id);
                kept.push((Spot { rank, key, id }, row));
            }
        }
    }
    Ok(kept)
}
