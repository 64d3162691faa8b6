//! The verbs of work. Each locks the terminal's hot row first, so that the flag "has work" never
//! misses what another transaction does at the same time.
use super::error::Error;
use super::handlers::{Finished, Handlers};
use super::model::{Input, Item, NewWork, Said, State, Step, Wrong};
use super::store::{self, Outcome};
use crate::access::Actor;
use crate::clock::Millis;
use crate::db::{self, Event, Tx};
use crate::ids::{EstablishmentId, TerminalId, Tid, WorkId};
use crate::terminals::contact;
use crate::terminals::fact;
use crate::terminals::model::{Life, Terminal};
use crate::terminals::store::terminal;
use serde_json::json;

/// Gives a terminal something to do. Open work about the same thing is taken back.
#[expect(
    clippy::needless_pass_by_value,
    reason = "work is made to be given away"
)]
pub fn assign(tx: &mut Tx, actor: &Actor, new: NewWork, now: Millis) -> Result<WorkId, Error> {
    let place = locked(tx, new.terminal)?;
    if place.life == Life::Retired {
        return Err(Error::Retired);
    }
    for item in store::open_about(tx, place.id, &new.natural_key)? {
        take_back(tx, None, actor, &place.tid, item, "work.replaced", now)?;
    }
    let number = store::next_number(tx, place.id)?.ok_or(Error::NumbersSpent)?;
    let by = actor.who.name();
    let id = store::insert(tx, &new, place.establishment, number, by, now)?;
    store::refresh_flag(tx, place.id, now)?;
    fact::worked(tx, place.id, new.kind, None)?;
    tx.emit(event(
        "work.assigned",
        &place.tid,
        place.establishment,
        (new.kind, number),
        now,
    ));
    Ok(id)
}

/// Takes back all open work about one thing; says how many items that were. What the terminal was
/// offered already stays `cancelling` until it is heard again.
pub fn cancel(
    tx: &mut Tx,
    actor: &Actor,
    id: TerminalId,
    natural_key: &str,
    now: Millis,
) -> Result<usize, Error> {
    let place = locked(tx, id)?;
    let open = store::open_about(tx, id, natural_key)?;
    let n = open.len();
    for item in open {
        take_back(tx, None, actor, &place.tid, item, "work.taken-back", now)?;
    }
    store::refresh_flag(tx, id, now)?;
    Ok(n)
}

/// Takes back everything, for a terminal that retires or gets another device. Nobody asked for the
/// items one by one, so their slices hear of their end.
pub(in crate::terminals) fn cancel_all(
    tx: &mut Tx,
    handlers: &Handlers,
    actor: &Actor,
    id: TerminalId,
    now: Millis,
) -> Result<(), Error> {
    let place = locked(tx, id)?;
    loop {
        let open: Vec<Item> = store::open(tx, id)?;
        let mut ended = 0;
        for mut item in open {
            if item.track.state != State::Cancelling {
                let (told, tid) = (Some(handlers), &place.tid);
                item = take_back(tx, told, actor, tid, item, "work.taken-back", now)?;
            }
            if item.track.state == State::Cancelling {
                let (tid, input) = (&place.tid, Input::Let);
                let why = Outcome::default();
                advance(tx, Some(handlers), tid, item, input, why, now)?;
            }
            ended += 1;
        }
        if ended == 0 {
            break;
        }
    }
    Ok(store::refresh_flag(tx, id, now)?)
}

/// Marks a waiting item as held, with the reason's code, or lets it go on. False when it is not
/// waiting.
pub fn hold(tx: &mut Tx, id: WorkId, why: Option<&str>, now: Millis) -> Result<bool, Error> {
    let item = store::find(tx, id)?.ok_or(Error::Unknown)?;
    let place = locked(tx, item.terminal)?;
    if !store::set_held(tx, id, why)? {
        return Ok(false);
    }
    store::refresh_flag(tx, place.id, now)?;
    if why.is_none() {
        let kind = item.kind.as_str();
        let what = (kind, item.number);
        tx.emit(event(
            "work.due",
            &place.tid,
            place.establishment,
            what,
            now,
        ));
    }
    Ok(true)
}

/// The work list of one answer. Whatever the terminal was offered is told again until it reports,
/// so that a lost answer loses nothing. The hot row must be locked already.
pub(in crate::terminals) fn offer(
    tx: &mut Tx,
    handlers: &Handlers,
    tid: &Tid,
    id: TerminalId,
    now: Millis,
) -> Result<Vec<Item>, db::Error> {
    let mut list = Vec::new();
    for mut item in store::open(tx, id)? {
        for input in [Input::Tick, Input::Let, Input::Offer] {
            let outcome = Outcome::default();
            item = advance(tx, Some(handlers), tid, item, input, outcome, now)?;
        }
        if item.track.state.is_under_way() {
            list.push(item);
        }
    }
    store::refresh_flag(tx, id, now)?;
    Ok(list)
}

/// Is there anything that the terminal has not been told yet? What it is at already is no news, or
/// a parked terminal would be woken for ever.
pub(in crate::terminals) fn has_news(
    conn: &mut db::Conn,
    id: TerminalId,
    now: Millis,
) -> Result<bool, db::Error> {
    let open = store::open(conn, id)?;
    Ok(open
        .iter()
        .any(|item| item.track.is_ready(now) || item.track.state == State::Cancelling))
}

