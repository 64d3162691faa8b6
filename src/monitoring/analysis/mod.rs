//! Analysis: the fleet shared out by one property, as it is and as it was day by day.
pub(super) mod api;
mod asked;
mod model;
mod ops;
pub(super) mod page;
mod picture;
mod trend;
mod words;
