//! Exchanges of one key in the order of their times: those near one of them that may belong to it by the terminals that
//! are stated. What one look costs does not depend on how many there are. Pure.
use super::model::{Place, Side, Sides};
use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;

/// So many are looked at on either side: more than that of one key only a log made for it has.
pub(super) const AROUND: usize = 32;

/// Where an exchange stands among the others: its time, its place where times are the same or unknown, its seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    ms: i64,
    place: Option<Place>,
    pub(super) seat: usize,
}

impl Spot {
    pub(super) fn of(sides: &Sides, ms: i64, seat: usize) -> Self {
        let place = |side: &Option<Side>| side.as_ref().and_then(|side| side.place);
        let place = place(&sides.request).or_else(|| place(&sides.answer));
        Self { ms, place, seat }
    }
}

/// The terminals that the sides of an exchange state; `None` is of one that states none.
fn stated(sides: &Sides) -> impl Iterator<Item = &Option<String>> {
    let sides = [sides.request.as_ref(), sides.answer.as_ref()];
    sides.into_iter().flatten().map(|side| &side.terminal)
}

/// Exchanges of one key.
#[derive(Debug, Default)]
pub(super) struct Peers {
    all: BTreeSet<Spot>,
    /// By each terminal that one of their sides states. An exchange that lost a side may still stand where it was.
    stating: HashMap<Option<String>, BTreeSet<Spot>>,
}

/// What a look at the others found.
#[derive(Debug, Default)]
pub(super) struct Near {
    /// Their seats.
    pub(super) seats: Vec<usize>,
    /// What it cost.
    pub(super) looked_at: usize,
}

impl Peers {
    /// Puts one in, or once more where what it says has changed.
    pub(super) fn enter(&mut self, spot: Spot, sides: &Sides) {
        self.all.insert(spot);
        for terminal in stated(sides) {
            match self.stating.get_mut(terminal) {
                Some(spots) => spots.insert(spot),
                None => self
                    .stating
                    .entry(terminal.clone())
                    .or_default()
                    .insert(spot),
            };
        }
    }

    /// The nearest others before and behind one that do not state another terminal. `sides` says what stands at a spot
    /// now; what is nothing any more is forgotten, so that it is looked at once.
    pub(super) fn near<'a>(
        &mut self,
        own: Spot,
        its: &Sides,
        sides: impl Fn(&Spot) -> Option<&'a Sides>,
    ) -> Near {
        let mut near = Near::default();
        if stated(its).any(Option::is_none) {
            look(&mut self.all, own, |spot| sides(spot).is_some(), &mut near);
            return near;
        }
        let terminals: BTreeSet<Option<String>> = stated(its).cloned().chain([None]).collect();
        for terminal in terminals {
            let is_there = |spot: &Spot| {
                sides(spot).is_some_and(|its| stated(its).any(|other| *other == terminal))
            };
            if let Some(spots) = self.stating.get_mut(&terminal) {
                look(spots, own, is_there, &mut near);
            }
        }
        near.seats.sort_unstable();
        near.seats.dedup();
        near
    }

    /// All of them, the last ones first.
    pub(super) fn backward(&self) -> impl Iterator<Item = usize> {
        self.all.iter().rev().map(|spot| spot.seat)
    }
}

fn look(spots: &mut BTreeSet<Spot>, own: Spot, is_there: impl Fn(&Spot) -> bool, near: &mut Near) {
    let mut gone = Vec::new();
    let mut take = |spots: &mut dyn Iterator<Item = &Spot>| {
        let mut left = AROUND;
        while let Some(spot) = spots.next().filter(|_| left > 0) {
            near.looked_at += 1;
            if is_there(spot) {
                near.seats.push(spot.seat);
                left -= 1;
            } else {
                gone.push(*spot);
            }
        }
    };
    take(&mut spots.range(..own).rev());
    take(&mut spots.range((Bound::Excluded(own), Bound::Unbounded)));
    for spot in gone {
        spots.remove(&spot);
    }
}
