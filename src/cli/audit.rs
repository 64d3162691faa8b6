//! `posfleet audit verify`: whether anybody has tampered with the audit log.
use super::{Place, user};
use crate::access::{self, Broken};
use crate::sealing::hex;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Check the chain of the audit log from its first row to its last
    Verify(Place),
}

pub(super) fn run(command: &Command) -> anyhow::Result<()> {
    let Command::Verify(place) = command;
    let ctx = user::open(place)?;
    let sound = ctx
        .db
        .read_blocking(access::verify_audit)
        .map_err(|broken| match broken {
            Broken::Db(cause) => anyhow::Error::from(cause),
            broken => anyhow::anyhow!("the audit log is broken: {broken}"),
        })?;
    println!("the audit log is sound: {} rows", sound.rows);
    // Rows cut off at the end leave a shorter chain that is sound too: only a note of its length
    // and head kept elsewhere shows that.
    println!("  head {} {}", sound.rows, hex(&sound.head));
    Ok(())
}
