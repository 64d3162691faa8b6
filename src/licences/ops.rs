//! What can be done with licences. Every verb that changes something says so in the audit and, on
//! a transition, in the outbox.
use super::change_store as changes;
use super::delivery_ops::{
    bury, deliver, event, note, refresh_bare, refresh_fact, release, take_back,
};
use super::error::Error;
use super::facts_model::Facts;
use super::look_ops::{find, is_same_word, may_send_again, place_of, platform_of, serving};
use super::model::{Licence, Place, Replace, State, Uploaded, Whose};
use super::store;
use crate::access::{Actor, Scope};
use crate::clock::Millis;
use crate::db::{self, Tx};
use crate::ids::{LicenceId, Tid};
use crate::storage::{self, Blob};
use crate::terminals::{self, Life, Terminal, WorkError};

/// A file on its way to a device.
#[derive(Debug, Clone)]
pub struct NewLicence {
    /// The terminal whose device it is for, when the uploader names that; then the serial number may
    /// be left out, and has to be that device's otherwise.
    pub tid: Option<Tid>,
    pub facts: Facts,
    pub file_name: String,
    pub blob: Blob,
}

/// A licence that the caller may see, with its terminal claimed and its serial number locked.
pub(super) fn take(
    tx: &mut Tx,
    scope: &Scope,
    id: LicenceId,
) -> Result<(Licence, Option<Terminal>), Error> {
    let seen = find(tx, scope, id)?;
    let place = match &seen.place {
        // Of a tombstone the terminal may have moved out of the caller's sight.
        Some(place) => terminals::claim(tx, &Scope::All, &place.tid)?,
        None => None,
    };
    store::lock_serial(tx, &seen.facts.serial_number)?;
    let licence = find(tx, scope, id)?;
    if licence.is_current && licence.place != seen.place {
        return Err(moved_meanwhile());
    }
    Ok((licence, place))
}

fn moved_meanwhile() -> Error {
    let why = "a device changed its place while its licence was changed";
    db::Error::Busy(anyhow::anyhow!(why)).into()
}

/// Deposits a licence. The same file for the same key again changes nothing; another one takes the
/// place of the current licence only where `replace` says so.
pub fn upload(
    tx: &mut Tx,
    actor: &Actor,
    new: NewLicence,
    replace: Replace,
    now: Millis,
) -> Result<(Licence, Uploaded), Error> {
    take_in(tx, actor, new, (replace, Whose::Anybodys), now)
}

/// The same for who answers for some licences only: where the key has somebody else's, nothing is
/// done and nothing told of it.
#[expect(clippy::needless_pass_by_value, reason = "a file is deposited once")]
pub(super) fn take_in(
    tx: &mut Tx,
    actor: &Actor,
    new: NewLicence,
    (replace, whose): (Replace, Whose),
    now: Millis,
) -> Result<(Licence, Uploaded), Error> {
    let (place, facts) = locate(tx, actor, &new)?;
    let before = store::current_of_key(tx, &facts)?;
    let is_mine = |it: &Licence| it.is_by(actor.who.kind(), actor.who.id());
    if whose == Whose::Own && before.as_ref().is_some_and(|it| !is_mine(it)) {
        return Err(Error::NotYours);
    }
    let outcome = match &before {
        None => Uploaded::New,
        Some(own) if own.sha256 == new.blob.sha256.as_str() => {
            return Ok((own.clone(), Uploaded::Same));
        }
        Some(_) if replace == Replace::Refuse => return Err(Error::Exists),
        Some(own) => {
            take_back(tx, actor, own, now)?;
            bury(tx, actor, own, State::Superseded, now)?;
            Uploaded::Superseding
        }
    };
    let row = store::New {
        place: place.as_ref(),
        facts: &facts,
        file_name: &new.file_name,
        size_bytes: i64::try_from(new.blob.size_bytes).unwrap_or(i64::MAX),
        sha256: new.blob.sha256.as_str(),
        blob: new.blob.id,
        by: actor.who.name(),
        source: (actor.who.kind(), actor.who.id()),
    };
    // Nobody else's upload may have come first.
    let id = store::insert(tx, &row, now)?.ok_or(Error::Exists)?;
    if !storage::hold(tx, new.blob.id)? {
        let late = "it waited too long to be used".to_owned();
        return Err(storage::Error::Interrupted(late).into());
    }
    let mut licence = store::find(tx, id)?.ok_or(Error::NoLicence)?;
    if let Some(place) = &place {
        deliver(tx, actor, &licence, place, now)?;
        changes::forget_bare(tx, place.terminal)?;
        licence = store::find(tx, id)?.ok_or(Error::NoLicence)?;
    }
    note(
        tx,
        actor,
        "licence.upload",
        before.as_ref(),
        Some(&licence),
        now,
    );
    tx.emit(event("licence.uploaded", &licence, now));
    Ok((licence, outcome))
}

