//! How a list of terminals is read: which index serves what was asked, and what has to be looked
//! through.
use super::lead_store::{Lead, distinct, entries, quiet_key};
use super::list_store::{rows, tagged_among};
use super::model::{FactIs, Filter, Listed, Sort, Which};
use crate::access::Scope;
use crate::db::{Conn, Error, Spot};
use crate::fold::{Terms, fold};
use crate::http::{Counted, Found, LOOKED_THROUGH, Page, Turn, Walk};
use crate::ids::EstablishmentId;
use crate::network::{self, Places};
use crate::terminals::fact;
use crate::terminals::model::{Life, Presence};
use std::collections::{HashMap, HashSet};

/// Establishments that are read side by side; the list of a scope of more is looked through.
const SIDE_BY_SIDE: usize = 64;
/// Rows whose ids go into one statement. Of a thousand PostgreSQL would read the whole fleet.
const AT_ONCE: usize = 200;

/// Such rows that are asked for in one statement.
const DEAR_AT_ONCE: usize = 50;

/// What was searched for: its terms, and the places that it finds. Of very many places the list is
/// looked through for whatever stands there.
pub(super) struct Text {
    terms: Terms,
    places: Places,
}

impl Text {
    /// Where a terminal stands in the order of what fits best: by its own first term, or behind all
    /// of those when only its place is found. `None` when nothing is.
    fn spot(&self, it: &Listed, places: &Places) -> Option<Spot> {
        let own = self.terms.first(&[it.tid.as_str(), &it.serial_number]);
        let is_there = places.establishments.contains(&it.establishment)
            || places.points.contains(&it.point_of_service);
        let (rank, key) = match own {
            Some(term) => (0, term),
            None if is_there => (1, it.sort_key.clone()),
            None => return None,
        };
        let id = it.id.0;
        Some(Spot { rank, key, id })
    }
}

/// What a list is narrowed to, in the terms of the indexes.
pub(super) struct Wish {
    pub(super) scope: Scope,
    pub(super) filter: Filter,
    pub(super) text: Option<Text>,
    /// Of each condition the streams, all by TID, that hold what it leaves.
    pub(super) conditions: Vec<Vec<Lead>>,
}

/// What the chosen index serves.
pub(super) struct Served {
    pub(super) leads: Vec<(u8, Lead)>,
    /// Nothing is left to look at.
    pub(super) is_all: bool,
}

/// These streams, or one of nothing: no stream would mean that everything is looked through.
fn something(leads: Vec<Lead>) -> Vec<Lead> {
    if leads.is_empty() {
        return vec![Lead::Establishment(false, EstablishmentId(0))];
    }
    leads
}

/// One page of the terminals in `scope`.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    turn: &Turn,
) -> Result<Page<Listed>, Error> {
    let wish = Wish::of(conn, scope, filter)?;
    let is_down = filter.sort.is_down() != turn.edge().1;
    let served = wish.served();
    if served.is_all {
        let counted = wish.count(conn, &served)?;
        let found = wish.walk(conn, served, Walk::Matching, turn, is_down)?;
        return Ok(found.page(turn, counted));
    }
    if let Some(ids) = wish.few(conn)? {
        let all = wish.keep(conn, &ids)?;
        let counted = Counted::all(all.len());
        return Ok(Found::of_all(all, turn, is_down).page(turn, counted));
    }
    let counted = wish.estimate(conn, &served)?;
    let found = wish.walk(conn, served, Walk::Looking, turn, is_down)?;
    Ok(found.page(turn, counted))
}

impl Wish {
    pub(super) fn of(conn: &mut Conn, scope: &Scope, filter: &Filter) -> Result<Self, Error> {
        let text = match Terms::of(&filter.text) {
            Some(terms) => Some(Text {
                terms,
                places: network::find_places(conn, scope, &filter.text)?,
            }),
            None => None,
        };
        let mut wish = Self {
            scope: scope.clone(),
            filter: filter.clone(),
            text,
            conditions: Vec::new(),
        };
        wish.conditions = wish.conditions();
        wish.narrowest_first(conn)?;
        Ok(wish)
    }

