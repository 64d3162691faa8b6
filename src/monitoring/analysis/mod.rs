//! Analysis: the fleet shared out by one property.
pub(super) mod api;
mod model;
mod ops;
pub(super) mod page;
mod picture;
