//! The process's log: to standard error, as text for people or JSON for machines.
use crate::config::{Log, LogFormat};
use anyhow::anyhow;
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// # Errors
/// When the filter cannot be read or a log was begun before.
pub(super) fn begin(log: &Log) -> anyhow::Result<()> {
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(&log.filter)?)
        .with_writer(std::io::stderr);
    match log.format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Text => builder
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .try_init(),
    }
    .map_err(|e| anyhow!("cannot begin the log: {e}"))
}
