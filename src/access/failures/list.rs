//! How sign-ins that failed are listed, as the audit log is: one condition is served by its index, and
//! of several the first is looked through for the others.
use super::store::{self, Lead, Row};
use crate::access::model::Scope;
use crate::access::operators;
use crate::db::{Conn, Error, Merge, Spot};
use crate::http::{COUNTED, Counted, Found, LOOKED_THROUGH, Page, Turn, Walk, from, in_order};
use crate::ids::OperatorId;
use std::net::IpAddr;

/// Streams that are read side by side.
const SIDE_BY_SIDE: usize = 64;

/// What is asked for; empty texts ask for everything.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    /// The login of an operator.
    pub login: String,
    /// The code of a reason.
    pub reason: String,
    pub address: String,
    pub is_oldest_first: bool,
}

impl Filter {
    pub(super) fn of(login: &str, reason: &str, address: &str, sort: &str) -> Self {
        let address = address.trim();
        let written = address.parse().map(|ip: IpAddr| ip.to_string());
        Self {
            login: login.trim().to_owned(),
            reason: reason.trim().to_owned(),
            address: written.unwrap_or_else(|_| address.to_owned()),
            is_oldest_first: sort == "number",
        }
    }
}

/// A page of those that the scope may see: who sees a part of the fleet sees those of operators who see
/// no more than he does.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    turn: &Turn,
) -> Result<Page<Row>, Error> {
    let conditions = conditions(conn, scope, filter)?;
    let is_down = filter.is_oldest_first == turn.edge().1;
    let (leads, is_all) = match conditions.as_slice() {
        [] => (vec![Lead::All], true),
        [only] if only.len() <= SIDE_BY_SIDE => (only.clone(), true),
        several => {
            let first = several.iter().find(|leads| leads.len() <= SIDE_BY_SIDE);
            (first.cloned().unwrap_or_else(|| vec![Lead::All]), false)
        }
    };
    if !is_all {
        let ids = ids(conn, &leads, LOOKED_THROUGH + 1)?;
        if ids.len() <= LOOKED_THROUGH {
            let all = keep(conn, &conditions, &ids)?;
            let counted = Counted::all(all.len());
            return Ok(Found::of_all(all, turn, is_down).page(turn, counted));
        }
    }
    let counted = count(conn, &conditions, &leads, is_all)?;
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
            let ids = store::ids(conn, lead, after.map(|(_, id)| *id), is_down, n)?;
            Ok(ids.into_iter().map(|id| (String::new(), id)).collect())
        },
        |conn, spots| {
            let ids: Vec<i64> = spots.iter().map(|spot| spot.id).collect();
            let kept = keep(conn, &conditions, &ids)?;
            Ok(in_order(&spots, kept))
        },
    )?;
    Ok(found.page(turn, counted))
}

/// Of each condition the streams that hold what it leaves.
fn conditions(conn: &mut Conn, scope: &Scope, filter: &Filter) -> Result<Vec<Vec<Lead>>, Error> {
    let mut all = Vec::new();
    if !filter.login.is_empty() {
        let whose = match operators::login(&filter.login) {
            Ok(login) => store::operator_of(conn, &login)?,
            Err(_) => None,
        };
        all.push(whose.map(Lead::Operator).into_iter().collect());
    }
    if !filter.address.is_empty() {
        all.push(vec![Lead::Address(filter.address.clone())]);
    }
    if !filter.reason.is_empty() {
        all.push(vec![Lead::Reason(filter.reason.clone())]);
    }
    if let Scope::Only(these) = scope {
        let within: Vec<OperatorId> = operators::within(conn, these)?;
        all.push(within.into_iter().map(Lead::Operator).collect());
    }
    Ok(all)
}

fn count(
    conn: &mut Conn,
    conditions: &[Vec<Lead>],
    leads: &[Lead],
    is_all: bool,
) -> Result<Counted, Error> {
    let most = usize::try_from(COUNTED).unwrap_or_default();
    let some = ids(conn, leads, most + 1)?;
    if is_all {
        return Ok(Counted::all(some.len()));
    }
    Ok(Counted {
        is_all: some.len() <= most,
        ..Counted::all(keep(conn, conditions, &some)?.len())
    })
}

fn ids(conn: &mut Conn, leads: &[Lead], most: usize) -> Result<Vec<i64>, Error> {
    let mut all = Vec::new();
    for lead in leads {
        let left = most.saturating_sub(all.len());
        if left == 0 {
            break;
        }
        let left = i64::try_from(left).unwrap_or(i64::MAX);
        all.extend(store::ids(conn, lead, None, true, left)?);
    }
    Ok(all)
}

/// The rows of these numbers that every condition leaves.
fn keep(conn: &mut Conn, conditions: &[Vec<Lead>], ids: &[i64]) -> Result<Vec<(Spot, Row)>, Error> {
    let mut kept = Vec::with_capacity(ids.len());
    for ids in ids.chunks(LOOKED_THROUGH) {
        for row in store::rows(conn, ids)? {
            let is_of = |lead: &Lead| match lead {
                Lead::All => true,
                Lead::Operator(id) => row.operator == Some(*id),
                Lead::Address(address) => row.address.as_ref() == Some(address),
                Lead::Reason(code) => row.reason == *code,
            };
            if conditions.iter().all(|leads| leads.iter().any(is_of)) {
                let (rank, key, id) = (0, String::new(), row.id);
                kept.push((Spot { rank, key, id }, row));
            }
        }
    }
    Ok(kept)
}
