//! The certificate that an API client has to show beside its token. A token that leaks is then of no use
//! to anybody who lacks the client's private key, which never leaves the client.
use super::certificate_store as store;
use super::ops::governed;
use super::store::Live;
use crate::access::audit::change;
use crate::access::error::Error;
use crate::access::operators::Grantor;
use crate::clock::Millis;
use crate::db::{self, Tx};
use crate::http::{self, FleetAuthority, ProvenKey};
use crate::ids::ClientId;
use crate::sealing::{self, Secret};
use actix_web::HttpRequest;
use serde::Serialize;
use serde_json::json;
use std::time::Duration;

/// How long a certificate is good for. Long before its end its client can be given another.
const LASTS: Duration = Duration::from_hours(24 * 365);

/// What a client gets for its request, both in PEM. None of it is a secret.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = ClientCertificate)]
pub(super) struct Certified {
    pub(super) certificate: String,
    /// Of the authority that signed it; it certifies the server too, unless that has another certificate.
    pub(super) authority: String,
    /// The last moment that the certificate is good for.
    pub(super) not_after: Millis,
}

/// What is stored of a key. Terminals' keys are kept under another label: neither counts as the other.
fn hash_of(secret: &Secret, key: &[u8]) -> [u8; 32] {
    secret.derive("access.client-certificate", key)
}

/// Signs a certificate for the key of a request; from now on the client's tokens need it, and an earlier
/// one is worth nothing.
pub(super) fn certify(
    tx: &mut Tx,
    by: &Grantor,
    id: ClientId,
    (fleet, secret): (Option<&FleetAuthority>, &Secret),
    csr: &str,
    now: Millis,
) -> Result<Certified, Error> {
    let fleet = fleet.ok_or(Error::NoCertificates)?;
    let key = ProvenKey::from_csr(csr.trim()).map_err(Error::BadCsr)?;
    let client = governed(tx, by, id)?;
    let until = now + LASTS;
    let name = format!("API client {id}");
    let signed = fleet.certify(&name, &key, (now, until));
    store::set(tx, id, Some((&hash_of(secret, &key.der()), until)))?;
    tx.record(
        change(
            &by.actor,
            now,
            "client.set-certificate",
            "client",
            &client.name,
        )
        .after(json!({ "until": until })),
    );
    Ok(Certified {
        certificate: signed.map_err(db::Error::Fault)?,
        authority: fleet.pem().to_owned(),
        not_after: until,
    })
}

/// Lets the client's tokens count alone again.
pub(super) fn forget(tx: &mut Tx, by: &Grantor, id: ClientId, now: Millis) -> Result<(), Error> {
    let client = governed(tx, by, id)?;
    let Some(until) = store::until(tx, id)? else {
        return Ok(());
    };
    store::set(tx, id, None)?;
    tx.record(
        change(
            &by.actor,
            now,
            "client.forget-certificate",
            "client",
            &client.name,
        )
        .before(json!({ "until": until })),
    );
    Ok(())
}

/// Whether the connection of a request was made with the certificate that its client needs, if any.
pub(in crate::access) fn check(
    live: &Live,
    secret: &Secret,
    req: &HttpRequest,
    now: Millis,
) -> Result<(), Error> {
    let Some((wanted, until)) = &live.certificate else {
        return Ok(());
    };
    let shown = http::client_certificate(req).filter(|it| it.until >= now && *until >= now);
    let is_right = shown.is_some_and(|it| sealing::same(&hash_of(secret, &it.key), wanted));
    is_right.then_some(()).ok_or(Error::CertificateRequired)
}
