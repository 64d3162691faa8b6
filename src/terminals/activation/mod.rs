//! Activation: how a device becomes a terminal.
//!
//! An operator makes a one-time code, bound to the terminal's TID and serial number. The device
//! sends all three and gets a token, or a certificate for a key of its own. Every failure gets the same answer; the third one kills the
//! code, even for whoever then comes with the right one.
mod error;
mod many_ops;
mod many_store;
mod model;
mod ops;
mod store;
mod throttle;

pub use error::Error;
pub(super) use many_ops::{Chosen, Line, NAMED, Review, Way, begin, make_next, named, review};
pub(super) use model::Asked;
pub use model::{Activation, Code, CodeState};
pub(super) use ops::{Outcome, Proof, activate};
pub use ops::{make_code, void_code};
pub use store::activation;
pub(super) use throttle::Throttle;
