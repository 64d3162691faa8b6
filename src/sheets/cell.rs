//! Columns and cells. Pure descriptions: how they look is the page's or the file's matter.
use crate::clock::Millis;

/// Whether a column is there when nobody chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The identifier: it stays, and it stays first.
    Always,
    Usually,
    OnWish,
}

/// One column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Stable: in addresses, in stored choices, and the header of files for machines.
    pub key: &'static str,
    /// Fluent key of its header.
    pub label_key: &'static str,
    pub shown: Shown,
    /// Codes of the list's orders by this column, upwards and downwards.
    pub sort: Option<(&'static str, &'static str)>,
}

impl Column {
    /// One that is usually shown and sorts nothing.
    #[must_use]
    pub const fn new(key: &'static str, label_key: &'static str) -> Self {
        Self {
            key,
            label_key,
            shown: Shown::Usually,
            sort: None,
        }
    }

    /// The identifier.
    #[must_use]
    pub const fn always(self) -> Self {
        Self {
            shown: Shown::Always,
            ..self
        }
    }

    #[must_use]
    pub const fn on_wish(self) -> Self {
        Self {
            shown: Shown::OnWish,
            ..self
        }
    }

    /// The codes of the orders that it gives: upwards, downwards.
    #[must_use]
    pub const fn sorted(self, up: &'static str, down: &'static str) -> Self {
        Self {
            sort: Some((up, down)),
            ..self
        }
    }
}

/// One value of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Empty,
    Text(String),
    /// A code as it is written, leading zeros and all: monospace on pages, text in workbooks.
    Id {
        text: String,
        href: Option<String>,
    },
    Link {
        text: String,
        href: String,
    },
    Number(i64),
    /// A number of things that are listed elsewhere.
    Count {
        n: i64,
        href: String,
    },
    /// Money: minor units, how many digits of them are behind the separator, and the letters of the currency.
    Amount {
        minor: i64,
        places: u8,
        unit: &'static str,
    },
    Bytes(i64),
    Seconds(i64),
    /// A moment, by date and time.
    Time(Millis),
    /// A moment that pages tell as "5 minutes ago".
    Ago(Millis),
    /// A moment of today, that pages tell by its time alone.
    Clock(Millis),
    /// A day, as its first moment in UTC.
    Day(Millis),
    /// What a terminal's own clock showed whose zone is not known, as if that were UTC: nowhere put into the
    /// reader's zone.
    Wall(Millis),
    /// A state by its name; its word is the message `state-` + name.
    Pill(String),
    /// Words by their message key.
    Word(String),
    /// Several of them.
    Words(Vec<String>),
    Yes(bool),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn id(text: impl Into<String>) -> Self {
        Self::Id {
            text: text.into(),
            href: None,
        }
    }

    /// An identifier that leads to its page.
    pub fn id_at(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self::Id {
            text: text.into(),
            href: Some(href.into()),
        }
    }

    /// The cell of a value that may be missing.
    pub fn of<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Empty, cell)
    }
}
