//! The actions that a terminal may name as its last one. What is not in the catalogue is kept and
//! shown as it came.

/// The catalogue. `action-` and the code, underscores as hyphens, is the message of each.
const CATALOGUE: [(&str, Action); 7] = [
    ("terminal_refresh", Action::TerminalRefresh),
    ("fuel_rates_refresh", Action::FuelRatesRefresh),
    ("offline_card_upload", Action::OfflineCardUpload),
    ("online_card_transaction", Action::OnlineCardTransaction),
    ("ticket_blocklist_check", Action::TicketBlocklistCheck),
    (
        "offline_transaction_one_by_one",
        Action::OfflineTransactionOneByOne,
    ),
    ("info", Action::Info),
];

/// A terminal's action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    TerminalRefresh,
    FuelRatesRefresh,
    OfflineCardUpload,
    OnlineCardTransaction,
    TicketBlocklistCheck,
    OfflineTransactionOneByOne,
    Info,
    /// Not in the catalogue.
    Raw(String),
}

impl Action {
    #[must_use]
    pub fn parse(code: &str) -> Self {
        CATALOGUE
            .iter()
            .find(|(known, _)| *known == code)
            .map_or_else(|| Self::Raw(code.to_owned()), |(_, action)| action.clone())
    }

    /// The code, as it came.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Raw(code) => code,
            known => CATALOGUE
                .iter()
                .find(|(_, action)| action == known)
                .map_or("", |(code, _)| code),
        }
    }

    /// The Fluent key of its label; `None` for what is shown raw.
    #[must_use]
    pub fn label_key(&self) -> Option<String> {
        match self {
            Self::Raw(_) => None,
            known => Some(format!("action-{}", known.code().replace('_', "-"))),
        }
    }

    /// Every action of the catalogue.
    pub fn known() -> impl Iterator<Item = Self> {
        CATALOGUE.iter().map(|(_, action)| action.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_actions_are_labelled_and_unknown_ones_kept() {
        for action in Action::known() {
            assert_eq!(Action::parse(action.code()), action);
            assert!(action.label_key().is_some());
        }
        let odd = Action::parse("wash_hands");
        assert_eq!((odd.code(), odd.label_key()), ("wash_hands", None));
        let key = Action::parse("fuel_rates_refresh").label_key();
        assert_eq!(key.as_deref(), Some("action-fuel-rates-refresh"));
    }
}
