//! Forms that another site made a browser send are refused: by where the browser says they come
//! from, and by a token that only our own pages carry.
//!
//! The token stands in pages that are sent compressed and may repeat the reader's own words, so it
//! is masked anew for every page: guessing it from the length of answers leads nowhere.
use super::authority::Authority;
use super::caller::Caller;
use super::error::Error;
use crate::http::Failure;
use crate::sealing;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::LocalBoxFuture;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// What a session or a visit keeps; pages carry it masked.
pub(super) type CsrfSecret = [u8; 32];

/// The secret under a fresh mask: mask, then masked secret, base64url.
pub(super) fn mask(secret: &CsrfSecret) -> String {
    let pad = sealing::random::<32>();
    let mut token = [0; 64];
    for (i, (pad, byte)) in pad.iter().zip(secret).enumerate() {
        token[i] = *pad;
        token[i + 32] = pad ^ byte;
    }
    URL_SAFE_NO_PAD.encode(token)
}

fn unmask(token: &str) -> Option<CsrfSecret> {
    let token: [u8; 64] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
    let mut secret = [0; 32];
    for (i, byte) in secret.iter_mut().enumerate() {
        *byte = token[i] ^ token[i + 32];
    }
    Some(secret)
}

/// Checks a `_csrf` value that did not come through [`Form`], such as the first part of a streamed
/// upload. Call it before anything else of the request counts.
///
/// # Errors
/// 403 `access.csrf` when the token is not one of this caller's pages.
pub fn check_csrf(caller: &Caller, token: &str) -> Result<(), Failure> {
    let fits = match (unmask(&caller.csrf), unmask(token)) {
        (Some(own), Some(sent)) => sealing::same(&own, &sent),
        _ => false,
    };
    fits.then_some(()).ok_or_else(|| Error::Csrf.into())
}

/// Refuses a request that changes something and that the browser says comes from elsewhere.
pub(super) fn check_origin(authority: &Authority, req: &HttpRequest) -> Result<(), Error> {
    if matches!(*req.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let header = |name: &str| req.headers().get(name).map(|v| v.to_str().unwrap_or(""));
    let own = match (header("sec-fetch-site"), header("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => authority.is_own_origin(req, origin),
        // Neither: no browser of today. The token still has to fit.
        (None, None) => true,
    };
    own.then_some(()).ok_or(Error::ForeignOrigin)
}

/// A posted form of the web UI: its `_csrf` is checked before its fields are read. Use
/// `Form<Vec<(String, String)>>` where a name may come more than once, and [`values`] to read it.
#[derive(Debug)]
pub struct Form<T>(pub T);

/// A form that carries nothing but its token.
#[derive(Debug, Deserialize)]
pub struct Empty {}

/// What a form has under a name, in its order.
pub fn values<'a>(form: &'a [(String, String)], name: &'a str) -> impl Iterator<Item = &'a str> {
    let own = form.iter().filter(move |(field, _)| field == name);
    own.map(|(_, value)| value.as_str())
}

/// The version that a form was made from. One without was not made here: whatever it saw is stale, as no
/// version is zero.
pub(super) fn version(form: &[(String, String)]) -> i64 {
    let sent = values(form, "version").next();
    sent.and_then(|sent| sent.trim().parse().ok())
        .unwrap_or_default()
}

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = req.extensions().get::<Caller>().cloned();
        let is_form = req
            .content_type()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let body = web::Bytes::from_request(req, payload);
        Box::pin(async move {
            let caller = caller.ok_or(Error::Unauthenticated)?;
            if !is_form {
                return Err(Error::NotAForm.into());
            }
            let body = body.await.map_err(|e| match e.as_error::<PayloadError>() {
                Some(PayloadError::Overflow) => Error::FormTooLarge,
                _ => Error::FormUnreadable,
            })?;
            let pairs: Vec<(String, String)> =
                serde_urlencoded::from_bytes(&body).map_err(|_| Error::FormUnreadable)?;
            let token = values(&pairs, "_csrf").next().unwrap_or_default();
            check_csrf(&caller, token)?;
            let value = serde_urlencoded::from_bytes(&body).map_err(|_| Error::FormUnreadable)?;
            Ok(Self(value))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mask_differs_and_hides_the_same_secret() {
        let secret = sealing::random::<32>();
        let (one, two) = (mask(&secret), mask(&secret));
        assert_ne!(one, two);
        assert_eq!(unmask(&one), Some(secret));
        assert_eq!(unmask(&two), Some(secret));
        assert_eq!(unmask(""), None);
        assert_eq!(unmask("x"), None);
    }
}
