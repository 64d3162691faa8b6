//! Status: what each terminal told last, beside what is wished of it.
pub(super) mod api;
mod list;
mod model;

pub(super) use list::show;
pub use list::source;
