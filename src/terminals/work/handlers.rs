//! What other slices do when work ends, a status changes or a terminal gets another place or
//! device, registered by `app`.
use super::model::Item;
use crate::access::Actor;
use crate::clock::Millis;
use crate::db::{Error, Tx};
use crate::ids::Tid;
use crate::terminals::contact::Told;
use crate::terminals::model::Terminal;
use std::collections::HashMap;

/// Work that came to an end, on its way to the slice that assigned it. Its state, code and detail
/// stand in `item`.
#[derive(Debug)]
pub struct Finished<'a> {
    pub tid: &'a Tid,
    pub item: &'a Item,
}

/// Runs in the transaction that ends the work; an error undoes that too.
pub type OnOutcome = fn(&mut Tx, &Finished, Millis) -> Result<(), Error>;
/// Runs in the transaction that stores a changed status.
pub type OnStatus = fn(&mut Tx, &Told, Millis) -> Result<(), Error>;

/// Runs in the transaction that an operator changed a terminal in; the terminal is as it is now.
pub type OnChange = fn(&mut Tx, &Actor, &Terminal, Millis) -> Result<(), Error>;

/// Who wants to know, by kind of work.
#[derive(Debug, Default, Clone)]
pub struct Handlers {
    outcomes: HashMap<&'static str, OnOutcome>,
    statuses: Vec<OnStatus>,
    moves: Vec<OnChange>,
    replacements: Vec<OnChange>,
}

impl Handlers {
    /// `f` hears of the end of every work of this kind, however it ends.
    #[must_use]
    pub fn on_outcome(mut self, kind: &'static str, f: OnOutcome) -> Self {
        self.outcomes.insert(kind, f);
        self
    }

    /// `f` hears of every changed status.
    #[must_use]
    pub fn on_status(mut self, f: OnStatus) -> Self {
        self.statuses.push(f);
        self
    }

    /// `f` hears of every move to another place, and takes along what belongs to the terminal.
    #[must_use]
    pub fn on_move(mut self, f: OnChange) -> Self {
        self.moves.push(f);
        self
    }

    /// `f` hears when another device serves, after the old one's work was taken back, and assigns
    /// again what the new one has to get too.
    #[must_use]
    pub fn on_replacement(mut self, f: OnChange) -> Self {
        self.replacements.push(f);
        self
    }

    pub(in crate::terminals) fn moved(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        to: &Terminal,
        now: Millis,
    ) -> Result<(), Error> {
        self.moves.iter().try_for_each(|f| f(tx, actor, to, now))
    }

    pub(in crate::terminals) fn replaced(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        place: &Terminal,
        now: Millis,
    ) -> Result<(), Error> {
        let mut all = self.replacements.iter();
        all.try_for_each(|f| f(tx, actor, place, now))
    }

    pub(in crate::terminals) fn finished(
        &self,
        tx: &mut Tx,
        what: &Finished,
        now: Millis,
    ) -> Result<(), Error> {
        match self.outcomes.get(what.item.kind.as_str()) {
            Some(f) => f(tx, what, now),
            None => Ok(()),
        }
    }

    pub(in crate::terminals) fn status_changed(
        &self,
        tx: &mut Tx,
        what: &Told,
        now: Millis,
    ) -> Result<(), Error> {
        self.statuses.iter().try_for_each(|f| f(tx, what, now))
    }
}
