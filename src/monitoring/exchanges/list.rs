//! How exchanges are listed: one condition is served by its index; of several, whichever leaves little is looked
//! through for the others, else the first of them page by page.
use super::list_store::{self, Lead, Span, key};
use super::model::State;
use super::store::{self, Row};
use super::words::LATE;
use crate::access::Scope;
use crate::db::{Conn, Error, Merge, Spot};
use crate::http::{COUNTED, Counted, Found, LOOKED_THROUGH, Page, Turn, Walk, from, in_order};
use crate::ids::{EstablishmentId, TerminalId};
use std::collections::{HashMap, HashSet};

/// Streams that are read side by side.
const SIDE_BY_SIDE: usize = 64;
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
    wish.page(conn, turn, filter.is_oldest_first == turn.edge().1)
}

struct Wish {
    /// Of each condition the streams that hold what it leaves.
    conditions: Vec<Vec<Lead>>,
    span: Span,
}

impl Wish {
    fn page(&self, conn: &mut Conn, turn: &Turn, is_down: bool) -> Result<Page<Row>, Error> {
        let mut narrow = self
            .conditions
            .iter()
            .filter(|leads| leads.len() <= SIDE_BY_SIDE);
        let leads = narrow.next().cloned().unwrap_or_else(|| vec![Lead::All]);
        let is_all = match self.conditions.as_slice() {
            [] => true,
            [only] => only.len() <= SIDE_BY_SIDE,
            _ => false,
        };
        if is_all {
            let n = self.ids(conn, &leads, counted())?.len();
            return self.walk(
                conn,
                (leads, Walk::Matching),
                turn,
                (is_down, Counted::all(n)),
            );
        }
        if let Some(ids) = self.few(conn)? {
            let all = self.keep(conn, &ids)?;
            let counted = Counted::all(all.len());
            return Ok(Found::of_all(all, turn, is_down).page(turn, counted));
        }
        let some = self.ids(conn, &leads, LOOKED_THROUGH)?;
        let counted = Counted {
            is_all: false,
            ..Counted::all(self.keep(conn, &some)?.len())
        };
        self.walk(conn, (leads, Walk::Looking), turn, (is_down, counted))
    }

    /// All that one of the conditions leaves, where that is little.
    fn few(&self, conn: &mut Conn) -> Result<Option<Vec<i64>>, Error> {
        for leads in self
            .conditions
            .iter()
            .filter(|leads| leads.len() <= SIDE_BY_SIDE)
        {
            let ids = self.ids(conn, leads, LOOKED_THROUGH + 1)?;
            if ids.len() <= LOOKED_THROUGH {
                return Ok(Some(ids));
            }
        }
        Ok(None)
    }

    fn walk(
        &self,
        conn: &mut Conn,
        (leads, how): (Vec<Lead>, Walk),
        turn: &Turn,
        (is_down, counted): (bool, Counted),
    ) -> Result<Page<Row>, Error> {
        let leads = leads.into_iter().map(|lead| (0, lead)).collect();
        let mut merge = Merge::new(leads, from(turn).as_ref(), is_down);
        let found = Found::walk(
            conn,
            (&mut merge, how),
            turn,
            |conn, lead, after, n| list_store::entries(conn, (lead, self.span), after, is_down, n),
            |conn, spots| {
                let ids: Vec<i64> = spots.iter().map(|spot| spot.id).collect();
                let kept = self.keep(conn, &ids)?;
                Ok(in_order(&spots, kept))
            },
        )?;
        Ok(found.page(turn, counted))
    }

    /// The newest of what these streams hold, each once, so many at most.
    fn ids(&self, conn: &mut Conn, leads: &[Lead], most: usize) -> Result<Vec<i64>, Error> {
        let (mut all, mut seen) = (Vec::new(), HashSet::new());
        for lead in leads {
            let left = most.saturating_sub(all.len());
            if left == 0 {
                break;
            }
            let left = i64::try_from(left).unwrap_or(i64::MAX);
            let found = list_store::entries(conn, (lead, self.span), None, true, left)?;
            all.extend(
                found
                    .into_iter()
                    .map(|(_, id)| id)
                    .filter(|id| seen.insert(*id)),
            );
        }
        Ok(all)
    }

    /// The rows of these numbers that every condition leaves.
    fn keep(&self, conn: &mut Conn, ids: &[i64]) -> Result<Vec<(Spot, Row)>, Error> {
        let fits = |row: &Row| {
            let mut conditions = self.conditions.iter();
            conditions.all(|leads| leads.iter().any(|lead| is_of(row, lead)))
        };
        let rows = store::rows(conn, ids)?.into_iter().filter(fits);
        let spot = |row: Row| {
            let (rank, key, id) = (0, key(row.sort_ms), row.id);
            (Spot { rank, key, id }, row)
        };
        Ok(rows.map(spot).collect())
    }
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

fn counted() -> usize {
    usize::try_from(COUNTED + 1).unwrap_or(usize::MAX)
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
