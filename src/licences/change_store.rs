//! What changes of a licence. Guards stand in the `WHERE`; `true` says that this call changed it.
use super::facts_model::Facts;
use super::model::{Ending, Place, State};
use super::schema::{licence_bare as bare, licence_file as licence};
use super::store::{forget_terms, note_terms, until_key};
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::fold::{fold, natural};
use crate::ids::{BlobId, EstablishmentId, LicenceId, TerminalId, WorkId};
use crate::on_backend;
use diesel::prelude::*;

/// Begins a delivery by this work. False when the licence is not current or has no terminal.
pub(super) fn send(conn: &mut Conn, id: LicenceId, work: WorkId) -> Result<bool, Error> {
    let current = licence::table.filter(
        licence::id
            .eq(id)
            .and(licence::is_current.eq(true))
            .and(licence::terminal_id.is_not_null()),
    );
    let n = diesel::update(current)
        .set((
            licence::state.eq(State::Waiting.code()),
            licence::work_id.eq(Some(work)),
            licence::outcome_code.eq(None::<String>),
            licence::fetched_at.eq(None::<Millis>),
            licence::confirmed_at.eq(None::<Millis>),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// True the first time the terminal fetched what it waited for. That it has had the file is noted
/// wherever the delivery stands: one that failed meanwhile, or was replaced, is fetched all the same.
pub(super) fn mark_fetched(conn: &mut Conn, id: LicenceId, now: Millis) -> Result<bool, Error> {
    let unseen = licence::table
        .filter(licence::id.eq(id))
        .filter(licence::first_fetched_at.is_null());
    diesel::update(unseen)
        .set(licence::first_fetched_at.eq(Some(now)))
        .execute(conn)?;
    let waiting = licence::table
        .filter(licence::id.eq(id).and(licence::is_current.eq(true)))
        .filter(licence::state.eq(State::Waiting.code()));
    let n = diesel::update(waiting)
        .set((
            licence::state.eq(State::Fetched.code()),
            licence::fetched_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// True when the delivery was still open and now has this ending.
pub(super) fn settle(
    conn: &mut Conn,
    id: LicenceId,
    ending: &Ending,
    now: Millis,
) -> Result<bool, Error> {
    let open = licence::table
        .filter(licence::id.eq(id).and(licence::is_current.eq(true)))
        .filter(licence::state.eq_any([State::Waiting.code(), State::Fetched.code()]));
    let n = match ending {
        Ending::Confirmed => diesel::update(open)
            .set((
                licence::state.eq(State::Confirmed.code()),
                licence::confirmed_at.eq(Some(now)),
            ))
            .execute(conn)?,
        Ending::Failed(code) => diesel::update(open)
            .set((
                licence::state.eq(State::Failed.code()),
                licence::outcome_code.eq(Some(code)),
            ))
            .execute(conn)?,
    };
    Ok(n == 1)
}

/// Attaches an unmatched licence to a terminal; `platform` fills in what nobody said.
pub(super) fn attach(
    conn: &mut Conn,
    id: LicenceId,
    to: &Place,
    platform: &str,
) -> Result<bool, Error> {
    let unmatched = licence::table
        .filter(licence::id.eq(id).and(licence::is_current.eq(true)))
        .filter(licence::terminal_id.is_null());
    let n = diesel::update(unmatched)
        .set((
            licence::terminal_id.eq(Some(to.terminal)),
            licence::tid.eq(to.tid.as_str()),
            licence::tid_search.eq(fold(to.tid.as_str())),
            licence::establishment_id.eq(Some(to.establishment)),
            licence::state.eq(State::Waiting.code()),
            licence::platform.eq(platform),
            licence::platform_key.eq(fold(platform)),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// Takes a current licence from its terminal.
pub(super) fn detach(conn: &mut Conn, id: LicenceId) -> Result<bool, Error> {
    let attached = licence::table
        .filter(licence::id.eq(id).and(licence::is_current.eq(true)))
        .filter(licence::terminal_id.is_not_null());
    let n = diesel::update(attached)
        .set((
            licence::terminal_id.eq(None::<TerminalId>),
            licence::tid.eq(""),
            licence::tid_search.eq(""),
            licence::establishment_id.eq(None::<EstablishmentId>),
            licence::state.eq(State::Unmatched.code()),
            licence::work_id.eq(None::<WorkId>),
            licence::outcome_code.eq(None::<String>),
            licence::fetched_at.eq(None::<Millis>),
            licence::confirmed_at.eq(None::<Millis>),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// Writes down the particulars of a current licence. False when it is not current any more.
pub(super) fn describe(conn: &mut Conn, id: LicenceId, facts: &Facts) -> Result<bool, Error> {
    let current = licence::table.filter(licence::id.eq(id).and(licence::is_current.eq(true)));
    let n = diesel::update(current)
        .set((
            licence::lic_id.eq(&facts.lic_id),
            licence::lic_id_key.eq(fold(&facts.lic_id)),
            licence::valid_from.eq(facts.valid_from),
            licence::valid_until.eq(facts.valid_until),
            licence::until_key.eq(until_key(facts)),
        ))
        .execute(conn)?;
    if n == 1 {
        forget_terms(conn, id)?;
        note_terms(conn, id, facts)?;
    }
    Ok(n == 1)
}

/// Binds a current licence to another serial number, whose key must be free.
pub(super) fn rebind(conn: &mut Conn, id: LicenceId, serial: &str) -> Result<bool, Error> {
    let current = licence::table.filter(licence::id.eq(id).and(licence::is_current.eq(true)));
    let n = diesel::update(current)
        .set((
            licence::serial_number.eq(serial),
            licence::serial_key.eq(fold(serial)),
        ))
        .execute(conn)?;
    Ok(n == 1)
}

/// Takes a terminal's licences along to another establishment. Tombstones stay where they fell.
pub(super) fn moved(conn: &mut Conn, of: TerminalId, to: EstablishmentId) -> Result<(), Error> {
    let current = licence::table
        .filter(licence::terminal_id.eq(of))
        .filter(licence::is_current.eq(true));
    diesel::update(current)
        .set(licence::establishment_id.eq(Some(to)))
        .execute(conn)?;
    diesel::update(bare::table.find(of))
        .set(bare::establishment_id.eq(to))
        .execute(conn)?;
    Ok(())
}

/// Makes a current licence a tombstone. False when it was one already.
pub(super) fn bury(
    conn: &mut Conn,
    id: LicenceId,
    state: State,
    by: &str,
    now: Millis,
) -> Result<bool, Error> {
    let current = licence::table.filter(licence::id.eq(id).and(licence::is_current.eq(true)));
    let n = diesel::update(current)
        .set((
            licence::state.eq(state.code()),
            licence::is_current.eq(false),
            licence::blob_id.eq(None::<BlobId>),
            licence::ended_at.eq(Some(now)),
            licence::ended_by.eq(Some(by)),
        ))
        .execute(conn)?;
    forget_terms(conn, id)?;
    Ok(n == 1)
}

/// Removes a current licence that no terminal ever saw. False when one did, or it is not current.
pub(super) fn erase(conn: &mut Conn, id: LicenceId) -> Result<bool, Error> {
    let unseen = licence::table
        .filter(licence::id.eq(id).and(licence::is_current.eq(true)))
        .filter(licence::first_fetched_at.is_null());
    let erased = diesel::delete(unseen).execute(conn)? == 1;
    if erased {
        forget_terms(conn, id)?;
    }
    Ok(erased)
}

/// Notes that a terminal has no licence, since `now` when that is news.
pub(super) fn note_bare(
    conn: &mut Conn,
    place: &Place,
    serial: &str,
    now: Millis,
) -> Result<(), Error> {
    let values = (
        bare::terminal_id.eq(place.terminal),
        bare::establishment_id.eq(place.establishment),
        bare::tid.eq(place.tid.as_str()),
        bare::sort_key.eq(natural(place.tid.as_str())),
        bare::serial_number.eq(serial),
        bare::since_at.eq(now),
    );
    on_backend!(conn, |c| diesel::insert_into(bare::table)
        .values(values)
        .on_conflict_do_nothing()
        .execute(c))?;
    diesel::update(bare::table.find(place.terminal))
        .set(bare::serial_number.eq(serial))
        .execute(conn)?;
    Ok(())
}

/// The terminal has a licence, or is gone.
pub(super) fn forget_bare(conn: &mut Conn, terminal: TerminalId) -> Result<(), Error> {
    diesel::delete(bare::table.find(terminal)).execute(conn)?;
    Ok(())
}
