//! What a provider says of somebody. Pure rules.
use crate::config::OpenId;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Groups, or establishments, that are looked at; a token with more is somebody's mistake.
const MOST: usize = 1_000;

/// Everything that was said, in one object: the ID token's claims, and what the user information adds.
pub(super) type Claims = Map<String, Value>;

/// Somebody, as the provider knows him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// Never given to anybody else at that provider, unlike a name or an address.
    pub subject: String,
    pub login: Option<String>,
    pub name: Option<String>,
    /// Codes of the roles that his groups give, without repetition.
    pub roles: Vec<String>,
    pub sees: Sees,
}

/// Which establishments the provider shows to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sees {
    /// It has no say in that.
    Unsaid,
    All,
    /// Those with these codes; there may be none.
    Only(Vec<String>),
}

impl Identity {
    /// What people call it.
    pub(super) fn called(&self) -> &str {
        let known = self.login.as_deref().or(self.name.as_deref());
        known.unwrap_or(&self.subject)
    }

    pub(super) fn of(subject: &str, claims: &Claims, config: &OpenId) -> Self {
        let groups: BTreeSet<String> = texts(claim(claims, &config.groups_claim));
        let given = config.roles.iter();
        let roles: BTreeSet<&str> = given
            .filter(|it| groups.contains(&it.group))
            .map(|it| it.role.as_str())
            .collect();
        let sees = config.establishments_claim.as_deref().map(|path| {
            let codes = texts(claim(claims, path));
            if codes.contains("*") {
                Sees::All
            } else {
                Sees::Only(codes.into_iter().collect())
            }
        });
        Self {
            subject: subject.to_owned(),
            login: text(claim(claims, &config.login_claim)),
            name: text(claim(claims, "name")),
            roles: roles.into_iter().map(ToOwned::to_owned).collect(),
            sees: sees.unwrap_or(Sees::Unsaid),
        }
    }
}

/// The claim of that name, or the one that lies at the end of a path with dots.
fn claim<'a>(claims: &'a Claims, path: &str) -> Option<&'a Value> {
    if let Some(found) = claims.get(path) {
        return Some(found);
    }
    let mut parts = path.split('.');
    let first = claims.get(parts.next()?)?;
    parts.try_fold(first, |at, part| at.get(part))
}

fn text(claim: Option<&Value>) -> Option<String> {
    claim.and_then(Value::as_str).map(ToOwned::to_owned)
}

/// One text, or a list of them.
fn texts(claim: Option<&Value>) -> BTreeSet<String> {
    match claim {
        Some(Value::String(one)) => BTreeSet::from([one.clone()]),
        Some(Value::Array(many)) => many
            .iter()
            .take(MOST)
            .filter_map(Value::as_str)
            .map(ToOwned::to_owned)
            .collect(),
        _ => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::RoleOf;
    use serde_json::json;

    fn config(roles: &[(&str, &str)], groups: &str, establishments: Option<&str>) -> OpenId {
        let role = |(group, role): &(&str, &str)| RoleOf {
            group: (*group).to_owned(),
            role: (*role).to_owned(),
        };
        OpenId {
            issuer: "https://id.example".to_owned(),
            client_id: "posfleet".to_owned(),
            client_secret: None,
            name: "Example".to_owned(),
            scopes: Vec::new(),
            authorities: None,
            login_claim: "preferred_username".to_owned(),
            groups_claim: groups.to_owned(),
            roles: roles.iter().map(role).collect(),
            establishments_claim: establishments.map(ToOwned::to_owned),
        }
    }

    fn identity(claims: Value, config: &OpenId) -> Identity {
        let Value::Object(claims) = claims else {
            panic!("an object");
        };
        Identity::of("s1", &claims, config)
    }

    #[test]
    fn groups_give_roles_wherever_they_lie() {
        let rules = [
            ("desk", "support"),
            ("desk", "viewer"),
            ("root", "administrator"),
        ];
        let flat = config(&rules, "groups", None);
        let both = identity(json!({ "groups": ["desk", "other"], "name": "Ann" }), &flat);
        assert_eq!(both.roles, ["support", "viewer"]);
        assert_eq!((both.name.as_deref(), both.login), (Some("Ann"), None));
        assert_eq!(
            identity(json!({ "groups": "root" }), &flat).roles,
            ["administrator"]
        );
        for nothing in [
            json!({}),
            json!({ "groups": 7 }),
            json!({ "groups": { "root": true } }),
        ] {
            assert!(
                identity(nothing.clone(), &flat).roles.is_empty(),
                "{nothing}"
            );
        }
        let deep = config(&rules, "realm_access.roles", None);
        let deep = identity(json!({ "realm_access": { "roles": ["root"] } }), &deep);
        assert_eq!(deep.roles, ["administrator"]);
        let odd = config(&rules, "https://x.example/groups", None);
        let odd = identity(json!({ "https://x.example/groups": ["root"] }), &odd);
        assert_eq!(odd.roles, ["administrator"]);
    }

    #[test]
    fn who_is_shown_nothing_sees_nothing() {
        let silent = config(&[], "groups", None);
        assert_eq!(
            identity(json!({ "shops": ["E1"] }), &silent).sees,
            Sees::Unsaid
        );
        let said = config(&[], "groups", Some("shops"));
        let only = |codes: &[&str]| Sees::Only(codes.iter().map(|it| (*it).to_owned()).collect());
        assert_eq!(
            identity(json!({ "shops": ["E2", "E1"] }), &said).sees,
            only(&["E1", "E2"])
        );
        assert_eq!(
            identity(json!({ "shops": ["E2", "*"] }), &said).sees,
            Sees::All
        );
        assert_eq!(identity(json!({}), &said).sees, only(&[]));
    }
}
