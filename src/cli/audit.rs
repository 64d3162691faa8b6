//! `posfleet audit`: whether anybody has tampered with the audit log, and lines to keep elsewhere
//! that show it better.
use super::{Place, user};
use crate::access::{self, Broken, Checkpoint};
use crate::sealing::{from_hex, hex};
use anyhow::Context as _;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Check the chain of the audit log from its first row to its last
    Verify(Verify),
    /// Print one signed line that says how the audit log stands now; keep it elsewhere
    Checkpoint(Place),
    /// Print the public key that checkpoints are signed by
    Key(Place),
}

#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    /// File of checkpoints, one a line: the log must fit all of them
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Public key that they are signed by [default: this server's own]
    #[arg(long, value_name = "HEX", requires = "checkpoint", value_parser = public_key)]
    key: Option<[u8; 32]>,
    #[command(flatten)]
    place: Place,
}

fn public_key(text: &str) -> Result<[u8; 32], String> {
    from_hex(text)
        .ok_or_else(|| "a key is 64 hex digits, as `posfleet audit key` prints it".to_owned())
}

pub(super) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Verify(args) => verify(args),
        Command::Checkpoint(place) => checkpoint(place),
        Command::Key(place) => {
            let ctx = user::open_existing(place)?;
            println!("{}", hex(&access::audit_key(&ctx.secret)));
            Ok(())
        }
    }
}

fn verify(args: &Verify) -> anyhow::Result<()> {
    let ctx = user::open_existing(&args.place)?;
    let checkpoints = match &args.checkpoint {
        Some(file) => {
            let own = || access::audit_key(&ctx.secret);
            read(file, &args.key.unwrap_or_else(own)).with_context(|| file.display().to_string())?
        }
        None => Vec::new(),
    };
    let sound = ctx
        .db
        .read_blocking(|conn| access::verify_audit(conn, &checkpoints))
        .map_err(|broken| match broken {
            Broken::Db(cause) => anyhow::Error::from(cause),
            broken => anyhow::anyhow!("the audit log is broken: {broken}"),
        })?;
    println!("the audit log is sound: {} rows", sound.rows);
    println!("  head {} {}", sound.rows, hex(&sound.head));
    if let Some(newest) = checkpoints.iter().map(|one| one.rows).max() {
        let n = checkpoints.len();
        println!("  checkpoints that hold: {n}, up to row {newest}");
    }
    Ok(())
}

fn read(file: &Path, key: &[u8; 32]) -> anyhow::Result<Vec<Checkpoint>> {
    let text = std::fs::read_to_string(file)?;
    Ok(access::read_checkpoints(&text, key)?)
}

fn checkpoint(place: &Place) -> anyhow::Result<()> {
    let ctx = user::open_existing(place)?;
    let now = ctx.now();
    let taken = ctx.db.read_blocking(|conn| Checkpoint::take(conn, now))?;
    println!("{}", taken.signed(&ctx.secret));
    Ok(())
}
