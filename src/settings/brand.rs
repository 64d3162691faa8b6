//! How the installation calls itself, and what new establishments begin with.
//!
//! The names stand on every page, so each node keeps them by it. What is kept has the version that it
//! was read with, and an older one never replaces a newer.
use super::follow::follow;
use super::logo::{self, Logo};
use super::model::{Field, Group, Kept, Kind};
use super::ops;
use crate::db::{self, Conn, Db};
use crate::events::Hub;
use crate::views::Lang;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::watch;

const OPERATOR: &str = "operator_name";
const NETWORK: &str = "network_name";
const SENDER: &str = "sender_address";
const NAME_MAX: usize = 60;

/// Who runs the installation, as people are told.
pub static BRANDING: Group = Group {
    name: "branding",
    fields: &[
        Field {
            key: OPERATOR,
            label_key: "settings-branding-operator-name",
            hint_key: "settings-branding-operator-name-hint",
            kind: Kind::Text { max: NAME_MAX },
        },
        Field {
            key: NETWORK,
            label_key: "settings-branding-network-name",
            hint_key: "settings-branding-network-name-hint",
            kind: Kind::Text { max: NAME_MAX },
        },
        Field {
            key: SENDER,
            label_key: "settings-branding-sender-address",
            hint_key: "settings-branding-sender-address-hint",
            kind: Kind::Email,
        },
    ],
};

const LANGUAGES: [&str; 3] = {
    let [a, b, c] = Lang::ALL;
    [a.tag(), b.tag(), c.tag()]
};

/// What an establishment has that says nothing else when it is added.
pub static DEFAULTS: Group = Group {
    name: "defaults",
    fields: &[
        Field {
            key: "language",
            label_key: "settings-defaults-language",
            hint_key: "settings-defaults-language-hint",
            kind: Kind::Choice {
                of: &LANGUAGES,
                default: LANGUAGES[0],
                words: "language-",
            },
        },
        Field {
            key: "time_zone",
            label_key: "settings-defaults-time-zone",
            hint_key: "settings-defaults-time-zone-hint",
            kind: Kind::Zone { default: "UTC" },
        },
        Field {
            key: "currency",
            label_key: "settings-defaults-currency",
            hint_key: "settings-defaults-currency-hint",
            kind: Kind::Currency,
        },
    ],
};

/// What a node knows of the installation's names.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Empty where nobody gave one.
    pub operator: String,
    pub network: String,
    /// Where mails come from.
    pub sender: String,
    pub logo: Option<Logo>,
    version: i64,
    logo_version: i64,
}

impl Known {
    /// For the shell of a page.
    #[must_use]
    pub fn shown(&self) -> Value {
        // The address of the logo changes with it, so that no browser shows an old one.
        let logo = self
            .logo
            .as_ref()
            .map(|_| format!("/logo?v={}", self.logo_version));
        json!({ "operator": self.operator, "network": self.network, "logo": logo })
    }
}

/// The names by this node. Clones share them.
#[derive(Clone)]
pub struct Brand(Arc<watch::Sender<Known>>);

impl Brand {
    /// # Errors
    /// When the database fails.
    pub fn load(conn: &mut Conn) -> Result<Self, db::Error> {
        let brand = Self(Arc::new(watch::Sender::new(Known::default())));
        brand.read(conn)?;
        Ok(brand)
    }

    #[must_use]
    pub fn known(&self) -> Known {
        self.0.borrow().clone()
    }

    /// Takes in a change of the group [`BRANDING`].
    pub fn named(&self, kept: &Kept) {
        self.0.send_if_modified(|known| {
            let is_newer = kept.version > known.version;
            if is_newer {
                let text = |key| kept.values.text(key).to_owned();
                known.operator = text(OPERATOR);
                known.network = text(NETWORK);
                known.sender = text(SENDER);
                known.version = kept.version;
            }
            is_newer
        });
    }

    pub(super) fn marked(&self, version: i64, logo: Option<Logo>) {
        self.0.send_if_modified(|known| {
            let is_newer = version > known.logo_version;
            if is_newer {
                known.logo = logo;
                known.logo_version = version;
            }
            is_newer
        });
    }

    fn read(&self, conn: &mut Conn) -> Result<(), db::Error> {
        self.named(&ops::find(conn, &BRANDING)?);
        let kept = logo::find(conn)?;
        self.marked(kept.version, kept.logo);
        Ok(())
    }

    /// Follows what other nodes change, until the future is dropped.
    pub async fn follow(self, db: Db, hub: Hub) {
        follow(db, hub, move |conn| self.read(conn)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Values;

    fn kept(version: i64, operator: &str) -> Kept {
        let stored = json!({ OPERATOR: operator });
        Kept {
            values: Values::of(&BRANDING, stored.as_object().unwrap()),
            version,
            changed_at: None,
            changed_by: None,
        }
    }

    #[test]
    fn what_was_read_earlier_replaces_nothing() {
        let brand = Brand(Arc::new(watch::Sender::new(Known::default())));
        brand.named(&kept(2, "Second"));
        brand.named(&kept(1, "First"));
        assert_eq!(brand.known().operator, "Second");
        brand.named(&kept(3, ""));
        assert_eq!(brand.known().operator, "");
    }
}
