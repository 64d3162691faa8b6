//! Between the password and the session. Whoever has a second factor, or a role that demands one, is
//! not let in by his password: his browser gets the token of a challenge, worth nothing but a few
//! tries in a few minutes. The session then begins under a token of its own.
use super::challenge_store::{self as store, New};
use super::ops::{Begun, Visitor, begin};
use crate::access::error::Error;
use crate::access::factors::{self, How, Offer, Verdict};
use crate::access::operators::{self, Operator, Proved};
use crate::access::roles;
use crate::clock::Millis;
use crate::db::Tx;
use crate::ids::OperatorId;
use crate::sealing::{self, Secret, TokenHash};
use std::time::Duration;

/// How long there is to type a code.
const LASTS: Duration = Duration::from_mins(10);
/// How long there is to set an authenticator program up.
const ENROL_LASTS: Duration = Duration::from_mins(30);
/// Codes that may be tried before the password is asked for again.
const TRIES: i64 = 5;
/// A longer address to go to is forgotten.
const NEXT_MOST: usize = 2_000;

/// What a challenge asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::access) enum Purpose {
    /// A code of the factor that there is.
    Check,
    /// To set up a factor, which a role demands and there is none.
    Enrol,
}

impl Purpose {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Enrol => "enrol",
        }
    }
}

/// What the right password leads to.
pub(in crate::access) enum Entry {
    In(Box<Begun>),
    /// The token of the challenge, for the browser.
    Asked(String, Purpose),
}

/// The one way from a proved password into a session. Whoever changes that password in this very moment
/// ends the session too, or comes first: then nothing is proved any more.
pub(super) fn come_in(
    tx: &mut Tx,
    proved: &Proved,
    visitor: &Visitor,
    next: &str,
    now: Millis,
) -> Result<Entry, Error> {
    if !operators::hold_proved(tx, proved)? {
        return Err(Error::WrongCredentials);
    }
    ask(tx, proved.operator, visitor, next, now)
}

/// The one way into a session for whom a provider vouches: no password has a say in it.
pub(in crate::access) fn come_vouched(
    tx: &mut Tx,
    operator: OperatorId,
    visitor: &Visitor,
    next: &str,
    now: Millis,
) -> Result<Entry, Error> {
    operators::hold(tx, operator)?;
    ask(tx, operator, visitor, next, now)
}

/// Begins the session, unless there is a second factor to ask for first.
fn ask(
    tx: &mut Tx,
    operator: OperatorId,
    visitor: &Visitor,
    next: &str,
    now: Millis,
) -> Result<Entry, Error> {
    let (purpose, lasts) = if factors::has(tx, operator)? {
        (Purpose::Check, LASTS)
    } else if roles::demand_second_factor(tx, operator)? {
        (Purpose::Enrol, ENROL_LASTS)
    } else {
        return Ok(Entry::In(Box::new(begin(tx, operator, visitor, now)?)));
    };
    store::purge(tx, now)?;
    if let Some(old) = &visitor.challenge {
        store::delete(tx, old)?;
    }
    let token = sealing::new_token();
    let new = New {
        hash: sealing::hash_token(&token),
        operator,
        purpose,
        next: if next.len() > NEXT_MOST { "/" } else { next },
        tries: TRIES,
        expires_at: now + lasts,
    };
    store::insert(tx, &new)?;
    Ok(Entry::Asked(token, purpose))
}

/// What became of a try. A refusal is no error here: the try has to stay counted.
pub(super) enum Passed {
    In {
        begun: Box<Begun>,
        next: String,
        /// Recovery codes of a factor that was set up just now.
        codes: Vec<String>,
    },
    Refused(Error),
}

/// Tries a code of the factor that there is.
pub(super) fn pass(
    tx: &mut Tx,
    secret: &Secret,
    token: &TokenHash,
    typed: &str,
    visitor: &Visitor,
    now: Millis,
) -> Result<Passed, Error> {
    let operator = held(tx, token, Purpose::Check, now)?;
    let verdict = factors::prove(tx, secret, &operator, typed, visitor.from, now)?;
    if let Verdict::Wait(seconds) = verdict {
        // Nothing was looked at, so nothing was tried.
        return Ok(Passed::Refused(Error::TooManyTries(seconds)));
    }
    let tried = tried(tx, token, Purpose::Check, now)?;
    match verdict.refusal() {
        Some(refused) => refuse(tx, token, &tried, refused),
        None => enter(tx, token, (&operator, tried), visitor, Vec::new(), now),
    }
}

/// Sets up the factor that a role demands.
pub(super) fn enrol(
    tx: &mut Tx,
    secret: &Secret,
    token: &TokenHash,
    (sealed, typed): (&str, &str),
    visitor: &Visitor,
    now: Millis,
) -> Result<Passed, Error> {
    let operator = held(tx, token, Purpose::Enrol, now)?;
    let tried = tried(tx, token, Purpose::Enrol, now)?;
    let id = operator.id;
    let Some(offer) = Offer::open(secret, id, sealed, now) else {
        return refuse(tx, token, &tried, Error::OfferDead);
    };
    let Some(step) = offer.step(typed, now) else {
        return refuse(tx, token, &tried, Error::CodeWrong);
    };
    let actor = operator.acting(visitor.from);
    let set_up = factors::enrol(tx, secret, (&actor, id), (&offer, step), How::First, now)?;
    let Some(codes) = set_up else {
        // Meanwhile somebody else set one up, by the same password: this challenge has nothing to ask.
        store::delete(tx, token)?;
        return Ok(Passed::Refused(Error::ChallengeDead));
    };
    enter(tx, token, (&operator, tried), visitor, codes, now)
}

/// Whose challenge it is, while it works. He is held until the transaction ends, and before his
/// challenge: whoever changes his password takes them in this order too.
fn held(tx: &mut Tx, token: &TokenHash, purpose: Purpose, now: Millis) -> Result<Operator, Error> {
    let found = store::find_live(tx, token, purpose, now)?;
    let (whose, _) = found.ok_or(Error::ChallengeDead)?;
    operators::hold(tx, whose)?;
    store::find_live(tx, token, purpose, now)?.ok_or(Error::ChallengeDead)?;
    operators::find(tx, whose)?.ok_or(Error::ChallengeDead)
}

/// Where he wanted to go, and how often he may still try.
struct Tried {
    next: String,
    left: i64,
}

/// Counts a try of a challenge.
fn tried(tx: &mut Tx, token: &TokenHash, purpose: Purpose, now: Millis) -> Result<Tried, Error> {
    let tried = store::take_try(tx, token, purpose, now)?;
    let (next, left) = tried.ok_or(Error::ChallengeDead)?;
    Ok(Tried { next, left })
}

fn refuse(tx: &mut Tx, token: &TokenHash, tried: &Tried, refused: Error) -> Result<Passed, Error> {
    if tried.left > 0 {
        return Ok(Passed::Refused(refused));
    }
    store::delete(tx, token)?;
    Ok(Passed::Refused(Error::ChallengeDead))
}

fn enter(
    tx: &mut Tx,
    token: &TokenHash,
    (operator, tried): (&Operator, Tried),
    visitor: &Visitor,
    codes: Vec<String>,
    now: Millis,
) -> Result<Passed, Error> {
    // Of two at once one begins a session.
    if !store::delete(tx, token)? {
        return Err(Error::ChallengeDead);
    }
    let begun = begin(tx, operator.id, visitor, now)?;
    Ok(Passed::In {
        begun: Box::new(begun),
        next: tried.next,
        codes,
    })
}