/// What the terminal says of its work. Saying the same again changes nothing.
pub(in crate::terminals) fn report(
    tx: &mut Tx,
    handlers: &Handlers,
    place: &Terminal,
    number: i32,
    said: &Said,
    now: Millis,
) -> Result<State, Error> {
    let item = store::numbered(tx, place.id, number)?.ok_or(Error::Unknown)?;
    let from = item.track.state;
    let input = Input::Say {
        step: said.step,
        progress: said.progress,
        retry_after_s: said.retry_after_s,
    };
    item.track.step(input, now).map_err(|wrong| match wrong {
        Wrong::NotOpen => Error::NotOpen(from),
        Wrong::BadTransition => Error::BadTransition {
            from,
            said: said.step,
        },
    })?;
    let outcome = Outcome {
        code: said.code.as_deref(),
        detail: said.detail.as_deref(),
    };
    let item = advance(tx, Some(handlers), &place.tid, item, input, outcome, now)?;
    store::refresh_flag(tx, place.id, now)?;
    Ok(item.track.state)
}

/// Ends or retries what took too long, and raises the flag for what has waited long enough. Looks
/// at `chunk` items at most and says how many it looked at.
pub fn tend(tx: &mut Tx, handlers: &Handlers, now: Millis, chunk: i64) -> Result<usize, db::Error> {
    let overdue = store::overdue(tx, now, chunk)?;
    let looked = overdue.len();
    for stale in overdue {
        let id = stale.terminal;
        if contact::lock(tx, id)?.is_none() {
            continue;
        }
        let (Some(place), Some(item)) = (terminal(tx, id)?, store::find(tx, stale.id)?) else {
            continue;
        };
        let was = item.track;
        let silent = Outcome {
            code: was.state.is_under_way().then_some("work.timed-out"),
            detail: None,
        };
        let item = advance(
            tx,
            Some(handlers),
            &place.tid,
            item,
            Input::Tick,
            silent,
            now,
        )?;
        store::refresh_flag(tx, id, now)?;
        if was.state == State::Waiting && item.track.is_ready(now) {
            let what = (item.kind.as_str(), item.number);
            tx.emit(event(
                "work.due",
                &place.tid,
                place.establishment,
                what,
                now,
            ));
        }
    }
    Ok(looked)
}

fn locked(tx: &mut Tx, id: TerminalId) -> Result<Terminal, Error> {
    contact::lock(tx, id)?.ok_or(Error::NoTerminal)?;
    terminal(tx, id)?.ok_or(Error::NoTerminal)
}

fn take_back(
    tx: &mut Tx,
    handlers: Option<&Handlers>,
    actor: &Actor,
    tid: &Tid,
    item: Item,
    code: &'static str,
    now: Millis,
) -> Result<Item, db::Error> {
    let why = Outcome {
        code: Some(code),
        detail: Some(actor.who.name()),
    };
    advance(tx, handlers, tid, item, Input::Cancel, why, now)
}

/// Feeds one input to an item: stores where it leads, says so in the outbox, and tells the slice
/// that assigned it when it has ended (unless there are no `handlers`: then that slice asked).
fn advance(
    tx: &mut Tx,
    handlers: Option<&Handlers>,
    tid: &Tid,
    mut item: Item,
    input: Input,
    outcome: Outcome,
    now: Millis,
) -> Result<Item, db::Error> {
    let from = item.track.state;
    let Ok(Some(next)) = item.track.step(input, now) else {
        return Ok(item);
    };
    // A new word of the terminal's replaces what it said before; time alone does not.
    let kept = match input {
        Input::Say { .. } | Input::Offer => outcome,
        Input::Cancel | Input::Let | Input::Tick => Outcome {
            code: outcome.code.or(item.outcome_code.as_deref()),
            detail: outcome.detail.or(item.outcome_detail.as_deref()),
        },
    };
    if !store::advance(tx, item.id, from, &next, kept, now)? {
        return Ok(item);
    }
    let (code, detail) = (kept.code.map(str::to_owned), kept.detail.map(str::to_owned));
    item.track = next;
    item.outcome_code = code;
    item.outcome_detail = detail;
    if next.state == from {
        return Ok(item);
    }
    let kind = transition(next.state, input);
    let what = (item.kind.as_str(), item.number);
    let mut happened = event(kind, tid, item.establishment, what, now);
    if let Some(code) = &item.outcome_code {
        happened.body["code"] = code.as_str().into();
    }
    tx.emit(happened);
    let error = match next.state {
        State::Done => Some(fact::NONE),
        State::Failed | State::Refused => {
            Some(item.outcome_code.as_deref().unwrap_or(next.state.code()))
        }
        _ => None,
    };
    fact::worked(tx, item.terminal, &item.kind, error)?;
    if next.state.is_final() {
        item.finished_at = Some(now);
        if let Some(handlers) = handlers {
            handlers.finished(tx, &Finished { tid, item: &item }, now)?;
        }
    }
    Ok(item)
}

fn transition(to: State, input: Input) -> &'static str {
    match to {
        State::Waiting if matches!(input, Input::Say { step, .. } if step == Step::TryLater) => {
            "work.put-off"
        }
        State::Waiting => "work.timed-out",
        State::Offered => "work.offered",
        State::Downloading => "work.downloading",
        State::Installing => "work.installing",
        State::Cancelling => "work.cancelling",
        State::Done => "work.done",
        State::Failed => "work.failed",
        State::Refused => "work.refused",
        State::Expired => "work.expired",
        State::Cancelled => "work.cancelled",
    }
}

fn event(
    kind: &'static str,
    tid: &Tid,
    establishment: EstablishmentId,
    (work, number): (&str, i32),
    now: Millis,
) -> Event {
    Event {
        at: now,
        kind,
        subject: tid.to_string(),
        establishment: Some(establishment),
        body: json!({ "tid": tid, "work": work, "number": number }),
    }
}
