//! Who acts, what he may do and what he may see. Pure types and rules.
use crate::ids::{ClientId, EstablishmentId, OperatorId, TerminalId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashSet};
use std::net::IpAddr;

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// One thing that a person or a program may be allowed to do. Roles and API clients hold
        /// sets of them; every route names the one it needs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission { $($(#[$doc])* $name),+ }

        impl Permission {
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The stable code, as stored and as used for API scopes.
            #[must_use]
            pub fn code(self) -> &'static str { match self { $(Self::$name => $code),+ } }

            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

permissions! {
    DashboardView = "dashboard.view",
    /// See what terminals report of themselves, and the fleet analysed by it.
    MonitoringView = "monitoring.view",
    /// Carry away the logs that terminals sent.
    LogsDownload = "logs.download",
    TerminalsView = "terminals.view",
    /// Register, edit, move, suspend, retire.
    TerminalsManage = "terminals.manage",
    /// Make activation codes, revoke credentials, replace the device.
    TerminalsActivate = "terminals.activate",
    /// Add and change terminal models.
    ModelsManage = "models.manage",
    NetworkView = "network.view",
    NetworkManage = "network.manage",
    LicencesView = "licences.view",
    LicencesManage = "licences.manage",
    /// Deposit licences over the Partner API and see one's own deposits: for a distributor.
    LicencesDeposit = "licences.deposit",
    /// See operators, roles and API clients.
    AccessView = "access.view",
    AccessManage = "access.manage",
    AuditView = "audit.view",
    /// Save views of lists for everyone, and change those that others shared.
    ListsShare = "lists.share",
    /// See and change the settings of the whole installation.
    SettingsManage = "settings.manage",
    /// See what others ask approval for, and what became of it.
    ApprovalsView = "approvals.view",
    /// Approve or reject what others ask for and one may do oneself.
    ApprovalsDecide = "approvals.decide",
}

impl Serialize for Permission {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Permission {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let code = String::deserialize(from)?;
        Self::parse(&code)
            .ok_or_else(|| serde::de::Error::custom(format!("no permission `{code}`")))
    }
}

/// A set of permissions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Permissions(pub BTreeSet<Permission>);

impl Permissions {
    #[must_use]
    pub fn all() -> Self {
        Self(Permission::ALL.iter().copied().collect())
    }

    /// Everything that only looks.
    #[must_use]
    pub fn viewer() -> Self {
        use Permission::{DashboardView, LicencesView, MonitoringView, NetworkView, TerminalsView};
        Self(
            [
                DashboardView,
                MonitoringView,
                TerminalsView,
                NetworkView,
                LicencesView,
            ]
            .into(),
        )
    }

    /// Those with these codes; `None` when one of them is no permission.
    pub fn parse<'a>(codes: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        codes
            .into_iter()
            .map(Permission::parse)
            .collect::<Option<_>>()
            .map(Self)
    }

    #[must_use]
    pub fn has(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }
}

/// Which establishments' rows a caller sees. Every list, count and export takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    All,
    /// Only these; an empty list sees nothing.
    Only(Vec<EstablishmentId>),
}

impl Scope {
    #[must_use]
    pub fn holds(&self, establishment: EstablishmentId) -> bool {
        match self {
            Self::All => true,
            Self::Only(these) => these.contains(&establishment),
        }
    }

    /// Whether all of `other` lies within, so that who sees this may govern who sees that. Who sees
    /// no establishment at all is governed only by who sees every one.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Only(_), Self::All) => false,
            (Self::Only(these), Self::Only(others)) => {
                let these: HashSet<EstablishmentId> = these.iter().copied().collect();
                !others.is_empty() && others.iter().all(|one| these.contains(one))
            }
        }
    }

    /// As it is kept beside what somebody asked for: nothing for all of them, else their keys as JSON.
    #[must_use]
    pub fn stored(&self) -> Option<String> {
        match self {
            Self::All => None,
            Self::Only(these) => Some(serde_json::json!(these).to_string()),
        }
    }

    /// What [`Scope::stored`] kept. What cannot be understood is a newer program's, or damage, and no scope
    /// at all: never a wider right.
    #[must_use]
    pub fn restored(stored: Option<&str>) -> Option<Self> {
        match stored {
            None => Some(Self::All),
            Some(text) => serde_json::from_str(text).ok().map(Self::Only),
        }
    }

    /// What is in both.
    #[must_use]
    pub fn narrowed(self, by: &Self) -> Self {
        match self {
            Self::All => by.clone(),
            Self::Only(these) => {
                Self::Only(these.into_iter().filter(|one| by.holds(*one)).collect())
            }
        }
    }
}

