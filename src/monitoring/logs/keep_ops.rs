//! Deleting logs when their days are over, and saying how many days those are.
use super::keep_store as store;
use super::model::{DAYS, Freed, Keeping, Kind, USUAL_DAYS, long};
use crate::access::{Actor, Scope, change};
use crate::clock::Millis;
use crate::db::{self, Conn, Tx};
use crate::ids::{EstablishmentId, LogId};
use crate::monitoring::Error;
use crate::monitoring::days::Day;
use crate::monitoring::exchanges;
use crate::network;
use crate::storage;
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::Duration;

/// Pieces of one statement.
const AT_ONCE: i64 = 500;
/// Logs that are named at once.
const NAMED: i64 = 100;
/// How far back a page tells what was freed, how many rows of it beside their sum, and for how long it is known.
const TOLD_DAYS: i32 = 30;
const TOLD: i64 = 1_000;
const KNOWN_DAYS: i32 = 400;

/// What is to be kept for how long, as a form or a program says it.
#[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
#[schema(as = LogKeepingWish)]
pub(super) struct Said {
    /// `ecr` or `pos`.
    #[serde(default)]
    kind: String,
    /// The code of an establishment; without one, for all that have no rule of their own.
    #[serde(default)]
    establishment: Option<String>,
    /// Days since something was added to a log, 1 to 3,650; nothing takes the rule back.
    #[serde(default)]
    days: Option<i32>,
}

/// The same as a form sends it.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Posted {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    establishment: String,
    #[serde(default)]
    days: String,
    /// Somebody read what a shorter rule does.
    #[serde(default)]
    pub(super) confirmed: bool,
}

impl Posted {
    /// What was typed, for the form that is shown again.
    pub(super) fn typed(&self) -> Value {
        json!({ "kind": self.kind, "establishment": self.establishment, "days": self.days })
    }
}

impl TryFrom<Posted> for Said {
    type Error = Error;
    fn try_from(posted: Posted) -> Result<Self, Error> {
        let days = match posted.days.trim() {
            "" => None,
            text => Some(
                text.parse()
                    .map_err(|_| Error::field("days", "log.days-range"))?,
            ),
        };
        Ok(Self {
            kind: posted.kind,
            establishment: Some(posted.establishment),
            days,
        })
    }
}

/// A rule with the establishment's code and name, both empty for all that have no rule of their own.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = LogKeeping)]
pub(super) struct Rule {
    establishment: Option<String>,
    name: Option<String>,
    /// `ecr` or `pos`.
    kind: &'static str,
    days: i32,
}

/// What was deleted on one day.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = LogsFreed)]
pub(super) struct FreedOn {
    day: String,
    establishment: String,
    name: String,
    kind: &'static str,
    logs: i64,
    /// What those logs said, and what they took, packed.
    size_bytes: i64,
    stored_bytes: i64,
}

/// What was deleted in the last days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FreedTold {
    /// The latest first, and so many earlier rows that are not among them.
    pub(super) rows: Vec<FreedOn>,
    pub(super) more: i64,
    /// Of all of them.
    pub(super) total: FreedTotal,
}

/// What everything that was deleted comes to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = LogsFreedTotal)]
pub(super) struct FreedTotal {
    logs: i64,
    /// What those logs said, and what they took, packed.
    size_bytes: i64,
    stored_bytes: i64,
}

