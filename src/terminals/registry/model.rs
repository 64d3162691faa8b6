//! What it takes to register a terminal, and how a list of terminals is narrowed and sorted.
use crate::clock::Millis;
use crate::ids::{EstablishmentId, ModelId, PointOfServiceId, TagId, TerminalId, Tid};
use crate::terminals::model::{INTERVAL_S, Life, Presence, next_check_in_s};
use serde::{Deserialize, Serialize};
use std::time::Duration;

const SERIAL_MAX: usize = 64;
const TAG_MAX: usize = 40;
/// Tags of one terminal.
pub(super) const TAGS_MAX: i64 = 20;

/// A terminal as somebody typed it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    #[serde(default)]
    pub tid: String,
    #[serde(default)]
    pub serial_number: String,
    /// Code of a model.
    #[serde(default)]
    pub model: String,
    /// Code of a point of service.
    #[serde(default)]
    pub point_of_service: String,
    /// Seconds between check-ins; empty is inherited from the point of service.
    #[serde(default)]
    pub interval_s: String,
}

/// A new TID. What stands in its place in addresses is no TID.
pub(super) fn new_tid(text: &str) -> Option<Tid> {
    let is_free = |tid: &Tid| !["new", "bulk"].contains(&tid.as_str());
    Tid::parse(text).ok().filter(is_free)
}

/// A serial number as it stands on the device: one word that can be printed.
pub(super) fn serial(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty()
        && text.chars().count() <= SERIAL_MAX
        && text.chars().all(|c| !c.is_whitespace() && !c.is_control());
    fits.then(|| text.to_owned())
}

pub(super) fn interval(text: &str) -> Option<i32> {
    let seconds = text.trim().parse().ok()?;
    INTERVAL_S.contains(&seconds).then_some(seconds)
}

/// A tag as somebody typed it, on one line; a comma would end it where tags are listed.
pub(super) fn tag(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let name = words.join(" ");
    let fits = (1..=TAG_MAX).contains(&name.chars().count())
        && name.chars().any(char::is_alphanumeric)
        && name
            .chars()
            .all(|c| !c.is_control() && !matches!(c, ',' | ';' | '/'));
    fits.then_some(name)
}

/// Which presences a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresenceIs {
    Exactly(Presence),
    /// Listening or online.
    Connected,
    /// Everything else.
    NotConnected,
}

impl PresenceIs {
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "connected" => Some(Self::Connected),
            "not-connected" => Some(Self::NotConnected),
            code => Presence::parse(code).map(Self::Exactly),
        }
    }

    #[must_use]
    pub fn holds(self, presence: Presence) -> bool {
        match self {
            Self::Exactly(this) => presence == this,
            Self::Connected => presence.is_connected(),
            Self::NotConnected => !presence.is_connected(),
        }
    }
}

/// Which part of their life the listed terminals are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Which {
    /// Not retired.
    #[default]
    InService,
    All,
    Only(Life),
}

impl Which {
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "" => Some(Self::InService),
            "all" => Some(Self::All),
            code => Life::parse(code).map(Self::Only),
        }
    }
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// What fits best first when something is searched for, by TID otherwise.
    #[default]
    Usual,
    /// By TID, numbers in it by value.
    Tid,
    TidDown,
    /// By the serial number's text.
    Serial,
    SerialDown,
    /// The longest unheard first, those never heard before all. Connected terminals come last, in
    /// the order of their registration: their last contact changes with every check-in, and no
    /// index may follow that.
    Seen,
    SeenDown,
}

impl Sort {
    pub const ALL: [Self; 7] = [
        Self::Usual,
        Self::Tid,
        Self::TidDown,
        Self::Serial,
        Self::SerialDown,
        Self::Seen,
        Self::SeenDown,
    ];

    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.code() == code)
    }

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Usual => "",
            Self::Tid => "tid",
            Self::TidDown => "-tid",
            Self::Serial => "serial",
            Self::SerialDown => "-serial",
            Self::Seen => "seen",
            Self::SeenDown => "-seen",
        }
    }

    #[must_use]
    pub fn is_down(self) -> bool {
        matches!(self, Self::TidDown | Self::SerialDown | Self::SeenDown)
    }
}

/// What one fact of a terminal is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactIs {
    /// Any of these values, each under its name.
    Any(Vec<(String, String)>),
    /// There is none of that name, or it says nothing.
    Absent(String),
}

/// What a list of terminals is narrowed to and sorted by.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// A part of a TID or serial number, or of the name or code of the place where it stands.
    pub text: String,
    pub presence: Option<PresenceIs>,
    pub which: Which,
    pub model: Option<ModelId>,
    pub establishment: Option<EstablishmentId>,
    pub point_of_service: Option<PointOfServiceId>,
    pub tag: Option<TagId>,
    /// Each of these holds.
    pub facts: Vec<FactIs>,
    /// The models of a platform.
    pub of_models: Option<Vec<ModelId>>,
    pub sort: Sort,
}

/// One line of the list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub id: TerminalId,
    pub tid: Tid,
    pub serial_number: String,
    pub model: ModelId,
    pub establishment: EstablishmentId,
    pub point_of_service: PointOfServiceId,
    pub life: Life,
    pub presence: Presence,
    /// The effective one, which it hears at its next check-in.
    pub interval_s: i32,
    /// What it heard last, and by which it is due.
    pub due_by_s: i32,
    pub last_contact_at: Option<Millis>,
    pub has_work: bool,
    pub version: i64,
    pub(super) sort_key: String,
    pub(super) quiet_since: i64,
}

impl Listed {
    /// When it should be heard next, if it was ever heard and still may.
    #[must_use]
    pub fn expected_at(&self) -> Option<Millis> {
        expected_at(self.id, self.life, self.due_by_s, self.last_contact_at)
    }
}

/// When a terminal should be heard next.
#[must_use]
pub fn expected_at(
    id: TerminalId,
    life: Life,
    interval_s: i32,
    heard: Option<Millis>,
) -> Option<Millis> {
    let seconds = u64::try_from(next_check_in_s(id, interval_s)).ok()?;
    heard
        .filter(|_| life == Life::Active)
        .map(|at| at + Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_checked_for_form() {
        assert!(new_tid("TG00221").is_some() && new_tid("new").is_none());
        assert!(new_tid("bulk").is_none());
        assert_eq!(serial(" 1240-0001/A ").as_deref(), Some("1240-0001/A"));
        assert!(
            serial("a b").is_none() && serial("").is_none() && serial(&"9".repeat(65)).is_none()
        );
        assert_eq!(tag("  Gare  du Nord ").as_deref(), Some("Gare du Nord"));
        assert!(tag("a,b").is_none() && tag("--").is_none() && tag(&"x".repeat(41)).is_none());
        assert_eq!(interval(" 300 "), Some(300));
        assert!(
            interval("0").is_none() && interval("86401").is_none() && interval("5 m").is_none()
        );
    }

    #[test]
    fn orders_are_known_by_their_codes() {
        for sort in Sort::ALL {
            assert_eq!(Sort::parse(sort.code()), Some(sort));
        }
        assert_eq!(Sort::parse("colour"), None);
    }

    #[test]
    fn only_who_was_heard_and_is_let_in_is_expected() {
        let at = |life, heard| expected_at(TerminalId(7), life, 300, heard);
        let next = at(Life::Active, Some(Millis(0))).unwrap();
        assert!((270_000..=330_000).contains(&next.0));
        assert_eq!(at(Life::Active, None), None);
        assert_eq!(at(Life::Suspended, Some(Millis(0))), None);
    }
}
