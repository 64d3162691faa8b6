//! Codes for many terminals at once: who is chosen, what making them would do, and making them in
//! chunks. The codes leave in the answer and stay nowhere; only their hashes are kept.
use super::many_store::{self, Filter, Place};
use super::model::{ATTEMPTS, Code, TTL};
use super::ops::hash_code;
use super::{Error, store};
use crate::access::{Actor, Scope, change};
use crate::clock::Millis;
use crate::db::{self, Conn, Tx};
use crate::ids::{EstablishmentId, PointOfServiceId, TerminalId, Tid};
use crate::sealing::{self, Secret};
use serde_json::json;
use std::collections::{HashSet, VecDeque};

/// Codes of one transaction.
const CHUNK: usize = 200;
/// Terminals that a list may name.
pub(in crate::terminals) const NAMED: usize = 10_000;
/// Terminals that a review shows.
const SAMPLE: usize = 10;

/// Which terminals get a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::terminals) enum Chosen {
    /// Those named, in the order of their naming.
    Named(Vec<String>),
    Matching {
        establishment: Option<EstablishmentId>,
        point: Option<PointOfServiceId>,
        /// Only those that no device has activated yet.
        never_activated: bool,
    },
}

/// What making the codes would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::terminals) struct Review {
    pub count: i64,
    /// Codes that are unused and would be void.
    pub replaced: i64,
    /// Terminals that hold a credential, which a new code does not touch until it is used.
    pub active: i64,
    pub sample: Vec<Tid>,
    /// What was named and is not there.
    pub unknown: Vec<String>,
    /// Named, but suspended or retired.
    pub shut_out: Vec<String>,
}

/// TIDs out of a text: one a line, or between commas, semicolons and blanks; each once.
#[must_use]
pub(in crate::terminals) fn named(text: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'))
        .filter(|tid| !tid.is_empty() && seen.insert(tid.to_owned()))
        .map(str::to_owned)
        .collect()
}

impl Chosen {
    fn filter(&self) -> Filter {
        match self {
            Self::Named(_) => Filter::default(),
            Self::Matching {
                establishment,
                point,
                never_activated,
            } => Filter {
                establishment: *establishment,
                point: *point,
                never_activated: *never_activated,
            },
        }
    }
}

/// Says what making codes for `chosen` would do.
pub(in crate::terminals) fn review(
    conn: &mut Conn,
    scope: &Scope,
    chosen: &Chosen,
    now: Millis,
) -> Result<Review, db::Error> {
    let Chosen::Named(tids) = chosen else {
        let filter = chosen.filter();
        let (count, active) = many_store::count(conn, scope, &filter)?;
        let sample = many_store::next(conn, scope, &filter, TerminalId(0), SAMPLE)?;
        return Ok(Review {
            count,
            active,
            replaced: many_store::count_unused(conn, scope, &filter, now)?,
            sample: sample.into_iter().map(|place| place.tid).collect(),
            ..Review::default()
        });
    };
    let mut review = Review::default();
    for some in tids.chunks(CHUNK) {
        let found = many_store::named(conn, scope, some)?;
        for tid in some {
            match found.iter().find(|place| place.tid.as_str() == tid) {
                None => review.unknown.push(tid.clone()),
                Some(place) if !place.is_let_in() => review.shut_out.push(tid.clone()),
                Some(place) => {
                    review.count += 1;
                    review.active += i64::from(place.is_active());
                    if review.sample.len() < SAMPLE {
                        review.sample.push(place.tid.clone());
                    }
                }
            }
        }
        let ids: Vec<TerminalId> = found.iter().map(|place| place.id).collect();
        review.replaced += many_store::count_unused_of(conn, &ids, now)?;
    }
    Ok(review)
}

/// How far the making of a sheet is.
#[derive(Debug)]
pub(in crate::terminals) enum Way {
    Named(VecDeque<TerminalId>),
    Matching(Filter, TerminalId),
}

