//! The cookies that we set and read. Where they may be bound to TLS they carry the `__Host-`
//! prefix, so that no neighbouring host can plant one.
use super::authority::Authority;
use super::csrf::CsrfSecret;
use crate::sealing;
use crate::views::{Lang, Theme};
use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const YEAR: Duration = Duration::days(365);

/// The private cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// The session's token.
    Session,
    /// A visitor's random value, from which the anti-forgery secret of the sign-in form follows.
    Visit,
    /// Proof that an operator has signed in from this browser before.
    Known,
    /// The token of a challenge: the password was right, the second factor is still to come.
    Challenge,
    /// What has to be remembered while somebody is at an OpenID Connect provider, sealed.
    Flow,
}

impl Name {
    fn text(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, true) => "__Host-posfleet",
            (Self::Session, false) => "posfleet",
            (Self::Visit, true) => "__Host-posfleet-visit",
            (Self::Visit, false) => "posfleet-visit",
            (Self::Known, true) => "__Host-posfleet-known",
            (Self::Known, false) => "posfleet-known",
            (Self::Challenge, true) => "__Host-posfleet-second",
            (Self::Challenge, false) => "posfleet-second",
            (Self::Flow, true) => "__Host-posfleet-openid",
            (Self::Flow, false) => "posfleet-openid",
        }
    }
}

/// Reads and makes the cookies of one request.
pub(super) struct Jar<'a> {
    req: &'a HttpRequest,
    secure: bool,
}

impl<'a> Jar<'a> {
    pub(super) fn new(authority: &Authority, req: &'a HttpRequest) -> Self {
        let secure = authority.secure_cookies(req);
        Self { req, secure }
    }

    pub(super) fn get(&self, name: Name) -> Option<String> {
        self.plain(name.text(self.secure))
    }

    /// A cookie that is no secret, such as `lang`.
    pub(super) fn plain(&self, name: &str) -> Option<String> {
        let cookie = self.req.cookie(name)?;
        Some(cookie.value().to_owned())
    }

    /// A cookie that lives as long as the browser's session; [`Name::Known`] lives a year.
    pub(super) fn set(&self, name: Name, value: String) -> Cookie<'static> {
        let cookie = Cookie::build(name.text(self.secure), value)
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Lax);
        match name {
            Name::Known => cookie.max_age(YEAR).finish(),
            Name::Session | Name::Visit | Name::Challenge | Name::Flow => cookie.finish(),
        }
    }

    pub(super) fn forget(&self, name: Name) -> Cookie<'static> {
        let mut cookie = self.set(name, String::new());
        cookie.make_removal();
        cookie
    }

    /// `lang`, `theme` or `tz`: kept for a year, no secret.
    pub(super) fn preference(&self, name: &'static str, value: String) -> Cookie<'static> {
        Cookie::build(name, value)
            .path("/")
            .max_age(YEAR)
            .secure(self.secure)
            .same_site(SameSite::Lax)
            .finish()
    }

    pub(super) fn lang(&self) -> Option<Lang> {
        Lang::parse(&self.plain("lang")?)
    }

    pub(super) fn theme(&self) -> Option<Theme> {
        Theme::parse(&self.plain("theme")?)
    }

    pub(super) fn zone(&self) -> Option<chrono_tz::Tz> {
        // Browsers write the slash of `Europe/Paris` escaped.
        self.plain("tz")?.replace("%2F", "/").parse().ok()
    }
}

/// The anti-forgery secret of somebody who is not signed in: only this server can make it from the
/// visit cookie.
pub(super) fn visit_secret(authority: &Authority, visit: &str) -> CsrfSecret {
    authority.secret.derive("access.visit", visit.as_bytes())
}

/// Value of [`Name::Known`] for an operator: a random part and its proof.
pub(super) fn known_browser(authority: &Authority, login: &str) -> String {
    let nonce = URL_SAFE_NO_PAD.encode(sealing::random::<16>());
    let proof = known_proof(authority, login, &nonce);
    format!("{nonce}.{proof}")
}

/// The random part of the cookie, when it proves that `login` has signed in from this browser.
pub(super) fn is_known(authority: &Authority, login: &str, value: &str) -> Option<String> {
    let (nonce, proof) = value.split_once('.')?;
    let own = known_proof(authority, login, nonce);
    sealing::same(own.as_bytes(), proof.as_bytes()).then(|| nonce.to_owned())
}

fn known_proof(authority: &Authority, login: &str, nonce: &str) -> String {
    let data = format!("{nonce}.{login}");
    sealing::encode_token(&authority.secret.derive("access.known", data.as_bytes()))
}
