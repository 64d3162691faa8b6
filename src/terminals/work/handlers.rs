//! What other slices do when work ends, a status changes, or a terminal comes, goes, or gets another
//! place or device; and what they ask who replaces a device. Registered by `app`.
use super::model::Item;
use crate::access::Actor;
use crate::clock::Millis;
use crate::db::{Conn, Error, Tx};
use crate::ids::Tid;
use crate::terminals::contact::Told;
use crate::terminals::model::Terminal;
use std::collections::{BTreeMap, HashMap};

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

/// A device that was replaced by another.
#[derive(Debug)]
pub struct Replaced<'a> {
    /// The terminal as it is now.
    pub place: &'a Terminal,
    pub old_serial: &'a str,
    chosen: &'a Chosen,
}

impl Replaced<'_> {
    /// What was answered to the choice of this name; empty when nobody asked.
    #[must_use]
    pub fn chosen(&self, name: &str) -> &'static str {
        self.chosen.0.get(name).copied().unwrap_or_default()
    }
}

/// Runs in the transaction that replaces a device.
pub type OnReplacement = fn(&mut Tx, &Actor, &Replaced, Millis) -> Result<(), Error>;

/// What a slice asks who replaces a device.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// Of the field, in the form and in the API.
    pub name: &'static str,
    /// Messages: what is asked, and what the answers lead to.
    pub label_key: &'static str,
    pub hint_key: &'static str,
    /// Each answer and its message. The first one counts when nobody says.
    pub answers: &'static [(&'static str, &'static str)],
    /// Whether there is anything to choose for this terminal.
    pub is_asked: fn(&mut Conn, &Terminal) -> Result<bool, Error>,
}

/// The answers to every [`Choice`].
#[derive(Debug, Default)]
pub(in crate::terminals) struct Chosen(BTreeMap<&'static str, &'static str>);

/// Who wants to know, by kind of work.
#[derive(Debug, Default, Clone)]
pub struct Handlers {
    outcomes: HashMap<&'static str, OnOutcome>,
    statuses: Vec<OnStatus>,
    registrations: Vec<OnChange>,
    moves: Vec<OnChange>,
    replacements: Vec<OnReplacement>,
    retirements: Vec<OnChange>,
    choices: Vec<Choice>,
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

    /// `f` hears of every new terminal.
    #[must_use]
    pub fn on_registration(mut self, f: OnChange) -> Self {
        self.registrations.push(f);
        self
    }

    /// `f` hears of every terminal that retires, after its work was taken back.
    #[must_use]
    pub fn on_retirement(mut self, f: OnChange) -> Self {
        self.retirements.push(f);
        self
    }

    /// Who replaces a device is asked this.
    #[must_use]
    pub fn ask_on_replacement(mut self, choice: Choice) -> Self {
        self.choices.push(choice);
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
    pub fn on_replacement(mut self, f: OnReplacement) -> Self {
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
        (place, old_serial, chosen): (&Terminal, &str, &Chosen),
        now: Millis,
    ) -> Result<(), Error> {
        let what = Replaced {
            place,
            old_serial,
            chosen,
        };
        let mut all = self.replacements.iter();
        all.try_for_each(|f| f(tx, actor, &what, now))
    }

    pub(in crate::terminals) fn registered(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        place: &Terminal,
        now: Millis,
    ) -> Result<(), Error> {
        let mut all = self.registrations.iter();
        all.try_for_each(|f| f(tx, actor, place, now))
    }

    pub(in crate::terminals) fn retired(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        place: &Terminal,
        now: Millis,
    ) -> Result<(), Error> {
        let mut all = self.retirements.iter();
        all.try_for_each(|f| f(tx, actor, place, now))
    }

    /// What there is to choose when this terminal's device is replaced.
    pub(in crate::terminals) fn choices(
        &self,
        conn: &mut Conn,
        of: &Terminal,
    ) -> Result<Vec<Choice>, Error> {
        let mut asked = Vec::new();
        for choice in &self.choices {
            if (choice.is_asked)(conn, of)? {
                asked.push(*choice);
            }
        }
        Ok(asked)
    }

    /// The answers as they count; the name at fault when one is none of those offered. Names that
    /// nobody asked for are `Err("")`.
    pub(in crate::terminals) fn chosen(
        &self,
        said: &BTreeMap<String, String>,
    ) -> Result<Chosen, &'static str> {
        let is_asked = |name: &String| self.choices.iter().any(|choice| choice.name == name);
        if !said.keys().all(is_asked) {
            return Err("");
        }
        let mut chosen = Chosen::default();
        for choice in &self.choices {
            let answer = said.get(choice.name).map_or("", |text| text.trim());
            let known = match answer {
                "" => choice.answers.first(),
                answer => choice.answers.iter().find(|(code, _)| *code == answer),
            };
            let (code, _) = known.ok_or(choice.name)?;
            chosen.0.insert(choice.name, *code);
        }
        Ok(chosen)
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
