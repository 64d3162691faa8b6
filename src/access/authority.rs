//! What the gate and this room's own pages stand on. They may not hold the slices' context, which
//! is built above them, so the composition root hands them this instead.
use super::caller::Caller;
use super::clients::Pace;
use super::failures::Failures;
use super::federation::Provider;
use super::limits::Establishments;
use super::model::{Actor, Permissions};
use super::sessions::Lasting;
use super::throttle::Throttle;
use crate::clock::{Clock, Millis};
use crate::db::{self, Conn, Db};
use crate::http::{self, Failure, FleetAuthority};
use crate::sealing::Secret;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;
use serde_json::{Value, json};
use std::sync::Arc;

/// Renders a page inside the shell; the composition root implements it with what stands above this
/// room.
pub trait Shell: Send + Sync {
    /// What the page of a list shows of it, beside the page's `own` data.
    fn list<'a>(
        &'a self,
        caller: &'a Caller,
        list: &'static str,
        own: Value,
    ) -> LocalBoxFuture<'a, Result<Value, Failure>>;

    fn page(&self, caller: &Caller, template: &str, data: Value) -> Result<HttpResponse, Failure>;

    /// A form shown again with what was wrong with it.
    fn refused(
        &self,
        caller: &Caller,
        template: &str,
        data: Value,
        failure: Failure,
    ) -> Result<HttpResponse, Failure>;
}

/// How many requests wait for the decision of somebody with these rights; told on all his pages.
pub type Waiting = fn(&mut Conn, &Actor, &Permissions, Millis) -> Result<i64, db::Error>;

/// What an [`Authority`] is made of.
pub struct Setup {
    pub db: Db,
    pub clock: Clock,
    pub secret: Secret,
    /// Where people reach this server, without a trailing slash.
    pub base_url: String,
    pub shell: Arc<dyn Shell>,
    pub establishments: Establishments,
    /// Requests that an API client may make in a minute, unless something else is said of it.
    pub client_per_minute: u32,
    pub waiting: Waiting,
    /// How long sessions last at this moment.
    pub lasting: Arc<dyn Fn() -> Lasting + Send + Sync>,
    pub failures: Failures,
    /// Who signs certificates, where a listener asks for some.
    pub fleet: Option<FleetAuthority>,
    /// The OpenID Connect provider that people may come in by.
    pub provider: Option<Provider>,
}

/// Decides who a caller is. One for all workers.
pub struct Authority {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) secret: Secret,
    pub(super) base_url: String,
    pub(super) shell: Arc<dyn Shell>,
    pub(super) establishments: Establishments,
    pub(super) waiting: Waiting,
    lasting: Arc<dyn Fn() -> Lasting + Send + Sync>,
    pub(super) failures: Failures,
    pub(super) fleet: Option<FleetAuthority>,
    pub(super) provider: Option<Provider>,
    pub(super) throttle: Throttle,
    pub(super) pace: Pace,
}

impl Authority {
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        Self {
            db: setup.db,
            clock: setup.clock,
            secret: setup.secret,
            base_url: setup.base_url,
            shell: setup.shell,
            establishments: setup.establishments,
            waiting: setup.waiting,
            lasting: setup.lasting,
            failures: setup.failures,
            fleet: setup.fleet,
            provider: setup.provider,
            throttle: Throttle::default(),
            pace: Pace::new(setup.client_per_minute),
        }
    }

    pub(super) fn now(&self) -> Millis {
        self.clock.now()
    }

    pub(super) fn lasting(&self) -> Lasting {
        (self.lasting)()
    }

    /// A page of this room that shows a list: its data, with the page's `own`.
    pub(super) async fn list(
        &self,
        caller: &Caller,
        list: &'static str,
        own: Value,
    ) -> Result<Value, Failure> {
        self.shell.list(caller, list, own).await
    }

    /// A page of this room.
    pub(super) fn page(
        &self,
        caller: &Caller,
        template: &str,
        data: Value,
    ) -> Result<HttpResponse, Failure> {
        self.shell.page(caller, template, data)
    }

    /// What the page of signing in shows: what was typed, where to go afterwards, and the provider.
    pub(super) fn sign_in_form(&self, login: &str, next: &str) -> Value {
        let provider = self.provider.as_ref().map(|it| it.button(next));
        json!({ "form": { "login": login, "next": next }, "provider": provider })
    }

    /// A form of this room, shown again.
    pub(super) fn refused(
        &self,
        caller: &Caller,
        template: &str,
        data: Value,
        failure: impl Into<Failure>,
    ) -> Result<HttpResponse, Failure> {
        self.shell.refused(caller, template, data, failure.into())
    }

    /// Whether cookies may be bound to TLS. They are wherever the base URL is `https`, also behind
    /// a proxy that ends the TLS; the exception is a browser on this very machine that uses a plain
    /// listener beside the TLS one, to which a `Secure` cookie might never come back.
    pub(super) fn secure_cookies(&self, req: &HttpRequest) -> bool {
        let plain_loopback = !http::is_secure(req) && host(req).is_some_and(is_loopback);
        self.base_url.starts_with("https://") && !plain_loopback
    }

    /// Whether `origin` (as browsers send it) is this server.
    pub(super) fn is_own_origin(&self, req: &HttpRequest, origin: &str) -> bool {
        if origin == self.base_url {
            return true;
        }
        let named = origin
            .strip_prefix("https://")
            .or_else(|| origin.strip_prefix("http://"));
        named.is_some() && named == host(req)
    }
}

/// Host and port that the request was sent to.
fn host(req: &HttpRequest) -> Option<&str> {
    match req.uri().authority() {
        Some(authority) => Some(authority.as_str()),
        None => req.headers().get(header::HOST)?.to_str().ok(),
    }
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_this_machine_is_loopback() {
        for near in ["localhost", "localhost:80", "127.0.0.1:8443", "[::1]:1"] {
            assert!(is_loopback(near), "{near}");
        }
        for far in [
            "localhost.example:80",
            "10.0.0.1",
            "example.org",
            "127.0.0.1.example",
        ] {
            assert!(!is_loopback(far), "{far}");
        }
    }
}
