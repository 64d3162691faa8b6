//! The verbs of the registry. Each takes the version that its caller saw and refuses when somebody
//! else was faster; none touches a retired terminal.
use super::error::Error;
use super::model::{self, Registration};
use super::store::{self, Changes, Device, New};
use super::{tag_store, term_store};
use crate::access::{Actor, Scope, change as audited};
use crate::clock::Millis;
use crate::db::{self, Conn, Event, Tx};
use crate::fold::natural;
use crate::ids::{TerminalId, Tid};
use crate::network::{self, PointOfService, Put};
use crate::terminals::catalogue;
use crate::terminals::contact;
use crate::terminals::fact;
use crate::terminals::model::{Life, Terminal};
use crate::terminals::profile::{self, Own};
use crate::terminals::store::{terminal, terminal_of};
use crate::terminals::work::{self, Handlers};
use serde_json::{Value, json};

/// What an operator may change of a terminal where it stands.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// Code of a model.
    pub model: Option<String>,
    /// Seconds between check-ins, of which the terminal hears at its next one; empty is inherited.
    pub interval_s: Option<String>,
    /// Code of a log level; empty is inherited.
    pub log_level: Option<String>,
}

/// The terminal with this TID, if it is in `scope`.
pub fn find(conn: &mut Conn, scope: &Scope, tid: &Tid) -> Result<Option<Terminal>, db::Error> {
    let found = terminal_of(conn, tid.as_str())?;
    Ok(found.filter(|terminal| scope.holds(terminal.establishment)))
}

/// The devices that served at a place, the present one first.
pub fn devices(conn: &mut Conn, terminal: TerminalId) -> Result<Vec<Device>, db::Error> {
    store::devices(conn, terminal)
}

/// Registers a terminal. The same again changes nothing; another device, model or place under a
/// TID that is taken is refused.
pub fn register(
    tx: &mut Tx,
    handlers: &Handlers,
    actor: &Actor,
    wish: &Registration,
    now: Millis,
) -> Result<(Terminal, Put), Error> {
    profile::hold(tx)?;
    let mut wrong = Vec::new();
    let mut need = |field, code, ok: bool| {
        if !ok {
            wrong.push((field, code));
        }
    };
    let tid = model::new_tid(&wish.tid);
    need("tid", "terminal.tid-form", tid.is_some());
    let serial = model::serial(&wish.serial_number);
    need("serial_number", "terminal.serial-form", serial.is_some());
    let kind = catalogue::find(tx, &wish.model)?;
    need("model", "terminal.no-such-model", kind.is_some());
    let point = point(tx, actor, &wish.point_of_service)?;
    need(
        "point_of_service",
        "terminal.no-such-point",
        point.is_some(),
    );
    let interval_s = match wish.interval_s.trim() {
        "" => Some(None),
        text => model::interval(text).map(Some),
    };
    need("interval_s", "terminal.interval-form", interval_s.is_some());
    let (Some(tid), Some(serial), Some(kind), Some(point), Some(interval_s)) =
        (tid, serial, kind, point, interval_s)
    else {
        return Err(Error::invalid(wrong));
    };
    let new = New {
        tid: &tid,
        serial_number: &serial,
        model: kind.id,
        establishment: point.establishment,
        point_of_service: point.id,
        interval_s,
    };
    let Some(id) = store::insert(tx, &new, now)? else {
        return taken(tx, actor, &new, wish.interval_s.trim().is_empty());
    };
    let own = Own {
        interval_s,
        log_level: None,
    };
    let above = profile::chain(tx, point.establishment, Some(point.id))?;
    contact::place(tx, (id, &tid), point.establishment, above.effective(own))?;
    term_store::insert(tx, id, &tid, &serial)?;
    fact::place(tx, &new.facts(id, &kind.code))?;
    store::install(tx, id, &serial, now)?;
    let made = found(tx, id)?;
    handlers.registered(tx, actor, &made, now)?;
    tell(tx, actor, &made, "terminal.registered", json!({}), now);
    let after = json!({ "serial_number": serial, "model": kind.code,
                        "point_of_service": point.code, "interval_s": interval_s });
    tx.record(
        audited(actor, now, "terminal.register", "terminal", &tid)
            .within(point.establishment)
            .after(after),
    );
    Ok((made, Put::Created))
}

