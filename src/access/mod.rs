//! Who may do what: operators and their sessions, API clients and their scopes, roles as sets of
//! permissions, and the audit chain.
//!
//! Every route is mounted through [`Mount`] with what it [`Needs`]; the gate finds the caller,
//! checks the need, and hands a [`Caller`] to the handler. Ops take the [`Actor`].
mod caller;
mod error;
mod gate;
mod model;
mod mount;

pub use caller::Caller;
pub use error::Error;
pub use gate::gate;
pub use model::{Actor, Needs, Permission, Permissions, Scope, Surface, Who};
pub use mount::{Declared, Mount};
