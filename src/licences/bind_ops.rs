//! What becomes of licences when a terminal is registered, moves, retires or gets another device: the
//! handlers that `app` registers. They run in the transaction of that change.
use super::change_store as changes;
use super::delivery_ops::{deliver, event, note, refresh_bare, refresh_fact, take_back};
use super::error::Error;
use super::facts_model::Facts;
use super::look_ops::{place_of, platform_of};
use super::model::{Licence, OnReplacement, Place};
use super::store;
use crate::access::Actor;
use crate::clock::Millis;
use crate::db::{self, Conn, Tx};
use crate::terminals::{Choice, Replaced, Terminal};

/// What who replaces a device is asked: `app` registers it.
pub const ON_REPLACEMENT: Choice = Choice {
    name: "licences",
    label_key: "licences-on-replacement",
    hint_key: "licences-on-replacement-hint",
    answers: &[
        ("move", "licences-on-replacement-move"),
        ("leave", "licences-on-replacement-leave"),
    ],
    is_asked: has_any,
};

fn has_any(conn: &mut Conn, of: &Terminal) -> Result<bool, db::Error> {
    Ok(!store::current_of(conn, of.id)?.is_empty())
}

/// A terminal was registered: what waited for its serial number attaches.
pub fn registered(
    tx: &mut Tx,
    actor: &Actor,
    place: &Terminal,
    now: Millis,
) -> Result<(), db::Error> {
    store::lock_serial(tx, &place.serial_number)?;
    in_fault(attach_waiting(tx, actor, place, now))?;
    refresh_bare(tx, place, now)
}

/// The terminal stands elsewhere.
pub fn moved(tx: &mut Tx, _: &Actor, to: &Terminal, _: Millis) -> Result<(), db::Error> {
    changes::moved(tx, to.id, to.establishment)
}

/// The terminal is out of service: its device serves nowhere, and its licences wait for it.
pub fn retired(tx: &mut Tx, actor: &Actor, place: &Terminal, now: Millis) -> Result<(), db::Error> {
    store::lock_serial(tx, &place.serial_number)?;
    for licence in store::current_of(tx, place.id)? {
        in_fault(leave(tx, actor, &licence, now))?;
    }
    refresh_fact(tx, place.id)?;
    changes::forget_bare(tx, place.id)
}

/// Another device serves, and somebody chose what becomes of the old one's licences. What was
/// deposited for the new one goes before what could move to it.
pub fn replaced(tx: &mut Tx, actor: &Actor, what: &Replaced, now: Millis) -> Result<(), db::Error> {
    let place = what.place;
    let mut serials = [what.old_serial, place.serial_number.as_str()];
    serials.sort_unstable();
    for serial in serials {
        store::lock_serial(tx, serial)?;
    }
    let chosen = OnReplacement::parse(what.chosen(ON_REPLACEMENT.name));
    for licence in store::current_of(tx, place.id)? {
        let done = match chosen {
            Some(OnReplacement::Leave) => leave(tx, actor, &licence, now),
            Some(OnReplacement::Move) | None => take_along(tx, actor, &licence, place, now),
        };
        in_fault(done)?;
    }
    in_fault(attach_waiting(tx, actor, place, now))?;
    refresh_fact(tx, place.id)?;
    refresh_bare(tx, place, now)
}

/// Gives the terminal every licence that waits for its serial number.
fn attach_waiting(tx: &mut Tx, actor: &Actor, place: &Terminal, now: Millis) -> Result<(), Error> {
    let bound = store::current_of_serial(tx, &place.serial_number)?;
    for licence in bound.iter().filter(|licence| licence.place.is_none()) {
        attach(tx, actor, licence, place, now)?;
    }
    Ok(())
}

fn attach(
    tx: &mut Tx,
    actor: &Actor,
    licence: &Licence,
    place: &Terminal,
    now: Millis,
) -> Result<(), Error> {
    let at = place_of(place);
    let facts = filled(tx, licence, place)?;
    if !changes::attach(tx, licence.id, &at, &facts.platform)? {
        return Err(Error::NotCurrent);
    }
    if facts != licence.facts {
        renew_terms(tx, licence, &facts)?;
    }
    let attached = Licence {
        place: Some(at.clone()),
        facts,
        ..licence.clone()
    };
    deliver(tx, actor, &attached, &at, now)?;
    note(
        tx,
        actor,
        "licence.attach",
        Some(licence),
        Some(&attached),
        now,
    );
    tx.emit(event("licence.attached", &attached, now));
    Ok(())
}

/// A platform that nobody named is that of the terminal's model, unless that has its licence.
fn filled(tx: &mut Tx, licence: &Licence, place: &Terminal) -> Result<Facts, Error> {
    let mut facts = licence.facts.clone();
    if facts.platform.is_empty() {
        facts.platform = platform_of(tx, place)?;
        if store::current_of_key(tx, &facts)?.is_some_and(|other| other.id != licence.id) {
            facts.platform.clear();
        }
    }
    Ok(facts)
}

/// Binds a licence of the old device to the new one, which never had it and is told of it. Where the
/// new one has a licence of its own for the same software, the old one's stays behind.
fn take_along(
    tx: &mut Tx,
    actor: &Actor,
    licence: &Licence,
    place: &Terminal,
    now: Millis,
) -> Result<(), Error> {
    let facts = Facts {
        serial_number: place.serial_number.clone(),
        ..licence.facts.clone()
    };
    if store::current_of_key(tx, &facts)?.is_some_and(|own| own.id != licence.id) {
        return leave(tx, actor, licence, now);
    }
    if !changes::rebind(tx, licence.id, &facts.serial_number)? {
        return Err(Error::NotCurrent);
    }
    renew_terms(tx, licence, &facts)?;
    let at: Place = place_of(place);
    let bound = Licence {
        facts,
        ..licence.clone()
    };
    deliver(tx, actor, &bound, &at, now)?;
    note(
        tx,
        actor,
        "licence.rebind",
        Some(licence),
        Some(&bound),
        now,
    );
    tx.emit(event("licence.rebound", &bound, now));
    Ok(())
}

/// Takes a licence from its terminal; it stays bound to its device and waits for it.
fn leave(tx: &mut Tx, actor: &Actor, licence: &Licence, now: Millis) -> Result<(), Error> {
    take_back(tx, actor, licence, now)?;
    if !changes::detach(tx, licence.id)? {
        return Err(Error::NotCurrent);
    }
    note(tx, actor, "licence.detach", Some(licence), None, now);
    tx.emit(event("licence.detached", licence, now));
    Ok(())
}

fn renew_terms(tx: &mut Tx, licence: &Licence, facts: &Facts) -> Result<(), db::Error> {
    store::forget_terms(tx, licence.id)?;
    store::note_terms(tx, licence.id, facts)
}

/// Here nothing of a licence is refused: what goes wrong undoes the whole change.
fn in_fault(done: Result<(), Error>) -> Result<(), db::Error> {
    done.map_err(|cause| match cause {
        Error::Db(cause) => cause,
        other => db::Error::Fault(other.into()),
    })
}
