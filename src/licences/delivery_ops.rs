//! A licence on its way to its terminal: told, fetched, confirmed or not; and what every verb says of
//! itself.
use super::change_store as changes;
use super::error::Error;
use super::look_ops::place_of;
use super::model::{Ending, KIND, LINK, Licence, Place, State};
use super::store;
use crate::access::{Actor, Scope, change};
use crate::clock::Millis;
use crate::db::{self, Event, Tx};
use crate::ids::{TerminalId, WorkId};
use crate::storage;
use crate::terminals::{self, Finished, Life, NewWork, Terminal, WorkState};
use serde_json::json;

/// Keeps up whether a terminal in service has a licence at all.
pub(super) fn refresh_bare(tx: &mut Tx, place: &Terminal, now: Millis) -> Result<(), db::Error> {
    let is_bare = place.life != Life::Retired && store::current_of(tx, place.id)?.is_empty();
    if is_bare {
        changes::note_bare(tx, &place_of(place), &place.serial_number, now)
    } else {
        changes::forget_bare(tx, place.id)
    }
}

/// Says of a terminal how its licences stand: the one that needs somebody comes before the others.
pub(super) fn refresh_fact(tx: &mut Tx, terminal: TerminalId) -> Result<(), db::Error> {
    let current = store::current_of(tx, terminal)?;
    let order = [
        State::Failed,
        State::Waiting,
        State::Fetched,
        State::Confirmed,
    ];
    let first = order
        .into_iter()
        .find(|state| current.iter().any(|it| it.state == *state));
    let word = first.map_or(terminals::NO_FACT, State::code);
    terminals::set_facts(tx, terminal, &[(terminals::LICENCE_FACT, word)])
}

/// The last byte is about to leave for the terminal.
pub(super) fn fetched(tx: &mut Tx, licence: &Licence, now: Millis) -> Result<(), db::Error> {
    // The terminal before the licence, as everybody takes them.
    if let Some(place) = &licence.place {
        terminals::claim(tx, &Scope::All, &place.tid)?;
    }
    if changes::mark_fetched(tx, licence.id, now)? {
        tx.emit(event("licence.fetched", licence, now));
        if let Some(place) = &licence.place {
            refresh_fact(tx, place.terminal)?;
        }
    }
    Ok(())
}

/// The terminal's work came to an end: the outcome handler that `app` registers for [`KIND`].
pub fn finished(tx: &mut Tx, what: &Finished, now: Millis) -> Result<(), db::Error> {
    // Work for a licence that was replaced or deleted meanwhile says nothing about the current one.
    let Some(licence) = store::current_by_work(tx, what.item.id)? else {
        return Ok(());
    };
    let state = what.item.track.state;
    let ending = Ending::judge(
        state == WorkState::Done,
        licence.fetched_at.is_some(),
        what.item.outcome_code.as_deref(),
        state.code(),
    );
    if changes::settle(tx, licence.id, &ending, now)? {
        let kind = match ending {
            Ending::Confirmed => "licence.confirmed",
            // The terminal had no say in it.
            Ending::Failed(_) if state == WorkState::Cancelled => "licence.taken-back",
            Ending::Failed(_) => "licence.failed",
        };
        tx.emit(event(kind, &licence, now));
        refresh_fact(tx, what.item.terminal)?;
    }
    Ok(())
}

pub(super) fn deliver(
    tx: &mut Tx,
    actor: &Actor,
    licence: &Licence,
    place: &Place,
    now: Millis,
) -> Result<WorkId, Error> {
    let mut payload = json!({
        "file_name": licence.file_name,
        "size_bytes": licence.size_bytes,
        "sha256": licence.sha256,
    });
    if !licence.facts.software.is_empty() {
        payload["software"] = licence.facts.software.as_str().into();
    }
    let work = NewWork {
        terminal: place.terminal,
        kind: KIND,
        natural_key: licence.work_key(),
        link: Some(format!("{LINK}/{}", licence.id)),
        payload,
        expires_at: None,
    };
    let id = terminals::assign(tx, actor, work, now)?;
    if !changes::send(tx, licence.id, id)? {
        return Err(Error::NotCurrent);
    }
    refresh_fact(tx, place.terminal)?;
    Ok(id)
}

/// Takes back the work that is to deliver it.
pub(super) fn take_back(
    tx: &mut Tx,
    actor: &Actor,
    licence: &Licence,
    now: Millis,
) -> Result<(), Error> {
    if let Some(place) = &licence.place {
        terminals::cancel(tx, actor, place.terminal, &licence.work_key(), now)?;
    }
    Ok(())
}

pub(super) fn bury(
    tx: &mut Tx,
    actor: &Actor,
    licence: &Licence,
    state: State,
    now: Millis,
) -> Result<(), Error> {
    if !changes::bury(tx, licence.id, state, actor.who.name(), now)? {
        return Err(Error::NotCurrent);
    }
    release(tx, licence)
}

pub(super) fn release(tx: &mut Tx, licence: &Licence) -> Result<(), Error> {
    match licence.blob {
        Some(blob) => Ok(storage::release(tx, blob)?),
        None => Ok(()),
    }
}

/// Puts a change into the audit, under the terminal where there is one.
pub(super) fn note(
    tx: &mut Tx,
    actor: &Actor,
    verb: &'static str,
    before: Option<&Licence>,
    after: Option<&Licence>,
    now: Millis,
) {
    let Some(licence) = after.or(before) else {
        return;
    };
    let mut record = match &licence.place {
        Some(place) => change(actor, now, verb, "terminal", &place.tid).within(place.establishment),
        None => change(actor, now, verb, "device", &licence.facts.serial_number),
    };
    if let Some(before) = before {
        record = record.before(facts(before));
    }
    if let Some(after) = after {
        record = record.after(facts(after));
    }
    tx.record(record);
}

/// What the audit keeps of a licence.
fn facts(licence: &Licence) -> serde_json::Value {
    json!({
        "serial_number": licence.facts.serial_number,
        "platform": licence.facts.platform,
        "software": licence.facts.software,
        "lic_id": licence.facts.lic_id,
        "file_name": licence.file_name,
        "size_bytes": licence.size_bytes,
        "sha256": licence.sha256,
        "state": licence.state,
    })
}

pub(super) fn event(kind: &'static str, licence: &Licence, now: Millis) -> Event {
    let mut body = json!({
        "serial_number": licence.facts.serial_number,
        "file_name": licence.file_name,
    });
    if let Some(place) = &licence.place {
        body["tid"] = json!(place.tid);
    }
    Event {
        at: now,
        kind,
        subject: licence.subject().to_owned(),
        establishment: licence.place.as_ref().map(|place| place.establishment),
        body,
    }
}
