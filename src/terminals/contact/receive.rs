//! Receives a batch of contacts in one transaction: the hot statement for all, and the slow path
//! only for those who need it.
use super::model::{Knock, Session, Status, Told, What, presence_at};
use super::ops::{recount, tell};
use super::touch_store::{Touch, Touched, touch};
use super::{read_store, store};
use crate::clock::Millis;
use crate::db::{Error, Tx};
use crate::ids::{TerminalId, Tid};
use crate::sealing::TokenHash;
use crate::terminals::credential::{self, Refused};
use crate::terminals::fact;
use crate::terminals::model::{Presence, Terminal, next_check_in_s};
use crate::terminals::profile::{self, Effective, LogLevel};
use crate::terminals::store::terminal;
use crate::terminals::work::{self, Handlers, Item};

/// What one contact gets back, once its batch is durable.
#[derive(Debug)]
pub(in crate::terminals) enum Answer {
    CheckedIn {
        now: Millis,
        next_check_in_s: i32,
        status_wanted: bool,
        /// The parameters, where the terminal does not say that it uses these.
        profile: Option<Effective>,
        work: Vec<Item>,
    },
    /// A long poll: work waits already.
    WorkWaiting,
    /// A long poll: nothing yet.
    Park {
        tid: Tid,
    },
    Refused(Refused),
}

/// Receives all of `knocks`; answers stand in their order.
pub(in crate::terminals) fn receive(
    tx: &mut Tx,
    handlers: &Handlers,
    knocks: &[&Knock],
    now: Millis,
) -> Result<Vec<Answer>, Error> {
    let asked: Vec<Touch> = knocks.iter().map(|knock| as_touch(knock)).collect();
    let rows = touch(tx, &asked, now)?;
    let mut answers = Vec::with_capacity(knocks.len());
    for (knock, row) in knocks.iter().zip(rows) {
        answers.push(match row {
            Some(row) => {
                arrive(tx, &row, now)?;
                welcome(tx, handlers, knock, &row, now)?
            }
            None => Answer::Refused(credential::refusal(
                tx,
                &knock.hash,
                knock.seen_from.as_deref(),
                now,
            )?),
        });
    }
    Ok(answers)
}

/// Lets one terminal in by its credential, and counts that as contact. The hot row stays locked
/// until the commit.
pub(in crate::terminals) fn let_in(
    tx: &mut Tx,
    hash: &TokenHash,
    seen_from: Option<&str>,
    now: Millis,
) -> Result<Result<Terminal, Refused>, Error> {
    let knock = Touch {
        hash,
        seen_from,
        clock_offset_ms: None,
        listening_until: None,
        tells_interval: false,
    };
    let row = touch(tx, &[knock], now)?.pop().flatten();
    let place = match &row {
        Some(row) => terminal(tx, row.terminal)?,
        None => None,
    };
    let (Some(row), Some(place)) = (row, place) else {
        return credential::refusal(tx, hash, seen_from, now).map(Err);
    };
    arrive(tx, &row, now)?;
    Ok(Ok(place))
}

fn as_touch(knock: &Knock) -> Touch<'_> {
    let (clock_offset_ms, listening_until) = match &knock.what {
        What::CheckIn(brought) => (brought.clock_offset_ms, None),
        What::Listen { until } => (None, Some(*until)),
    };
    let tells_interval = matches!(knock.what, What::CheckIn(_));
    Touch {
        hash: &knock.hash,
        seen_from: knock.seen_from.as_deref(),
        clock_offset_ms,
        listening_until,
        tells_interval,
    }
}

/// Moves the presence where this contact changes it.
fn arrive(tx: &mut Tx, row: &Touched, now: Millis) -> Result<(), Error> {
    let from = Presence::of(row.presence);
    let (to, look) = presence_at(now, now, row.interval_s, row.listening_until);
    let at = (row.terminal, row.establishment);
    if from != to && store::move_presence(tx, at, (from, to), look, None)? {
        recount(tx, row.establishment, (from, to));
        tell(tx, row.terminal, (from, to), now)?;
    }
    Ok(())
}

fn welcome(
    tx: &mut Tx,
    handlers: &Handlers,
    knock: &Knock,
    row: &Touched,
    now: Millis,
) -> Result<Answer, Error> {
    let brought = match &knock.what {
        What::Listen { .. } => return listen(tx, row.terminal, row.has_work, now),
        What::CheckIn(brought) => brought,
    };
    if let Some(offset_ms) = brought.clock_offset_ms
        && fact::is_off(offset_ms) != row.clock_is_off
    {
        store::set_clock(tx, row.terminal, !row.clock_is_off)?;
        fact::tell_clock(tx, row.terminal, !row.clock_is_off)?;
    }
    if let Some(session) = &brought.session {
        keep_session(tx, knock, session, row, now)?;
    }
    if let Some(status) = &brought.status {
        keep_status(tx, handlers, status, row, now)?;
    }
    let mut version = row.profile_version;
    if let Some(said) = &brought.profile {
        profile::keep_report(tx, row.terminal, said, now)?;
        version = said.number();
    }
    let effective = Effective {
        interval_s: row.interval_s,
        log_level: LogLevel::of(row.log_level),
    };
    let mut work = Vec::new();
    if row.has_work
        && let Some(place) = terminal(tx, row.terminal)?
    {
        work = work::offer(tx, handlers, &place.tid, place.id, now)?;
    }
    Ok(Answer::CheckedIn {
        now,
        next_check_in_s: next_check_in_s(row.terminal, row.interval_s),
        status_wanted: brought.status.is_none() && row.status_digest.is_none(),
        profile: Some(effective).filter(|it| version != Some(it.version())),
        work,
    })
}

fn listen(tx: &mut Tx, id: TerminalId, has_work: bool, now: Millis) -> Result<Answer, Error> {
    if has_work && work::has_news(tx, id, now)? {
        return Ok(Answer::WorkWaiting);
    }
    Ok(match terminal(tx, id)? {
        Some(place) => Answer::Park { tid: place.tid },
        None => Answer::Refused(Refused::NotActivated),
    })
}

fn keep_session(
    tx: &mut Tx,
    knock: &Knock,
    session: &Session,
    row: &Touched,
    now: Millis,
) -> Result<(), Error> {
    let seen_from = knock.seen_from.as_deref();
    let mark = session.mark(seen_from);
    if row.session_mark == Some(mark) {
        return Ok(());
    }
    store::keep_session(tx, row.terminal, session, (mark, seen_from), now)?;
    fact::acted(tx, row.terminal, session)
}

fn keep_status(
    tx: &mut Tx,
    handlers: &Handlers,
    status: &Status,
    row: &Touched,
    now: Millis,
) -> Result<(), Error> {
    if row.status_digest.as_deref() == Some(&status.digest[..]) {
        return Ok(());
    }
    let before = read_store::reported(tx, row.terminal)?;
    store::keep_status(tx, row.terminal, status, now)?;
    fact::reported(tx, row.terminal, &status.value)?;
    let Some(place) = terminal(tx, row.terminal)? else {
        return Ok(());
    };
    let told = Told {
        terminal: place.id,
        establishment: row.establishment,
        tid: &place.tid,
        status: &status.value,
        before: before.as_ref().map(|before| &before.body),
    };
    handlers.status_changed(tx, &told, now)
}
