//! TLS of our own listeners: rustls with ring, versions 1.2 and 1.3, stateless session tickets,
//! and a certificate that changes under running connections.
use crate::config::CertificateFiles;
use anyhow::{Context as _, anyhow};
use arc_swap::ArcSwap;
use rustls::crypto::ring as provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, version};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

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
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(self.clone()));
        config.ticketer = provider::Ticketer::new()?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
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
