//! Saved views: a query of a list under a name.
use crate::clock::Millis;
use crate::ids::OperatorId;

pub(super) const NAME_MAX: usize = 60;
pub(super) const QUERY_MAX: usize = 2000;
/// Views that one operator keeps of one list.
pub(super) const VIEWS_MAX: i64 = 50;

/// Who sees a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// Its owner alone.
    Privately,
    /// Everyone who may see the list, and of the network as much as who saved it.
    ForAll,
}

impl Saved {
    pub(super) fn of(is_shared: bool) -> Self {
        if is_shared {
            Self::ForAll
        } else {
            Self::Privately
        }
    }

    pub(super) fn is_shared(self) -> bool {
        self == Self::ForAll
    }
}

/// One saved view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub id: i64,
    /// Name of its list.
    pub list: String,
    pub name: String,
    pub query: String,
    pub owner: OperatorId,
    pub saved: Saved,
    /// What who saved it saw, as `reach` writes it: its name and query may tell of any of that.
    pub reach: String,
    pub updated_at: Millis,
}

/// A name as it is stored: one line that people can read.
pub(super) fn name(text: &str) -> Option<String> {
    let name = text.trim();
    let length = name.chars().count();
    let fits = (1..=NAME_MAX).contains(&length) && !name.chars().any(char::is_control);
    fits.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(
            name(" Опоздавшие сегодня ").as_deref(),
            Some("Опоздавшие сегодня")
        );
        assert!(name(" ").is_none() && name("a\nb").is_none() && name(&"x".repeat(61)).is_none());
    }
}
