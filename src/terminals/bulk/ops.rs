//! Whom an action would concern, and doing it to one terminal.
use super::Error;
use super::model::Action;
use crate::access::{Actor, Scope};
use crate::clock::Millis;
use crate::db::{Conn, Tx};
use crate::http::{Failure, query};
use crate::ids::{EstablishmentId, Tid};
use crate::network;
use crate::terminals::model::{INTERVAL_S, Life};
use crate::terminals::registry::{self, Edit, Filter};
use crate::terminals::shown::Asked;
use crate::terminals::work::Handlers;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Terminals that a review names.
const SAMPLE: usize = 10;
/// Establishments that are told one by one.
const PLACES_MAX: usize = 200;
/// Terminals that may be named one by one.
pub(super) const NAMED_MAX: usize = 10_000;

/// What is known of a terminal: its life, and where it stands.
pub(super) type Known = (Life, EstablishmentId);

/// What an action comes to, told before it is done.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Review {
    /// Terminals that were chosen.
    pub(super) chosen: i64,
    /// Those that it will be done to.
    pub(super) concerned: i64,
    /// Some of these.
    pub(super) sample: Vec<String>,
    /// Why others are left out: how many, and some of them.
    pub(super) left_out: BTreeMap<String, (i64, Vec<String>)>,
    /// Where all who are known stand; nothing when these are too many to be told one by one.
    #[serde(default)]
    pub(super) places: Places,
}

/// Establishments that are remembered as they come.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Places(Option<BTreeSet<EstablishmentId>>);

impl Default for Places {
    fn default() -> Self {
        Self(Some(BTreeSet::new()))
    }
}

impl Places {
    fn add(&mut self, one: EstablishmentId) {
        let all = self.0.as_mut();
        let is_over = all.is_some_and(|these| these.insert(one) && these.len() > PLACES_MAX);
        if is_over {
            self.0 = None;
        }
    }

    /// As what somebody has to see to see all of them, and this one as well. Of too many that is all
    /// that `scope` sees, by which they were chosen.
    pub(super) fn reach(&self, scope: &Scope, and: Option<EstablishmentId>) -> Scope {
        match &self.0 {
            None => scope.clone(),
            Some(these) => {
                let these: BTreeSet<_> = these.iter().copied().chain(and).collect();
                Scope::Only(these.into_iter().collect())
            }
        }
    }
}

impl Review {
    /// Counts one; it has no life and no place when it is not known.
    pub(super) fn count(&mut self, tid: &str, known: Option<Known>, action: Action) {
        self.chosen += 1;
        let why = match known {
            None => Some("unknown"),
            Some((life, place)) => {
                self.places.add(place);
                action.leaves_out(life)
            }
        };
        let some = if let Some(why) = why {
            let (n, some) = self.left_out.entry(why.to_owned()).or_default();
            *n += 1;
            some
        } else {
            self.concerned += 1;
            &mut self.sample
        };
        if some.len() < SAMPLE {
            some.push(tid.to_owned());
        }
    }
}

/// These TIDs, each with what is known of its terminal where it is one that the scope sees.
pub(super) fn named(
    conn: &mut Conn,
    scope: &Scope,
    tids: Vec<String>,
) -> Result<Vec<(String, Option<Known>)>, Failure> {
    let mut all = Vec::with_capacity(tids.len());
    for text in tids {
        let found = match Tid::parse(&text) {
            Ok(tid) => registry::find(conn, scope, &tid)?,
            Err(_) => None,
        };
        all.push((text, found.map(|it| (it.life, it.establishment))));
    }
    Ok(all)
}

/// The filter that a query of the list asks for.
pub(super) fn filter(conn: &mut Conn, scope: &Scope, text: &str) -> Result<Filter, Failure> {
    let asked: Asked = query(text)?;
    Ok(asked.filter(conn, scope)?)
}

/// Refuses a value that no terminal could be given.
pub(super) fn check(
    conn: &mut Conn,
    scope: &Scope,
    (action, value): (Action, &str),
) -> Result<(), Error> {
    let value = value.trim();
    let code = match action {
        Action::Move if network::find_point(conn, scope, value)?.is_none() => {
            "terminal.no-such-point"
        }
        Action::SetInterval
            if !value.is_empty() && !value.parse().is_ok_and(|s| INTERVAL_S.contains(&s)) =>
        {
            "terminal.interval-form"
        }
        Action::Tag | Action::Untag if !registry::is_tag(value) => "terminal.tag-form",
        _ => return Ok(()),
    };
    Err(Error::field("value", code))
}

/// Does it to one terminal. False when it was so already.
pub(super) fn apply(
    tx: &mut Tx,
    handlers: &Handlers,
    actor: &Actor,
    (tid, (action, value)): (&Tid, (Action, &str)),
    now: Millis,
) -> Result<bool, Error> {
    let changed = match action {
        Action::Move => registry::move_to(tx, handlers, actor, tid, value, None, now),
        Action::Tag => return Ok(registry::tag(tx, actor, tid, value, now)?.1),
        Action::Untag => return Ok(registry::untag(tx, actor, tid, value, now)?.1),
        Action::SetInterval => {
            let edit = Edit {
                interval_s: Some(value.to_owned()),
                ..Edit::default()
            };
            let before = registry::find(tx, &actor.scope, tid)?;
            let after = registry::change(tx, actor, tid, &edit, None, now)?;
            return Ok(before.is_none_or(|before| before.version != after.version));
        }
        Action::Suspend => registry::suspend(tx, actor, tid, None, now),
        Action::Resume => registry::resume(tx, actor, tid, None, now),
        Action::Retire => registry::retire(tx, handlers, actor, tid, None, now),
    };
    changed.map(|_| true)
}

/// Why a terminal is left out, when that is no failure.
pub(super) fn left_out(why: &Error) -> Option<&'static str> {
    match why {
        Error::IsRetired => Some("is-retired"),
        Error::IsSuspended => Some("is-suspended"),
        Error::NotSuspended => Some("not-suspended"),
        Error::Invalid(faults) if faults.iter().any(|f| f.code == "terminal.stands-there") => {
            Some("stands-there")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_until_they_are_too_many() {
        let mut places = Places::default();
        places.add(EstablishmentId(2));
        places.add(EstablishmentId(2));
        let and = |one| places.reach(&Scope::All, Some(EstablishmentId(one)));
        let only = |ids: &[i64]| Scope::Only(ids.iter().copied().map(EstablishmentId).collect());
        let alone = places.reach(&Scope::All, None);
        assert_eq!((alone, and(1)), (only(&[2]), only(&[1, 2])));
        for id in (1..).take(PLACES_MAX) {
            places.add(EstablishmentId(id));
        }
        assert!(matches!(places.reach(&Scope::All, None), Scope::Only(_)));
        places.add(EstablishmentId(0));
        let seen = only(&[7]);
        assert_eq!(places.reach(&Scope::All, None), Scope::All);
        assert_eq!(places.reach(&seen, None), seen);
    }
}
