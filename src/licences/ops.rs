//! What can be done with licences. Every verb that changes something says so in the audit and, on
//! a transition, in the outbox.
use super::error::Error;
use super::model::{Ending, KIND, LINK, Licence, Replace, State, Uploaded};
use super::store::{self, Search};
use crate::access::{Actor, Scope, change};
use crate::clock::Millis;
use crate::db::{self, Conn, Event, Tx};
use crate::http::{Page, Turn};
use crate::ids::{LicenceId, TerminalId, Tid, WorkId};
use crate::storage::{self, Blob};
use crate::terminals::{self, Finished, Item, NewWork, Terminal, WorkState};
use serde_json::json;

/// How many of a terminal's former licences its page shows.
const HISTORY: i64 = 20;

/// A file on its way to a terminal.
#[derive(Debug, Clone)]
pub struct NewLicence {
    pub tid: Tid,
    pub file_name: String,
    pub blob: Blob,
}

/// The terminal, if the caller may see it. Asked before a file is taken in for it.
pub(super) fn terminal(conn: &mut Conn, scope: &Scope, tid: &Tid) -> Result<Terminal, Error> {
    terminals::find(conn, scope, tid)?.ok_or_else(|| Error::NoTerminal(tid.to_string()))
}

/// The same for a change: nobody else changes the terminal or its licence until this is done.
fn claim(tx: &mut Tx, scope: &Scope, tid: &Tid) -> Result<Terminal, Error> {
    terminals::claim(tx, scope, tid)?.ok_or_else(|| Error::NoTerminal(tid.to_string()))
}

/// A licence that the caller may see, with its terminal claimed.
fn take(tx: &mut Tx, scope: &Scope, id: LicenceId) -> Result<Licence, Error> {
    let seen = find(tx, scope, id)?;
    // Of a tombstone the terminal may have moved out of the caller's sight.
    terminals::claim(tx, scope, &seen.tid)?;
    find(tx, scope, id)
}

/// A licence that the caller may see.
pub(super) fn find(conn: &mut Conn, scope: &Scope, id: LicenceId) -> Result<Licence, Error> {
    store::find(conn, id)?
        .filter(|licence| scope.holds(licence.establishment))
        .ok_or(Error::NoLicence)
}

/// A licence with its file.
pub(super) fn open(
    conn: &mut Conn,
    scope: &Scope,
    id: LicenceId,
) -> Result<(Licence, Blob), Error> {
    let licence = find(conn, scope, id)?;
    let blob = blob_of(conn, &licence)?.ok_or(Error::FileGone)?;
    Ok((licence, blob))
}

/// The current licence of a terminal with its file, as the terminal itself gets it.
pub(super) fn of_terminal(conn: &mut Conn, id: TerminalId) -> Result<(Licence, Blob), Error> {
    let licence = store::current_of(conn, id)?.ok_or(Error::None)?;
    let blob = blob_of(conn, &licence)?.ok_or(Error::None)?;
    Ok((licence, blob))
}

/// A terminal's licences, newest first.
pub(super) fn history(conn: &mut Conn, of: TerminalId) -> Result<Vec<Licence>, db::Error> {
    store::history(conn, of, HISTORY)
}

pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    search: &Search,
    turn: &Turn,
) -> Result<Page<Licence>, Error> {
    let (rows, counted) = store::list(conn, scope, search, turn)?;
    Ok(turn.page(rows, counted, |licence| (String::new(), licence.id.0)))
}

/// Whether a licence's delivery has come to rest without success, so that it may be sent again.
pub(super) fn may_send_again(conn: &mut Conn, licence: &Licence) -> Result<bool, db::Error> {
    if !licence.is_current || licence.state == State::Confirmed {
        return Ok(false);
    }
    Ok(work_of(conn, licence)?.is_none_or(|item| item.track.state.is_final()))
}

fn work_of(conn: &mut Conn, licence: &Licence) -> Result<Option<Item>, db::Error> {
    match licence.work {
        Some(work) => terminals::find_work(conn, work),
        None => Ok(None),
    }
}

fn blob_of(conn: &mut Conn, licence: &Licence) -> Result<Option<Blob>, Error> {
    match licence.blob {
        Some(blob) => Ok(storage::find(conn, blob)?),
        None => Ok(None),
    }
}

/// Gives a terminal its licence. The same file again changes nothing; another one takes the place
/// of the current licence only where `replace` says so.
pub fn upload(
    tx: &mut Tx,
    actor: &Actor,
    new: NewLicence,
    replace: Replace,
    now: Millis,
) -> Result<(Licence, Uploaded), Error> {
    let place = claim(tx, &actor.scope, &new.tid)?;
    let before = store::current_of(tx, place.id)?;
    let outcome = match &before {
        None => Uploaded::New,
        Some(own) if is_same(own, &new) => return Ok((own.clone(), Uploaded::Same)),
        Some(_) if replace == Replace::Refuse => return Err(Error::Exists),
        Some(own) => {
            bury(tx, actor, own, State::Superseded, now)?;
            Uploaded::Superseding
        }
    };
    let row = store::New {
        terminal: place.id,
        tid: new.tid,
        establishment: place.establishment,
        file_name: new.file_name,
        size_bytes: i64::try_from(new.blob.size_bytes).unwrap_or(i64::MAX),
        sha256: new.blob.sha256.to_string(),
        blob: new.blob.id,
        by: actor.who.name().to_owned(),
    };
    // Nobody else's upload may have come first.
    let id = store::insert(tx, &row, now)?.ok_or(Error::Exists)?;
    if !storage::hold(tx, row.blob)? {
        let late = "it waited too long to be used".to_owned();
        return Err(storage::Error::Interrupted(late).into());
    }
    let licence = store::find(tx, id)?.ok_or(Error::NoLicence)?;
    deliver(tx, actor, &licence, now)?;
    tx.record(
        change(actor, now, "licence.upload", "terminal", &licence.tid)
            .within(licence.establishment)
            .before(before.as_ref().map(facts))
            .after(facts(&licence)),
    );
    tx.emit(event("licence.uploaded", &licence, now));
    let licence = store::find(tx, id)?.ok_or(Error::NoLicence)?;
    Ok((licence, outcome))
}

