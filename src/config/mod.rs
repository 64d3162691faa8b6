//! What the operator of the server decides: a TOML file, environment variables and flags, in
//! rising order of weight.
use std::net::SocketAddr;
use std::path::PathBuf;

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

/// Where blobs live.
#[derive(Debug, Clone)]
pub enum Storage {
    Folder(PathBuf),
}
