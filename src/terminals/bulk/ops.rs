//! Whom an action would concern, and doing it to one terminal.
use super::Error;
use super::model::{Action, Selection, Wish};
use crate::access::{Actor, Scope};
use crate::clock::Millis;
use crate::db::{Conn, Tx};
use crate::http::{Failure, Turn, query};
use crate::ids::Tid;
use crate::network;
use crate::terminals::model::{INTERVAL_S, Life};
use crate::terminals::registry::{self, Edit, Filter, Listed, Sort};
use crate::terminals::shown::Asked;
use crate::terminals::work::Handlers;
use std::collections::BTreeMap;

/// Terminals that a review names.
const SAMPLE: usize = 10;
/// Terminals that are read at once.
const PIECE: i64 = 1000;
/// Terminals that may be named one by one.
pub(super) const NAMED_MAX: usize = 10_000;

/// What an action comes to, told before it is done.
#[derive(Debug, Default)]
pub(super) struct Review {
    /// Terminals that were chosen.
    pub(super) chosen: i64,
    /// Those that it will be done to.
    pub(super) concerned: i64,
    /// Some of these.
    pub(super) sample: Vec<Tid>,
    /// Why others are left out: how many, and some of them.
    pub(super) left_out: BTreeMap<&'static str, (i64, Vec<String>)>,
}

impl Review {
    fn count(&mut self, tid: &Tid, life: Life, action: Action) {
        self.chosen += 1;
        if let Some(why) = action.leaves_out(life) {
            return self.leave_out(why, tid.as_str());
        }
        self.concerned += 1;
        if self.sample.len() < SAMPLE {
            self.sample.push(tid.clone());
        }
    }

    fn leave_out(&mut self, why: &'static str, tid: &str) {
        let (n, some) = self.left_out.entry(why).or_default();
        *n += 1;
        if some.len() < SAMPLE {
            some.push(tid.to_owned());
        }
    }
}

/// Looks at everyone who was chosen.
pub(super) fn review(conn: &mut Conn, scope: &Scope, wish: &Wish) -> Result<Review, Failure> {
    let mut review = Review::default();
    match &wish.selection {
        Selection::These(tids) => {
            for text in tids {
                let tid = Tid::parse(text).ok();
                let found = match &tid {
                    Some(tid) => registry::find(conn, scope, tid)?,
                    None => None,
                };
                if let Some(it) = found {
                    review.count(&it.tid, it.life, wish.action);
                } else {
                    review.chosen += 1;
                    review.leave_out("unknown", text);
                }
            }
        }
        Selection::Matching(text) => {
            let filter = filter(conn, scope, text)?;
            let mut cursor = None::<String>;
            loop {
                let page = page(conn, scope, &filter, (cursor.as_deref(), PIECE))?;
                for it in &page.0 {
                    review.count(&it.tid, it.life, wish.action);
                }
                cursor = page.1;
                if cursor.is_none() {
                    break;
                }
            }
        }
    }
    Ok(review)
}

/// The terminals of a filter, in the list's usual order.
pub(super) fn filter(conn: &mut Conn, scope: &Scope, text: &str) -> Result<Filter, Failure> {
    let asked: Asked = query(text)?;
    Ok(Filter {
        sort: Sort::default(),
        ..asked.filter(conn, scope)?
    })
}

/// Some terminals after `cursor`, and the cursor behind them.
pub(super) fn page(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    (cursor, rows): (Option<&str>, i64),
) -> Result<(Vec<Listed>, Option<String>), Failure> {
    let mut turn = Turn::parse(cursor, None)?;
    turn.rows = rows;
    let page = registry::list(conn, scope, filter, &turn)?;
    Ok((page.items, page.next))
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
        Action::Tag if !registry::is_tag(value) => "terminal.tag-form",
        _ => return Ok(()),
    };
    Err(Error::field("value", code))
}

/// Does it to one terminal. False when it was so already.
pub(super) fn apply(
    tx: &mut Tx,
    handlers: &Handlers,
    actor: &Actor,
    (tid, wish): (&Tid, &Wish),
    now: Millis,
) -> Result<bool, Error> {
    let value = wish.value.trim();
    let changed = match wish.action {
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
