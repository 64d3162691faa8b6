//! What a list of licences is narrowed by, which index knows of it, and where a licence stands in what
//! an index leaves.
use super::find_store::Field;
use super::list_store::{Order, Way, key_of};
use super::model::{Licence, State};
use crate::access::Scope;
use crate::db::Spot;
use crate::fold::fold;

/// What a list is narrowed and ordered by; texts are folded, and empty when absent.
#[derive(Debug, Clone, Default)]
pub(super) struct Search {
    /// A part of a serial number or licence id, or the beginning of a TID or file name.
    pub(super) any: String,
    pub(super) serial: String,
    pub(super) platform: String,
    pub(super) lic_id: String,
    pub(super) software: String,
    pub(super) state: Option<State>,
    /// The last day lies in this span.
    pub(super) ends: Option<(i64, i64)>,
    /// `None` is the natural one of the filter.
    pub(super) order: Option<Order>,
}

/// One filter.
#[derive(Debug, Clone)]
pub(super) enum One {
    Along(Way),
    Word(Field, String),
    Any(String),
}

/// A stream of licences that an index has in order.
pub(super) enum Lead {
    Along(Way),
    Term(Field, String),
}

impl One {
    /// The streams that hold what it leaves, those of a lower rank first.
    pub(super) fn leads(&self) -> Vec<(u8, Lead)> {
        match self {
            Self::Along(way) => vec![(0, Lead::Along(way.clone()))],
            Self::Word(field, text) => vec![(0, Lead::Term(*field, text.clone()))],
            Self::Any(text) => vec![
                (0, Lead::Term(Field::Serial, text.clone())),
                (0, Lead::Term(Field::LicId, text.clone())),
                (1, Lead::Along(Way::Tid(text.clone()))),
                (2, Lead::Along(Way::File(text.clone()))),
            ],
        }
    }

    /// Where a licence stands among them. `None` where it does not belong.
    pub(super) fn spot(&self, it: &Licence) -> Option<Spot> {
        let first = |rank, key: Option<String>| key.map(|key| (rank, key));
        let (rank, key) = match self {
            Self::Along(way) => (0, key_of(it, way.order())),
            Self::Word(field, text) => (0, first_term(&word_of(it, *field), text)?),
            Self::Any(text) => {
                let term = |field| first_term(&word_of(it, field), text);
                let serial = term(Field::Serial);
                let term = term(Field::LicId).into_iter().chain(serial).min();
                let tid = it.place.as_ref().map(|place| fold(place.tid.as_str()));
                let file = fold(&it.file_name);
                first(0, term)
                    .or_else(|| first(1, tid.filter(|tid| tid.starts_with(text))))
                    .or_else(|| first(2, Some(file).filter(|file| file.starts_with(text))))?
            }
        };
        let id = it.id.0;
        Some(Spot { rank, key, id })
    }

    /// Whether its streams are in the order, or in its reverse.
    pub(super) fn has(&self, order: Order) -> bool {
        match self {
            Self::Along(Way::State(_) | Way::Software(_)) => {
                matches!(order, Order::Newest | Order::Oldest)
            }
            Self::Along(Way::Ends(..)) => matches!(order, Order::Until | Order::UntilDown),
            _ => false,
        }
    }

    pub(super) fn is_down(&self) -> bool {
        match self {
            Self::Along(way) => way.order().is_down(),
            Self::Word(..) | Self::Any(_) => false,
        }
    }
}

impl Search {
    /// What narrows the list; what is likely to leave least comes first.
    pub(super) fn filters(&self) -> Vec<One> {
        let mut all = Vec::new();
        if !self.any.is_empty() {
            all.push(One::Any(self.any.clone()));
        }
        for (field, text) in [(Field::Serial, &self.serial), (Field::LicId, &self.lic_id)] {
            if !text.is_empty() {
                all.push(One::Word(field, text.clone()));
            }
        }
        if let Some((from, to)) = self.ends {
            all.push(One::Along(Way::Ends(from, to)));
        }
        if !self.software.is_empty() {
            all.push(One::Along(Way::Software(self.software.clone())));
        }
        if let Some(state) = self.state {
            all.push(One::Along(Way::State(state)));
        }
        if !self.platform.is_empty() {
            all.push(One::Word(Field::Platform, self.platform.clone()));
        }
        all
    }

    pub(super) fn holds(&self, it: &Licence) -> bool {
        let (serial, lic_id) = (fold(&it.facts.serial_number), fold(&it.facts.lic_id));
        let tid = it.place.as_ref().map_or("", |place| place.tid.as_str());
        let any = &self.any;
        let is_named = any.is_empty()
            || serial.contains(any)
            || lic_id.contains(any)
            || fold(tid).starts_with(any)
            || fold(&it.file_name).starts_with(any);
        let until = it.facts.valid_until.map(|at| at.0);
        is_named
            && serial.contains(&self.serial)
            && lic_id.contains(&self.lic_id)
            && fold(&it.facts.platform).contains(&self.platform)
            && (self.software.is_empty() || fold(&it.facts.software) == self.software)
            && self
                .ends
                .is_none_or(|(from, to)| until.is_some_and(|until| (from..to).contains(&until)))
            && match self.state {
                Some(state) => it.state == state,
                None => it.is_current,
            }
    }
}

pub(super) fn sees(scope: &Scope, licence: &Licence) -> bool {
    match &licence.place {
        Some(place) => scope.holds(place.establishment),
        None => *scope == Scope::All,
    }
}

fn word_of(licence: &Licence, field: Field) -> String {
    fold(match field {
        Field::Serial => &licence.facts.serial_number,
        Field::Platform => &licence.facts.platform,
        Field::LicId => &licence.facts.lic_id,
    })
}

/// The least ending of the word that begins with the text.
fn first_term(word: &str, text: &str) -> Option<String> {
    let endings = word.char_indices().map(|(at, _)| &word[at..]);
    let found = endings.filter(|ending| ending.starts_with(text)).min();
    found.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_at_the_first_of_its_terms() {
        assert_eq!(first_term("aaba", "a").as_deref(), Some("a"));
        assert_eq!(first_term("sn-1212", "12").as_deref(), Some("12"));
        assert_eq!(first_term("sn-1212", "121").as_deref(), Some("1212"));
        assert_eq!(first_term("sn-1212", "13"), None);
    }
}
