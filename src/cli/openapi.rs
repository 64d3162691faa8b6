//! `posfleet openapi`: the description of every JSON API, for those who make clients of it.
use crate::app;

pub(super) fn run() -> anyhow::Result<()> {
    println!("{}", app::openapi().to_pretty_json()?);
    Ok(())
}
