//! What a licence is, and the rules that need no database.
use super::facts_model::Facts;
use crate::clock::Millis;
use crate::ids::{BlobId, EstablishmentId, LicenceId, TerminalId, Tid, WorkId};
use serde::Serialize;

/// The kind of the work that delivers a licence.
pub const KIND: &str = "licence";
/// Where a terminal fetches its licences.
pub(super) const LINK: &str = "/terminal/v1/licences";
/// The largest licence that is accepted. Licences in the field have a few kilobytes.
pub(super) const MAX_BYTES: u64 = 1 << 20;
const FILE_NAME_MAX: usize = 200;

/// Where a licence stands. See the diagram in `mod.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LicenceState)]
pub enum State {
    /// Its serial number serves nowhere yet, or no more.
    Unmatched,
    Waiting,
    Fetched,
    Confirmed,
    Failed,
    Superseded,
    Deleted,
}

impl State {
    pub const ALL: [Self; 7] = [
        Self::Unmatched,
        Self::Waiting,
        Self::Fetched,
        Self::Confirmed,
        Self::Failed,
        Self::Superseded,
        Self::Deleted,
    ];

    /// As stored, as said in JSON, and the end of its message key.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unmatched => "unmatched",
            Self::Waiting => "waiting",
            Self::Fetched => "fetched",
            Self::Confirmed => "confirmed",
            Self::Failed => "failed",
            Self::Superseded => "superseded",
            Self::Deleted => "deleted",
        }
    }

    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether it is left of a licence that is none any more.
    #[must_use]
    pub fn is_tombstone(self) -> bool {
        matches!(self, Self::Superseded | Self::Deleted)
    }
}

/// One uploaded licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licence {
    pub id: LicenceId,
    /// Where its serial number serves; `None` while that is nowhere.
    pub place: Option<Place>,
    pub facts: Facts,
    pub file_name: String,
    pub size_bytes: i64,
    /// Of the bytes, in hexadecimal.
    pub sha256: String,
    /// `None` once the file is gone and only the tombstone is left.
    pub blob: Option<BlobId>,
    pub state: State,
    /// The one that its key has; false of a tombstone.
    pub is_current: bool,
    /// The work that delivers it.
    pub work: Option<WorkId>,
    /// Why it failed.
    pub outcome_code: Option<String>,
    pub uploaded_at: Millis,
    pub uploaded_by: String,
    /// `operator`, `client` and so on; `unknown` of licences from before that was kept.
    pub source: String,
    pub source_id: Option<i64>,
    /// In the delivery under way, or in the last one.
    pub fetched_at: Option<Millis>,
    /// In whichever delivery: that the terminal has had it is never forgotten.
    pub first_fetched_at: Option<Millis>,
    pub confirmed_at: Option<Millis>,
    pub ended_at: Option<Millis>,
    pub ended_by: Option<String>,
}

/// The terminal that a licence is attached to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub terminal: TerminalId,
    pub tid: Tid,
    pub establishment: EstablishmentId,
}

impl Licence {
    /// When the terminal fetched it, as one tells it: of a tombstone, whenever that was.
    #[must_use]
    pub fn told_fetched_at(&self) -> Option<Millis> {
        let ever = self.first_fetched_at.filter(|_| !self.is_current);
        self.fetched_at.or(ever)
    }

    /// Whether this caller deposited it: `client` and his id, and so on.
    pub(super) fn is_by(&self, kind: &str, id: Option<i64>) -> bool {
        id.is_some() && self.source_id == id && self.source == kind
    }

    /// What the work that delivers it goes by.
    pub(super) fn work_key(&self) -> String {
        format!("{KIND}:{}", self.id)
    }

    /// The TID of its terminal, or the serial number that it waits for.
    #[must_use]
    pub fn subject(&self) -> &str {
        match &self.place {
            Some(place) => place.tid.as_str(),
            None => &self.facts.serial_number,
        }
    }
}

/// What to do when the key has another licence already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replace {
    Refuse,
    Supersede,
}

impl Replace {
    #[must_use]
    pub fn when(yes: bool) -> Self {
        if yes { Self::Supersede } else { Self::Refuse }
    }
}

/// Whose licence a deposit may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Anybodys,
    /// Only what the same caller deposited.
    Own,
}

/// What an upload came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uploaded {
    /// The first of its key, or the only one.
    New,
    Superseding,
    /// The key has exactly this file already: nothing changed.
    Same,
}

/// How a delivery ended, in the terminal's words and in what we saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    Confirmed,
    Failed(String),
}

impl Ending {
    /// `done` alone is no proof: a terminal that never fetched the file cannot have it.
    #[must_use]
    pub(super) fn judge(is_done: bool, was_fetched: bool, code: Option<&str>, state: &str) -> Self {
        match (is_done, was_fetched) {
            (true, true) => Self::Confirmed,
            (true, false) => Self::Failed("licence.not-fetched".to_owned()),
            (false, _) => Self::Failed(code.map_or_else(|| format!("work.{state}"), str::to_owned)),
        }
    }
}

/// What becomes of a device's licences when another one takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnReplacement {
    /// They are bound to the new device.
    Move,
    /// They stay bound to the old one and wait for it.
    Leave,
}

impl OnReplacement {
    pub(super) fn parse(code: &str) -> Option<Self> {
        match code {
            "move" => Some(Self::Move),
            "leave" => Some(Self::Leave),
            _ => None,
        }
    }
}

/// The name of an uploaded file without its folders and without what no file name should hold.
/// `None` when nothing is left, or too much.
#[must_use]
pub(super) fn file_name(text: &str) -> Option<String> {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).collect();
    let name = name.trim();
    let fits = (1..=FILE_NAME_MAX).contains(&name.chars().count()) && name != "." && name != "..";
    fits.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_comes_back_as_the_state_it_was() {
        for state in State::ALL {
            assert_eq!(State::parse(state.code()), Some(state));
        }
        assert_eq!(State::parse("delivered"), None);
    }

    #[test]
    fn done_without_a_fetch_is_no_delivery() {
        let judge = Ending::judge;
        assert_eq!(judge(true, true, None, "done"), Ending::Confirmed);
        let failed = |code: &str| Ending::Failed(code.to_owned());
        assert_eq!(
            judge(true, false, None, "done"),
            failed("licence.not-fetched")
        );
        assert_eq!(judge(false, true, Some("E7"), "failed"), failed("E7"));
        assert_eq!(judge(false, true, None, "expired"), failed("work.expired"));
    }

    #[test]
    fn a_file_name_loses_its_folders_and_keeps_its_letters() {
        assert_eq!(
            file_name(r"C:\licences\T 1000.lic").as_deref(),
            Some("T 1000.lic")
        );
        assert_eq!(
            file_name("лицензия\r\n.bin").as_deref(),
            Some("лицензия.bin")
        );
        for bad in ["", "/", "..", " \u{7} ", &"x".repeat(201)] {
            assert_eq!(file_name(bad), None, "{bad}");
        }
    }
}
