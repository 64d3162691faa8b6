//! What the operator of the server decides: a TOML file, environment variables and flags, in
//! rising order of weight.
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The whole configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    pub server: Server,
    pub operations: Operations,
    pub database: Database,
    /// Folder of secrets: the server secret and the fleet's certificates.
    pub keys_folder: PathBuf,
    pub storage: Storage,
}

#[derive(Debug, Clone)]
pub struct Server {
    pub listen: SocketAddr,
    /// Without a trailing slash; `None` derives it from the listener.
    pub base_url: Option<String>,
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// Worker threads; `None` is one per core.
    pub workers: Option<usize>,
}

/// Health, readiness and metrics, on a listener of their own.
#[derive(Debug, Clone)]
pub struct Operations {
    pub listen: Option<SocketAddr>,
}

#[derive(Debug, Clone)]
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

/// Where blobs live.
#[derive(Debug, Clone)]
pub enum Storage {
    Folder(PathBuf),
}

impl Config {
    /// The defaults: everything in one folder, plain HTTP on loopback.
    #[must_use]
    pub fn in_folder(data: &Path) -> Self {
        Self {
            server: Server {
                listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
                base_url: None,
                trusted_proxies: Vec::new(),
                workers: None,
            },
            operations: Operations {
                listen: Some(SocketAddr::from(([127, 0, 0, 1], 9090))),
            },
            database: Database {
                url: data.join("posfleet.sqlite").to_string_lossy().into_owned(),
                connections: 8,
            },
            keys_folder: data.join("keys"),
            storage: Storage::Folder(data.join("firmware-store")),
        }
    }
}
