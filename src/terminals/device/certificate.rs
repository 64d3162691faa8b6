//! Certificates for terminals that ask for one.
use super::Error;
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db;
use crate::http::{FleetAuthority, ProvenKey};
use crate::ids::Tid;
use crate::sealing::TokenHash;
use crate::terminals::credential;
use serde::Serialize;

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
