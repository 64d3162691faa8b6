//! Settings of the whole installation, in groups. A slice describes a [`Group`] and reads it by
//! [`find`]; `app` registers it on the [`Board`], and this room gives it its form under Admin ›
//! Settings, its place in the Management API, its history and its audit.
//!
//! A setting that nobody changed has its default, which stands in the program and not in the
//! database. What every page shows of them, the names of the installation and its logo, each node
//! keeps by it, see [`Brand`], and so with how long sessions last, see [`SignIn`]. What a process needs
//! in order to start (addresses, the database, files) is no setting
//! but configuration.
mod api;
mod brand;
mod error;
mod follow;
mod logo;
mod model;
mod ops;
mod page;
mod schema;
mod sign_in;
mod store;
mod text_model;

pub use api::openapi;
pub use brand::{BRANDING, Brand, DEFAULTS, Known};
pub use error::Error;
pub use model::{Field, Group, Kept, Kind, Values};
pub use ops::find;
pub use sign_in::{SIGN_IN, SignIn};

use crate::access::{Mount, Shell};
use crate::clock::{Clock, Millis};
use crate::db::{self, Db, Tx};
use crate::storage::Storage;
use std::sync::Arc;

/// A group with what its owner does about a change.
#[derive(Clone)]
pub struct Listed {
    pub group: &'static Group,
    /// Runs in the transaction of a change, before it is written.
    pub changing: fn(&mut Tx, Millis) -> Result<(), db::Error>,
    /// Runs when a change is durable, with what the group is then.
    pub changed: Arc<dyn Fn(&Kept) + Send + Sync>,
}

/// What this room's surfaces stand on; the context of the slices is built below it.
pub struct Board {
    pub db: Db,
    pub clock: Clock,
    pub shell: Arc<dyn Shell>,
    pub storage: Storage,
    pub brand: Brand,
    pub groups: Vec<Listed>,
}

impl Board {
    fn listed(&self, name: &str) -> Result<Listed, Error> {
        let found = self.groups.iter().find(|it| it.group.name == name);
        found
            .cloned()
            .ok_or_else(|| Error::NoGroup(name.to_owned()))
    }
}

/// Every route of the room.
pub fn routes(mount: &mut Mount) {
    page::routes(mount);
    api::routes(mount);
    logo::routes(mount);
}
