//! The fleet's own authority. Terminals are made to trust it, and it signs the server certificate of
//! those who have none from elsewhere. Made at first use; its key stays.
use super::csr::ProvenKey;
use crate::clock::{Clock, Millis};
use crate::sealing::{check_private, hex, keep_new, random};
use anyhow::Context as _;
use chrono::{Datelike as _, Days, NaiveDate};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData as _, SerialNumber,
};
use ring::digest;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

const AUTHORITY_DAYS: u64 = 20 * 365;

/// The authority with its key. Clones share it; `Debug` shows nothing of the key.
#[derive(Clone)]
pub struct FleetAuthority(Arc<Inner>);

struct Inner {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pem: String,
}

impl std::fmt::Debug for FleetAuthority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FleetAuthority(…)")
    }
}

impl FleetAuthority {
    /// The authority in `folder`, made when there is none.
    ///
    /// # Errors
    /// When the folder cannot be read or written, or key and certificate do not fit.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let (path, key_path) = (folder.join("fleet-ca.pem"), folder.join("fleet-ca.key"));
        let key = key_pair(&key_path)?;
        // Peers judge a certificate by their own clocks, so a clock moved by a test has no say.
        let params = params(&key, day(Clock::system().now())?)?;
        if !path.exists() {
            let certificate = params
                .self_signed(&key)
                .context("cannot make the fleet CA")?;
            keep_new(&path, certificate.pem().as_bytes())
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        let pem =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes())
            .with_context(|| format!("{} is no certificate", path.display()))?;
        let (_, read) = x509_parser::parse_x509_certificate(&certificate)
            .with_context(|| format!("{} is no certificate", path.display()))?;
        anyhow::ensure!(
            read.public_key().raw == key.subject_public_key_info(),
            "{} does not belong to {}",
            key_path.display(),
            path.display()
        );
        let issuer = Issuer::new(params, key);
        Ok(Self(Arc::new(Inner {
            issuer,
            certificate,
            pem,
        })))
    }

    /// Its certificate in PEM: what terminals are to trust.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.0.pem
    }

    /// A certificate (PEM) by which the holder of `key` proves to be the terminal `name` until then.
    ///
    /// # Errors
    /// When a time is out of range.
    pub fn certify(
        &self,
        name: &str,
        key: &ProvenKey,
        (from, until): (Millis, Millis),
    ) -> anyhow::Result<String> {
        let mut params = CertificateParams::default();
        params.distinguished_name.remove(DnType::CommonName);
        params.distinguished_name.push(DnType::CommonName, name);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        params.serial_number = Some(serial());
        (params.not_before, params.not_after) = (date(before(day(from)?)), moment(until)?);
        let signed = params
            .signed_by(key.info(), &self.0.issuer)
            .context("cannot sign a certificate")?;
        Ok(signed.pem())
    }

    pub(super) fn issuer(&self) -> &Issuer<'static, KeyPair> {
        &self.0.issuer
    }

    pub(super) fn certificate(&self) -> &CertificateDer<'static> {
        &self.0.certificate
    }
}

fn params(key: &KeyPair, today: NaiveDate) -> anyhow::Result<CertificateParams> {
    let fingerprint = digest::digest(&digest::SHA256, key.der_bytes());
    let mark = hex(&fingerprint.as_ref()[..4]);
    let mut params = CertificateParams::default();
    // Made of the key alone, so that the issuer is the same whenever it is put together again.
    params.distinguished_name.remove(DnType::CommonName);
    params
        .distinguished_name
        .push(DnType::CommonName, format!("posfleet fleet CA {mark}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.serial_number = Some(serial());
    (params.not_before, params.not_after) =
        (date(before(today)), date(after(today, AUTHORITY_DAYS)?));
    Ok(params)
}

/// The key in a file; a new one (P-256) when the file is absent. Another node may just make one too:
/// then what stands in the file is the key of both.
pub(super) fn key_pair(path: &Path) -> anyhow::Result<KeyPair> {
    if !path.exists() {
        let key = KeyPair::generate().context("cannot make a key")?;
        keep_new(path, key.serialize_pem().as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    check_private(path)?;
    let pem =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    KeyPair::from_pem(&pem)
        .with_context(|| format!("{} holds no key that can be used", path.display()))
}

/// Written aside, synced and renamed; nobody else may read it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    // Under a name of its own: another node may be at the same file.
    let aside = path.with_added_extension(format!("{}.new", hex(&random::<8>())));
    let done = || -> std::io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&aside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&aside, path)
    };
    done().with_context(|| format!("cannot write {}", path.display()))
}

/// 127 random bits: positive, as certificates want it.
pub(super) fn serial() -> SerialNumber {
    let mut bytes = random::<16>();
    bytes[0] &= 0x7f;
    SerialNumber::from_slice(&bytes)
}

pub(super) fn day(now: Millis) -> anyhow::Result<NaiveDate> {
    let now = now.to_utc().context("the clock is out of range")?;
    Ok(now.date_naive())
}

fn moment(at: Millis) -> anyhow::Result<time::OffsetDateTime> {
    time::OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000))
        .context("the clock is out of range")
}

/// Terminals' clocks run behind.
pub(super) fn before(today: NaiveDate) -> NaiveDate {
    today.checked_sub_days(Days::new(2)).unwrap_or(today)
}

pub(super) fn after(today: NaiveDate, days: u64) -> anyhow::Result<NaiveDate> {
    today
        .checked_add_days(Days::new(days))
        .context("the clock is out of range")
}

pub(super) fn date(day: NaiveDate) -> time::OffsetDateTime {
    let (month, of_month) = (day.month(), day.day());
    let month = u8::try_from(month).unwrap_or(1);
    rcgen::date_time_ymd(day.year(), month, u8::try_from(of_month).unwrap_or(1))
}
