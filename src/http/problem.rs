//! How any failure becomes a response. Slices say *what* went wrong, never a status code.
//!
//! JSON surfaces answer `application/problem+json` (RFC 9457) with a stable `code`; pages take the
//! same code and arguments and render them in the reader's language (Fluent key `error-` + code,
//! dots as hyphens).
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;
use std::fmt;

/// What kind of trouble it is; the one place that knows status codes maps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request cannot be read at all.
    Malformed,
    /// Nobody, or nobody we know, is asking.
    Unauthenticated,
    /// Known, but lacks the permission.
    Forbidden,
    /// Does not exist, or is out of the caller's scope.
    Missing,
    MethodNotAllowed,
    /// Clashes with what is there.
    Conflict,
    /// Was there and is not coming back.
    Gone,
    TooLarge,
    HeadTooLarge,
    /// The caller took too long to say it.
    TimedOut,
    UnsupportedType,
    /// Sent to a server that is not us.
    Misdirected,
    /// Readable, but a value cannot be accepted.
    Invalid,
    /// The caller asks too often.
    TooMany,
    /// The server has too much to do right now; trying again helps.
    Busy,
    /// The server's disk is full.
    Full,
    /// Our fault; details go to the log only.
    Fault,
}

impl Kind {
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Missing => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Gone => StatusCode::GONE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::TimedOut => StatusCode::REQUEST_TIMEOUT,
            Self::UnsupportedType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Full => StatusCode::INSUFFICIENT_STORAGE,
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// Arguments of a message: name and value as text.
pub type Args = Vec<(&'static str, String)>;

/// One value of a form or body that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// The field's name as the caller sent it.
    pub field: &'static str,
    /// Stable code, such as `terminal.tid-form`.
    pub code: &'static str,
    pub args: Args,
}

impl FieldFault {
    /// One of which the code says all.
    #[must_use]
    pub const fn new(field: &'static str, code: &'static str) -> Self {
        let args = Args::new();
        Self { field, code, args }
    }

    /// A problem that lies in this field alone.
    #[must_use]
    pub fn of(field: &'static str, problem: &impl Problem) -> Self {
        let (code, args) = (problem.code(), problem.args());
        Self { field, code, args }
    }
}

/// Implemented once by each slice's `Error`.
pub trait Problem: std::error::Error + Send + Sync + 'static {
    fn kind(&self) -> Kind;
    /// Stable, documented, machine-readable: `alert.name-taken`.
    fn code(&self) -> &'static str;
    /// What the message says about this case; never secrets.
    fn args(&self) -> Args {
        Vec::new()
    }
    /// The single values at fault, for forms and for `errors` of the problem document.
    fn fields(&self) -> Vec<FieldFault> {
        Vec::new()
    }
    /// Where in a JSON body the fault lies, such as `$.status.battery.percent`.
    fn pointer(&self) -> Option<String> {
        None
    }
    /// True when the connection cannot serve another request afterwards.
    fn ends_connection(&self) -> bool {
        false
    }
    /// Seconds after which trying again makes sense.
    fn retry_after(&self) -> Option<u32> {
        matches!(self.kind(), Kind::Busy).then_some(5)
    }
}

/// Any slice's problem on its way to the caller.
#[derive(Debug)]
pub struct Failure(Box<dyn Problem>);

impl Failure {
    #[must_use]
    pub fn problem(&self) -> &dyn Problem {
        &*self.0
    }

    /// The RFC 9457 document.
    #[must_use]
    pub fn document(&self) -> serde_json::Value {
        let status = self.0.kind().status();
        let mut doc = json!({
            "type": "about:blank",
            "title": status.canonical_reason().unwrap_or("Error"),
            "status": status.as_u16(),
            "code": self.0.code(),
            "detail": self.detail(),
        });
        if let Some(pointer) = self.0.pointer() {
            doc["path"] = pointer.into();
        }
        let fields = self.0.fields();
        if !fields.is_empty() {
            doc["errors"] = fields
                .iter()
                .map(|f| json!({ "field": f.field, "code": f.code }))
                .collect();
        }
        doc
    }

    fn detail(&self) -> String {
        match self.0.kind() {
            Kind::Fault => {
                "The server failed; the log has the details under the request id.".into()
            }
            _ => self.0.to_string(),
        }
    }
}

impl<P: Problem> From<P> for Failure {
    fn from(problem: P) -> Self {
        Self(Box::new(problem))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.0.kind().status()
    }

    fn error_response(&self) -> HttpResponse {
        if matches!(self.0.kind(), Kind::Fault | Kind::Full) {
            tracing::error!(code = self.0.code(), cause = %Causes(self.problem()), "request failed");
        }
        let mut answer = HttpResponse::build(self.status_code());
        answer.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        if self.0.ends_connection() {
            answer.insert_header((header::CONNECTION, "close"));
        }
        if let Some(seconds) = self.0.retry_after() {
            answer.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if self.0.kind() == Kind::Unauthenticated {
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        answer.body(self.document().to_string())
    }
}

/// An error with its chain of sources on one line.
struct Causes<'a>(&'a dyn Problem);

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = std::error::Error::source(self.0);
        while let Some(e) = cause {
            write!(f, ": {e}")?;
            cause = e.source();
        }
        Ok(())
    }
}

impl Problem for crate::db::Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Busy(_) => Kind::Busy,
            Self::Full(_) => Kind::Full,
            Self::ZeroByte(_) => Kind::Invalid,
            Self::Fault(_) => Kind::Fault,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Busy(_) => "db.busy",
            Self::Full(_) => "db.disk-full",
            Self::ZeroByte(_) => "db.zero-byte",
            Self::Fault(_) => "db.fault",
        }
    }
}

impl Problem for crate::storage::Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Empty => Kind::Invalid,
            Self::TooLarge { .. } => Kind::TooLarge,
            Self::Interrupted(_) => Kind::Malformed,
            Self::DiskFull(_) => Kind::Full,
            Self::Unreachable(_) => Kind::Busy,
            Self::Damaged(_) => Kind::Fault,
            Self::Db(e) => e.kind(),
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "storage.empty",
            Self::TooLarge { .. } => "storage.too-large",
            Self::Interrupted(_) => "storage.interrupted",
            Self::DiskFull(_) => "storage.disk-full",
            Self::Unreachable(_) => "storage.unreachable",
            Self::Damaged(_) => "storage.damaged",
            Self::Db(e) => e.code(),
        }
    }
    fn args(&self) -> Args {
        match self {
            Self::TooLarge { limit_bytes } => vec![("limit_bytes", limit_bytes.to_string())],
            _ => Vec::new(),
        }
    }
}
