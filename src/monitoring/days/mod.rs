//! Days: what the fleet came to on each day, kept as counts, so that a trend costs as much as its bars.
//!
//! Once an hour the counters are written down under the current day, so the last writing of a day is what
//! it ended with. The whole fleet is written in one piece, each establishment in another: one that moves
//! between the two is counted where it was found. Days are days in UTC.
mod kept;
mod model;
mod ops;
mod store;

pub(in crate::monitoring) use kept::{CONNECTIVITY, is_kept};
pub use model::Day;
pub(in crate::monitoring) use model::{LONGEST, PERIODS, USUAL};
pub(in crate::monitoring) use ops::counts;
pub use ops::{Stretch, Trend, forget, keep, trend};
