//! How a reader wants to read: language, theme, time zone.
use serde::{Deserialize, Serialize};

/// A language of the user interface. English is the source, the others are complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    En,
    Fr,
    Ru,
}

impl Lang {
    pub const ALL: [Self; 3] = [Self::En, Self::Fr, Self::Ru];

    /// BCP 47.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
            Self::Ru => "ru",
        }
    }

    /// By tag, region ignored: `fr-CA` is French.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let base = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
        Self::ALL.into_iter().find(|lang| lang.tag() == base)
    }

    /// The best of an `Accept-Language` header, by its weights.
    #[must_use]
    pub fn accept(header: &str) -> Self {
        let mut best = (0.0, Self::default());
        for part in header.split(',') {
            let mut pieces = part.split(';');
            let Some(lang) = pieces.next().and_then(Self::parse) else {
                continue;
            };
            let weight = pieces
                .find_map(|p| p.trim().strip_prefix("q=")?.parse::<f64>().ok())
                .unwrap_or(1.0);
            if weight > best.0 {
                best = (weight, lang);
            }
        }
        best.1
    }
}

/// Colours: the system's wish unless the reader chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    #[default]
    Auto,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "auto" => Some(Self::Auto),
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }
}

/// What a page needs to know of its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub lang: Lang,
    pub theme: Theme,
    /// The viewer's time zone; UTC until his browser told it.
    pub zone: chrono_tz::Tz,
}

impl Look {
    /// The same for what is told without a zone: a day of the calendar, or what somebody's own clock showed.
    #[must_use]
    pub fn in_utc(self) -> Self {
        Self {
            zone: chrono_tz::UTC,
            ..self
        }
    }
}

impl Default for Look {
    fn default() -> Self {
        Self {
            lang: Lang::default(),
            theme: Theme::default(),
            zone: chrono_tz::UTC,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_best_language_wins() {
        assert_eq!(Lang::accept("de, ru;q=0.7, fr-CH;q=0.9, *;q=0.1"), Lang::Fr);
        assert_eq!(Lang::accept("xx, ;q=9"), Lang::En);
        assert_eq!(Lang::accept(""), Lang::En);
    }
}
