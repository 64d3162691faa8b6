//! What became of each work item, kept by its number: an item that is offered twice is done once,
//! and an outcome whose report was lost is reported again, word for word.
use super::wire::Report;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Enough to answer for everything the server may still ask about.
const KEPT: usize = 64;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Journal(BTreeMap<i32, Entry>);

/// One finished item.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    pub kind: String,
    pub report: Report,
    /// True when the server has confirmed the report, or has closed the item itself.
    pub delivered: bool,
}

impl Journal {
    #[must_use]
    pub fn get(&self, id: i32) -> Option<&Entry> {
        self.0.get(&id)
    }

    pub fn iter(&self) -> impl Iterator<Item = (i32, &Entry)> {
        self.0.iter().map(|(id, entry)| (*id, entry))
    }

    /// Adds a finished item; the oldest delivered ones make room.
    pub(super) fn finish(&mut self, id: i32, kind: &str, report: Report) {
        let entry = Entry {
            kind: kind.to_owned(),
            report,
            delivered: false,
        };
        self.0.insert(id, entry);
        while self.0.len() > KEPT {
            let Some(oldest) = self.0.iter().find(|(_, e)| e.delivered).map(|(id, _)| *id) else {
                break;
            };
            self.0.remove(&oldest);
        }
    }

    pub(super) fn delivered(&mut self, id: i32) {
        if let Some(entry) = self.0.get_mut(&id) {
            entry.delivered = true;
        }
    }

    /// What the server has not confirmed yet.
    pub(super) fn undelivered(&self) -> Vec<i32> {
        self.iter()
            .filter(|(_, entry)| !entry.delivered)
            .map(|(id, _)| id)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::wire::State;
    use super::*;

    #[test]
    fn only_delivered_outcomes_are_forgotten() {
        let mut journal = Journal::default();
        for id in 0..200 {
            journal.finish(id, "licence", Report::of(State::Done));
            if id != 3 {
                journal.delivered(id);
            }
        }
        assert_eq!(journal.iter().count(), KEPT);
        assert_eq!(journal.undelivered(), [3]);
        assert!(journal.get(199).is_some() && journal.get(0).is_none());
    }
}