/// The beginning of the way.
///
/// # Errors
/// When something was named that is not there.
pub(in crate::terminals) fn begin(
    conn: &mut Conn,
    scope: &Scope,
    chosen: &Chosen,
) -> Result<Way, Error> {
    let Chosen::Named(tids) = chosen else {
        return Ok(Way::Matching(chosen.filter(), TerminalId(0)));
    };
    let mut ids = VecDeque::new();
    for some in tids.chunks(CHUNK) {
        let found = many_store::named(conn, scope, some)?;
        for tid in some {
            let place = found.iter().find(|place| place.tid.as_str() == tid);
            ids.push_back(place.ok_or(Error::NoTerminal)?.id);
        }
    }
    Ok(Way::Named(ids))
}

/// One line of the sheet.
#[derive(Debug)]
pub(in crate::terminals) struct Line {
    pub tid: Tid,
    pub serial_number: String,
    pub point: PointOfServiceId,
    pub code: Code,
    pub expires_at: Millis,
}

/// Makes the codes of the next chunk, in one transaction; none when the way is at its end. Whoever
/// is suspended or retired by now, or no more of those that were chosen, gets none.
pub(in crate::terminals) fn make_next(
    tx: &mut Tx,
    actor: &Actor,
    secret: &Secret,
    way: &mut Way,
    now: Millis,
) -> Result<Option<Vec<Line>>, db::Error> {
    let ids = match way {
        Way::Named(left) => left.iter().take(CHUNK).copied().collect::<Vec<_>>(),
        Way::Matching(filter, after) => {
            let some = many_store::next(tx, &actor.scope, filter, *after, CHUNK)?;
            some.into_iter().map(|place| place.id).collect()
        }
    };
    if ids.is_empty() {
        return Ok(None);
    }
    // A device that is replaced meanwhile must not leave a code for the old one behind.
    let mut held = many_store::hold(tx, &ids, many_store::Busy::IsLeft)?;
    let mut done = ids.len();
    if let Some(busy) = ids
        .iter()
        .position(|id| !held.iter().any(|it| it.id == *id))
    {
        done = busy;
        if busy == 0 {
            // It is waited for alone, so that nobody waits for us meanwhile.
            held = many_store::hold(tx, &ids[..1], many_store::Busy::IsWaitedFor)?;
            done = 1;
        }
    }
    let chosen = match way {
        Way::Named(_) => Filter::default(),
        Way::Matching(filter, _) => *filter,
    };
    let mut lines = Vec::with_capacity(done);
    for id in &ids[..done] {
        let place = held.iter().find(|place| place.id == *id);
        if let Some(place) = place.filter(|place| place.may_have_code(&actor.scope, chosen)) {
            lines.push(make(tx, actor, secret, place, now)?);
        }
    }
    match way {
        Way::Named(left) => drop(left.drain(..done)),
        Way::Matching(_, after) => *after = ids[done - 1],
    }
    Ok(Some(lines))
}

fn make(
    tx: &mut Tx,
    actor: &Actor,
    secret: &Secret,
    place: &Place,
    now: Millis,
) -> Result<Line, db::Error> {
    let code = Code::from_random(sealing::random());
    let new = store::New {
        nonce: &sealing::random::<32>(),
        serial_number: &place.serial_number,
        code_hash: &hash_code(secret, place.tid.as_str(), &code),
        attempts_left: ATTEMPTS,
        expires_at: now + TTL,
        created_by: actor.who.name(),
    };
    store::replace(tx, place.id, new, now)?;
    tx.record(
        change(
            actor,
            now,
            "terminal.make-activation-code",
            "terminal",
            &place.tid,
        )
        .within(place.establishment)
        .after(json!({ "expires_at": new.expires_at, "by": "sheet" })),
    );
    Ok(Line {
        tid: place.tid.clone(),
        serial_number: place.serial_number.clone(),
        point: place.point,
        code,
        expires_at: new.expires_at,
    })
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_list_is_read_as_people_paste_it() {
        assert_eq!(
            named(" TG1\r\nTG2, TG3;TG1\t\tTG4 \n"),
            ["TG1", "TG2", "TG3", "TG4"]
        );
        assert!(named(" \n,; ").is_empty());
    }
}
