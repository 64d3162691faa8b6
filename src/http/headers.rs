//! What every answer says about itself to a browser.
use crate::storage::disposition;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder};

const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";
/// Swagger UI sets styles by script and draws with `data:` images; its scripts are ours.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
    form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const ALWAYS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// What decides on the headers of one answer.
#[derive(Debug, Clone)]
pub(super) struct Dress {
    pub(super) id: String,
    /// The path is the API's documentation.
    pub(super) docs: bool,
    /// The caller came by our own name over TLS, so he may insist on TLS from now on.
    pub(super) strict_transport: bool,
}

impl Dress {
    pub(super) fn put_on(&self, headers: &mut HeaderMap) {
        for (name, value) in ALWAYS {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
            let policy = if self.docs { DOCS_POLICY } else { PAGE_POLICY };
            let policy = HeaderValue::from_static(policy);
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        if self.strict_transport {
            let year = HeaderValue::from_static("max-age=31536000");
            headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
        }
        if let Ok(id) = HeaderValue::from_str(&self.id) {
            headers.insert(super::caller::REQUEST_ID, id);
        }
        // Only a mark for the compressor that it should pass this answer by.
        if headers
            .get(header::CONTENT_ENCODING)
            .is_some_and(|encoding| encoding == "identity")
        {
            headers.remove(header::CONTENT_ENCODING);
        }
    }
}

/// The beginning of an answer that is a file, made for this reader alone: nobody on its way keeps it.
#[must_use]
pub fn attachment(name: &str, content_type: &str) -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .content_type(content_type)
        .insert_header((header::CONTENT_DISPOSITION, disposition(name)))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    answer
}

/// True for what is worth compressing: text of some kind, but no live stream.
pub(super) fn is_compressible(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    match essence.split_once('/') {
        Some(("text", "event-stream")) => false,
        Some(("text", _)) => true,
        Some(("image", kind)) => kind == "svg+xml",
        Some(("application", kind)) => {
            matches!(kind, "json" | "javascript" | "xml" | "manifest+json")
                || kind.ends_with("+json")
                || kind.ends_with("+xml")
        }
        _ => false,
    }
}
