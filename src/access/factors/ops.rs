//! What is done about second factors.
use super::proof::{self, Offer, Typed, hash_of, step_of};
use super::store::{self, New};
use crate::access::audit::change;
use crate::access::error::Error;
use crate::access::model::Actor;
use crate::access::operators::{self, Operator, Proved};
use crate::access::{roles, sessions};
use crate::clock::Millis;
use crate::db::Tx;
use crate::ids::OperatorId;
use crate::sealing::Secret;
use serde_json::json;
use std::net::IpAddr;

/// What became of a code. Not an error, since the try has to stay counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::access) enum Verdict {
    Right,
    Wrong,
    /// Right, but it or a later one was taken before.
    Used,
    /// There were too many wrong ones; it was not looked at. The next is in so many seconds.
    Wait(u32),
    /// A recovery code that was taken before.
    Spent,
}

impl Verdict {
    /// What is answered, unless it is right.
    pub(in crate::access) fn refusal(self) -> Option<Error> {
        match self {
            Self::Right => None,
            Self::Wrong => Some(Error::CodeWrong),
            Self::Used => Some(Error::CodeUsed),
            Self::Wait(seconds) => Some(Error::TooManyTries(seconds)),
            Self::Spent => Some(Error::RecoveryCodeUsed),
        }
    }
}

/// Checks a code of an operator's program, or a recovery code, and spends it.
pub(in crate::access) fn prove(
    tx: &mut Tx,
    secret: &Secret,
    operator: &Operator,
    typed: &str,
    from: Option<IpAddr>,
    now: Millis,
) -> Result<Verdict, Error> {
    if !store::take_try(tx, operator.id, now)? {
        return Ok(Verdict::Wait(wait(tx, operator.id, now)?));
    }
    let verdict = match Typed::parse(typed) {
        Typed::Digits(code) => by_program(tx, secret, operator.id, &code, now)?,
        Typed::Recovery(code) => by_recovery_code(tx, secret, operator, &code, from, now)?,
    };
    if verdict == Verdict::Right {
        store::forgive(tx, operator.id)?;
    } else {
        // Somebody knows the password: the owner, or a thief.
        let actor = operator.acting(from);
        tx.record(change(
            &actor,
            now,
            "operator.fail-second-factor",
            "operator",
            &operator.login,
        ));
    }
    Ok(verdict)
}

/// Whole seconds until the next try, at least one.
fn wait(tx: &mut Tx, whose: OperatorId, now: Millis) -> Result<u32, Error> {
    let next = store::next_try_at(tx, whose)?.unwrap_or(now);
    let seconds = (next.0 - now.0 + 999) / 1000;
    Ok(u32::try_from(seconds.max(1)).unwrap_or(u32::MAX))
}

fn by_program(
    tx: &mut Tx,
    secret: &Secret,
    whose: OperatorId,
    code: &str,
    now: Millis,
) -> Result<Verdict, Error> {
    let sealed = store::sealed_key(tx, whose)?.unwrap_or_default();
    let Some(key) = proof::open(secret, whose, &sealed) else {
        tracing::error!(
            operator.id = whose.0,
            "a second factor was sealed by another server.secret"
        );
        return Ok(Verdict::Wrong);
    };
    let Some(step) = step_of(&key, code, now) else {
        return Ok(Verdict::Wrong);
    };
    let is_first = store::use_step(tx, whose, step)?;
    Ok(if is_first {
        Verdict::Right
    } else {
        Verdict::Used
    })
}

fn by_recovery_code(
    tx: &mut Tx,
    secret: &Secret,
    operator: &Operator,
    folded: &str,
    from: Option<IpAddr>,
    now: Millis,
) -> Result<Verdict, Error> {
    let hash = hash_of(secret, operator.id, folded);
    if !store::use_code(tx, operator.id, &hash, now)? {
        let was_one = store::was_code(tx, operator.id, &hash)?;
        return Ok(if was_one {
            Verdict::Spent
        } else {
            Verdict::Wrong
        });
    }
    let left = store::codes_left(tx, operator.id)?;
    let actor = operator.acting(from);
    tx.record(
        change(
            &actor,
            now,
            "operator.use-recovery-code",
            "operator",
            &operator.login,
        )
        .after(json!({ "left": left })),
    );
    Ok(Verdict::Right)
}

