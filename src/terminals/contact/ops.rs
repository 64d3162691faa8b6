//! What moves a presence besides contact itself: the registry's verbs and the passing of time.
//!
//! The counters of [`super::presence_counts`] move in the same transaction, always, so that they
//! sum up to the fleet.
use super::model::{SessionSeen, presence_at};
use super::{read_store, store};
use crate::clock::Millis;
use crate::db::{Conn, CountKey, Error, Event, Tx};
use crate::fold::fold;
use crate::ids::{EstablishmentId, TerminalId, Tid};
use crate::terminals::model::{Presence, Terminal, late_after_ms};
use crate::terminals::profile::Effective;
use crate::terminals::store::terminal;
use serde_json::json;
use std::collections::BTreeMap;

/// A terminal's sessions that hold `text` in any of their fields, whatever its case and accents;
/// all of them when it is empty. They are few (the store keeps 50), so none needs an index.
pub(in crate::terminals) fn find_sessions(
    conn: &mut Conn,
    terminal: TerminalId,
    text: &str,
) -> Result<Vec<SessionSeen>, Error> {
    let wanted = fold(text);
    let mut found = read_store::sessions(conn, terminal)?;
    found.retain(|session| session.words().any(|word| fold(word).contains(&wanted)));
    Ok(found)
}

/// Makes room for a newly registered terminal: never heard, and counted as such.
pub(in crate::terminals) fn place(
    tx: &mut Tx,
    (terminal, tid): (TerminalId, &Tid),
    establishment: EstablishmentId,
    effective: Effective,
) -> Result<(), Error> {
    store::insert(tx, (terminal, tid), establishment, effective)?;
    count(tx, establishment, Presence::Never, 1);
    Ok(())
}

/// [`place`] for many, with their TIDs, establishments and intervals.
pub(in crate::terminals) fn place_many(
    conn: &mut Conn,
    all: &[(TerminalId, &Tid, EstablishmentId, i32)],
) -> Result<(), Error> {
    store::insert_many(conn, all)?;
    let mut counts: BTreeMap<EstablishmentId, i64> = BTreeMap::new();
    for (_, _, establishment, _) in all {
        *counts.entry(*establishment).or_default() += 1;
    }
    for (establishment, n) in counts {
        store::shift(conn, establishment, Presence::Never, n)?;
    }
    Ok(())
}

/// Takes a retiring terminal out of the counters for good and closes the door. Its credential is
/// the caller's to revoke.
pub(in crate::terminals) fn withdraw(tx: &mut Tx, terminal: TerminalId) -> Result<(), Error> {
    let Some((establishment, presence)) = store::lock(tx, terminal)? else {
        return Ok(());
    };
    store::set_admitted(tx, terminal, false)?;
    let gone = (presence, Presence::Disconnected);
    store::move_presence(tx, (terminal, establishment), gone, None, None)?;
    store::retire(tx, terminal)?;
    count(tx, establishment, presence, -1);
    Ok(())
}

/// Lets a suspended terminal in again.
pub(in crate::terminals) fn admit(conn: &mut Conn, terminal: TerminalId) -> Result<(), Error> {
    store::set_admitted(conn, terminal, true).map(drop)
}

/// Shuts a terminal out; its credential is kept. Its presence fades with time.
pub(in crate::terminals) fn shut_out(conn: &mut Conn, terminal: TerminalId) -> Result<(), Error> {
    store::set_admitted(conn, terminal, false).map(drop)
}

/// Moves a terminal to another establishment's counters.
pub(in crate::terminals) fn moved(
    tx: &mut Tx,
    terminal: TerminalId,
    to: EstablishmentId,
) -> Result<(), Error> {
    let Some((from, presence)) = store::lock(tx, terminal)? else {
        return Ok(());
    };
    if from != to {
        store::set_establishment(tx, terminal, to)?;
        count(tx, from, presence, -1);
        count(tx, to, presence, 1);
    }
    Ok(())
}

fn count(tx: &mut Tx, establishment: EstablishmentId, presence: Presence, by: i64) {
    let key = CountKey::number(establishment.0, presence.number());
    tx.count("terminal_count", key, by, |conn, key, by| {
        store::shift(conn, EstablishmentId(key.of), Presence::of(key.number), by)
    });
}

/// Moves what time has moved: listening → online → late → disconnected. Looks at `chunk` rows of
/// each presence at most and says how many it looked at; zero means that nothing is due.
pub fn sweep(tx: &mut Tx, now: Millis, chunk: i64) -> Result<usize, Error> {
    let mut looked = 0;
    for presence in [Presence::Listening, Presence::Online, Presence::Late] {
        let due = store::due(tx, presence, now, chunk)?;
        looked += due.len();
        for row in due {
            let from = Presence::of(row.presence);
            let heard = row.heard.unwrap_or(Millis(0));
            // It is due by what it was told last.
            let interval_s = row.told_interval_s.unwrap_or(row.interval_s);
            let (to, mut look) = presence_at(now, heard, interval_s, row.listening_until);
            if to.is_connected() && row.interval_s < interval_s {
                // It may hear the shorter one at any time, which moves no look.
                let sooner = Millis(now.0.saturating_add(late_after_ms(row.interval_s)));
                look = look.map(|look| look.min(sooner));
            }
            if from == to {
                store::look_again(tx, row.terminal, from, look)?;
            } else if store::move_presence(
                tx,
                (row.terminal, row.establishment),
                (from, to),
                look,
                row.heard,
            )? {
                recount(tx, row.establishment, (from, to));
                tell(tx, row.terminal, (from, to), now)?;
            }
        }
    }
    Ok(looked)
}

/// Counts a terminal as `to` that was counted as `from`.
pub(super) fn recount(
    tx: &mut Tx,
    establishment: EstablishmentId,
    (from, to): (Presence, Presence),
) {
    count(tx, establishment, from, -1);
    count(tx, establishment, to, 1);
}

/// Puts a change of presence into the outbox. Parking in a long poll and leaving it is no news.
pub(super) fn tell(
    tx: &mut Tx,
    id: TerminalId,
    (from, to): (Presence, Presence),
    now: Millis,
) -> Result<(), Error> {
    let kind = match to {
        Presence::Listening | Presence::Online if !from.is_connected() => "terminal.online",
        Presence::Late => "terminal.late",
        Presence::Disconnected => "terminal.disconnected",
        _ => return Ok(()),
    };
    let Some(Terminal {
        tid, establishment, ..
    }) = terminal(tx, id)?
    else {
        return Ok(());
    };
    tx.emit(Event {
        at: now,
        kind,
        subject: tid.to_string(),
        establishment: Some(establishment),
        body: json!({ "tid": tid, "was": from.code() }),
    });
    Ok(())
}
