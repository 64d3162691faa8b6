//! Changing levels, and bringing what changed to the terminals below.
use super::model::{Chain, Effective, LogLevel, Own, Owner, Said, Touch};
use super::store::{self, Below};
use crate::access::{Actor, change as audited};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::{self, Conn, Tx};
use crate::ids::{EstablishmentId, PointOfServiceId, TerminalId};
use crate::settings::{self, Field, Group, Kind};
use crate::terminals::model::{DEFAULT_INTERVAL_S, INTERVAL_S};
use crate::terminals::registry::Error;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// What the whole installation sets.
pub static SETTINGS: Group = Group {
    name: "profile",
    fields: &[
        Field {
            key: "interval_s",
            label_key: "settings-profile-interval-s",
            hint_key: "settings-profile-interval-s-hint",
            kind: Kind::Number {
                min: 10,
                max: 86_400,
                default: 300,
            },
        },
        Field {
            key: "log_level",
            label_key: "settings-profile-log-level",
            hint_key: "settings-profile-log-level-hint",
            kind: Kind::Choice {
                of: &LogLevel::CODES,
                default: "info",
                words: "log-level-",
            },
        },
    ],
};

/// Terminals that whoever changes a level brings it to himself, before he is answered.
const AT_ONCE: usize = 4;
/// Terminals of one step.
const CHUNK: i64 = 500;

/// Keeps every level as it is until the commit: first thing in whatever works out effective values.
pub(in crate::terminals) fn hold(tx: &mut Tx) -> Result<(), db::Error> {
    store::hold(tx)
}

fn installation(conn: &mut Conn) -> Result<Effective, db::Error> {
    let values = settings::find(conn, &SETTINGS)?.values;
    Ok(Effective {
        interval_s: i32::try_from(values.number("interval_s")).unwrap_or(DEFAULT_INTERVAL_S),
        log_level: LogLevel::parse(values.text("log_level")).unwrap_or(LogLevel::Info),
    })
}

/// The levels above whatever stands at `point` of `establishment`.
pub(in crate::terminals) fn chain(
    conn: &mut Conn,
    establishment: EstablishmentId,
    point: Option<PointOfServiceId>,
) -> Result<Chain, db::Error> {
    let (owner, shop) = (
        Owner::Establishment(establishment),
        point.map(Owner::PointOfService),
    );
    let of: Vec<Owner> = [Some(owner), shop].into_iter().flatten().collect();
    let levels = store::levels(conn, &of)?;
    let own = |of: Option<Owner>| {
        of.and_then(|of| levels.get(&of).copied())
            .unwrap_or_default()
    };
    Ok(Chain {
        installation: installation(conn)?,
        establishment: own(Some(owner)),
        point: own(shop),
    })
}

/// Gives a terminal its effective values anew, after its place or its own values changed. The
/// caller holds the levels and the terminal's hot row.
pub(in crate::terminals) fn refresh(
    tx: &mut Tx,
    terminal: TerminalId,
    now: Millis,
) -> Result<(), db::Error> {
    let found = store::these(tx, &[terminal])?;
    give(tx, &found, now)
}

/// Sets what differs, in as few statements as there are different values.
fn give(conn: &mut Conn, all: &[Below], now: Millis) -> Result<(), db::Error> {
    let mut by_value: HashMap<Effective, Vec<TerminalId>> = HashMap::new();
    for (it, effective) in worked_out(conn, all)? {
        if it.now != effective {
            by_value.entry(effective).or_default().push(it.id);
        }
    }
    for (effective, ids) in by_value {
        store::set_effective(conn, &ids, effective, now)?;
    }
    Ok(())
}

fn worked_out(conn: &mut Conn, all: &[Below]) -> Result<Vec<(Below, Effective)>, db::Error> {
    let owners = all.iter().flat_map(|it| {
        [
            Owner::Establishment(it.establishment),
            Owner::PointOfService(it.point),
        ]
    });
    // In a fixed order and once each.
    let owners: BTreeMap<_, _> = owners.map(|owner| (owner.key(), owner)).collect();
    let owners: Vec<Owner> = owners.into_values().collect();
    let levels = store::levels(conn, &owners)?;
    let installation = installation(conn)?;
    let own = |of| levels.get(&of).copied().unwrap_or_default();
    Ok(all
        .iter()
        .map(|it| {
            let chain = Chain {
                installation,
                establishment: own(Owner::Establishment(it.establishment)),
                point: own(Owner::PointOfService(it.point)),
            };
            (*it, chain.effective(it.own))
        })
        .collect())
}

