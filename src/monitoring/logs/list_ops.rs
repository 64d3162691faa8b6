//! Lists of logs. What one index serves, by day, is exact whatever its length. Further conditions are
//! looked for among what that leaves: all of it, where that is little ([`FEW`]), and page by page along the
//! index otherwise, so that none is lost.
use super::list_store::{self, Lead, Way};
use super::model::{Kind, Log};
use crate::access::Scope;
use crate::db::{Conn, Error, Merge, Spot};
use crate::formats::Format;
use crate::http::{COUNTED, Counted, Found, Page, Turn, Walk, placed};
use crate::ids::{EstablishmentId, LogId, PointOfServiceId, TerminalId};
use crate::monitoring::days::Day;
use crate::terminals;

/// So many logs of a stream are read whole and looked through for what no index knows.
const FEW: i64 = 1_000;
/// Establishments whose logs are read side by side; of more, the whole is looked through.
const SIDE_BY_SIDE: usize = 64;
/// Terminals of a point of service: more than establishments, as in the whole their logs are hard to find.
pub(super) const AT_A_POINT: usize = 500;

/// A point of service that a list is narrowed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) id: PointOfServiceId,
    /// Whatever stands there, where that is not too much to read side by side.
    pub(super) terminals: Option<Vec<TerminalId>>,
}

/// What a list is narrowed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Search {
    pub(super) kind: Kind,
    pub(super) terminal: Option<TerminalId>,
    pub(super) point: Option<Point>,
    pub(super) establishment: Option<EstablishmentId>,
    pub(super) till: Option<String>,
    pub(super) from: Option<Day>,
    pub(super) until: Option<Day>,
    pub(super) format: Option<Format>,
    /// Only those of which something could not be read.
    pub(super) is_unread: bool,
    /// The oldest day first.
    pub(super) is_up: bool,
}

impl Search {
    pub(super) fn of(kind: Kind) -> Self {
        Self {
            kind,
            terminal: None,
            point: None,
            establishment: None,
            till: None,
            from: None,
            until: None,
            format: None,
            is_unread: false,
            is_up: false,
        }
    }

    /// The index that leaves least, and what it leaves to look for.
    fn ways(&self, scope: &Scope) -> (Vec<Way>, Self) {
        let mut rest = Self {
            from: None,
            until: None,
            ..self.clone()
        };
        if let Some(id) = rest.terminal.take() {
            return (vec![Way::Terminal(id)], rest);
        }
        // Where it has too many, nothing narrows: they may have sent from another establishment, before they came.
        if let Some(these) = self.point.as_ref().and_then(|it| it.terminals.as_ref()) {
            rest.point = None;
            return (these.iter().copied().map(Way::Terminal).collect(), rest);
        }
        if let Some(id) = rest.establishment.take() {
            return (vec![Way::Establishment(id)], rest);
        }
        match scope {
            Scope::Only(these) if these.len() <= SIDE_BY_SIDE => {
                let ways = these.iter().copied().map(Way::Establishment);
                return (ways.collect(), rest);
            }
            Scope::Only(_) => {}
            Scope::All => {
                if let Some(till) = rest.till.take() {
                    return (vec![Way::Till(till)], rest);
                }
                if std::mem::take(&mut rest.is_unread) {
                    return (vec![Way::Unread], rest);
                }
                if let Some(format) = rest.format.take() {
                    return (vec![Way::Format(format)], rest);
                }
            }
        }
        (vec![Way::All], rest)
    }

    /// Whether nothing is left to look for.
    fn is_empty(&self) -> bool {
        let nothing = Self {
            is_up: self.is_up,
            ..Self::of(self.kind)
        };
        *self == nothing
    }

    fn holds(&self, it: &Log) -> bool {
        self.terminal.is_none_or(|id| it.terminal == id)
            && self.establishment.is_none_or(|id| it.establishment == id)
            && self.till.as_ref().is_none_or(|till| it.till == *till)
            && self.format.is_none_or(|format| it.format == format)
            && (!self.is_unread || it.unread > 0)
    }
}

/// A search in the terms of the indexes.
struct Wish<'a> {
    scope: &'a Scope,
    leads: Vec<(u8, Lead)>,
    rest: Search,
    /// Whatever the streams hold matches.
    is_all: bool,
}

impl<'a> Wish<'a> {
    fn of(scope: &'a Scope, search: &Search) -> Self {
        let (ways, rest) = search.ways(scope);
        let within = |way: &Way| match way {
            Way::Establishment(id) => scope.holds(*id),
            _ => *scope == Scope::All,
        };
        let is_all = rest.is_empty() && ways.iter().all(within);
        let lead = |way| Lead {
            kind: search.kind,
            way,
            from: search.from,
            until: search.until,
        };
        Self {
            scope,
            leads: ways.into_iter().map(|way| (0, lead(way))).collect(),
            rest,
            is_all,
        }
    }

    fn count(&self, conn: &mut Conn, most: i64) -> Result<i64, Error> {
        let mut n = 0;
        for (_, lead) in &self.leads {
            if n < most {
                n += list_store::count(conn, lead, most - n)?;
            }
        }
        Ok(n)
    }

