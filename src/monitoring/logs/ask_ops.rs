//! A terminal is asked for its logs: work, which reaches it as all work does.
use super::asked::day;
use super::model::{Kind, WORK};
use crate::access::{Actor, change};
use crate::clock::Millis;
use crate::db::{self, Tx};
use crate::ids::Tid;
use crate::monitoring::Error;
use crate::monitoring::days::Day;
use crate::terminals::{self, NewWork};
use serde_json::json;
use std::time::Duration;

/// A terminal that is not heard until then is not asked any more.
const ASKED_FOR: Duration = Duration::from_hours(7 * 24);

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) kind: Kind,
    /// The days that the logs tell of, both included; without one, as far as the terminal keeps them.
    pub(super) from: Option<Day>,
    pub(super) until: Option<Day>,
}

/// The same as a form or a program says it.
#[derive(Debug, Default, serde::Deserialize, serde::Serialize, utoipa::ToSchema)]
#[schema(as = LogWish)]
pub(super) struct Said {
    /// `ecr` or `pos`.
    #[serde(default)]
    kind: String,
    /// The first day that is asked for, such as `2026-11-25`.
    #[serde(default)]
    from: Option<String>,
    /// The last one.
    #[serde(default)]
    until: Option<String>,
}

impl Said {
    pub(super) fn check(&self) -> Result<Wish, Error> {
        let kind = Kind::named(self.kind.trim());
        let day = |text: &Option<String>, name| {
            day(text.as_deref().unwrap_or_default()).map_err(|code| Error::field(name, code))
        };
        let (from, until) = (day(&self.from, "from")?, day(&self.until, "until")?);
        if let (Some(from), Some(until)) = (from, until)
            && from > until
        {
            return Err(Error::field("until", "log.day-before"));
        }
        let kind = kind.ok_or(Error::field("kind", "log.no-such-kind"))?;
        Ok(Wish { kind, from, until })
    }
}

/// Asks a terminal for its logs; says the number of the work. Who asks again for the same kind asks instead of before.
pub(super) fn ask(
    tx: &mut Tx,
    actor: &Actor,
    tid: &Tid,
    wish: Wish,
    now: Millis,
) -> Result<i32, Error> {
    let place = terminals::claim(tx, &actor.scope, tid)?;
    let place = place.ok_or_else(|| terminals::Error::NoTerminal(tid.to_string()))?;
    let mut payload = json!({ "kind": wish.kind.name() });
    for (name, day) in [("from", wish.from), ("until", wish.until)] {
        if let Some(day) = day {
            payload[name] = day.to_string().into();
        }
    }
    let work = NewWork {
        terminal: place.id,
        kind: WORK,
        natural_key: format!("log:{}", wish.kind.name()),
        link: Some(format!("/terminal/v1/logs/{}", wish.kind.name())),
        payload: payload.clone(),
        expires_at: Some(now + ASKED_FOR),
    };
    let id = terminals::assign(tx, actor, work, now)?;
    let asked = change(actor, now, "log.ask", "terminal", tid).within(place.establishment);
    tx.record(asked.after(payload));
    let work = terminals::find_work(tx, id)?;
    let gone = || db::Error::Fault(anyhow::anyhow!("work that was assigned is gone"));
    Ok(work.ok_or_else(gone)?.number)
}
