//! Deleting logs when their days are over, and saying how many days those are.
use super::keep_store as store;
use super::model::{DAYS, Freed, Keeping, Kind, USUAL_DAYS};
use crate::access::{Actor, Scope, change};
use crate::clock::Millis;
use crate::db::{self, Conn, Tx};
use crate::ids::{EstablishmentId, LogId};
use crate::monitoring::Error;
use crate::monitoring::days::Day;
use crate::monitoring::exchanges;
use crate::network;
use crate::storage;
use serde_json::json;
use std::collections::HashMap;
use std::time::Duration;

/// Pieces of one statement.
const AT_ONCE: i64 = 500;
/// How far back a page tells what was freed, and how many rows of it.
const TOLD_DAYS: i32 = 30;
const TOLD: i64 = 1_000;

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

/// Sets for how many days logs are kept. What is for all may only be set by who sees all.
pub(super) fn set(tx: &mut Tx, actor: &Actor, said: &Said, now: Millis) -> Result<(), Error> {
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
pub(super) fn freed(conn: &mut Conn, scope: &Scope, now: Millis) -> Result<Vec<FreedOn>, Error> {
    let mut all = store::freed(conn, Day::of(now).before(TOLD_DAYS), TOLD)?;
    all.retain(|it| scope.holds(it.establishment));
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
    Ok(all.into_iter().map(one).collect())
}

/// The next log whose days are over, and until when it would have had to grow.
pub fn overdue(conn: &mut Conn, now: Millis) -> Result<Option<(LogId, Millis)>, db::Error> {
    let rules: HashMap<(Option<EstablishmentId>, Kind), i32> = store::rules(conn)?
        .into_iter()
        .map(|it| ((it.establishment, it.kind), it.days))
        .collect();
    for kind in Kind::ALL {
        let usual = rules.get(&(None, kind)).copied().unwrap_or(USUAL_DAYS);
        let mut last = EstablishmentId(i64::MIN);
        while let Some(next) = store::next_with_logs(conn, kind, last)? {
            let days = rules.get(&(Some(next), kind)).copied().unwrap_or(usual);
            let kept = Duration::from_hours(24) * u32::try_from(days).unwrap_or(1);
            let before = now - kept;
            if let Some(id) = store::oldest(conn, kind, next, before)? {
                return Ok(Some((id, before)));
            }
            last = next;
        }
    }
    Ok(None)
}

/// Deletes a log that nothing was added to since then, with all that it told, and notes what that freed.
pub fn forget(tx: &mut Tx, (id, before): (LogId, Millis), now: Millis) -> Result<(), db::Error> {
    let Some((kind, it)) = store::close(tx, id, before)? else {
        return Ok(());
    };
    let (establishment, size_bytes, stored_bytes) = it;
    loop {
        let blobs = store::take_pieces(tx, id, AT_ONCE)?;
        if blobs.is_empty() {
            break;
        }
        for blob in blobs {
            storage::release(tx, blob)?;
        }
    }
    exchanges::forget(tx, id)?;
    store::delete(tx, id)?;
    store::note(
        tx,
        Freed {
            establishment,
            kind,
            day: Day::of(now),
            logs: 1,
            size_bytes,
            stored_bytes,
        },
    )
}