impl New<'_> {
    fn facts<'a>(&self, id: TerminalId, model: &'a str) -> fact::New<'a> {
        fact::New {
            terminal: id,
            establishment: self.establishment,
            sort_key: natural(self.tid.as_str()),
            model,
            point: self.point_of_service,
        }
    }
}

/// A TID that is there already: fine when it is the same terminal, told as taken otherwise. Who
/// leaves the interval open accepts any.
fn taken(
    tx: &mut Tx,
    actor: &Actor,
    new: &New<'_>,
    any_interval: bool,
) -> Result<(Terminal, Put), Error> {
    let same = |it: &Terminal| {
        it.serial_number == new.serial_number
            && it.model == new.model
            && it.point_of_service == new.point_of_service
            && it.life != Life::Retired
    };
    let there = find(tx, &actor.scope, new.tid)?.filter(same);
    let it = there.ok_or(Error::TidTaken)?;
    if any_interval || it.interval_s == new.interval_s {
        return Ok((it, Put::Same));
    }
    // Lists tell the interval that is in effect: one that is inherited is no other.
    let contact = contact::contact(tx, it.id)?.filter(|_| it.interval_s.is_none());
    match contact.map(|contact| contact.effective.interval_s) {
        Some(inherited) if Some(inherited) == new.interval_s => Ok((it, Put::Same)),
        _ => Err(Error::TidTaken),
    }
}

/// Changes model, interval and log level where the terminal stands.
pub fn change(
    tx: &mut Tx,
    actor: &Actor,
    tid: &Tid,
    edit: &Edit,
    seen: Option<i64>,
    now: Millis,
) -> Result<Terminal, Error> {
    profile::hold(tx)?;
    let before = open(tx, actor, tid)?;
    let mut wrong = Vec::new();
    let kind = match &edit.model {
        None => None,
        Some(code) => {
            let kind = catalogue::find(tx, code)?;
            if kind.is_none() {
                wrong.push(("model", "terminal.no-such-model"));
            }
            kind
        }
    };
    let own = Own {
        interval_s: before.interval_s,
        log_level: before.log_level,
    };
    let wish = (edit.interval_s.as_deref(), edit.log_level.as_deref());
    let wish = match profile::wish_of(own, wish.0, wish.1) {
        Ok(wish) => wish,
        Err(Error::Invalid(faults)) => return Err(Error::and(faults, wrong)),
        Err(other) => return Err(other),
    };
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let kind = kind.filter(|kind| kind.id != before.model);
    let model_id = kind.as_ref().map(|kind| kind.id);
    if wish == own && model_id.is_none() && seen.is_none_or(|v| v == before.version) {
        return Ok(before);
    }
    let changes = Changes {
        model_id,
        interval_s: Some(wish.interval_s),
        log_level: Some(wish.log_level.map(|level| level.code().to_owned())),
        ..Changes::default()
    };
    save(tx, &before, seen, changes, now)?;
    if let Some(kind) = &kind {
        fact::set_model(tx, before.id, &kind.code)?;
    }
    profile::refresh(tx, before.id, now)?;
    let after = found(tx, before.id)?;
    let facts = |it: &Terminal| json!({ "model": it.model, "interval_s": it.interval_s, "log_level": it.log_level });
    note(
        tx,
        (actor, now),
        "terminal.change",
        (&after, facts(&before), facts(&after)),
    );
    tell(tx, actor, &after, "terminal.changed", json!({}), now);
    Ok(after)
}

