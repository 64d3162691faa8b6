//! What the server has acknowledged, kept by those who were told.
use posfleet::clock::{Clock, Millis};
use posfleet::reference::{Note, State};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

/// What one terminal was told: the server may not forget it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Account {
    /// The number that the session of the check-in under way carries.
    pub(crate) sent: u64,
    /// The last one that was acknowledged.
    pub(crate) told: u64,
    pub(crate) check_ins: u64,
    /// Not later than the last acknowledged contact.
    pub(crate) heard_at: Millis,
    pub(crate) reports: BTreeMap<i32, State>,
    /// Digests of the licences that were taken in, and the newest one's id.
    pub(crate) licences: BTreeSet<String>,
    pub(crate) newest: Option<(i64, String)>,
}

impl Account {
    pub(crate) fn keeps(&mut self, licence: i64, digest: String) {
        self.licences.insert(digest.clone());
        if self
            .newest
            .as_ref()
            .is_none_or(|(newest, _)| *newest < licence)
        {
            self.newest = Some((licence, digest));
        }
    }
}

pub(crate) type Accounts = BTreeMap<String, Account>;

#[derive(Default)]
pub(crate) struct Ledger(Mutex<Accounts>);

impl Ledger {
    pub(crate) fn with<T>(&self, tid: &str, f: impl FnOnce(&mut Account) -> T) -> T {
        f(self.0.lock().unwrap().entry(tid.to_owned()).or_default())
    }

    pub(crate) fn copy(&self) -> Accounts {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn note(&self, tid: &str, note: &Note<'_>) {
        match note {
            Note::CheckedIn { took, .. } => self.with(tid, |account| {
                account.told = account.sent;
                account.check_ins += 1;
                // The answer is younger than the contact, the question is older.
                let took = i64::try_from(took.as_millis()).unwrap();
                account.heard_at = Millis(Clock::system().now().0 - took - 2);
            }),
            Note::Reported { id, state } if state.is_final() => {
                self.with(tid, |account| account.reports.insert(*id, *state));
            }
            _ => {}
        }
    }
}