/// Who did it, for the audit and for "requested by".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    Operator(OperatorId, String),
    Client(ClientId, String),
    Terminal(TerminalId, String),
    /// A background job, by name.
    Job(&'static str),
    /// A command on the server's own console.
    Console,
}

impl Who {
    /// The one whom a row names by these words, where it is somebody who may ask for something.
    #[must_use]
    pub fn restored(kind: &str, id: i64, name: &str) -> Option<Self> {
        match kind {
            "operator" => Some(Self::Operator(OperatorId(id), name.to_owned())),
            "client" => Some(Self::Client(ClientId(id), name.to_owned())),
            "console" => Some(Self::Console),
            _ => None,
        }
    }

    /// `operator`, `client`, `terminal`, `job` or `console`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Operator(..) => "operator",
            Self::Client(..) => "client",
            Self::Terminal(..) => "terminal",
            Self::Job(_) => "job",
            Self::Console => "console",
        }
    }

    #[must_use]
    pub fn id(&self) -> Option<i64> {
        match self {
            Self::Operator(id, _) => Some(id.0),
            Self::Client(id, _) => Some(id.0),
            Self::Terminal(id, _) => Some(id.0),
            Self::Job(_) | Self::Console => None,
        }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Operator(_, name) | Self::Client(_, name) | Self::Terminal(_, name) => name,
            Self::Job(name) => name,
            Self::Console => "console",
        }
    }
}

/// The one who acts, as every op takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub who: Who,
    pub scope: Scope,
    /// The address that the caller was seen at, behind trusted proxies.
    pub from: Option<IpAddr>,
}

impl Actor {
    /// A background job: sees everything, comes from nowhere.
    #[must_use]
    pub fn job(name: &'static str) -> Self {
        Self {
            who: Who::Job(name),
            scope: Scope::All,
            from: None,
        }
    }

    /// A command on the server's console.
    #[must_use]
    pub fn console() -> Self {
        Self {
            who: Who::Console,
            scope: Scope::All,
            from: None,
        }
    }
}

/// Whether an operator or an API client may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Active,
    Disabled,
}

impl State {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
    pub(super) fn parse(code: &str) -> Option<Self> {
        [Self::Active, Self::Disabled]
            .into_iter()
            .find(|state| state.code() == code)
    }
}

/// What a route asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Anyone: the sign-in page, assets, activation.
    Nothing,
    /// Any signed-in operator: his own account, language, live stream of his own page.
    SignedIn,
    /// An operator's role or an API client's scopes must hold it.
    Permission(Permission),
    /// A terminal's credential; checked by the op itself, inside its own statement.
    Terminal,
}

/// Which family of callers a route serves, and so how they prove who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// Session cookie; failures are pages, 401 is a redirect to sign-in.
    Web,
    /// API client's bearer token; failures are problem documents.
    Api,
    /// Terminal's bearer token; failures are problem documents.
    Terminal,
}

impl Surface {
    /// The family that an address belongs to which no route answers.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        let below = |root: &str| path.strip_prefix(root).is_some_and(|r| r.starts_with('/'));
        if below("/terminal") {
            Self::Terminal
        } else if below("/api") || below("/partner") {
            Self::Api
        } else {
            Self::Web
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_covers_what_lies_within() {
        let only = |ids: &[i64]| Scope::Only(ids.iter().copied().map(EstablishmentId).collect());
        assert!(Scope::All.covers(&Scope::All) && Scope::All.covers(&only(&[])));
        assert!(only(&[1, 2]).covers(&only(&[2])) && only(&[1, 2]).covers(&only(&[2, 1])));
        assert!(!only(&[1, 2]).covers(&Scope::All));
        assert!(!only(&[1, 2]).covers(&only(&[2, 3])));
        assert!(!only(&[1, 2]).covers(&only(&[])));
    }
    #[test]
    fn what_was_kept_of_a_scope_comes_back_and_damage_is_no_right() {
        let some = Scope::Only(vec![EstablishmentId(3), EstablishmentId(7)]);
        for scope in [Scope::All, Scope::Only(Vec::new()), some] {
            let kept = scope.stored();
            assert_eq!(Scope::restored(kept.as_deref()), Some(scope));
        }
        for damage in ["", "null", "all", "[1", "{}", "[\"E1\"]"] {
            assert_eq!(Scope::restored(Some(damage)), None, "{damage}");
        }
        let kept = Who::restored("operator", 4, "anna");
        assert_eq!(kept, Some(Who::Operator(OperatorId(4), "anna".into())));
        assert_eq!(Who::restored("terminal", 4, "T1"), None);
    }
}
