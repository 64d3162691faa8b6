//! JSON bodies, and what actix's own extractors answer when they cannot read a request.
use super::edge::Edge;
use super::error::Error;
use super::problem::Failure;
use actix_web::dev::Payload;
use actix_web::error::{
    JsonPayloadError, PathError, PayloadError, QueryPayloadError, UrlencodedError,
};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use std::ops::{Deref, DerefMut};

/// A JSON body. Unlike actix's, its faults name the place (`$.status.battery.percent`).
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T> Json<T> {
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Json<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = is_json(req);
        let limit = Edge::body_limit(req);
        let body = payload.take();
        Box::pin(async move {
            if !is_json {
                let wanted = "application/json";
                return Err(Error::UnsupportedType { wanted }.into());
            }
            let body = read(body, limit).await?;
            Ok(Self(parse(&body)?))
        })
    }
}

/// Reads a whole body of at most `limit` unpacked bytes.
///
/// # Errors
/// When it is larger, broken or too slow.
pub async fn read(mut body: Payload, limit: usize) -> Result<Vec<u8>, Error> {
    let mut whole = Vec::new();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|e| Error::of_payload(&e, limit))?;
        if whole.len() + piece.len() > limit {
            return Err(Error::TooLarge { limit });
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole)
}

/// Parses JSON; a fault says where it is.
///
/// # Errors
/// `http.broken-json` when it is no JSON at all, `http.wrong-type` when a value does not fit.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    // Keeping track of the place costs as much as parsing, so only what has a fault is read twice.
    if let Ok(value) = serde_json::from_slice(body) {
        return Ok(value);
    }
    let mut from = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut from).map_err(|e| {
        let path = e.path().to_string();
        of_serde(&path, e.inner())
    })?;
    from.end().map_err(|e| of_serde(".", &e))?;
    Ok(value)
}

fn of_serde(path: &str, cause: &serde_json::Error) -> Error {
    let why = cause.to_string();
    if !cause.is_data() {
        return Error::BrokenJson { why };
    }
    let path = match path {
        "." => "$".to_owned(),
        inner if inner.starts_with('[') => format!("${inner}"),
        inner => format!("$.{inner}"),
    };
    Error::WrongType { path, why }
}

/// A body without a type is taken for JSON: it has to parse anyway.
fn is_json(req: &HttpRequest) -> bool {
    let Some(kind) = req.headers().get(CONTENT_TYPE) else {
        return true;
    };
    let kind = kind.to_str().unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// What actix's extractors may take, and our problem documents for what they refuse.
pub(super) fn extractors(at: &mut web::ServiceConfig, limit: usize) {
    at.app_data(web::PayloadConfig::new(limit))
        .app_data(
            web::JsonConfig::default()
                .limit(limit)
                .error_handler(move |e, _| Failure::from(of_json(&e, limit)).into()),
        )
        .app_data(
            web::FormConfig::default()
                .limit(limit)
                .error_handler(move |e, _| Failure::from(of_form(&e, limit)).into()),
        )
        .app_data(web::PathConfig::default().error_handler(|e, _| of_path(&e).into()))
        .app_data(web::QueryConfig::default().error_handler(|e, _| of_query(&e).into()));
}

fn of_json(cause: &JsonPayloadError, limit: usize) -> Error {
    match cause {
        JsonPayloadError::OverflowKnownLength { .. } | JsonPayloadError::Overflow { .. } => {
            Error::TooLarge { limit }
        }
        JsonPayloadError::ContentType => Error::UnsupportedType {
            wanted: "application/json",
        },
        JsonPayloadError::Deserialize(e) => of_serde(".", e),
        JsonPayloadError::Payload(e) => Error::of_payload(e, limit),
        other => Error::BrokenJson {
            why: other.to_string(),
        },
    }
}

fn of_form(cause: &UrlencodedError, limit: usize) -> Error {
    match cause {
        UrlencodedError::Overflow { .. } => Error::TooLarge { limit },
        UrlencodedError::ContentType => Error::UnsupportedType {
            wanted: "application/x-www-form-urlencoded",
        },
        UrlencodedError::Payload(e) => Error::of_payload(e, limit),
        other => Error::BadForm {
            why: other.to_string(),
        },
    }
}

fn of_path(cause: &PathError) -> Failure {
    let why = cause.to_string();
    Error::BadPath { why }.into()
}

fn of_query(cause: &QueryPayloadError) -> Failure {
    let why = cause.to_string();
    Error::BadQuery { why }.into()
}

impl From<PayloadError> for Error {
    fn from(cause: PayloadError) -> Self {
        Self::of_payload(&cause, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only parsed")]
    struct Body {
        status: Status,
    }

    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only parsed")]
    struct Status {
        levels: Vec<u8>,
    }

    #[test]
    fn a_fault_names_its_place() {
        let told = |text: &str| parse::<Body>(text.as_bytes()).unwrap_err().to_string();
        assert!(told(r#"{"status":{"levels":[1,"x"]}}"#).contains("$.status.levels[1]"));
        assert!(told(r#"{"status":3}"#).contains("$.status "));
        assert!(told("{}").contains("at $ "));
        assert!(told(r#"{"status"#).starts_with("the body is not JSON"));
        assert!(told("").starts_with("the body is not JSON"));
        assert!(told(r#"{"status":{"levels":[]}} x"#).starts_with("the body is not JSON"));
    }
}