fn is_same(own: &Licence, new: &NewLicence) -> bool {
    own.sha256 == new.blob.sha256.as_str() && own.file_name == new.file_name
}

/// Tells the terminal again, after a delivery that failed or was taken back.
pub(super) fn send_again(
    tx: &mut Tx,
    actor: &Actor,
    id: LicenceId,
    now: Millis,
) -> Result<Licence, Error> {
    let licence = take(tx, &actor.scope, id)?;
    if !licence.is_current {
        return Err(Error::NotCurrent);
    }
    if !may_send_again(tx, &licence)? {
        return Err(Error::NothingToSend);
    }
    deliver(tx, actor, &licence, now)?;
    note_sent_again(tx, actor, &licence, now);
    Ok(licence)
}

fn note_sent_again(tx: &mut Tx, actor: &Actor, licence: &Licence, now: Millis) {
    let record = change(actor, now, "licence.send-again", "terminal", &licence.tid);
    tx.record(record.within(licence.establishment).after(facts(licence)));
}

/// The terminal stands elsewhere: the handler that `app` registers for moves.
pub fn moved(tx: &mut Tx, _: &Actor, to: &Terminal, _: Millis) -> Result<(), db::Error> {
    store::moved(tx, to.id, to.establishment)
}

/// Another device serves, which never had the licence: the handler that `app` registers for
/// replacements tells it.
pub fn replaced(
    tx: &mut Tx,
    actor: &Actor,
    place: &Terminal,
    now: Millis,
) -> Result<(), db::Error> {
    let Some(licence) = store::current_of(tx, place.id)? else {
        return Ok(());
    };
    match deliver(tx, actor, &licence, now) {
        Ok(_) => note_sent_again(tx, actor, &licence, now),
        Err(Error::Db(cause)) => return Err(cause),
        Err(other) => return Err(db::Error::Fault(other.into())),
    }
    Ok(())
}

/// Takes a licence back. One that a terminal has seen stays as a tombstone.
pub(super) fn delete(
    tx: &mut Tx,
    actor: &Actor,
    id: LicenceId,
    now: Millis,
) -> Result<Licence, Error> {
    let licence = take(tx, &actor.scope, id)?;
    if store::erase(tx, id)? {
        release(tx, &licence)?;
    } else {
        bury(tx, actor, &licence, State::Deleted, now)?;
    }
    terminals::cancel(tx, actor, licence.terminal, KIND, now)?;
    tx.record(
        change(actor, now, "licence.delete", "terminal", &licence.tid)
            .within(licence.establishment)
            .before(facts(&licence)),
    );
    tx.emit(event("licence.deleted", &licence, now));
    Ok(licence)
}

/// The last byte is about to leave for the terminal.
pub(super) fn fetched(tx: &mut Tx, licence: &Licence, now: Millis) -> Result<(), db::Error> {
    if store::mark_fetched(tx, licence.id, now)? {
        tx.emit(event("licence.fetched", licence, now));
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
    if store::settle(tx, licence.id, &ending, now)? {
        let kind = match ending {
            Ending::Confirmed => "licence.confirmed",
            // The terminal had no say in it.
            Ending::Failed(_) if state == WorkState::Cancelled => "licence.taken-back",
            Ending::Failed(_) => "licence.failed",
        };
        tx.emit(event(kind, &licence, now));
    }
    Ok(())
}

fn deliver(tx: &mut Tx, actor: &Actor, licence: &Licence, now: Millis) -> Result<WorkId, Error> {
    let work = NewWork {
        terminal: licence.terminal,
        kind: KIND,
        natural_key: KIND.to_owned(),
        link: Some(LINK.to_owned()),
        payload: json!({
            "file_name": licence.file_name,
            "size_bytes": licence.size_bytes,
            "sha256": licence.sha256,
        }),
        expires_at: None,
    };
    let id = terminals::assign(tx, actor, work, now)?;
    let sent = store::send(tx, licence.id, id)?;
    sent.then_some(id).ok_or(Error::NotCurrent)
}

fn bury(
    tx: &mut Tx,
    actor: &Actor,
    licence: &Licence,
    state: State,
    now: Millis,
) -> Result<(), Error> {
    if !store::bury(tx, licence.id, state, actor.who.name(), now)? {
        return Err(Error::NotCurrent);
    }
    release(tx, licence)
}

fn release(tx: &mut Tx, licence: &Licence) -> Result<(), Error> {
    match licence.blob {
        Some(blob) => Ok(storage::release(tx, blob)?),
        None => Ok(()),
    }
}

/// What the audit keeps of a licence.
fn facts(licence: &Licence) -> serde_json::Value {
    json!({
        "file_name": licence.file_name,
        "size_bytes": licence.size_bytes,
        "sha256": licence.sha256,
        "state": licence.state,
    })
}

fn event(kind: &'static str, licence: &Licence, now: Millis) -> Event {
    Event {
        at: now,
        kind,
        subject: licence.tid.to_string(),
        establishment: Some(licence.establishment),
        body: json!({ "tid": licence.tid, "file_name": licence.file_name }),
    }
}
