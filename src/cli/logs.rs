//! The process's log: to standard error, as text for people or JSON for machines.
use crate::config::{Log, LogFormat};
use anyhow::anyhow;
use std::io::IsTerminal as _;
use std::panic::PanicHookInfo;
use tracing_subscriber::EnvFilter;

/// Says where a panic was. What it says of itself may quote what came in, so that stays unsaid.
fn tell(panic: &PanicHookInfo<'_>) {
    let at = panic.location().map(ToString::to_string);
    tracing::error!(
        at = at.as_deref().unwrap_or("unknown"),
        "the program panicked"
    );
}

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
    .map_err(|e| anyhow!("cannot begin the log: {e}"))?;
    std::panic::set_hook(Box::new(tell));
    Ok(())
}
