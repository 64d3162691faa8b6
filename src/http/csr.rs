//! A certificate signing request (PKCS #10, PEM) as a terminal sends it.
//!
//! Two things are taken from it: the public key, and the proof that who sends it holds the private
//! one. Its names, uses and extensions are not read at all: what stands in a certificate is the
//! server's word.
use rcgen::{PublicKeyData as _, SubjectPublicKeyInfo};
use rustls::pki_types::CertificateSigningRequestDer;
use rustls::pki_types::pem::PemObject as _;
use std::ops::RangeInclusive;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::oid_registry::{OID_PKCS1_SHA1WITHRSA, OID_SHA1_WITH_RSA};
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey;

/// Bytes of a request: that of the largest key allowed takes a quarter of it.
pub const CSR_MAX: usize = 8 * 1024;
/// Larger ones only cost time.
const RSA_BITS: RangeInclusive<usize> = 2048..=4096;

/// Why a request cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadCsr {
    /// Longer than [`CSR_MAX`].
    TooLarge,
    /// No PKCS #10 in PEM.
    Unreadable,
    /// An RSA key that is too short, or longer than makes sense.
    WeakKey,
    /// A kind of key or a curve that TLS here does not know.
    UnknownKey,
    /// Not made with this key, or with SHA-1, which proves nothing any more.
    WrongSignature,
}

/// A public key whose private one its sender has proved to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenKey(SubjectPublicKeyInfo);

impl ProvenKey {
    /// # Errors
    /// When the request cannot be read, its key is no good, or its signature does not fit.
    pub fn from_csr(pem: &str) -> Result<Self, BadCsr> {
        if pem.len() > CSR_MAX {
            return Err(BadCsr::TooLarge);
        }
        // What older tools write.
        let pem = pem.replace("NEW CERTIFICATE REQUEST", "CERTIFICATE REQUEST");
        let der = CertificateSigningRequestDer::from_pem_slice(pem.as_bytes());
        let der = der.map_err(|_| BadCsr::Unreadable)?;
        let (rest, csr) =
            X509CertificationRequest::from_der(&der).map_err(|_| BadCsr::Unreadable)?;
        if !rest.is_empty() {
            return Err(BadCsr::Unreadable);
        }
        let key = &csr.certification_request_info.subject_pki;
        match key.parsed() {
            Ok(PublicKey::RSA(rsa)) if !RSA_BITS.contains(&rsa.key_size()) => {
                return Err(BadCsr::WeakKey);
            }
            Ok(_) => {}
            Err(_) => return Err(BadCsr::UnknownKey),
        }
        let known = SubjectPublicKeyInfo::from_der(key.raw).map_err(|_| BadCsr::UnknownKey)?;
        let signed_by = &csr.signature_algorithm.algorithm;
        if *signed_by == OID_PKCS1_SHA1WITHRSA || *signed_by == OID_SHA1_WITH_RSA {
            return Err(BadCsr::WrongSignature);
        }
        csr.verify_signature().map_err(|_| BadCsr::WrongSignature)?;
        Ok(Self(known))
    }

    /// The key as it will stand in the certificate: one key has one form only.
    #[must_use]
    pub fn der(&self) -> Vec<u8> {
        self.0.subject_public_key_info()
    }

    pub(super) fn info(&self) -> &SubjectPublicKeyInfo {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};

    fn csr(key: &KeyPair) -> String {
        let csr = CertificateParams::default().serialize_request(key);
        csr.unwrap().pem().unwrap()
    }

    #[test]
    fn the_key_is_taken_and_nothing_else() {
        for kind in [
            &rcgen::PKCS_ECDSA_P256_SHA256,
            &PKCS_ECDSA_P384_SHA384,
            &PKCS_ED25519,
        ] {
            let key = KeyPair::generate_for(kind).unwrap();
            let pem = csr(&key);
            let proven = ProvenKey::from_csr(&pem).unwrap();
            assert_eq!(proven.der(), key.subject_public_key_info());
            let older = pem.replace("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST");
            assert_eq!(ProvenKey::from_csr(&older), Ok(proven));
        }
    }

    #[test]
    fn what_proves_nothing_is_refused() {
        let key = KeyPair::generate().unwrap();
        let der = CertificateParams::default()
            .serialize_request(&key)
            .unwrap();
        let mut bytes = der.der().to_vec();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        let broken = pem_of(&bytes);
        assert_eq!(ProvenKey::from_csr(&broken), Err(BadCsr::WrongSignature));
        bytes.push(0);
        assert_eq!(
            ProvenKey::from_csr(&pem_of(&bytes)),
            Err(BadCsr::Unreadable)
        );
        for text in ["", "-----BEGIN CERTIFICATE REQUEST-----", "csr"] {
            assert_eq!(ProvenKey::from_csr(text), Err(BadCsr::Unreadable));
        }
        let long = "x".repeat(CSR_MAX + 1);
        assert_eq!(ProvenKey::from_csr(&long), Err(BadCsr::TooLarge));
    }

    fn pem_of(der: &[u8]) -> String {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        format!("-----BEGIN CERTIFICATE REQUEST-----\n{text}\n-----END CERTIFICATE REQUEST-----\n")
    }
}
