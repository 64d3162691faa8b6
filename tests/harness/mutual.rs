//! Certificates in files as `openssl` and `curl` take them, good and bad ones, and `openssl s_client`
//! as a terminal's TLS.
use super::{Answer, TestApp};
use posfleet::clock::Millis;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, Issuer, KeyPair};
use serde_json::Value;
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

/// A certificate signing request for a key, in PEM.
pub(crate) fn csr_of(key: &KeyPair) -> String {
    let csr = CertificateParams::default().serialize_request(key);
    csr.unwrap().pem().unwrap()
}

/// A terminal on a TLS listener, with a certificate if it has one. Keeps its connection open; clones
/// share it.
#[derive(Clone)]
pub(crate) struct Shows {
    http: reqwest::Client,
    base: String,
    /// Certificate and key in PEM.
    own: Option<(String, String)>,
    authority: PathBuf,
}

impl Shows {
    fn new(base: String, authority: PathBuf, own: Option<(String, String)>) -> Self {
        let pem = std::fs::read(&authority).unwrap();
        let mut http = reqwest::Client::builder()
            .tls_built_in_root_certs(false)
            .add_root_certificate(reqwest::Certificate::from_pem(&pem).unwrap())
            .http1_only()
            .no_proxy();
        if let Some((certificate, key)) = &own {
            let both = format!("{certificate}{key}");
            http = http.identity(reqwest::Identity::from_pem(both.as_bytes()).unwrap());
        }
        Self {
            http: http.build().unwrap(),
            base,
            own,
            authority,
        }
    }

    /// The same terminal, with no connection yet.
    pub(crate) fn afresh(&self) -> Self {
        Self::new(self.base.clone(), self.authority.clone(), self.own.clone())
    }

    pub(crate) fn key(&self) -> KeyPair {
        let (_, key) = self.own.as_ref().expect("a key");
        KeyPair::from_pem(key).unwrap()
    }

    /// An error when there is no connection to be had.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Result<Answer, reqwest::Error> {
        let request = self.http.post(format!("{}{path}", self.base)).json(&body);
        Ok(Answer::of(request.send().await?).await)
    }

    /// An API client's request.
    pub(crate) async fn get(&self, token: &str, path: &str) -> Result<Answer, reqwest::Error> {
        let request = self.http.get(format!("{}{path}", self.base));
        Ok(Answer::of(request.bearer_auth(token).send().await?).await)
    }

    pub(crate) async fn with_token(
        &self,
        token: &str,
        path: &str,
        body: Value,
    ) -> Result<Answer, reqwest::Error> {
        let request = self.http.post(format!("{}{path}", self.base)).json(&body);
        Ok(Answer::of(request.bearer_auth(token).send().await?).await)
    }
}

impl TestApp {
    /// A terminal that shows this certificate (PEM) where it is asked for.
    pub(crate) fn showing(&self, certificate: &str, key: &KeyPair) -> Shows {
        let (at, authority) = self.mutual();
        let own = (certificate.to_owned(), key.serialize_pem());
        Shows::new(format!("https://{at}"), authority, Some(own))
    }

    pub(crate) fn showing_files(&self, pair: &Pair) -> Shows {
        let read = |file| std::fs::read_to_string(file).unwrap();
        let key = KeyPair::from_pem(&read(&pair.key)).unwrap();
        self.showing(&read(&pair.certificate), &key)
    }

    /// A terminal without a certificate, where none is asked for.
    pub(crate) fn over_tls(&self) -> Shows {
        let (base, authority) = self.tls();
        Shows::new(base, authority, None)
    }
}
