//! The terminal's token or certificate, and the terminal behind it.
use super::Error;
use crate::access::Caller;
use crate::context::Ctx;
use crate::db;
use crate::http::{self, Failure};
use crate::ids::{EstablishmentId, TerminalId, Tid};
use crate::sealing::{TokenHash, hash_token};
use crate::terminals::credential::{self, Refused};
use crate::terminals::desk::Desk;
use crate::terminals::{contact, store};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use anyhow::anyhow;
use futures_util::future::LocalBoxFuture;
use std::net::IpAddr;

/// A terminal that proved itself, for handlers of other slices.
#[derive(Debug, Clone)]
pub struct Device {
    pub id: TerminalId,
    pub tid: Tid,
    pub establishment: EstablishmentId,
}

impl FromRequest for Device {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let ctx = req.app_data::<web::Data<Ctx>>().cloned();
        let hash = credential_of(req);
        let from = seen_from(req).map(|ip| ip.to_string());
        Box::pin(async move {
            let ctx = ctx.ok_or_else(|| db::Error::Fault(anyhow!("no context")))?;
            Ok(identify(&ctx, hash?, from).await?)
        })
    }
}

async fn identify(ctx: &Ctx, hash: TokenHash, from: Option<String>) -> Result<Device, Error> {
    let known = ctx
        .db
        .read(move |conn| match contact::admitted(conn, &hash)? {
            Some(id) => store::terminal(conn, id),
            None => Ok(None),
        })
        .await?;
    if let Some(place) = known {
        return Ok(Device {
            id: place.id,
            tid: place.tid,
            establishment: place.establishment,
        });
    }
    must_be_known(ctx, hash).await?;
    let now = ctx.now();
    let why = ctx
        .db
        .write(move |tx| credential::refusal(tx, &hash, from.as_deref(), now))
        .await?;
    Err(Error::Refused(why))
}

/// Turns away a token that was never issued, before it takes a place in the write queue: whoever
/// makes tokens up must not keep terminals waiting.
pub(super) async fn must_be_known(ctx: &Ctx, hash: TokenHash) -> Result<(), Error> {
    let why = ctx
        .db
        .read(move |conn| credential::stranger(conn, &hash))
        .await?;
    why.map_or(Ok(()), |why| Err(Error::Refused(why)))
}

/// The hash of the request's token, or else of the certificate that its connection was made with.
///
/// # Errors
/// `terminal.not-activated` when there is neither, `terminal.certificate-expired`,
/// `terminal.too-often` when it was seen too often.
pub(super) fn credential_of(req: &HttpRequest) -> Result<TokenHash, Error> {
    let token = req
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| hash_token(token.trim()));
    let hash = match token {
        Some(hash) => hash,
        None => by_certificate(req)?,
    };
    in_time(req, hash)
}

/// The credential, unless it was seen too often.
pub(super) fn in_time(req: &HttpRequest, hash: TokenHash) -> Result<TokenHash, Error> {
    let desk = req.app_data::<web::Data<Desk>>();
    match desk.and_then(|desk| desk.too_often(&hash)) {
        Some(retry_after_s) => Err(Error::TooOften { retry_after_s }),
        None => Ok(hash),
    }
}

/// What the certificate of the connection counts as. It was good when the connection was made, which
/// may be long ago.
pub(super) fn by_certificate(req: &HttpRequest) -> Result<TokenHash, Error> {
    let shown = http::client_certificate(req).ok_or(Error::Refused(Refused::NotActivated))?;
    let ctx = req
        .app_data::<web::Data<Ctx>>()
        .ok_or_else(|| db::Error::Fault(anyhow!("no context")))?;
    if shown.until < ctx.now() {
        return Err(Error::CertificateExpired);
    }
    Ok(credential::hash_of_key(&ctx.secret, &shown.key))
}

/// The address that the terminal was seen at, behind trusted proxies.
pub(super) fn seen_from(req: &HttpRequest) -> Option<IpAddr> {
    req.extensions().get::<Caller>()?.from
}
