//! Who sent a request, and how, as seen from behind trusted proxies.
use crate::clock::Millis;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::{HttpMessage as _, HttpRequest};
use ipnet::IpNet;
use std::any::Any;
use std::net::IpAddr;
use std::sync::Arc;

/// What the edge found out about a request.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) from: Option<IpAddr>,
    pub(super) secure: bool,
    pub(super) id: String,
}

/// The caller's address. `X-Forwarded-For` counts only from a configured proxy, and only as far
/// as proxies wrote it.
#[must_use]
pub fn client_ip(req: &HttpRequest) -> Option<IpAddr> {
    let extensions = req.extensions();
    let seen = extensions.get::<Seen>().and_then(|seen| seen.from);
    seen.or_else(|| req.peer_addr().map(|at| at.ip().to_canonical()))
}

/// True when the caller's own connection is under TLS.
#[must_use]
pub fn is_secure(req: &HttpRequest) -> bool {
    let extensions = req.extensions();
    extensions
        .get::<Seen>()
        .map_or_else(|| req.app_config().secure(), |seen| seen.secure)
}

/// The request's id, as the answer and the log bear it.
#[must_use]
pub fn request_id(req: &HttpRequest) -> Option<String> {
    req.extensions().get::<Seen>().map(|seen| seen.id.clone())
}

/// The address of ours that a connection came to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reached(pub(super) IpAddr);

/// The certificate that a client showed in its handshake, which the listener found good then.
#[derive(Debug, Clone)]
pub struct ClientCertificate {
    /// The public key (`SubjectPublicKeyInfo`, DER).
    pub key: Arc<[u8]>,
    /// The last moment that it is good for.
    pub until: Millis,
}

impl ClientCertificate {
    fn read(der: &[u8]) -> Option<Self> {
        let (_, it) = x509_parser::parse_x509_certificate(der).ok()?;
        let until = it.validity().not_after.timestamp();
        Some(Self {
            key: it.public_key().raw.into(),
            until: Millis(until.saturating_mul(1000)),
        })
    }
}

/// The certificate shown on the very connection that the request came by; what a proxy might say of
/// one does not count.
#[must_use]
pub fn client_certificate(req: &HttpRequest) -> Option<&ClientCertificate> {
    req.conn_data()
}

/// For actix's `on_connect`: remembers which of our addresses was reached, and the certificate that
/// the listener asked for.
pub fn on_connect(io: &dyn Any, data: &mut actix_web::dev::Extensions) {
    type Plain = actix_web::rt::net::TcpStream;
    type Tls = actix_tls::accept::rustls_0_23::TlsStream<Plain>;
    let tls = io.downcast_ref::<Tls>();
    let shown = tls.and_then(|tls| tls.get_ref().1.peer_certificates()?.first());
    if let Some(shown) = shown.and_then(|der| ClientCertificate::read(der)) {
        data.insert(shown);
    }
    let plain = io
        .downcast_ref::<Plain>()
        .or_else(|| tls.map(|tls| tls.get_ref().0));
    if let Some(at) = plain.and_then(|io| io.local_addr().ok()) {
        data.insert(Reached(at.ip().to_canonical()));
    }
}

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(super) fn look(req: &ServiceRequest, proxies: &[IpNet]) -> Seen {
    let peer = req.peer_addr().map(|at| at.ip().to_canonical());
    let trusted = |ip: &IpAddr| proxies.iter().any(|net| net.contains(ip));
    let secure = req.app_config().secure();
    if !peer.as_ref().is_some_and(trusted) {
        return Seen {
            from: peer,
            secure,
            id: new_id(),
        };
    }
    let headers = req.headers();
    Seen {
        from: forwarded_for(headers)
            .rev()
            .find(|ip| !trusted(ip))
            .or(peer),
        secure: headers
            .get(FORWARDED_PROTO)
            .map_or(secure, |proto| proto == "https"),
        id: headers
            .get(REQUEST_ID)
            .and_then(|id| id.to_str().ok())
            .filter(|id| is_sane(id))
            .map_or_else(new_id, ToOwned::to_owned),
    }
}

/// All addresses in order; what is none ends the trust in what stands before it.
fn forwarded_for(headers: &HeaderMap) -> std::vec::IntoIter<IpAddr> {
    let mut chain = Vec::new();
    for value in headers.get_all(FORWARDED_FOR) {
        for part in value.to_str().unwrap_or("?").split(',') {
            match address(part.trim()) {
                Some(ip) => chain.push(ip),
                None => chain.clear(),
            }
        }
    }
    chain.into_iter()
}

/// An address with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let ip = bare.parse().ok();
    ip.or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|at| at.ip()))
        .map(|ip: IpAddr| ip.to_canonical())
}

/// Short and plain enough for a log line and a header.
fn is_sane(id: &str) -> bool {
    (8..=64).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn new_id() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn seen(peer: &str, headers: &[(&'static str, &str)]) -> Seen {
        let mut req = TestRequest::default().peer_addr(format!("{peer}:999").parse().unwrap());
        for (name, value) in headers {
            req = req.append_header((*name, *value));
        }
        look(&req.to_srv_request(), &["10.0.0.0/8".parse().unwrap()])
    }

    #[test]
    fn only_proxies_are_believed_and_only_their_own_words() {
        let ip = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        let forged = ("x-forwarded-for", "1.2.3.4, 198.51.100.7");
        assert_eq!(seen("203.0.113.9", &[forged]).from, ip("203.0.113.9"));
        assert_eq!(seen("10.0.0.1", &[forged]).from, ip("198.51.100.7"));
        let two = ("x-forwarded-for", "198.51.100.7:4711, 10.9.9.9");
        assert_eq!(seen("10.0.0.1", &[two]).from, ip("198.51.100.7"));
        let junk = ("x-forwarded-for", "198.51.100.7, unknown");
        assert_eq!(seen("10.0.0.1", &[junk]).from, ip("10.0.0.1"));
        assert!(seen("10.0.0.1", &[("x-forwarded-proto", "https")]).secure);
        assert!(!seen("203.0.113.9", &[("x-forwarded-proto", "https")]).secure);
    }

    #[test]
    fn a_strangers_request_id_is_not_taken_over() {
        let id = ("x-request-id", "abcdef-123456");
        assert_eq!(seen("10.0.0.1", &[id]).id, "abcdef-123456");
        assert_ne!(seen("203.0.113.9", &[id]).id, "abcdef-123456");
        let long = "x".repeat(65);
        assert_eq!(seen("10.0.0.1", &[("x-request-id", &long)]).id.len(), 32);
    }
}
