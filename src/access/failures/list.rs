//! How sign-ins that failed are listed, as the audit log is.
use super::store::{self, Lead, Row};
use crate::access::model::Scope;
use crate::access::operators;
use crate::db::{Conn, Entry, Error};
use crate::http::{Found, Narrowed, Page, Turn};
use crate::ids::OperatorId;

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

/// A page of those that the scope may see: who sees a part of the fleet sees those of operators who see
/// no more than he does.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    turn: &Turn,
) -> Result<Page<Row>, Error> {
    let wish = Wish {
        conditions: conditions(conn, scope, filter)?,
    };
    Found::narrowed(conn, &wish, turn, filter.is_oldest_first == turn.edge().1)
}

struct Wish {
    conditions: Vec<Vec<Lead>>,
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
        let ids = store::ids(conn, lead, after.map(|(_, id)| *id), is_down, n)?;
        Ok(ids.into_iter().map(|id| (String::new(), id)).collect())
    }

    fn rows(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(i64, Row)>, Error> {
        let rows = store::rows(conn, ids)?.into_iter();
        Ok(rows.map(|row| (row.id, row)).collect())
    }

    fn is_of(row: &Row, lead: &Lead) -> bool {
        match lead {
            Lead::All => true,
            Lead::Operator(id) => row.operator == Some(*id),
            Lead::Address(address) => row.address.as_ref() == Some(address),
            Lead::Reason(code) => row.reason == *code,
        }
    }
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
