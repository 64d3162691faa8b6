//! States of things as people see them: a shape, a word and a colour, never the colour alone.

/// The six ways a state can look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Ok,
    Warn,
    Bad,
    Off,
    Run,
    Info,
}

impl Tone {
    /// The CSS class.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Off => "off",
            Self::Run => "run",
            Self::Info => "info",
        }
    }

    /// Its shape in a box of 10 by 10: disc, triangle, square, ring, arrow, diamond.
    fn shape(self) -> &'static str {
        match self {
            Self::Ok => r#"<circle cx="5" cy="5" r="4.5"/>"#,
            Self::Warn => r#"<path d="M5 .5 9.7 9.5H.3z"/>"#,
            Self::Bad => r#"<path d="M.8.8h8.4v8.4H.8z"/>"#,
            Self::Off => {
                r#"<circle cx="5" cy="5" r="3.7" fill="none" stroke="currentColor" stroke-width="1.6"/>"#
            }
            Self::Run => r#"<path d="M1 .5 9.5 5 1 9.5z"/>"#,
            Self::Info => r#"<path d="M5 .3 9.7 5 5 9.7.3 5z"/>"#,
        }
    }

    /// The shape as SVG.
    #[must_use]
    pub fn svg(self) -> String {
        format!(
            "<svg viewBox=\"0 0 10 10\" width=\"10\" height=\"10\" fill=\"currentColor\" \
             aria-hidden=\"true\" focusable=\"false\">{}</svg>",
            self.shape()
        )
    }
}

/// Every state that a page may show; its word is the message `state-` + name.
pub const STATES: &[(&str, Tone)] = &[
    // Presence of a terminal.
    ("never", Tone::Off),
    ("listening", Tone::Ok),
    ("online", Tone::Ok),
    ("late", Tone::Warn),
    ("disconnected", Tone::Bad),
    // A terminal's clock.
    ("clock-off", Tone::Warn),
    // Life of a terminal and of accounts.
    ("registered", Tone::Info),
    ("active", Tone::Ok),
    ("suspended", Tone::Warn),
    ("retired", Tone::Off),
    ("disabled", Tone::Off),
    // Work.
    ("waiting", Tone::Info),
    ("held", Tone::Warn),
    ("offered", Tone::Info),
    ("downloading", Tone::Run),
    ("installing", Tone::Run),
    ("cancelling", Tone::Run),
    ("done", Tone::Ok),
    ("failed", Tone::Bad),
    ("refused", Tone::Bad),
    ("expired", Tone::Warn),
    ("cancelled", Tone::Off),
    // Tasks and their rows.
    ("queued", Tone::Info),
    ("running", Tone::Run),
    ("stalled", Tone::Warn),
    ("same", Tone::Off),
    ("skipped", Tone::Off),
    ("checked", Tone::Info),
    ("partly", Tone::Warn),
    // Places.
    ("open", Tone::Ok),
    ("closed", Tone::Off),
    // Approvals.
    ("pending", Tone::Info),
    ("approved", Tone::Ok),
    ("rejected", Tone::Bad),
    ("withdrawn", Tone::Off),
    // Codes, credentials, licences.
    ("none", Tone::Off),
    ("issued", Tone::Info),
    ("used", Tone::Ok),
    ("dead", Tone::Bad),
    ("valid", Tone::Ok),
    ("revoked", Tone::Bad),
    ("unmatched", Tone::Warn),
    ("delivered", Tone::Ok),
    ("fetched", Tone::Run),
    ("confirmed", Tone::Ok),
    ("superseded", Tone::Off),
    ("deleted", Tone::Off),
    // Logs.
    ("coming", Tone::Run),
    ("whole", Tone::Ok),
    ("ended", Tone::Off),
    // Exchanges with payment hosts.
    ("answered", Tone::Ok),
    ("unanswered", Tone::Bad),
    ("awaited", Tone::Run),
    ("declined", Tone::Warn),
    ("declined-late", Tone::Warn),
    ("late-answer", Tone::Warn),
    ("alone", Tone::Warn),
    ("notice", Tone::Info),
    ("malformed", Tone::Warn),
];

/// How a state looks; one that nobody listed is news, not trouble.
#[must_use]
pub fn tone(state: &str) -> Tone {
    STATES
        .iter()
        .find(|(name, _)| *name == state)
        .map_or(Tone::Info, |(_, tone)| *tone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::{Lang, key_of, text_of};

    #[test]
    fn every_state_has_its_word() {
        for (name, _) in STATES {
            for lang in Lang::ALL {
                let word = text_of(lang, &key_of("state-", name), &serde_json::Value::Null);
                assert!(word.is_some(), "{name} in {}", lang.tag());
            }
        }
        assert_eq!(tone("no-such-state"), Tone::Info);
    }
}
