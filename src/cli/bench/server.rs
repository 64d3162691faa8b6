//! The benchmark's hold on its server: starts the process, speaks to it, stops it.
use super::machine::Process;
use anyhow::{Context as _, bail};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde::{Deserialize, Serialize};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

/// What the server is told.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) data: PathBuf,
    /// PostgreSQL; SQLite in `data` otherwise.
    pub(super) database: Option<String>,
    /// So many terminals are to be activated.
    pub(super) members: usize,
    /// So many are to be registered in all.
    pub(super) fleet: usize,
    /// So many of these are there already.
    pub(super) have: usize,
    /// So many changes of its status each of them has behind it.
    pub(super) history: usize,
    pub(super) password: String,
    /// Of an earlier server on the same data: operator and API client are there.
    pub(super) token: Option<String>,
}

/// What the server says when it is ready.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Ready {
    pub(super) plain: SocketAddr,
    pub(super) tls: SocketAddr,
    pub(super) authority: Option<PathBuf>,
    pub(super) login: String,
    pub(super) token: String,
    pub(super) members: Vec<Member>,
}

/// A terminal that waits for its activation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Member {
    pub(super) tid: String,
    pub(super) serial: String,
    pub(super) code: String,
}

pub(super) struct Server {
    child: Child,
    pub(super) ready: Ready,
    log: PathBuf,
}

/// Where a connection goes: an address, over TLS or not.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) at: SocketAddr,
    pub(super) tls: Option<Arc<rustls::ClientConfig>>,
}

impl Server {
    /// Starts a server on what `order` names; returns when it listens.
    pub(super) fn start(order: &Order) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&order.data)?;
        let log = order.data.join("server.log");
        let program = std::env::current_exe().context("cannot find this program")?;
        let mut child = Command::new(program)
            .args(["bench", "stand"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log)?)
            .spawn()
            .context("cannot start the server")?;
        let said = speak(&mut child, order);
        let ready = said.and_then(|line| Ok(serde_json::from_str(&line)?));
        match ready {
            Ok(ready) => Ok(Self { child, ready, log }),
            Err(cause) => {
                child.kill().ok();
                child.wait().ok();
                let told = std::fs::read_to_string(&log).unwrap_or_default();
                Err(cause.context(format!("the server did not start: {}", told.trim())))
            }
        }
    }

    pub(super) fn process(&self) -> Process {
        Process(self.child.id())
    }

    pub(super) fn plain(&self) -> Target {
        Target {
            at: self.ready.plain,
            tls: None,
        }
    }

    pub(super) fn tls(&self) -> anyhow::Result<Target> {
        let authority = self.ready.authority.as_deref();
        let authority = authority.context("the server has no certificate of its own")?;
        Ok(Target {
            at: self.ready.tls,
            tls: Some(Arc::new(trusting(authority)?)),
        })
    }

    /// Lets the server finish, and says what it complained of.
    pub(super) fn stop(mut self) -> anyhow::Result<()> {
        drop(self.child.stdin.take());
        let ended = self.child.wait()?;
        if !ended.success() {
            let told = std::fs::read_to_string(&self.log).unwrap_or_default();
            bail!("the server ended badly: {}", told.trim());
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.child.kill().ok();
            self.child.wait().ok();
        }
    }
}

/// Tells the order and waits for the answer.
fn speak(child: &mut Child, order: &Order) -> anyhow::Result<String> {
    let (Some(input), Some(output)) = (&mut child.stdin, &mut child.stdout) else {
        bail!("the server cannot be spoken to");
    };
    writeln!(input, "{}", serde_json::to_string(order)?)?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    Ok(line)
}

fn trusting(authority: &Path) -> anyhow::Result<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(authority)? {
        roots.add(certificate?)?;
    }
    Ok(rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth())
}
