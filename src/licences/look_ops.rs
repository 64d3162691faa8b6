//! Looking at licences: what a caller may see, what a terminal gets.
use super::error::Error;
use super::facts_model::Facts;
use super::model::{Licence, Place, State};
use super::store;
use crate::access::Scope;
use crate::db::{self, Conn};
use crate::fold::fold;
use crate::ids::{LicenceId, TerminalId, Tid};
use crate::storage::{self, Blob};
use crate::terminals::{self, Item, Terminal};

/// How many of a terminal's licences its page shows.
const HISTORY: i64 = 50;

fn terminal(conn: &mut Conn, scope: &Scope, tid: &Tid) -> Result<Terminal, Error> {
    terminals::find(conn, scope, tid)?.ok_or_else(|| Error::NoTerminal(tid.to_string()))
}

/// The terminal where this serial number serves. Who sees some establishments only learns nothing
/// of the others: to him it serves in his, or nowhere that he may know.
pub(super) fn serving(
    conn: &mut Conn,
    scope: &Scope,
    serial: &str,
) -> Result<Option<Terminal>, Error> {
    let place = terminals::serving(conn, serial)?.filter(|it| scope.holds(it.establishment));
    if place.is_none() && *scope != Scope::All {
        return Err(Error::NoSerial(serial.to_owned()));
    }
    Ok(place)
}

/// Whether a file would be taken in for this terminal or serial number: asked before it is.
pub(super) fn expect(
    conn: &mut Conn,
    scope: &Scope,
    tid: Option<&Tid>,
    facts: &Facts,
) -> Result<(), Error> {
    if let Some(tid) = tid {
        return terminal(conn, scope, tid).map(drop);
    }
    let facts = facts.check().map_err(Error::Invalid)?;
    serving(conn, scope, &facts.serial_number).map(drop)
}

/// A licence that the caller may see. Those without a terminal belong to no establishment.
pub(super) fn find(conn: &mut Conn, scope: &Scope, id: LicenceId) -> Result<Licence, Error> {
    store::find(conn, id)?
        .filter(|licence| match &licence.place {
            Some(place) => scope.holds(place.establishment),
            None => *scope == Scope::All,
        })
        .ok_or(Error::NoLicence)
}

/// A licence that a client deposited.
pub(super) fn of_client(conn: &mut Conn, client: i64, id: LicenceId) -> Result<Licence, Error> {
    store::find(conn, id)?
        .filter(|it| it.is_by("client", Some(client)))
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

/// Which of its licences a terminal asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Which {
    Id(LicenceId),
    /// That of this software.
    Software(String),
    /// The one for no software in particular, or the only one.
    Own,
}

/// A current licence of a terminal with its file, as the terminal itself gets it.
pub(super) fn of_terminal(
    conn: &mut Conn,
    id: TerminalId,
    which: &Which,
) -> Result<(Licence, Blob), Error> {
    let mut held = store::current_of(conn, id)?;
    let count = held.len();
    held.retain(|licence| match which {
        Which::Id(id) => licence.id == *id,
        Which::Software(name) => fold(&licence.facts.software) == fold(name),
        Which::Own => count == 1 || licence.facts.software.is_empty(),
    });
    let Some(licence) = held.pop() else {
        let asked_badly = *which == Which::Own && count > 1;
        return Err(if asked_badly {
            Error::Which
        } else {
            Error::None
        });
    };
    let blob = blob_of(conn, &licence)?.ok_or(Error::None)?;
    Ok((licence, blob))
}

/// A terminal's current licences, as it hears of them itself.
pub(super) fn all_of_terminal(conn: &mut Conn, id: TerminalId) -> Result<Vec<Licence>, db::Error> {
    store::current_of(conn, id)
}

/// A terminal's licences, newest first.
pub(super) fn history(conn: &mut Conn, of: TerminalId) -> Result<Vec<Licence>, db::Error> {
    store::history(conn, of, HISTORY)
}

/// Whether a licence's delivery has come to rest without success, so that it may be sent again.
pub(super) fn may_send_again(conn: &mut Conn, licence: &Licence) -> Result<bool, db::Error> {
    if !licence.is_current || licence.place.is_none() || licence.state == State::Confirmed {
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

/// The platform that the terminal's model is known for.
pub(super) fn platform_of(conn: &mut Conn, place: &Terminal) -> Result<String, db::Error> {
    let model = terminals::model_by_id(conn, place.model)?;
    Ok(model.map_or_else(String::new, |model| model.draft.platform.to_lowercase()))
}

pub(super) fn place_of(terminal: &Terminal) -> Place {
    Place {
        terminal: terminal.id,
        tid: terminal.tid.clone(),
        establishment: terminal.establishment,
    }
}

pub(super) fn is_same_word(one: &str, other: &str) -> bool {
    fold(one) == fold(other)
}
