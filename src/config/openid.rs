//! Signing in by an OpenID Connect provider, such as Keycloak, Entra ID or Google.
use super::reader::{Reader, Show};
use super::setting::Setting;
use std::path::PathBuf;
use toml::Value;

/// A provider and what its claims mean here.
#[derive(Clone)]
pub struct OpenId {
    /// As the provider spells it; `/.well-known/openid-configuration` is below it.
    pub issuer: String,
    pub client_id: String,
    /// `None` for a public client, which PKCE alone protects.
    pub client_secret: Option<String>,
    /// What people call the provider, for the button.
    pub name: String,
    /// Asked for beside `openid`.
    pub scopes: Vec<String>,
    /// PEM file of authorities that are trusted beside the public ones.
    pub authorities: Option<PathBuf>,
    /// Claim that becomes the login of an operator who comes for the first time.
    pub login_claim: String,
    /// Claim that tells in which groups somebody is; a path with dots where it lies deeper.
    pub groups_claim: String,
    /// Which role a group gives. Nobody gets in for the first time without one.
    pub roles: Vec<RoleOf>,
    /// Claim with the codes of the establishments that somebody sees, `*` for all of them.
    pub establishments_claim: Option<String>,
}

/// The secret is not for a log.
impl std::fmt::Debug for OpenId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenId")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// `group=role`: who is in that group at the provider holds that role here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleOf {
    pub group: String,
    /// Code of the role.
    pub role: String,
}

impl Setting for RoleOf {
    const WANTED: &'static str = "a group and the code of a role, such as \"helpdesk=support\"";
    fn read(value: &Value) -> Option<Self> {
        // Names of groups may hold the sign themselves ("CN=tills,OU=shops"); codes of roles never do.
        let (group, role) = value.as_str()?.rsplit_once('=')?;
        let (group, role) = (group.trim().to_owned(), role.trim().to_owned());
        (!group.is_empty() && !role.is_empty()).then_some(Self { group, role })
    }
    fn show(&self) -> Value {
        Value::String(format!("{}={}", self.group, self.role))
    }
}

/// The section `openid`; nothing when it is not there.
pub(super) fn openid(reader: &mut Reader) -> Option<OpenId> {
    if !reader.has_section("openid") {
        return None;
    }
    let issuer = reader.maybe::<String>("openid.issuer");
    let client_id = reader.maybe::<String>("openid.client_id");
    let authorities = reader.maybe::<PathBuf>("openid.authorities");
    let openid = OpenId {
        client_secret: reader.secret("openid.client_secret", Show::Masked),
        name: reader.take("openid.name", "OpenID Connect".to_owned()),
        scopes: reader.take(
            "openid.scopes",
            vec!["profile".to_owned(), "email".to_owned()],
        ),
        login_claim: reader.take("openid.login_claim", "preferred_username".to_owned()),
        groups_claim: reader.take("openid.groups_claim", "groups".to_owned()),
        roles: reader.take("openid.roles", Vec::new()),
        establishments_claim: reader.maybe("openid.establishments_claim"),
        issuer: issuer.unwrap_or_default(),
        client_id: client_id.unwrap_or_default(),
        authorities,
    };
    for (path, text, what) in [
        (
            "openid.issuer",
            &openid.issuer,
            "is missing: name the provider, as it spells its issuer",
        ),
        (
            "openid.client_id",
            &openid.client_id,
            "is missing: register posfleet at the provider",
        ),
    ] {
        if text.is_empty() && !reader.is_given(path) {
            reader.fault(path, what);
        }
    }
    if !openid.issuer.is_empty() && !is_private(&openid.issuer) {
        reader.fault(
            "openid.issuer",
            "has to begin with https://, for whoever could change its answers could sign in as anybody",
        );
    }
    if let Some(file) = &openid.authorities
        && let Err(e) = std::fs::File::open(file)
    {
        let file = file.display();
        reader.fault("openid.authorities", format!("{file} cannot be read: {e}"));
    }
    Some(openid)
}

/// Whether nobody on the way can change what this address answers.
fn is_private(url: &str) -> bool {
    if url.contains(['@', ' ']) {
        return false;
    }
    match url.split_once("://") {
        Some(("https", host)) => !host.is_empty(),
        Some(("http", rest)) => {
            let host = rest.split(['/', ':']).next().unwrap_or_default();
            host == "localhost" || host == "127.0.0.1"
        }
        _ => false,
    }
}
