//! Certificates in files as `openssl` and `curl` take them, good and bad ones, and `openssl s_client`
//! as a terminal's TLS.
use super::TestApp;
use posfleet::clock::Millis;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, Issuer, KeyPair};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// A certificate and its key, as PEM files.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// What a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Client,
    Server,
}

/// Every line of what `openssl s_client` says, and what the server answers to a request for the
/// sign-in page, if it lets the client that far.
pub(crate) async fn s_client(at: SocketAddr, authority: &Path, more: &[&str]) -> String {
    let mut command = Command::new("timeout");
    command
        .args(["30", "openssl", "s_client", "-connect", &at.to_string()])
        .args([
            "-servername",
            "localhost",
            "-ign_eof",
            "-verify_return_error",
        ])
        .arg("-CAfile")
        .arg(authority)
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let ended = tokio::task::spawn_blocking(move || {
        let mut client = command.spawn().expect("openssl");
        let request = b"HEAD /sign-in HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        // One that was refused no longer reads.
        client.stdin.take().unwrap().write_all(request).ok();
        client.wait_with_output().unwrap()
    });
    let ended = ended.await.unwrap();
    let both = [ended.stdout, ended.stderr].concat();
    String::from_utf8_lossy(&both).into_owned()
}

impl TestApp {
    /// A certificate of the fleet's authority that this test made itself, good from now for `days`
    /// (or until so many days ago).
    pub(crate) fn certificate(&self, name: &str, purpose: Purpose, days: i64) -> Pair {
        let keys = self.folder().join("keys");
        let read = |file: &str| std::fs::read_to_string(keys.join(file)).unwrap();
        let key = KeyPair::from_pem(&read("fleet-ca.key")).unwrap();
        let authority = Issuer::from_ca_cert_pem(&read("fleet-ca.pem"), key).unwrap();
        self.signed(name, &authority, purpose, days)
    }

    /// The same of an authority of somebody else, who gave it the name of ours.
    pub(crate) fn foreign_certificate(&self, name: &str) -> Pair {
        let ours = std::fs::read_to_string(self.folder().join("keys/fleet-ca.pem")).unwrap();
        let theirs = KeyPair::generate().unwrap();
        let authority = Issuer::from_ca_cert_pem(&ours, theirs).unwrap();
        self.signed(name, &authority, Purpose::Client, 30)
    }

    fn signed(
        &self,
        name: &str,
        authority: &Issuer<'_, KeyPair>,
        purpose: Purpose,
        days: i64,
    ) -> Pair {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![match purpose {
            Purpose::Client => ExtendedKeyUsagePurpose::ClientAuth,
            Purpose::Server => ExtendedKeyUsagePurpose::ServerAuth,
        }];
        let moment = |at: Millis| time::OffsetDateTime::from_unix_timestamp(at.0 / 1000).unwrap();
        let now = self.now();
        params.not_before = moment(now - Duration::from_hours(24 * 60));
        params.not_after = moment(Millis(now.0 + days * 86_400_000));
        let certificate = params.signed_by(&key, authority).unwrap();
        let pair = Pair {
            certificate: self.folder().join(format!("{name}.pem")),
            key: self.folder().join(format!("{name}.key")),
        };
        std::fs::write(&pair.certificate, certificate.pem()).unwrap();
        std::fs::write(&pair.key, key.serialize_pem()).unwrap();
        pair
    }
}

impl Pair {
    /// As `openssl s_client` takes them.
    pub(crate) fn args(&self) -> [&str; 4] {
        let (certificate, key) = (self.certificate.to_str(), self.key.to_str());
        ["-cert", certificate.unwrap(), "-key", key.unwrap()]
    }
}
