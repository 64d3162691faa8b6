//! Which answer belongs to which request. Pure.
//!
//! Each half takes the partner that fits it best (see `fit`), also one that has a worse partner already, which then
//! looks for another. So what comes out does not depend on the order in which messages came in: logs are
//! uploaded late, and an answer may stand before its request, in another piece, or in another log.
use super::fit::{Fit, fit, is_again};
use super::model::{Exchange, Kind, Side};
use super::peers::{Peers, Spot};
use super::sought::{Sought, gather};
use std::collections::{HashMap, HashSet};

/// Comparisons that a piece of a log is worth: it is written meanwhile, and others wait. What real logs tell takes a few
/// for each message, one number again and again a hundred.
pub(super) const WORTH: usize = 1_500_000;

/// What is worked on: what came, and what was written before and may belong to it.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) all: Vec<Seat>,
    pub(super) by_key: HashMap<String, Peers>,
    /// Comparisons that were made.
    pub(super) compared: usize,
    /// Looked at last, when it is known what was answered.
    failures: Vec<Exchange>,
}

#[derive(Debug)]
pub(super) struct Seat {
    pub(super) it: Exchange,
    /// As it was written; `None` when it is new.
    pub(super) was: Option<Exchange>,
    pub(super) is_gone: bool,
    /// It is there for its place alone; what else has to do with it may not be.
    pub(super) is_aside: bool,
    /// There were too many for it to be compared with those it may belong to.
    is_uncompared: bool,
}

impl Seat {
    fn spot(&self, at: usize) -> Spot {
        Spot::of(&self.it.sides, self.it.sort_ms(), at)
    }
}

/// What has to be written.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    pub(super) new: Vec<Exchange>,
    pub(super) changed: Vec<Exchange>,
    pub(super) gone: Vec<i64>,
    /// So many messages were not compared with all that they may belong to.
    pub(super) uncompared: usize,
}

impl Table {
    /// Puts in what came, in the order of the log; pairs what belongs together.
    pub(super) fn come(&mut self, all: Vec<Exchange>) {
        let from = self.all.len();
        for it in all {
            match it.kind {
                Kind::Failure => self.failures.push(it),
                Kind::Pair | Kind::Notice | Kind::Malformed => self.push(it, None),
            }
        }
        self.pair(from..self.all.len());
    }

    /// Puts in what was written before and may have to do with what came.
    pub(super) fn know(&mut self, all: Vec<Exchange>) {
        self.enter(all, false);
    }

    /// Puts in what stands before what came, whatever it says.
    pub(super) fn know_before(&mut self, all: Vec<Exchange>) {
        self.enter(all, true);
    }

    fn enter(&mut self, all: Vec<Exchange>, is_aside: bool) {
        let mut known: HashSet<i64> = self.all.iter().filter_map(|seat| seat.it.id).collect();
        for it in all {
            if it.id.is_some_and(|id| known.insert(id)) {
                self.push(it.clone(), Some(it));
                if let Some(seat) = self.all.last_mut() {
                    seat.is_aside = is_aside;
                }
            }
        }
    }

    /// Pairs again whatever is half.
    pub(super) fn settle(&mut self) {
        self.pair(0..self.all.len());
    }

    /// What may have to do with what was written before, by its STAN or by that which it names.
    pub(super) fn sought(&self) -> Vec<Sought> {
        let mut told = Vec::new();
        for seat in &self.all {
            if seat.is_gone || seat.it.kind != Kind::Pair {
                continue;
            }
            let ms = seat.it.sort_ms();
            if seat.it.said(|side| side.stan.clone()).is_some() {
                told.push((ms, seat.it.key.as_str()));
            }
            let named = seat.it.original();
            told.extend(named.map(|original| (ms, original.key.as_str())));
        }
        gather(told)
    }

