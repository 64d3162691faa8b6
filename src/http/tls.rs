//! TLS of our own listeners: rustls with ring, versions 1.2 and 1.3, stateless session tickets,
//! and a certificate that changes under running connections.
//!
//! A listener that demands certificates resumes no session: of a resumed one rustls brings the
//! client's certificate back without judging it anew, long after it has expired.
use super::authority::FleetAuthority;
use crate::clock::Clock;
use crate::config::CertificateFiles;
use crate::sealing::check_private;
use anyhow::{Context as _, anyhow};
use arc_swap::ArcSwap;
use rustls::crypto::ring as provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::{
    ClientHello, NoServerSessionStorage, ResolvesServerCert, WebPkiClientVerifier,
};
use rustls::sign::CertifiedKey;
use rustls::time_provider::TimeProvider;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion, version};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const VERSIONS: [&SupportedProtocolVersion; 2] = [&version::TLS13, &version::TLS12];

/// What tells one state of a file from another.
type Stamp = Option<(u64, i64, i64, u64)>;

/// A certificate in files, as it is now. Clones share it.
#[derive(Debug, Clone)]
pub struct Certificate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    files: CertificateFiles,
    current: ArcSwap<CertifiedKey>,
    seen: Mutex<[Stamp; 2]>,
}

impl Certificate {
    /// # Errors
    /// When a file cannot be read, holds nothing of use, or key and certificate do not fit.
    pub fn load(files: CertificateFiles) -> anyhow::Result<Self> {
        let seen = Mutex::new(stamps(&files));
        let current = ArcSwap::from_pointee(read(&files)?);
        Ok(Self(Arc::new(Inner {
            files,
            current,
            seen,
        })))
    }

    /// For a listener. New connections get whatever certificate is current then.
    ///
    /// # Errors
    /// When the system has no randomness for the ticket keys.
    pub fn server_config(&self) -> anyhow::Result<ServerConfig> {
        let mut config = ServerConfig::builder_with_provider(provider::default_provider().into())
            .with_protocol_versions(&VERSIONS)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(self.clone()));
        config.ticketer = provider::Ticketer::new()?;
        config.alpn_protocols = protocols();
        Ok(config)
    }

    /// For a listener that lets in who shows a certificate of `authority`, good by `clock`.
    ///
    /// # Errors
    /// When the authority's certificate is of no use.
    pub fn mutual_config(
        &self,
        authority: &FleetAuthority,
        clock: &Clock,
    ) -> anyhow::Result<ServerConfig> {
        let provider = Arc::new(provider::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(authority.certificate().clone())?;
        let verifier =
            WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(&provider));
        let judge = Arc::new(Judge(clock.clone()));
        let mut config = ServerConfig::builder_with_details(provider, judge)
            .with_protocol_versions(&VERSIONS)?
            .with_client_cert_verifier(verifier.build()?)
            .with_cert_resolver(Arc::new(self.clone()));
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        config.alpn_protocols = protocols();
        Ok(config)
    }

    /// Reads the files again if they changed since the last look.
    pub fn look_again(&self) {
        let now = stamps(&self.0.files);
        let changed = {
            let mut seen = self.0.seen.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *seen, now) != now
        };
        if changed {
            self.reload();
        }
    }

    /// Reads the files again. What is broken is left alone: the old certificate stays.
    pub fn reload(&self) {
        match read(&self.0.files) {
            Ok(new) => {
                self.0.current.store(Arc::new(new));
                tracing::info!("the server certificate was read again");
            }
            Err(cause) => {
                tracing::error!(error = %format!("{cause:#}"),
                    "the new server certificate cannot be used; the old one stays");
            }
        }
    }
}

/// By whose time clients' certificates are judged: that by which they were issued.
#[derive(Debug)]
struct Judge(Clock);

impl TimeProvider for Judge {
    fn current_time(&self) -> Option<UnixTime> {
        let ms = u64::try_from(self.0.now().0).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_millis(ms)))
    }
}

fn protocols() -> Vec<Vec<u8>> {
    vec![b"h2".to_vec(), b"http/1.1".to_vec()]
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.current.load_full())
    }
}

fn read(files: &CertificateFiles) -> anyhow::Result<CertifiedKey> {
    let (certificate, key) = (files.certificate.display(), files.key.display());
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .map_err(|e| anyhow!("cannot read the certificate {certificate}: {e}"))?
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| anyhow!("{certificate} is not PEM: {e}"))?;
    if chain.is_empty() {
        return Err(anyhow!("{certificate} holds no certificate"));
    }
    // Its rights are often the business of whoever issues it, so this is said and not refused.
    if let Err(cause) = check_private(&files.key) {
        tracing::warn!(file = %key, error = %cause, "a private key is not private");
    }
    let private = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|e| anyhow!("{key} holds no private key in PEM: {e}"))?;
    CertifiedKey::from_der(chain, private, &provider::default_provider())
        .with_context(|| format!("{key} does not belong to {certificate}"))
}

fn stamps(files: &CertificateFiles) -> [Stamp; 2] {
    [stamp(&files.certificate), stamp(&files.key)]
}

fn stamp(path: &Path) -> Stamp {
    let meta = std::fs::metadata(path).ok()?;
    Some((meta.ino(), meta.mtime(), meta.mtime_nsec(), meta.len()))
}
