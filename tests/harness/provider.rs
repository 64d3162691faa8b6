//! An OpenID Connect provider, as a server is told of one.
use posfleet::config::{OpenId, RoleOf};

/// A provider whose group `root` administers and whose group `desk` supports.
pub(crate) fn provider(issuer: &str, name: &str) -> OpenId {
    let role = |(group, role): (&str, &str)| RoleOf {
        group: group.to_owned(),
        role: role.to_owned(),
    };
    let roles = [
        ("root", "administrator"),
        ("desk", "support"),
        ("desk", "viewer"),
        ("old", "no-such-role"),
    ];
    OpenId {
        issuer: issuer.to_owned(),
        client_id: "posfleet".to_owned(),
        client_secret: Some("a secret of the tests".to_owned()),
        name: name.to_owned(),
        scopes: vec!["profile".to_owned()],
        authorities: None,
        login_claim: "preferred_username".to_owned(),
        groups_claim: "groups".to_owned(),
        roles: roles.into_iter().map(role).collect(),
        establishments_claim: None,
    }
}