    fn walk(
        &self,
        conn: &mut Conn,
        how: Walk,
        turn: &Turn,
        is_down: bool,
    ) -> Result<Found<Log>, Error> {
        Found::walk(
            conn,
            (self.leads.clone(), how),
            (turn, is_down),
            |conn, lead, after, n| list_store::entries(conn, lead, after, is_down, n),
            |conn, spots| self.keep(conn, spots),
        )
    }

    /// Those of the spots that match, in their order.
    fn keep(&self, conn: &mut Conn, spots: Vec<Spot>) -> Result<Vec<(Spot, Log)>, Error> {
        let ids: Vec<LogId> = spots.iter().map(|spot| LogId(spot.id)).collect();
        let found = list_store::these(conn, &ids)?;
        let there = self.there(conn, &found)?;
        let fits = |it: &Log| {
            self.scope.holds(it.establishment)
                && self.rest.holds(it)
                && there
                    .as_ref()
                    .is_none_or(|them| them.contains(&it.terminal))
        };
        let found = found.into_iter().filter(fits);
        Ok(placed(spots, found.map(|it| (it.id.0, it))))
    }

    /// Whose terminals stand at the point of service that is left to look for.
    fn there(&self, conn: &mut Conn, found: &[Log]) -> Result<Option<Vec<TerminalId>>, Error> {
        let Some(point) = &self.rest.point else {
            return Ok(None);
        };
        let ids: Vec<TerminalId> = found.iter().map(|it| it.terminal).collect();
        let them = terminals::listed(conn, &ids)?.into_values();
        let there = them.filter(|it| it.point_of_service == point.id);
        Ok(Some(there.map(|it| it.id).collect()))
    }

    /// What matches among the first of what the streams hold, and whether that is all.
    fn few(&self, conn: &mut Conn, is_down: bool) -> Result<(Vec<(Spot, Log)>, bool), Error> {
        let most = usize::try_from(FEW).unwrap_or(usize::MAX);
        let mut merge = Merge::new(self.leads.clone(), None, is_down);
        let mut spots = merge.next(most + 1, |lead, after, n| {
            list_store::entries(conn, lead, after, is_down, n)
        })?;
        let is_all = spots.len() <= most;
        spots.truncate(most);
        Ok((self.keep(conn, spots)?, is_all))
    }
}

/// One page of the logs that match, by day.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    search: &Search,
    turn: &Turn,
) -> Result<Page<Log>, Error> {
    let wish = Wish::of(scope, search);
    let is_down = search.is_up == turn.edge().1;
    if wish.is_all {
        let n = wish.count(conn, COUNTED + 1)?;
        let found = wish.walk(conn, Walk::Matching, turn, is_down)?;
        return Ok(found.page(turn, Counted { n, is_all: true }));
    }
    let (some, is_all) = wish.few(conn, !search.is_up)?;
    let counted = Counted::of(some.len(), is_all);
    if is_all {
        return Ok(Found::of_all(some, turn, is_down).page(turn, counted));
    }
    let found = wish.walk(conn, Walk::Looking, turn, is_down)?;
    Ok(found.page(turn, counted))
}

/// The logs of one kind that a terminal sent last.
pub(super) fn last_of(
    conn: &mut Conn,
    scope: &Scope,
    (terminal, kind): (TerminalId, Kind),
    n: i64,
) -> Result<Vec<Log>, Error> {
    let search = Search {
        terminal: Some(terminal),
        ..Search::of(kind)
    };
    let turn = Turn {
        rows: n,
        ..Turn::default()
    };
    Ok(list(conn, scope, &search, &turn)?.items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_takes_what_it_serves() {
        let search = Search {
            terminal: Some(TerminalId(7)),
            till: Some("1".to_owned()),
            from: Some(Day(3)),
            ..Search::of(Kind::Ecr)
        };
        let (ways, rest) = search.ways(&Scope::All);
        assert_eq!(ways, [Way::Terminal(TerminalId(7))]);
        assert!(!rest.is_empty() && rest.from.is_none());
        let all = Wish::of(&Scope::All, &Search::of(Kind::Pos));
        assert!(all.is_all);
        let scope = Scope::Only(vec![EstablishmentId(1), EstablishmentId(2)]);
        let theirs = Wish::of(&scope, &Search::of(Kind::Pos));
        assert!(theirs.is_all && theirs.leads.len() == 2);
        let point = Point {
            id: PointOfServiceId(5),
            terminals: None,
        };
        let crowded = Search {
            point: Some(point),
            ..Search::of(Kind::Pos)
        };
        // Its terminals may have sent from anywhere.
        let (ways, rest) = crowded.ways(&Scope::All);
        assert_eq!(ways, [Way::All]);
        assert!(rest.point.is_some());
        let foreign = Search {
            terminal: Some(TerminalId(7)),
            ..Search::of(Kind::Pos)
        };
        // A terminal's logs may be of a time when it stood elsewhere.
        assert!(!Wish::of(&scope, &foreign).is_all);
    }
}