/// The terminal that an upload is for, claimed, and what is known of the file by then. Its serial
/// number is locked: nobody gives it a licence or a terminal until the end.
fn locate(tx: &mut Tx, actor: &Actor, new: &NewLicence) -> Result<(Option<Place>, Facts), Error> {
    let mut facts = new.facts.clone();
    let place = match &new.tid {
        Some(tid) => {
            let place = terminals::claim(tx, &actor.scope, tid)?;
            let place = place.ok_or_else(|| Error::NoTerminal(tid.to_string()))?;
            if place.life == Life::Retired {
                return Err(WorkError::Retired.into());
            }
            if facts.serial_number.trim().is_empty() {
                facts.serial_number.clone_from(&place.serial_number);
            }
            Some(place)
        }
        None => None,
    };
    let mut facts = facts.check().map_err(Error::Invalid)?;
    let place = match place {
        Some(place) if !is_same_word(&place.serial_number, &facts.serial_number) => {
            return Err(Error::OtherDevice(place.tid.to_string()));
        }
        Some(place) => Some(place),
        None => match serving(tx, &actor.scope, &facts.serial_number)? {
            Some(place) => terminals::claim(tx, &actor.scope, &place.tid)?,
            None => None,
        },
    };
    store::lock_serial(tx, &facts.serial_number)?;
    let found = terminals::serving(tx, &facts.serial_number)?;
    let id = |it: &Option<Terminal>| it.as_ref().map(|it| it.id);
    if new.tid.is_none() && id(&found) != id(&place) {
        return Err(moved_meanwhile());
    }
    if facts.platform.is_empty()
        && let Some(place) = &place
    {
        facts.platform = platform_of(tx, place)?;
    }
    Ok((place.as_ref().map(place_of), facts))
}

/// Tells the terminal again, after a delivery that failed or was taken back.
pub(super) fn send_again(
    tx: &mut Tx,
    actor: &Actor,
    id: LicenceId,
    now: Millis,
) -> Result<Licence, Error> {
    let (licence, _) = take(tx, &actor.scope, id)?;
    if !licence.is_current {
        return Err(Error::NotCurrent);
    }
    let again = may_send_again(tx, &licence)?;
    let Some(place) = licence.place.as_ref().filter(|_| again) else {
        return Err(Error::NothingToSend);
    };
    deliver(tx, actor, &licence, place, now)?;
    note(tx, actor, "licence.send-again", None, Some(&licence), now);
    Ok(licence)
}

/// Takes a licence back. One that a terminal has seen stays as a tombstone.
pub(super) fn delete(
    tx: &mut Tx,
    actor: &Actor,
    id: LicenceId,
    now: Millis,
) -> Result<Licence, Error> {
    let (licence, terminal) = take(tx, &actor.scope, id)?;
    if changes::erase(tx, id)? {
        release(tx, &licence)?;
    } else {
        bury(tx, actor, &licence, State::Deleted, now)?;
    }
    take_back(tx, actor, &licence, now)?;
    if let Some(terminal) = terminal {
        refresh_fact(tx, terminal.id)?;
        refresh_bare(tx, &terminal, now)?;
    }
    note(tx, actor, "licence.delete", Some(&licence), None, now);
    tx.emit(event("licence.deleted", &licence, now));
    Ok(licence)
}