/// Sets for how many days logs are kept. What is for all may only be set by who sees all.
/// What deletes logs that would have been kept has to be confirmed.
pub(super) fn set(
    tx: &mut Tx,
    actor: &Actor,
    (said, is_confirmed): (&Said, bool),
    now: Millis,
) -> Result<(), Error> {
    let kind = Kind::named(said.kind.trim()).ok_or(Error::field("kind", "log.no-such-kind"))?;
    if said.days.is_some_and(|days| !DAYS.contains(&days)) {
        return Err(Error::field("days", "log.days-range"));
    }
    let code = said
        .establishment
        .as_deref()
        .map(str::trim)
        .filter(|it| !it.is_empty());
    let of = match code {
        None if actor.scope == Scope::All => None,
        None => return Err(Error::field("establishment", "log.whose")),
        Some(code) => {
            let found = network::find_establishment(tx, &actor.scope, code)?;
            let unknown = || Error::field("establishment", "log.no-such-establishment");
            Some(found.ok_or_else(unknown)?.id)
        }
    };
    let before = store::rule(tx, of, kind)?;
    if !is_confirmed && is_shorter(tx, (of, kind), (before, said.days))? {
        return Err(Error::field("confirmed", "log.shorter"));
    }
    match said.days {
        Some(days) => store::put(
            tx,
            Keeping {
                establishment: of,
                kind,
                days,
            },
        )?,
        None => store::delete_rule(tx, of, kind)?,
    }
    let mut made = change(
        actor,
        now,
        "log.keep",
        "establishment",
        code.unwrap_or("all"),
    );
    made.establishment = of;
    let told = |days| json!({ "kind": kind.name(), "days": days });
    tx.record(made.before(told(before)).after(told(said.days)));
    Ok(())
}

/// Whether logs are kept less long by the second rule than by the first; where there is none, that for all holds.
fn is_shorter(
    conn: &mut Conn,
    (of, kind): (Option<EstablishmentId>, Kind),
    (before, after): (Option<i32>, Option<i32>),
) -> Result<bool, Error> {
    let for_all = match of {
        Some(_) => store::rule(conn, None, kind)?,
        None => None,
    };
    let days = |own: Option<i32>| own.or(for_all).unwrap_or(USUAL_DAYS);
    Ok(days(after) < days(before))
}

/// The rules that the scope may know of: first those for all.
pub(super) fn rules(conn: &mut Conn, scope: &Scope) -> Result<Vec<Rule>, Error> {
    let mut all = store::rules(conn)?;
    for kind in Kind::ALL {
        let is_there = |it: &Keeping| it.establishment.is_none() && it.kind == kind;
        if !all.iter().any(is_there) {
            all.push(Keeping {
                establishment: None,
                kind,
                days: USUAL_DAYS,
            });
        }
    }
    all.retain(|it| it.establishment.is_none_or(|it| scope.holds(it)));
    all.sort_by_key(|it| (it.establishment, it.kind));
    let of: Vec<EstablishmentId> = all.iter().filter_map(|it| it.establishment).collect();
    let names = network::names_of_establishments(conn, &of)?;
    let rule = |it: Keeping| {
        let known = it.establishment.and_then(|it| names.get(&it)).cloned();
        let (establishment, name) = known.unzip();
        Rule {
            establishment,
            name,
            kind: it.kind.name(),
            days: it.days,
        }
    };
    Ok(all.into_iter().map(rule).collect())
}

/// What was freed in the last days.
pub(super) fn freed(conn: &mut Conn, scope: &Scope, now: Millis) -> Result<FreedTold, Error> {
    let since = Day::of(now).before(TOLD_DAYS);
    let (n, logs, size_bytes, stored_bytes) = store::freed_sums(conn, scope, since)?;
    let mut all = store::freed(conn, scope, since, TOLD)?;
    all.sort_by_key(|it| (Reverse(it.day), it.establishment, it.kind));
    let of: Vec<EstablishmentId> = all.iter().map(|it| it.establishment).collect();
    let names = network::names_of_establishments(conn, &of)?;
    let one = |it: Freed| {
        let (establishment, name) = names.get(&it.establishment).cloned().unwrap_or_default();
        FreedOn {
            day: it.day.to_string(),
            establishment,
            name,
            kind: it.kind.name(),
            logs: it.logs,
            size_bytes: it.size_bytes,
            stored_bytes: it.stored_bytes,
        }
    };
    let rows: Vec<FreedOn> = all.into_iter().map(one).collect();
    Ok(FreedTold {
        more: n.saturating_sub(long(rows.len())),
        rows,
        total: FreedTotal {
            logs,
            size_bytes,
            stored_bytes,
        },
    })
}

