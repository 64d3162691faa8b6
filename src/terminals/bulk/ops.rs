//! Whom an action would concern, and doing it to one terminal.
use super::Error;
use super::model::{Action, Wish};
use crate::access::{Actor, Scope};
use crate::clock::Millis;
use crate::db::{Conn, Tx};
use crate::http::{Failure, query};
use crate::ids::Tid;
use crate::network;
use crate::terminals::model::{INTERVAL_S, Life};
use crate::terminals::registry::{self, Edit, Filter};
use crate::terminals::shown::Asked;
use crate::terminals::work::Handlers;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Terminals that a review names.
const SAMPLE: usize = 10;
/// Terminals that may be named one by one.
pub(super) const NAMED_MAX: usize = 10_000;

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
}

impl Review {
    /// Counts one; it has no life when it is not known.
    pub(super) fn count(&mut self, tid: &str, life: Option<Life>, action: Action) {
        self.chosen += 1;
        let why = match life {
            None => Some("unknown"),
            Some(life) => action.leaves_out(life),
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

/// These TIDs, each with its terminal's stage of life where it is one that the scope sees.
pub(super) fn named(
    conn: &mut Conn,
    scope: &Scope,
    tids: Vec<String>,
) -> Result<Vec<(String, Option<Life>)>, Failure> {
    let mut all = Vec::with_capacity(tids.len());
    for text in tids {
        let found = match Tid::parse(&text) {
            Ok(tid) => registry::find(conn, scope, &tid)?,
            Err(_) => None,
        };
        all.push((text, found.map(|it| it.life)));
    }
    Ok(all)
}

/// The filter that a query of the list asks for.
pub(super) fn filter(conn: &mut Conn, scope: &Scope, text: &str) -> Result<Filter, Failure> {
    let asked: Asked = query(text)?;
    Ok(asked.filter(conn, scope)?)
}

/// Refuses a value that no terminal could be given.
pub(super) fn check(conn: &mut Conn, scope: &Scope, wish: &Wish) -> Result<(), Error> {
    let value = wish.value.trim();
    let code = match wish.action {
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