    /// Whether those in service, the retired, or both are listed.
    fn gone(&self) -> &'static [bool] {
        match self.filter.which {
            Which::All => &[false, true],
            Which::Only(Life::Retired) => &[true],
            Which::InService | Which::Only(_) => &[false],
        }
    }

    /// What narrows the list most, as far as can be guessed, comes first.
    fn conditions(&self) -> Vec<Vec<Lead>> {
        let filter = &self.filter;
        let each = |lead: &dyn Fn(bool) -> Lead| self.gone().iter().map(|g| lead(*g)).collect();
        let mut all: Vec<Vec<Lead>> = Vec::new();
        if let Some(id) = filter.point_of_service {
            all.push(each(&|gone| Lead::Point(gone, id)));
        }
        if let Some(id) = filter.tag {
            all.push(each(&|gone| Lead::Tag(gone, id)));
        }
        all.extend(filter.facts.iter().map(|fact| self.fact(fact)));
        if let Some(id) = filter.establishment {
            all.push(each(&|gone| Lead::Establishment(gone, id)));
        }
        if filter.presence.is_some() {
            all.push(self.presences(Lead::Presence));
        }
        match filter.which {
            Which::Only(Life::Retired) | Which::InService | Which::All => {}
            Which::Only(life) => all.push(vec![Lead::Life(life)]),
        }
        if let Some(id) = filter.model {
            all.push(each(&|gone| Lead::Model(gone, id)));
        }
        if let Some(these) = &filter.of_models {
            let each = these
                .iter()
                .flat_map(|id| each(&|gone| Lead::Model(gone, *id)));
            all.push(something(each.collect()));
        }
        match &self.scope {
            Scope::All => {}
            // Narrower than the scope, so that the scope leaves nothing more to look at.
            Scope::Only(_) if filter.establishment.is_some_and(|id| self.scope.holds(id)) => {}
            Scope::Only(these) if these.len() > SIDE_BY_SIDE => all.push(Vec::new()),
            Scope::Only(these) => {
                let of = |gone: &bool| {
                    let gone = *gone;
                    these.iter().map(move |id| Lead::Establishment(gone, *id))
                };
                all.push(something(self.gone().iter().flat_map(of).collect()));
            }
        }
        all
    }

    /// One stream for each value that will do. What is absent stands in no index.
    fn fact(&self, fact: &FactIs) -> Vec<Lead> {
        let FactIs::Any(values) = fact else {
            return Vec::new();
        };
        let of = |gone: &bool| {
            let gone = *gone;
            let lead = move |(name, value): &(String, String)| {
                Lead::Fact(gone, name.clone(), value.clone())
            };
            values.iter().map(lead)
        };
        something(self.gone().iter().flat_map(of).collect())
    }

    /// One stream for each presence that is asked for.
    fn presences(&self, lead: fn(bool, Presence) -> Lead) -> Vec<Lead> {
        let wanted = |presence: &Presence| match self.filter.presence {
            Some(is) => is.holds(*presence),
            None => true,
        };
        let of = |gone: &bool| {
            let wanted = Presence::ALL.into_iter().filter(wanted);
            wanted
                .map(|presence| lead(*gone, presence))
                .collect::<Vec<_>>()
        };
        self.gone().iter().flat_map(of).collect()
    }

    /// The streams that come in the order asked for, and whether they leave anything to look at.
    pub(super) fn served(&self) -> Served {
        let all = self.conditions.len() + usize::from(self.text.is_some());
        let by_presence = usize::from(self.filter.presence.is_some());
        let (leads, serves) = match (self.filter.sort, &self.text) {
            (Sort::Usual, Some(text)) => return self.by_text(text, all == 1),
            (Sort::Usual | Sort::Tid | Sort::TidDown, _) => {
                let streamed = self.conditions.iter().find(|leads| !leads.is_empty());
                match streamed {
                    Some(leads) => (leads.clone(), 1),
                    None => (self.gone().iter().map(|g| Lead::All(*g)).collect(), 0),
                }
            }
            (Sort::Serial | Sort::SerialDown, _) => {
                (self.gone().iter().map(|g| Lead::Serial(*g)).collect(), 0)
            }
            (Sort::Seen | Sort::SeenDown, _) => (self.presences(Lead::Quiet), by_presence),
        };
        Served {
            leads: leads.into_iter().map(|lead| (0, lead)).collect(),
            is_all: serves == all,
        }
    }

    fn by_text(&self, text: &Text, is_all: bool) -> Served {
        let mut leads = Vec::new();
        let is_cut = text.places.is_cut;
        for gone in self.gone() {
            leads.push((0, Lead::Term(*gone, text.terms.clone())));
            if is_cut {
                leads.push((1, Lead::All(*gone)));
                continue;
            }
            let owners = text.places.establishments.iter();
            leads.extend(owners.map(|id| (1, Lead::Establishment(*gone, *id))));
            let points = text.places.points.iter();
            leads.extend(points.map(|id| (1, Lead::Point(*gone, *id))));
        }
        let is_all = is_all && !is_cut;
        Served { leads, is_all }
    }

    pub(super) fn walk(
        &self,
        conn: &mut Conn,
        served: Served,
        how: Walk,
        turn: &Turn,
        is_down: bool,
    ) -> Result<Found<Listed>, Error> {
        let is_by_text = self.text.is_some() && self.filter.sort == Sort::Usual;
        Found::walk(
            conn,
            (served.leads, how),
            (turn, is_down),
            |conn, lead, after, n| entries(conn, lead, after, is_down, n),
            |conn, spots| {
                let ids: Vec<i64> = spots.iter().map(|spot| spot.id).collect();
                let kept = self.keep(conn, &ids)?;
                let mut rows: HashMap<i64, (Spot, Listed)> =
                    kept.into_iter().map(|row| (row.0.id, row)).collect();
                // A terminal stands under each of its terms, and is told under the first alone.
                let of = |spot: Spot| {
                    let is_first = !is_by_text || rows.get(&spot.id)?.0 == spot;
                    let (_, row) = is_first.then(|| rows.remove(&spot.id))??;
                    Some((spot, row))
                };
                Ok(spots.into_iter().filter_map(of).collect())
            },
        )
    }

    /// Those of `ids` that match, each with its place in the order.
    pub(super) fn keep(&self, conn: &mut Conn, ids: &[i64]) -> Result<Vec<(Spot, Listed)>, Error> {
        let mut kept = Vec::with_capacity(ids.len());
        let at_once = if self.is_dear() {
            DEAR_AT_ONCE
        } else {
            AT_ONCE
        };
        for ids in ids.chunks(at_once) {
            let tagged = match self.filter.tag {
                Some(tag) => Some(tagged_among(conn, tag, ids)?),
                None => None,
            };
            let facts = self.by_facts(conn, ids)?;
            let found = rows(conn, ids)?;
            let places = self.places_of(conn, &found)?;
            let found = found.into_values();
            let found = found.filter(|it| tagged.as_ref().is_none_or(|t| t.contains(&it.id.0)));
            let found = found.filter(|it| {
                facts
                    .iter()
                    .all(|(some, is_in)| some.contains(&it.id.0) == *is_in)
            });
            kept.extend(found.filter_map(|it| Some((self.spot(&it, places.as_ref())?, it))));
        }
        Ok(kept)
    }

    /// For each fact that is asked for: some of these terminals, and whether those are the ones that
    /// have it, or those that do not.
    fn by_facts(&self, conn: &mut Conn, ids: &[i64]) -> Result<Vec<(HashSet<i64>, bool)>, Error> {
        let facts = self.filter.facts.iter();
        let found = facts.map(|fact| match fact {
            FactIs::Any(values) => Ok((fact::having(conn, values, ids)?, true)),
            FactIs::Absent(name) => {
                let there = fact::of_name(conn, name, ids)?.into_iter();
                let says = there.filter(|(_, value)| value != fact::NONE);
                Ok((says.map(|(id, _)| id).collect(), false))
            }
        });
        found.collect()
    }

    /// Whether the places that the search finds are too many to be known.
    pub(super) fn is_dear(&self) -> bool {
        self.text.as_ref().is_some_and(|text| text.places.is_cut)
    }

    /// Where the search finds the places of these terminals, and they are too many to be known.
    fn places_of(
        &self,
        conn: &mut Conn,
        found: &HashMap<i64, Listed>,
    ) -> Result<Option<Places>, Error> {
        if !self.is_dear() {
            return Ok(None);
        }
        let owners: HashSet<_> = found.values().map(|it| it.establishment).collect();
        let points: HashSet<_> = found.values().map(|it| it.point_of_service).collect();
        let these = (Vec::from_iter(owners), Vec::from_iter(points));
        let (scope, text) = (&self.scope, &self.filter.text);
        network::places_among(conn, scope, text, (&these.0, &these.1)).map(Some)
    }

    /// Where a terminal stands in the list; `None` when it does not belong there.
    fn spot(&self, it: &Listed, places: Option<&Places>) -> Option<Spot> {
        let filter = &self.filter;
        let fits = self.scope.holds(it.establishment)
            && filter.establishment.is_none_or(|id| id == it.establishment)
            && filter
                .point_of_service
                .is_none_or(|id| id == it.point_of_service)
            && filter.model.is_none_or(|id| id == it.model)
            && filter
                .of_models
                .as_ref()
                .is_none_or(|these| these.contains(&it.model))
            && filter.presence.is_none_or(|is| is.holds(it.presence))
            && match filter.which {
                Which::InService => it.life != Life::Retired,
                Which::Only(life) => it.life == life,
                Which::All => true,
            };
        if !fits {
            return None;
        }
        let by_text = match &self.text {
            Some(text) => Some(text.spot(it, places.unwrap_or(&text.places))?),
            None => None,
        };
        let key = match filter.sort {
            Sort::Usual if by_text.is_some() => return by_text,
            Sort::Usual | Sort::Tid | Sort::TidDown => it.sort_key.clone(),
            Sort::Serial | Sort::SerialDown => fold(&it.serial_number),
            Sort::Seen | Sort::SeenDown => quiet_key(it.quiet_since),
        };
        let (rank, id) = (0, it.id.0);
        Some(Spot { rank, key, id })
    }

    /// Everything that one of several conditions leaves, if that is little enough to be looked at.
    pub(super) fn few(&self, conn: &mut Conn) -> Result<Option<Vec<i64>>, Error> {
        let most = i64::try_from(LOOKED_THROUGH).unwrap_or(i64::MAX);
        let mut all: Vec<Vec<Lead>> = self.conditions.clone();
        if let Some(text) = self.text.as_ref().filter(|text| !text.places.is_cut) {
            let leads = self.by_text(text, true).leads;
            all.insert(0, leads.into_iter().map(|(_, lead)| lead).collect());
        }
        for leads in all.iter().filter(|leads| !leads.is_empty()) {
            let (found, is_all) = distinct(conn, leads, most + 1)?;
            if is_all && found.len() <= LOOKED_THROUGH {
                return Ok(Some(found.into_iter().collect()));
            }
        }
        Ok(None)
    }
}
