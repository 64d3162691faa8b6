//! What changes facts. Each verb's caller has claimed the terminal, so nobody else changes its facts
//! meanwhile; the guards in the store hold all the same.
use super::model::{self, CLOCK, ERROR, LAST_ACTION, LICENCE, MODEL, NONE, POINT, UPDATE};
use super::store::{self, Fact, Place};
use crate::db::{CountKey, Error, Tx};
use crate::ids::{EstablishmentId, PointOfServiceId, TerminalId};
use crate::terminals::contact::Session;
use std::collections::{BTreeMap, HashSet};

/// As which everything is counted once more.
pub(super) const ALL: EstablishmentId = EstablishmentId(0);

/// A new terminal.
#[derive(Debug, Clone)]
pub(in crate::terminals) struct New<'a> {
    pub(in crate::terminals) terminal: TerminalId,
    pub(in crate::terminals) establishment: EstablishmentId,
    pub(in crate::terminals) sort_key: String,
    /// Its code.
    pub(in crate::terminals) model: &'a str,
    pub(in crate::terminals) point: PointOfServiceId,
}

impl New<'_> {
    fn facts(&self) -> Vec<Fact> {
        let point = self.point.to_string();
        let values = [
            (MODEL, self.model),
            (POINT, point.as_str()),
            (LAST_ACTION, NONE),
            (LICENCE, NONE),
            (UPDATE, NONE),
            (ERROR, NONE),
            (CLOCK, model::clock(false)),
        ];
        let place = Place {
            establishment: self.establishment,
            is_retired: false,
            sort_key: self.sort_key.clone(),
        };
        let fact = |(name, value): (&str, &str)| Fact {
            terminal: self.terminal,
            name: name.to_owned(),
            value: value.to_owned(),
            place: place.clone(),
        };
        values.into_iter().map(fact).collect()
    }
}

/// The facts of a terminal that was just registered.
pub(in crate::terminals) fn place(tx: &mut Tx, new: &New<'_>) -> Result<(), Error> {
    place_many(tx, std::slice::from_ref(new))
}

