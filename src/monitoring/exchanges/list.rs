//! How exchanges are listed, and what stands beside one of them.
use super::list_store::{self, Lead, Span, key};
use super::model::State;
use super::store::{self, Row};
use super::words::LATE;
use crate::access::Scope;
use crate::db::{Conn, Entry, Error};
use crate::http::{Found, LOOKED_THROUGH, Narrowed, Page, Turn};
use crate::ids::{EstablishmentId, TerminalId};
use std::collections::HashMap;

/// Neighbours that are looked through for one that the scope holds: a terminal moves rarely.
const NEAR: i64 = 20;

/// What stands in the filter of states: how it stands, or what is said of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    State(State),
    Late,
    Declined,
}

impl Mark {
    /// What is looked for most stands first.
    pub(super) const ALL: [Self; 8] = [
        Self::State(State::Unanswered),
        Self::Late,
        Self::Declined,
        Self::State(State::Failed),
        Self::State(State::Answered),
        Self::State(State::Alone),
        Self::State(State::Malformed),
        Self::State(State::Notice),
    ];

    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::State(state) => state.code(),
            Self::Late => LATE,
            Self::Declined => "declined",
        }
    }

    pub(super) fn named(code: &str) -> Option<Self> {
        match code {
            // As programs say it.
            "late" => Some(Self::Late),
            code => Self::ALL.into_iter().find(|one| one.code() == code),
        }
    }

    const fn lead(self) -> Lead {
        match self {
            Self::State(state) => Lead::State(state.code()),
            Self::Late => Lead::Late,
            Self::Declined => Lead::Declined,
        }
    }
}

/// Whose log tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Whose {
    #[default]
    Anyones,
    /// There is no such terminal.
    Nobodys,
    Of(TerminalId),
}

/// What is asked for; what is empty asks for everything.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    /// A STAN or a retrieval reference number, whole.
    pub(super) number: String,
    pub(super) terminal: Whose,
    pub(super) mark: Option<Mark>,
    pub(super) result: String,
    pub(super) host: String,
    pub(super) span: Span,
    pub(super) is_oldest_first: bool,
}

/// What an index knows of it, what is rare first.
fn conditions(scope: &Scope, filter: &Filter) -> Vec<Vec<Lead>> {
    let mut all = Vec::new();
    if !filter.number.is_empty() {
        let number = filter.number.as_str();
        // As formats keep it.
        let bare = match number.trim_start_matches('0') {
            "" => "0",
            bare => bare,
        };
        all.push(vec![
            Lead::Stan(bare.to_owned()),
            Lead::Rrn(number.to_owned()),
        ]);
    }
    match filter.terminal {
        Whose::Anyones => {}
        Whose::Nobodys => all.push(Vec::new()),
        Whose::Of(terminal) => all.push(vec![Lead::Terminal(terminal)]),
    }
    if let Some(mark) = filter.mark {
        all.push(vec![mark.lead()]);
    }
    if !filter.result.is_empty() {
        all.push(vec![Lead::Result(filter.result.clone())]);
    }
    if !filter.host.is_empty() {
        all.push(vec![Lead::Host(filter.host.clone())]);
    }
    if let Scope::Only(these) = scope {
        all.push(these.iter().copied().map(Lead::Establishment).collect());
    }
    all
}

/// A page of the exchanges that the scope holds.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    turn: &Turn,
) -> Result<Page<Row>, Error> {
    let wish = Wish {
        conditions: conditions(scope, filter),
        span: filter.span,
    };
    Found::narrowed(conn, &wish, turn, filter.is_oldest_first == turn.edge().1)
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
        list_store::entries(conn, (lead, self.span), after, is_down, n)
    }

    fn rows(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(i64, Row)>, Error> {
        let rows = store::rows(conn, ids)?.into_iter();
        Ok(rows.map(|row| (row.id, row)).collect())
    }

    fn is_of(row: &Row, lead: &Lead) -> bool {
        match lead {
            Lead::All => true,
            Lead::Terminal(id) => row.terminal_id == *id,
            Lead::Establishment(id) => row.establishment_id == *id,
            Lead::State(code) => row.state == *code,
            Lead::Late => row.late,
            Lead::Declined => row.declined,
            Lead::Result(code) => row.result.as_ref() == Some(code),
            Lead::Host(name) => row.host.as_ref() == Some(name),
            Lead::Stan(stan) => row.stan.as_ref() == Some(stan),
            Lead::Rrn(rrn) => row.rrn.as_ref() == Some(rrn),
        }
    }

    /// Rows are wide, and many.
    fn counted_among(&self) -> usize {
        LOOKED_THROUGH
    }
}

/// The exchanges of the same terminal before and after one, as the scope holds them.
pub(super) fn beside(
    conn: &mut Conn,
    scope: &Scope,
    row: &Row,
) -> Result<(Option<i64>, Option<i64>), Error> {
    let lead = Lead::Terminal(row.terminal_id);
    let after = (key(row.sort_ms), row.id);
    let mut next = |is_down| -> Result<Option<i64>, Error> {
        let found =
            list_store::entries(conn, (&lead, Span::default()), Some(&after), is_down, NEAR)?;
        let ids: Vec<i64> = found.into_iter().map(|(_, id)| id).collect();
        let whose: HashMap<i64, EstablishmentId> = store::rows(conn, &ids)?
            .into_iter()
            .map(|row| (row.id, row.establishment_id))
            .collect();
        let is_seen = |id: &i64| whose.get(id).is_some_and(|owner| scope.holds(*owner));
        Ok(ids.into_iter().find(is_seen))
    };
    Ok((next(true)?, next(false)?))
}