/// Moves the terminal to another point of service, and with it to that one's establishment. What
/// happened before stays with the establishment where it happened; what is still to be done, and
/// what the terminal holds, goes along.
pub fn move_to(
    tx: &mut Tx,
    handlers: &Handlers,
    actor: &Actor,
    tid: &Tid,
    to: &str,
    seen: Option<i64>,
    now: Millis,
) -> Result<Terminal, Error> {
    profile::hold(tx)?;
    let before = open(tx, actor, tid)?;
    let to = point(tx, actor, to)?
        .ok_or_else(|| Error::field("point_of_service", "terminal.no-such-point"))?;
    if to.id == before.point_of_service {
        return Err(Error::field("point_of_service", "terminal.stands-there"));
    }
    let changes = Changes {
        establishment_id: Some(to.establishment),
        point_of_service_id: Some(to.id),
        ..Changes::default()
    };
    save(tx, &before, seen, changes, now)?;
    contact::moved(tx, before.id, to.establishment)?;
    work::moved(tx, before.id, to.establishment)?;
    tag_store::moved(tx, before.id, to.establishment)?;
    fact::moved(tx, before.id, (to.establishment, to.id))?;
    profile::refresh(tx, before.id, now)?;
    let after = found(tx, before.id)?;
    handlers.moved(tx, actor, &after, now)?;
    let from = network::point_by_id(tx, before.point_of_service)?;
    let from = from.map_or_else(String::new, |point| point.code);
    let told = json!({ "from": from, "to": to.code });
    note(
        tx,
        (actor, now),
        "terminal.move",
        (
            &after,
            json!({ "point_of_service": from }),
            json!({ "point_of_service": to.code }),
        ),
    );
    tell(tx, actor, &after, "terminal.moved", told, now);
    Ok(after)
}

/// Changes what `edit` names and moves the terminal to the point of service `to`, all or nothing.
/// What is so already stays untouched.
pub fn amend(
    tx: &mut Tx,
    handlers: &Handlers,
    actor: &Actor,
    tid: &Tid,
    (edit, to): (&Edit, Option<&str>),
    seen: Option<i64>,
    now: Millis,
) -> Result<Terminal, Error> {
    let it = change(tx, actor, tid, edit, seen, now)?;
    let Some(to) = to else {
        return Ok(it);
    };
    let stands = network::point_by_id(tx, it.point_of_service)?;
    if stands.is_some_and(|point| point.code == to.trim()) {
        return Ok(it);
    }
    move_to(tx, handlers, actor, tid, to, Some(it.version), now)
}

/// The terminal, if it is in `scope`, for this transaction alone. Its hot row is locked before
/// anything else, as in every verb of the slice: whoever changes what belongs to a terminal begins
/// here, so that two never wait for each other and none sees the place that it just left.
pub fn claim(tx: &mut Tx, scope: &Scope, tid: &Tid) -> Result<Option<Terminal>, db::Error> {
    let Some(seen) = find(tx, scope, tid)? else {
        return Ok(None);
    };
    contact::lock(tx, seen.id)?;
    find(tx, scope, tid)
}

/// The terminal, claimed, if it is in the actor's scope and still in service.
pub(super) fn open(tx: &mut Tx, actor: &Actor, tid: &Tid) -> Result<Terminal, Error> {
    let unknown = || Error::NoTerminal(tid.to_string());
    let place = claim(tx, &actor.scope, tid)?.ok_or_else(unknown)?;
    match place.life {
        Life::Retired => Err(Error::IsRetired),
        _ => Ok(place),
    }
}

fn point(tx: &mut Tx, actor: &Actor, code: &str) -> Result<Option<PointOfService>, Error> {
    Ok(network::find_point(tx, &actor.scope, code.trim())?)
}

pub(super) fn found(tx: &mut Tx, id: TerminalId) -> Result<Terminal, Error> {
    terminal(tx, id)?.ok_or_else(|| Error::NoTerminal(id.to_string()))
}

pub(super) fn save(
    tx: &mut Tx,
    before: &Terminal,
    seen: Option<i64>,
    changes: Changes,
    now: Millis,
) -> Result<(), Error> {
    let seen = seen.unwrap_or(before.version);
    store::update(tx, before.id, seen, changes, now)?
        .then_some(())
        .ok_or(Error::Stale)
}

pub(super) fn note(
    tx: &mut Tx,
    (actor, now): (&Actor, Millis),
    verb: &'static str,
    (it, before, after): (&Terminal, Value, Value),
) {
    tx.record(
        audited(actor, now, verb, "terminal", &it.tid)
            .within(it.establishment)
            .before(before)
            .after(after),
    );
}

pub(super) fn tell(
    tx: &mut Tx,
    actor: &Actor,
    it: &Terminal,
    kind: &'static str,
    mut body: Value,
    now: Millis,
) {
    body["tid"] = json!(it.tid);
    body["by"] = actor.who.name().into();
    tx.emit(Event {
        at: now,
        kind,
        subject: it.tid.to_string(),
        establishment: Some(it.establishment),
        body,
    });
}
