//! Asking for the next certificate in time.
use super::store;
use crate::access::Actor;
use crate::clock::Millis;
use crate::db::{self, Tx};
use crate::ids::TerminalId;
use crate::terminals::contact;
use crate::terminals::work::{self, NewWork};
use serde_json::json;
use std::time::Duration;

/// The kind of work that asks for a renewal, and where the terminal turns with it.
const KIND: &str = "certificate";
pub(in crate::terminals) const LINK: &str = "/terminal/v1/certificate";
/// A terminal that did not renew is asked again after this.
const ASK_AGAIN: Duration = Duration::from_hours(7 * 24);

/// Asks terminals whose certificates end soon to renew them, `chunk` at most; how many it looked at.
pub fn ask(tx: &mut Tx, now: Millis, chunk: i64) -> Result<usize, db::Error> {
    let due = store::due(tx, now, chunk)?;
    let looked = due.len();
    for (id, of, not_after) in due {
        // The row that a renewal holds first, so that the two wait for each other in one order.
        contact::lock(tx, of)?;
        let next = now + ASK_AGAIN;
        let again = not_after.filter(|end| *end > now).map(|_| next);
        store::ask_at(tx, id, again)?;
        if let Some(end) = not_after.filter(|end| *end > now) {
            assign(tx, of, end, now)?;
        }
    }
    Ok(looked)
}

fn assign(tx: &mut Tx, terminal: TerminalId, end: Millis, now: Millis) -> Result<(), db::Error> {
    let new = NewWork {
        terminal,
        kind: KIND,
        natural_key: KIND.to_owned(),
        link: Some(LINK.to_owned()),
        payload: json!({ "not_after": end }),
        expires_at: Some(end),
    };
    match work::assign(tx, &Actor::job("terminals.renew"), new, now) {
        Ok(_) | Err(work::Error::Retired | work::Error::NoTerminal | work::Error::NumbersSpent) => {
            Ok(())
        }
        Err(work::Error::Db(e)) => Err(e),
        Err(other) => Err(db::Error::Fault(other.into())),
    }
}
