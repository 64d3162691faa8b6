//! The names under which this server answers. Anything else in `Host` is refused: it is a mistake
//! in the configuration, or somebody who wants our links to point elsewhere.
use super::caller::Reached;
use super::error::Error;
use crate::config::Server;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::HOST;
use std::collections::HashSet;
use std::net::IpAddr;

#[derive(Debug)]
pub(super) struct Hosts {
    names: HashSet<String>,
    pub(super) own: String,
}

impl Hosts {
    pub(super) fn new(server: &Server, base_url: &str) -> Self {
        let own = host_of_url(base_url).unwrap_or_default();
        let mut names: HashSet<String> = ["localhost", "127.0.0.1", "::1"]
            .into_iter()
            .map(ToOwned::to_owned)
            .collect();
        names.insert(own.clone());
        names.extend(server.extra_hosts.iter().cloned());
        names.extend(
            server
                .listen
                .iter()
                .map(|listen| listen.at.ip().to_string()),
        );
        Self { names, own }
    }

    /// The host that a request names, if it is ours.
    pub(super) fn check(&self, req: &ServiceRequest) -> Result<String, Error> {
        let mut headers = req.headers().get_all(HOST);
        let header = match (headers.next(), headers.next()) {
            (_, Some(_)) => return Err(Error::BadHost),
            (Some(host), None) => Some(host.to_str().map_err(|_| Error::BadHost)?),
            (None, None) => None,
        };
        let authority = req
            .uri()
            .authority()
            .map(actix_web::http::uri::Authority::as_str);
        let named = header.or(authority).ok_or(Error::BadHost)?;
        if authority.is_some_and(|authority| authority != named) {
            return Err(Error::BadHost);
        }
        let host = host_of(named).ok_or(Error::BadHost)?;
        if self.names.contains(&host) || reached(req, &host) {
            Ok(host)
        } else {
            Err(Error::UnknownHost { host })
        }
    }
}

/// The address that the connection came to is ours, whatever it is.
fn reached(req: &ServiceRequest, host: &str) -> bool {
    let Some(Reached(at)) = req.conn_data::<Reached>() else {
        return false;
    };
    host.parse::<IpAddr>()
        .is_ok_and(|ip| ip.to_canonical() == *at)
}

/// The host of an absolute URL without a path.
#[must_use]
pub fn host_of_url(url: &str) -> Option<String> {
    host_of(url.split_once("://").map_or(url, |(_, rest)| rest))
}

/// Host without port and brackets, in lower case; `None` when it is malformed.
fn host_of(authority: &str) -> Option<String> {
    let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
        let (host, port) = rest.split_once(']')?;
        (
            host,
            port.strip_prefix(':').or(port.is_empty().then_some("")),
        )
    } else {
        authority
            .split_once(':')
            .map_or((authority, Some("")), |(host, port)| (host, Some(port)))
    };
    let port_fits = port?.bytes().all(|b| b.is_ascii_digit());
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b':' | b'_');
    (port_fits && !host.is_empty() && host.bytes().all(plain)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_strictly() {
        assert_eq!(
            host_of("Fleet.Example.com:8443").as_deref(),
            Some("fleet.example.com")
        );
        assert_eq!(
            host_of("fleet.example.com.").as_deref(),
            Some("fleet.example.com")
        );
        assert_eq!(host_of("[::1]:80").as_deref(), Some("::1"));
        assert_eq!(host_of("[::1]").as_deref(), Some("::1"));
        for bad in [
            "",
            ":80",
            "a b",
            "evil.com/x",
            "a@b",
            "host:80a",
            "[::1",
            "a\"b",
        ] {
            assert_eq!(host_of(bad), None, "{bad}");
        }
    }
}