/// Which factor a new one may take the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::access) enum How {
    /// None: whoever signs in by his password alone must not put another's aside.
    First,
    /// The operator's own, of which he proved to be the owner by his password.
    Anew,
}

/// Keeps a key that an authenticator program has taken; the recovery codes are returned and kept
/// nowhere. `None` when there is a factor that may not be replaced.
pub(in crate::access) fn enrol(
    tx: &mut Tx,
    secret: &Secret,
    (actor, whose): (&Actor, OperatorId),
    (offer, step): (&Offer, i64),
    how: How,
    now: Millis,
) -> Result<Option<Vec<String>>, Error> {
    let replaces = how == How::Anew && store::delete(tx, whose)?;
    let new = New {
        whose,
        sealed_key: proof::seal(secret, whose, &offer.key),
        step,
        at: now,
    };
    if !store::insert(tx, &new)? {
        return Ok(None);
    }
    let codes = give_codes(tx, secret, whose)?;
    tx.record(
        change(
            actor,
            now,
            "operator.set-up-second-factor",
            "operator",
            actor.who.name(),
        )
        .after(json!({ "replaces": replaces })),
    );
    Ok(Some(codes))
}

fn give_codes(tx: &mut Tx, secret: &Secret, whose: OperatorId) -> Result<Vec<String>, Error> {
    let codes = proof::new_codes();
    let hash = |code: &String| hash_of(secret, whose, &code.replace('-', ""));
    let hashes: Vec<[u8; 32]> = codes.iter().map(hash).collect();
    store::replace_codes(tx, whose, &hashes)?;
    Ok(codes)
}

/// Somebody who is signed in, in which session, and that he has just typed his password.
pub(super) struct Owner {
    pub actor: Actor,
    pub id: OperatorId,
    pub session: i64,
    pub proved: Proved,
}

impl Owner {
    /// His password may have been changed since he proved it; from here on it is not.
    fn check(&self, tx: &mut Tx) -> Result<(), Error> {
        let same = operators::hold_proved(tx, &self.proved)?;
        same.then_some(()).ok_or(Error::PasswordWrong)
    }
}

/// Sets up a factor, or another in its place; his other sessions end.
pub(super) fn set_up(
    tx: &mut Tx,
    secret: &Secret,
    by: &Owner,
    taken: (&Offer, i64),
    now: Millis,
) -> Result<Vec<String>, Error> {
    by.check(tx)?;
    let codes = enrol(tx, secret, (&by.actor, by.id), taken, How::Anew, now)?;
    sessions::delete_others(tx, by.id, by.session)?;
    // Two of them at once: the other one's program is in force.
    codes.ok_or(Error::OfferDead)
}

/// Gives new recovery codes; those before are worth nothing.
pub(super) fn renew_codes(
    tx: &mut Tx,
    secret: &Secret,
    by: &Owner,
    now: Millis,
) -> Result<Vec<String>, Error> {
    by.check(tx)?;
    // Two at once would not see each other's codes, and leave both good: the factor is held meanwhile.
    if !store::hold(tx, by.id)? {
        return Err(Error::NoSecondFactor);
    }
    let codes = give_codes(tx, secret, by.id)?;
    tx.record(change(
        &by.actor,
        now,
        "operator.renew-recovery-codes",
        "operator",
        by.actor.who.name(),
    ));
    Ok(codes)
}

/// Gives up the factor, unless a role demands it.
pub(super) fn turn_off(tx: &mut Tx, by: &Owner, now: Millis) -> Result<(), Error> {
    by.check(tx)?;
    if roles::demand_second_factor(tx, by.id)? {
        return Err(Error::SecondFactorDemanded);
    }
    if store::delete(tx, by.id)? {
        tx.record(change(
            &by.actor,
            now,
            "operator.turn-off-second-factor",
            "operator",
            by.actor.who.name(),
        ));
    }
    Ok(())
}
