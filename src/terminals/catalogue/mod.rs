//! The model catalogue: what kinds of terminals there are and what each can do. It is data: three
//! models are there from the start, administrators add and change them, and a model in use stays.
mod model;
mod ops;
mod store;

pub use model::{Model, ModelDraft};
pub(super) use ops::code_of;
pub use ops::{choices, find, list, put, seed};
pub use store::by_id;
