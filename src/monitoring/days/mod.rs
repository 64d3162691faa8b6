//! Days: what the fleet came to on each day, kept as counts, so that a trend of the fleet or of an
//! establishment costs as much as its bars; that of a scope reads as much for each of its establishments.
//!
//! Once an hour the counters are written down under the current day, so the last writing of a day is what
//! it ended with, give or take an hour. The whole fleet is written in one piece, establishments in others: a
//! terminal that moves between the two is counted where it was found, until the next hour. Days are
//! days in UTC. What terminals put into words themselves may be different on each: of that the most frequent is kept, and
//! the sum of the rest.
mod kept;
mod model;
mod ops;
mod store;

pub(in crate::monitoring) use kept::{CONNECTIVITY, OTHERS, condensed, is_kept};
pub use model::Day;
pub(in crate::monitoring) use model::{LONGEST, PERIODS, USUAL};
pub(in crate::monitoring) use ops::counts;
pub use ops::{Stretch, Trend, keep, trend};
