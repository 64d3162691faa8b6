//! Profiles, first part: what a terminal inherits. The installation has a value for everything; an
//! establishment, a point of service and the terminal itself may each set another one for what is
//! below, or leave it.
//!
//! ```text
//! installation (settings) ─► establishment ─► point of service ─► terminal
//!        a change of a level leaves a row in terminal_profile_pending
//!        the job terminals.profiles goes through the terminals below in chunks and removes it
//! ```
//!
//! The hot row of a terminal holds the effective values, so a check-in reads no level. Whoever works
//! out effective values holds the levels still until his commit ([`hold`]), and whoever changes a
//! level waits for him: so a terminal whose values were worked out from a level as it was before
//! stands there when the levels' change goes through the terminals, and ends up right.
mod look;
mod model;
mod ops;
mod store;

pub(super) use look::{Look, at_establishment, at_point, of_establishment, of_point, of_terminal};
pub use model::LogLevel;
pub(super) use model::{Effective, Own, Said, Source, version_text};
pub(super) use ops::{At, chain, change_level, hold, keep_report, refresh, settle, wish_of};
pub use ops::{SETTINGS, Spread, changing_settings, spread};

/// The job that brings changed levels to the terminals below them.
pub const JOB: &str = "terminals.profiles";
