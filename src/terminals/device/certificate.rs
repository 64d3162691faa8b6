//! Certificates for terminals that ask for one: `POST /terminal/v1/certificate`, and its confirmation.
use super::bearer::{by_certificate, credential_of, in_time, must_be_known, seen_from};
use super::{Error, body};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db;
use crate::http::{self, Failure, FleetAuthority, ProvenKey};
use crate::ids::Tid;
use crate::sealing::TokenHash;
use crate::terminals::credential::{self, Refused};
use crate::terminals::renewal::{self, Confirmed, Offered};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};

pub(super) const CONFIRM: &str = "/terminal/v1/certificate/confirm";

/// A key that a terminal holds, and who will sign it.
pub(super) struct Proven {
    key: ProvenKey,
    fleet: FleetAuthority,
    /// What a certificate for this key counts as.
    pub(super) hash: TokenHash,
}

/// What the terminal gets for it, both in PEM.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Certified {
    certificate: String,
    /// Of the authority that signed it.
    authority: String,
    /// The last moment that the certificate is good for.
    not_after: Millis,
}

/// The key of a certificate signing request.
pub(super) fn proven(ctx: &Ctx, csr: &str) -> Result<Proven, Error> {
    let fleet = ctx.fleet.clone().ok_or(Error::NoCertificates)?;
    let key = ProvenKey::from_csr(csr).map_err(Error::BadCsr)?;
    let hash = credential::hash_of_key(&ctx.secret, &key.der());
    Ok(Proven { key, fleet, hash })
}

impl Proven {
    /// Signs. The credential is in force by then: the same may be signed again, if this gets lost.
    pub(super) fn certify(
        &self,
        tid: &Tid,
        now: Millis,
        until: Millis,
    ) -> Result<Certified, Error> {
        let signed = self.fleet.certify(tid.as_str(), &self.key, (now, until));
        Ok(Certified {
            certificate: signed.map_err(db::Error::Fault)?,
            authority: self.fleet.pem().to_owned(),
            not_after: until,
        })
    }
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[schema(as = CertificateWanted)]
pub(super) struct Wanted {
    /// A certificate signing request (PKCS #10, PEM).
    csr: String,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct CertificateOffered {
    #[serde(flatten)]
    certified: Certified,
    /// The key is that of the present credential. Otherwise it is to be confirmed, over a connection
    /// made with it.
    in_force: bool,
    server_time: Millis,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct CertificateConfirmed {
    not_after: Option<Millis>,
    server_time: Millis,
}

#[utoipa::path(
    post, path = "/terminal/v1/certificate", tag = "Terminal", operation_id = "certificate",
    request_body = Wanted, security(("terminal" = [])),
    responses(
        (status = 200, body = CertificateOffered),
        (status = 401, description = "`terminal.not-activated`, `terminal.credential-revoked`"),
        (status = 403, description = "`terminal.suspended`, `terminal.retired`"),
        (status = 409, description = "`terminal.key-taken`"),
        (status = 422, description = "`terminal.csr-…`, `terminal.no-certificates`"),
    ),
)]
pub(super) async fn certificate(
    req: HttpRequest,
    ctx: web::Data<Ctx>,
    payload: web::Payload,
) -> Result<HttpResponse, Failure> {
    let (by, from) = (credential_of(&req)?, seen_from(&req));
    must_be_known(&ctx, by).await?;
    let sent: Wanted = body(payload).await?;
    let proven = proven(&ctx, &sent.csr)?;
    let (hash, now) = (proven.hash, ctx.now());
    let offered = ctx
        .db
        .write(move |tx| renewal::offer(tx, (&by, &hash), from, now))
        .await?;
    match offered {
        Offered::Refused(why) => Err(Error::Refused(why).into()),
        Offered::Until {
            tid,
            not_after,
            in_force,
        } => {
            let offered = CertificateOffered {
                certified: proven.certify(&tid, now, not_after)?,
                in_force,
                server_time: now,
            };
            Ok(HttpResponse::Ok()
                .insert_header(("cache-control", "no-store"))
                .json(offered))
        }
    }
}

#[utoipa::path(
    post, path = "/terminal/v1/certificate/confirm", tag = "Terminal",
    operation_id = "confirm_certificate", security(("terminal" = [])),
    responses(
        (status = 200, body = CertificateConfirmed),
        (status = 401, description = "`terminal.not-activated`, `terminal.credential-revoked`"),
        (status = 403, description = "`terminal.suspended`, `terminal.retired`"),
    ),
)]
pub(super) async fn confirm(
    req: HttpRequest,
    ctx: web::Data<Ctx>,
) -> Result<HttpResponse, Failure> {
    // Whatever token comes along: it is the certificate that is to be proved.
    let hash = match http::client_certificate(&req) {
        Some(_) => in_time(&req, by_certificate(&req)?)?,
        None => credential_of(&req)?,
    };
    let from = seen_from(&req);
    match must_be_known(&ctx, hash).await {
        Ok(()) | Err(Error::Refused(Refused::NotConfirmed)) => {}
        Err(refused) => return Err(refused.into()),
    }
    let now = ctx.now();
    let confirmed = ctx
        .db
        .write(move |tx| renewal::confirm(tx, &hash, from, now))
        .await?;
    match confirmed {
        Confirmed::Until(not_after) => Ok(HttpResponse::Ok().json(CertificateConfirmed {
            not_after,
            server_time: now,
        })),
        Confirmed::Refused(why) => Err(Error::Refused(why).into()),
    }
}
