//! What the operator of the server decides. A TOML file, environment variables
//! (`POSFLEET__SERVER__LISTEN` for `server.listen`) and flags, in rising order of weight.
//!
//! Every fault is found before anything starts, and all are told together with their place and
//! what to do. A setting that nobody knows is a fault: a misspelt limit must not be a missing one.
//! Secrets may stand in a file of their own: `database.url_file` instead of `database.url`.
mod build;
mod fault;
mod layers;
mod openid;
mod reader;
mod setting;

pub use fault::{Fault, Faults};
pub use layers::Sources;
pub use openid::{OpenId, RoleOf};

use ipnet::IpNet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The whole configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder under which everything lies that is not said to lie elsewhere.
    pub data: PathBuf,
    pub server: Server,
    pub tls: Tls,
    pub operations: Operations,
    pub database: Database,
    /// Folder of secrets: the server secret and the fleet's certificates.
    pub keys_folder: PathBuf,
    pub storage: Storage,
    pub log: Log,
    /// `None` where people sign in by passwords only.
    pub openid: Option<OpenId>,
}

#[derive(Debug, Clone)]
pub struct Server {
    /// At least one. Links are built from the first unless `base_url` says otherwise.
    pub listen: Vec<Listen>,
    /// Without a trailing slash; `None` derives it from the first listener.
    pub base_url: Option<String>,
    pub trusted_proxies: Vec<IpNet>,
    /// Names besides that of `base_url` under which the server may be addressed.
    pub extra_hosts: Vec<String>,
    /// Plain HTTP beyond loopback was asked for in so many words.
    pub allow_plain_http: bool,
    /// Worker threads; `None` is one per core.
    pub workers: Option<usize>,
    pub limits: Limits,
}

/// One address to listen on, written `https://0.0.0.0:8443`, `https+mtls://0.0.0.0:8444` or
/// `http://127.0.0.1:8080`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listen {
    pub at: SocketAddr,
    pub transport: Transport,
}

/// What carries the HTTP of a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    Plain,
    Tls,
    /// TLS that only those get through who show a certificate of the fleet's authority.
    Mutual,
}

impl Listen {
    #[must_use]
    pub fn plain(at: SocketAddr) -> Self {
        let transport = Transport::Plain;
        Self { at, transport }
    }

    #[must_use]
    pub fn tls(at: SocketAddr) -> Self {
        let transport = Transport::Tls;
        Self { at, transport }
    }

    #[must_use]
    pub fn mutual(at: SocketAddr) -> Self {
        let transport = Transport::Mutual;
        Self { at, transport }
    }

    /// With or without certificates of clients.
    #[must_use]
    pub fn is_tls(self) -> bool {
        self.transport != Transport::Plain
    }

    #[must_use]
    pub fn is_mutual(self) -> bool {
        self.transport == Transport::Mutual
    }
}

impl std::fmt::Display for Listen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = match self.transport {
            Transport::Plain => "http",
            Transport::Tls => "https",
            Transport::Mutual => "https+mtls",
        };
        write!(f, "{scheme}://{}", self.at)
    }
}

/// What one request, one connection and all of them may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a JSON or form body after decompression.
    pub body_bytes: usize,
    /// Bytes of a request's head.
    pub header_bytes: usize,
    /// Open connections per worker.
    pub connections: usize,
    /// Time for a request's head to arrive, and for a TLS handshake.
    pub head_timeout: Duration,
    /// Time that a body may keep us waiting, beyond what its size at `body_bytes_per_s` explains.
    pub body_timeout: Duration,
    /// The slowest link that a body may come over.
    pub body_bytes_per_s: u32,
    /// Requests that one terminal may make in a minute.
    pub terminal_per_minute: u32,
    /// Requests that one API client may make in a minute, unless something else is said of it.
    pub client_per_minute: u32,
    /// Time that an idle connection stays open.
    pub keep_alive: Duration,
    /// Time that begun requests get when the server stops.
    pub shutdown: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 256 * 1024,
            header_bytes: 32 * 1024,
            connections: 25_000,
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            body_bytes_per_s: 512,
            terminal_per_minute: 240,
            client_per_minute: 6_000,
            keep_alive: Duration::from_secs(75),
            shutdown: Duration::from_secs(20),
        }
    }
}

/// Where the certificate of the TLS listeners comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tls {
    /// PEM files of the operator; `None` makes a fleet certificate in the keys folder.
    pub files: Option<CertificateFiles>,
    /// Names and addresses that the fleet certificate bears besides the obvious ones.
    pub names: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The chain, the server's own certificate first.
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Health, readiness and metrics, on a listener of their own.
#[derive(Debug, Clone)]
pub struct Operations {
    /// `None` switches them off.
    pub listen: Option<SocketAddr>,
}

#[derive(Clone)]
pub struct Database {
    /// `postgres://…` or the path of a SQLite file.
    pub url: String,
    pub connections: u32,
}

impl Database {
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres://") || self.url.starts_with("postgresql://")
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database")
            .field("url", &setting::without_password(&self.url))
            .field("connections", &self.connections)
            .finish()
    }
}

/// Where blobs live.
#[derive(Debug, Clone)]
pub enum Storage {
    Folder(PathBuf),
    S3(S3),
}

/// A bucket of Amazon S3 or of anything that speaks its protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3 {
    pub bucket: String,
    /// Put before every key, without slashes at its ends; may be empty.
    pub prefix: String,
    pub region: String,
    /// `None` is Amazon's own for the region.
    pub endpoint: Option<String>,
    /// `None` takes what the machine's role gives.
    pub credentials: Option<S3Credentials>,
    /// `https://endpoint/bucket/key` instead of `https://bucket.endpoint/key`.
    pub path_style: bool,
    /// Plain HTTP to the endpoint was asked for in so many words.
    pub allow_http: bool,
}

#[derive(Clone, PartialEq, Eq)]
pub struct S3Credentials {
    pub access_key_id: String,
    pub secret_access_key: String,
}

impl std::fmt::Debug for S3Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("S3Credentials(…)")
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    pub format: LogFormat,
    /// Directives such as `info` or `posfleet=debug,warn`.
    pub filter: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

impl Config {
    /// Reads every source and checks the whole.
    ///
    /// # Errors
    /// All faults at once.
    pub fn load(sources: &Sources) -> Result<Self, Faults> {
        Self::load_with_listing(sources).map(|(config, _)| config)
    }

    /// [`Config::load`], and the effective settings as TOML with their origins, secrets masked.
    ///
    /// # Errors
    /// All faults at once.
    pub fn load_with_listing(sources: &Sources) -> Result<(Self, String), Faults> {
        let (given, mut faults) = layers::gather(sources);
        let mut reader = reader::Reader::new(given);
        let config = build::config(&mut reader);
        let (listing, more) = reader.finish();
        faults.extend(more);
        if faults.is_empty() {
            Ok((config, listing))
        } else {
            Err(Faults(faults))
        }
    }

    /// The defaults: everything in one folder, plain HTTP on loopback.
    #[must_use]
    pub fn in_folder(data: &Path) -> Self {
        let mut reader = reader::Reader::new(layers::only_data(data));
        build::config(&mut reader)
    }
}

#[cfg(test)]
mod tests;
