//! The reference terminal, and a fleet of them: complete clients of the Terminal API as a vendor
//! would write them. The demo, the end-to-end tests and the benchmarks use nothing else.
//!
//! This room names nothing of the server. What it knows of the protocol comes from
//! `docs/protocol.md`, so it is also the proof that the document suffices.
//!
//! [`Terminal`] is one device: identity, a folder ([`Keep`]), an end of the [`Line`]. [`Fleet`] runs
//! many in one process, each with habits of its own. Nothing here is real payment: sales are dice.
mod activation;
mod backoff;
mod certificate;
mod counters;
mod dice;
mod fault;
mod fleet;
mod folder;
mod habits;
mod journal;
mod licence;
mod life;
mod link;
mod logs;
mod names;
mod terminal;
mod till;
pub mod wire;
mod work;

pub use backoff::{Backoff, Pace};
pub use counters::Counters;
pub use dice::Dice;
pub use fault::{Fault, Refusal};
pub use fleet::{Fleet, Member, Realism, Settings};
pub use folder::Keep;
pub use habits::{Day, Habits};
pub use journal::{Entry, Journal};
pub use licence::{Installed, sha256};
pub use link::{Line, Weather};
pub use terminal::{Identity, Note, Setup, Terminal, Watcher};
pub use wire::State;
