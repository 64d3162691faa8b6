//! Which request a reversal takes back, by the message type, STAN and time that it names. Pure.
//!
//! A request may be reversed several times, when no answer came to the first reversal: the first one counts. As with
//! pairs, what comes out does not depend on the order in which logs come in.
use super::codes::Mti;
use super::fit::{EARLIER_MS, WINDOW_MS, differ, place_of};
use super::model::{Place, Side, tidy};
use super::pairing::Table;
use super::peers::Peers;
use crate::formats::{Message, Part};
use crate::ids::LogId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// Requests of one kind and STAN among which the one is looked for that a reversal names, the last ones first.
const LOOKED_AT: usize = 500;

/// What a reversal says of the request that it takes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Original {
    /// What that request has in common with its answer.
    pub(super) key: String,
    /// When it was put together, as it says itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sent: Option<String>,
}

impl Original {
    /// Answers name it too, but take nothing back.
    pub(super) fn of(it: &Message) -> Option<Self> {
        let mti = it.mti.as_deref().and_then(Mti::read)?;
        let is_reversal = it.part == Part::Request && mti.is_reversal();
        let named = it.original.as_ref().filter(|_| is_reversal)?;
        let kind = Mti::read(&named.mti)?.kind();
        Some(Self {
            key: format!("{kind}/{}", tidy(&named.stan)?),
            sent: named.sent.as_deref().and_then(tidy),
        })
    }
}

/// Where and when a request was reversed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Reversal {
    ms: Option<i64>,
    log: LogId,
    at: i64,
}

impl Reversal {
    fn of(side: &Side) -> Option<Self> {
        let Place { log, at } = side.place?;
        let ms = side.ms;
        Some(Self { ms, log, at })
    }

    pub(super) fn place(self) -> Place {
        let Self { log, at, .. } = self;
        Place { log, at }
    }

    /// True when it stands before an answer. Where neither times nor one log tell it, nothing is guessed.
    pub(super) fn is_before(self, answer: &Side) -> bool {
        let by_time = self.ms.zip(answer.ms).filter(|(own, its)| own != its);
        match (by_time, answer.place) {
            (Some((own, its)), _) => own < its,
            (None, Some(its)) => its.log == self.log && self.at < its.at,
            (None, None) => false,
        }
    }
}

/// How near a request is to what a reversal names; the least is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Nearness {
    /// The time of the request is not told.
    is_unsaid: bool,
    is_elsewhere: bool,
    /// Milliseconds, or bytes where times are not known.
    distance: u64,
}

/// How near a request of the kind and STAN that a reversal names is to it; `None` when it is another one.
pub(super) fn nearness(reversal: &Side, request: &Side) -> Option<Nearness> {
    let sent = reversal.original.as_ref()?.sent.as_deref();
    let told = [request.transmitted.as_deref(), request.local.as_deref()];
    // One that writes its times otherwise tells nothing.
    let mut alike = told
        .into_iter()
        .flatten()
        .filter(|told| sent.is_some_and(|sent| sent.len() == told.len()))
        .peekable();
    let is_told = alike.peek().is_some();
    let is_unsaid = !alike.any(|told| Some(told) == sent);
    let is_elsewhere = differ(reversal.host.as_deref(), request.host.as_deref());
    if differ(reversal.terminal.as_deref(), request.terminal.as_deref())
        || (is_unsaid && (is_told || is_elsewhere))
    {
        return None;
    }
    let distance = match (request.ms.zip(reversal.ms), place_of(request, reversal)) {
        (Some((from, to)), _) => {
            let passed = to.saturating_sub(from);
            (-EARLIER_MS..=WINDOW_MS)
                .contains(&passed)
                .then(|| passed.unsigned_abs())?
        }
        (None, Some((from, to))) => (from < to).then(|| to.abs_diff(from))?,
        // Nothing but what it names connects them.
        (None, None) => (!is_unsaid).then_some(u64::MAX)?,
    };
    Some(Nearness {
        is_unsaid,
        is_elsewhere,
        distance,
    })
}

impl Table {
    /// Tells each request which reversal took it back.
    pub(super) fn reverse(&mut self) {
        let mut firsts: HashMap<usize, Reversal> = HashMap::new();
        let mut seen = BTreeSet::new();
        for seat in self.all.iter().filter(|seat| !seat.is_aside) {
            let own = seat.it.sides.request.as_ref();
            let Some(own) = own.filter(|own| own.original.is_some()) else {
                continue;
            };
            // Where both were there before it stays as it was: not all that is as old is on the table.
            let meant = self.meant(own);
            let is_news = |(_, at): &(Nearness, usize)| {
                self.all
                    .get(*at)
                    .is_some_and(|request| request.was.is_none())
            };
            if seat.was.is_some() && !meant.iter().any(is_news) {
                continue;
            }
            seen.extend(own.place);
            let nearest = meant.into_iter().min().filter(|_| !seat.is_gone);
            if let Some(((_, at), reversal)) = nearest.zip(Reversal::of(own)) {
                let first = firsts.entry(at).or_insert(reversal);
                *first = reversal.min(*first);
            }
        }
        let all = self.all.iter_mut().enumerate();
        for (at, seat) in all.filter(|(_, seat)| !seat.is_aside) {
            // One that is not on the table names it still.
            let other = seat.it.sides.reversal;
            let other = other.filter(|other| !seen.contains(&other.place()));
            let first = firsts.get(&at).copied();
            seat.it.sides.reversal = first.into_iter().chain(other).min();
        }
    }

    /// The requests that a reversal may mean, and how near each is.
    fn meant(&self, reversal: &Side) -> Vec<(Nearness, usize)> {
        let key = reversal.original.as_ref().map(|original| &original.key);
        let all = key.and_then(|key| self.by_key.get(key));
        let last = all.into_iter().flat_map(Peers::backward).take(LOOKED_AT);
        let near = last.filter_map(|at| {
            self.all.get(at).filter(|seat| !seat.is_aside)?;
            let request = self.request(at)?;
            let is_other = request.place != reversal.place;
            Some((nearness(reversal, request).filter(|_| is_other)?, at))
        });
        near.collect()
    }
}
