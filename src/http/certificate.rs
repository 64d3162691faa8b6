//! A server certificate signed by the fleet's authority, for those who have none from elsewhere.
//! Made at first start, renewed in time and whenever its names change.
use super::authority::{FleetAuthority, after, before, date, day, key_pair, serial, write};
use crate::clock::Clock;
use crate::config::CertificateFiles;
use crate::sealing::check_private;
use anyhow::Context as _;
use chrono::NaiveDate;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyUsagePurpose};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

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
        check_private(&files.key)?;
        return Ok(files);
    }
    let authority = FleetAuthority::open(folder)?;
    let key = key_pair(&files.key)?;
    let last = after(today, SERVER_DAYS)?;
    let certificate = server_params(&wanted, today, last)?
        .signed_by(&key, authority.issuer())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Millis;
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::Duration;

    #[test]
    fn nodes_that_start_at_once_have_one_authority() {
        let folder = tempfile::tempdir().unwrap();
        let names = vec!["localhost".to_owned()];
        let clock = Clock::manual(Millis(1_800_000_000_000));
        let start = || {
            fleet_certificate(folder.path(), &names, &clock).unwrap();
            FleetAuthority::open(folder.path())
                .unwrap()
                .pem()
                .to_owned()
        };
        let seen: Vec<String> = std::thread::scope(|nodes| {
            let nodes: Vec<_> = (0..8).map(|_| nodes.spawn(start)).collect();
            nodes.into_iter().map(|node| node.join().unwrap()).collect()
        });
        assert!(seen.iter().all(|pem| *pem == seen[0]));
        let files = fleet_certificate(folder.path(), &names, &clock).unwrap();
        super::super::Certificate::load(files).unwrap();
    }

    #[test]
    fn keys_that_others_may_read_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let names = vec!["localhost".to_owned()];
        let clock = Clock::manual(Millis(1_800_000_000_000));
        fleet_certificate(folder.path(), &names, &clock).unwrap();
        let widen = |name: &str, mode| {
            let path = folder.path().join(name);
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        };
        widen("fleet-ca.key", 0o640);
        let refused = FleetAuthority::open(folder.path()).unwrap_err();
        assert!(
            refused
                .to_string()
                .ends_with("fleet-ca.key can be read by others: chmod 600 it")
        );
        widen("fleet-ca.key", 0o600);
        widen("server.key", 0o604);
        assert!(fleet_certificate(folder.path(), &names, &clock).is_err());
        widen("server.key", 0o400);
        assert!(fleet_certificate(folder.path(), &names, &clock).is_ok());
    }

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
