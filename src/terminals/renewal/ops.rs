//! Offering a certificate, and putting it in force.
use super::error::Error;
use super::store;
use crate::access::{Actor, Scope, Who, change};
use crate::clock::Millis;
use crate::db::{self, Event, Tx};
use crate::ids::Tid;
use crate::sealing::TokenHash;
use crate::terminals::contact;
use crate::terminals::credential::{self, New, Refused, certificate_until};
use crate::terminals::model::{Life, Terminal};
use crate::terminals::store::terminal;
use anyhow::anyhow;
use serde_json::json;
use std::net::IpAddr;

/// What became of a wish for a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::terminals) enum Offered {
    /// Until then. In force already when the key is the one that the terminal uses now.
    Until {
        tid: Tid,
        not_after: Millis,
        in_force: bool,
    },
    Refused(Refused),
}

/// What became of a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::terminals) enum Confirmed {
    Until(Option<Millis>),
    Refused(Refused),
}

/// Offers a terminal that comes with the credential `by` a certificate for the key `hash`.
pub(in crate::terminals) fn offer(
    tx: &mut Tx,
    (by, hash): (&TokenHash, &TokenHash),
    from: Option<IpAddr>,
    now: Millis,
) -> Result<Offered, Error> {
    let seen_from = from.map(|ip| ip.to_string());
    let place = match contact::let_in(tx, by, seen_from.as_deref(), now)? {
        Ok(place) => place,
        Err(why) => return Ok(Offered::Refused(why)),
    };
    let not_after = certificate_until(now);
    let in_force = by == hash;
    if in_force {
        credential::prolong(tx, hash, not_after)?;
        tell(tx, &place, from, not_after, now);
    } else if credential::is_known(tx, hash)? || !store::put(tx, place.id, hash, not_after, now)? {
        return Err(Error::KeyTaken);
    }
    Ok(Offered::Until {
        tid: place.tid,
        not_after,
        in_force,
    })
}

/// Puts an offered certificate in force, for whoever comes with it. Saying it again changes nothing.
pub(in crate::terminals) fn confirm(
    tx: &mut Tx,
    hash: &TokenHash,
    from: Option<IpAddr>,
    now: Millis,
) -> Result<Confirmed, db::Error> {
    let seen_from = from.map(|ip| ip.to_string());
    let Some(id) = store::offered_to(tx, hash)? else {
        return Ok(
            match contact::let_in(tx, hash, seen_from.as_deref(), now)? {
                Ok(_) => Confirmed::Until(credential::live(tx, hash)?.flatten()),
                Err(why) => Confirmed::Refused(why),
            },
        );
    };
    contact::lock(tx, id)?;
    let Some(place) = terminal(tx, id)? else {
        return Ok(Confirmed::Refused(Refused::NotActivated));
    };
    let why = match place.life {
        Life::Active => None,
        Life::Suspended => Some(Refused::Suspended),
        Life::Retired => Some(Refused::Retired),
        Life::Registered => Some(Refused::NotActivated),
    };
    if let Some(why) = why {
        credential::turn_away(tx, id, why, seen_from.as_deref(), now)?;
        return Ok(Confirmed::Refused(why));
    }
    // Confirmed, replaced or withdrawn while we waited for the row.
    let Some(not_after) = store::take(tx, id, hash)? else {
        return Ok(match credential::live(tx, hash)? {
            Some(end) => Confirmed::Until(end),
            None => Confirmed::Refused(Refused::NotActivated),
        });
    };
    let new = New {
        hash,
        not_after: Some(not_after),
    };
    if !credential::renew(tx, &place, new, now)? {
        return Err(db::Error::Busy(anyhow!("the key has just been taken")));
    }
    tell(tx, &place, from, not_after, now);
    Ok(Confirmed::Until(Some(not_after)))
}

fn tell(tx: &mut Tx, place: &Terminal, from: Option<IpAddr>, not_after: Millis, now: Millis) {
    let actor = Actor {
        who: Who::Terminal(place.id, place.tid.to_string()),
        scope: Scope::Only(vec![place.establishment]),
        from,
    };
    let done = change(
        &actor,
        now,
        "terminal.renew-certificate",
        "terminal",
        &place.tid,
    )
    .within(place.establishment)
    .after(json!({ "not_after": not_after }));
    tx.record(done);
    tx.emit(Event {
        at: now,
        kind: "terminal.certificate-renewed",
        subject: place.tid.to_string(),
        establishment: Some(place.establishment),
        body: json!({ "tid": place.tid }),
    });
}
