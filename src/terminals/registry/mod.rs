//! The registry: which terminals there are, where they stand, which device serves there, and
//! whether they are let in. Everything here is done by an operator or a script; what the terminals
//! do themselves is next door.
mod error;
mod lead_store;
mod life_ops;
mod list;
mod list_count;
mod list_store;
mod model;
mod ops;
mod pick;
mod seed_store;
mod store;
mod tag_ops;
mod tag_store;
mod term_store;

pub use error::Error;
pub use life_ops::{replace, resume, retire, revoke, suspend};
pub use list::list;
pub use list_count::{By, tally as tally_matching};
pub use list_store::{listed, terminals_at_points, terminals_of_establishments};
pub use model::{FactIs, Filter, Listed, PresenceIs, Registration, Sort, Which, expected_at};
pub use ops::{Edit, amend, change, claim, devices, find, move_to, register};
pub use pick::{Matching, Picking};
pub use seed_store::{Seed, seed_many};
pub use store::{Device, serving};
pub(super) use tag_ops::is_tag;
pub use tag_ops::{find_tag, tag, tags, tags_of, untag};