/// How a step of [`spread`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// No level is pending.
    Done,
    /// Some terminals were looked at; there may be more.
    More,
    /// The next terminal is busy: again in a moment.
    Blocked,
}

/// Brings the pending level that has waited longest to its next terminals.
///
/// # Errors
/// When the database fails.
pub fn spread(tx: &mut Tx, now: Millis) -> Result<Spread, db::Error> {
    store::hold(tx)?;
    let Some(pending) = store::first_pending(tx)? else {
        return Ok(Spread::Done);
    };
    let below = store::below(tx, pending.of, pending.after, CHUNK)?;
    let Some(last) = below.last() else {
        store::finish(tx, &pending)?;
        return Ok(Spread::More);
    };
    let wrong: Vec<TerminalId> = worked_out(tx, &below)?
        .into_iter()
        .filter(|(it, effective)| it.now != *effective)
        .map(|(it, _)| it.id)
        .collect();
    let locked = store::lock_free(tx, &wrong)?;
    // Up to the first one that somebody else is at; what is locked beyond is right already.
    let busy = wrong.iter().find(|id| !locked.contains(id));
    let done = match busy {
        None => last.id.0,
        Some(busy) => busy.0 - 1,
    };
    if done <= pending.after {
        return Ok(Spread::Blocked);
    }
    if !store::advance(tx, &pending, done)? {
        // Another node was faster; nothing was written here.
        return Ok(Spread::More);
    }
    // Read anew now that they are locked.
    let found = store::these(tx, &locked)?;
    give(tx, &found, now)?;
    Ok(Spread::More)
}

/// Brings a level that has just changed to its terminals: a small one before the caller is
/// answered, the rest of a large one by the job.
pub(in crate::terminals) async fn settle(ctx: &Ctx) -> Result<(), db::Error> {
    for _ in 0..AT_ONCE {
        let now = ctx.now();
        if ctx.db.write(move |tx| spread(tx, now)).await? != Spread::More {
            break;
        }
    }
    ctx.jobs.nudge(super::JOB);
    Ok(())
}

/// What the settings room calls before the installation's values change.
///
/// # Errors
/// When the database fails.
pub fn changing_settings(tx: &mut Tx, now: Millis) -> Result<(), db::Error> {
    store::hold_alone(tx)?;
    store::pend(tx, Owner::Installation, now)
}

/// Whether one of these levels has not reached all its terminals yet.
pub(in crate::terminals) fn is_pending(
    conn: &mut Conn,
    these: &[Owner],
) -> Result<bool, db::Error> {
    store::is_pending(conn, these)
}

/// A level above the terminals as it stands; version 0 was never changed.
#[derive(Debug, Clone, Default)]
pub(in crate::terminals) struct Kept {
    pub(in crate::terminals) own: Own,
    pub(in crate::terminals) version: i64,
    pub(in crate::terminals) touch: Option<Touch>,
}

/// A level above the terminals, and where it stands for people.
#[derive(Debug, Clone)]
pub(in crate::terminals) struct At {
    pub(in crate::terminals) of: Owner,
    pub(in crate::terminals) establishment: EstablishmentId,
    pub(in crate::terminals) code: String,
}

impl At {
    pub(in crate::terminals) fn kept(&self, conn: &mut Conn) -> Result<Kept, db::Error> {
        let found = store::level(conn, self.of)?;
        Ok(
            found.map_or_else(Kept::default, |(own, version, touch)| Kept {
                own,
                version,
                touch: Some(touch),
            }),
        )
    }
}