fn days_ago(now: Millis, days: i32) -> Millis {
    now - Duration::from_hours(24) * u32::try_from(days).unwrap_or(1)
}

/// A log that began before then would be kept for more than twice its days if it grew on: what comes now goes to
/// another one.
pub(super) fn grows_since(
    conn: &mut Conn,
    of: EstablishmentId,
    kind: Kind,
    now: Millis,
) -> Result<Millis, db::Error> {
    Ok(days_ago(now, store::days(conn, of, kind)?))
}

/// How far logs were looked through.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    kind: Kind,
    establishment: EstablishmentId,
    age: store::Age,
}

/// Logs of one establishment whose days are over.
#[derive(Debug)]
pub struct Overdue {
    /// The oldest first.
    pub logs: Vec<LogId>,
    /// Until when each would have had to grow.
    pub before: Millis,
    /// Up to the last of them.
    pub seen: Seen,
}

/// The next logs whose days are over, behind those that were seen: some of the first establishment that has any.
pub fn overdue(
    conn: &mut Conn,
    now: Millis,
    seen: Option<Seen>,
) -> Result<Option<Overdue>, db::Error> {
    let rules: HashMap<(Option<EstablishmentId>, Kind), i32> = store::rules(conn)?
        .into_iter()
        .map(|it| ((it.establishment, it.kind), it.days))
        .collect();
    for kind in Kind::ALL {
        if seen.is_some_and(|it| it.kind > kind) {
            continue;
        }
        let seen = seen.filter(|it| it.kind == kind);
        let usual = rules.get(&(None, kind)).copied().unwrap_or(USUAL_DAYS);
        let mut next = match seen {
            Some(it) => Some(it.establishment),
            None => store::next_with_logs(conn, kind, EstablishmentId(i64::MIN))?,
        };
        while let Some(of) = next {
            let days = rules.get(&(Some(of), kind)).copied().unwrap_or(usual);
            let before = days_ago(now, days);
            let after = seen.filter(|it| it.establishment == of).map(|it| it.age);
            let old = store::oldest(conn, (kind, of), after, before, NAMED)?;
            if let Some(age) = old.last().copied() {
                let seen = Seen {
                    kind,
                    establishment: of,
                    age,
                };
                return Ok(Some(Overdue {
                    logs: old.into_iter().map(|(_, id)| id).collect(),
                    before,
                    seen,
                }));
            }
            next = store::next_with_logs(conn, kind, of)?;
        }
    }
    Ok(None)
}

/// One step towards deleting a log that nothing was added to since then: ends it, and forgets a part of what it told;
/// once nothing is left of that, deletes it with its pieces and notes what that freed. True while there is more to do.
pub fn forget(tx: &mut Tx, (id, before): (LogId, Millis), now: Millis) -> Result<bool, db::Error> {
    let Some((kind, it)) = store::end(tx, id, before)? else {
        return Ok(false);
    };
    let (terminal, establishment, size_bytes, stored_bytes) = it;
    if exchanges::forget(tx, id, terminal)? {
        return Ok(true);
    }
    // All at once: who reads a log finds the whole of it or none.
    loop {
        let blobs = store::take_pieces(tx, id, AT_ONCE)?;
        if blobs.is_empty() {
            break;
        }
        for blob in blobs {
            storage::release(tx, blob)?;
        }
    }
    store::delete(tx, id)?;
    let freed = Freed {
        establishment,
        kind,
        day: Day::of(now),
        logs: 1,
        size_bytes,
        stored_bytes,
    };
    store::note(tx, freed)?;
    Ok(false)
}

/// Drops what was freed so long ago that nobody asks.
pub fn forget_freed(tx: &mut Tx, now: Millis) -> Result<(), db::Error> {
    store::forget_freed(tx, Day::of(now).before(KNOWN_DAYS))?;
    Ok(())
}
