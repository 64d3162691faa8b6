//! How lists of places are read: which index serves what was asked, and what has to be looked
//! through.
use super::lead_store::{Kind, Lead, entries};
use super::model::{Establishment, PointOfService, Search, Sort, Status};
use super::{establishment_store, point_store};
use crate::access::Scope;
use crate::db::{Conn, Error, Spot};
use crate::fold::{Terms, fold};
use crate::http::{COUNTED, Counted, Found, LOOKED_THROUGH, Page, Turn, Walk};
use crate::ids::{EstablishmentId, PointOfServiceId};
use std::collections::HashSet;

/// Establishments whose points of service are read side by side.
const SIDE_BY_SIDE: usize = 64;
/// Rows asked for at once. Of more PostgreSQL reads all there are, as places are few.
const AT_ONCE: usize = 50;
/// Places that a search for terminals looks at.
const PLACES: usize = 50;

/// The places that a text finds, for slices that list what stands there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    pub establishments: Vec<EstablishmentId>,
    /// Those of other establishments only.
    pub points: Vec<PointOfServiceId>,
    /// There are more: whose they are can be asked by [`places_among`].
    pub is_cut: bool,
}

/// What both kinds of places have that lists ask for.
trait Listed {
    const KIND: Kind;
    fn id(&self) -> i64;
    fn code(&self) -> &str;
    fn name(&self) -> &str;
    fn owner(&self) -> EstablishmentId;
    fn status(&self) -> Status;
    fn rows(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Self>, Error>
    where
        Self: Sized;
}

impl Listed for Establishment {
    const KIND: Kind = Kind::Establishments;
    fn id(&self) -> i64 {
        self.id.0
    }
    fn code(&self) -> &str {
        &self.code
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn owner(&self) -> EstablishmentId {
        self.id
    }
    fn status(&self) -> Status {
        self.status
    }
    fn rows(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Self>, Error> {
        establishment_store::rows(conn, ids)
    }
}

impl Listed for PointOfService {
    const KIND: Kind = Kind::Points;
    fn id(&self) -> i64 {
        self.id.0
    }
    fn code(&self) -> &str {
        &self.code
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn owner(&self) -> EstablishmentId {
        self.establishment
    }
    fn status(&self) -> Status {
        self.status
    }
    fn rows(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Self>, Error> {
        point_store::rows(conn, ids)
    }
}

struct Wish<'a> {
    scope: &'a Scope,
    search: &'a Search,
    terms: Option<Terms>,
}

/// One page of the establishments in `scope`.
pub(super) fn establishments(
    conn: &mut Conn,
    scope: &Scope,
    search: &Search,
    turn: &Turn,
) -> Result<Page<Establishment>, Error> {
    Wish::new(scope, search).page(conn, turn)
}

/// One page of the points of service in `scope`.
pub(super) fn points(
    conn: &mut Conn,
    scope: &Scope,
    search: &Search,
    turn: &Turn,
) -> Result<Page<PointOfService>, Error> {
    Wish::new(scope, search).page(conn, turn)
}

impl<'a> Wish<'a> {
    fn new(scope: &'a Scope, search: &'a Search) -> Self {
        let terms = Terms::of(&search.text);
        Self {
            scope,
            search,
            terms,
        }
    }

    fn page<T: Listed>(&self, conn: &mut Conn, turn: &Turn) -> Result<Page<T>, Error> {
        let is_down = self.search.sort.is_down() != turn.edge().1;
        let (leads, is_all) = self.served(T::KIND);
        if is_all {
            let counted = self.count(conn, T::KIND, &leads)?;
            let found = self.walk(conn, leads, Walk::Matching, turn, is_down)?;
            return Ok(found.page(turn, counted));
        }
        if let Some(ids) = self.few(conn, T::KIND)? {
            let all = self.keep::<T>(conn, &ids)?;
            let counted = Counted::all(all.len());
            return Ok(Found::of_all(all, turn, is_down).page(turn, counted));
        }
        let leads_of = leads.clone();
        let (some, is_complete) = distinct(conn, T::KIND, &leads_of, COUNTED + 1)?;
        let some: Vec<i64> = some.into_iter().collect();
        let counted = Counted::of(self.keep::<T>(conn, &some)?.len(), is_complete);
        let found = self.walk(conn, leads, Walk::Looking, turn, is_down)?;
        Ok(found.page(turn, counted))
    }

    /// The establishments whose points are wanted, where they are few.
    fn owners(&self) -> Option<&[EstablishmentId]> {
        match (&self.search.establishment, self.scope) {
            (Some(one), _) => Some(std::slice::from_ref(one)),
            (None, Scope::Only(these)) if these.len() <= SIDE_BY_SIDE => Some(these),
            _ => None,
        }
    }

    /// The streams in the order asked for, and whether they leave nothing to look at.
    fn served(&self, kind: Kind) -> (Vec<Lead>, bool) {
        let status = self.search.status;
        let is_narrow = *self.scope != Scope::All || self.search.establishment.is_some();
        let by_name = || match status {
            Some(status) => Lead::Status(status),
            None => Lead::Name,
        };
        match (self.search.sort, &self.terms, kind) {
            (Sort::Usual, Some(terms), _) => (
                vec![Lead::Term(terms.clone())],
                !is_narrow && status.is_none(),
            ),
            (Sort::Code | Sort::CodeDown, ..) => (
                vec![Lead::Code],
                !is_narrow && self.terms.is_none() && status.is_none(),
            ),
            (_, _, Kind::Points) => match self.owners() {
                Some(these) => {
                    let within = these.iter().map(|id| Lead::Within(*id)).collect();
                    (within, self.terms.is_none() && status.is_none())
                }
                None => (vec![by_name()], !is_narrow && self.terms.is_none()),
            },
            (_, _, Kind::Establishments) => (vec![by_name()], !is_narrow && self.terms.is_none()),
        }
    }

    /// Everything that one of several conditions leaves, if that is little enough to be looked at.
    fn few(&self, conn: &mut Conn, kind: Kind) -> Result<Option<Vec<i64>>, Error> {
        let most = i64::try_from(LOOKED_THROUGH).unwrap_or(i64::MAX);
        let mut all = Vec::new();
        match (kind, self.scope, self.owners()) {
            (Kind::Establishments, Scope::Only(these), _) if these.len() <= LOOKED_THROUGH => {
                return Ok(Some(these.iter().map(|id| id.0).collect()));
            }
            (Kind::Points, _, Some(these)) => {
                all.push(these.iter().map(|id| Lead::Within(*id)).collect());
            }
            _ => {}
        }
        all.extend(
            self.terms
                .iter()
                .map(|terms| vec![Lead::Term(terms.clone())]),
        );
        all.extend(self.search.status.map(|status| vec![Lead::Status(status)]));
        for leads in all {
            let (found, is_complete) = distinct(conn, kind, &leads, most + 1)?;
            if is_complete && found.len() <= LOOKED_THROUGH {
                return Ok(Some(found.into_iter().collect()));
            }
        }
        Ok(None)
    }

    fn count(&self, conn: &mut Conn, kind: Kind, leads: &[Lead]) -> Result<Counted, Error> {
        if kind == Kind::Points && self.terms.is_none() && self.search.status.is_none() {
            let n = establishment_store::points_of(conn, self.owners())?;
            return Ok(Counted {
                n: n.min(COUNTED + 1),
                is_all: true,
            });
        }
        let (found, is_all) = distinct(conn, kind, leads, COUNTED + 1)?;
        let n = i64::try_from(found.len()).unwrap_or(i64::MAX);
        Ok(Counted {
            n,
            is_all: is_all || n > COUNTED,
        })
    }

    fn walk<T: Listed>(
        &self,
        conn: &mut Conn,
        leads: Vec<Lead>,
        how: Walk,
        turn: &Turn,
        is_down: bool,
    ) -> Result<Found<T>, Error> {
        let leads = leads.into_iter().map(|lead| (0, lead)).collect();
        Found::walk(
            conn,
            (leads, how),
            (turn, is_down),
            |conn, lead, after, n| entries(conn, (T::KIND, lead), after, is_down, n),
            |conn, spots| {
                let mut seen = HashSet::new();
                let ids = spots.iter().map(|spot| spot.id);
                let ids: Vec<i64> = ids.filter(|id| seen.insert(*id)).collect();
                let order: HashSet<&Spot> = spots.iter().collect();
                let mut kept = self.keep::<T>(conn, &ids)?;
                // A place stands under each of its terms, and is told under the first alone.
                kept.retain(|(at, _)| order.contains(at));
                kept.sort_by(|(a, _), (b, _)| if is_down { b.cmp(a) } else { a.cmp(b) });
                Ok(kept)
            },
        )
    }

    /// Those of `ids` that match, each with its place in the order.
    fn keep<T: Listed>(&self, conn: &mut Conn, ids: &[i64]) -> Result<Vec<(Spot, T)>, Error> {
        let mut kept = Vec::with_capacity(ids.len());
        for ids in ids.chunks(AT_ONCE) {
            let rows = T::rows(conn, ids)?.into_iter();
            kept.extend(rows.filter_map(|it| Some((self.spot(&it)?, it))));
        }
        Ok(kept)
    }

    fn spot<T: Listed>(&self, it: &T) -> Option<Spot> {
        let is_there = self.search.establishment.is_none_or(|id| id == it.owner());
        let is_so = self.search.status.is_none_or(|one| one == it.status());
        if !is_there || !is_so || !self.scope.holds(it.owner()) {
            return None;
        }
        let by_text = match &self.terms {
            Some(terms) => Some(terms.first(&[it.name(), it.code()])?),
            None => None,
        };
        let key = match (self.search.sort, by_text) {
            (Sort::Usual, Some(term)) => term,
            (Sort::Code | Sort::CodeDown, _) => it.code().to_owned(),
            _ => fold(it.name()),
        };
        let (rank, id) = (0, it.id());
        Some(Spot { rank, key, id })
    }
}

/// What these streams hold, each once, from `most` entries at most; true when that is all.
fn distinct(
    conn: &mut Conn,
    kind: Kind,
    leads: &[Lead],
    most: i64,
) -> Result<(HashSet<i64>, bool), Error> {
    let (mut all, mut left) = (HashSet::new(), most);
    for lead in leads {
        let found = entries(conn, (kind, lead), None, false, left)?;
        left -= i64::try_from(found.len()).unwrap_or(left);
        all.extend(found.into_iter().map(|(_, id)| id));
        if left <= 0 {
            return Ok((all, false));
        }
    }
    Ok((all, true))
}

/// The places in `scope` whose names or codes a text finds, as many as a list of what stands there
/// can read side by side.
pub fn find_places(conn: &mut Conn, scope: &Scope, text: &str) -> Result<Places, Error> {
    let Some(terms) = Terms::of(text) else {
        return Ok(Places::default());
    };
    let search = Search::default();
    let wish = Wish {
        scope,
        search: &search,
        terms: Some(terms.clone()),
    };
    let lead = [Lead::Term(terms)];
    let most = i64::try_from(PLACES + PLACES / 2).unwrap_or(i64::MAX);
    let (owners, all_owners) = distinct(conn, Kind::Establishments, &lead, most)?;
    let owners: Vec<i64> = owners.into_iter().collect();
    let mut owners = wish.keep::<Establishment>(conn, &owners)?;
    owners.sort_by(|(a, _), (b, _)| a.cmp(b));
    let (points, all_points) = distinct(conn, Kind::Points, &lead, most)?;
    let points: Vec<i64> = points.into_iter().collect();
    let mut points = wish.keep::<PointOfService>(conn, &points)?;
    points.retain(|(_, point)| {
        owners
            .iter()
            .all(|(_, owner)| owner.id != point.establishment)
    });
    points.sort_by(|(a, _), (b, _)| a.cmp(b));
    let is_cut = owners.len() + points.len() > PLACES || !all_owners || !all_points;
    owners.truncate(PLACES);
    points.truncate(PLACES - owners.len());
    Ok(Places {
        establishments: owners.into_iter().map(|(_, it)| it.id).collect(),
        points: points.into_iter().map(|(_, it)| it.id).collect(),
        is_cut,
    })
}

/// Which of these places in `scope` a text finds by their names or codes, however many it finds
/// elsewhere.
pub fn places_among(
    conn: &mut Conn,
    scope: &Scope,
    text: &str,
    (establishments, points): (&[EstablishmentId], &[PointOfServiceId]),
) -> Result<Places, Error> {
    let search = Search {
        text: text.to_owned(),
        ..Search::default()
    };
    let wish = Wish::new(scope, &search);
    let owners: Vec<i64> = establishments.iter().map(|id| id.0).collect();
    let points: Vec<i64> = points.iter().map(|id| id.0).collect();
    let owners = wish.keep::<Establishment>(conn, &owners)?;
    let points = wish.keep::<PointOfService>(conn, &points)?;
    Ok(Places {
        establishments: owners.into_iter().map(|(_, it)| it.id).collect(),
        points: points.into_iter().map(|(_, it)| it.id).collect(),
        is_cut: false,
    })
}
