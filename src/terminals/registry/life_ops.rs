//! The life of a terminal after registration: suspended and let in again, given another device,
//! retired. Guarded like everything in the registry.
use super::error::Error;
use super::model;
use super::ops::{found, note, open, save, tell};
use super::store::{self, Changes};
use super::{tag_store, term_store};
use crate::access::Actor;
use crate::clock::Millis;
use crate::db::Tx;
use crate::fold::fold;
use crate::ids::Tid;
use crate::terminals::activation;
use crate::terminals::contact;
use crate::terminals::credential::{self, RevokedWhy};
use crate::terminals::fact;
use crate::terminals::model::{Life, Terminal};
use crate::terminals::work::{self, Handlers};
use serde_json::json;
use std::collections::BTreeMap;

/// Shuts the terminal out for now; its credential is kept.
pub fn suspend(
    tx: &mut Tx,
    actor: &Actor,
    tid: &Tid,
    seen: Option<i64>,
    now: Millis,
) -> Result<Terminal, Error> {
    let before = open(tx, actor, tid)?;
    if before.life == Life::Suspended {
        return Err(Error::IsSuspended);
    }
    save(tx, &before, seen, life(Life::Suspended), now)?;
    contact::shut_out(tx, before.id)?;
    lived(
        tx,
        (actor, now),
        &before,
        ["terminal.suspend", "terminal.suspended"],
    )
}

/// Lets a suspended terminal in again, with the credential it had.
pub fn resume(
    tx: &mut Tx,
    actor: &Actor,
    tid: &Tid,
    seen: Option<i64>,
    now: Millis,
) -> Result<Terminal, Error> {
    let before = open(tx, actor, tid)?;
    if before.life != Life::Suspended {
        return Err(Error::NotSuspended);
    }
    let to = if credential::has_live(tx, before.id)? {
        Life::Active
    } else {
        Life::Registered
    };
    save(tx, &before, seen, life(to), now)?;
    contact::admit(tx, before.id)?;
    lived(
        tx,
        (actor, now),
        &before,
        ["terminal.resume", "terminal.resumed"],
    )
}

/// Takes the terminal out of service for good: its credential is revoked, its open work taken
/// back, its code dead. Its history stays.
pub fn retire(
    tx: &mut Tx,
    handlers: &Handlers,
    actor: &Actor,
    tid: &Tid,
    seen: Option<i64>,
    now: Millis,
) -> Result<Terminal, Error> {
    let before = open(tx, actor, tid)?;
    save(tx, &before, seen, life(Life::Retired), now)?;
    put_out_of_use(tx, handlers, actor, &before, RevokedWhy::Retired, now)?;
    contact::withdraw(tx, before.id)?;
    store::end_service(tx, before.id, now)?;
    term_store::retire(tx, before.id, &before.tid, &before.serial_number)?;
    tag_store::retire(tx, before.id)?;
    let after = found(tx, before.id)?;
    handlers.retired(tx, actor, &after, now)?;
    fact::retire(tx, before.id)?;
    lived(
        tx,
        (actor, now),
        &before,
        ["terminal.retire", "terminal.retired"],
    )
}

/// Puts another device at the place: the old one's credential is revoked and its open work taken
/// back; the new one needs an activation code, and is given again what it has to get too, as
/// `chosen` says of what belongs to the device.
pub fn replace(
    tx: &mut Tx,
    handlers: &Handlers,
    actor: &Actor,
    tid: &Tid,
    (serial_number, chosen): (&str, &BTreeMap<String, String>),
    seen: Option<i64>,
    now: Millis,
) -> Result<Terminal, Error> {
    let before = open(tx, actor, tid)?;
    let serial = model::serial(serial_number)
        .ok_or_else(|| Error::field("serial_number", "terminal.serial-form"))?;
    if serial == before.serial_number {
        return Err(Error::field("serial_number", "terminal.same-device"));
    }
    let chosen = handlers
        .chosen(chosen)
        .map_err(|name| Error::field(name, "terminal.no-such-choice"))?;
    let changes = Changes {
        serial_search: Some(fold(&serial)),
        serial_number: Some(serial.clone()),
        ..Changes::default()
    };
    save(tx, &before, seen, changes, now)?;
    put_out_of_use(tx, handlers, actor, &before, RevokedWhy::Replaced, now)?;
    store::install(tx, before.id, &serial, now)?;
    let devices = [before.serial_number.as_str(), serial.as_str()];
    term_store::replace(tx, before.id, &before.tid, devices)?;
    let after = found(tx, before.id)?;
    let what = (&after, before.serial_number.as_str(), &chosen);
    handlers.replaced(tx, actor, what, now)?;
    let told = json!({ "old": before.serial_number, "new": serial });
    note(
        tx,
        (actor, now),
        "terminal.replace-device",
        (
            &after,
            json!({ "serial_number": before.serial_number }),
            json!({ "serial_number": serial }),
        ),
    );
    tell(tx, actor, &after, "terminal.device-replaced", told, now);
    Ok(after)
}

/// Takes back the terminal's credential; it has to activate again.
pub fn revoke(tx: &mut Tx, actor: &Actor, tid: &Tid, now: Millis) -> Result<Terminal, Error> {
    let place = open(tx, actor, tid)?;
    if !credential::revoke(tx, actor, place.id, RevokedWhy::Operator, now)? {
        return Err(Error::NoCredential);
    }
    found(tx, place.id)
}

fn put_out_of_use(
    tx: &mut Tx,
    handlers: &Handlers,
    actor: &Actor,
    place: &Terminal,
    why: RevokedWhy,
    now: Millis,
) -> Result<(), Error> {
    credential::revoke(tx, actor, place.id, why, now)?;
    // A code made for the device that goes must open nothing.
    activation::void_code(tx, place.id)?;
    match work::cancel_all(tx, handlers, actor, place.id, now) {
        Ok(()) => Ok(()),
        Err(work::Error::Db(cause)) => Err(cause.into()),
        Err(_) => Err(Error::NoTerminal(place.tid.to_string())),
    }
}

fn life(to: Life) -> Changes {
    Changes {
        life: Some(to.code()),
        is_retired: Some(to == Life::Retired),
        ..Changes::default()
    }
}

/// Records and tells a change of life.
fn lived(
    tx: &mut Tx,
    (actor, now): (&Actor, Millis),
    before: &Terminal,
    [verb, told]: [&'static str; 2],
) -> Result<Terminal, Error> {
    let after = found(tx, before.id)?;
    let facts = |it: &Terminal| json!({ "life": it.life });
    note(
        tx,
        (actor, now),
        verb,
        (&after, facts(before), facts(&after)),
    );
    tell(tx, actor, &after, told, json!({}), now);
    Ok(after)
}
