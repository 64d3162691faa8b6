//! Every setting there is, its default and its check.
use super::reader::{Reader, Show};
use super::setting::MaybeAddress;
use super::{
    CertificateFiles, Config, Database, Limits, Listen, Log, LogFormat, Operations, S3,
    S3Credentials, Server, Storage, Tls,
};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The configuration; where a value is wrong its default stands in, and the reader has the fault.
pub(super) fn config(reader: &mut Reader) -> Config {
    let data = reader.take("data", PathBuf::from("data"));
    let keys_folder = reader.take("keys_folder", data.join("keys"));
    Config {
        server: server(reader),
        tls: tls(reader),
        operations: operations(reader),
        database: database(reader, &data),
        storage: storage(reader, &data),
        log: log(reader),
        openid: super::openid::openid(reader),
        keys_folder,
        data,
    }
}

fn server(reader: &mut Reader) -> Server {
    let loopback = Listen::plain(SocketAddr::from(([127, 0, 0, 1], 8080)));
    let listen = reader.take("server.listen", vec![loopback]);
    let base_url = reader.maybe::<String>("server.base_url");
    let server = Server {
        base_url: base_url.map(|url| url.trim_end_matches('/').to_owned()),
        trusted_proxies: reader.take("server.trusted_proxies", Vec::new()),
        extra_hosts: reader
            .take("server.extra_hosts", Vec::<String>::new())
            .iter()
            .map(|host| host.to_ascii_lowercase())
            .collect(),
        allow_plain_http: reader.take("server.allow_plain_http", false),
        workers: reader.maybe::<u32>("server.workers").map(|n| n as usize),
        limits: limits(reader),
        listen,
    };
    if server.listen.is_empty() {
        reader.fault("server.listen", "name at least one address to listen on");
    } else if server.listen.iter().all(|listen| listen.is_mutual()) {
        reader.fault(
            "server.listen",
            "people sign in and terminals activate without a certificate: name an address of \
             \"https\" beside",
        );
    }
    for listen in &server.listen {
        if !listen.is_tls() && !listen.at.ip().is_loopback() && !server.allow_plain_http {
            let at = listen.at;
            reader.fault(
                "server.listen",
                format!(
                    "plain HTTP on {at} would carry passwords and tokens in the open; write \
                     \"https://{at}\", or set server.allow_plain_http = true when a reverse proxy \
                     in front ends TLS"
                ),
            );
        }
    }
    if let Some(url) = &server.base_url
        && !is_origin(url)
    {
        reader.fault(
            "server.base_url",
            "write scheme, host and port only, such as \"https://fleet.example.com\"",
        );
    }
    server
}

/// `http(s)://host[:port]` and nothing more.
fn is_origin(url: &str) -> bool {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|host| {
        !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ', '"', '<', '>'])
    })
}

fn limits(reader: &mut Reader) -> Limits {
    let usual = Limits::default();
    let size = |reader: &mut Reader, name: &str, usual: usize| {
        let usual = u32::try_from(usual).unwrap_or(u32::MAX);
        reader.take(&format!("server.limits.{name}"), usual) as usize
    };
    let time = |reader: &mut Reader, name: &str, usual| {
        reader.take(&format!("server.limits.{name}"), usual)
    };
    Limits {
        body_bytes: size(reader, "body_bytes", usual.body_bytes),
        header_bytes: size(reader, "header_bytes", usual.header_bytes),
        connections: size(reader, "connections", usual.connections),
        head_timeout: time(reader, "head_timeout_s", usual.head_timeout),
        body_timeout: time(reader, "body_timeout_s", usual.body_timeout),
        body_bytes_per_s: reader.take("server.limits.body_bytes_per_s", usual.body_bytes_per_s),
        terminal_per_minute: reader.take(
            "server.limits.terminal_per_minute",
            usual.terminal_per_minute,
        ),
        client_per_minute: reader.take("server.limits.client_per_minute", usual.client_per_minute),
        keep_alive: time(reader, "keep_alive_s", usual.keep_alive),
        shutdown: time(reader, "shutdown_s", usual.shutdown),
    }
}

fn tls(reader: &mut Reader) -> Tls {
    let certificate = reader.maybe::<PathBuf>("tls.certificate");
    let key = reader.maybe::<PathBuf>("tls.key");
    for (path, file) in [("tls.certificate", &certificate), ("tls.key", &key)] {
        if let Some(file) = file
            && let Err(e) = std::fs::File::open(file)
        {
            let file = file.display();
            reader.fault(path, format!("{file} cannot be read: {e}"));
        }
    }
    let files = match (certificate, key) {
        (Some(certificate), Some(key)) => Some(CertificateFiles { certificate, key }),
        (None, None) => None,
        (Some(_), None) => {
            reader.fault("tls.key", "is missing: a certificate needs its key");
            None
        }
        (None, Some(_)) => {
            reader.fault("tls.certificate", "is missing: a key needs its certificate");
            None
        }
    };
    Tls {
        files,
        names: reader.take("tls.names", Vec::new()),
    }
}