    /// True when something is about a request that only its place tells: a failure, or an answer without a STAN.
    pub(super) fn asks_back(&self) -> bool {
        let bare = |seat: &Seat| {
            let answer = seat.it.sides.answer.as_ref();
            !seat.is_gone && seat.it.is_half() && answer.is_some_and(|it| it.stan.is_none())
        };
        !self.failures.is_empty() || self.all.iter().any(bare)
    }

    /// Marks the requests that failed or were reversed, and says what has to be written.
    pub(super) fn changes(mut self) -> Changes {
        let requests = self.requests();
        for it in std::mem::take(&mut self.failures) {
            self.fail(it, &requests);
        }
        self.reverse();
        let mut changes = Changes::default();
        for seat in self.all {
            let is_apart = seat.is_uncompared && !seat.is_gone && seat.it.is_half();
            changes.uncompared += usize::from(is_apart);
            match (seat.was, seat.is_gone) {
                (Some(was), true) => changes.gone.extend(was.id),
                (Some(was), false) if was != seat.it => changes.changed.push(seat.it),
                (None, false) => changes.new.push(seat.it),
                _ => {}
            }
        }
        changes
    }

    pub(super) fn push(&mut self, it: Exchange, was: Option<Exchange>) {
        let at = self.all.len();
        self.all.push(Seat {
            it,
            was,
            is_gone: false,
            is_aside: false,
            is_uncompared: false,
        });
        self.stand(at);
    }

    /// Puts it where others find it, as what it says is now.
    fn stand(&mut self, at: usize) {
        let Some(seat) = self.all.get(at).filter(|seat| seat.it.kind == Kind::Pair) else {
            return;
        };
        let (spot, sides) = (seat.spot(at), &seat.it.sides);
        if let Some(peers) = self.by_key.get_mut(&seat.it.key) {
            peers.enter(spot, sides);
        } else {
            let peers = self.by_key.entry(seat.it.key.clone()).or_default();
            peers.enter(spot, sides);
        }
    }

    fn pair(&mut self, these: std::ops::Range<usize>) {
        for at in these.clone() {
            self.fold(at);
        }
        for at in these {
            self.seat(at);
        }
    }

    /// Others of the same key, those nearest in time.
    fn others(&mut self, at: usize) -> Vec<usize> {
        if self.compared >= WORTH
            && let Some(seat) = self.all.get_mut(at)
        {
            seat.is_uncompared = true;
            return Vec::new();
        }
        let all = &self.all;
        let Some(own) = all.get(at) else {
            return Vec::new();
        };
        let sides = |spot: &Spot| {
            let other = all.get(spot.seat).filter(|other| !other.is_gone)?;
            (other.spot(spot.seat) == *spot).then_some(&other.it.sides)
        };
        let Some(peers) = self.by_key.get_mut(&own.it.key) else {
            return Vec::new();
        };
        let near = peers.near(own.spot(at), &own.it.sides, sides);
        self.compared += near.looked_at;
        near.seats
    }

    pub(super) fn request(&self, at: usize) -> Option<&Side> {
        self.all
            .get(at)
            .filter(|seat| !seat.is_gone && seat.it.kind == Kind::Pair)?
            .it
            .sides
            .request
            .as_ref()
    }

    /// Takes a request that was sent again, and what was said to it, into the first of its kind.
    fn fold(&mut self, at: usize) {
        if self.request(at).is_none() {
            return;
        }
        let others = self.others(at);
        let Some(own) = self.request(at) else { return };
        let (mut first, mut again) = (None, Vec::new());
        for other in others {
            let Some(side) = self.request(other) else {
                continue;
            };
            if is_again(side, own) {
                // The last one before it.
                first = first.max(Some((side.ms, side.place, other)));
            } else if is_again(own, side) {
                again.push(other);
            }
        }
        if let Some((.., first)) = first {
            self.take_in(first, at);
        } else {
            for other in again {
                self.take_in(at, other);
            }
        }
    }

