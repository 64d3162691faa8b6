//! The outermost layer: every request passes it on its way in, every answer on its way out.
//!
//! In: who asks, under which id, for which host, with how large a head, and a body that is unpacked
//! and not waited for without end. Out: security headers, the id, one line in the log, one
//! measurement. A panic below becomes an answer like any other failure.
use super::body::{DRAINED, Inbound, Pace, Wire, unpacker};
use super::caller::{self, Seen};
use super::error::Error;
use super::headers::{Dress, is_compressible};
use super::hosts::Hosts;
use super::problem::Failure;
use super::shutdown::Shutdown;
use crate::config::{Limits, Server};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{StatusCode, Version};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, ResponseError, web};
use futures_util::FutureExt as _;
use ipnet::IpNet;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};
use tracing::Instrument as _;

/// What the edge knows of the server; in every handler's reach as `web::Data<Edge>`.
#[derive(Debug)]
pub struct Edge {
    limits: Limits,
    proxies: Vec<IpNet>,
    hosts: Hosts,
    base_is_tls: bool,
    shutdown: Shutdown,
}

impl Edge {
    #[must_use]
    pub fn new(server: &Server, base_url: &str, shutdown: Shutdown) -> Self {
        Self {
            limits: server.limits,
            proxies: server.trusted_proxies.clone(),
            hosts: Hosts::new(server, base_url),
            base_is_tls: base_url.starts_with("https://"),
            shutdown,
        }
    }

    /// Puts the edge, the shutdown word and the extractors' limits into an app.
    pub fn configure(edge: &web::Data<Self>, at: &mut web::ServiceConfig) {
        at.app_data(web::Data::clone(edge))
            .app_data(web::Data::new(edge.shutdown.clone()));
        super::json::extractors(at, edge.limits.body_bytes);
    }

    /// The limit of bodies that a request's app set.
    pub(super) fn body_limit(req: &HttpRequest) -> usize {
        req.app_data::<web::Data<Self>>()
            .map_or_else(Limits::default, |edge| edge.limits)
            .body_bytes
    }

    /// Everything that must hold before the request goes in.
    fn admit(&self, req: &mut ServiceRequest, wire: Option<&Wire>) -> Result<String, Error> {
        let limit = self.limits.header_bytes;
        let head: usize = req
            .headers()
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len() + 4)
            .sum();
        if head + req.uri().to_string().len() > limit {
            return Err(Error::HeadTooLarge { limit });
        }
        let host = self.hosts.check(req)?;
        if let Some(wire) = wire {
            self.unpack(req, wire.clone())?;
        }
        Ok(host)
    }

    fn unpack(&self, req: &mut ServiceRequest, wire: Wire) -> Result<(), Error> {
        let headers = req.headers();
        let limit = self.limits.body_bytes;
        if declared(headers).is_some_and(|length| length > limit) && is_read_whole(headers) {
            return Err(Error::TooLarge { limit });
        }
        let encoding = headers.get(header::CONTENT_ENCODING).cloned();
        let unpacker = match &encoding {
            Some(encoding) => unpacker(encoding.to_str().map_err(|_| Error::UnsupportedEncoding)?)?,
            None => None,
        };
        if unpacker.is_some() {
            let headers = req.headers_mut();
            headers.remove(header::CONTENT_ENCODING);
            headers.remove(header::CONTENT_LENGTH);
        }
        let pace = Pace {
            grace: self.limits.body_timeout,
            bytes_per_s: self.limits.body_bytes_per_s,
        };
        let inbound = Inbound::new(wire, unpacker, pace);
        req.set_payload(Payload::Stream {
            payload: Box::pin(inbound),
        });
        Ok(())
    }
}

/// The body, if there may be one.
fn wire(req: &mut ServiceRequest) -> Option<Wire> {
    let headers = req.headers();
    let empty = match headers.get(header::CONTENT_LENGTH) {
        Some(length) => length == "0",
        None => req.version() < Version::HTTP_2 && !headers.contains_key(header::TRANSFER_ENCODING),
    };
    (!empty).then(|| Wire::new(req.take_payload()))
}