fn operations(reader: &mut Reader) -> Operations {
    let loopback = MaybeAddress(Some(SocketAddr::from(([127, 0, 0, 1], 9090))));
    Operations {
        listen: reader.take("operations.listen", loopback).0,
    }
}

fn database(reader: &mut Reader, data: &Path) -> Database {
    let url = reader.secret("database.url", Show::Url);
    let file = data.join("posfleet.sqlite").to_string_lossy().into_owned();
    if url.as_deref().is_some_and(|url| {
        url.contains("://") && !url.starts_with("postgres://") && !url.starts_with("postgresql://")
    }) {
        reader.fault(
            "database.url",
            "write \"postgres://user:password@host/database\" or the path of a SQLite file",
        );
    }
    if url
        .as_deref()
        .is_some_and(|url| !url.contains("://") && !is_file(url))
    {
        // "db.example.com/posfleet" would be an empty database in a folder of that name.
        reader.fault(
            "database.url",
            "write \"postgres://user:password@host/database\", or the path of a SQLite file that ends in \
             .sqlite or .db, or begins with / or ./",
        );
    }
    Database {
        url: url.unwrap_or(file),
        connections: reader.take("database.connections", 8),
    }
}

fn is_file(path: &str) -> bool {
    let begins = ["/", "./", "../"].iter().any(|it| path.starts_with(it));
    begins
        || [".sqlite", ".sqlite3", ".db"]
            .iter()
            .any(|it| path.ends_with(it))
}

fn storage(reader: &mut Reader, data: &Path) -> Storage {
    let kind = reader.take("storage.kind", "folder".to_owned());
    match kind.as_str() {
        "folder" => {
            if reader.has_section("storage.s3") {
                reader.fault(
                    "storage.kind",
                    "is \"folder\", yet storage.s3 is given; write \"s3\"",
                );
            }
            Storage::Folder(reader.take("storage.folder", data.join("firmware-store")))
        }
        "s3" => Storage::S3(s3(reader)),
        _ => {
            reader.fault("storage.kind", "write \"folder\" or \"s3\"");
            Storage::Folder(data.join("firmware-store"))
        }
    }
}

fn s3(reader: &mut Reader) -> S3 {
    let bucket = reader.maybe::<String>("storage.s3.bucket");
    if bucket.is_none() {
        reader.fault("storage.s3.bucket", "is missing: name the bucket");
    }
    let prefix = reader.maybe::<String>("storage.s3.prefix");
    let region = reader.take("storage.s3.region", "us-east-1".to_owned());
    let endpoint = reader.maybe::<String>("storage.s3.endpoint");
    let id = reader.secret("storage.s3.access_key_id", Show::Open);
    let secret = reader.secret("storage.s3.secret_access_key", Show::Masked);
    let credentials = match (id, secret) {
        (Some(access_key_id), Some(secret_access_key)) => Some(S3Credentials {
            access_key_id,
            secret_access_key,
        }),
        _ => None,
    };
    if reader.is_given("storage.s3.access_key_id")
        != reader.is_given("storage.s3.secret_access_key")
    {
        reader.fault(
            "storage.s3.secret_access_key",
            "access_key_id and secret_access_key go together; give both or neither",
        );
    }
    let s3 = S3 {
        bucket: bucket.unwrap_or_default(),
        prefix: prefix.unwrap_or_default().trim_matches('/').to_owned(),
        region,
        endpoint,
        credentials,
        path_style: reader.take("storage.s3.path_style", false),
        allow_http: reader.take("storage.s3.allow_http", false),
    };
    let plain = s3
        .endpoint
        .as_deref()
        .is_some_and(|at| at.starts_with("http://"));
    if plain && !s3.allow_http {
        reader.fault(
            "storage.s3.endpoint",
            "is plain HTTP; write https://, or set storage.s3.allow_http = true",
        );
    }
    s3
}

fn log(reader: &mut Reader) -> Log {
    let log = Log {
        format: reader.take("log.format", LogFormat::Text),
        filter: reader.take("log.filter", "info,actix_server=warn".to_owned()),
    };
    if let Err(e) = tracing_subscriber::EnvFilter::try_new(&log.filter) {
        let what = format!("{e}; write directives such as \"info\" or \"posfleet=debug,warn\"");
        reader.fault("log.filter", what);
    }
    log
}