    fn take_in(&mut self, first: usize, again: usize) {
        let Some(seat) = self.all.get_mut(again) else {
            return;
        };
        seat.is_gone = true;
        let (tries, answer) = (seat.it.tries, seat.it.sides.answer.take());
        let (trouble, log) = (seat.it.trouble.take(), seat.it.begins_in());
        let Some(seat) = self.all.get_mut(first) else {
            return;
        };
        // Where it failed is told by a place in the log of the first.
        if seat.it.trouble.is_none() && seat.it.begins_in() == log {
            seat.it.trouble = trouble;
        }
        seat.it.tries = seat.it.tries.saturating_add(tries);
        if seat.it.sides.answer.is_none() {
            seat.it.sides.answer = answer;
            self.stand(first);
        }
    }

    /// Gives a half the partner that fits it best, and whoever lost his by that, and so on.
    fn seat(&mut self, at: usize) {
        let mut next = Some(at);
        while let Some(at) = next.take() {
            let is_half = self
                .all
                .get(at)
                .is_some_and(|seat| !seat.is_gone && seat.it.is_half());
            if !is_half {
                return;
            }
            let others = self.others(at);
            let fits = others
                .iter()
                .filter_map(|other| Some((self.better(at, *other)?, *other)));
            match fits.min() {
                Some((_, other)) => {
                    next = self.join(at, other);
                    self.stand(at);
                    self.stand(other);
                }
                None => self.swallow(at, &others),
            }
        }
    }

    /// How the half would fit what the other has, if better than what that has now.
    fn better(&self, half: usize, other: usize) -> Option<Fit> {
        let (own, other) = (
            &self.all.get(half)?.it.sides,
            &self.all.get(other)?.it.sides,
        );
        let request = own.request.as_ref().or(other.request.as_ref())?;
        let answer = own.answer.as_ref().or(other.answer.as_ref())?;
        // Two requests, or two answers, are no pair.
        let is_pair = if own.request.is_some() {
            other.answer.is_some()
        } else {
            other.request.is_some()
        };
        let fit = fit(request, answer).filter(|_| is_pair)?;
        match (&other.request, &other.answer) {
            (Some(request), Some(answer)) => {
                let now = self::fit(request, answer);
                now.is_none_or(|now| fit < now).then_some(fit)
            }
            _ => Some(fit),
        }
    }

    /// Makes a pair; says who has lost his partner by that.
    fn join(&mut self, half: usize, other: usize) -> Option<usize> {
        let own = self.all.get(half)?.it.sides.request.is_some();
        if own {
            let taken = self.all.get_mut(other)?.it.sides.answer.take();
            self.all.get_mut(half)?.it.sides.answer = taken;
            let left = self.all.get_mut(other)?;
            left.is_gone = left.it.sides.request.is_none();
            return (!left.is_gone).then_some(other);
        }
        let given = self.all.get_mut(half)?.it.sides.answer.take();
        let lost = std::mem::replace(&mut self.all.get_mut(other)?.it.sides.answer, given);
        let left = self.all.get_mut(half)?;
        left.is_gone = lost.is_none();
        left.it.sides.answer = lost;
        (!left.is_gone).then_some(half)
    }

    /// What was sent several times may be answered several times: the first answer is told.
    fn swallow(&mut self, half: usize, others: &[usize]) {
        let Some(answer) = self
            .all
            .get(half)
            .and_then(|seat| seat.it.sides.answer.as_ref())
        else {
            return;
        };
        let is_told = others.iter().any(|other| {
            let Some(seat) = self.all.get(*other) else {
                return false;
            };
            let request = seat.it.sides.request.as_ref();
            seat.it.tries > 1
                && seat.it.sides.answer.is_some()
                && request.is_some_and(|request| fit(request, answer).is_some())
        });
        if let Some(seat) = self.all.get_mut(half).filter(|_| is_told) {
            seat.is_gone = true;
        }
    }
}