fn declared(headers: &HeaderMap) -> Option<usize> {
    let length = headers.get(header::CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

/// JSON and forms are read as a whole, so that no route takes more of them than the limit; files
/// have limits of their own.
fn is_read_whole(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| {
            let essence = kind.split(';').next().unwrap_or_default().trim();
            essence == "application/x-www-form-urlencoded" || essence.ends_with("json")
        })
}

/// actix middleware (`middleware::from_fn`), the outermost one.
///
/// # Errors
/// None that lack our headers: failures of inner layers are dressed like answers.
pub async fn edge(
    edge: web::Data<Edge>,
    mut req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let begun = Instant::now();
    let seen = caller::look(&req, &edge.proxies);
    req.extensions_mut().insert(seen.clone());
    let mut dress = Dress {
        id: seen.id.clone(),
        docs: req.path().starts_with("/api/docs"),
        strict_transport: false,
    };
    let line = Line::of(&req, &seen);
    let wire = wire(&mut req);
    let is_small = declared(req.headers()).is_none_or(|length| length <= DRAINED);
    let answer = match edge.admit(&mut req, wire.as_ref()) {
        Ok(host) => {
            dress.strict_transport = seen.secure && edge.base_is_tls && host == edge.hosts.own;
            let span = tracing::info_span!("request", request.id = %seen.id);
            AssertUnwindSafe(next.call(req).instrument(span))
                .catch_unwind()
                .await
                .unwrap_or_else(|_| Err(Failure::from(Error::Panicked).into()))
                .map(ServiceResponse::map_into_boxed_body)
        }
        Err(refused) => {
            let answer = Failure::from(refused).error_response();
            Ok(req.into_response(answer))
        }
    };
    if let Some(wire) = wire.as_ref().filter(|_| is_small) {
        wire.drain().await;
    }
    match answer {
        Ok(mut answer) => {
            dress.put_on(answer.headers_mut());
            let pattern = answer.request().match_pattern();
            line.write(answer.status(), pattern.as_deref(), begun.elapsed());
            Ok(match wire {
                Some(wire) => answer.map_body(|_, body| wire.hold(body)),
                None => answer,
            })
        }
        Err(cause) => {
            let status = cause.as_response_error().status_code();
            line.write(status, None, begun.elapsed());
            Err(Dressed { cause, dress }.into())
        }
    }
}

/// actix middleware: marks what the compressor should leave as it is.
///
/// # Errors
/// Those of the inner service.
pub async fn choose_compression<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let mut answer = next.call(req).await?;
    let headers = answer.headers_mut();
    let compressible = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(is_compressible);
    if !compressible && !headers.contains_key(header::CONTENT_ENCODING) {
        headers.insert(
            header::CONTENT_ENCODING,
            HeaderValue::from_static("identity"),
        );
    }
    Ok(answer)
}

/// A failure of an inner layer with our headers on its answer.
#[derive(Debug)]
struct Dressed {
    cause: actix_web::Error,
    dress: Dress,
}

impl std::fmt::Display for Dressed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.cause.fmt(f)
    }
}

impl ResponseError for Dressed {
    fn status_code(&self) -> StatusCode {
        self.cause.as_response_error().status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = self.cause.as_response_error().error_response();
        self.dress.put_on(answer.headers_mut());
        answer
    }
}

/// Addresses in which terminals name their own files: whatever a name holds is not for our log.
const NAMED_BY_TERMINALS: &str = "/terminal/v1/logs/";

/// What may be written of an address.
fn shown<'a>(path: &'a str, pattern: Option<&'a str>) -> &'a str {
    if path.starts_with(NAMED_BY_TERMINALS) {
        return pattern.unwrap_or(NAMED_BY_TERMINALS);
    }
    path
}

/// What the log and the metrics say of a request: no query, no header, no body.
struct Line {
    id: String,
    method: String,
    path: String,
    from: String,
}

impl Line {
    fn of(req: &ServiceRequest, seen: &Seen) -> Self {
        Self {
            id: seen.id.clone(),
            method: req.method().to_string(),
            path: req.path().to_owned(),
            from: seen.from.map(|ip| ip.to_string()).unwrap_or_default(),
        }
    }

    fn write(self, status: StatusCode, pattern: Option<&str>, took: Duration) {
        let class = match status.as_u16() {
            0..=199 => "1xx",
            200..=299 => "2xx",
            300..=399 => "3xx",
            400..=499 => "4xx",
            _ => "5xx",
        };
        // Methods are free text on the wire; only known ones may become labels.
        let method = match self.method.as_str() {
            known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE") => known.to_owned(),
            _ => "other".to_owned(),
        };
        let path = shown(&self.path, pattern);
        let route = pattern.unwrap_or("none").to_owned();
        metrics::histogram!(
            "posfleet_http_request_seconds",
            "method" => method, "route" => route, "status" => class
        )
        .record(took.as_secs_f64());
        // A fleet's check-ins would drown everything else.
        let machine = self.path.starts_with("/terminal/") || self.path.starts_with("/assets/");
        let (id, from) = (&self.id, &self.from);
        let (method, status, ms) = (&self.method, status.as_u16(), took.as_millis());
        if status >= 500 || !machine {
            tracing::info!(request.id = %id, client.ip = %from, http.method = %method,
                http.path = %path, http.status = status, took_ms = %ms, "request");
        } else {
            tracing::debug!(request.id = %id, client.ip = %from, http.method = %method,
                http.path = %path, http.status = status, took_ms = %ms, "request");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn what_terminals_call_their_files_is_not_written() {
        let pattern = "/terminal/v1/logs/{kind}/{name}";
        let path = "/terminal/v1/logs/pos/some-secret.log";
        assert_eq!(shown(path, Some(pattern)), pattern);
        assert_eq!(shown(path, None), "/terminal/v1/logs/");
        assert_eq!(shown("/terminal/v1/wait", None), "/terminal/v1/wait");
    }
}