/// A wish for a profile: `None` stays as it is, empty is inherited.
pub(in crate::terminals) fn wish_of(
    before: Own,
    interval_s: Option<&str>,
    log_level: Option<&str>,
) -> Result<Own, Error> {
    let mut wrong = Vec::new();
    let mut own = before;
    if let Some(text) = interval_s.map(str::trim) {
        let seconds = text.parse().ok().filter(|s| INTERVAL_S.contains(s));
        if seconds.is_none() && !text.is_empty() {
            wrong.push(("interval_s", "terminal.interval-form"));
        }
        own.interval_s = seconds;
    }
    if let Some(code) = log_level.map(str::trim) {
        own.log_level = LogLevel::parse(code);
        if own.log_level.is_none() && !code.is_empty() {
            wrong.push(("log_level", "terminal.no-such-log-level"));
        }
    }
    if wrong.is_empty() {
        Ok(own)
    } else {
        Err(Error::invalid(wrong))
    }
}

/// Changes what a level sets; the same again changes nothing. Call [`settle`] afterwards.
pub(in crate::terminals) fn change_level(
    tx: &mut Tx,
    actor: &Actor,
    at: &At,
    (interval_s, log_level): (Option<&str>, Option<&str>),
    seen: Option<i64>,
    now: Millis,
) -> Result<Kept, Error> {
    store::hold_alone(tx)?;
    let before = at.kept(tx)?;
    let own = wish_of(before.own, interval_s, log_level)?;
    let seen = seen.unwrap_or(before.version);
    if own == before.own && seen == before.version {
        return Ok(before);
    }
    if !store::put_level(tx, at.of, own, seen, (now, actor.who.name()))? {
        return Err(Error::Stale);
    }
    store::pend(tx, at.of, now)?;
    tx.record(
        audited(actor, now, "profile.change", at.of.key().0, &at.code)
            .within(at.establishment)
            .before(facts(before.own))
            .after(facts(own)),
    );
    Ok(at.kept(tx)?)
}

fn facts(own: Own) -> Value {
    json!({ "interval_s": own.interval_s, "log_level": own.log_level })
}

/// What a terminal says of the parameters that it uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::terminals) struct Reported {
    pub(in crate::terminals) version: String,
    pub(in crate::terminals) log_level: Option<String>,
    pub(in crate::terminals) at: Millis,
}

pub(in crate::terminals) fn reported(
    conn: &mut Conn,
    terminal: TerminalId,
) -> Result<Option<Reported>, db::Error> {
    let found = store::report(conn, terminal)?;
    Ok(found.map(|(version, body, at)| {
        let body: Value = serde_json::from_str(&body).unwrap_or_default();
        let text = body["log_level"].as_str();
        Reported {
            version,
            log_level: text.map(str::to_owned),
            at,
        }
    }))
}

/// Keeps what a terminal says of the parameters that it uses, where that is news.
pub(in crate::terminals) fn keep_report(
    tx: &mut Tx,
    terminal: TerminalId,
    said: &Said,
    now: Millis,
) -> Result<(), db::Error> {
    let is_news = reported(tx, terminal)?
        .is_none_or(|kept| (&kept.version, &kept.log_level) != (&said.version, &said.log_level));
    if is_news {
        let body = json!({ "log_level": said.log_level }).to_string();
        store::keep_report(tx, terminal, said, &body, now)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_installation_may_set_what_every_level_may() {
        let Kind::Number { min, max, default } = SETTINGS.fields[0].kind else {
            panic!("the interval is a number")
        };
        let bounds = (*INTERVAL_S.start(), *INTERVAL_S.end(), DEFAULT_INTERVAL_S);
        assert_eq!(
            (min, max, default),
            (bounds.0.into(), bounds.1.into(), bounds.2.into())
        );
    }

    #[test]
    fn a_wish_sets_leaves_or_clears() {
        let before = Own {
            interval_s: Some(60),
            log_level: Some(LogLevel::Debug),
        };
        assert_eq!(wish_of(before, None, None).unwrap(), before);
        let cleared = wish_of(before, Some(" "), Some("warn")).unwrap();
        assert_eq!(cleared.interval_s, None);
        assert_eq!(cleared.log_level, Some(LogLevel::Warn));
        assert!(wish_of(before, Some("9"), Some("loud")).is_err());
    }
}
