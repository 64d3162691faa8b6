//! `posfleet health`: for container engines and scripts that have no HTTP client of their own.
use super::Place;
use anyhow::{Context as _, bail};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let config = args.place.load()?;
    let at = config
        .operations
        .listen
        .context("the operations listener is off (operations.listen)")?;
    let answer = ask(at).with_context(|| format!("no answer from {at}"))?;
    let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
    println!("{}", body.trim());
    if answer.starts_with("HTTP/1.1 200") {
        Ok(())
    } else {
        bail!("the server is not ready")
    }
}

fn ask(at: std::net::SocketAddr) -> std::io::Result<String> {
    let mut to = TcpStream::connect_timeout(&at, PATIENCE)?;
    to.set_read_timeout(Some(PATIENCE))?;
    to.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    to.read_to_string(&mut answer)?;
    Ok(answer)
}
