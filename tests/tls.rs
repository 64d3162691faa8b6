//! TLS as the terminals meet it: which versions are spoken, which certificate is shown, and what
//! happens when it changes; and a server that stops without cutting anybody off.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
use posfleet::app::{self, Running};
use posfleet::clock::Clock;
use posfleet::config::{CertificateFiles, Config, Listen};
use posfleet::http::{FleetAuthority, fleet_certificate};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

type Line = StreamOwned<ClientConnection, TcpStream>;

/// One listener in `folder`; `files` are the operator's own.
async fn serve(
    folder: &Path,
    files: Option<CertificateFiles>,
    listen: fn(SocketAddr) -> Listen,
) -> Running {
    let mut config = Config::in_folder(folder);
    config.server.listen = vec![listen(([127, 0, 0, 1], 0).into())];
    config.server.workers = Some(1);
    config.operations.listen = None;
    config.tls.files = files;
    app::start(config, Clock::system()).await.unwrap()
}

/// A certificate and its key.
type Own = (CertificateDer<'static>, PrivateKeyDer<'static>);

fn connect(at: SocketAddr, authority: &Path) -> Line {
    connect_as(at, authority, None)
}

fn connect_as(at: SocketAddr, authority: &Path, own: Option<&Own>) -> Line {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(authority).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match own {
        Some((certificate, key)) => config
            .with_client_auth_cert(vec![certificate.clone()], key.clone_key())
            .unwrap(),
        None => config.with_no_client_auth(),
    };
    let name = ServerName::try_from("localhost").unwrap();
    let session = ClientConnection::new(Arc::new(config), name).unwrap();
    let socket = TcpStream::connect(at).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    StreamOwned::new(session, socket)
}

/// One request on an open line; its status.
fn ask(line: &mut Line) -> String {
    line.write_all(b"HEAD /sign-in HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .unwrap();
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        line.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    String::from_utf8(head[9..12].to_vec()).unwrap()
}

fn shown(line: &Line) -> Vec<u8> {
    line.conn.peer_certificates().unwrap()[0].to_vec()
}

/// Blocking clients would keep the server's own tasks waiting on this thread.
async fn apart<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(f).await.unwrap()
}

/// A terminal's certificate of the fleet's authority in `keys`.
fn of_the_fleet(keys: &Path) -> Own {
    FleetAuthority::open(keys).unwrap();
    let authority = rcgen::Issuer::from_ca_cert_pem(
        &std::fs::read_to_string(keys.join("fleet-ca.pem")).unwrap(),
        rcgen::KeyPair::from_pem(&std::fs::read_to_string(keys.join("fleet-ca.key")).unwrap())
            .unwrap(),
    );
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::default();
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    let certificate = params.signed_by(&key, &authority.unwrap()).unwrap();
    (certificate.der().clone(), key.into())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_certificate_is_taken_up_without_dropping_a_connection() {
    changes_under(Listen::tls).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_it_is_where_clients_show_certificates() {
    changes_under(Listen::mutual).await;
}

async fn changes_under(listen: fn(SocketAddr) -> Listen) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("keys")).unwrap();
    let own = Arc::new(of_the_fleet(&folder.path().join("keys")));
    let keys = folder.path().join("own");
    std::fs::create_dir(&keys).unwrap();
    let names = vec!["localhost".to_owned()];
    let files = fleet_certificate(&keys, &names, &Clock::system()).unwrap();
    let running = serve(folder.path(), Some(files.clone()), listen).await;
    let (at, authority) = (running.at, keys.join("fleet-ca.pem"));
    let (first, me) = (authority.clone(), Arc::clone(&own));
    let (mut line, old) = apart(move || {
        let mut line = connect_as(at, &first, Some(&me));
        assert_eq!(ask(&mut line), "200");
        let old = shown(&line);
        (line, old)
    })
    .await;
    // Other names make another certificate under the same authority.
    let names = vec!["localhost".to_owned(), "fleet.example".to_owned()];
    fleet_certificate(&keys, &names, &Clock::system()).unwrap();
    let (next, me) = (authority.clone(), Arc::clone(&own));
    let new = apart(move || {
        let until = std::time::Instant::now() + PATIENCE;
        loop {
            let mut fresh = connect_as(at, &next, Some(&me));
            assert_eq!(ask(&mut fresh), "200");
            let now = shown(&fresh);
            if now != old {
                break now;
            }
            assert!(
                std::time::Instant::now() < until,
                "the old certificate stays"
            );
        }
    })
    .await;
    std::fs::write(&files.certificate, "no certificate").unwrap();
    running.reload();
    apart(move || {
        assert_eq!(ask(&mut line), "200");
        let mut fresh = connect_as(at, &authority, Some(&own));
        assert_eq!(ask(&mut fresh), "200");
        assert_eq!(shown(&fresh), new);
    })
    .await;
    running.stop().await;
}

/// A client's first message in an old version's own words, without any extension that would offer
/// a newer one.
fn hello(minor: u8) -> Vec<u8> {
    // ECDHE-ECDSA and ECDHE-RSA, AEAD and CBC.
    let suites = [0xc0, 0x2b, 0xc0, 0x2f, 0xc0, 0x0a, 0xc0, 0x14];
    let extensions = [
        0, 10, 0, 4, 0, 2, 0, 23, // groups: P-256
        0, 11, 0, 2, 1, 0, // points: uncompressed
        0, 13, 0, 4, 0, 2, 4, 3, // signatures: ECDSA with P-256
        0, 23, 0, 0, // extended master secret
    ];
    let mut body = vec![3, minor];
    body.extend([7; 32]);
    body.push(0);
    body.extend([0, u8::try_from(suites.len()).unwrap()]);
    body.extend(suites);
    body.extend([1, 0]);
    body.extend([0, u8::try_from(extensions.len()).unwrap()]);
    body.extend(extensions);
    let length = u8::try_from(body.len()).unwrap();
    let mut message = vec![22, 3, 1, 0, length + 4, 1, 0, 0, length];
    message.extend(body);
    message
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_before_1_2_is_refused() {
    const ALERT: u8 = 21;
    const HANDSHAKE: u8 = 22;
    const PROTOCOL_VERSION: u8 = 70;
    let folder = tempfile::tempdir().unwrap();
    let running = serve(folder.path(), None, Listen::tls).await;
    let at = running.at;
    let answer = move |minor| {
        apart(move || {
            let mut socket = TcpStream::connect(at).unwrap();
            socket.set_read_timeout(Some(PATIENCE)).unwrap();
            socket.write_all(&hello(minor)).unwrap();
            let mut record = [0; 7];
            socket.read_exact(&mut record).unwrap();
            record
        })
    };
    for old in [1, 2] {
        let record = answer(old).await;
        assert_eq!(
            (record[0], record[6]),
            (ALERT, PROTOCOL_VERSION),
            "TLS 1.{}",
            old - 1
        );
    }
    assert_eq!(answer(3).await[0], HANDSHAKE, "TLS 1.2 is spoken");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_connection_does_not_hold_up_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let running = serve(folder.path(), None, Listen::tls).await;
    let (at, authority) = (running.at, running.authority.clone().unwrap());
    let line = apart(move || {
        let mut line = connect(at, &authority);
        assert_eq!(ask(&mut line), "200");
        line
    })
    .await;
    tokio::time::timeout(Duration::from_secs(5), running.stop())
        .await
        .unwrap();
    drop(line);
}