/// [`place`] for many.
pub(in crate::terminals) fn place_many(tx: &mut Tx, all: &[New<'_>]) -> Result<(), Error> {
    let facts: Vec<Fact> = all.iter().flat_map(New::facts).collect();
    store::insert(tx, &facts)?;
    // Of many there are few different ones.
    let mut sums: BTreeMap<(EstablishmentId, &str, &str), i64> = BTreeMap::new();
    for fact in &facts {
        let key = (
            fact.place.establishment,
            fact.name.as_str(),
            fact.value.as_str(),
        );
        *sums.entry(key).or_default() += 1;
    }
    for ((establishment, name, value), n) in sums {
        count(tx, establishment, (name, value), n);
    }
    Ok(())
}

/// Sets facts of a terminal, which the transaction has claimed. Names are those of
/// [`super::FIXED`], each once.
///
/// # Errors
/// When the database fails.
pub fn set(tx: &mut Tx, terminal: TerminalId, facts: &[(&str, &str)]) -> Result<(), Error> {
    let wanted = facts
        .iter()
        .map(|(name, value)| ((*name).to_owned(), model::word(value)))
        .collect();
    change(tx, terminal, wanted, false)
}

/// What a changed status tells. Components that it does not tell any more are forgotten.
pub(in crate::terminals) fn reported(
    tx: &mut Tx,
    terminal: TerminalId,
    status: &serde_json::Value,
) -> Result<(), Error> {
    change(tx, terminal, model::versions(status), true)
}

/// What a new or changed session tells.
pub(in crate::terminals) fn acted(
    tx: &mut Tx,
    terminal: TerminalId,
    session: &Session,
) -> Result<(), Error> {
    let action = session.last_action.as_deref().unwrap_or_default();
    let mut facts = vec![(LAST_ACTION, action)];
    if let Some(result) = session.action_result.as_deref() {
        let is_fine = model::is_result_fine(result);
        facts.push((ERROR, if is_fine { NONE } else { result }));
    }
    set(tx, terminal, &facts)
}

pub(in crate::terminals) fn tell_clock(
    tx: &mut Tx,
    terminal: TerminalId,
    is_off: bool,
) -> Result<(), Error> {
    set(tx, terminal, &[(CLOCK, model::clock(is_off))])
}

/// Work of this kind changed its state; `ended` is the outcome of what came to an end: the error, or
/// `none`. Only what changes the terminal has a say: a log that was fetched mends nothing.
pub(in crate::terminals) fn worked(
    tx: &mut Tx,
    terminal: TerminalId,
    kind: &str,
    ended: Option<&str>,
) -> Result<(), Error> {
    if !model::is_change(kind) {
        return Ok(());
    }
    let state = store::latest_change(tx, terminal, model::is_change)?;
    let mut facts = vec![(UPDATE, state.as_deref().map_or(NONE, model::of_work))];
    facts.extend(ended.map(|ended| (ERROR, ended)));
    set(tx, terminal, &facts)
}

pub(in crate::terminals) fn set_model(
    tx: &mut Tx,
    terminal: TerminalId,
    code: &str,
) -> Result<(), Error> {
    set(tx, terminal, &[(MODEL, code)])
}

/// Takes the facts along to another place.
pub(in crate::terminals) fn moved(
    tx: &mut Tx,
    terminal: TerminalId,
    to: (EstablishmentId, PointOfServiceId),
) -> Result<(), Error> {
    let point = to.1.to_string();
    set(tx, terminal, &[(POINT, &point)])?;
    let all = store::of_terminal(tx, terminal)?;
    store::set_establishment(tx, terminal, to.0)?;
    for fact in all.iter().filter(|fact| !fact.place.is_retired) {
        let of = (fact.name.as_str(), fact.value.as_str());
        count_in(tx, fact.place.establishment, of, -1);
        count_in(tx, to.0, of, 1);
    }
    Ok(())
}

/// Takes the facts of a retiring terminal out of what is counted.
pub(in crate::terminals) fn retire(tx: &mut Tx, terminal: TerminalId) -> Result<(), Error> {
    let all = store::of_terminal(tx, terminal)?;
    store::retire(tx, terminal)?;
    for fact in all.iter().filter(|fact| !fact.place.is_retired) {
        let of = (fact.name.as_str(), fact.value.as_str());
        count(tx, fact.place.establishment, of, -1);
    }
    Ok(())
}

/// Brings the facts of a terminal to what is wanted; `are_versions` forgets versions that are not
/// among them.
fn change(
    tx: &mut Tx,
    terminal: TerminalId,
    wanted: BTreeMap<String, String>,
    are_versions: bool,
) -> Result<(), Error> {
    let there = store::of_terminal(tx, terminal)?;
    let known: HashSet<&str> = there.iter().map(|fact| fact.name.as_str()).collect();
    for fact in &there {
        let (place, old) = (&fact.place, (fact.name.as_str(), fact.value.as_str()));
        let is_version = fact.name.starts_with(model::VERSION) || fact.name.starts_with(model::APP);
        let new = wanted.get(&fact.name);
        let moved = match new {
            Some(new) if *new == fact.value => false,
            Some(new) => store::update(tx, fact, new)?,
            None => are_versions && is_version && store::delete(tx, fact)?,
        };
        if moved && !place.is_retired {
            count(tx, place.establishment, old, -1);
            if let Some(new) = new {
                count(tx, place.establishment, (old.0, new), 1);
            }
        }
    }
    let place = there.first().map(|fact| fact.place.clone());
    let fresh: Vec<(String, String)> = wanted
        .into_iter()
        .filter(|(name, _)| !known.contains(name.as_str()))
        .collect();
    if fresh.is_empty() {
        return Ok(());
    }
    let place = match place {
        Some(place) => Some(place),
        None => store::place_of(tx, terminal)?,
    };
    let Some(place) = place else { return Ok(()) };
    let fact = |(name, value)| Fact {
        terminal,
        name,
        value,
        place: place.clone(),
    };
    let fresh: Vec<Fact> = fresh.into_iter().map(fact).collect();
    store::insert(tx, &fresh)?;
    for fact in fresh.iter().filter(|_| !place.is_retired) {
        count(tx, place.establishment, (&fact.name, &fact.value), 1);
    }
    Ok(())
}

fn count(tx: &mut Tx, establishment: EstablishmentId, of: (&str, &str), by: i64) {
    count_in(tx, establishment, of, by);
    count_in(tx, ALL, of, by);
}

fn count_in(tx: &mut Tx, establishment: EstablishmentId, (name, value): (&str, &str), by: i64) {
    let key = CountKey::words(establishment.0, name, value);
    tx.count("terminal_fact_count", key, by, |conn, key, by| {
        let [name, value] = &key.words;
        store::shift(conn, EstablishmentId(key.of), (name, value), by)
    });
}
