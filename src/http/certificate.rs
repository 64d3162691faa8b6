//! The fleet's own certificates, for those who have none from elsewhere: an authority that
//! terminals are made to trust, and a server certificate signed by it. Made at first start; the
//! server's is renewed in time and whenever its names change, the authority's key stays.
use crate::clock::{Clock, Millis};
use crate::config::CertificateFiles;
use crate::sealing::{hex, random};
use anyhow::Context as _;
use chrono::{Datelike as _, Days, NaiveDate};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData as _, SerialNumber,
};
use ring::digest;
use serde::{Deserialize, Serialize};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

const AUTHORITY_DAYS: u64 = 20 * 365;
/// What browsers accept at most.
const SERVER_DAYS: u64 = 397;
const RENEW_DAYS_BEFORE: u64 = 60;

/// What the server certificate was made for; lies beside it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct MadeFor {
    names: Vec<String>,
    renew_on: NaiveDate,
}

/// The files of a server certificate for `names` that is good for weeks to come; made or renewed
/// when need be.
///
/// # Errors
/// When the folder cannot be read or written, or a name cannot stand in a certificate.
pub fn fleet_certificate(
    folder: &Path,
    names: &[String],
    clock: &Clock,
) -> anyhow::Result<CertificateFiles> {
    let today = day(clock.now())?;
    let files = CertificateFiles {
        certificate: folder.join("server.pem"),
        key: folder.join("server.key"),
    };
    let wanted: Vec<String> = names.to_vec();
    let note = folder.join("server.json");
    let made: Option<MadeFor> = fs::read(&note)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let good = made.is_some_and(|made| made.names == wanted && today < made.renew_on);
    if good && files.certificate.exists() && files.key.exists() {
        return Ok(files);
    }
    let authority = authority(folder, today)?;
    let key = key_pair(&files.key)?;
    let last = after(today, SERVER_DAYS)?;
    let certificate = server_params(&wanted, today, last)?
        .signed_by(&key, &authority)
        .context("cannot sign the server certificate")?;
    write(&files.certificate, certificate.pem().as_bytes())?;
    let made = MadeFor {
        names: wanted,
        renew_on: after(today, SERVER_DAYS - RENEW_DAYS_BEFORE)?,
    };
    write(&note, serde_json::to_string_pretty(&made)?.as_bytes())?;
    tracing::info!(names = ?made.names, renew_on = %made.renew_on, "made a server certificate");
    Ok(files)
}

fn authority(folder: &Path, today: NaiveDate) -> anyhow::Result<Issuer<'static, KeyPair>> {
    let key = key_pair(&folder.join("fleet-ca.key"))?;
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
    let path = folder.join("fleet-ca.pem");
    if !path.exists() {
        let certificate = params
            .self_signed(&key)
            .context("cannot make the fleet CA")?;
        write(&path, certificate.pem().as_bytes())?;
    }
    Ok(Issuer::new(params, key))
}

fn server_params(
    names: &[String],
    today: NaiveDate,
    last: NaiveDate,
) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::new(names.to_vec())
        .context("a name cannot stand in a certificate (server.base_url, tls.names)")?;
    params.distinguished_name.remove(DnType::CommonName);
    params.distinguished_name.push(
        DnType::CommonName,
        names.first().map_or("posfleet", String::as_str),
    );
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params.serial_number = Some(serial());
    (params.not_before, params.not_after) = (date(before(today)), date(last));
    Ok(params)
}

/// The key in a file; a new one (P-256) when the file is absent.
fn key_pair(path: &Path) -> anyhow::Result<KeyPair> {
    if path.exists() {
        let pem =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        return KeyPair::from_pem(&pem)
            .with_context(|| format!("{} holds no key that can be used", path.display()));
    }
    let key = KeyPair::generate().context("cannot make a key")?;
    write(path, key.serialize_pem().as_bytes())?;
    Ok(key)
}

/// Written aside, synced and renamed; nobody else may read it.
fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let aside = path.with_added_extension("new");
    let done = || -> std::io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&aside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&aside, path)
    };
    done().with_context(|| format!("cannot write {}", path.display()))
}

/// 127 random bits: positive, as certificates want it.
fn serial() -> SerialNumber {
    let mut bytes = random::<16>();
    bytes[0] &= 0x7f;
    SerialNumber::from_slice(&bytes)
}

fn day(now: Millis) -> anyhow::Result<NaiveDate> {
    let now = now.to_utc().context("the clock is out of range")?;
    Ok(now.date_naive())
}

/// Terminals' clocks run behind.
fn before(today: NaiveDate) -> NaiveDate {
    today.checked_sub_days(Days::new(2)).unwrap_or(today)
}

fn after(today: NaiveDate, days: u64) -> anyhow::Result<NaiveDate> {
    today
        .checked_add_days(Days::new(days))
        .context("the clock is out of range")
}

fn date(day: NaiveDate) -> time::OffsetDateTime {
    let (month, of_month) = (day.month(), day.day());
    let month = u8::try_from(month).unwrap_or(1);
    rcgen::date_time_ymd(day.year(), month, u8::try_from(of_month).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::Duration;

    #[test]
    fn a_certificate_is_kept_until_its_names_or_its_days_run_out() {
        let folder = tempfile::tempdir().unwrap();
        let names = vec!["fleet.example.com".to_owned(), "127.0.0.1".to_owned()];
        let clock = Clock::manual(Millis(1_800_000_000_000));
        let files = fleet_certificate(folder.path(), &names, &clock).unwrap();
        let read = || fs::read_to_string(&files.certificate).unwrap();
        let authority = || fs::read_to_string(folder.path().join("fleet-ca.pem")).unwrap();
        let (first, first_authority) = (read(), authority());
        fleet_certificate(folder.path(), &names, &clock).unwrap();
        assert_eq!(first, read());
        fleet_certificate(folder.path(), &names[..1], &clock).unwrap();
        let second = read();
        assert_ne!(first, second);
        clock.advance(Duration::from_hours(340 * 24));
        fleet_certificate(folder.path(), &names[..1], &clock).unwrap();
        assert_ne!(second, read());
        assert_eq!(first_authority, authority());
        for file in fs::read_dir(folder.path()).unwrap() {
            let mode = file.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
